"""Word documents that came back: what they say now, found by their bookmarks, else by their clock times.

A bookmark is lost where all of its text was typed anew, or by a program that writes paragraphs anew. What remains then
is the order of things: below a line with a clock and a name stands what was said, beside a clock in a table the name
and the words, beside "Place" the place.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import docx

from bigvoice.documents.docx_keys import FACT, NAME, STATE, fact_key
from bigvoice.documents.docx_lines import Line, lines_of
from bigvoice.documents.docx_made import made_of
from bigvoice.documents.line import one_line
from bigvoice.documents.wording import ENGLISH, KOREAN
from bigvoice.errors import DocumentError
from bigvoice.returning.came_back import CameBack, Said
from bigvoice.returning.document_bytes import unprotected
from bigvoice.returning.docx_notes import notes_of
from bigvoice.returning.docx_passages import passages_of
from bigvoice.returning.docx_regions import Region, cells_of, regions_of

_FACTS = {"place": {ENGLISH.place, KOREAN.place}, "date": {ENGLISH.date, KOREAN.date}, "title": {KOREAN.title, "제목"}}
_NAMES = {("No.", "Name"), ("번호", "성명")}
_ROLE = {"Role", "역할"}
_TITLE_STYLE = "Title"


def read(path: Path) -> CameBack:
    """What a Word document says now. Raises DocumentError for a file that is none, or cannot be read."""
    lines = lines_of(_opened(path).element.body)
    regions = regions_of(lines)
    made = made_of(path)
    states = [region.key.place[2:] for region in regions if region.key.kind == STATE]
    return CameBack(
        file=path.name,
        passages=tuple(passages_of(lines, regions)),
        state=states[0] if states else made.state if made else "",
        names=tuple(_names(lines, regions)),
        roles=tuple(_roles(lines, regions)),
        facts=_facts(lines, regions),
        notes=tuple(notes_of(lines, regions)),
    )


def _opened(path: Path) -> Any:
    data = unprotected(path, "Word", ".docx")
    try:
        return docx.Document(io.BytesIO(data))
    except Exception as error:  # whatever a file that is no .docx makes zipfile, lxml or python-docx raise
        advice = "open it in Word, save it as .docx and try again"
        raise DocumentError(f"{path} is no Word document that can be read: {advice}") from error


def _names(lines: Sequence[Line], regions: Sequence[Region]) -> Iterator[tuple[str | None, Said]]:
    """The column of names in each list of attendees; where bookmarks are lost, its heading tells it.

    A heading that the shipped templates do not have stands in it, too.
    """
    marked = {region.cell: region.key for region in regions if region.key.kind == NAME and region.cell}
    columns: dict[int, int] = {}
    for table in dict.fromkeys(cell[0] for cell in marked):
        columns[table] = Counter(cell[2] for cell in marked if cell[0] == table).most_common(1)[0][0]
    for number, heading in enumerate(lines) if not marked else ():
        if heading.cell and heading.cell[1] == 0 and (lines[number - 1].text, heading.text) in _NAMES:
            columns.setdefault(heading.cell[0], heading.cell[2])
    for table, column in columns.items():
        for (_, row, where), text in cells_of(lines, table).items():
            if where == column and text not in {name for _, name in _NAMES}:
                key = marked.get((table, row, where))
                yield (key.place if key else None), Said(text, key.digest if key else "")


def _roles(lines: Sequence[Line], regions: Sequence[Region]) -> Iterator[tuple[str, Said]]:
    """The roles beside the names, by the speaker's key."""
    marked = [region for region in regions if region.key.kind == NAME and region.cell]
    tables = {table: cells_of(lines, table) for table in {region.cell[0] for region in marked if region.cell}}
    for region in marked:
        if region.cell:
            table, row, _ = region.cell
            columns = [column for (_, _, column), text in tables[table].items() if text in _ROLE]
            for column in columns[:1]:
                yield region.key.place, Said(tables[table].get((table, row, column), ""))


def _facts(lines: Sequence[Line], regions: Sequence[Region]) -> dict[str, Said]:
    places = {fact_key(field).partition("_")[2]: field for field in ("title", "date", "place")}
    found = {
        places[region.key.place]: Said(region.text, region.key.digest)
        for region in regions
        if region.key.kind == FACT and region.key.place in places
    }
    for before, line in pairwise(lines):  # beside the word for it
        same_row = before.cell and line.cell and before.cell[:2] == line.cell[:2] and before.cell[2] < line.cell[2]
        for field in [field for field, words in _FACTS.items() if same_row and one_line(before.text) in words]:
            found.setdefault(field, Said(one_line(line.text)))
    titles = [line for line in lines if line.style == _TITLE_STYLE and not line.cell]
    if titles and "title" not in found:
        found["title"] = Said(one_line(titles[0].text))
    return found
