"""Clip: a recording of one person as the voice book keeps it, so that a new encoder can hear it again."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
from numpy.typing import NDArray

from bigvoice.diarization.windows import slide
from bigvoice.parts import Embeddings, Encoder
from bigvoice.progress import Hook, silent
from bigvoice.recording import RATE, Samples
from bigvoice.span import Span, total

FULL_SCALE = 32_767
"""What 1.0 is as a 16-bit sample."""

SHORTEST_WINDOW = 0.5
"""Seconds; a shorter "yes" or cough says little about a voice."""


@dataclass(frozen=True, eq=False)
class Clip:
    """Sound of one voice and where in it there is speech.

    pcm: int16 (n,) at 16 kHz: what is kept is what was embedded, to the bit.
    speech: disjoint spans in order of time.
    prints: by encoder name, float32 (n_windows, dim), unit rows.
    meeting: the sha256 of the recording it was cut out of, where it was remembered from a meeting.
    """

    source: str
    pcm: NDArray[np.int16]
    speech: tuple[Span, ...]
    added: date
    prints: Mapping[str, Embeddings] = field(default_factory=dict)
    meeting: str = ""

    def __post_init__(self) -> None:
        if self.pcm.ndim != 1 or self.pcm.dtype != np.int16:
            raise ValueError(f"a clip's sound is int16 (n,), not {self.pcm.dtype} {self.pcm.shape}")

    @property
    def samples(self) -> Samples:
        """float32 (n,) in [-1, 1]."""
        return self.pcm.astype(np.float32) / np.float32(FULL_SCALE)

    @property
    def sha256(self) -> str:
        """Of the sound alone: a copy of the file under another name is the same clip."""
        return hashlib.sha256(self.pcm.astype("<i2").tobytes()).hexdigest()

    @property
    def duration(self) -> float:
        """Seconds."""
        return len(self.pcm) / RATE

    @property
    def speech_seconds(self) -> float:
        """Seconds of it that are speech."""
        return total(self.speech)


def to_pcm(samples: Samples) -> NDArray[np.int16]:
    """float32 (n,) in [-1, 1] -> int16 (n,); what is louder is cut off at full scale.

    >>> to_pcm(np.float32([0, 0.5, 2])).tolist()
    [0, 16384, 32767]
    """
    return np.rint(np.clip(samples, -1.0, 1.0) * FULL_SCALE).astype(np.int16)


def embed(clip: Clip, encoder: Encoder, hook: Hook = silent) -> Embeddings:
    """A clip's prints: float32 (n_windows, dim), unit rows."""
    return encoder(clip.samples, windows(clip.speech), hook)


def windows(speech: Sequence[Span]) -> list[Span]:
    """Where in a clip prints are taken: not from stretches shorter than 0.5 s, unless there is nothing else."""
    every = slide(speech)
    return [window for window in every if window.duration >= SHORTEST_WINDOW] or every
