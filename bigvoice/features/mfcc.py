"""MFCC: mel-frequency cepstral coefficients and how they change.

Davis and Mermelstein (1980): the cosine transform of a frame's log mel spectrum. Low coefficients hold the shape of
the vocal tract; coefficient 0 is the level.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from bigvoice.features.mel import log_mel
from bigvoice.recording import Samples


def mfcc(samples: Samples, n_coefficients: int = 20, *, n_mels: int = 40) -> NDArray[np.float32]:
    """Orthonormal DCT-II of log mel bands: (n_samples,) -> (n_frames, n_coefficients), coefficient 0 first."""
    return cepstra(log_mel(samples, n_mels), n_coefficients)


def cepstra(log_mels: NDArray[np.float32], n_coefficients: int) -> NDArray[np.float32]:
    """The transform alone: (n_frames, n_mels) -> (n_frames, n_coefficients)."""
    basis = fft.dct(np.eye(log_mels.shape[1]), type=2, norm="ortho", axis=0)[:n_coefficients]
    transformed: NDArray[np.float32] = log_mels @ basis.T.astype(np.float32)
    return transformed


def deltas(features: NDArray[np.float32], *, reach: int = 2) -> NDArray[np.float32]:
    """The slope over time, of the straight line fitted to 2 * reach + 1 frames (The HTK Book, eq. 5.16).

    (n_frames, dim) -> (n_frames, dim), per frame; at both ends the first and last frame are repeated.

        d_t = sum_k k (c_{t+k} - c_{t-k}) / (2 sum_k k^2),  k = 1 ... reach
    """
    if len(features) == 0:
        return features.copy()
    padded = np.pad(features, ((reach, reach), (0, 0)), mode="edge")
    n = len(features)
    slope = np.zeros_like(features)
    for k in range(1, reach + 1):
        slope += k * (padded[reach + k : reach + k + n] - padded[reach - k : reach - k + n])
    return slope / np.float32(2 * sum(k * k for k in range(1, reach + 1)))
