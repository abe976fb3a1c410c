"""Augmentation: the same speech as it would sound in other rooms, beside other noise.

All functions work on samples and take their randomness from the caller's generator, so that a seed makes it again.
"""

from __future__ import annotations

import io
from fractions import Fraction

import av
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


def at_speed(samples: Samples, speed: float) -> Samples:
    """Played faster or slower, as a tape is: pitch and timbre move, so it is another voice (Ko et al., 2015)."""
    ratio = Fraction(1 / speed).limit_denominator(50)
    return signal.resample_poly(samples, ratio.numerator, ratio.denominator).astype(np.float32)


def in_band(samples: Samples, low_hz: float, high_hz: float) -> Samples:
    """Only what lies between two frequencies, as over a telephone (300 to 3,400 Hz); Butterworth of order 4."""
    band = signal.butter(4, [low_hz, high_hz], "bandpass", fs=RATE, output="sos")
    return signal.sosfilt(band, samples).astype(np.float32)


def coded(samples: Samples, codec: str, bit_rate: int) -> Samples:
    """As it comes out of a lossy codec, as long as before: "libopus", "libmp3lame" or "aac", bit_rate in bit/s."""
    rate = 48_000 if codec == "libopus" else RATE
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="matroska") as out:
        stream = out.add_stream(codec, rate=rate, layout="mono", bit_rate=bit_rate)
        assert isinstance(stream, av.AudioStream)
        frame = av.AudioFrame.from_ndarray(samples[None].astype(np.float32), format="flt", layout="mono")
        frame.sample_rate, frame.pts = RATE, 0
        fitting = av.AudioResampler(stream.format.name, "mono", rate, frame_size=stream.codec_context.frame_size)
        for piece in (*fitting.resample(frame), *fitting.resample(None), None):
            out.mux(stream.encode(piece))
    buffer.seek(0)
    back = av.AudioResampler("flt", "mono", RATE)
    with av.open(buffer, "r") as file:
        blocks = [b.to_ndarray()[0] for piece in file.decode(audio=0) for b in back.resample(piece)]
    blocks += [b.to_ndarray()[0] for b in back.resample(None)]
    heard = np.concatenate(blocks).astype(np.float32)
    return np.pad(heard, (0, max(0, len(samples) - len(heard))))[: len(samples)]
