"""Log spectrogram: what DeepSpeech2 hears: power in 161 bands of 50 Hz, as logarithms, every hundredth of a second.

Windows of 20 ms every 10 ms (Amodei et al., 2015, section 3), without padding: frame i covers samples
[i * HOP, i * HOP + WINDOW). What is normalized has mean 0 and deviation 1, so that zeros are a neutral padding.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from bigvoice.recording import RATE, Samples

WINDOW = RATE * 20 // 1000
HOP = RATE // 100
N_BANDS = WINDOW // 2 + 1
FLOOR = 1e-8
"""Power below this counts as this: a window of the faintest hiss that 16 bits hold has about as much."""
BLOCK = 6_000
"""Frames worked on at a time (one minute)."""

Frames = NDArray[np.float32]


def n_frames(n_samples: int) -> int:
    """How many frames lie wholly inside n_samples."""
    return max(0, 1 + (n_samples - WINDOW) // HOP)


def log_spectrogram(samples: Samples) -> Frames:
    """Natural logarithm of the power under a periodic Hann window: (n_samples,) -> (n_frames, N_BANDS)."""
    found = np.empty((n_frames(len(samples)), N_BANDS), np.float32)
    if len(found):
        framed = np.lib.stride_tricks.sliding_window_view(samples, WINDOW)[::HOP]
        for first in range(0, len(found), BLOCK):
            spectrum = fft.rfft(framed[first : first + BLOCK] * _HANN, axis=1)
            found[first : first + BLOCK] = np.log(np.maximum(spectrum.real**2 + spectrum.imag**2, FLOOR))
    return found


def normalized(frames: Frames, mean: Frames | None = None, deviation: Frames | None = None) -> Frames:
    """Each band less its mean, over its deviation: (n_frames, N_BANDS), the same shape back.

    mean, deviation: (N_BANDS,) of a whole corpus, as one listens who cannot wait for the end; None: the band's mean in
    these frames, and one deviation for all bands, so that what a band is steady in stays small.
    """
    if mean is not None and deviation is not None:
        return np.asarray((frames - mean) / deviation, np.float32)
    if not len(frames):
        return frames
    centred = frames - frames.mean(axis=0)
    return np.asarray(centred / max(float(centred.std()), 1e-3), np.float32)


_HANN = (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(WINDOW) / WINDOW)).astype(np.float32)
