"""Span: a stretch of time, half-open [start, end), in seconds from the recording's start; and its algebra.

A list of spans stands for the set of the points they cover. `merge` brings such a list into its one normal form
(sorted, disjoint, no touching neighbours); the other functions take any list and return that form.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """[start, end) in seconds.

    >>> Span(1, 4) & Span(3, 6)
    Span(start=3, end=4)
    >>> Span(1, 2) & Span(3, 4) is None
    True
    """

    start: float
    end: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.start) and math.isfinite(self.end) and self.start <= self.end):
            raise ValueError(f"a span needs finite start <= end, not [{self.start}, {self.end})")

    @property
    def duration(self) -> float:
        """Its length in seconds."""
        return self.end - self.start

    @property
    def middle(self) -> float:
        """The time half-way."""
        return (self.start + self.end) / 2

    def __and__(self, other: Span) -> Span | None:
        """The common part; None where there is none."""
        start, end = max(self.start, other.start), min(self.end, other.end)
        return Span(start, end) if start < end else None

    def overlap(self, other: Span) -> float:
        """Length of the common part, in seconds."""
        return max(0.0, min(self.end, other.end) - max(self.start, other.start))

    def gap(self, other: Span) -> float:
        """Seconds between the two; 0 where they touch or overlap."""
        return max(0.0, max(self.start, other.start) - min(self.end, other.end))

    def __or__(self, other: Span) -> Span:
        """The shortest span that holds both."""
        return Span(min(self.start, other.start), max(self.end, other.end))

    def shift(self, seconds: float) -> Span:
        """The same span, later by `seconds`."""
        return Span(self.start + seconds, self.end + seconds)


def merge(spans: Iterable[Span], *, gap: float = 0.0) -> list[Span]:
    """The normal form: sorted, disjoint; neighbours at most `gap` seconds apart become one, empty spans vanish.

    >>> merge([Span(3, 4), Span(0, 1), Span(1, 2)])
    [Span(start=0, end=2), Span(start=3, end=4)]
    """
    merged: list[Span] = []
    for span in sorted((s for s in spans if s.start < s.end), key=lambda s: s.start):
        if merged and span.start - merged[-1].end <= gap:
            if span.end > merged[-1].end:
                merged[-1] = Span(merged[-1].start, span.end)
        else:
            merged.append(span)
    return merged


def total(spans: Iterable[Span]) -> float:
    """Seconds covered, each point counted once."""
    return sum(s.duration for s in merge(spans))


def intersect(left: Iterable[Span], right: Iterable[Span]) -> list[Span]:
    """What both cover; one sweep over both, O(n log n).

    >>> intersect([Span(0, 2), Span(3, 6)], [Span(1, 4)])
    [Span(start=1, end=2), Span(start=3, end=4)]
    """
    a, b = merge(left), merge(right)
    common: list[Span] = []
    i = j = 0
    while i < len(a) and j < len(b):
        if part := a[i] & b[j]:
            common.append(part)
        if a[i].end < b[j].end:
            i += 1
        else:
            j += 1
    return common


def complement(spans: Iterable[Span], within: Span) -> list[Span]:
    """What of `within` the spans leave free.

    >>> complement([Span(1, 2)], Span(0, 5))
    [Span(start=0, end=1), Span(start=2, end=5)]
    """
    free: list[Span] = []
    clock = within.start
    for span in merge(spans):
        if span.start > clock and clock < within.end:
            free.append(Span(clock, min(span.start, within.end)))
        clock = max(clock, span.end)
    if clock < within.end:
        free.append(Span(clock, within.end))
    return free


def subtract(left: Iterable[Span], right: Sequence[Span]) -> list[Span]:
    """What the left covers and the right does not."""
    whole = merge(left)
    if not whole:
        return []
    return intersect(whole, complement(right, whole[0] | whole[-1]))


def overlapped(spans: Sequence[Span]) -> list[Span]:
    """What at least two of the spans cover at once.

    >>> overlapped([Span(0, 3), Span(2, 5), Span(4, 6)])
    [Span(start=2, end=3), Span(start=4, end=5)]
    """
    borders = sorted([(s.start, 1) for s in spans if s.duration > 0] + [(s.end, -1) for s in spans if s.duration > 0])
    found: list[Span] = []
    depth, since = 0, 0.0
    for time, step in borders:
        if depth + step == 2 and step == 1:
            since = time
        if depth == 2 and step == -1:
            found.append(Span(since, time))
        depth += step
    return merge(found)


def clock(seconds: float) -> str:
    """Seconds as people read them.

    >>> clock(754), clock(3754)
    ('12:34', '1:02:34')
    """
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}" if minutes >= 60 else f"{minutes}:{rest:02}"
