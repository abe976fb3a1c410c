"""Hearing: one utterance as it would sound elsewhere: another voice, other rooms, noise, lines and codecs."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np

from bigvoice.decoding import load
from bigvoice.features.augmentation import (
    at_level,
    coded,
    coloured_noise,
    decaying_room,
    in_band,
    in_room,
    with_noise,
)
from bigvoice.recording import Samples
from bigvoice.training.corpus import sound_files

LEVEL_DB = -26.0
CODECS = (("libopus", 12_000), ("libopus", 24_000), ("libmp3lame", 32_000), ("aac", 24_000))


def elsewhere(data: Path, samples: Samples, rng: np.random.Generator) -> Samples:
    """The same speech in another room (made or real, or none), over noise (made or real) 5 to 35 dB below it, and
    sometimes over the telephone, through a narrow band or a lossy codec.
    """
    heard = at_level(samples, LEVEL_DB)
    kind = rng.random()
    if kind < 0.6:
        heard = in_room(heard, decaying_room(rng, rng.uniform(0.15, 0.7), rng.uniform(-3, 9)))
    elif kind < 0.8:
        heard = in_room(heard, drawn(data / "rooms", rng))
    made = rng.random() < 0.5
    noise = coloured_noise(rng, len(heard), rng.uniform(0, 2)) if made else drawn(data / "noise", rng)
    return over_a_line(with_noise(heard, noise, rng.uniform(5, 35)), rng)


def over_a_line(samples: Samples, rng: np.random.Generator) -> Samples:
    """One in three: through a narrower band, or a codec."""
    kind = rng.random()
    if kind < 0.1:
        return in_band(samples, rng.uniform(100, 300), 3_400)
    if kind < 0.2:
        return in_band(samples, rng.uniform(20, 150), rng.uniform(3_800, 7_500))
    if kind < 0.35:
        return coded(samples, *CODECS[int(rng.integers(len(CODECS)))])
    return samples


def drawn(folder: Path, rng: np.random.Generator) -> Samples:
    """The sound of one of a folder's files."""
    files = _listed(folder)
    return _loaded(files[int(rng.integers(len(files)))])


@cache
def _listed(folder: Path) -> Sequence[Path]:
    return sound_files(folder)


@cache
def _loaded(path: Path) -> Samples:
    return load(path).samples
