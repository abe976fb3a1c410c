"""Carrying over: corrections of an earlier result of the machine, put to a new one of the same recording.

Turns and speakers are other ones then. A speaker is found again by the time that both results have in common, a turn by
its time, and by its text where the correction is about that. Corrections are replayed in their order on both results at
once, so that one which builds on another meets what that one left. What the new result has right by itself is not
carried; what has no place in it is `left`, and told.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace
from functools import singledispatchmethod

from bigvoice.minutes.correcting import Unfit, UnfitError
from bigvoice.minutes.corrections import (
    Assign,
    Check,
    Correction,
    Delete,
    Describe,
    DropNote,
    Insert,
    Join,
    Merge,
    Place,
    PutNote,
    Reject,
    Rename,
    Split,
    Write,
)
from bigvoice.minutes.history import History, Reviewed, Step
from bigvoice.minutes.minutes import Minutes, Utterance
from bigvoice.minutes.naming import free_id
from bigvoice.minutes.timed_sheet import TimedSheet
from bigvoice.span import Span
from bigvoice.word import Word, join, letters

MOST = 0.5
"""Part of a turn that must lie in another for the two to be one: more than any third turn can have of it."""
NEAR_S = 0.3
"""Seconds within which two borders are one: those of two runs, or of two people's ears, differ by as much."""


def carried(before: Reviewed, machine: Minutes) -> Reviewed:
    """The corrections of `before` on a new result of the machine; what was undone is forgotten."""
    same = (before.machine.speakers, before.machine.utterances) == (machine.speakers, machine.utterances)
    if same or not before.history.entries:
        return Reviewed(machine, before.history)
    carrier = _Carrier(before.machine, machine)
    steps = [carrier.step(step) for step in before.history.steps]
    return Reviewed(machine, History(tuple(step for step in steps if step.corrections or step.left)))


class _Carrier:
    """Both results, as far as the corrections have been replayed on them."""

    def __init__(self, before: Minutes, after: Minutes) -> None:
        self._before, self._after = TimedSheet(before), TimedSheet(after)
        self._ids = _counterparts(before.utterances, after.utterances)

    def step(self, step: Step) -> Step:
        """The step with its corrections where they belong now."""
        fitting: list[Correction] = []
        left = list(step.left)
        for correction in step.corrections:
            try:
                found = tuple(self.carry(correction))
                for each in found:
                    self._after.apply(each)
                fitting += found
            except UnfitError as error:
                left.append(Unfit(correction, str(error)))
            self._replay(correction)
        self._before.end_step()
        self._after.end_step()
        return replace(step, corrections=tuple(fitting), left=tuple(left))

    def _replay(self, correction: Correction) -> None:
        try:
            self._before.apply(correction)
        except UnfitError:
            return  # it did not fit there either

    @singledispatchmethod
    def carry(self, correction: Correction) -> Iterator[Correction]:
        """What it takes in the new result: nothing where that is right already. Raises UnfitError."""
        raise NotImplementedError(correction)

    @carry.register(PutNote)
    @carry.register(DropNote)
    @carry.register(Describe)
    def _(self, it: Correction) -> Iterator[Correction]:
        yield it

    @carry.register(Rename)
    @carry.register(Reject)
    def _(self, it: Rename | Reject) -> Iterator[Correction]:
        yield replace(it, speaker=self._speaker(it.speaker))

    @carry.register
    def _(self, it: Merge) -> Iterator[Correction]:
        speaker, into = self._speaker(it.speaker), self._speaker(it.into)
        if speaker != into:
            yield Merge(speaker, into)

    @carry.register
    def _(self, it: Assign) -> Iterator[Correction]:
        to = self._who(it.to)
        for place in self._within(it.turn):
            if place.speaker != to or it.turn.speaker == it.to:  # whose it was said to be, it surely is
                yield Assign((yield from self._cut_out(place, it.turn)), to)

    @carry.register
    def _(self, it: Split) -> Iterator[Correction]:
        place = self._at(it.at, it.turn)
        if place and not _has_border(place, it):
            before, after = self._before.turns.get(it.turn), self._after.turns[place]
            same = before and [word.text for word in before.words] == [word.text for word in after.words]
            yield Split(place, it.at, it.words if same else None)

    @carry.register
    def _(self, it: Join) -> Iterator[Correction]:
        pieces = self._within(it.turn)
        for place in self._within(it.other):
            own = place.speaker == pieces[0].speaker
            pieces.append(place if own else (yield from self._cut_out(place, it.other)))
        yield from _joins(sorted(set(pieces)))

    @carry.register
    def _(self, it: Write) -> Iterator[Correction]:
        first, *more = pieces = self._within(it.turn)
        if len({place.speaker for place in pieces}) > 1:
            raise UnfitError(f"several speak now from {it.turn.span.start:.2f} to {it.turn.span.end:.2f} s")
        said = [word for place in pieces for word in self._after.turns[place].words]
        text = _in_place(said, it)
        if text != join(said):
            yield from _joins(pieces)
            whole = Span(first.span.start, max(place.span.end for place in pieces))
            yield Write(Place(whole, first.speaker), text, it.was if more else join(said))

    @carry.register
    def _(self, it: Check) -> Iterator[Correction]:
        place = self._found(it.turn)
        before, after = self._before.turns.get(it.turn), self._after.turns[place]
        if before and letters(before.text) != letters(after.text):
            raise UnfitError(f"the words at {place.span.start:.2f} s are others now")
        yield Check(place, it.checked)

    @carry.register
    def _(self, it: Delete) -> Iterator[Correction]:
        for place in self._within(it.turn):
            piece = yield from self._cut_out(place, it.turn)
            yield Delete(piece, self._after.turns[place].text if piece == place else it.was)

    @carry.register
    def _(self, it: Insert) -> Iterator[Correction]:
        place = Place(it.turn.span, self._who(it.turn.speaker))
        heard = [p for p in self._after.near(place.span) if p.speaker == place.speaker and self._is_piece(p, it.turn)]
        if heard:
            yield Write(max(heard, key=lambda p: _part(place, p)), it.text)
        else:
            yield Insert(place, it.text)

    # Finding again

    def _who(self, id: str) -> str:
        """A speaker who said something: found again, or one whom a person added."""
        return self._speaker(id) if id in self._before.speakers else self._new_speaker(id)

    def _speaker(self, id: str) -> str:
        if id not in self._ids:
            raise UnfitError(f"the voice {id!r} is not found again")
        return self._ids[id]

    def _new_speaker(self, id: str) -> str:
        """An id that nobody has, for a speaker whom a person added."""
        taken = {*self._after.speakers, *self._ids.values()}
        self._ids[id] = free_id("s", taken) if id in taken else id
        return self._ids[id]

    def _alike(self, place: Place, was: Place) -> tuple[bool, float]:
        """How much a turn is the one it was: the same speaker's first, then by time."""
        return place.speaker == self._ids.get(was.speaker), min(_part(place, was), _part(was, place))

    def _within(self, was: Place) -> list[Place]:
        """The turns that have most of what was one, in order of time; the speaker's own where they do."""
        pieces = [place for place in self._after.near(was.span) if self._is_piece(place, was)]
        own = [place for place in pieces if place.speaker == self._ids.get(was.speaker)]
        if not pieces:
            raise _gone(was)
        return own if sum(_part(was, place) for place in own) > MOST else pieces

    def _is_piece(self, place: Place, was: Place) -> bool:
        """One of the two lies mostly in the other, or the speaker speaks on; and it is no other turn's."""
        own = place.speaker == self._ids.get(was.speaker)
        much = max(_part(place, was), _part(was, place)) >= MOST
        return (much or (own and place.span.overlap(was.span) > 2 * NEAR_S)) and not self._is_another(place, was)

    def _is_another(self, place: Place, was: Place) -> bool:
        """It is more like another turn of the earlier result, which was heard at the same time."""
        if not (common := place.span & was.span):
            return False
        others = [other for other in self._before.near(common) if other != was]
        others = [other for other in others if other.span.overlap(common) >= MOST * common.duration]
        return any(self._alike(place, other) > self._alike(place, was) for other in others)

    def _at(self, time: float, was: Place) -> Place | None:
        """The turn to split then; None where it is split already. Raises UnfitError."""
        near = self._after.near(Span(max(0.0, time - NEAR_S), time + NEAR_S))
        own = [place for place in near if place.speaker == self._ids.get(was.speaker)]
        for places in (own, near):
            if around := [place for place in places if place.span.start < time < place.span.end]:
                return max(around, key=lambda place: self._alike(place, was))
            if places:
                return None
        raise UnfitError(f"nobody speaks at {time:.2f} s")

    def _found(self, was: Place) -> Place:
        """The one turn in which most of what was one lies. Raises UnfitError."""
        around = [place for place in self._within(was) if _part(was, place) > MOST]
        if not around:
            raise _gone(was)
        return max(around, key=lambda place: self._alike(place, was))

    def _cut_out(self, place: Place, was: Place) -> Generator[Split, None, Place]:
        """What parts the piece of what was one turn from others that are in one turn with it now; and that piece."""
        for at in (was.span.start, was.span.end):
            if place.span.start + NEAR_S < at < place.span.end - NEAR_S:
                halves = Span(place.span.start, at), Span(at, place.span.end)
                rest, piece = sorted(halves, key=was.span.overlap)
                others = [other for other in self._before.near(rest) if other != was]
                if _part(place, was) < MOST or any(_part(other, Place(rest, "")) > MOST for other in others):
                    yield Split(place, at)
                    place = Place(piece, place.speaker)
        return place


def _gone(was: Place) -> UnfitError:
    return UnfitError(f"there is no such turn any more from {was.span.start:.2f} to {was.span.end:.2f} s")


def _counterparts(before: Sequence[Utterance], after: Sequence[Utterance]) -> dict[str, str]:
    """Each speaker's counterpart, one to one, the greatest common time first; ids as they are in the two results."""
    common: dict[tuple[str, str], float] = defaultdict(float)
    first = 0
    for utterance in before:
        while first < len(after) and after[first].span.end < utterance.span.start:
            first += 1
        for other in after[first:]:
            if other.span.start >= utterance.span.end:
                break
            common[utterance.speaker, other.speaker] += utterance.span.overlap(other.span)
    found: dict[str, str] = {}
    for (old, new), seconds in sorted(common.items(), key=lambda item: -item[1]):
        if seconds > 0 and old not in found and new not in found.values():
            found[old] = new
    return found


def _part(place: Place, of: Place) -> float:
    """Which part of the first lies in the other."""
    if not place.span.duration:
        return float(of.span.start <= place.span.start <= of.span.end)
    return place.span.overlap(of.span) / place.span.duration


def _has_border(place: Place, it: Split) -> bool:
    """The turn begins or ends where it is to be split, and did not when somebody split it."""
    ends = (place.span.start, it.turn.span.start), (place.span.end, it.turn.span.end)
    return any(abs(it.at - now) <= NEAR_S < abs(it.at - then) for now, then in ends)


def _joins(places: Sequence[Place]) -> Iterator[Join]:
    """What makes one turn of several of one speaker."""
    whole = places[0]
    for other in places[1:]:
        yield Join(whole, other)
        whole = Place(whole.span | other.span, whole.speaker)


def _in_place(words: Sequence[Word], it: Write) -> str:
    """The text that is written, between those of the words now that lie outside of what it was written for."""
    span = it.turn.span
    before = [word for word in words if word.span.middle < span.start - NEAR_S]
    after = [word for word in words if word.span.middle > span.end + NEAR_S]
    return " ".join(part for part in (join(before), it.text, join(after)) if part)
