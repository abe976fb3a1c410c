"""Bookmarks: around each text that may come back changed, made of the provisional ones that docx_marks.py leaves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn

from bigvoice.documents.docx_keys import BEGINS, ENDS, Key, digest_of, state_name
from bigvoice.documents.docx_lines import Line, lines_of

_START, _END, _NAME, _ID = qn("w:bookmarkStart"), qn("w:bookmarkEnd"), qn("w:name"), qn("w:id")


def name_bookmarks(roots: Iterable[Any]) -> None:
    """Gives our bookmarks their names and ids, in place; roots: the XML of each part of the document.

    What a template shows twice is marked once, as names are unique in a document.
    """
    roots = list(roots)
    number = _free_id(roots)
    taken: set[str] = set()
    for root in roots:
        pairs = _pairs(root)
        for start, end in pairs:
            for element in (start, end):
                element.set(_ID, str(number))
            number += 1
        names = {key: name for line in lines_of(root) for key, name in _named(line)}
        for start, end in pairs:
            key = start.get(_NAME)
            if key in taken or key not in names:
                _remove(start, end)
            else:
                taken.add(key)
                start.set(_NAME, names[key])


def mark_state(body: Any, state: str) -> None:
    """A bookmark at the very beginning that tells which state of the minutes the document shows."""
    paragraph = next(body.iter(qn("w:p")), None)
    if paragraph is not None:
        start = parse_xml(f'<w:bookmarkStart {nsdecls("w")} w:id="{_free_id([body])}" w:name="{state_name(state)}"/>')
        end = parse_xml(f'<w:bookmarkEnd {nsdecls("w")} w:id="{start.get(_ID)}"/>')
        paragraph.append(start)
        paragraph.append(end)


def _free_id(roots: Iterable[Any]) -> int:
    return 1 + max((int(each.get(_ID) or 0) for root in roots for each in root.iter(_START)), default=0)


def _pairs(root: Any) -> list[tuple[Any, Any]]:
    """Beginnings and ends that belong together; those that have lost the other one are taken out."""
    pairs, open_ = [], []
    for each in [each for each in root.iter(_START, _END) if each.get(_ID) is None]:
        if each.tag == _START:
            open_.append(each)
        elif open_:
            pairs.append((open_.pop(), each))
        else:
            _remove(each)
    _remove(*open_)
    return pairs


def _remove(*elements: Any) -> None:
    for element in elements:
        element.getparent().remove(element)


def _named(line: Line) -> Iterator[tuple[str, str]]:
    """The names of the bookmarks in a line, by what they are called until then."""
    for key, start in line.starts.items():
        kind, _, place = key.partition("_")
        if key in line.ends and not key.startswith("_"):
            end = line.ends[key]
            edges = (0 if line.text[:start].strip() else BEGINS) | (0 if line.text[end:].strip() else ENDS)
            yield key, Key(kind, place, edges, digest_of(line.text[start:end])).name
