"""Spectrogram: short frames of sound and their power spectra.

Frames start every hop and lie wholly inside the sound (no padding): frame i covers samples
[i * hop, i * hop + length). `n_frames` counts them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from bigvoice.recording import RATE, Samples

FRAME = RATE * 25 // 1000
"""25 ms: short enough that the vocal tract stands still, long enough for two periods of a low voice."""
HOP = RATE // 100
"""10 ms."""
N_FFT = 512
"""The next power of two above FRAME."""


def n_frames(n_samples: int) -> int:
    """How many frames lie wholly inside n_samples."""
    return max(0, 1 + (n_samples - FRAME) // HOP)


def frames(samples: Samples) -> NDArray[np.float32]:
    """(n_samples,) -> (n_frames, FRAME), a view."""
    if len(samples) < FRAME:
        return np.empty((0, FRAME), np.float32)
    return np.lib.stride_tricks.sliding_window_view(samples, FRAME)[::HOP]


def power(samples: Samples) -> NDArray[np.float32]:
    """Power spectrum |X|^2 under a periodic Hann window: (n_samples,) -> (n_frames, N_FFT // 2 + 1)."""
    spectrum = fft.rfft(frames(samples) * _HANN, N_FFT, axis=1)
    squared: NDArray[np.float32] = spectrum.real**2 + spectrum.imag**2
    return squared


_HANN = (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(FRAME) / FRAME)).astype(np.float32)
