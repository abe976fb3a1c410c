"""Review table as .csv, for any spreadsheet; read back however a spreadsheet saved it."""

from __future__ import annotations

import codecs
import csv
import io
from pathlib import Path

from bigvoice.documents.docx_keys import digest_of
from bigvoice.documents.table import BOM, harmless
from bigvoice.errors import DocumentError
from bigvoice.minutes.minutes import Minutes
from bigvoice.returning.came_back import CameBack
from bigvoice.returning.document_bytes import bytes_of
from bigvoice.returning.review_back import came_back
from bigvoice.returning.review_table import TICK, review_table
from bigvoice.settings import DocumentOptions

CODES = ("cp949", "cp1252")
"""What Korean and Western Excel write as CSV unless told to write UTF-8; a letter that they do not have becomes "?"."""
_SEPARATORS = ",;\t"


def render(minutes: Minutes, options: DocumentOptions) -> str:
    """The table of turns, with a byte order mark."""
    table = review_table(minutes, options)
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([*table.columns.turns, f"{table.columns.key} {table.state}"])
    for row in table.rows:
        start, end, tick = f"{row.start:.3f}", f"{row.end:.3f}", TICK if row.checked else ""
        said = (harmless(row.speaker), harmless(row.text))
        writer.writerow([row.number, start, end, row.clock, *said, tick, row.doubt, row.key])
    return BOM + out.getvalue()


def read(path: Path) -> CameBack:
    """What a table says that came back, in UTF-8, UTF-16 or one of CODES, between commas, semicolons or tabs."""
    data = bytes_of(path)
    found: list[CameBack] = []
    failed: DocumentError | None = None
    for code in _codes(data):
        try:
            found.append(_read(path, data, code))
        except DocumentError as error:
            failed = failed or error
    if failed and not found:
        raise failed
    return max(found, key=_unchanged)


def _codes(data: bytes) -> tuple[str, ...]:
    """The character sets that a file may be in."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return ("utf-16",)
    try:
        data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return CODES
    return ("utf-8-sig",)


def _read(path: Path, data: bytes, code: str) -> CameBack:
    try:
        text = data.decode(code)
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text)))
    except (UnicodeDecodeError, csv.Error) as error:
        advice = "save it in the spreadsheet as CSV UTF-8, and try again"
        raise DocumentError(f"{path} cannot be read as a table: {advice}") from error
    return came_back(path, rows, codec=code if code in CODES else "")


def _unchanged(back: CameBack) -> int:
    """How many texts are as bigvoice wrote them: most where the character set is the right one."""
    said = [said for each in back.passages for said in (each.text, each.label) if said]
    return sum(digest_of(each.text) == each.digest for each in said)


def _separator(text: str) -> str:
    """What stands most often in the headings."""
    head = text.splitlines()[0] if text else ""
    return max(_SEPARATORS, key=head.count)
