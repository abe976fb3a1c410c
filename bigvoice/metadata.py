"""Metadata: when a recording was made, as far as its file says so.

The tags have many names and formats, and a clock that was never set writes a time as well. Only a date *with* a time
counts: a date alone is when a song came out, a year alone even more so.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta

KEYS = ("com.apple.quicktime.creationdate", "creation_time", "date", "date_recorded", "tdrc", "icrd", "year")
"""Tags in the order in which they are believed. Apple's own knows the time zone; "date" is what FFmpeg makes of ID3's
TDRC, Vorbis' DATE and a RIFF file's ICRD."""

FIRST_YEAR = 1990
"""No digital recorder is older; what is dated before counts from an epoch (1904, 1970, 1980)."""

_TIME_ONLY = re.compile(r"\d{1,2}[:.\-]\d{2}([:.\-]\d{2})?$")
_DATE = re.compile(
    r"(\d{4})[-/:.](\d{2})[-/:.](\d{2})[T ]+(\d{1,2})[:.\-](\d{2})(?:[:.\-](\d{2}))?(?:\.\d+)?\s*(Z|[+-]\d{2}:?\d{2})?$"
)


def started(tags: Mapping[str, str], now: datetime | None = None) -> datetime | None:
    """When the recording began; with a time zone where the file gives one; None where it does not say.

    >>> started({"creation_time": "2024-05-14T09:30:00.000000Z"})
    datetime.datetime(2024, 5, 14, 9, 30, tzinfo=datetime.timezone.utc)
    >>> started({"date": "2024", "creation_time": "1970-01-01T00:00:00Z"}) is None
    True
    """
    known = {key.lower(): value.strip() for key, value in tags.items()}
    if _TIME_ONLY.match(known.get("creation_time", "")):  # Broadcast Wave: a date and a time, each in its own field
        known["creation_time"] = f"{known.get('date', '')} {known['creation_time']}"
    for key in KEYS:
        moment = _read(known.get(key, ""))
        if moment is not None and _believable(moment, now or datetime.now().astimezone()):
            return moment
    return None


def _read(text: str) -> datetime | None:
    """An ISO-like date and time; None for anything else."""
    if not (found := _DATE.match(text)):
        return None
    year, month, day, hour, minute, second, zone = found.groups()
    iso = f"{year}-{month}-{day}T{int(hour):02}:{minute}:{second or '00'}{(zone or '').replace('Z', '+00:00')}"
    try:
        return datetime.fromisoformat(iso)
    except ValueError:  # the 31st of February
        return None


def _believable(moment: datetime, now: datetime) -> bool:
    """Neither the first hour of a clock that was never set, nor tomorrow."""
    never_set = moment.year < FIRST_YEAR or (moment.month, moment.day, moment.hour) == (1, 1, 0)
    return not never_set and moment.astimezone() < now + timedelta(days=1)
