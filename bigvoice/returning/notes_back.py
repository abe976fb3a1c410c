"""Notes that came back: decisions and actions that were written into a document's tables, and changed agenda points."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from difflib import SequenceMatcher

from bigvoice.documents.dialogue import clock
from bigvoice.documents.docx_keys import note_key
from bigvoice.documents.line import one_line
from bigvoice.minutes.corrections import Correction, DropNote, PutNote
from bigvoice.minutes.minutes import ACTION, AGENDA, DECISION, Minutes, Note, agenda_points
from bigvoice.minutes.naming import free_id
from bigvoice.returning.came_back import NoteBack, Said
from bigvoice.returning.comparison import Comparison

ROWS = 100
"""Rows of a table that may be empty when a document is made; templates have three."""
ALIKE = 0.5
_CLOCK = re.compile(r"\[?(\d{1,3}):(\d\d):(\d\d)\]?")


def notes_taken(
    rows: Sequence[NoteBack], base: Minutes, comparison: Comparison, *, deletions: bool
) -> Iterator[Correction]:
    """Notes that are new or say something else; one that is gone is told, or dropped where deletions are asked for."""
    notes = {_digest("text", note.kind, note.id): note for note in base.notes}
    empty = {_digest("text", kind, "", row): kind for kind in (DECISION, ACTION) for row in range(1, ROWS)}
    kinds = _kinds(rows, notes, empty)
    unmarked = _unmarked(rows, base, kinds)
    seen: set[str] = set()
    ids = {note.id for note in base.notes}
    for row in rows:
        digest = row.place.partition("_")[2]
        before = notes.get(digest) or unmarked.get(id(row)) or _at_its_time(row, base)
        text = one_line(row.parts["text"].text) if "text" in row.parts else ""
        if before:
            seen.add(before.id)
            yield from _again(row, before, text, comparison, deletions=deletions)
        elif text and (kind := _kind(row, empty, kinds)):
            new = _id(kind, row, ids)
            ids.add(new)
            yield PutNote(_made(Note(new, kind, 0.0, text), row.parts))
    shown = {kinds.get(row.table) if row.row else AGENDA for row in rows}
    at_end = agenda_points(base).get(len(base.utterances), ())  # a template need not show them
    for note in base.notes:
        if note.kind in shown and note.id not in seen and note not in at_end:
            yield from _gone(note, comparison, deletions=deletions)


def _unmarked(rows: Sequence[NoteBack], base: Minutes, kinds: Mapping[int, str]) -> dict[int, Note]:
    """The notes of rows in tables without bookmarks, by the row's identity: of the same text, else at that place."""
    found: dict[int, Note] = {}
    for table in {row.table for row in rows if row.row} - {row.table for row in rows if row.row and row.place}:
        its = [row for row in rows if row.row and row.table == table]
        notes = [note for note in base.notes if note.kind == kinds.get(table)]
        left = {note.id: note for note in notes}
        for row in its:
            if same := next((note for note in left.values() if one_line(note.text) == row.parts["text"].text), None):
                found[id(row)] = left.pop(same.id)
        for row, note in zip(its, notes, strict=False):
            if id(row) not in found and note.id in left:
                found[id(row)] = left.pop(note.id)
    return found


def _kind(row: NoteBack, empty: Mapping[str, str], kinds: Mapping[int, str]) -> str | None:
    """Of a row that is a new note; None for the row of a note that the base does not have."""
    digest = row.place.partition("_")[2]
    if not row.row:
        return None if digest else AGENDA
    return empty.get(digest) if digest else kinds.get(row.table)


def _kinds(rows: Sequence[NoteBack], notes: Mapping[str, Note], empty: Mapping[str, str]) -> dict[int, str]:
    """What the rows of each table are."""
    kinds: dict[int, str] = {}
    for row in rows:
        digest = row.place.partition("_")[2]
        kind = notes[digest].kind if digest in notes else empty.get(digest) or row.kind
        if kind and row.row:
            kinds.setdefault(row.table, kind)
    return kinds


def _again(row: NoteBack, before: Note, text: str, comparison: Comparison, *, deletions: bool) -> Iterator[Correction]:
    if not text and "text" in row.parts and one_line(before.text):
        yield from _gone(before, comparison, deletions=deletions)
        return
    at = clock(before.time) if before.time or before.kind == AGENDA else ""
    shown = {"text": before.text, "who": before.who, "until": before.until, "clock": at}
    changed = {
        part: said
        for part, said in row.parts.items()
        if part in shown and comparison.changed(said, [shown[part]], f'"{before.text}"')
    }
    after = _made(before, changed)
    if after != before:
        yield PutNote(after)


def _gone(note: Note, comparison: Comparison, *, deletions: bool) -> Iterator[Correction]:
    if deletions:
        yield DropNote(note.id)
    else:
        comparison.untaken.tell(comparison.untaken.name(note.kind, note.text), "deleted")


def _made(note: Note, parts: Mapping[str, Said]) -> Note:
    """The note with what its row says; a time that is none is left out."""
    said = {part: one_line(parts[part].text) for part in ("text", "who", "until") if part in parts}
    if note.kind != ACTION:
        said = {part: text for part, text in said.items() if part == "text"}
    time = _CLOCK.fullmatch(one_line(parts["clock"].text)) if "clock" in parts else None
    seconds = float(sum(int(n) * unit for n, unit in zip(time.groups(), (3600, 60, 1), strict=True))) if time else None
    return replace(note, **said, time=note.time if seconds is None else seconds)


def _id(kind: str, row: NoteBack, taken: Collection[str]) -> str:
    """The same whenever the same document comes back; no other note's."""
    own = f"{kind}-{row.row or one_line(row.parts['clock'].text)}"
    return own if own not in taken else free_id(f"{own}-", taken, 2)


def _at_its_time(row: NoteBack, base: Minutes) -> Note | None:
    """The agenda point of a heading whose bookmark is lost."""
    if row.place or row.row:
        return None
    times = [note for note in base.notes if note.kind == AGENDA and clock(note.time) == row.parts["clock"].text]
    return times[0] if times else None


def _digest(part: str, kind: str, id: str, row: int = 0) -> str:
    return note_key(part, kind, id, row).rpartition("_")[2]


def unlike(one: Note, other: Note) -> bool:
    """They are two notes, not one that was written anew."""
    return SequenceMatcher(None, one.text, other.text, autojunk=False).ratio() < ALIKE
