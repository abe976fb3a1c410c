"""Table (.csv): one row an utterance, for spreadsheets."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence

from bigvoice.documents.line import one_line
from bigvoice.documents.wording import wording_for
from bigvoice.minutes.minutes import Minutes
from bigvoice.settings import DocumentOptions

BOM = "\ufeff"
"""Without it Excel reads UTF-8 as the machine's old code page, and Hangul falls apart."""

COLUMNS = ("start", "end", "speaker", "id", "role", "confidence", "text")


def harmless(text: str) -> str:
    r"""Text that no spreadsheet takes for a formula: what begins like one gets an apostrophe in front.

    Source: OWASP, "CSV Injection". Tabs and line ends, which can begin one too, do not outlive `one_line`.

    >>> harmless('=HYPERLINK("http://x")')
    '\'=HYPERLINK("http://x")'
    """
    text = one_line(text)
    return "'" + text if text.startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠")) else text


def csv_of(columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> str:
    """Rows as CSV that Excel opens: a number to four places, text without a formula, yes and no as 1 and 0."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns)
    writer.writeheader()
    writer.writerows({key: _cell(value) for key, value in row.items()} for row in rows)
    return BOM + text.getvalue()


def _cell(value: object) -> object:
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, float):
        return round(value, 4)
    return harmless(value) if isinstance(value, str) else value


def render(minutes: Minutes, options: DocumentOptions) -> str:
    """UTF-8 with a byte order mark, times in seconds, lines ended as RFC 4180 has it."""
    wording = wording_for(minutes, options)
    speakers = {speaker.id: speaker for speaker in minutes.speakers}
    table = io.StringIO(newline="")
    writer = csv.writer(table)
    writer.writerow(COLUMNS)
    for u in minutes.utterances:
        speaker = speakers[u.speaker]
        # Programs add up what a role said: one that comes with a suggested name is nobody's yet.
        cells = (wording.label(speaker), speaker.id, (speaker.role or "") if speaker.sure else "")
        writer.writerow(
            [f"{u.span.start:.3f}", f"{u.span.end:.3f}", *map(harmless, cells), f"{u.confidence:.2f}", harmless(u.text)]
        )
    return BOM + table.getvalue()
