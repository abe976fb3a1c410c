"""Surroundings: the noise and the rooms in which recordings are heard again, from folders or made.

Chance is fixed: which noise, from where on, and which room hang on the recording's name and the seed alone, so that
every recogniser hears the same sound, today and tomorrow, whatever else is in the list. The same noise lies under a
recording from near and from far: what differs is the room, and how loud the noise is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from zlib import crc32

import numpy as np

from bigvoice.decoding import load
from bigvoice.errors import RecordingError, SettingsError
from bigvoice.evaluation.conditions import Condition
from bigvoice.features.augmentation import coloured_noise, decaying_room, in_room, rms, with_noise
from bigvoice.recording import RATE, Samples
from bigvoice.training.corpus import sound_files

SEED = 20261121

PINK = 1.0
"""Power of made noise falls with frequency to this power: about as that of a street, a fan and of many voices does."""

DECAY_S, DIRECT_TO_TAIL_DB = 0.6, 0.0
"""A made room: sound dies away by 60 dB in 0.6 s, as in a meeting room with hard walls; the speaker sits so far away
that the room is as loud as the voice itself (the critical distance)."""

_FRAME = RATE // 10


@dataclass(frozen=True, slots=True)
class Surroundings:
    """noise, rooms: sound files, the latter of impulse responses; without any, they are made."""

    noise: Sequence[Path] = ()
    rooms: Sequence[Path] = ()
    seed: int = SEED

    @classmethod
    def of(cls, noise: Path | None, rooms: Path | None, *, seed: int = SEED) -> Surroundings:
        """All sound in these folders. Raises SettingsError for one without any."""
        return cls(_inside(noise, "--noise"), _inside(rooms, "--rooms"), seed)

    def __str__(self) -> str:
        """In words.

        >>> str(Surroundings())
        'noise: made, pink; rooms: made, decay 0.6 s, direct to reverberant sound 0 dB'
        """
        noise = f"of {len(self.noise)} files" if self.noise else "made, pink"
        made = f"made, decay {DECAY_S:g} s, direct to reverberant sound {DIRECT_TO_TAIL_DB:g} dB"
        return f"noise: {noise}; rooms: {f'of {len(self.rooms)} files' if self.rooms else made}"

    def heard(self, samples: Samples, condition: Condition, name: str) -> Samples:
        """Samples (n,) of the recording of that name -> the same under that condition: (n,), within [-1, 1].

        Silence stays silence. Raises RecordingError for a file of noise or of a room that cannot be used.
        """
        rng = np.random.default_rng([self.seed, crc32(name.encode())])
        noise = self._some_noise(rng, len(samples))  # before the room: so near and far have the same
        found = in_room(samples, self._some_room(rng)) if condition.in_room else samples
        if condition.snr_db is not None:
            found = with_noise(found, noise, condition.snr_db)
        peak = float(np.abs(found).max(initial=0.0))
        return found / np.float32(peak) if peak > 1.0 else found  # speech and noise alike: the ratio stays

    def _some_noise(self, rng: np.random.Generator, n_samples: int) -> Samples:
        """(n_samples,); a file that is shorter begins again."""
        if not self.noise:
            return coloured_noise(rng, n_samples, PINK)
        path = self.noise[int(rng.integers(len(self.noise)))]
        noise = _loaded(path)
        return np.resize(np.roll(noise, -_loud_place(noise, path, rng)), n_samples)

    def _some_room(self, rng: np.random.Generator) -> Samples:
        if not self.rooms:
            return decaying_room(rng, DECAY_S, DIRECT_TO_TAIL_DB)
        path = self.rooms[int(rng.integers(len(self.rooms)))]
        return _sounding(_loaded(path), path)


def _inside(folder: Path | None, option: str) -> tuple[Path, ...]:
    if folder is None:
        return ()
    if not (files := sound_files(folder)):
        raise SettingsError(f"{option}: {folder} holds no sound (.wav, .flac, .mp3, .ogg, .opus); name another folder")
    return tuple(files)


def _loud_place(noise: Samples, path: Path, rng: np.random.Generator) -> int:
    """A sample to begin at, in one of the louder tenths of a second: a dog's bark may have seconds of nothing after it.

    What is shorter than that is taken from its beginning.
    """
    n_frames = len(_sounding(noise, path)) // _FRAME
    powers = np.square(noise[: n_frames * _FRAME], dtype=np.float64).reshape(n_frames, _FRAME).mean(axis=1)
    loud = np.flatnonzero(powers >= powers.mean()) if n_frames else np.zeros(1, np.intp)
    return int(rng.choice(loud)) * _FRAME


def _sounding(samples: Samples, path: Path) -> Samples:
    if rms(samples) == 0:
        raise RecordingError(f"{path} is silent: take it out of the folder of noise or rooms")
    return samples


@lru_cache(maxsize=32)
def _loaded(path: Path) -> Samples:
    return load(path).samples
