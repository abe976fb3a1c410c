"""The mixture store: features and labels of thousands of made conversations, mixed once and read many times.

Mixing a chunk costs ten times what a step of training on it costs; so the chunks lie in memory-mapped files, and what
can be varied on features is varied when they are read (see `segmentation.spoil`).
"""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

import numpy as np
from numpy.lib.format import open_memmap
from numpy.typing import NDArray

from bigvoice.diarization.powerset import N_PEOPLE, classes
from bigvoice.features.mel import log_mel
from bigvoice.features.spectrogram import FRAME as MEL_FRAME
from bigvoice.features.spectrogram import HOP
from bigvoice.recording import RATE
from bigvoice.training import scenes
from bigvoice.training.corpus import held_out
from bigvoice.training.mixtures import FRAME, SPEEDS, Mixture, Speech, mixture
from bigvoice.turn import Turn

SEED = 20261121
SECONDS = 10
N_MELS = 64
N_FEATURES = SECONDS * RATE // HOP
N_LABELS = SECONDS * RATE // FRAME
MARGIN = -(-(MEL_FRAME - HOP) // FRAME) * FRAME
"""Samples that a mixture is longer than asked for, so that it has N_FEATURES whole frames."""
NOBODY = -1


@dataclass(frozen=True, eq=False)
class Mixtures:
    """features (n, N_FEATURES, N_MELS) float16; labels (n, N_LABELS), classes of the powerset; people (n, N_PEOPLE),
    whose voice each person has, as an index into `voices`, or NOBODY.
    """

    features: NDArray[np.float16]
    labels: NDArray[np.uint8]
    people: NDArray[np.int32]
    voices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """Where mixtures come from: the data folder, the folder of gathered speech, and of which side of the split."""

    data: Path
    speech: Path
    held: bool

    def mixture(self, number: int, seconds: int = SECONDS) -> Mixture:
        """The mixture of that number and length (and MARGIN), always the same."""
        speech, told = _material(self)
        rng = np.random.default_rng([SEED, self.held, number])
        scene = scenes.scene(told, seconds, N_PEOPLE, rng)
        return mixture(scene, speech, self.data, seconds * RATE + MARGIN, rng)

    def voices(self) -> list[str]:
        """All that may be heard."""
        speech, _ = _material(self)
        return [f"{name} x{speed}" for name in speech.places for speed in sorted(set(SPEEDS))]


@cache
def _material(source: Source) -> tuple[Speech, dict[str, list[Turn]]]:
    """Voices and meetings of that side of the split."""
    speech = Speech.read(source.speech)
    told = scenes.meetings(source.data / "ami_turns")
    return (
        speech.only([name for name in speech.places if held_out(name) == source.held]),
        {name: turns for name, turns in told.items() if scenes.held_out(name) == source.held},
    )


def make(source: Source, folder: Path, n: int, processes: int | None = None) -> Mixtures:
    """The first `n` mixtures of a source, kept in a folder; those that are there already are not made again."""
    folder.mkdir(parents=True, exist_ok=True)
    voices = source.voices()
    number = {name: i for i, name in enumerate(voices)}
    shards = [_shard(source, folder, first, min(SHARD, n - first), number, processes) for first in range(0, n, SHARD)]
    features, labels, people = (np.concatenate(arrays) for arrays in zip(*shards, strict=True))
    return Mixtures(features, labels, people, tuple(voices))


SHARD = 1_000
"""Mixtures a file."""

_Shard = tuple[NDArray[np.float16], NDArray[np.uint8], NDArray[np.int32]]


def _shard(source: Source, folder: Path, first: int, n: int, number: dict[str, int], processes: int | None) -> _Shard:
    path = folder / f"{first:06d}.npy"
    told = path.with_suffix(".npz")
    if not told.exists() or len(np.load(told)["labels"]) < n:
        features = open_memmap(path, "w+", np.float16, (n, N_FEATURES, N_MELS))
        labels = np.zeros((n, N_LABELS), np.uint8)
        people = np.full((n, N_PEOPLE), NOBODY, np.int32)
        with ProcessPoolExecutor(processes) as pool:
            made = pool.map(partial(_chunk, source), range(first, first + n), chunksize=8)
            for i, (heard, classified, voices) in enumerate(made):
                features[i], labels[i] = heard, classified
                people[i, : len(voices)] = [number[name] for name in voices]
        features.flush()
        np.savez(told, labels=labels, people=people)
    with np.load(told) as table:
        return np.load(path, mmap_mode="r")[:n], table["labels"][:n], table["people"][:n]


def _chunk(source: Source, number: int) -> tuple[NDArray[np.float16], NDArray[np.uint8], tuple[str, ...]]:
    made = source.mixture(number)
    features = log_mel(made.samples, N_MELS)[:N_FEATURES].astype(np.float16)
    return features, classes(made.activity[:, :N_LABELS]), made.voices
