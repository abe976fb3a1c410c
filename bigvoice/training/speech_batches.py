"""Speech batches: a manifest's recordings, changed by chance, as batches of spectrograms and symbols.

What is drawn hangs on the seed, the epoch and the recording alone: a training that goes on in the middle of an epoch
hears what it would have heard, whatever the number of processes that prepare batches. What cannot be learnt from is
left out, with its reason: a file that cannot be read costs a recording, not the epoch.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from bigvoice.corpora.manifest import Entry, Index
from bigvoice.corpora.statistics import n_steps, n_steps_needed
from bigvoice.corpora.vocabulary import Vocabulary
from bigvoice.decoding import load
from bigvoice.errors import CorpusError, RecordingError, TrainingError
from bigvoice.features.augmentation import at_speed, coloured_noise, decaying_room, in_room, with_noise
from bigvoice.features.log_spectrogram import HOP, N_BANDS, Frames, log_spectrogram, normalized
from bigvoice.processors import n_processors
from bigvoice.recording import RATE, Samples
from bigvoice.training.deepspeech2_config import AugmentationOptions
from bigvoice.training.hearing import drawn
from bigvoice.training.left_out import LeftOut

SAMPLED = 300
"""Recordings that the mean spectrum of a streaming model is taken from."""
JITTER = 0.1
"""Lengths are taken as up to so much longer or shorter before like ones are put into a batch, so that those change."""


@dataclass(frozen=True, eq=False)
class Batch:
    """frames: (n, t, 161) normalized, zeros behind each; n_frames, n_symbols: (n,); symbols: of all, in one row."""

    frames: Tensor
    n_frames: Tensor
    symbols: Tensor
    n_symbols: Tensor
    texts: tuple[str, ...]
    paths: tuple[Path, ...]
    left_out: tuple[LeftOut, ...] = ()

    def __len__(self) -> int:
        return len(self.paths)


@dataclass(frozen=True, slots=True)
class Hearing:
    """How recordings become spectrograms. mean, deviation: (161,) of a corpus; None: of each recording by itself."""

    vocabulary: Vocabulary
    stride: int
    seed: int = 0
    mean: Frames | None = None
    deviation: Frames | None = None
    changes: AugmentationOptions | None = None


@dataclass(frozen=True, slots=True)
class Chosen:
    """The rows of a manifest that can be learnt from, with their lengths, and those that cannot."""

    index: Index
    rows: NDArray[np.int64]
    seconds: NDArray[np.float32]
    speakers: frozenset[str]
    left_out: tuple[LeftOut, ...]

    @property
    def hours(self) -> float:
        """Of what can be learnt from."""
        return float(self.seconds.sum(dtype=np.float64)) / 3600


def choose(manifest: Path, vocabulary: Vocabulary, stride: int, longest: float) -> Chosen:
    """Looks at every row's text and length, once. Raises CorpusError where nothing is left, or less than half."""
    index, left_out, speakers = Index(manifest), [], set()
    rows, seconds = [], []
    for number in range(len(index)):
        entry = index[number]
        if reason := unfit(entry, vocabulary, stride, longest):
            left_out.append(LeftOut(entry.path, reason))
        else:
            rows.append(number)
            seconds.append(entry.seconds)
            speakers.add(entry.speaker)
    if len(rows) <= len(left_out):
        example = f": {left_out[0].path}: {left_out[0].reason}" if left_out else ""
        raise CorpusError(
            f"{manifest}: of {len(index)} recordings {len(left_out)} cannot be learnt from{example};"
            " mend the texts, or make the manifest and its vocabulary anew with `bigvoice corpus`"
        )
    lengths = np.array(seconds, np.float32)
    return Chosen(index, np.array(rows), lengths, frozenset(speakers - {""}), tuple(left_out))


def mean_spectrum(chosen: Chosen, seed: int) -> tuple[Frames, Frames]:
    """Each band's mean and deviation (161,) over some recordings, for one who cannot wait for the end of one."""
    picked = np.random.default_rng(seed).permutation(chosen.rows)[:SAMPLED]
    heard = []
    for row in picked:
        try:
            heard.append(log_spectrogram(load(chosen.index[int(row)].path).samples))
        except RecordingError:  # told, with its reason, when it is its turn to be learnt from
            continue
    if not heard:
        raise TrainingError(f"none of {len(picked)} recordings of {chosen.index.path} can be read: look at its paths")
    frames = np.concatenate(heard)
    return frames.mean(axis=0), np.maximum(frames.std(axis=0), 0.1)


def unfit(entry: Entry, vocabulary: Vocabulary, stride: int, longest: float) -> str:
    """Why nothing can be learnt from it; "" where something can."""
    if not entry.text.strip():
        return "no text"
    if unknown := vocabulary.unknown(entry.text):
        return f"characters outside the vocabulary: {unknown}"
    if entry.seconds > longest:
        return f"longer than {longest:g} s"
    steps, needed = n_steps(entry.seconds, stride), n_steps_needed(vocabulary.encode(entry.text))
    return f"{steps} steps of sound for a text of {needed}" if steps < needed else ""


def plan(
    seconds: NDArray[np.float32], batch: int, epoch: int, seed: int, *, by_length: bool
) -> list[NDArray[np.int64]]:
    """Batches of one epoch, as places in `seconds`: from short to long, or shuffled, with like lengths together."""
    rng = np.random.default_rng([seed, epoch])
    near = np.ones(len(seconds)) if by_length else rng.uniform(1 - JITTER, 1 + JITTER, len(seconds))
    order = np.argsort(seconds * near, kind="stable")
    found = [order[first : first + batch] for first in range(0, len(order), batch)]
    return found if by_length else [found[i] for i in rng.permutation(len(found))]


class _Batches(Dataset[Batch]):
    def __init__(self, index: Index, hearing: Hearing) -> None:
        self.index, self.hearing = index, hearing

    def __getitem__(self, asked: tuple[int, NDArray[np.int64]]) -> Batch:
        epoch, rows = asked
        return collate([self._example(int(row), epoch) for row in rows])

    def _example(self, row: int, epoch: int) -> Example | LeftOut:
        entry = self.index[row]
        rng = np.random.default_rng([self.hearing.seed, epoch, row])
        return example(entry, self.hearing, rng)


def batches(
    index: Index,
    asked: Sequence[NDArray[np.int64]],
    epoch: int,
    hearing: Hearing,
    workers: int,
    *,
    pinned: bool = False,
) -> Iterator[Batch]:
    """The batches of an epoch, prepared ahead by so many processes, or as there are processors. asked: rows of each."""
    workers = min(workers, n_processors())
    loader = DataLoader(
        _Batches(index, hearing),
        batch_size=None,
        sampler=[(epoch, rows) for rows in asked],
        num_workers=workers,
        prefetch_factor=4 if workers else None,
        pin_memory=pinned,
        generator=torch.Generator(),  # else each loader takes a number from those that dropout draws
    )
    yield from loader


@dataclass(frozen=True, eq=False)
class Example:
    """One recording as it is learnt from."""

    frames: Frames
    symbols: list[int]
    entry: Entry


def example(entry: Entry, hearing: Hearing, rng: np.random.Generator) -> Example | LeftOut:
    """The recording, changed, as frames and symbols; or why it is left out."""
    try:
        samples = load(entry.path).samples
    except RecordingError as error:
        return LeftOut(entry.path, str(error))
    symbols = hearing.vocabulary.encode(entry.text)
    needed = n_steps_needed(symbols) * hearing.stride * HOP + HOP
    if len(samples) < needed:
        return LeftOut(entry.path, f"{len(samples) / RATE:.2f} s of sound are too short for its text")
    if hearing.changes is not None:
        samples = changed(samples, hearing.changes, needed, rng)
    frames = normalized(log_spectrogram(samples), hearing.mean, hearing.deviation)
    if not np.isfinite(frames).all():
        return LeftOut(entry.path, "its samples are no numbers")
    if hearing.changes is not None:
        frames = masked(frames, hearing.changes, rng)
    return Example(frames, symbols, entry)


def changed(samples: Samples, changes: AugmentationOptions, needed: int, rng: np.random.Generator) -> Samples:
    """The same speech at another speed, in a room, over noise, at another level; at least `needed` samples of it."""
    if changes.speed > 0:
        faster = at_speed(samples, 1 + round(rng.uniform(-changes.speed, changes.speed), 2))
        samples = faster if len(faster) >= needed else samples
    if rng.random() < changes.room:
        samples = in_room(samples, _room(changes.room_folder, rng))
    if rng.random() < changes.noise:
        noise = _noise(changes.noise_folder, len(samples), rng)
        samples = with_noise(samples, noise, rng.uniform(changes.snr_low_db, changes.snr_high_db))
    return samples * np.float32(10 ** (rng.uniform(-changes.volume_db, changes.volume_db) / 20))


def _room(folder: Path | None, rng: np.random.Generator) -> Samples:
    return drawn(folder, rng) if folder else decaying_room(rng, rng.uniform(0.1, 0.6), rng.uniform(-3, 9))


def _noise(folder: Path | None, n_samples: int, rng: np.random.Generator) -> Samples:
    """A recorded one from anywhere in it, or, where there are none and in three of ten cases, a made one."""
    if folder is None or rng.random() < 0.3:
        return coloured_noise(rng, n_samples, rng.uniform(0, 2))
    noise = drawn(folder, rng)
    return np.roll(noise, int(rng.integers(len(noise))))


def masked(frames: Frames, changes: AugmentationOptions, rng: np.random.Generator) -> Frames:
    """SpecAugment: some stretches of time and of frequency are nothing (zeros are the mean)."""
    frames = frames.copy()
    for _ in range(changes.time_masks):
        width = int(rng.integers(min(changes.time_mask, len(frames) // 5) + 1))
        first = int(rng.integers(len(frames) - width + 1))
        frames[first : first + width] = 0
    for _ in range(changes.band_masks):
        width = int(rng.integers(changes.band_mask + 1))
        first = int(rng.integers(N_BANDS - width + 1))
        frames[:, first : first + width] = 0
    return frames


def collate(found: Sequence[Example | LeftOut]) -> Batch:
    """Examples as one batch; where there are none, a batch of length 0 that still holds a silent row."""
    good = [each for each in found if isinstance(each, Example)]
    lengths = [len(each.frames) for each in good]
    frames = torch.zeros(max(1, len(good)), max([*lengths, 64]), N_BANDS)
    for row, each in enumerate(good):
        frames[row, : len(each.frames)] = torch.from_numpy(each.frames)
    return Batch(
        frames,
        torch.tensor(lengths or [64]),
        torch.tensor([number for each in good for number in each.symbols], dtype=torch.long),
        torch.tensor([len(each.symbols) for each in good] or [0]),
        tuple(each.entry.text for each in good),
        tuple(each.entry.path for each in good),
        tuple(each for each in found if isinstance(each, LeftOut)),
    )
