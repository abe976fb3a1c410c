"""Review tables that came back: rows of text, whatever spreadsheet wrote them, as passages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from bigvoice.documents.docx_keys import digest_of
from bigvoice.documents.line import one_line
from bigvoice.errors import DocumentError
from bigvoice.returning.came_back import CameBack, Passage, Said
from bigvoice.returning.review_table import COLUMNS

_TICKS = {"x", "o", "v", "y", "1", "yes", "true", "\u2713", "\u2714", "\u2611", "\u221a", "예", "네", "확인", "참"}
_DIGEST = "[a-z2-7]{8}"
_KEY = re.compile(rf"\d+_{_DIGEST}(\.{_DIGEST})+")
_STATE = re.compile(rf".*?({_DIGEST})")
_QUOTED = re.compile("'[=+\\-@＝＋－＠]")

Cells = Sequence[Sequence[str]]


def came_back(path: Path, turns: Cells, speakers: Cells = (), *, codec: str = "") -> CameBack:
    """What the rows of a table say, and those of the sheet of speakers; the first row of each holds the headings.

    codec: the character set that the file was reduced to. Raises DocumentError where a column is not there.
    """
    at = _columns(turns, ("speaker", "text", "checked", "key"))
    if not {"key", "text", "speaker"} <= set(at):
        advice = "make it anew with `bigvoice export --review`, and leave its first row and its last column"
        raise DocumentError(f"{path}: a review table has columns for speaker, text and key: {advice}")
    state = _STATE.fullmatch(turns[0][at["key"]].strip().lower())
    who = _columns(speakers, ("name", "role", "key"))
    known = [(_key(row, who), row) for row in speakers[1:]] if "key" in who else []
    return CameBack(
        file=path.name,
        passages=tuple(_passages(turns, at)),
        state=state[1] if state else "",
        names=tuple((key[0], _said(row, who, "name", key[1])) for key, row in known if key and "name" in who),
        roles=tuple((key[0], _said(row, who, "role", key[2])) for key, row in known if key and "role" in who),
        by_turn=True,
        codec=codec,
    )


def _columns(rows: Cells, fields: Sequence[str]) -> dict[str, int]:
    """Which column holds what, by the headings of any language; that of keys is known by how it begins."""
    found: dict[str, int] = {}
    for number, heading in enumerate(rows[0] if rows else ()):
        said = one_line(heading).casefold()
        for field in fields:
            words = {getattr(columns, field).casefold() for columns in COLUMNS.values()}
            if said in words or (field == "key" and said.split(" ")[0] in words):
                found.setdefault(field, number)
    return found


def _passages(rows: Cells, at: Mapping[str, int]) -> Iterator[Passage]:
    for number, row in enumerate(rows[1:], start=2):
        if not any(map(str.strip, row)):
            continue
        key = _key(row, at, least=4)
        if key is None:
            yield Passage(number, "")
            continue
        place, label, text, checked = key
        ticked = _cell(row, at["checked"]).casefold() in _TICKS if "checked" in at else None
        yield Passage(
            where=number,
            place=place,
            label=_said(row, at, "speaker", label),
            text=_said(row, at, "text", text),
            checked=None if ticked is None else Said(str(ticked), checked),
        )


def _key(row: Sequence[str], at: Mapping[str, int], least: int = 3) -> list[str] | None:
    """The parts of a row's key; None for a broken one."""
    key = _cell(row, at["key"]).lower()
    parts = key.split(".")
    return parts if _KEY.fullmatch(key) and len(parts) == least else None


def _said(row: Sequence[str], at: Mapping[str, int], field: str, digest: str) -> Said:
    """A cell's text, without the apostrophe that keeps it from being a formula."""
    text = _cell(row, at[field])
    if _QUOTED.match(text) and digest_of(text) != digest:
        text = text[1:]
    return Said(text, digest)


def _cell(row: Sequence[str], column: int) -> str:
    return one_line(row[column]) if column < len(row) else ""
