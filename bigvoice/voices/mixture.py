"""Mixture: the sounds of speech as a few Gaussians, and how one voice departs from them.

A mixture trained on many people (a universal background model) says what each sound is like on the average. The mean
of a stretch of speech around each Gaussian, less that average, is what is particular about the voice; all of them in
one row are a supervector (Reynolds et al., 2000; as features for an SVM: Campbell et al., 2006).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Frames = NDArray[np.float32]

RELEVANCE = 4.0
"""Frames of a sound that it takes to believe half of what they say (Reynolds' relevance factor; 1.5 s have about 150
frames for 32 sounds, so less than his 16)."""


@dataclass(frozen=True, eq=False)
class Mixture:
    """k Gaussians with diagonal covariance: weights (k,), means (k, dim), variances (k, dim)."""

    weights: NDArray[np.float64]
    means: NDArray[np.float64]
    variances: NDArray[np.float64]

    @property
    def supervector_dim(self) -> int:
        """Length of a supervector."""
        return self.means.size

    @cached_property
    def _quadratic(self) -> tuple[Frames, Frames]:
        """log(w_k N(x; mu_k, v_k)) written as [x^2, x] @ a + b, without the constant common to all k."""
        a = np.hstack([-0.5 / self.variances, self.means / self.variances]).T
        b = np.log(self.weights) - 0.5 * (np.log(self.variances) + self.means**2 / self.variances).sum(axis=1)
        return a.astype(np.float32), b.astype(np.float32)

    def posteriors(self, frames: Frames) -> Frames:
        """Which sound each frame is: (n_frames, dim) -> (n_frames, k), rows that sum to 1."""
        a, b = self._quadratic
        likely = np.hstack([frames * frames, frames]) @ a + b
        likely -= likely.max(axis=1, keepdims=True)
        np.exp(likely, out=likely)
        likely /= likely.sum(axis=1, keepdims=True)
        return likely

    def supervector(self, frames: Frames, posteriors: Frames) -> NDArray[np.float64]:
        """(n_frames, dim), (n_frames, k) -> (k * dim,).

        For Gaussian k, with n_k frames of mean m_k:  sqrt(w_k) * n_k / (n_k + RELEVANCE) * (m_k - mu_k) / sigma_k,
        so that the distance of two supervectors bounds the divergence of the two adapted mixtures (Campbell, eq. 5).
        """
        counts = posteriors.sum(axis=0, dtype=np.float64)[:, None]
        sums = posteriors.T @ frames - counts * self.means
        shifts = sums / (counts + RELEVANCE) / np.sqrt(self.variances)
        row: NDArray[np.float64] = (np.sqrt(self.weights)[:, None] * shifts).ravel()
        return row
