"""Ranges: which bytes of a whole a request asks for (RFC 9110, section 14)."""

from __future__ import annotations

import re
from dataclasses import dataclass

_ONE = re.compile(r"bytes=\s*(\d{0,18})-(\d{0,18})\s*", re.ASCII | re.IGNORECASE)


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


def wanted(header: str | None, size: int, most: int | None = None) -> Range | None:
    """What a header Range asks for; None: the whole, as without one, for several ranges and for what is no range.

    most: so many bytes at most are given where the header leaves the end open; whoever wants more asks again, and a
    player that has enough does not keep a connection waiting. Raises UnsatisfiableError.

    >>> wanted("bytes=-200", 1000), wanted("bytes=600-", 1000, 100)
    (Range(start=800, end=1000, size=1000), Range(start=600, end=700, size=1000))
    """
    found = _ONE.fullmatch(header or "")
    if not found or found[1] == found[2] == "":
        return None
    if found[1] == "":
        start, end = max(0, size - int(found[2])), size
    elif found[2] == "":
        start = int(found[1])
        end = size if most is None else min(size, start + most)
    elif int(found[2]) < int(found[1]):
        return None
    else:
        start, end = int(found[1]), min(size, int(found[2]) + 1)
    if start >= end:
        raise UnsatisfiableError
    return Range(start, end, size)
