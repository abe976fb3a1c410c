"""Opus: the sound of a recording made small, for a page that is to be listened to. The other adapter to PyAV.

Opus lies in MP4, where Chrome and Firefox have played it for long and Safari does since 17 (its release notes; it long
refused Ogg). MP4 has an index of all its packets, so that a seek finds its place in a file and in a blob: alike and
never guesses by bytes. Words are found to the hundredth of a second (in Chromium: tests/test_browser_transcript.py).
"""

from __future__ import annotations

import io
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from bigvoice import soundtrack
from bigvoice.progress import Hook, Progress, silent
from bigvoice.recording import RATE

MEDIA_TYPE = "audio/mp4"
SUFFIX = ".mp4"

# Measured on five minutes of a meeting at 24 kbit/s, one core; the error is that of log-mel bands in speech:
# "voip" 0: 346x real time, 3.4 dB; 10: 107x, 3.1 dB. "audio" 0: 897x, 3.2 dB; 1: 647x, 2.9 dB; 3: 452x, 2.9 dB; 10:
# 103x, 3.0 dB. Frames of 60 ms save a tenth of the bytes and cost 0.2 dB.
_OPTIONS = {"application": "audio", "compression_level": "1", "frame_duration": "20", "vbr": "on"}
_FULL_SCALE = 32767


def encode(path: Path, bitrate: int, *, hook: Hook = silent) -> bytes:
    """The recording's sound as Opus in MP4: mono, 16 kHz (what bigvoice heard), on the recording's clock.

    bitrate: kbit/s, on average. It is decoded and encoded piece by piece: nothing but the result is kept. Progress:
    stage "sound", in seconds of sound. Raises RecordingError.
    """
    found, lost = _encode(path, soundtrack.mean, bitrate, hook)
    return found if lost is None else _encode(path, soundtrack.only(lost), bitrate, hook)[0]


def _encode(path: Path, arrange: soundtrack.Arrange, bitrate: int, hook: Hook) -> tuple[bytes, int | None]:
    """The sound, and where its channels cancel each other the loudest of them."""
    track = soundtrack.read(
        path, arrange, lambda _: _OpusTape(bitrate), lambda told: hook(Progress("sound", told.done, told.total))
    )
    (tape,) = track.tapes
    return tape.finish(), int(track.tally.power.argmax()) if track.tally.cancels_to(tape.power) else None


class _OpusTape:
    """A `soundtrack.Tape` that keeps what is written to it as Opus only. power: the sum of the squares."""

    def __init__(self, bitrate: int) -> None:
        self.power = 0.0
        self._used = 0
        self._file = io.BytesIO()
        self._container = av.open(self._file, "w", format="mp4")
        self._stream = self._container.add_stream("libopus", rate=RATE, layout="mono", options=_OPTIONS)
        self._stream.bit_rate = bitrate * 1000

    def append(self, block: NDArray[np.float32], /) -> None:
        """Adds (n,) samples."""
        self.power += float(np.vdot(block, block))
        rounded = np.round(np.clip(block, -1.0, 1.0) * _FULL_SCALE).astype(np.int16)
        frame = av.AudioFrame.from_ndarray(rounded[np.newaxis], format="s16", layout="mono")
        frame.sample_rate, frame.pts = RATE, self._used
        self._container.mux(self._stream.encode(frame))
        self._used += len(block)

    def silence(self, n_samples: int, /) -> None:
        """Adds zeros."""
        for start in range(0, n_samples, RATE):
            self.append(np.zeros(min(RATE, n_samples - start), np.float32))

    def finish(self) -> bytes:
        """The whole file."""
        self._container.mux(self._stream.encode(None))
        self._container.close()
        return self._file.getvalue()
