"""Course: how the talking changes over a recording, and who speaks next after whom.

Both count by rows, such as the places of a family: `rows` gives each speaker id the number of its row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from bigvoice.minutes.minutes import Utterance, blocks
from bigvoice.span import Span, merge

STRETCHES = (30.0, 60.0, 300.0, 600.0, 900.0, 1800.0, 3600.0)
"""Seconds a stretch may have, in the order in which they are tried: five minutes, unless the recording is so short
that there would be one or two, or so long that no page holds them."""
FROM_S = (60.0, 180.0, 600.0)
"""From these lengths on (seconds) a recording has stretches of 30 s, of a minute, of five; a shorter one has none."""
MOST = 36
NEXT_S = 5.0
"""Who begins within so many seconds speaks next; later it is a new conversation. That of Gilkerson and Richards (2008),
"The LENA Natural Language Study", who count conversational turns so."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of the recording, and how many seconds each row says in it."""

    span: Span
    seconds: tuple[float, ...]

    @property
    def shares(self) -> tuple[float, ...]:
        """Of what all rows say in it; 0 where nobody speaks."""
        whole = sum(self.seconds)
        return tuple(each / whole if whole else 0.0 for each in self.seconds)


def stretch_s(duration: float) -> float | None:
    """How long the stretches of so long a recording are, in seconds; None where it is too short for any.

    >>> stretch_s(59), stretch_s(133), stretch_s(400), stretch_s(3600), stretch_s(8 * 3600)
    (None, 30.0, 60.0, 300.0, 900.0)
    """
    if duration < FROM_S[0]:
        return None
    first = sum(duration >= limit for limit in FROM_S) - 1
    fitting = [length for length in STRETCHES[first:] if duration <= MOST * length]
    return fitting[0] if fitting else duration / MOST


def course(
    utterances: Sequence[Utterance], rows: Mapping[str, int], n_rows: int, duration: float
) -> tuple[Stretch, ...]:
    """What each row says in each stretch of the recording; a last one shorter than half is part of the one before.

    () for a recording that is too short to have a course.
    """
    length = stretch_s(duration)
    if length is None:
        return ()
    ends = [*np.arange(length, duration - length / 2, length).tolist(), duration]
    spoken: list[list[Span]] = [[] for _ in range(n_rows)]
    for speaker in rows:
        for span in merge(u.span for u in utterances if u.speaker == speaker):
            spoken[rows[speaker]].append(span)
    stretches = [Span(start, end) for start, end in pairwise([0.0, *ends])]
    return tuple(Stretch(s, tuple(sum(s.overlap(each) for each in spans) for spans in spoken)) for s in stretches)


def following(utterances: Sequence[Utterance], rows: Mapping[str, int], n_rows: int) -> NDArray[np.intp]:
    """How often after a turn of the row (first index) the next is one of the row (second index): (n_rows, n_rows).

    A turn is what one speaker says until another begins, and counted by when it begins, whoever still speaks; after
    NEXT_S of silence nobody is next. Two children may follow each other: then a row follows itself.
    """
    counts = np.zeros((n_rows, n_rows), np.intp)
    turns = blocks(utterances)
    until = 0.0
    for before, after in pairwise(turns):
        until = max(until, *(u.span.end for u in before))
        if after[0].span.start - until <= NEXT_S:
            counts[rows[before[0].speaker], rows[after[0].speaker]] += 1
    return counts
