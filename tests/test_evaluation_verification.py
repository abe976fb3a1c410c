"""Equal-error rate and least cost, against scikit-learn's curve, the closed form for two bells, and plain loops."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq
from scipy.stats import norm
from sklearn.metrics import roc_curve

from bigvoice.evaluation.verification import Trials, operating_points, trials

scores = st.lists(st.integers(0, 8).map(lambda score: score / 4), min_size=1, max_size=30)  # few values: many ties


@pytest.mark.parametrize(
    ("targets", "nontargets", "rate"),
    [
        ([3, 4], [1, 2], 0.0),  # parted
        ([1, 2], [3, 4], 1.0),  # the wrong way round
        ([1, 1, 1], [1, 1], 0.5),  # scores that tell nothing
        ([1, 3], [2, 0], 0.5),  # one of two each
        ([2, 2, 5, 5], [2, 2, 0, 0], 0.25),  # half of those tied, which are half of each
        ([math.inf], [-math.inf], 0.0),
    ],
)
def test_the_equal_error_rate_by_eye(targets: list[float], nontargets: list[float], rate: float) -> None:
    assert trials(targets, nontargets).rate == pytest.approx(rate)


def test_the_least_cost_by_eye() -> None:
    own = trials([1, 3, 3, 3], [0, 0, 0, 2])  # above 2: a quarter missed, none let in; above 0: none and a quarter

    assert own.min_dcf(0.5) == pytest.approx(0.25)
    assert own.min_dcf(0.05) == pytest.approx(0.25)
    assert own.min_dcf(0.95) == pytest.approx(0.25)
    assert trials([0], [1]).min_dcf(0.05) == 1  # "never" is better than that


@pytest.mark.parametrize("apart", [0.5, 2.0, 4.0])
def test_two_bells_have_the_closed_form(apart: float) -> None:
    n = 100_000
    bell = norm.ppf((np.arange(n) + 0.5) / n)
    own = trials(bell + apart / 2, bell - apart / 2)

    assert own.rate == pytest.approx(norm.cdf(-apart / 2), abs=1 / n)
    for p_target in (0.05, 0.01):
        threshold = math.log((1 - p_target) / p_target) / apart  # where a target is as dear as a nontarget
        cost = p_target * norm.cdf(threshold - apart / 2) + (1 - p_target) * norm.cdf(-threshold - apart / 2)
        assert own.min_dcf(p_target) == pytest.approx(cost / p_target, abs=1 / n / p_target)


@settings(max_examples=60, deadline=None)
@given(scores, scores)
def test_both_are_those_of_scikit_learns_curve(targets: list[float], nontargets: list[float]) -> None:
    truth = [1] * len(targets) + [0] * len(nontargets)
    let_in, found, _ = roc_curve(truth, targets + nontargets, drop_intermediate=False)
    own = trials(targets, nontargets)

    # along the curve, corner by corner, so that it has one value everywhere, also where it rises straight up
    along = np.arange(len(let_in))
    at = brentq(lambda x: np.interp(x, along, let_in) + np.interp(x, along, found) - 1, 0, along[-1], xtol=1e-12)
    assert own.rate == pytest.approx(np.interp(at, along, let_in), abs=1e-9)
    for p in (0.05, 0.01, 0.7):
        assert own.min_dcf(p) == pytest.approx(min(p * (1 - found) + (1 - p) * let_in) / min(p, 1 - p), abs=1e-12)


@settings(max_examples=30, deadline=None)
@given(scores, scores)
def test_operating_points_are_those_counted_one_by_one(targets: list[float], nontargets: list[float]) -> None:
    missed, let_in = operating_points(trials(targets, nontargets))

    thresholds = [math.inf, *sorted({*targets, *nontargets}, reverse=True)]
    assert list(missed) == pytest.approx([sum(score < t for score in targets) / len(targets) for t in thresholds])
    assert list(let_in) == pytest.approx(
        [sum(score >= t for score in nontargets) / len(nontargets) for t in thresholds]
    )


@settings(max_examples=30, deadline=None)
@given(scores, scores)
def test_the_rate_on_the_convex_hull_is_never_higher(targets: list[float], nontargets: list[float]) -> None:
    own = trials(targets, nontargets)
    missed, let_in = operating_points(own)

    # on the hull it is the cost of the prior that is hardest to decide under (BOSARIS)
    hull = max(np.min(p * missed + (1 - p) * let_in) for p in np.linspace(0, 1, 501))

    assert hull <= own.rate + 1e-9


def test_trials_add_and_rates_do_not() -> None:
    low, high = trials([2], [1]), trials([4], [3])

    both = low + high

    assert (list(both.targets), list(both.nontargets)) == ([2, 4], [1, 3])
    assert low.rate == high.rate == 0
    assert sum([low, high], Trials()).rate == both.rate == 0.5  # one threshold for both


def test_without_trials_there_is_no_rate() -> None:
    assert math.isnan(Trials().rate)
    assert math.isnan(trials([1], []).rate)
    assert math.isnan(trials([], [1]).min_dcf(0.05))
    with pytest.raises(ValueError, match="not a number"):
        trials([1, math.nan], [0])
    with pytest.raises(ValueError, match="between 0 and 1"):
        trials([1], [0]).min_dcf(1)
