"""Waveform: how loud a recording is, 20 times a second, a byte each, as the page draws it."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from bigvoice.recording import RATE

STEP: Final = RATE // 20
"""Samples a byte: 50 ms."""


class Waveform:
    """Grows with the sound. A byte is the highest level of its 50 ms, the square root of it so that quiet is seen."""

    def __init__(self) -> None:
        self._levels = bytearray()
        self._rest = np.zeros(0, np.float32)

    def append(self, block: NDArray[np.float32]) -> None:
        """Takes the next samples; those that fill no step yet wait for the rest."""
        waiting = np.concatenate([self._rest, np.abs(block)])
        n_steps = len(waiting) // STEP
        peaks = waiting[: n_steps * STEP].reshape(n_steps, STEP).max(axis=1, initial=0.0)
        self._levels += (np.sqrt(peaks.clip(0, 1)) * 255).round().astype(np.uint8).tobytes()
        self._rest = waiting[n_steps * STEP :]

    def since(self, start: int) -> bytes:
        """The bytes from that one on, as far as they are known."""
        return bytes(self._levels[start:])
