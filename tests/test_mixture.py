"""Posteriors and supervectors against scikit-learn, and against a slow plain version."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.mixture import GaussianMixture

from bigvoice.voices.mixture import RELEVANCE, Mixture

FLOAT32 = 2e-3
"""Posteriors in float32 against scikit-learn's in float64: absolute."""


def frames(n, *, dim=3, seed=0):
    """Three sounds, some way apart."""
    rng = np.random.default_rng(seed)
    sounds = np.array([[0.0, 0, 0], [4, 0, 1], [0, 5, -2]])[:, :dim]
    return (sounds[rng.integers(3, size=n)] + rng.standard_normal((n, dim))).astype(np.float32)


@pytest.fixture(scope="module")
def theirs():
    return GaussianMixture(3, covariance_type="diag", random_state=0).fit(frames(3000))


@pytest.fixture(scope="module")
def mixture(theirs):
    return Mixture(theirs.weights_, theirs.means_, theirs.covariances_)


def slow_supervector(mixture, heard):
    """As the docstring's formula has it: one frame, one Gaussian, one number at a time."""
    n_sounds, dim = mixture.means.shape
    counts, sums = [0.0] * n_sounds, [[0.0] * dim for _ in range(n_sounds)]
    for frame in heard:
        likely = [
            weight
            * math.prod(
                math.exp(-0.5 * (x - m) ** 2 / v) / math.sqrt(2 * math.pi * v)
                for x, m, v in zip(frame, mean, variance, strict=True)
            )
            for weight, mean, variance in zip(mixture.weights, mixture.means, mixture.variances, strict=True)
        ]
        for k in range(n_sounds):
            counts[k] += likely[k] / sum(likely)
            for d in range(dim):
                sums[k][d] += likely[k] / sum(likely) * frame[d]
    return [
        math.sqrt(mixture.weights[k])
        * (counts[k] / (counts[k] + RELEVANCE))
        * (sums[k][d] / counts[k] - mixture.means[k][d])
        / math.sqrt(mixture.variances[k][d])
        for k in range(n_sounds)
        for d in range(dim)
    ]


def test_posteriors_are_scikit_learns(mixture, theirs):
    heard = frames(500, seed=1)
    np.testing.assert_allclose(mixture.posteriors(heard), theirs.predict_proba(heard), atol=FLOAT32)


def test_a_supervector_is_what_its_formula_says(mixture):
    heard = frames(40, seed=2)
    found = mixture.supervector(heard, mixture.posteriors(heard))
    np.testing.assert_allclose(found, slow_supervector(mixture, heard.tolist()), atol=1e-4)
    assert found.shape == (mixture.supervector_dim,) == (9,)


def test_a_sound_nobody_made_says_nothing_of_the_voice(mixture):
    near_first = (mixture.means[0] + 0.5).astype(np.float32)[None].repeat(50, axis=0)
    rows = mixture.supervector(near_first, np.eye(3, dtype=np.float32)[np.zeros(50, int)]).reshape(3, 3)
    assert np.abs(rows[0]).min() > 0.1
    np.testing.assert_array_equal(rows[1:], 0)


def test_no_frames_are_the_average_voice(mixture):
    none = np.empty((0, 3), np.float32)
    np.testing.assert_array_equal(mixture.supervector(none, mixture.posteriors(none)), np.zeros(9))


def test_frames_count_by_half_when_there_are_as_many_as_the_relevance(mixture):
    def shift(n):
        heard = (mixture.means[0] + 1).astype(np.float32)[None].repeat(n, axis=0)
        return mixture.supervector(heard, np.eye(3, dtype=np.float32)[np.zeros(n, int)])[0]

    assert shift(int(RELEVANCE)) == pytest.approx(shift(1_000_000) / 2, rel=1e-3)


def test_far_from_every_sound_there_is_still_an_answer(mixture):
    sure = mixture.posteriors(np.float32([[300, 300, 300], [-300, 0, 0]]))
    assert np.isfinite(sure).all()
    np.testing.assert_allclose(sure.sum(axis=1), 1)


@given(st.integers(1, 60), st.integers(0, 1000), st.floats(0.01, 50))
def test_posteriors_are_shares(n, seed, spread):
    heard = frames(n, seed=seed) * np.float32(spread)
    mixture = Mixture(np.array([0.2, 0.5, 0.3]), np.eye(3) * 3, np.full((3, 3), 0.7))
    sure = mixture.posteriors(heard)
    assert (sure >= 0).all()
    np.testing.assert_allclose(sure.sum(axis=1), 1, rtol=1e-5)


@given(st.integers(0, 1000))
def test_frames_in_any_order_make_the_same_supervector(seed):
    mixture = Mixture(np.array([0.2, 0.5, 0.3]), np.eye(3) * 3, np.full((3, 3), 0.7))
    heard = frames(30, seed=seed)
    shuffled = np.random.default_rng(seed).permutation(heard)
    np.testing.assert_allclose(
        mixture.supervector(heard, mixture.posteriors(heard)),
        mixture.supervector(shuffled, mixture.posteriors(shuffled)),
        atol=1e-4,
    )
