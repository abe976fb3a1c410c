"""Review table as .csv, for any spreadsheet; read back however a spreadsheet saved it."""

from __future__ import annotations

import codecs
import csv
import io
from pathlib import Path

from bigvoice.documents.table import BOM, harmless
from bigvoice.errors import DocumentError
from bigvoice.minutes.minutes import Minutes
from bigvoice.returning.came_back import CameBack
from bigvoice.returning.review_back import came_back
from bigvoice.returning.review_table import TICK, review_table
from bigvoice.settings import DocumentOptions

KOREAN = "cp949"
"""What Korean Excel writes as CSV unless it is told to write UTF-8; a letter that it does not have becomes "?"."""
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
    """What a table says that came back, in UTF-8, UTF-16 or CP949, between commas, semicolons or tabs."""
    try:
        text, codec = _decoded(path.read_bytes())
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text)))
    except OSError as error:
        raise DocumentError(f"{path} cannot be read: {error.strerror}") from error
    except (UnicodeDecodeError, csv.Error) as error:
        advice = "save it in the spreadsheet as CSV UTF-8, and try again"
        raise DocumentError(f"{path} cannot be read as a table: {advice}") from error
    return came_back(path, rows, codec=codec)


def _decoded(data: bytes) -> tuple[str, str]:
    """The text, and the character set that it was reduced to ("" for Unicode)."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16"), ""
    try:
        return data.decode("utf-8-sig"), ""
    except UnicodeDecodeError:
        return data.decode(KOREAN), KOREAN


def _separator(text: str) -> str:
    """What stands most often in the headings."""
    head = text.splitlines()[0] if text else ""
    return max(_SEPARATORS, key=head.count)
