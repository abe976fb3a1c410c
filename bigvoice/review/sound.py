"""Sound: the recording as the page plays it, 16 kHz mono WAV, decoded once and in the background.

What is decoded goes into a file without a name (32 kB a second, 346 MB for three hours), so memory stays small, and any
part that is there can be heard while the rest is being decoded. The length is the one that the minutes say: the bytes
of the whole are known before the first is decoded.
"""

from __future__ import annotations

import hashlib
import struct
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bigvoice import soundtrack
from bigvoice.errors import BigvoiceError
from bigvoice.minutes.minutes import Source
from bigvoice.progress import silent
from bigvoice.recording import RATE
from bigvoice.review.waveform import Waveform

READY, DECODING, MISSING, CHANGED = "ready", "decoding", "missing", "changed"
WIDTH: Final = 2
"""Bytes a sample."""
HEADER: Final = 44


def header(n_samples: int) -> bytes:
    """What a WAV file of 16 kHz, one channel and 16 bits begins with. One beyond 4 GB (37 h) claims to be that long."""
    n_bytes = min(WIDTH * n_samples, 2**32 - 1 - HEADER)
    form = struct.pack("<IHHIIHH", 16, 1, 1, RATE, WIDTH * RATE, WIDTH, 8 * WIDTH)
    return (
        struct.pack("<4sI8s", b"RIFF", n_bytes + HEADER - 8, b"WAVEfmt ") + form + struct.pack("<4sI", b"data", n_bytes)
    )


@dataclass(frozen=True, slots=True)
class SoundState:
    """state: ready, decoding, missing or changed. why: what is wrong; "" if nothing is. decoded: seconds."""

    name: str
    state: str
    why: str
    decoded: float


class Sound:
    """Safe to use from several threads. `start` begins, `close` ends."""

    def __init__(self, path: Path | None, source: Source, on_change: Callable[[], None] = lambda: None) -> None:
        """path: None where there is no recording. on_change: called, from any thread, when there is more of it."""
        self._path, self._source, self._on_change = path, source, on_change
        self.n_samples = round(source.duration * RATE)
        self.waveform = Waveform()
        self._file = tempfile.TemporaryFile()  # noqa: SIM115  # closed by `close`
        self._lock = Lock()
        self._used = 0  # samples
        self._stopped = Event()
        self._done = self._changed = False
        self._why = "" if path else "missing"
        self._threads = [Thread(target=self._decode, daemon=True), Thread(target=self._check, daemon=True)]

    def start(self) -> None:
        """Begin to decode, and to compare the file with the one that the minutes were made of."""
        if self._path:
            for thread in self._threads:
                thread.start()

    def close(self) -> None:
        """Stop; what was decoded is gone."""
        self._stopped.set()
        for thread in self._threads:
            if thread.ident:
                thread.join()
        self._file.close()

    @property
    def state(self) -> SoundState:
        """How far it is."""
        state = MISSING if self._why else CHANGED if self._changed else READY if self._done else DECODING
        return SoundState(self._source.file, state, self._why, self.decoded)

    @property
    def decoded(self) -> float:
        """Seconds."""
        return min(self._used, self.n_samples) / RATE

    @property
    def size(self) -> int:
        """Bytes of the whole WAV file."""
        return HEADER + WIDTH * self.n_samples

    def has(self, end: int) -> bool:
        """Whether the bytes up to there can be read; all can where nothing more will come."""
        return self._done or bool(self._why) or end <= HEADER + WIDTH * self._used

    def read(self, start: int, end: int) -> bytes:
        """The bytes [start, end) of the WAV file; what is not decoded is silent."""
        head = header(self.n_samples)[start:end]
        first, last = max(0, start - HEADER), min(end, self.size) - HEADER
        if last <= first:
            return head
        with self._lock:
            self._file.seek(first)
            sound = self._file.read(last - first)
        return head + sound.ljust(last - first, b"\0")

    def append(self, block: NDArray[np.float32], /) -> None:
        """A `soundtrack.Tape`: takes the next samples."""
        if self._stopped.is_set():
            raise _StoppedError
        with self._lock:
            self._file.seek(WIDTH * self._used)
            self._file.write((block.clip(-1, 1) * np.float32(32767)).astype("<i2").tobytes())
            self._used += len(block)
        self.waveform.append(block)
        self._on_change()

    def silence(self, n_samples: int, /) -> None:
        """A `soundtrack.Tape`: takes zeros."""
        for start in range(0, n_samples, RATE):
            self.append(np.zeros(min(RATE, n_samples - start), np.float32))

    def _decode(self) -> None:
        assert self._path
        try:
            soundtrack.read(self._path, soundtrack.mean, lambda _: self, silent)
        except _StoppedError:
            return
        except (BigvoiceError, OSError) as error:
            self._why = str(error)
        self._done = True
        self._on_change()

    def _check(self) -> None:
        assert self._path
        with self._path.open("rb") as file:
            self._changed = hashlib.file_digest(file, "sha256").hexdigest() != self._source.sha256
        self._on_change()


class _StoppedError(Exception):
    """`close` was called."""
