"""Rooms: how a place colours a voice, and what else is heard in it.

Pure functions; chance comes from the caller's generator.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from scipy.signal import butter, sosfilt
from voices import RATE

Sound = NDArray[np.float64]

_SPEED_OF_SOUND = 343.0


def impulse_response(
    room: Sequence[float], mouth: Sequence[float], microphone: Sequence[float], reverberation: float
) -> Sound:
    """What the microphone hears of a click at the mouth, from the moment that the straight sound arrives.

    room: length, width and height in metres. mouth, microphone: metres from one corner. reverberation: seconds until
    the sound has fallen by 60 dB. The straight sound has the height 1 at a distance of 1 m. Image sources after Allen
    and Berkley (1979); the walls' absorption after Eyring.
    """
    size = np.asarray(room)
    surface = 2 * (size[0] * size[1] + size[1] * size[2] + size[2] * size[0])
    reflected = np.exp(
        -0.161 * size.prod() / (surface * reverberation) / 2
    )  # of the pressure: half the energy's exponent
    furthest = np.ceil(_SPEED_OF_SOUND * reverberation / (2 * size)).astype(int)
    axes = [_images(*axis) for axis in zip(size, mouth, microphone, furthest, strict=True)]
    (x, i), (y, j), (z, k) = axes
    distance = np.sqrt(x[:, None, None] ** 2 + y[:, None] ** 2 + z**2).ravel()
    bounces = (i[:, None, None] + j[:, None] + k).ravel()
    delay = np.rint((distance - distance.min()) / _SPEED_OF_SOUND * RATE).astype(int)
    heard = delay < reverberation * RATE
    clicks = np.bincount(delay[heard], (reflected**bounces / distance)[heard])
    return np.asarray(sosfilt(butter(2, 70, "highpass", fs=RATE, output="sos"), clicks))  # images only add: no thunder


def _images(size: float, mouth: float, microphone: float, furthest: int) -> tuple[Sound, NDArray[np.intp]]:
    """Along one axis: how far each mirror image of the mouth is, and in how many walls it was mirrored."""
    n = np.arange(-furthest, furthest + 1)
    distance = np.concatenate([2 * n * size + mouth, 2 * n * size - mouth]) - microphone
    return distance, np.concatenate([np.abs(2 * n), np.abs(2 * n - 1)])


def noise(kinds: Sequence[str], n_samples: int, generator: Generator) -> Sound:
    """What is heard beside the people; loudness (root mean square) about 1."""
    total: Sound = sum((_KINDS[kind](n_samples, generator) for kind in kinds), np.zeros(n_samples))
    return total


def _air(n_samples: int, generator: Generator) -> Sound:
    """The ventilation: noise that falls by 3 dB an octave above 60 Hz."""
    spectrum = np.fft.rfft(generator.standard_normal(n_samples))
    frequency = np.fft.rfftfreq(n_samples, 1 / RATE)
    falling = np.fft.irfft(spectrum * (frequency > 60) / np.sqrt(np.maximum(frequency, 60)), n_samples)
    return np.asarray(falling / falling.std())


def _hum(n_samples: int, generator: Generator) -> Sound:
    """A refrigerator: the mains' overtones in a little air."""
    time = np.arange(n_samples) / RATE
    tones = sum(np.sin(2 * np.pi * 50 * n * time + generator.uniform(0, 6)) / n for n in (2, 3, 4, 6, 8))
    return 0.6 * _air(n_samples, generator) + 0.8 * tones / np.std(tones)


def _clicks(n_samples: int, generator: Generator) -> Sound:
    """Somebody types: short bursts of keys, a few words every ten seconds."""
    words = generator.uniform(0, n_samples, n_samples // (10 * RATE))
    strokes = np.concatenate([word + np.cumsum(generator.uniform(0.09, 0.25, 8)) * RATE for word in words])
    return _events(n_samples, strokes, lambda: 6 * _burst(0.02, 0.004, generator))


def _cups(n_samples: int, generator: Generator) -> Sound:
    """Plates and cups: a ringing tone every five seconds or so."""
    times = generator.uniform(0, n_samples, n_samples // (5 * RATE))
    return _events(n_samples, times, lambda: 5 * _ring(generator))


def _paper(n_samples: int, generator: Generator) -> Sound:
    """Pages are turned, every twelve seconds or so."""
    times = generator.uniform(0, n_samples, n_samples // (12 * RATE))
    return _events(n_samples, times, lambda: 3 * _burst(0.6, 0.2, generator))


def _events(n_samples: int, times: Sound, sound: Callable[[], Sound]) -> Sound:
    track = np.zeros(n_samples + RATE)
    for start in times.astype(int):
        event = sound()
        track[start : start + len(event)] += event[: len(track) - start]
    return track[:n_samples]


def _burst(length: float, decay: float, generator: Generator) -> Sound:
    """Noise without its low half, swelling quickly and dying away in `decay` seconds."""
    time = np.arange(round(length * RATE)) / RATE
    envelope = np.minimum(1, time / (decay / 4)) * np.exp(-time / decay)
    return np.asarray(np.diff(generator.standard_normal(len(time) + 1)) * envelope)


def _ring(generator: Generator) -> Sound:
    time = np.arange(round(0.4 * RATE)) / RATE
    tones = [np.sin(2 * np.pi * frequency * time) for frequency in generator.uniform(2_000, 6_000, 3)]
    return np.asarray(np.sum(tones, axis=0) * np.exp(-time / 0.06))


_KINDS: Mapping[str, Callable[[int, Generator], Sound]] = {
    "air": _air,
    "hum": _hum,
    "clicks": _clicks,
    "cups": _cups,
    "paper": _paper,
}
