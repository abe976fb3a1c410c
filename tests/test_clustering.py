"""k-means and joining, on rows one can check by eye and against scikit-learn and scipy."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.cluster.hierarchy import fcluster, linkage
from sklearn.cluster import KMeans as TheirKMeans
from sklearn.metrics import adjusted_rand_score

from bigvoice.diarization.clustering import KMeans, join, kmeans, refine, renumber, seeds, unit

RNG = np.random.default_rng(5)


def voices(sizes, *, spread, dim=16, seed=0):
    """Rows around orthogonal voices, and whose they are."""
    rng = np.random.default_rng(seed)
    truth = np.repeat(np.arange(len(sizes)), sizes)
    return unit(np.eye(dim)[truth] + spread * rng.standard_normal((len(truth), dim))), truth


def test_two_voices_of_three_windows_each():
    rows = unit(np.array([[1, 0], [1, 0.1], [0, 1], [1, -0.1], [0.1, 1], [-0.1, 1]]))
    assert kmeans(rows, 2).tolist() == [0, 0, 1, 0, 1, 1]


def test_kmeans_is_as_tight_as_scikit_learns():
    rows, _ = voices([40, 40, 40, 40], spread=0.2)
    ours = kmeans(rows, 4)
    theirs = TheirKMeans(4, n_init=10, random_state=0).fit(rows)

    def inertia(labels):
        return sum(((rows[labels == k] - rows[labels == k].mean(0)) ** 2).sum() for k in range(4))

    assert inertia(ours) == pytest.approx(theirs.inertia_, rel=0.01)
    assert adjusted_rand_score(ours, theirs.labels_) > 0.99


def test_lloyds_rounds_never_lose_a_cluster():
    rows = unit(np.array([[1.0, 0], [1, 0.01], [1, 0.02], [0, 1]]))
    labels, _ = refine(rows, unit(np.array([[1.0, 0], [0, 1], [-1, -1]])))
    assert sorted(set(labels.tolist())) == [0, 1, 2]


def test_seeds_of_identical_rows_are_those_rows():
    rows = np.tile(np.float32([1, 0]), (5, 1))
    np.testing.assert_array_equal(seeds(rows, 3, np.random.default_rng(0)), rows[:3])


def test_more_clusters_than_rows_are_refused():
    with pytest.raises(ValueError, match="2 rows cannot make 3"):
        kmeans(np.eye(2, dtype=np.float32), 3)


@pytest.mark.parametrize("alike", [-0.5, 0.0, 0.2, 0.5, 0.9])
def test_join_is_scipys_average_linkage(alike):
    rows, _ = voices([6, 9, 4], spread=0.5, seed=2)
    theirs = fcluster(linkage(rows, "average", metric="cosine"), 1 - alike - 1e-9, "distance")
    ours = join(rows, np.arange(len(rows)), alike, 1, len(rows))
    assert adjusted_rand_score(ours, theirs) == 1.0


def test_one_long_talker_and_two_short_ones_are_three():
    rows, truth = voices([300, 25, 20], spread=0.15)
    assert adjusted_rand_score(KMeans()(rows, 0.4, 1, 10), truth) > 0.95


@pytest.mark.parametrize(("fewest", "most", "found"), [(1, 1, 1), (1, 2, 2), (1, 10, 3), (3, 3, 3), (5, 10, 5)])
def test_bounds_are_kept(fewest, most, found):
    rows, _ = voices([40, 40, 40], spread=0.15)
    assert len(set(KMeans()(rows, 0.4, fewest, most).tolist())) == found


def test_no_rows_and_one_row():
    assert KMeans()(np.empty((0, 4), np.float32), 0.4, 1, 10).tolist() == []
    assert KMeans()(np.eye(1, 4, dtype=np.float32), 0.4, 1, 10).tolist() == [0]


@settings(deadline=None, max_examples=50)
@given(arrays(np.intp, st.integers(1, 30), elements=st.integers(0, 6)))
def test_renumbering_keeps_the_clusters_and_their_order(labels):
    new = renumber(labels)
    assert (new[:, None] == new).tolist() == (labels[:, None] == labels).tolist()
    firsts = [int(np.flatnonzero(new == k)[0]) for k in range(new.max() + 1)]
    assert firsts == sorted(firsts)
    assert renumber(new).tolist() == new.tolist()


def test_a_row_of_zeros_stays_one():
    assert unit(np.zeros((1, 3))).tolist() == [[0, 0, 0]]
