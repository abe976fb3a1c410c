"""Bootstrap: how sure an error rate is, measured on these people and these sentences.

The errors of one speaker hang together, so it is speakers that are drawn, with replacement, as many as there are; the
rate of each draw is taken last, of added counts. The middle 95 % of the rates are the interval (Efron, 1979; Bisani and
Ney, 2004, for word errors). With fewer than about ten speakers it is too narrow: what nobody of them does, it does not
know.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from bigvoice.evaluation.words import EditCounts

COVERS = 0.95
N_DRAWS = 2_000
SEED = 20261121


@dataclass(frozen=True, slots=True)
class Interval:
    """Rates, as shares; NaN where nothing can be said: of one speaker alone, or of none."""

    low: float
    high: float


def interval(groups: Iterable[EditCounts], *, n_draws: int = N_DRAWS, seed: int = SEED) -> Interval:
    """Between which rates COVERS of the draws lie; groups: the counts of each speaker. The same for the same counts."""
    counts = np.array([(each.edits, each.total) for each in groups if each.total], dtype=np.int64).reshape(-1, 2)
    if len(counts) < 2:
        return Interval(math.nan, math.nan)
    drawn = np.random.default_rng(seed).multinomial(len(counts), np.full(len(counts), 1 / len(counts)), size=n_draws)
    edits, totals = (drawn @ counts).T
    low, high = np.quantile(edits / totals, [(1 - COVERS) / 2, (1 + COVERS) / 2])
    return Interval(float(low), float(high))
