"""Augmentation: the same speech as it would sound in other rooms, beside other noise.

All functions work on samples and take their randomness from the caller's generator, so that a seed makes it again.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import signal

from bigvoice.recording import RATE, Samples


def rms(samples: NDArray[np.floating]) -> float:
    """Root of the mean square; 0 for nothing."""
    return float(np.sqrt(np.mean(np.square(samples, dtype=np.float64)))) if len(samples) else 0.0


def at_level(samples: Samples, level_db: float) -> Samples:
    """Scaled to that level (dB of full scale); silence stays silence."""
    loud = rms(samples)
    return (samples * (10 ** (level_db / 20) / loud)).astype(np.float32) if loud > 0 else samples


def decaying_room(rng: np.random.Generator, decay_s: float, direct_to_tail_db: float) -> Samples:
    """A room's impulse response: the direct sound, then noise that falls by 60 dB in `decay_s` (Moorer, 1979)."""
    n = max(2, round(decay_s * RATE))
    tail = rng.standard_normal(n) * 10 ** (-3 * np.arange(n) / n)
    tail[: RATE * 3 // 1000] = 0
    tail *= 10 ** (-direct_to_tail_db / 20) / np.sqrt(np.sum(tail**2))
    tail[0] = 1.0
    return tail.astype(np.float32)


def in_room(samples: Samples, response: Samples) -> Samples:
    """As heard there: as long as before, at the level of before, the direct sound in its place."""
    direct = int(np.abs(response).argmax())
    heard = signal.oaconvolve(samples, response)[direct : direct + len(samples)].astype(np.float32)
    loud, was = rms(heard), rms(samples)
    return heard * np.float32(was / loud) if loud > 0 else heard


def coloured_noise(rng: np.random.Generator, n_samples: int, slope: float = 1.0) -> Samples:
    """Noise whose power falls with frequency^slope (0 white, 1 pink, 2 brown), with rms 1."""
    spectrum = np.fft.rfft(rng.standard_normal(n_samples))
    spectrum *= np.maximum(np.arange(len(spectrum)), 1.0) ** (-slope / 2)
    noise = np.fft.irfft(spectrum, n_samples)
    return (noise / rms(noise)).astype(np.float32)


def with_noise(samples: Samples, noise: Samples, snr_db: float) -> Samples:
    """Noise laid under it (repeated or cut to its length), `snr_db` below its level; silence gets none."""
    laid = np.resize(noise, len(samples))
    under = rms(laid)
    if under == 0:
        return samples
    return (samples + laid * (rms(samples) / under * 10 ** (-snr_db / 20))).astype(np.float32)
