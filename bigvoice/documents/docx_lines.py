"""Lines: what a Word document says, a line a paragraph, as Word shows it with all tracked changes accepted.

Read straight from the XML, because editors write the same text in many ways: in several runs, within links and content
controls, with spelling marks between, as insertions and deletions. Bookmarks stand at places in the lines.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from docx.oxml.ns import qn

_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_LEFT_OUT = {qn(tag) for tag in ("w:del", "w:moveFrom", "w:pPr", "w:rPr", "w:txbxContent", "w:instrText")} | {_FALLBACK}
_WRITTEN = {qn("w:tab"): " ", qn("w:br"): " ", qn("w:cr"): " ", qn("w:noBreakHyphen"): "-", qn("w:ptab"): " "}
_P, _TBL, _TR, _TC, _T = (qn(f"w:{tag}") for tag in ("p", "tbl", "tr", "tc", "t"))
_START, _END, _NAME, _ID = qn("w:bookmarkStart"), qn("w:bookmarkEnd"), qn("w:name"), qn("w:id")


@dataclass(slots=True)
class Line:
    """A paragraph. cell: its table, row and column, counted from 0; None outside of tables.

    starts, ends: where in the text the bookmarks of these names begin and end.
    """

    text: str = ""
    style: str = ""
    cell: tuple[int, int, int] | None = None
    starts: dict[str, int] = field(default_factory=dict)
    ends: dict[str, int] = field(default_factory=dict)


def lines_of(root: Any) -> list[Line]:
    """The lines of a part of a document, top to bottom. root: the part's XML."""
    return list(_Reader().read(root))


class _Reader:
    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._tables = 0
        self._waiting: list[str] = []
        self._line: Line | None = None  # whose paragraph mark is deleted, so that the next one goes on in it
        self._last: Line | None = None

    def read(self, root: Any) -> Iterator[Line]:
        yield from self._blocks(root, None)
        if self._line:
            yield self._line

    def _blocks(self, element: Any, cell: tuple[int, int, int] | None) -> Iterator[Line]:
        """The lines in a body, a cell, a content control or whatever else holds paragraphs."""
        for child in element:
            if child.tag == _P:
                yield from self._paragraph(child, cell)
            elif child.tag == _TBL:
                yield from self._table(child)
            elif child.tag == _START:  # between paragraphs: at the beginning of the next one
                self._names[child.get(_ID)] = child.get(_NAME)
                self._waiting.append(child.get(_NAME))
            elif child.tag == _END and self._last:
                self._last.ends.setdefault(self._names.get(child.get(_ID), ""), len(self._last.text))
            elif child.tag not in _LEFT_OUT:
                yield from self._blocks(child, cell)

    def _table(self, table: Any) -> Iterator[Line]:
        number, self._tables = self._tables, self._tables + 1
        rows = [row for row in table.iter(_TR) if _owner(row, _TBL) is table and not _deleted(row.find(qn("w:trPr")))]
        for at, row in enumerate(rows):
            cells = [cell for cell in row.iter(_TC) if _owner(cell, _TR) is row]
            for column, cell in enumerate(cells):
                yield from self._blocks(cell, (number, at, column))

    def _paragraph(self, paragraph: Any, cell: tuple[int, int, int] | None) -> Iterator[Line]:
        line, self._line = self._line, None
        if line is None or line.cell != cell:
            if line:
                yield line
            style = paragraph.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
            line = Line(style="" if style is None else style.get(qn("w:val")), cell=cell)
        for name in self._waiting:
            line.starts.setdefault(name, len(line.text))
        self._waiting.clear()
        self._inline(paragraph, line)
        self._last = line
        if _deleted(paragraph.find(f"{qn('w:pPr')}/{qn('w:rPr')}")):  # the next paragraph goes on in this one
            self._line = line
        else:
            yield line

    def _inline(self, element: Any, line: Line) -> None:
        for child in element:
            if child.tag == _T:
                line.text += child.text or ""
            elif child.tag in _WRITTEN:
                line.text += _WRITTEN[child.tag]
            elif child.tag == _START:
                self._names[child.get(_ID)] = child.get(_NAME)
                line.starts.setdefault(child.get(_NAME), len(line.text))
            elif child.tag == _END:
                line.ends.setdefault(self._names.get(child.get(_ID), ""), len(line.text))
            elif child.tag not in _LEFT_OUT:
                self._inline(child, line)


def _owner(element: Any, tag: str) -> Any:
    return next(element.iterancestors(tag))


def _deleted(properties: Any) -> bool:
    return properties is not None and properties.find(qn("w:del")) is not None
