"""Verification: how well scores part trials of one person (targets) from trials of two (nontargets).

A system says "the same person" where a score reaches a threshold. It misses the share of targets below, and lets in
(false alarms) the share of nontargets not below. Every distinct score is a threshold, and one above all: the exact
ROC, no grid. Ties: trials of equal score are let in together, as no threshold parts them.

Between two neighbouring thresholds the equal-error rate follows the straight line, which is what drawing lots between
them gives; so a tie of targets and nontargets counts half for each, and constant scores give 50 %. The line joins the
steps of the ROC itself and not of its convex hull, as is usual (scikit-learn's curve read by interpolation); on the
hull (Brummer and de Villiers' BOSARIS) the equal-error rate is never higher. The least detection cost is the same on
both: a weighted sum of misses and false alarms is least in a corner of the hull, and those are points of the ROC.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Trials:
    """Scores, higher for "the same person"; any order. Unlike rates, trials add: `sum(trials, Trials())`.

    targets: float64 (n,), of pairs of one person. nontargets: float64 (m,), of pairs of two. Raises ValueError for a
    score that is not a number (infinite ones are fine).
    """

    targets: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    nontargets: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))

    def __post_init__(self) -> None:
        if np.isnan(self.targets).any() or np.isnan(self.nontargets).any():
            raise ValueError("a trial's score is not a number (NaN)")

    def __add__(self, other: Trials) -> Trials:
        """The trials of both, under one threshold."""
        return Trials(
            np.concatenate([self.targets, other.targets]), np.concatenate([self.nontargets, other.nontargets])
        )

    @property
    def rate(self) -> float:
        """The equal-error rate: as large a share of targets missed as of nontargets let in; NaN without either kind."""
        if not len(self.targets) or not len(self.nontargets):
            return math.nan
        missed, let_in = operating_points(self)
        lead = missed - let_in  # falls from 1 to -1, and strictly: every threshold moves at least one trial
        after = int(np.argmax(lead <= 0))
        way = lead[after - 1] / (lead[after - 1] - lead[after])
        return float(let_in[after - 1] + way * (let_in[after] - let_in[after - 1]))

    def min_dcf(self, p_target: float) -> float:
        """The least detection cost, a miss and a false alarm costing 1 each; NaN without either kind of trial.

        p_target: how probable it is beforehand that a pair is one person, between 0 and 1. Relative to what the better
        of "always" and "never" costs, so between 0 and 1 (NIST, 2016 Speaker Recognition Evaluation Plan, 3.1).
        """
        if not 0 < p_target < 1:
            raise ValueError(f"the probability of a target lies between 0 and 1, not at {p_target}")
        if not len(self.targets) or not len(self.nontargets):
            return math.nan
        missed, let_in = operating_points(self)
        return float((p_target * missed + (1 - p_target) * let_in).min() / min(p_target, 1 - p_target))


def trials(targets: ArrayLike, nontargets: ArrayLike) -> Trials:
    """Trials of any sequences of scores.

    >>> trials([0.9, 0.8, 0.4], [0.5, 0.3, 0.1]).rate
    0.3333333333333333
    """
    return Trials(np.asarray(targets, dtype=np.float64).ravel(), np.asarray(nontargets, dtype=np.float64).ravel())


def operating_points(of: Trials) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Shares of targets missed and of nontargets let in, float64 (n_thresholds,) each, thresholds falling.

    The first threshold lies above all scores (1, 0), the last is the lowest score (0, 1). O(n log n).
    """
    thresholds = np.unique(np.concatenate([of.targets, of.nontargets]))[::-1]
    missed = np.searchsorted(np.sort(of.targets), thresholds) / len(of.targets)
    let_in = 1 - np.searchsorted(np.sort(of.nontargets), thresholds) / len(of.nontargets)
    return np.concatenate([[1.0], missed]), np.concatenate([[0.0], let_in])
