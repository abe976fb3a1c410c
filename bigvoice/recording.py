"""Recording: sound as every part of bigvoice takes it. `bigvoice.decoding.load` makes one of a file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bigvoice.span import Span

RATE = 16_000
"""Samples a second of every Recording: what speech models are trained on."""

Samples = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Recording:
    """Mono sound at 16 kHz.

    samples: float32 (n_samples,) in [-1, 1], finite.
    tracks: where channels are kept apart, one Recording a channel (then `samples` is their mean); else empty.
    sha256: of the file's bytes, or of the samples where there is no file.
    started: when the recording began, where its file says so.
    notes: what the listener should know ("clipped", "8 kHz"), for the screen and the document.
    """

    samples: Samples
    path: Path | None = None
    sha256: str = ""
    started: datetime | None = None
    tracks: tuple[Recording, ...] = ()
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.samples.ndim != 1 or self.samples.dtype != np.float32:
            raise ValueError(f"samples are float32 (n,), not {self.samples.dtype} {self.samples.shape}")

    @property
    def duration(self) -> float:
        """Seconds."""
        return len(self.samples) / RATE

    @property
    def span(self) -> Span:
        """The whole."""
        return Span(0.0, self.duration)

    @property
    def name(self) -> str:
        """The file's name, or what stands for it."""
        return self.path.name if self.path else "recording"

    def cut(self, span: Span) -> Samples:
        """The samples of a span (a view); what lies outside the recording is left out."""
        start, end = round(max(0.0, span.start) * RATE), round(max(0.0, span.end) * RATE)
        return self.samples[start:end]
