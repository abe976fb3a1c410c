"""Decoding: a file in any common format -> a Recording.

The file is decoded once, in one pass and into one strip of memory: 4 bytes a sample, 230 MB an hour.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from bigvoice import soundtrack
from bigvoice.errors import RecordingError, SettingsError
from bigvoice.file_digest import sha256_of
from bigvoice.levels import Tape, are_alike, level
from bigvoice.metadata import started
from bigvoice.progress import Hook, silent
from bigvoice.recording import RATE, Recording, Samples

MIX, SEPARATE = "mix", "separate"
CHANNELS = (MIX, SEPARATE)

SHORTEST = 0.1
"""Seconds: under this there is no syllable."""


def load(path: str | Path, *, channels: str = MIX, hook: Hook = silent) -> Recording:
    """The sound of a file (wav, flac, mp3, m4a, mp4, mov, ogg, opus, webm, aac, wma, 3gp, ...) as a Recording.

    channels: "mix", or "separate" to keep up to 8 channels apart as tracks (with their mean as samples), unless all
    of them hold the same sound.
    The samples are read-only. An offset is removed, very quiet sound raised, each with a note (see `levels`). Progress
    comes as stage "load", in seconds of sound. A .pcm without a header is taken as 16 kHz, 16 bit, mono.

    Raises RecordingError for what is no readable recording of at least 0.1 s, SettingsError for unknown `channels`.
    """
    if channels not in CHANNELS:
        raise SettingsError(f"channels: {channels!r} is unknown; take one of {', '.join(CHANNELS)}")
    path = Path(path)
    _check(path)
    track = soundtrack.read(path, soundtrack.apart if channels == SEPARATE else soundtrack.mean, Tape, hook)
    strips = [tape.cut() for tape in track.tapes]
    if channels == MIX and strips and track.tally.cancels(strips[0]):
        best = int(track.tally.power.argmax())
        track.notes.append(f"the channels cancel each other: only channel {best + 1} was used")
        strips = [soundtrack.read(path, soundtrack.only(best), Tape, hook).tapes[0].cut()]
    if not strips or len(strips[0]) < SHORTEST * RATE:
        raise RecordingError(f"{path}: less than {SHORTEST:g} s of sound; check that this is the whole recording")
    tracks = strips if len(strips) > 1 else []
    samples = _mean_of(tracks) if tracks else strips[0]
    notes = [*track.notes, *track.tally.notes(), *level(samples, tracks)]
    if are_alike(tracks):
        notes.append("the channels hold the same sound, so they were not kept apart")
        tracks = []
    for strip in (samples, *tracks):
        strip.setflags(write=False)
    return Recording(
        samples,
        path=path,
        sha256=sha256_of(path),
        started=started(track.tags),
        tracks=tuple(Recording(strip, path=path) for strip in tracks),
        notes=tuple(notes),
    )


def _check(path: Path) -> None:
    """Raises RecordingError where there is no file to read."""
    try:
        if path.is_dir():
            raise RecordingError(f"{path} is a folder: name one recording in it")
        with path.open("rb") as file:
            if not file.read(1):
                raise RecordingError(f"{path} is empty (0 bytes): copy it again from where it was recorded")
    except FileNotFoundError as error:
        raise RecordingError(f"{path}: no such file; check the name and the folder") from error
    except OSError as error:
        raise RecordingError(f"{path} cannot be read ({error.strerror}): check its permissions") from error


def _mean_of(tracks: list[Samples]) -> Samples:
    """The mean of whole tracks, with no copy besides the result."""
    total = tracks[0].copy()
    for track in tracks[1:]:
        total += track
    total /= np.float32(len(tracks))
    return total
