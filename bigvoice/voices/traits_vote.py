"""Votes: what a turn's sound may tell at all, and what all turns of one voice tell together; pure functions.

Pitch is the witness against the network that judges a turn (`bigvoice.voices.traits`): what it rules out is not said.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from itertools import takewhile

import numpy as np
from numpy.typing import NDArray

from bigvoice.span import Span, complement, overlapped
from bigvoice.traits import CHILD, FEMALE, KINDS, MALE, Traits
from bigvoice.turn import Turn

SHORTEST = 1.0
"""Seconds: a shorter turn tells nothing."""
LONGEST = 8.0
"""Seconds of a turn that are heard, in its middle: more tells little more."""
LEAST_VOICED = 0.3
"""Seconds with a pitch: where there are fewer, it was whispered, or was no voice."""
PITCHES: Mapping[str, tuple[float, float]] = {FEMALE: (140.0, 340.0), MALE: (60.0, 270.0), CHILD: (165.0, 600.0)}
"""Hz that the median of a turn may have; see the card of the model for how many people it has outside."""
SUREST = 1e-4
"""What is left to the other two: no turn is so sure that others cannot outvote it."""


def calibrated(
    logits: NDArray[np.floating], seconds: NDArray[np.floating], calibration: tuple[float, float]
) -> NDArray[np.float64]:
    """Probabilities (n, 3) of a network's logits (n, 3): softmax of them times a + b ln s (Guo et al., 2017).

    seconds (n,): that were heard, counted from 1 to LONGEST; calibration: a and b, learnt on people held out.
    """
    scale = calibration[0] + calibration[1] * np.log(np.clip(seconds, SHORTEST, LONGEST))
    scaled = np.asarray(logits, np.float64) * np.maximum(scale, 0.01)[:, None]
    odds = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    told: NDArray[np.float64] = odds / odds.sum(axis=1, keepdims=True)
    return told


def witnessed(traits: Traits, track: NDArray[np.floating], hop: float = 0.01) -> Traits | None:
    """The traits, or None where the turn's pitch track (Hz, NaN unvoiced) contradicts them or hardly holds a voice."""
    voiced = track[np.isfinite(track)]
    if len(voiced) * hop < LEAST_VOICED:
        return None
    lowest, highest = PITCHES[traits.likeliest]
    return traits if lowest <= np.median(voiced) <= highest else None


def vote(turns: Iterable[Traits | None], dependence: float) -> Traits | None:
    """What turns of one voice tell together; None where none of them tells anything.

    dependence: how alike the errors of one voice's turns are, from 0 (each turn is a new witness) to 1 (all say the
    same). n turns weigh as much as n / (1 + (n - 1) * dependence) independent ones (the design effect: Kish, 1965), so
    a voice that sounds like another's does not become certain by talking on. All three kinds are taken to be as likely
    beforehand.

    >>> round(vote([Traits(0.8, 0.2, 0.0), None, Traits(0.8, 0.2, 0.0)], dependence=0.0).female, 2)
    0.94
    """
    logs = np.array([[math.log(max(turn.of(kind), SUREST)) for kind in KINDS] for turn in turns if turn])
    if len(logs) == 0:
        return None
    weight = len(logs) / (1 + (len(logs) - 1) * dependence)
    odds = np.exp(weight * (logs.mean(axis=0) - logs.mean(axis=0).max()))
    return Traits(*(odds / odds.sum()).tolist())


def alone(turns: Sequence[Turn]) -> list[Span]:
    """For each turn its longest part in which no other is spoken; an empty one at its start where there is none."""
    if not turns:
        return []
    whole = Span(min(turn.span.start for turn in turns), max(turn.span.end for turn in turns))
    free = complement(overlapped([turn.span for turn in turns]), whole)
    ends = [span.end for span in free]
    return [_longest(turn.span, free[bisect_right(ends, turn.span.start) :]) for turn in turns]


def _longest(span: Span, free: Iterable[Span]) -> Span:
    """The longest part of a span in those spans, of which all before its end are looked at."""
    parts = [part for each in takewhile(lambda each: each.start < span.end, free) if (part := each & span)]
    return max(parts, key=lambda part: part.duration, default=Span(span.start, span.start))
