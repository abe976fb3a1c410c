"""Page view: dialogue and notes as a transcript page shows them, with the times of words, anchors and colours."""

from __future__ import annotations

from bisect import bisect
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bigvoice.documents.dialogue import Block, clock
from bigvoice.documents.line import one_line
from bigvoice.documents.spoken import Spoken, spoken
from bigvoice.documents.view import View
from bigvoice.minutes.minutes import ACTION, AGENDA, DECISION, Minutes, paragraphs

COLOURS = 8
"""Speakers that page.css tells apart by colour; after them the colours begin again."""


@dataclass(frozen=True, slots=True)
class NoteRow:
    """A note as it is read; `clock` is also where a link to its time goes."""

    clock: str
    text: str
    who: str
    until: str


@dataclass(frozen=True, slots=True)
class Turn:
    """A block of the dialogue, as the page shows it.

    anchor: what a link to its time names, "" where one before it began in the same second. points: agenda points that
    begin with it. start, end: as `stamp` writes them. colour: of its speaker, from 1 to COLOURS.
    """

    block: Block
    anchor: str
    points: tuple[str, ...]
    start: str
    end: str
    colour: int
    words: tuple[Spoken, ...]


def stamp(seconds: float) -> str:
    """A time in hundredths of a second, written to base 36: short, for a page has many.

    >>> stamp(0.0), stamp(754.2), stamp(10800)
    ('0', '1m70', 'n5c0')
    """
    number, digits = max(0, round(seconds * 100)), ""
    while number or not digits:
        number, digit = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[digit] + digits
    return digits


def colours_of(view: View) -> dict[str, int]:
    """A colour for each speaker, by id."""
    heard = [row.speaker for row in view.attendees if row.heard]
    return {speaker: i % COLOURS + 1 for i, speaker in enumerate(heard)}


def notes_of(minutes: Minutes) -> Mapping[str, list[NoteRow]]:
    """The decisions and the actions."""
    found: dict[str, list[NoteRow]] = {DECISION: [], ACTION: []}
    for note in minutes.notes:
        if note.kind in found:
            row = NoteRow(clock(note.time), one_line(note.text), one_line(note.who), one_line(note.until))
            found[note.kind].append(row)
    return found


def turns_of(minutes: Minutes, view: View, colours: Mapping[str, int], *, mark_unsure: bool) -> list[Turn]:
    """The dialogue's blocks with their words; view: of the same minutes, with the same marks."""
    points = _points(minutes, view.blocks)
    seen: set[str] = set()
    found = []
    for i, (block, utterances) in enumerate(zip(view.blocks, paragraphs(minutes.utterances), strict=True)):
        anchor = "" if block.clock in seen else block.clock
        seen.add(block.clock)
        words = spoken(utterances, mark_unsure=mark_unsure)
        colour = colours[block.speaker]
        found.append(Turn(block, anchor, tuple(points[i]), stamp(block.start), stamp(block.end), colour, words))
    return found


def _points(minutes: Minutes, blocks: Sequence[Block]) -> Mapping[int, list[str]]:
    """The agenda points by the number of the block with which they begin: the one whose beginning is nearest."""
    starts = [block.start for block in blocks]
    found = defaultdict(list)
    for note in minutes.notes:
        if note.kind == AGENDA and starts:
            after = min(bisect(starts, note.time), len(starts) - 1)
            nearest = min((max(0, after - 1), after), key=lambda i: abs(starts[i] - note.time))
            found[nearest].append(one_line(note.text))
    return found
