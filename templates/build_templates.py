"""Makes the Word templates beside it: `python -m bigvoice.templates.build_templates`.

The .docx files are what ships and what a secretary edits; this script is how they came to be, so that a change of
layout is a change of a line here. The same script gives the same bytes.
"""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_ROW_HEIGHT_RULE
from docx.shared import Mm

from bigvoice.templates.layout import (
    CENTRE,
    RIGHT,
    WIDTH_MM,
    Column,
    blank,
    by_hand,
    frame,
    header_cell,
    header_row,
    listing,
    row_of,
    table_of,
)
from bigvoice.templates.ratio_page import talk_ratio
from bigvoice.templates.sections import about, each, info
from bigvoice.templates.words import ENGLISH, KOREAN, Words

FOLDER = Path(__file__).parent
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time a zip archive can hold


def minutes(words: Words) -> Any:
    """회의록: who, what about, what was decided (by hand), how much each spoke, and the dialogue in blocks."""
    document = blank(words, words.minutes)
    _title(document, words.minutes, words)
    info(document, words.info)
    _attendees(document, words)
    _agenda(document, words)
    _noted(document, words)
    document.add_heading(words.next_meeting)
    by_hand(document, words.next_columns, (50, 40, 80), 1, count=False)
    _shares(document, words)
    _parents(document, words)
    _dialogue(document, words)
    about(document, words)
    return document


def transcript(words: Words) -> Any:
    """녹취록: the participants, every word under a number and a time, and a certificate to be signed by hand."""
    document = blank(words, words.transcript)
    _title(document, words.transcript, words, cover=words.cover)
    info(document, words.info)
    _participants(document, words)
    _record(document, words)
    about(document, words)
    _certificate(document, words)
    return document


def _title(document: Any, heading: str, words: Words, *, cover: str = "") -> None:
    """What the document is and what the meeting was called; in Korean minutes with the boxes for approval.

    cover: a line that says what a transcript is made of.
    """
    if words.approval and not cover:
        _approval(document, heading, words)
        return
    if words.approval:
        document.add_paragraph(heading, style="Title").alignment = CENTRE
        document.add_paragraph(cover, style="Subtitle").alignment = CENTRE
        return
    document.add_paragraph(heading, style="Subtitle")
    document.add_paragraph(f'{{{{ title or "{words.untitled}" }}}}', style="Title")
    if cover:
        document.add_paragraph(cover, style="Subtitle")


def _approval(document: Any, heading: str, words: Words) -> None:
    """The heading at the left, 결재 (who drafts, reviews and approves signs or stamps) at the right."""
    stamp, *boxes = words.approval
    table = document.add_table(rows=2, cols=2 + len(boxes))
    table.autofit = False
    for column, mm in zip(table.columns, [WIDTH_MM - 8 - 21 * len(boxes), 8, *[21] * len(boxes)], strict=True):
        column.width = Mm(mm)
        for cell in column.cells:
            cell.width, cell.vertical_alignment = Mm(mm), WD_CELL_VERTICAL_ALIGNMENT.CENTER
    for row, height_mm in zip(table.rows, (6.5, 15), strict=True):
        row.height, row.height_rule = Mm(height_mm), WD_ROW_HEIGHT_RULE.EXACTLY
    title, head = (table.cell(0, index).merge(table.cell(1, index)) for index in (0, 1))
    for cell, text in zip([title, head, *table.rows[0].cells[2:]], [heading, "\n".join(stamp), *boxes], strict=True):
        cell.paragraphs[0].text, cell.paragraphs[0].alignment = text, CENTRE
        cell.paragraphs[0].style = "Title" if cell is title else "Table Heading"
    for row in table.rows:
        for cell in row._tr.tc_lst[1:]:
            frame(cell)
    document.add_paragraph(style="Subtitle")


def _attendees(document: Any, words: Words) -> None:
    document.add_heading(words.attendees)
    number, name, role, known, time, share, turns = words.attendee_columns
    listing(
        document,
        "person in attendees",
        (
            Column(11, number, "{{ person.number }}"),
            Column(34, name, "{{ person.name }}"),
            Column(22, role, "{{ person.role }}"),
            Column(37, known, "{{ person.known_by }}"),
            Column(22, time, "{{ person.time }}", RIGHT),
            Column(13, share, "{{ person.share }}", RIGHT),
            Column(18, "", "{{ person.bar }}"),
            Column(13, turns, "{{ person.turns }}", RIGHT),
        ),
        or_blank=True,
    )


def _agenda(document: Any, words: Words) -> None:
    document.add_heading(words.agenda)
    document.add_paragraph("{%p for item in agenda %}")
    document.add_paragraph("{{ item }}", style="List Number")
    document.add_paragraph("{%p else %}")
    document.add_paragraph("", style="List Number")
    document.add_paragraph("{%p endfor %}")


def _noted(document: Any, words: Words) -> None:
    """Decisions and actions: what was noted, and rows to be filled in by hand."""
    number, decision, clock = words.decision_columns
    document.add_heading(words.decisions)
    _to_fill(
        document,
        "row in decision_rows",
        (
            Column(12, number, "{{ row.number }}"),
            Column(138, decision, "{{ row.text }}"),
            Column(20, clock, "{{ row.clock }}"),
        ),
    )
    number, action, who, until, clock = words.action_columns
    document.add_heading(words.actions)
    _to_fill(
        document,
        "row in action_rows",
        (
            Column(12, number, "{{ row.number }}"),
            Column(82, action, "{{ row.text }}"),
            Column(28, who, "{{ row.who }}"),
            Column(28, until, "{{ row.until }}"),
            Column(20, clock, "{{ row.clock }}"),
        ),
    )


def _to_fill(document: Any, loop: str, columns: tuple[Column, ...]) -> None:
    row = listing(document, loop, columns).rows[2]
    row.height, row.height_rule = Mm(9), WD_ROW_HEIGHT_RULE.AT_LEAST


def _shares(document: Any, words: Words) -> None:
    """Bars by speaker; silence and speech at the same time as rows of their own, on the same scale of time."""
    document.add_heading(words.shares)
    name, share, time = words.share_columns
    columns = (
        Column(45, name, "{{ speaker.name }}"),
        Column(79, "", "{{ speaker.bar }}"),
        Column(23, share, "{{ speaker.share }}", RIGHT),
        Column(23, time, "{{ speaker.time }}", RIGHT),
    )
    table = listing(document, "speaker in shares", columns, with_next=True)
    row_of(table, (words.silence, "{{ silence.bar }}", "", "{{ silence.time }}"), columns, with_next=True)
    row_of(table, (words.overlap, "{{ overlap.bar }}", "", "{{ overlap.time }}"), columns, with_next=True)
    document.add_paragraph(words.share_note, style="Note")


def _parents(document: Any, words: Words) -> None:
    """One bar of all speech, split by role; only where a mother, a father or a child is known."""
    document.add_paragraph("{%p if parents %}")
    document.add_heading(words.parents, 2)
    bar = document.add_paragraph("{{ parents_bar }}")
    bar.paragraph_format.keep_with_next = True
    role, names, share, interval, time = words.parent_columns
    listing(
        document,
        "parent in parents",
        (
            Column(14, "", "{{ parent.key }}"),
            Column(36, role, "{{ parent.role }}"),
            Column(54, names, "{{ parent.names }}"),
            Column(18, share, "{{ parent.share }}", RIGHT),
            Column(25, interval, "{{ parent.range }}", RIGHT),
            Column(23, time, "{{ parent.time }}", RIGHT),
        ),
        with_next=True,
    )
    document.add_paragraph("{%p if parents_alone %}")
    document.add_paragraph(words.parents_alone, style="Note")
    document.add_paragraph("{%p endif %}")
    each(document, "remark in remarks", "{{ remark }}", "Note")
    each(document, "note in ratio_notes", "{{ note }}", "Note")
    document.add_paragraph(words.parent_note, style="Note")
    document.add_paragraph("{%p endif %}")


def _dialogue(document: Any, words: Words) -> None:
    """A line with time and speaker, the words below it."""
    document.add_heading(words.dialogue)
    _legend(document, words)
    document.add_paragraph("{%p for block in dialogue %}")
    _points(document, "block.points")
    line = document.add_paragraph(style="Dialogue Speaker")
    line.add_run("[{{ block.clock }}]", style="Clock")
    line.add_run(" {{ block.speaker }}")
    line.add_run("{% if block.overlap %}  ({{ block.overlap }}){% endif %}", style="Overlap Mark")
    document.add_paragraph("{{ block.text }}", style="Dialogue Text")
    _nothing_said(document, words)
    _points(document, "last_points")


def _points(document: Any, points: str) -> None:
    """The agenda points that begin here, as headings."""
    document.add_paragraph(f"{{%p for point in {points} %}}")
    _point(document.add_paragraph(style="Heading 2"))
    document.add_paragraph("{%p endfor %}")


def _point(line: Any) -> None:
    line.add_run("[{{ point.clock }}]", style="Clock")
    line.add_run(" {{ point.text }}")


def _legend(document: Any, words: Words) -> None:
    """What the dotted underline means, written in it; left out where no word is marked."""
    sample, meaning = words.legend
    document.add_paragraph("{%p if unsure %}")
    line = document.add_paragraph(style="Note")
    line.add_run(sample, style="Unsure")
    line.add_run(meaning)
    document.add_paragraph("{%p endif %}")


def _nothing_said(document: Any, words: Words) -> None:
    document.add_paragraph("{%p else %}")
    document.add_paragraph(words.nothing_said, style="Dialogue Text")
    document.add_paragraph("{%p endfor %}")


def _participants(document: Any, words: Words) -> None:
    document.add_heading(words.attendees)
    number, name, role, known, time, *_ = words.attendee_columns
    listing(
        document,
        "person in attendees",
        (
            Column(12, number, "{{ person.number }}"),
            Column(56, name, "{{ person.name }}"),
            Column(38, role, "{{ person.role }}"),
            Column(40, known, "{{ person.known_by }}"),
            Column(24, time, "{{ person.time }}", RIGHT),
        ),
        or_blank=True,
    )


def _record(document: Any, words: Words) -> None:
    """The dialogue as a table, its header on every page; a long speech may go over to the next page."""
    document.add_heading(words.dialogue)
    _legend(document, words)
    number, time, speaker, text = words.dialogue_columns
    columns = (
        Column(13, number, "{{ block.number }}"),
        Column(19, time, "{{ block.clock }}"),
        Column(34, speaker, "{{ block.speaker }}"),
        Column(104, text, ""),
    )
    table = table_of(document, [column.mm for column in columns])
    header_row(table, columns)
    row_of(table, ["{%tr for block in dialogue %}"])
    _point_rows(table, "block.points")
    row = row_of(table, [column.text for column in columns], columns, split=True)
    row_of(table, ["{%tr endfor %}"])
    _point_rows(table, "last_points")
    said = row.cells[3].paragraphs[0]
    said.add_run("{% if block.overlap %}({{ block.overlap }}) {% endif %}", style="Overlap Mark")
    said.add_run("{{ block.text }}")
    document.add_paragraph("{%p if not dialogue %}")
    document.add_paragraph(words.nothing_said, style="Dialogue Text")
    document.add_paragraph("{%p endif %}")


def _point_rows(table: Any, points: str) -> None:
    """The agenda points that begin here, each in a row of its own."""
    row_of(table, [f"{{%tr for point in {points} %}}"])
    row = row_of(table, [], with_next=True)
    cell = row.cells[0].merge(row.cells[-1])
    for extra in cell.paragraphs[1:]:
        extra._p.getparent().remove(extra._p)
    cell.paragraphs[0].style = "Heading 2"
    _point(cell.paragraphs[0])
    row_of(table, ["{%tr endfor %}"])


def _certificate(document: Any, words: Words) -> None:
    document.add_heading(words.certificate)
    document.add_paragraph(words.certificate_text).paragraph_format.keep_with_next = True
    table = table_of(document, (40, 90))
    for line in words.certificate_lines:
        row = row_of(table, (line, ""), with_next=line != words.certificate_lines[-1])
        row.height, row.height_rule = Mm(11), WD_ROW_HEIGHT_RULE.AT_LEAST
        header_cell(row.cells[0])


def as_bytes(document: Any) -> bytes:
    """The document as a .docx file whose parts carry no time of day."""
    raw, steady = io.BytesIO(), io.BytesIO()
    document.save(raw)
    with zipfile.ZipFile(raw) as parts, zipfile.ZipFile(steady, "w") as archive:
        for name in parts.namelist():
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), parts.read(name), zipfile.ZIP_DEFLATED)
    return steady.getvalue()


def templates() -> dict[str, bytes]:
    """Every template by the name of its file."""
    made = {}
    for words in (ENGLISH, KOREAN):
        made[f"minutes_{words.language}.docx"] = as_bytes(minutes(words))
        made[f"transcript_{words.language}.docx"] = as_bytes(transcript(words))
        made[f"talk_ratio_{words.language}.docx"] = as_bytes(talk_ratio(words))
    return made


if __name__ == "__main__":
    for name, content in templates().items():
        (FOLDER / name).write_bytes(content)
