"""Audio: pieces are laid over each other with pydub and written with PyAV, which needs no ffmpeg on the machine."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray
from voices import RATE

with warnings.catch_warnings():  # of the standard library's audioop, and that pydub finds no ffmpeg: it is not asked to
    warnings.simplefilter("ignore")
    from pydub import AudioSegment

_CODECS = {".m4a": "aac", ".mp3": "libmp3lame", ".ogg": "libopus"}


def piece(samples: NDArray[np.float64], *, gain_db: float = 0.0, fade_ms: int = 3) -> AudioSegment:
    """Samples (n,) at RATE as a pydub segment, louder by `gain_db`, faded in and out."""
    wave = np.rint(np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes()
    segment = AudioSegment(wave, sample_width=2, frame_rate=RATE, channels=1)
    return segment.apply_gain(gain_db).fade_in(fade_ms).fade_out(fade_ms)


def mix(pieces: Iterable[tuple[int, AudioSegment]], duration_ms: int, *, peak_db: float = -3.0) -> AudioSegment:
    """Every piece laid at its millisecond over silence of that duration; the loudest sample at `peak_db`."""
    track = AudioSegment.silent(duration_ms, frame_rate=RATE)
    for start_ms, segment in pieces:
        track = track.overlay(segment, position=start_ms)
    return track.apply_gain(peak_db - track.max_dBFS)


def write(segment: AudioSegment, path: Path, *, bit_rate: int) -> None:
    """The segment compressed, in the format that the path's suffix names (.m4a, .mp3, .ogg)."""
    samples = np.asarray(segment.get_array_of_samples(), dtype=np.int16)[None]
    frame = av.AudioFrame.from_ndarray(samples, format="s16", layout="mono")
    frame.sample_rate, frame.pts = RATE, 0  # counted from 0, or players do not skip what the encoder puts before
    with av.open(str(path), "w", options={"fflags": "+bitexact"}) as container:  # no chance in it, no version
        stream = container.add_stream(_CODECS[path.suffix], rate=RATE, layout="mono")
        assert isinstance(stream, av.AudioStream)
        stream.bit_rate = bit_rate
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
