"""Mel: power spectra summed in bands as the ear hears them, as logarithms.

The scale is HTK's, mel(f) = 2595 log10(1 + f / 700) (Young et al., The HTK Book, 5.4); band m is a triangle in
frequency that rises from the centre of band m - 1 and falls to the centre of band m + 1, with peak 1.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from bigvoice.features.spectrogram import FRAME, HOP, N_FFT, n_frames, power
from bigvoice.recording import RATE, Samples

FLOOR = 1e-10
"""Power below this counts as this: -100 dB of full scale, under the noise of any recorder."""
BLOCK = 6_000
"""Frames worked on at a time (one minute): spectra of a whole meeting would take gigabytes."""


def hz_to_mel(hz: NDArray[np.float64]) -> NDArray[np.float64]:
    """HTK's mel scale."""
    return 2595.0 * np.log10(1.0 + hz / 700.0)


def mel_to_hz(mel: NDArray[np.float64]) -> NDArray[np.float64]:
    """Its inverse."""
    return 700.0 * (10.0 ** (mel / 2595.0) - 1.0)


def filterbank(n_mels: int, *, low_hz: float = 20.0, high_hz: float = RATE / 2) -> NDArray[np.float32]:
    """(n_mels, N_FFT // 2 + 1) weights of triangular bands, equally wide in mel."""
    limits = hz_to_mel(np.array([low_hz, high_hz]))
    centres = mel_to_hz(np.linspace(limits[0], limits[1], n_mels + 2))
    bins = np.fft.rfftfreq(N_FFT, 1 / RATE)
    rise = (bins - centres[:-2, None]) / np.diff(centres)[:-1, None]
    fall = (centres[2:, None] - bins) / np.diff(centres)[1:, None]
    return np.maximum(0.0, np.minimum(rise, fall)).astype(np.float32)


def log_mel(samples: Samples, n_mels: int = 40) -> NDArray[np.float32]:
    """Natural logarithm of the mel bands' power: (n_samples,) -> (n_frames, n_mels)."""
    weights = filterbank(n_mels).T
    out = np.empty((n_frames(len(samples)), n_mels), np.float32)
    for first, block in _blocks(samples):
        mel = power(block) @ weights
        out[first : first + len(mel)] = np.log(np.maximum(mel, FLOOR, out=mel), out=mel)
    return out


def _blocks(samples: Samples) -> Iterator[tuple[int, Samples]]:
    """The sound in stretches of BLOCK frames, each with the number of its first frame."""
    for first in range(0, n_frames(len(samples)), BLOCK):
        yield first, samples[first * HOP : (first + BLOCK - 1) * HOP + FRAME]
