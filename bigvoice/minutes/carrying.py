"""Carrying over: corrections of an earlier result of the machine, put to a new one of the same recording.

Turns and speakers are other ones then. A speaker is found again by the time that both results have in common, a turn by
its time, and by its text where the correction is about that. Corrections are replayed in their order on both results at
once, so that one which builds on another meets what that one left. What the new result has right by itself is not
carried; what has no place in it is `left`, and told.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import singledispatchmethod

from bigvoice.minutes.correcting import Sheet, Unfit, UnfitError
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
from bigvoice.word import join, letters

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
        self._before, self._after = Sheet(before), Sheet(after)
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
            if place.speaker != to:
                yield Assign(place, to)

    @carry.register
    def _(self, it: Split) -> Iterator[Correction]:
        turns = sorted(self._after.turns)
        if any(abs(border - it.at) <= NEAR_S for place in turns for border in (place.span.start, place.span.end)):
            return
        around = [place for place in turns if place.span.start < it.at < place.span.end]
        if not around:
            raise UnfitError(f"nobody speaks at {it.at:.2f} s")
        yield Split(max(around, key=lambda place: self._alike(place, it.turn)), it.at)

    @carry.register
    def _(self, it: Join) -> Iterator[Correction]:
        first, other = self._found(it.turn), self._found(it.other)
        if first != other:
            yield Join(min(first, other), max(first, other))

    @carry.register
    def _(self, it: Write) -> Iterator[Correction]:
        pieces = self._within(it.turn)
        if len(pieces) > 1:
            if len({place.speaker for place in pieces}) > 1:
                raise UnfitError(f"several speak now from {it.turn.span.start:.2f} to {it.turn.span.end:.2f} s")
            yield from _joins(pieces)
            yield Write(Place(pieces[0].span | pieces[-1].span, pieces[0].speaker), it.text, it.was)
            return
        place = self._found(it.turn)
        utterance = self._after.turns[place]
        text = _in_place(utterance, it)
        if text != utterance.text:
            yield Write(place, text, utterance.text)

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
            yield Delete(place, self._after.turns[place].text)

    @carry.register
    def _(self, it: Insert) -> Iterator[Correction]:
        place = Place(it.turn.span, self._who(it.turn.speaker))
        heard = [p for p in self._after.turns if p.speaker == place.speaker and _part(p, place) >= MOST]
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
        self._ids[id] = free_id("s", taken)
        return self._ids[id]

    def _alike(self, place: Place, was: Place) -> tuple[bool, float]:
        """How much a turn is the one it was: the same speaker's first, then by time."""
        return place.speaker == self._ids.get(was.speaker), min(_part(place, was), _part(was, place))

    def _within(self, was: Place) -> list[Place]:
        """The turns that lie mostly in what was one, in order of time; the speaker's own where there are such."""
        inside = sorted(place for place in self._after.turns if _part(place, was) >= MOST)
        own = [place for place in inside if place.speaker == self._ids.get(was.speaker)]
        if not inside:
            return [self._found(was)]
        return own or inside

    def _holder(self, was: Place) -> Place | None:
        """The one turn in which most of what was one lies."""
        around = [place for place in self._after.turns if _part(was, place) > MOST]
        return max(around, key=lambda place: self._alike(place, was)) if around else None

    def _found(self, was: Place) -> Place:
        """The turn that is what was one. Raises UnfitError."""
        if place := self._holder(was):
            return place
        raise UnfitError(f"there is no such turn any more from {was.span.start:.2f} to {was.span.end:.2f} s")


def _counterparts(before: Sequence[Utterance], after: Sequence[Utterance]) -> dict[str, str]:
    """Each speaker's counterpart, one to one, the greatest common time first; ids as they are in the two results."""
    common: dict[tuple[str, str], float] = defaultdict(float)
    first = 0
    for utterance in before:
        while first < len(after) and after[first].span.end < utterance.span.start - _LONGEST_S:
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


_LONGEST_S = 600.0
"""Seconds by which a long turn may begin before one that it overlaps."""


def _part(place: Place, of: Place) -> float:
    """Which part of the first lies in the other."""
    return place.span.overlap(of.span) / place.span.duration if place.span.duration else 0.0


def _joins(places: Sequence[Place]) -> Iterator[Join]:
    """What makes one turn of several of one speaker."""
    whole = places[0]
    for other in places[1:]:
        yield Join(whole, other)
        whole = Place(whole.span | other.span, whole.speaker)


def _in_place(utterance: Utterance, it: Write) -> str:
    """The text that is written, between those words of the turn that lie outside of what it was written for."""
    span = it.turn.span
    before = [word for word in utterance.words if word.span.middle < span.start - NEAR_S]
    after = [word for word in utterance.words if word.span.middle > span.end + NEAR_S]
    return " ".join(part for part in (join(before), it.text, join(after)) if part)
