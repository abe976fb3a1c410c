"""Came back: what a document says that a person changed outside of bigvoice, before it is compared with the minutes.

Readers (of Word documents, of tables) make these values; taking_over.py makes corrections of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Said:
    """A text as it came back. digest: of what bigvoice wrote there; "" where that is lost."""

    text: str
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Passage:
    """What stands in a document for one or several turns of a speaker.

    where: for messages: "[00:12:31]", or the number of a row. place: which turns, as docx_keys.py has it; "" where that
    is lost, and then the clock ("00:12:31") is all there is. None: nothing was found.
    """

    where: str | int
    place: str
    clock: str = ""
    label: Said | None = None
    text: Said | None = None
    checked: Said | None = None


@dataclass(frozen=True, slots=True)
class NoteBack:
    """A row of decisions or actions, or an agenda point. place: of its key, "" for a row that a person added.

    row: its number in its table, from 1; 0 for an agenda point. parts: by the names of `docx_keys.NOTE_PARTS`. kind:
    where the headings of a table without bookmarks tell it.
    """

    place: str
    row: int
    parts: Mapping[str, Said]
    table: int = 0
    kind: str = ""


@dataclass(frozen=True, slots=True)
class CameBack:
    """A document that came back.

    by_turn: a passage stands for one turn (in a table), not for a block; then some may be missing. state: of the
    minutes it was made of (see `docx_keys.state_of`), "" where that is lost. names: the column of the list of
    attendees, by the speaker's key, None where there is none, as in a heading. roles: by the speaker's key. facts: by
    field of the minutes. codec: the character set that all texts were reduced to; "" for Unicode.
    """

    file: str
    passages: tuple[Passage, ...]
    state: str = ""
    names: tuple[tuple[str | None, Said], ...] = ()
    roles: tuple[tuple[str, Said], ...] = ()
    facts: Mapping[str, Said] = field(default_factory=dict)
    notes: tuple[NoteBack, ...] = ()
    by_turn: bool = False
    codec: str = ""
