"""Stretches: which parts of a corrected meeting a voice is learnt from. Pure functions of minutes and of prints.

Of each turn the part in which nobody else speaks, with its borders cut off; of turns that a person checked, or that are
surely their speaker's; a few seconds each, spread over the meeting; and only what sounds like the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

import numpy as np

from bigvoice.minutes.listening import alone
from bigvoice.minutes.minutes import Minutes, Utterance
from bigvoice.parts import Embeddings
from bigvoice.span import Span

BORDER = 0.25
"""Seconds cut off at either end: a turn that the machine found may begin or end with somebody else's syllable."""
SHORTEST, LONGEST = 2.0, 8.0
"""Seconds of a stretch: a window of the encoder at least, and no more than leaves room for other moments."""
IN_ALL = 45.0
"""Seconds that are kept of a meeting; the calibration of naming was learnt with up to 48."""
SURE = 0.7
"""Probability that a turn is its speaker's, from which on it is learnt from unchecked."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a turn. checked, confidence: the turn's."""

    span: Span
    checked: bool
    confidence: float

    @property
    def goodness(self) -> tuple[bool, float]:
        """What a person heard comes first, then seconds that are surely the speaker's."""
        return self.checked, self.span.duration * self.confidence


def stretches(minutes: Minutes, speaker: str) -> list[Stretch]:
    """All from which that speaker's voice could be learnt, in order of time."""
    sure = [(u, span) for u, span in alone(minutes, speaker) if u.checked or u.confidence >= SURE]
    found = [_inner(utterance, span) for utterance, span in sure]
    return [stretch for stretch in found if stretch is not None]


def spread(candidates: Sequence[Stretch], seconds: float = IN_ALL) -> list[Stretch]:
    """The best of each part of the meeting, then the second best, until there are so many seconds; in order of time."""
    parts = max(1, round(seconds / LONGEST))
    groups = [candidates[i * len(candidates) // parts : (i + 1) * len(candidates) // parts] for i in range(parts)]
    ranked = [sorted(group, key=lambda stretch: stretch.goodness, reverse=True) for group in groups]
    chosen: list[Stretch] = []
    left = seconds
    for stretch in (each for rank in zip_longest(*ranked) for each in rank if each):
        if left < SHORTEST:
            break
        if stretch.span.duration <= left:
            chosen.append(stretch)
            left -= stretch.span.duration
    return sorted(chosen, key=lambda stretch: stretch.span)


def unlike(prints: Sequence[Embeddings], alike: float) -> list[int]:
    """Which stretches do not sound like the rest, the strangest first.

    prints: (n_windows, dim) of each, unit rows. alike: mean cosine from which on two groups of windows are taken for
    one voice (`Background.alike`). The strangest is left out, then the strangest of what is left, until all are alike;
    of two that differ neither is the right one, and both are strange.
    """
    sums = np.array([rows.sum(axis=0, dtype=np.float64) for rows in prints])
    counts = np.array([len(rows) for rows in prints])
    left = [*range(len(prints))]
    strange: list[int] = []
    while len(left) > 1:
        rest, others = sums[left].sum(axis=0) - sums[left], counts[left].sum() - counts[left]
        like = ((sums[left] / counts[left, None]) * (rest / others[:, None])).sum(axis=1)
        worst = int(like.argmin())
        if like[worst] >= alike:
            return strange
        strange.append(left.pop(worst))
    return strange + (left if strange else [])


def times(spans: Sequence[Span], most: int = 3) -> str:
    """When they begin, as people read it; of many the first few.

    >>> times([Span(751, 755), Span(3700, 3704)])
    '0:12:31 1:01:40'
    """
    return " ".join([*(clock(span.start) for span in spans[:most]), *(["..."] if len(spans) > most else [])])


def clock(seconds: float) -> str:
    """Hours, minutes and whole seconds."""
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}"


def _inner(utterance: Utterance, span: Span) -> Stretch | None:
    """Without its borders, at most LONGEST from its middle; None where too little is left."""
    if span.duration < SHORTEST + 2 * BORDER:
        return None
    spare = max(BORDER, (span.duration - LONGEST) / 2)
    return Stretch(Span(span.start + spare, span.end - spare), utterance.checked, utterance.confidence)
