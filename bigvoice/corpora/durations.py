"""Durations: how long recordings are, from their headers, several at a time. An adapter to PyAV."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import av
from av.container import InputContainer

from bigvoice import soundtrack
from bigvoice.corpora.utterance import Utterance

AT_ONCE = min(16, 2 * (os.cpu_count() or 1))
"""Files read at the same time: half of them wait for the disk."""
AHEAD = 16 * AT_ONCE
"""Utterances taken in before the first one's length is needed."""
GUESSED = {"aac": (), "mp3": (b"Xing", b"Info", b"VBRI")}
"""Formats whose length FFmpeg guesses from a bit rate, and what at their beginning tells the true one."""


def seconds(path: Path) -> float | None:
    """A recording's length by its header, or by its packets where the header does not say; None: it is no recording.

    Nothing is decoded, so that sound which is broken further on is not noticed.
    """
    try:
        with soundtrack.opened(path) as container:
            if not container.streams.audio:
                return None
            return _declared(container, path) or _counted(container)
    except (av.FFmpegError, OSError):
        return None


def measured(utterances: Iterable[Utterance]) -> Iterator[tuple[Utterance, float | None]]:
    """Each utterance with its length, in order; a length that is known already is believed."""
    waiting: deque[tuple[Utterance, Future[float | None]]] = deque()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for utterance in utterances:
            waiting.append((utterance, pool.submit(_seconds, utterance)))
            if len(waiting) > AHEAD:
                yield _first(waiting)
        while waiting:
            yield _first(waiting)


def _seconds(utterance: Utterance) -> float | None:
    return utterance.seconds if utterance.seconds is not None else seconds(utterance.path)


def _first(waiting: deque[tuple[Utterance, Future[float | None]]]) -> tuple[Utterance, float | None]:
    utterance, length = waiting.popleft()
    return utterance, length.result()


def _declared(container: InputContainer, path: Path) -> float | None:
    marks = GUESSED.get(container.format.name)
    if marks is not None and not any(mark in _beginning(path) for mark in marks):
        return None
    stream = container.streams.audio[0]
    if stream.duration is not None and stream.time_base is not None:
        return float(stream.duration * stream.time_base)
    return container.duration / soundtrack.MICROSECONDS if container.duration else None


def _beginning(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(1 << 16)  # a picture may stand before the first frame


def _counted(container: InputContainer) -> float | None:
    stream = container.streams.audio[0]
    total = sum(packet.duration or 0 for packet in container.demux(stream))
    return float(total * stream.time_base) if total and stream.time_base else None
