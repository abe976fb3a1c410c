"""Windows: short overlapping stretches of speech, each heard as one voice."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from bigvoice.span import Span

LENGTH = 2.0
"""Seconds: long enough to know a voice by, short enough that mostly one person speaks."""
STEP = 0.5
STRETCH = 60.0
"""Seconds of sound whose features an encoder holds at a time."""


def slide(speech: Iterable[Span], length: float = LENGTH, step: float = STEP) -> list[Span]:
    """Windows of at most `length` seconds, about `step` apart, that cover every span of speech from edge to edge.

    A span shorter than `length` is one window; a longer one gets windows of exactly `length`, evenly spread so that
    the first starts and the last ends with it.

    >>> slide([Span(0, 1), Span(2, 5)], length=1.5, step=0.75)[:3]
    [Span(start=0, end=1), Span(start=2.0, end=3.5), Span(start=2.75, end=4.25)]
    """
    windows: list[Span] = []
    for span in speech:
        if span.duration <= length:
            windows.append(span)
            continue
        n = 1 + max(1, math.ceil((span.duration - length) / step - 1e-9))
        hop = (span.duration - length) / (n - 1)
        windows += [Span(span.start + i * hop, span.start + i * hop + length) for i in range(n)]
    return windows


def nearby(spans: Sequence[Span], order: list[int], first: int, stretch: float) -> list[int]:
    """The spans from the `first`-th on (in `order`) that lie within `stretch` seconds; at least one."""
    limit = spans[order[first]].start + stretch
    last = first + 1
    while last < len(order) and spans[order[last]].end <= limit:
        last += 1
    return order[first:last]
