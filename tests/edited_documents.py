"""Documents as people and programs edit them, and minutes with notes to make them of."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import docx
import meetings
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn

from bigvoice.documents import write
from bigvoice.documents.docx_keys import parse
from bigvoice.minutes.minutes import ACTION, AGENDA, DECISION, Minutes, Note
from bigvoice.settings import DocumentOptions


def team() -> Minutes:
    """The team meeting with a decision, an action and three agenda points, the last after all that is said."""
    notes = (
        Note("a1", AGENDA, 0.0, "Budget"),
        Note("a2", AGENDA, 8.0, "The numbers"),
        Note("d1", DECISION, 45.0, "Buy a <new> printer"),
        Note("t1", ACTION, 46.0, "Order it", "Joon Lee", "Friday"),
        Note("a3", AGENDA, 59.0, "Any other business"),
    )
    return replace(meetings.team(), notes=notes)


def family() -> Minutes:
    """The family talk with a decision and an action in Korean."""
    notes = (
        Note("n1", AGENDA, 0.0, "학교"),
        Note("n2", DECISION, 35.0, "밥을 먹는다"),
        Note("n3", ACTION, 36.0, "설거지", "홍길동", "오늘 밤"),
    )
    return replace(meetings.family(), notes=notes)


def made(minutes: Minutes, path: Path, template: str | None = None, **options: Any) -> Path:
    """A document of minutes."""
    write(minutes, path, options=DocumentOptions(template=template, **options))
    return path


def edited(path: Path, edit: Callable[[Any], None]) -> Path:
    """The document, changed in place by python-docx."""
    document = docx.Document(str(path))
    edit(document)
    document.save(str(path))
    return path


def in_runs(document: Any, old: str, new: str) -> None:
    """Replaces text within runs, as somebody who types in the middle of a sentence: bookmarks stay."""
    found = [t for t in document.element.body.iter(qn("w:t")) if old in (t.text or "")]
    assert found, f"{old!r} stands in no run"
    for text in found:
        text.text = text.text.replace(old, new)


def in_paragraphs(document: Any, old: str, new: str) -> None:
    """Writes paragraphs anew, as scripts do: all bookmarks in them are lost."""
    found = [p for p in paragraphs(document) if old in p.text]
    assert found, f"{old!r} stands in no paragraph"
    for paragraph in found:
        paragraph.text = paragraph.text.replace(old, new)


def paragraphs(document: Any) -> list[Any]:
    """Those of the body and of all tables."""
    cells = [cell for table in document.tables for row in table.rows for cell in row.cells]
    return [*document.paragraphs, *(paragraph for cell in cells for paragraph in cell.paragraphs)]


def paragraph_with(document: Any, text: str) -> Any:
    """The XML of the first paragraph that holds a text."""
    return next(p for p in paragraphs(document) if text in p.text)._p


def region(document: Any, kind: str, place: str) -> tuple[Any, list[Any]]:
    """The beginning of a bookmark of ours, and what stands in it."""
    for start in document.element.body.iter(qn("w:bookmarkStart")):
        key = parse(start.get(qn("w:name")))
        if key and (key.kind, key.place) == (kind, place):
            inside = []
            for each in start.itersiblings():
                if each.tag == qn("w:bookmarkEnd") and each.get(qn("w:id")) == start.get(qn("w:id")):
                    return start, inside
                inside.append(each)
    raise AssertionError(f"no bookmark {kind} {place}")


def fill(document: Any, kind: str, place: str, text: str) -> None:
    """Types a text over what stands in a bookmark, which stays."""
    start, inside = region(document, kind, place)
    for each in inside:
        each.getparent().remove(each)
    start.addnext(run(text))


def run(text: str, tag: str = "w:t") -> Any:
    """A run as Word writes it."""
    made = parse_xml(f'<w:r {nsdecls("w")} w:rsidR="00A1B2C3"><{tag} xml:space="preserve"/></w:r>')
    made[0].text = text
    return made


def tracked(paragraph: Any, old: str, new: str) -> None:
    """Replaces a word as Word does that tracks changes: in split runs, the old one deleted, the new one inserted."""
    for each in [
        each for each in paragraph.iter(qn("w:r")) if old in "".join(t.text or "" for t in each.iter(qn("w:t")))
    ]:
        text = "".join(t.text or "" for t in each.iter(qn("w:t")))
        before, _, after = text.partition(old)
        change = f'{nsdecls("w")} w:id="900" w:author="Ann" w:date="2026-11-21T10:00:00Z"'
        deleted, inserted = parse_xml(f"<w:del {change}/>"), parse_xml(f"<w:ins {change}/>")
        deleted.append(run(old, "w:delText"))
        inserted.append(run(new))
        proof = parse_xml(f'<w:proofErr {nsdecls("w")} w:type="spellStart"/>')
        for part in (run(before), proof, deleted, inserted, run(after)):
            each.addprevious(part)
        each.getparent().remove(each)
        return
    raise AssertionError(f"{old!r} stands in no run")


def copied(element: Any) -> Any:
    """A copy right after it."""
    new = copy.deepcopy(element)
    element.addnext(new)
    return new
