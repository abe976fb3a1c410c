"""Quality: is a clip fit to learn a voice from? Pure functions of sound, and of where in it there is speech."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.signal import correlate

from bigvoice.recording import RATE, Samples
from bigvoice.span import Span

FRAME = RATE // 50
"""20 ms: the shortest stretch whose level says something about speech."""
BEST_SNR = 60.0
"""Decibels; pauses of digital silence would give infinity."""
QUIET_PART = 0.05
"""Share of the frames taken for noise where there are hardly any pauses."""
FEWEST_PAUSES = 15
"""Frames (0.3 s)."""
MARGIN = 0.1
"""Seconds around speech that are neither speech nor pause: breath, reverberation."""
AROUND = 1.0
"""Seconds around a turn in which somebody mostly pauses."""
NEAR_PEAK = 0.98
"""Speech is within 0.2 dB of its peak for a few samples; clipped speech spends its loud half there."""

Envelope = NDArray[np.float64]


def snr_db(samples: Samples, speech: Sequence[Span]) -> float:
    """How far speech stands out of the noise: 10 log10((P_speech - P_noise) / P_noise), between 0 and 60 dB.

    samples (n,). P_noise is the median power in the pauses, which a click or a cough does not move; where there are
    hardly any pauses, that of the quietest 5 % of frames.
    """
    power = _frame_powers(samples)
    middles = (np.arange(len(power)) + 0.5) * FRAME / RATE
    spoken, pause = np.zeros(len(power), bool), np.ones(len(power), bool)
    for span in speech:
        spoken |= (middles >= span.start) & (middles < span.end)
        pause &= (middles < span.start - MARGIN) | (middles >= span.end + MARGIN)
    if not spoken.any():
        return 0.0
    quiet = power[pause] if pause.sum() >= FEWEST_PAUSES else np.sort(power)[: max(1, int(QUIET_PART * len(power)))]
    return _ratio_db(power[spoken].mean(), np.median(quiet))


def above_quiet_db(samples: Samples, speech: Span) -> float:
    """As `snr_db`, where all that is around a span of speech may be others' speech; its surroundings are heard for 1 s.

    P_noise is the median power of the quietest 5 % of all frames there.
    """
    heard = Span(max(0.0, speech.start - AROUND), speech.end + AROUND)
    power, own = (_frame_powers(samples[round(span.start * RATE) : round(span.end * RATE)]) for span in (heard, speech))
    return _ratio_db(own.mean(), np.median(np.sort(power)[: max(1, int(QUIET_PART * len(power)))]))


def clipped_share(samples: Samples) -> float:
    """Share of the samples that are as loud as the loudest one, to 0.2 dB: above 0.001 the tops are cut off."""
    level = np.abs(samples)
    peak = float(level.max(initial=0.0))
    return float(np.mean(level >= NEAR_PEAK * peak)) if peak > 0 else 0.0


def envelope(samples: Samples) -> Envelope:
    """Level in dB every 20 ms: a clip's fingerprint, which no codec changes much. (n,) -> (n // 320,)."""
    power = _frame_powers(samples)
    return np.asarray(10 * np.log10(power + 1e-6 * power.max(initial=1e-9)))


def alikeness(one: Envelope, other: Envelope) -> float:
    """Correlation of the shorter envelope with the stretch of the longer one that fits it best; -1 to 1.

    Near 1: one clip is a copy of the other, or of a part of it.
    """
    short, long = sorted((one, other), key=len)
    if len(short) < 2:
        return 0.0
    n = len(short)
    shape = short - short.mean()
    products = correlate(long - long.mean(), shape, mode="valid")
    sums = np.concatenate([[0.0], np.cumsum(long - long.mean())])
    squares = np.concatenate([[0.0], np.cumsum((long - long.mean()) ** 2)])
    spread = squares[n:] - squares[:-n] - (sums[n:] - sums[:-n]) ** 2 / n
    norm = np.sqrt(np.maximum(spread, 0.0) * (shape @ shape))
    return float(np.max(np.divide(products, norm, out=np.zeros_like(products), where=norm > 1e-9)))


def _ratio_db(voice: float, noise: float) -> float:
    if voice <= noise:
        return 0.0
    return float(np.clip(10 * np.log10((voice - noise) / max(noise, 1e-12)), 0.0, BEST_SNR))


def _frame_powers(samples: Samples) -> NDArray[np.float64]:
    n = len(samples) // FRAME
    return np.asarray((samples[: n * FRAME].reshape(n, FRAME).astype(np.float64) ** 2).mean(axis=1))
