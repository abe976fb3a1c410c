"""Correcting: what each correction does to minutes.

`corrected` replays corrections in their order on a `Sheet`, where turns, speakers and notes can be looked up and
changed one by one, and makes Minutes of it at the end: a thousand corrections of a long meeting cost little more than
one. What does not fit, as its turn or speaker is not there, is left out and told.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import singledispatchmethod

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
from bigvoice.minutes.minutes import Minutes, Speaker, Utterance
from bigvoice.minutes.naming import next_number
from bigvoice.minutes.rewording import reworded
from bigvoice.span import Span


@dataclass(frozen=True, slots=True)
class Unfit:
    """A correction that does not fit the minutes, and why."""

    correction: Correction
    why: str


class UnfitError(ValueError):
    """Why a correction does not fit the minutes."""


def corrected(minutes: Minutes, corrections: Iterable[Correction]) -> tuple[Minutes, tuple[Unfit, ...]]:
    """The minutes with all corrections of one step that fit, and those that do not.

    Who has no turns left at the end of the step is no speaker any more. Utterances that stay are the same objects.
    """
    return corrected_in_steps(minutes, [tuple(corrections)])


def corrected_in_steps(minutes: Minutes, steps: Iterable[Sequence[Correction]]) -> tuple[Minutes, tuple[Unfit, ...]]:
    """As `corrected` with each step after the one before, but faster."""
    if not any(steps := [*steps]):
        return minutes, ()
    sheet = Sheet(minutes)
    unfit = []
    for step in steps:
        for correction in step:
            try:
                sheet.apply(correction)
            except UnfitError as error:
                unfit.append(Unfit(correction, str(error)))
        sheet.end_step()
    return sheet.minutes(), tuple(unfit)


class Sheet:
    """Minutes taken apart, to be changed in place. turns: its utterances, in no order; speakers: by id."""

    def __init__(self, minutes: Minutes) -> None:
        self._minutes = minutes
        self.speakers = {speaker.id: speaker for speaker in minutes.speakers}
        self.turns: dict[Place, Utterance] = {}
        self._n_turns: Counter[str] = Counter()
        for utterance in minutes.utterances:
            self._put(utterance)
        self._notes = {note.id: note for note in minutes.notes}
        self._facts: dict[str, object] = {}

    def minutes(self) -> Minutes:
        """What came of it."""
        return replace(
            self._minutes,
            **self._facts,  # type: ignore[arg-type]  # as `_told` made them
            speakers=tuple(self.speakers.values()),
            utterances=tuple(sorted(self.turns.values(), key=lambda utterance: utterance.span)),
            notes=tuple(sorted(self._notes.values(), key=lambda note: note.time)),
        )

    def end_step(self) -> None:
        """Speakers who lost all their turns are gone; one may have lost them to get others in the same step."""
        for speaker in [speaker for speaker, count in self._n_turns.items() if not count]:
            self.speakers.pop(speaker, None)
            del self._n_turns[speaker]

    @singledispatchmethod
    def apply(self, correction: Correction) -> None:
        """Change the sheet. Raises UnfitError, and then nothing is changed."""
        raise NotImplementedError(correction)

    @apply.register
    def _(self, it: Rename) -> None:
        before = self._speaker(it.speaker)
        self.speakers[it.speaker] = before.given(it.name, it.role) if it.name.strip() else before.nameless()

    @apply.register
    def _(self, it: Reject) -> None:
        before = self._speaker(it.speaker)
        rejected = tuple(dict.fromkeys([*before.rejected, it.name]))
        if before.name == it.name:
            before = before.nameless()
        self.speakers[it.speaker] = replace(before, rejected=rejected)

    @apply.register
    def _(self, it: Merge) -> None:
        self._speaker(it.speaker)
        self._speaker(it.into)
        if it.speaker == it.into:
            raise UnfitError(f"speaker {it.speaker} is one with itself already")
        for utterance in [u for u in self.turns.values() if u.speaker == it.speaker]:
            self._give(utterance, it.into)
        del self.speakers[it.speaker]

    @apply.register
    def _(self, it: Assign) -> None:
        utterance = self._turn(it.turn)
        self._make_sure(it.to)
        self._give(replace(utterance, confidence=1.0), it.to)

    @apply.register
    def _(self, it: Split) -> None:
        utterance = self._turn(it.turn)
        span = utterance.span
        if not span.start < it.at < span.end:
            raise UnfitError(f"a turn from {span.start:.2f} to {span.end:.2f} cannot be split at {it.at:.2f} s")
        words = utterance.words
        count = sum(word.span.middle < it.at for word in words) if it.words is None else it.words
        if not 0 <= count <= len(words):
            raise UnfitError(f"the turn has {len(words)} words, not {count}")
        self._replace([utterance], halves(utterance, it.at, count))

    @apply.register
    def _(self, it: Join) -> None:
        first, other = self._turn(it.turn), self._turn(it.other)
        if it.turn == it.other:
            raise UnfitError("a turn cannot be joined with itself")
        if not first.span <= other.span:
            raise UnfitError("a turn is joined with one that comes after it")
        self._replace([first, other], [_together(first, other)])

    @apply.register
    def _(self, it: Write) -> None:
        utterance = self._turn(it.turn)
        self.turns[it.turn] = replace(utterance, words=reworded(utterance.words, it.text, utterance.span))

    @apply.register
    def _(self, it: Check) -> None:
        utterance = self._turn(it.turn)
        confidence = 1.0 if it.checked else utterance.confidence
        self.turns[it.turn] = replace(utterance, checked=it.checked, confidence=confidence)

    @apply.register
    def _(self, it: Delete) -> None:
        self._replace([self._turn(it.turn)], [])

    @apply.register
    def _(self, it: Insert) -> None:
        if it.turn in self.turns:
            raise UnfitError(f"there is a turn of that speaker at {it.turn.span.start:.2f} s already")
        if not 0 <= it.turn.span.start < it.turn.span.end <= self._minutes.source.duration:
            raise UnfitError(f"a turn lies in the recording, which is {self._minutes.source.duration:.2f} s long")
        self._make_sure(it.turn.speaker)
        words = reworded((), it.text, it.turn.span)
        self._put(Utterance(it.turn.span, it.turn.speaker, words, checked=True))

    @apply.register
    def _(self, it: PutNote) -> None:
        self._notes[it.note.id] = it.note

    @apply.register
    def _(self, it: DropNote) -> None:
        if it.id not in self._notes:
            raise UnfitError(f"there is no note {it.id!r}")
        del self._notes[it.id]

    @apply.register
    def _(self, it: Describe) -> None:
        self._facts[it.field] = _told(it)

    def _make_sure(self, id: str) -> None:
        """That there is such a speaker: who says something and has said nothing so far is a new one."""
        if not id:
            raise UnfitError("a speaker needs an id")
        self.speakers.setdefault(id, Speaker(id, next_number(self.speakers.values())))

    def _speaker(self, id: str) -> Speaker:
        if id not in self.speakers:
            raise UnfitError(f"there is no speaker {id!r}")
        return self.speakers[id]

    def _turn(self, place: Place) -> Utterance:
        if place not in self.turns:
            span = place.span
            raise UnfitError(f"there is no turn of speaker {place.speaker!r} from {span.start:.2f} to {span.end:.2f} s")
        return self.turns[place]

    def _give(self, utterance: Utterance, to: str) -> None:
        there = self.turns[Place.of(utterance)]
        self._replace([there], [replace(utterance, speaker=to)])

    def _replace(self, old: Sequence[Utterance], new: Sequence[Utterance]) -> None:
        """Some turns by others."""
        for utterance in old:
            self._take(Place.of(utterance))
        for utterance in new:
            self._put(utterance)

    def _put(self, utterance: Utterance) -> None:
        """The turn at its place; where that is taken (two who spoke at once turn out to be one), both as one turn."""
        place = Place.of(utterance)
        self.turns[place] = _together(self._take(place), utterance) if place in self.turns else utterance
        self._n_turns[utterance.speaker] += 1

    def _take(self, place: Place) -> Utterance:
        self._n_turns[place.speaker] -= 1
        return self.turns.pop(place)


def halves(utterance: Utterance, at: float, n_words: int) -> tuple[Utterance, Utterance]:
    """A turn as two, the second from `at` (seconds) on; n_words: of its words those of the first."""
    span, words = utterance.span, utterance.words
    first = replace(utterance, span=Span(span.start, at), words=words[:n_words])
    return first, replace(utterance, span=Span(at, span.end), words=words[n_words:])


def _together(first: Utterance, other: Utterance) -> Utterance:
    """Two turns as one: the words of one after those of the other, the confidence that of the more doubtful."""
    words = (*first.words, *other.words)
    if first.words and other.words and not other.words[0].text.startswith(" "):
        spaced = replace(other.words[0], text=" " + other.words[0].text)
        words = (*first.words, spaced, *other.words[1:])
    return replace(
        first,
        span=first.span | other.span,
        words=words,
        confidence=min(first.confidence, other.confidence),
        traits=first.traits if first.span.duration >= other.span.duration else other.traits,
        checked=first.checked and other.checked,
    )


def _told(it: Describe) -> object:
    """A value of Minutes as it is written."""
    if it.field in ("attendees", "agenda"):
        return tuple(line.strip() for line in it.value.splitlines() if line.strip())
    if it.field != "date":
        return it.value
    try:
        return datetime.fromisoformat(it.value) if it.value else None
    except ValueError:
        raise UnfitError(f"the date {it.value!r} is not written as 2026-11-21T14:00") from None
