"""Review table as .xlsx: turns on the first sheet, speakers on the second; keys in hidden columns, every cell text."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import Cell
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from bigvoice.errors import DocumentError
from bigvoice.minutes.minutes import Minutes
from bigvoice.returning.came_back import CameBack
from bigvoice.returning.document_bytes import unprotected
from bigvoice.returning.review_back import came_back
from bigvoice.returning.review_table import TICK, ReviewTable, Row, review_table
from bigvoice.settings import DocumentOptions

UNSURE = "C00000"
_WIDTHS = (6, 9, 9, 10, 18, 80, 9, 8, 12)
_SPEAKER_WIDTHS = (10, 30, 24, 12)
_MOST = 32_767
"""Letters that a cell holds; source: Microsoft, Excel specifications and limits."""
_HEAD = PatternFill("solid", fgColor="EEF1F6")
_TOP, _WRAPPED = Alignment(vertical="top"), Alignment(vertical="top", wrap_text=True)


def render(minutes: Minutes, options: DocumentOptions) -> bytes:
    """The workbook. Raises DocumentError for a text that no cell can hold."""
    table = review_table(minutes, options)
    book = Workbook()
    _fill_turns(book.active, table)
    _fill_speakers(book.create_sheet(table.columns.speakers), table)
    book.properties.title, book.properties.creator = table.title[:255], "bigvoice"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _fill_turns(sheet: Any, table: ReviewTable) -> None:
    columns = table.columns
    sheet.title = columns.text
    _head(sheet, [*columns.turns, f"{columns.key} {table.state}"], _WIDTHS)
    for number, row in enumerate(table.rows, start=2):
        tick = TICK if row.checked else ""
        values = [row.number, row.start, row.end, row.clock, row.speaker, _text(row), tick, row.doubt, row.key]
        for column, value in enumerate(values, start=1):
            _put(sheet.cell(number, column), value)
        sheet.cell(number, 6).alignment = _WRAPPED
        for column in (2, 3):
            sheet.cell(number, column).number_format = "0.00"
    last = max(2, len(table.rows) + 1)
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(_WIDTHS))}{last}"
    if table.speakers:
        names = f"'{columns.speakers}'!$B$2:$B${len(table.speakers) + 1}"
        _offer(sheet, names, f"E2:E{last}", strict=False)  # a name that is not in the list is a new speaker
    _offer(sheet, f'"{TICK}"', f"G2:G{last}", strict=False)
    sheet.page_setup.orientation, sheet.page_setup.fitToHeight = "landscape", 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = "1:1"


def _fill_speakers(sheet: Any, table: ReviewTable) -> None:
    columns = table.columns
    _head(sheet, [columns.id, columns.name, columns.role, f"{columns.key} {table.state}"], _SPEAKER_WIDTHS)
    for number, speaker in enumerate(table.speakers, start=2):
        for column, value in enumerate((speaker.id, speaker.name, speaker.role, speaker.key), start=1):
            _put(sheet.cell(number, column), value)


def _head(sheet: Any, headings: Sequence[str], widths: Sequence[float]) -> None:
    """Headings that stay in sight; the last column, of keys, is hidden."""
    for column, (heading, width) in enumerate(zip(headings, widths, strict=True), start=1):
        cell = sheet.cell(1, column)
        _put(cell, heading)
        cell.font, cell.fill = Font(bold=True), _HEAD
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.column_dimensions[get_column_letter(len(widths))].hidden = True
    sheet.freeze_panes = "A2"


def _put(cell: Cell, value: object) -> None:
    """Text is text whatever it looks like, now and when it is edited: "3/4" is no date, "=1+1" no sum."""
    cell.value, cell.alignment = value, _TOP
    if isinstance(value, str | CellRichText):
        cell.number_format = "@"
    if isinstance(value, str):
        cell.data_type, cell.quotePrefix = "s", True


def _text(row: Row) -> CellRichText | str:
    """The text, with words in another colour where the recogniser was unsure. Raises DocumentError."""
    if len(row.text) > _MOST:
        raise DocumentError(f"row {row.number}: a cell holds {_MOST} letters, and this turn is longer: split it first")
    if not any(run.unsure for run in row.runs):
        return row.text
    unsure = InlineFont(color=UNSURE, u="single")
    return CellRichText(*(TextBlock(unsure, run.text) if run.unsure else run.text for run in row.runs))


def _offer(sheet: Any, values: str, cells: str, *, strict: bool) -> None:
    offer = DataValidation(type="list", formula1=values, allow_blank=True, showErrorMessage=strict)
    offer.add(cells)
    sheet.add_data_validation(offer)


def read(path: Path) -> CameBack:
    """What a workbook says that came back. Raises DocumentError for a file that is none, or cannot be read."""
    data = unprotected(path, "the spreadsheet", ".xlsx")
    try:
        book = load_workbook(io.BytesIO(data), data_only=True)
        sheets = [[[_read(value) for value in row] for row in sheet.iter_rows(values_only=True)] for sheet in book]
    except Exception as error:  # whatever a file that is no .xlsx makes zipfile or openpyxl raise
        advice = "open it in the spreadsheet, save it as .xlsx and try again"
        raise DocumentError(f"{path} is no workbook that can be read: {advice}") from error
    return came_back(path, sheets[0] if sheets else [], sheets[1] if len(sheets) > 1 else [])


def _read(value: object) -> str:
    """A cell as text: a number that was typed without its ".0", which spreadsheets add."""
    if value is None:
        return ""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
