"""Sample file: samples that come bit by bit, kept in a file without a name that is gone when the program ends."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from threading import Lock
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bigvoice.errors import RecordingError
from bigvoice.recording import RATE, Samples
from bigvoice.review.waveform import Waveform

WIDTH: Final = 2
"""Bytes a sample: 16 bits, the lower byte first."""
_FULL = np.float32(32767)


class SampleFile:
    """A `soundtrack.Tape` that can be read while it is written, from any thread.

    power: the sum of the squares. waveform: grows with it.
    """

    def __init__(self) -> None:
        """Raises RecordingError where there is no room for temporary files."""
        try:
            self._file = tempfile.TemporaryFile()  # noqa: SIM115  # closed by `close`
        except OSError as error:
            raise RecordingError(f"no temporary file can be made ({error.strerror}): set TMPDIR to a folder") from error
        self._lock = Lock()
        self.restart(lambda: None)

    def restart(self, on_grown: Callable[[], None]) -> None:
        """Forget what there is. on_grown: called after each append."""
        self._used, self.power, self.waveform, self._on_grown = 0, 0.0, Waveform(), on_grown

    def __len__(self) -> int:
        """Samples."""
        return self._used

    def append(self, block: NDArray[np.float32], /) -> None:
        """Takes the next (n,) samples. Raises RecordingError where the disk is full."""
        data = (block.clip(-1, 1) * _FULL).round().astype("<i2").tobytes()
        try:
            with self._lock:
                self._file.seek(WIDTH * self._used)
                self._file.write(data)
                self._file.flush()
        except OSError as error:
            where = tempfile.gettempdir()
            raise RecordingError(f"there is no room for the sound in {where} ({error.strerror}): free some") from error
        self._used += len(block)
        self.power += float(np.vdot(block, block))
        self.waveform.append(block)
        self._on_grown()

    def silence(self, n_samples: int, /) -> None:
        """Takes zeros."""
        for start in range(0, n_samples, RATE):
            self.append(np.zeros(min(RATE, n_samples - start), np.float32))

    def read(self, start: int, end: int) -> bytes:
        """The bytes [start, end), as far as they are there."""
        with self._lock:
            self._file.seek(start)
            return self._file.read(max(0, min(end, WIDTH * self._used) - start))

    def samples(self) -> Samples:
        """All of it, in memory."""
        strip = np.empty(self._used, np.float32)
        for start in range(0, self._used, 60 * RATE):
            piece = strip[start : start + 60 * RATE]
            piece[:] = np.frombuffer(self.read(WIDTH * start, WIDTH * (start + len(piece))), "<i2")
            piece /= _FULL
        return strip

    def close(self) -> None:
        """It is gone."""
        with self._lock:
            self._file.close()
