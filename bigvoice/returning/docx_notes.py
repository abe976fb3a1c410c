"""Notes of a Word document that came back: its agenda points, and the rows of its tables of decisions and actions.

A table is known by the bookmarks in it, or by its headings, which also tell the rows that a person put above the first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from bigvoice.documents.docx_keys import NOTE_PARTS
from bigvoice.documents.docx_lines import Line
from bigvoice.documents.line import one_line
from bigvoice.minutes.minutes import ACTION, DECISION
from bigvoice.returning.came_back import NoteBack, Said
from bigvoice.returning.docx_passages import HEADER
from bigvoice.returning.docx_regions import Region, cells_of

_PARTS = {kind: part for part, kind in NOTE_PARTS.items()}
_HEADINGS: Mapping[str, str] = MappingProxyType(
    {"Who": "who", "담당": "who", "Due": "until", "기한": "until", "Time": "clock", "시각": "clock"}
    | {"Decision": "text", "결정 내용": "text", "Action": "text", "내용": "text"}
)
"""As the shipped templates have them."""
_KINDS = {frozenset({"text", "clock"}): DECISION, frozenset({"text", "who", "until", "clock"}): ACTION}
_AGENDA = "0_"
"""So begins the place of an agenda point, which is in no table."""

Cells = Mapping[tuple[int, int, int], str]


def notes_of(lines: Sequence[Line], regions: Sequence[Region]) -> Iterator[NoteBack]:
    """All of them, also those that a person added."""
    marked = [region for region in regions if region.key.kind in _PARTS]
    yield from _points(lines, marked)
    rows: dict[int, list[Region]] = defaultdict(list)
    for region in marked:
        if region.cell and not region.key.place.startswith(_AGENDA):
            rows[region.cell[0]].append(region)
    for table in dict.fromkeys(line.cell[0] for line in lines if line.cell):
        cells = cells_of(lines, table)
        kind, heading, columns = _headed(cells)
        if table in rows:
            yield from _rows(cells, rows[table], heading)
        elif kind:
            yield from _unmarked(cells, kind, heading, columns)


def _points(lines: Sequence[Line], marked: Sequence[Region]) -> Iterator[NoteBack]:
    """The agenda points: those with bookmarks, and headings without, whose bookmark is lost or which a person added."""
    for region in marked:
        if region.key.place.startswith(_AGENDA):
            yield NoteBack(region.key.place, 0, {"text": Said(region.text, region.key.digest)})
    known = {region.first for region in marked}
    for number, line in enumerate(lines):
        if number not in known and line.style.startswith("Heading") and (header := HEADER.fullmatch(line.text)):
            yield NoteBack("", 0, {"text": Said(one_line(header[2])), "clock": Said(header[1])})


def _headed(cells: Cells) -> tuple[str, int, dict[str, int]]:
    """What the rows of a table are, the row of its headings, and which column holds what; "" for none of ours."""
    rows: dict[int, dict[str, int]] = defaultdict(dict)
    for (_, row, column), text in cells.items():
        if text in _HEADINGS:
            rows[row][_HEADINGS[text]] = column
    for row, columns in rows.items():
        if kind := _KINDS.get(frozenset(columns)):
            return kind, row, columns
    return "", -1, {}


def _rows(cells: Cells, regions: Sequence[Region], heading: int) -> Iterator[NoteBack]:
    columns = {_PARTS[region.key.kind]: region.cell[2] for region in regions if region.cell}
    keys = {region.cell[1]: region.key.place for region in regions if region.cell}
    digests = {region.cell: region.key.digest for region in regions}
    (table,) = {cell[0] for cell in cells}
    before = heading if 0 <= heading < min(keys) else min(keys) - 1
    for row in range(before + 1, 1 + max(cell[1] for cell in cells)):
        places = {part: (table, row, column) for part, column in columns.items()}
        said = {part: Said(cells[at], digests.get(at, "")) for part, at in places.items() if at in cells}
        yield NoteBack(keys.get(row, ""), row - before, said, table)


def _unmarked(cells: Cells, kind: str, heading: int, columns: Mapping[str, int]) -> Iterator[NoteBack]:
    (table,) = {cell[0] for cell in cells}
    for row in range(heading + 1, 1 + max(cell[1] for cell in cells)):
        said = {part: Said(cells[at]) for part, column in columns.items() if (at := (table, row, column)) in cells}
        yield NoteBack("", row - heading, said, table, kind)
