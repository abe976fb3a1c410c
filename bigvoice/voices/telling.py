"""Telling: are there two voices in a clip? Pure functions of windows and embeddings.

The question is asked in a way that hardly depends on how far apart an encoder puts voices: whether two groups of
windows take turns like two people.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bigvoice.parts import Embeddings
from bigvoice.span import Span

FEWEST_WINDOWS = 6
"""With fewer there are no two groups to speak of."""
_ROUNDS = 30


@dataclass(frozen=True, slots=True)
class Split:
    """A clip's windows in two groups. `minority`: share of windows in the smaller group, 0 to 0.5.

    gap: mean cosine within the groups less that between them (windows that overlap in time are not compared).
    order: by how many standard deviations the groups change less often, from window to window, than by chance
    (Wald and Wolfowitz's test of runs, 1940): people take turns, noise in the prints does not.
    """

    gap: float
    order: float
    minority: float


ONE_GROUP = Split(0.0, 0.0, 0.0)


def split(windows: Sequence[Span], prints: Embeddings) -> Split:
    """The best division of a clip's windows in two voices, whether or not there are two. prints (n, dim), unit rows."""
    if len(prints) < FEWEST_WINDOWS:
        return ONE_GROUP
    second = _two_means(prints)
    apart = _apart(windows)
    same = second[:, None] == second[None, :]
    similarity = prints @ prints.T
    within, between = similarity[apart & same], similarity[apart & ~same]
    if not (within.size and between.size):
        return ONE_GROUP
    share = float(second.mean())
    return Split(float(within.mean() - between.mean()), _order(second), min(share, 1 - share))


def mean_print(prints: Embeddings) -> NDArray[np.float32]:
    """(n, dim) -> (dim,), of length 1."""
    mean: NDArray[np.float32] = unit_rows(prints.mean(axis=0, keepdims=True))[0]
    return mean


def unit_rows(rows: NDArray[np.float32]) -> Embeddings:
    """Rows scaled to length 1; a row of zeros stays."""
    scaled: Embeddings = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
    return scaled


def _apart(windows: Sequence[Span]) -> NDArray[np.bool_]:
    """(n, n): which windows share no sound."""
    starts, ends = np.array([w.start for w in windows]), np.array([w.end for w in windows])
    before = ends[:, None] <= starts[None, :] + 1e-6
    return np.asarray(before | before.T)


def _two_means(prints: Embeddings) -> NDArray[np.bool_]:
    """Which rows are in the second of two groups: spherical k-means from the two ends of the leading direction."""
    centred = prints - prints.mean(axis=0)
    along = centred @ np.linalg.svd(centred, full_matrices=False)[2][0]
    second = along > 0
    for _ in range(_ROUNDS):
        if second.all() or not second.any():
            break
        nearer = prints @ mean_print(prints[second]) > prints @ mean_print(prints[~second])
        if (nearer == second).all():
            break
        second = nearer
    return np.asarray(second)


def _order(second: NDArray[np.bool_]) -> float:
    # With n1 and n2 members in random order, the changes from row to row have mean m = 2 n1 n2 / n and variance
    # m (m - 1) / (n - 1).
    n, n2 = len(second), int(second.sum())
    mean = 2 * n2 * (n - n2) / n
    changes = np.count_nonzero(second[1:] != second[:-1])
    return float((mean - changes) / np.sqrt(max(mean * (mean - 1) / (n - 1), 1e-9)))
