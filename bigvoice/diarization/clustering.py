"""Clustering: which windows are one voice, where nobody has said so.

k-means on unit rows, so that the squared distance is 2 - 2 cos (spherical k-means: Dhillon and Modha, 2001), seeded by
k-means++ (Arthur and Vassilvitskii, 2007). It likes clusters of one size, and people do not talk equally long: so it
makes more pieces than there are people, and pieces that sound alike are joined; how many are left is the number of
voices.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bigvoice.parts import Embeddings, Labels


def unit(rows: NDArray[np.floating]) -> Embeddings:
    """Rows scaled to length 1; a row of zeros stays one. (n, dim) -> float32 (n, dim)."""
    length = np.linalg.norm(rows, axis=-1, keepdims=True)
    scaled: Embeddings = np.asarray(rows / np.where(length > 0, length, 1), np.float32)
    return scaled


def seeds(embeddings: Embeddings, k: int, rng: np.random.Generator) -> Embeddings:
    """k-means++: rows drawn far from those already drawn, with probability as their squared distance. -> (k, dim)."""
    chosen = [int(rng.integers(len(embeddings)))]
    near = embeddings @ embeddings[chosen[0]]
    while len(chosen) < k:
        far = np.maximum(0.0, 1.0 - near.astype(np.float64))
        p = far / far.sum() if far.sum() > 1e-9 else None
        chosen.append(int(rng.choice(len(embeddings), p=p)))
        near = np.maximum(near, embeddings @ embeddings[chosen[-1]])
    return embeddings[chosen]


def refine(embeddings: Embeddings, centres: Embeddings, *, rounds: int = 50) -> tuple[Labels, Embeddings]:
    """Lloyd's rounds from given centres, until no label changes. -> labels (n,), unit centres (k, dim).

    A cluster that loses all its rows takes the row that is farthest from its own centre.
    """
    labels = np.full(len(embeddings), -1, np.intp)
    for _ in range(rounds):
        near = embeddings @ centres.T
        new = near.argmax(axis=1)
        for empty in np.setdiff1d(np.arange(len(centres)), new):
            new[near[np.arange(len(new)), new].argmin()] = empty
        if np.array_equal(new, labels):
            break
        labels = new
        centres = unit(sums_of(embeddings, labels, len(centres)))
    return labels, centres


def sums_of(embeddings: Embeddings, labels: Labels, k: int) -> NDArray[np.float64]:
    """The sum of each cluster's rows: (n, dim), labels (n,) in 0 ... k - 1 -> (k, dim)."""
    order = np.argsort(labels, kind="stable")
    counts = np.bincount(labels, minlength=k)
    filled = np.flatnonzero(counts)
    sums = np.zeros((k, embeddings.shape[1]))
    starts = np.concatenate(([0], np.cumsum(counts[filled])[:-1]))
    sums[filled] = np.add.reduceat(embeddings[order].astype(np.float64), starts, axis=0)
    return sums


def kmeans(embeddings: Embeddings, k: int, *, restarts: int = 5, seed: int = 0) -> Labels:
    """The best of several k-means runs: (n, dim) unit rows -> labels (n,) in 0 ... k - 1, numbered as first met.

    Raises ValueError when there are fewer rows than clusters.
    """
    if not 1 <= k <= len(embeddings):
        raise ValueError(f"{len(embeddings)} rows cannot make {k} clusters")
    rng = np.random.default_rng(seed)
    runs = [refine(embeddings, seeds(embeddings, k, rng)) for _ in range(restarts)]
    labels, _ = max(runs, key=lambda run: float((embeddings * run[1][run[0]]).sum()))
    return renumber(labels)


def renumber(labels: Labels) -> Labels:
    """The same clusters, numbered 0, 1, ... in order of first appearance.

    >>> renumber(np.array([7, 7, 2, 7, 5])).tolist()
    [0, 0, 1, 0, 2]
    """
    _, first, inverse = np.unique(labels, return_index=True, return_inverse=True)
    rank = np.empty(len(first), np.intp)
    rank[np.argsort(first)] = np.arange(len(first))
    ordered: Labels = rank[inverse]
    return ordered


N_PIECES = 10
"""More pieces than people in all but the largest meetings."""
LEAST_ROWS = 6
"""Rows a piece has at the least, on the average: with fewer, a piece is a word and not a voice."""
SMALL_PIECES = 300
"""As many as average linkage is quick with; in a short recording, every window."""


def join(embeddings: Embeddings, labels: Labels, alike: float, fewest: int, most: int) -> Labels:
    """Agglomeration: the two clusters with the highest mean cosine between their rows become one, again and again.

    It goes on while that cosine is at least `alike` and more than `fewest` are left, or while there are more than
    `most`. The mean cosine of two clusters is the product of their mean rows, and that of a third one with the two
    joined is the mean of both, weighed by their sizes. -> labels 0, 1, ...
    """
    labels = renumber(labels)
    k = int(labels.max()) + 1
    sizes = np.bincount(labels).astype(np.float64)
    means = sums_of(embeddings, labels, k) / sizes[:, None]
    between = means @ means.T
    np.fill_diagonal(between, -np.inf)
    into = np.arange(k)
    while k > max(1, fewest):
        a, b = map(int, np.unravel_index(between.argmax(), between.shape))
        if between[a, b] < alike and k <= most:
            break
        both = (sizes[a] * between[a] + sizes[b] * between[b]) / (sizes[a] + sizes[b])
        between[a], between[:, a] = both, both
        between[a, a] = between[b] = between[:, b] = -np.inf
        sizes[a] += sizes[b]
        into[into == b] = a
        k -= 1
    return renumber(into[labels])


class KMeans:
    """k-means pieces, joined; see parts.Clusterer."""

    def __call__(self, embeddings: Embeddings, alike: float, fewest: int, most: int) -> Labels:
        """As parts.Clusterer says."""
        if not len(embeddings):
            return np.empty(0, np.intp)
        return join(embeddings, pieces(embeddings, N_PIECES, fewest), alike, fewest, most)


class Agglomerative:
    """Average linkage from single windows on (from small k-means pieces where there are many); see parts.Clusterer."""

    def __call__(self, embeddings: Embeddings, alike: float, fewest: int, most: int) -> Labels:
        """As parts.Clusterer says."""
        if not len(embeddings):
            return np.empty(0, np.intp)
        return join(embeddings, small_pieces(embeddings, SMALL_PIECES), alike, fewest, most)


def pieces(embeddings: Embeddings, n: int, fewest: int = 1) -> Labels:
    """About n k-means clusters, where there is little speech fewer, down to `fewest`: (n_rows, dim) -> labels."""
    wanted = max(fewest, 1, min(n, len(embeddings) // LEAST_ROWS))
    return kmeans(embeddings, min(wanted, len(embeddings)))


def small_pieces(embeddings: Embeddings, n: int) -> Labels:
    """N k-means clusters roughly, or every row its own where there are no more than that."""
    if len(embeddings) <= n:
        return np.arange(len(embeddings))
    rng = np.random.default_rng(0)
    labels, _ = refine(embeddings, seeds(embeddings, n, rng), rounds=10)
    return renumber(labels)
