"""Pitch: how often a second the vocal folds close, every 10 ms, where they do.

Boersma (1993): a frame's autocorrelation, divided by that of its window, has a peak of height r at every period of a
periodic sound, and r / (1 - r) is the ratio of its harmonics to its noise. The highest peaks of a frame, and "no voice"
beside them, are candidates; the track is the path through them that costs least (dynamic programming), where a leap
costs by its octaves and a change of voicing a constant. So a frame that alone would be heard an octave off is put right
by its neighbours.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from bigvoice.features.spectrogram import HOP
from bigvoice.recording import RATE, Samples

LOWEST, HIGHEST = 60.0, 600.0
"""Hz: from the lowest men to small children who call out."""
LENGTH = round(3 * RATE / LOWEST)
"""Three periods of the lowest voice, as the window takes the outer two away."""
LAGS = np.arange(int(RATE / HIGHEST), int(RATE / LOWEST) + 1)
N_CANDIDATES = 6
VOICED_FROM = 0.45
"""Height of a peak from which on a frame is rather voiced; this and the costs below are Boersma's."""
SILENT_BELOW = 0.03
"""Of the level of loud frames."""
HIGHER_COSTS = 0.01
"""An octave down: of the peaks at one, two, three periods, which are as high, the first is meant."""
LEAP_COSTS = 0.35
"""An octave, in 10 ms."""
TURN_COSTS = 0.14
"""From voiced to unvoiced or back, in 10 ms."""
DULLED = 2_500.0
"""Hz at which overtones count 1/e of their power: higher ones make peaks too sharp for a parabola through samples."""
BLOCK = 2_000
"""Frames worked on at a time."""

Track = NDArray[np.float32]


def pitch(samples: Samples) -> Track:
    """Hz every 10 ms, NaN where no voice is heard: (n_samples,) -> (n_samples // HOP,).

    Value i is of the 50 ms around the middle of samples [i * HOP, (i + 1) * HOP); beyond both ends there is silence.
    """
    n = len(samples) // HOP
    if n == 0:
        return np.empty(0, np.float32)
    before = (LENGTH - HOP) // 2
    padded = np.pad(samples, (before, LENGTH - HOP - before))
    cut = np.lib.stride_tricks.sliding_window_view(padded, LENGTH)[::HOP][:n]
    blocks = [_candidates(cut[first : first + BLOCK]) for first in range(0, n, BLOCK)]
    hz, height, level = (np.concatenate(parts) for parts in zip(*blocks, strict=True))
    return _path(hz, _strengths(hz, height, level))


def _candidates(frames: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    """The highest peaks of each frame: Hz and height, both (n, N_CANDIDATES), height 0 where there is none; level (n,).

    A peak lies between samples: at the top of the parabola through three values.
    """
    centred = (frames - frames.mean(axis=1, keepdims=True)) * _WINDOW
    spectrum = fft.rfft(centred, _N_FFT, axis=1)
    power = (spectrum.real**2 + spectrum.imag**2) * _LOW_PASS
    lags = slice(LAGS[0] - 1, LAGS[-1] + 2)
    whole = fft.irfft(power, _N_FFT, axis=1)
    energy = whole[:, :1]
    r = whole[:, lags] / np.maximum(energy, 1e-12) * _UNDO_WINDOW[lags]
    low, mid, high = r[:, :-2], r[:, 1:-1], r[:, 2:]
    ranked = np.where((mid > low) & (mid >= high) & (mid > VOICED_FROM / 2), mid - _LATER, np.float32(-1))
    chosen = np.argpartition(-ranked, N_CANDIDATES, axis=1)[:, :N_CANDIDATES]
    a, b, c, found = (np.take_along_axis(values, chosen, axis=1) for values in (low, mid, high, ranked))
    bend = np.minimum(a - 2 * b + c, -1e-9)
    offset = np.clip(0.5 * (a - c) / bend, -0.5, 0.5)
    top = np.where(found > -1, np.minimum(b - 0.25 * (a - c) * offset, 1), 0)
    hz, level = RATE / (LAGS[chosen] + offset), np.sqrt(np.maximum(energy[:, 0], 0))
    return hz.astype(np.float32), top.astype(np.float32), level


def _strengths(hz: NDArray[np.float32], height: NDArray[np.float32], level: NDArray[np.float32]) -> NDArray[np.float32]:
    """How well each candidate explains its frame, (n, 1 + N_CANDIDATES); the first is "no voice"."""
    loud = max(float(np.percentile(level, 95)), 1e-6)
    quiet = np.maximum(0, 2 - level / loud * ((1 + VOICED_FROM) / SILENT_BELOW))
    voiced = np.where(height > 0, height - HIGHER_COSTS * np.log2(HIGHEST / hz), -np.inf)
    return np.column_stack([VOICED_FROM + quiet, voiced]).astype(np.float32)


def _path(hz: NDArray[np.float32], strengths: NDArray[np.float32]) -> Track:
    """The path of the greatest strength less the costs of its steps (Viterbi)."""
    octaves = np.log2(hz)
    n = len(hz)
    came = np.zeros((n, strengths.shape[1]), np.intp)
    costs = np.full((n, strengths.shape[1], strengths.shape[1]), TURN_COSTS, np.float32)
    costs[:, 0, 0] = 0
    costs[1:, 1:, 1:] = LEAP_COSTS * np.abs(octaves[:-1, :, None] - octaves[1:, None, :])
    best, states = strengths[0], np.arange(strengths.shape[1])
    for t in range(1, n):
        reached = best[:, None] - costs[t]
        came[t] = reached.argmax(axis=0)
        best = reached[came[t], states] + strengths[t]
    state = int(best.argmax())
    track = np.full(n, np.nan, np.float32)
    for t in range(n - 1, -1, -1):
        if state:
            track[t] = hz[t, state - 1]
        state = came[t, state]
    return track


_N_FFT = fft.next_fast_len(LENGTH + LAGS[-1] + 1, real=True)
_WINDOW = (0.5 - 0.5 * np.cos(2 * np.pi * (np.arange(LENGTH) + 0.5) / LENGTH)).astype(np.float32)
_LOW_PASS = np.exp(-((fft.rfftfreq(_N_FFT, 1 / RATE) / DULLED) ** 2)).astype(np.float32)
_OF_WINDOW = fft.irfft(np.abs(fft.rfft(_WINDOW.astype(np.float64), _N_FFT)) ** 2, _N_FFT)
_UNDO_WINDOW = (_OF_WINDOW[0] / np.maximum(_OF_WINDOW, 1e-3 * _OF_WINDOW[0])).astype(np.float32)
_LATER = (HIGHER_COSTS * np.log2(LAGS / LAGS[0])).astype(np.float32)
