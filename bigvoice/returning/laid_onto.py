"""Laid onto: corrections of an earlier state of minutes, for the minutes as they are now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import singledispatchmethod

from bigvoice.documents.dialogue import clock
from bigvoice.documents.line import one_line
from bigvoice.minutes.correcting import corrected
from bigvoice.minutes.corrections import (
    Assign,
    Check,
    Correction,
    Delete,
    Describe,
    DropNote,
    Merge,
    Place,
    PutNote,
    Rename,
    Split,
    Write,
)
from bigvoice.minutes.minutes import Minutes, Utterance
from bigvoice.returning.comparison import Comparison
from bigvoice.returning.notes_back import unlike
from bigvoice.span import Span


def laid_onto(
    minutes: Minutes, base: Minutes, corrections: Iterable[Correction], comparison: Comparison
) -> list[Correction]:
    """Those that fit and say something new; where both were changed, the minutes hold unless they are overruled."""
    onto = _Onto(minutes, base, comparison)
    return [fitting for correction in corrections for fitting in onto.fit(correction)]


class _Onto:
    def __init__(self, minutes: Minutes, base: Minutes, comparison: Comparison) -> None:
        self._base = base
        self._untaken, self._overrule = comparison.untaken, comparison.overrule
        self._new: set[str] = set()  # who gets turns, and so may be named
        self._know(minutes)

    def _know(self, minutes: Minutes) -> None:
        self._minutes = minutes
        self._turns = {Place.of(turn): turn for turn in minutes.utterances}
        self._spans = {turn.span: turn for turn in minutes.utterances}
        self._speakers = {speaker.id: speaker for speaker in minutes.speakers}

    @singledispatchmethod
    def fit(self, correction: Correction) -> Iterator[Correction]:
        raise NotImplementedError(correction)

    @fit.register
    def _(self, it: Split) -> Iterator[Correction]:
        """By the word before which it is, which may have another number now."""
        if {Span(it.turn.span.start, it.at), Span(it.at, it.turn.span.end)} <= self._spans.keys():
            return
        turn = self._turn(it.turn)
        words = [number for number, word in enumerate(turn.words) if word.span.start == it.at] if turn else []
        if turn and words:
            split = Split(Place.of(turn), it.at, words[0])
            self._know(corrected(self._minutes, [split])[0])
            yield split
        elif turn:
            self._untaken.tell(_where(it.turn), "divided")

    @fit.register
    def _(self, it: Write) -> Iterator[Correction]:
        turn = self._turn(it.turn)
        if turn and one_line(turn.text) != it.text:
            if one_line(turn.text) == it.was or self._overrule:
                yield replace(it, turn=Place.of(turn), was=one_line(turn.text))
            else:
                self._untaken.tell(_where(it.turn), "conflict", it.text)

    @fit.register
    def _(self, it: Check) -> Iterator[Correction]:
        turn = self._turn(it.turn)
        if turn and turn.checked != it.checked:
            yield replace(it, turn=Place.of(turn))

    @fit.register
    def _(self, it: Delete) -> Iterator[Correction]:
        turn = self._turn(it.turn)
        if turn and (one_line(turn.text) == it.was or self._overrule):
            yield replace(it, turn=Place.of(turn))
        elif turn:
            self._untaken.tell(_where(it.turn), "conflict")

    @fit.register
    def _(self, it: Assign) -> Iterator[Correction]:
        turn = self._turn(it.turn)
        if turn and turn.speaker != it.to:
            if turn.speaker == it.turn.speaker or self._overrule:
                self._new.add(it.to)
                yield Assign(Place.of(turn), it.to)
            else:
                self._untaken.tell(_where(it.turn), "conflict", self._untaken.name("speaker"))

    @fit.register
    def _(self, it: Rename) -> Iterator[Correction]:
        now = self._speakers.get(it.speaker)
        before = next((speaker for speaker in self._base.speakers if speaker.id == it.speaker), None)
        if before is None:
            yield from [it] if it.speaker in self._new else []
        elif now is None:
            self._untaken.tell(self._untaken.wording.label(before), "conflict", it.name)
        elif (now.name, now.sure) == (it.name, True) and it.role in (None, now.role):
            return
        elif (now.name, now.named_by) == (before.name, before.named_by) or self._overrule:
            yield it
        else:
            self._untaken.tell(self._untaken.wording.label(before), "conflict", it.name)

    @fit.register
    def _(self, it: Merge) -> Iterator[Correction]:
        if it.speaker in self._speakers and it.into in self._speakers:
            yield it

    @fit.register
    def _(self, it: PutNote) -> Iterator[Correction]:
        now = next((note for note in self._minutes.notes if note.id == it.note.id), None)
        before = next((note for note in self._base.notes if note.id == it.note.id), None)
        if now == it.note:
            return
        if now == before or self._overrule:
            yield it
        elif before is None and now and unlike(now, it.note):
            ids = {note.id for note in self._minutes.notes}
            number = next(n for n in range(2, len(ids) + 3) if f"{it.note.id}-{n}" not in ids)
            yield PutNote(replace(it.note, id=f"{it.note.id}-{number}"))
        elif before is None:
            yield it
        else:
            self._untaken.tell(self._untaken.name(it.note.kind), "conflict", it.note.text)

    @fit.register
    def _(self, it: DropNote) -> Iterator[Correction]:
        if any(note.id == it.id for note in self._minutes.notes):
            yield it

    @fit.register
    def _(self, it: Describe) -> Iterator[Correction]:
        now, before = getattr(self._minutes, it.field), getattr(self._base, it.field)
        if now == before or self._overrule:
            yield it
        else:
            self._untaken.tell(self._untaken.name(it.field), "conflict", it.value)

    def _turn(self, place: Place) -> Utterance | None:
        """The turn as it is now, were it somebody else's by now; one that is gone is told."""
        turn = self._turns.get(place) or self._spans.get(place.span)
        if turn is None:
            self._untaken.tell(_where(place), "gone")
        return turn


def _where(place: Place) -> str:
    return f"[{clock(place.span.start)}]"
