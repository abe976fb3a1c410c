"""Facts that came back: the title, the date and the place of a meeting as a person wrote them in a document."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime

from bigvoice.documents.line import one_line
from bigvoice.documents.wording import ENGLISH
from bigvoice.minutes.corrections import Correction, Describe
from bigvoice.minutes.minutes import Minutes
from bigvoice.returning.came_back import Said
from bigvoice.returning.comparison import WORDINGS, Comparison

_HEADINGS = ("회 의 록", "녹 취 록")
"""What stands in the place of a title in templates that have the title elsewhere."""
_MONTHS = {month.casefold(): number for number, month in enumerate(ENGLISH.months, start=1)}
_MONTHS |= {month[:3]: number for month, number in _MONTHS.items()}
_TIME = r"(?:[,\s]+(?P<hour>\d{1,2}):(?P<minute>\d\d))?"
_DATES = (
    re.compile(rf"(?:[A-Za-z]+,?\s+)?(?P<day>\d{{1,2}})\s+(?P<name>[A-Za-z]+)\.?\s+(?P<year>\d{{4}}){_TIME}"),
    re.compile(rf"(?P<year>\d{{4}})년\s*(?P<month>\d{{1,2}})월\s*(?P<day>\d{{1,2}})일\s*(?:\(.\))?{_TIME}"),
    re.compile(rf"(?P<year>\d{{4}})[-./]\s*(?P<month>\d{{1,2}})[-./]\s*(?P<day>\d{{1,2}})\.?(?:T(?=\d))?{_TIME}"),
)


def facts_taken(facts: Mapping[str, Said], base: Minutes, comparison: Comparison) -> Iterator[Correction]:
    """What is told of the meeting otherwise than in its minutes."""
    days = [wording.day(base.date) if base.date else "" for wording in WORDINGS]
    untitled = [*(wording.untitled for wording in WORDINGS), *_HEADINGS]
    expected = {"title": [one_line(base.title), *untitled], "place": [one_line(base.place)], "date": days}
    for field, said in facts.items():
        text = one_line(said.text)
        if not comparison.changed(said, expected[field], comparison.untaken.name(field)):
            continue
        if field != "date":
            yield Describe(field, text)
        elif not text:
            yield Describe(field, "")
        elif moment := moment_of(text):
            zoned = moment.replace(tzinfo=base.date.tzinfo) if base.date else moment
            yield Describe(field, zoned.isoformat(timespec="minutes"))
        else:
            comparison.untaken.tell(comparison.untaken.name(field), "moment", text)


def moment_of(text: str) -> datetime | None:
    """The day and time that a text names, written as bigvoice does or in figures; None for any other.

    >>> moment_of("2026년 3월 2일(월) 14:05") == moment_of("Monday 2 March 2026, 14:05") == datetime(2026, 3, 2, 14, 5)
    True
    """
    for pattern in _DATES:
        if match := pattern.fullmatch(text.strip()):
            said = match.groupdict()
            month = int(said["month"]) if said.get("month") else _MONTHS.get((said.get("name") or "").casefold(), 0)
            hour, minute = int(said["hour"] or 0), int(said["minute"] or 0)
            try:
                return datetime(int(said["year"]), month, int(said["day"]), hour, minute)
            except ValueError:
                return None
    return None
