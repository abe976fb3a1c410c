"""Sound: the recording as the page plays it, 16 kHz mono WAV, decoded once and in the background.

What is decoded goes into a file without a name (32 kB a second, 346 MB for three hours), so memory stays small, and any
part that is there can be heard while the rest is being decoded. The length is the one that the minutes say: the bytes
of the whole are known before the first is decoded.
"""

from __future__ import annotations

import hashlib
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread
from typing import Final

from bigvoice import soundtrack
from bigvoice.errors import BigvoiceError
from bigvoice.levels import level
from bigvoice.minutes.minutes import Source
from bigvoice.progress import silent
from bigvoice.recording import RATE, Recording
from bigvoice.review.sample_file import WIDTH, SampleFile

READY, DECODING, MISSING, CHANGED = "ready", "decoding", "missing", "changed"
HEADER: Final = 44
"""Bytes of a WAV file before its sound."""
_AT_ONCE = 1024 * 1024
TELL_EVERY = 0.25
"""Seconds between two reports of how far it is."""


def header(n_samples: int) -> bytes:
    """What a WAV file of 16 kHz, one channel and 16 bits begins with. One beyond 4 GB (37 h) claims to be that long."""
    n_bytes = min(WIDTH * n_samples, 2**32 - 1 - HEADER)
    form = struct.pack("<IHHIIHH", 16, 1, 1, RATE, WIDTH * RATE, WIDTH, 8 * WIDTH)
    return (
        struct.pack("<4sI8s", b"RIFF", n_bytes + HEADER - 8, b"WAVEfmt ") + form + struct.pack("<4sI", b"data", n_bytes)
    )


@dataclass(frozen=True, slots=True)
class SoundState:
    """state: ready, decoding, missing or changed. why: it cannot be decoded; "" if it can. decoded: seconds."""

    name: str
    state: str
    why: str
    decoded: float


class Sound:
    """Safe to use from several threads. `start` begins, `stop` ends."""

    def __init__(self, path: Path | None, source: Source, on_change: Callable[[], None] = lambda: None) -> None:
        """path: None where there is no recording. on_change: called, from any thread, now and then when there is more.

        Raises RecordingError where there is no room for temporary files.
        """
        self._path, self._source, self._on_change = path, source, on_change
        self.n_samples = max(0, round(source.duration * RATE))
        self._store = SampleFile()
        self._stop = Event()
        self._done, self._why, self._sha256 = path is None, "", ""
        self._told = 0.0
        self._threads = [Thread(target=work, daemon=True) for work in (self._check, self._decode)] if path else []

    def start(self) -> None:
        """Begin to decode, and to compare the file with the one that the minutes were made of."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Decode no more; who waits for sound gets silence."""
        self._stop.set()

    def close(self) -> None:
        """After `stop`: what was decoded is gone."""
        for thread in self._threads:
            if thread.ident:
                thread.join()
        self._store.close()

    @property
    def state(self) -> SoundState:
        """How far it is."""
        changed = self._sha256 and self._source.sha256 and self._sha256 != self._source.sha256
        missing = self._path is None or self._why
        state = MISSING if missing else CHANGED if changed else READY if self._done and self._sha256 else DECODING
        return SoundState(self._source.file, state, self._why, min(len(self._store), self.n_samples) / RATE)

    @property
    def size(self) -> int:
        """Bytes of the whole WAV file."""
        return HEADER + WIDTH * self.n_samples

    def has(self, end: int) -> bool:
        """Whether the bytes up to there can be read; all can where nothing more will come."""
        return self._done or self._stop.is_set() or end <= HEADER + WIDTH * len(self._store)

    def read(self, start: int, end: int) -> bytes:
        """The bytes [start, end) of the WAV file; what is not decoded is silent."""
        first, last = max(0, start - HEADER), min(end, self.size) - HEADER
        sound = self._store.read(first, last).ljust(last - first, b"\0") if last > first else b""
        return header(self.n_samples)[start:end] + sound

    def levels(self, start: int) -> bytes:
        """The waveform from its byte of that number on, as far as it is known."""
        return self._store.waveform.since(start)

    def recording(self) -> Recording | None:
        """All of it, as `load` gives it (230 MB an hour); None before it is decoded and compared, or without it."""
        if not (self._done and self._path and self._sha256) or self._why:
            return None
        samples = self._store.samples()
        notes = level(samples)
        samples.setflags(write=False)
        return Recording(samples, path=self._path, sha256=self._sha256, notes=tuple(notes))

    def _decode(self) -> None:
        assert self._path
        try:
            self._read(self._path)
        except _StoppedError:
            return
        except (BigvoiceError, OSError) as error:
            self._why = str(error)
        finally:  # whatever it was: nobody waits for more
            self._done = True
        self._on_change()

    def _read(self, path: Path) -> None:
        track = soundtrack.read(path, soundtrack.mean, self._tape, silent)
        if track.tally.cancels_to(self._store.power):  # as `load` does
            soundtrack.read(path, soundtrack.only(int(track.tally.power.argmax())), self._tape, silent)

    def _tape(self, _: int) -> SampleFile:
        self._store.restart(self._grown)
        return self._store

    def _grown(self) -> None:
        if self._stop.is_set():
            raise _StoppedError
        if time.monotonic() > self._told + TELL_EVERY:
            self._told = time.monotonic()
            self._on_change()

    def _check(self) -> None:
        assert self._path
        try:
            digest = hashlib.sha256()
            with self._path.open("rb") as file:
                while (piece := file.read(_AT_ONCE)) and not self._stop.is_set():
                    digest.update(piece)
            self._sha256 = digest.hexdigest()
        except OSError as error:
            self._why = f"{self._path} cannot be read: {error.strerror}"
        self._on_change()


class _StoppedError(Exception):
    """`stop` was called."""
