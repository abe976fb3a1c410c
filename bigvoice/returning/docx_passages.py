"""Passages: the dialogue of a Word document that came back, block by block, in paragraphs or in the rows of a table."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from bigvoice.documents.docx_keys import LABEL, NOTE_PARTS, TEXT, digest_of
from bigvoice.documents.docx_lines import Line
from bigvoice.documents.line import one_line
from bigvoice.documents.wording import ENGLISH, KOREAN
from bigvoice.returning.came_back import Passage, Said
from bigvoice.returning.docx_regions import Region, pieces_of

_CLOCK = re.compile(r"\d{2,}:\d\d:\d\d")
HEADER = re.compile(rf"\s*\[({_CLOCK.pattern})\]\s*(.*)", re.DOTALL)
"""A line that begins with a clock."""
_MARKS = "|".join(re.escape(wording.overlap_mark).replace(re.escape("{names}"), ".+?") for wording in (ENGLISH, KOREAN))
_OVERLAP_BEFORE = re.compile(rf"^\s*\((?:{_MARKS})\)\s*")
_OVERLAP_AFTER = re.compile(rf"\s{{2,}}\((?:{_MARKS})\)\s*$")  # a label holds no two spaces
_OWN_STYLE = "DialogueText"

Marked = Mapping[int, Sequence[Region]]


def passages_of(lines: Sequence[Line], regions: Sequence[Region]) -> Iterator[Passage]:
    """The blocks, top to bottom in paragraphs, then those in tables."""
    ours = [region for region in regions if region.key.kind in (LABEL, TEXT)]
    tables = _tables(lines, ours)
    for table, columns in tables.items():
        yield from _of_rows(pieces_of(lines, table), columns, {r.cell: r for r in ours if r.cell})
    rest = [number for number, line in enumerate(lines) if not line.cell or line.cell[0] not in tables]
    yield from _of_paragraphs(lines, rest, regions)


# --- a table with a block in each row ---


@dataclass(frozen=True, slots=True)
class _Columns:
    clock: int | None
    label: int | None
    text: int


def _tables(lines: Sequence[Line], regions: Sequence[Region]) -> dict[int, _Columns]:
    """The tables with a block in each row, and which of their columns holds what."""
    marks: dict[int, dict[str, Counter[int]]] = defaultdict(lambda: defaultdict(Counter))
    for region in regions:
        if region.cell:
            marks[region.cell[0]][region.key.kind][region.cell[2]] += 1
    clocks: dict[int, Counter[int]] = defaultdict(Counter)
    for line in lines:
        if line.cell and _CLOCK.fullmatch(one_line(line.text)):
            clocks[line.cell[0]][line.cell[2]] += 1
    found = {}
    for table in {*marks, *clocks}:
        label, text, clock = (_most(each) for each in (marks[table][LABEL], marks[table][TEXT], clocks[table]))
        if text is None and label is None and clock is not None and _is_dialogue(lines, table, clock):
            label, text = clock + 1, clock + 2
        elif text is None and label is not None:
            text = label + 1
        elif label is None and clock is not None and text is not None:
            label = clock + 1 if clock + 1 < text else None
        if text is not None and text != label:
            found[table] = _Columns(clock, label, text)
    return found


def _is_dialogue(lines: Sequence[Line], table: int, clock: int) -> bool:
    """Its rows go on after the clock with a name and words."""
    return any(line.cell and line.cell[0] == table and line.cell[2] == clock + 2 for line in lines)


def _most(counted: Counter[int]) -> int | None:
    return counted.most_common(1)[0][0] if counted else None


def _of_rows(
    cells: Mapping[tuple[int, int, int], Sequence[str]],
    columns: _Columns,
    marks: Mapping[tuple[int, int, int], Region],
) -> Iterator[Passage]:
    rows: dict[tuple[int, int], dict[int, Sequence[str]]] = defaultdict(dict)
    for (table, number, column), pieces in cells.items():
        rows[table, number][column] = pieces
    for at, row in rows.items():
        clock = "" if columns.clock is None else _joined(row.get(columns.clock, ())).text
        name = None if columns.label is None else row.get(columns.label)
        label = None if columns.label is None else marks.get((*at, columns.label))
        said = marks.get((*at, columns.text))
        if label or said or _CLOCK.fullmatch(clock):
            first, *more = _at_headings(said.pieces if said else _without_mark(row.get(columns.text, [""])))
            yield Passage(
                where=f"[{clock}]" if clock else at[1] + 1,
                place=next((mark.key.place for mark in (said, label) if mark), ""),
                clock=clock,
                label=None if name is None else _joined(name, label.key.digest if label else ""),
                text=_joined(first, said.key.digest if said else "") if columns.text in row else None,
            )
            yield from (_begun_within(each) for each in more)


def _without_mark(pieces: Sequence[str]) -> list[str]:
    return [_OVERLAP_BEFORE.sub("", pieces[0]), *pieces[1:]]


def _begun_within(pieces: Sequence[str]) -> Passage:
    """What a person began within a block, with a heading of its own."""
    heading = HEADER.fullmatch(pieces[0])
    assert heading
    return Passage(f"[{heading[1]}]", "", heading[1], Said(one_line(heading[2])), _joined(pieces[1:]))


def _joined(texts: Sequence[str], digest: str = "") -> Said:
    return Said(one_line(" ".join(texts)), digest)


# --- paragraphs: a line with clock and name, the words below it or beside it ---


@dataclass(slots=True)
class _Draft:
    place: str = ""
    clock: str = ""
    label: Said | None = None  # in the bookmark
    beside: Said | None = None  # all that stands after the clock: a name may be typed beside its bookmark
    said: list[str] = field(default_factory=list)
    more: list[str] = field(default_factory=list)  # of unmarked paragraphs after the text
    digest: str = ""
    style: str | None = None


def _of_paragraphs(lines: Sequence[Line], numbers: Sequence[int], regions: Sequence[Region]) -> Iterator[Passage]:
    drafts = _drafts(lines, numbers, regions)
    # What follows most blocks is no addition of a person's but belongs to the template.
    added = sum(bool(draft.more) for draft in drafts)
    usual = len(drafts) > 2 and added > len(drafts) / 2
    otherwise = sum(_is_otherwise(draft) for draft in drafts) > len(drafts) / 2
    for draft in drafts:
        said = [*draft.said, *([] if usual else draft.more)]
        yield Passage(
            where=f"[{draft.clock}]" if draft.clock else f'"{(said or [""])[0][:30]}"',
            place=draft.place,
            clock=draft.clock,
            label=draft.label if draft.label and (otherwise or not draft.beside) else draft.beside,
            text=_joined(said, draft.digest) if said else None,
        )


def _is_otherwise(draft: _Draft) -> bool:
    """More than the name stood there after the clock."""
    label, beside = draft.label, draft.beside
    return bool(label and beside and digest_of(label.text) == label.digest != digest_of(beside.text))


def _drafts(lines: Sequence[Line], numbers: Sequence[int], regions: Sequence[Region]) -> list[_Draft]:
    marks = _by_line(regions)
    found: list[_Draft] = []
    now: _Draft | None = None
    passed = -1
    for number in numbers:
        line, here = lines[number], marks.get(number, {})
        if number <= passed:  # within a bookmark that began above
            continue
        label, text = here.get(LABEL), here.get(TEXT)
        ends = _ends(line, here)
        header = None if ends or (text and not label) else HEADER.fullmatch(line.text)
        if label or header:
            _close(now, followed=True)
            found.append(now := _begun(label, header, text))
        if text:
            if now is None or now.said or (now.place and now.place != text.key.place):
                now = next((each for each in found if each.place == text.key.place and not each.said), None)
                if now is None:
                    found.append(now := _Draft(style=line.style))
            now.place, now.digest, now.style = text.key.place, text.key.digest, line.style
            now.said, *more = _at_headings(text.pieces)
            for heading, *said in more:
                found.append(now := _begun(None, HEADER.fullmatch(heading), None))
                now.said, now.style = said, line.style
            passed = text.last
        elif label or header:
            continue
        elif ends:
            _close(now, followed=False)
            now = None
        elif now is not None and line.text.strip():
            _go_on(now, line)
    _close(now, followed=False)
    return found


def _at_headings(pieces: Sequence[str]) -> list[list[str]]:
    """What stands in a bookmark, cut where a person began a new block within it: each but the first has its heading."""
    found = [list(pieces[:1])]
    for piece in pieces[1:]:
        if HEADER.fullmatch(piece):
            found.append([])
        found[-1].append(piece)
    return found


def _by_line(regions: Sequence[Region]) -> dict[int, dict[str, Region]]:
    marks: dict[int, dict[str, Region]] = defaultdict(dict)
    for region in regions:
        marks[region.first].setdefault(region.key.kind, region)
    return marks


def _ends(line: Line, here: Mapping[str, Region]) -> bool:
    """The dialogue stops here, or an agenda point begins."""
    return bool(line.cell) or line.style.startswith("Heading") or any(kind in here for kind in NOTE_PARTS.values())


def _begun(label: Region | None, header: re.Match[str] | None, text: Region | None) -> _Draft:
    draft = _Draft(place=label.key.place if label else "", clock=header[1] if header else "")
    if header and not text:
        draft.beside = Said(one_line(_OVERLAP_AFTER.sub("", header[2])), label.key.digest if label else "")
    if label:
        draft.label = Said(label.text, label.key.digest)
    return draft


def _go_on(draft: _Draft, line: Line) -> None:
    if not draft.said:
        draft.said, draft.style = [line.text], line.style
    elif line.style == draft.style:
        draft.more.append(line.text)


def _close(draft: _Draft | None, *, followed: bool) -> None:
    """After the last block stands the template's own text, unless it is in our style."""
    if draft and not followed and draft.style != _OWN_STYLE:
        draft.more.clear()
