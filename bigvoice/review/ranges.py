"""Ranges: which bytes of a whole a request asks for (RFC 9110, section 14)."""

from __future__ import annotations

import re
from dataclasses import dataclass

_ONE = re.compile(r"bytes=\s*(\d*)-(\d*)\s*", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Range:
    """The bytes [start, end) of `size`."""

    start: int
    end: int
    size: int

    @property
    def told(self) -> str:
        """The value of a header Content-Range, which names the last byte."""
        return f"bytes {self.start}-{self.end - 1}/{self.size}"


class UnsatisfiableError(ValueError):
    """There is no byte in the range: it begins after the end, or is empty."""


def wanted(header: str | None, size: int) -> Range | None:
    """What a header Range asks for; None: the whole, as without one, for several ranges and for what is no range.

    Raises UnsatisfiableError.

    >>> wanted("bytes=-200", 1000)
    Range(start=800, end=1000, size=1000)
    """
    found = _ONE.fullmatch(header or "")
    if not found or found[1] == found[2] == "":
        return None
    if found[1] == "":
        start, end = max(0, size - int(found[2])), size
    else:
        start, end = int(found[1]), min(size, int(found[2]) + 1) if found[2] else size
        if found[2] and int(found[2]) < start:
            return None
    if start >= end:
        raise UnsatisfiableError
    return Range(start, end, size)
