"""Sections that several of the Word templates have."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from docx.shared import Pt

from bigvoice.templates.layout import header_cell, row_of, table_of
from bigvoice.templates.words import Words


def info(document: Any, rows: Sequence[Sequence[tuple[str, str]]]) -> None:
    """When, where, how long, by whom: one or two labels and their fields in a row."""
    table = table_of(document, (24, 61, 24, 61))
    for fields in rows:
        row = row_of(table, [text for field in fields for text in field])
        for index in range(0, 2 * len(fields), 2):
            header_cell(row.cells[index])
        if len(fields) == 1:
            row.cells[1].merge(row.cells[3])


def each(document: Any, loop: str, text: str, style: str) -> None:
    """A paragraph for each item of a loop."""
    document.add_paragraph(f"{{%p for {loop} %}}")
    document.add_paragraph(text, style=style)
    document.add_paragraph("{%p endfor %}")


def about(document: Any, words: Words) -> None:
    """Which recording, which models, and what the reader is to know about them."""
    document.add_heading(words.made)
    table = table_of(document, (30, 140))
    for label, text in words.made_rows:
        header_cell(row_of(table, (label, text)).cells[0])
    document.add_paragraph(words.caveat, style="Note").paragraph_format.space_before = Pt(6)
    each(document, "notice in notices", "{{ notice }}", "Note")
