"""Regions: the texts of a Word document that stand in our bookmarks, as they are now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from bigvoice.documents.docx_keys import BEGINS, ENDS, Key, parse
from bigvoice.documents.docx_lines import Line
from bigvoice.documents.line import one_line


@dataclass(frozen=True, slots=True)
class Region:
    """A bookmarked text: from the line `first` to the line `last`, of each a piece. cell: where it begins."""

    key: Key
    first: int
    last: int
    pieces: tuple[str, ...]
    cell: tuple[int, int, int] | None

    @property
    def text(self) -> str:
        """The pieces on one line."""
        return one_line(" ".join(self.pieces))


def regions_of(lines: Sequence[Line]) -> list[Region]:
    """The regions in the order in which they begin; of one that a person copied, each."""
    ends: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for number, line in enumerate(lines):
        for name, at in line.ends.items():
            ends[name].append((number, at))
    found = []
    for number, line in enumerate(lines):
        for name, start in sorted(line.starts.items(), key=lambda each: each[1]):
            if key := parse(name):
                nowhere = number, len(line.text)
                last, end = next((each for each in ends[name] if each >= (number, start)), nowhere)
                found.append(Region(key, number, last, _pieces(lines, key, (number, start), (last, end)), line.cell))
    return found


def _pieces(lines: Sequence[Line], key: Key, begin: tuple[int, int], end: tuple[int, int]) -> tuple[str, ...]:
    """What stands there now. What was typed at an edge may stand outside of the bookmark: where nothing else stood
    between the text and the edge of its paragraph, it is the text's.
    """
    (first, start), (last, stop) = begin, end
    start = max([0, *_others(lines[first], key, before=start)]) if key.edges & BEGINS else start
    stop = min([len(lines[last].text), *_others(lines[last], key, after=stop)]) if key.edges & ENDS else stop
    if first == last:
        return (lines[first].text[start:stop],)
    between = [lines[number].text for number in range(first + 1, last)]
    return (lines[first].text[start:], *between, lines[last].text[:stop])


def _others(line: Line, key: Key, *, before: int | None = None, after: int | None = None) -> list[int]:
    """Where the bookmarks of other texts end before, or begin after, a place in a line."""
    if before is not None:
        return [at for name, at in line.ends.items() if _is_other(name, key) and at <= before]
    return [at for name, at in line.starts.items() if _is_other(name, key) and after is not None and at >= after]


def _is_other(name: str, key: Key) -> bool:
    other = parse(name)
    return other is not None and other.kind != "z" and (other.kind, other.place) != (key.kind, key.place)


def cells_of(lines: Sequence[Line], table: int) -> dict[tuple[int, int, int], str]:
    """The text of each cell of a table, of several paragraphs in one line."""
    return {cell: one_line(" ".join(pieces)) for cell, pieces in pieces_of(lines, table).items()}


def pieces_of(lines: Sequence[Line], table: int) -> dict[tuple[int, int, int], list[str]]:
    """The paragraphs of each cell of a table."""
    cells: dict[tuple[int, int, int], list[str]] = {}
    for line in lines:
        if line.cell and line.cell[0] == table:
            cells.setdefault(line.cell, []).append(line.text)
    return cells
