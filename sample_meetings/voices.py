"""Voices: text becomes speech by the synthesisers that Debian ships, run as commands.

The engines are the Debian packages flite, festival (with festvox-kallpc16k) and espeak-ng; `ENGINES` says under which
licence each one's voices come.
"""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.io import wavfile
from scipy.signal import resample_poly

from bigvoice.span import Span

RATE = 24_000
"""Samples a second of the recordings: not what bigvoice works at, as with real ones."""

ENGINES = {
    "flite": "Flite 2.2 and its voices: Carnegie Mellon University, free use with attribution (BSD-like)",
    "text2wave": "Festival 2.5 and kal_diphone: University of Edinburgh and CMU, free use with attribution (X11-like)",
    "espeak-ng": "eSpeak NG 1.51: GPL-3.0-or-later for the program; the sound that it makes is free",
}

_FLOOR = 0.01
"""Softer than this share of the loudest sample (-40 dB) is silence: the synthesisers' own is far below."""
_PAUSE = 0.5
"""Seconds: a longer pause ends a span of speech."""


@dataclass(frozen=True)
class Speech:
    """Dry speech: float (n,) at RATE that starts and ends with sound; where in it, in seconds, somebody speaks."""

    samples: NDArray[np.float64]
    spans: tuple[Span, ...]

    @property
    def duration(self) -> float:
        """Seconds."""
        return len(self.samples) / RATE


LOUDNESS = 1 / 60
"""Root mean square of dry speech, as a share of full scale: low, for room for two who talk at once."""


def speak(text: str, voice: Sequence[str], *, size: float = 1.0) -> Speech:
    """The text in a voice, LOUDNESS loud.

    voice: the engine's command and options. size: above 1 makes the speaker smaller: resonances, pitch and speed rise
    by this factor. Raises FileNotFoundError where the engine is not installed.
    """
    with tempfile.TemporaryDirectory() as folder:
        wav = Path(folder) / "speech.wav"
        options = {"flite": ["-t", text, "-o", str(wav)], "espeak-ng": ["-w", str(wav), text]}
        command = [*voice, *options.get(voice[0], ["-o", str(wav)])]
        subprocess.run(command, input=text.encode(), check=True, capture_output=True)
        rate, whole = wavfile.read(wav)
    return _trimmed(_resampled(whole / 32768.0, round(rate * size)))


def _resampled(samples: NDArray[np.float64], rate: int) -> NDArray[np.float64]:
    divisor = np.gcd(rate, RATE)
    return np.asarray(resample_poly(samples, RATE // divisor, rate // divisor))


def _trimmed(samples: NDArray[np.float64]) -> Speech:
    loud = np.flatnonzero(np.abs(samples) > _FLOOR * np.abs(samples).max())
    first, last = loud[0], loud[-1]
    pauses = np.flatnonzero(np.diff(loud) > _PAUSE * RATE)
    starts, ends = [first, *loud[pauses + 1]], [*loud[pauses], last]
    spans = tuple(Span((a - first) / RATE, (b + 1 - first) / RATE) for a, b in zip(starts, ends, strict=True))
    cut = samples[first : last + 1]
    return Speech(cut * LOUDNESS / np.sqrt(np.mean(cut**2)), spans)
