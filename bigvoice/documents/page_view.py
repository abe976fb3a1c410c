"""Page view: the dialogue as a transcript page shows it, with the times of words, anchors and colours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bigvoice.documents.dialogue import Block
from bigvoice.documents.spoken import Spoken, spoken
from bigvoice.documents.view import View
from bigvoice.minutes.minutes import Minutes, paragraphs

COLOURS = 8
"""Speakers that page.css tells apart by colour; after them the colours begin again."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A block of the dialogue, as the page shows it.

    anchor: what a link to its time names, "" where one before it began in the same second. start, end: as `stamp`
    writes them. colour: of its speaker, from 1 to COLOURS.
    """

    block: Block
    anchor: str
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


def turns_of(minutes: Minutes, view: View, colours: Mapping[str, int], *, mark_unsure: bool) -> list[Turn]:
    """The dialogue's blocks with their words; view: of the same minutes, with the same marks."""
    seen: set[str] = set()
    found = []
    for block, utterances in zip(view.blocks, paragraphs(minutes), strict=True):
        anchor = "" if block.clock in seen else block.clock
        seen.add(block.clock)
        words = spoken(utterances, mark_unsure=mark_unsure)
        colour = colours[block.speaker]
        found.append(Turn(block, anchor, stamp(block.start), stamp(block.end), colour, words))
    return found
