"""The MFCC encoder's recipe: mixture, projection, cohort and calibration, from open speech in some minutes on a CPU.

    python -m bigvoice.training.mfcc DATA bigvoice/models/mfcc.npz

DATA holds the parts named in `bigvoice.training.corpus`, and `noise/` and `rooms/`. Speakers are split once, by a hash
of their name: four fifths teach mixture and projection and give the cohort; one fifth calibrates. Two thirds of what is
heard is heard in a room and noise. The seed is fixed; so is the result, to the last bit on one machine.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import linalg
from sklearn.mixture import GaussianMixture

from bigvoice.decoding import load
from bigvoice.errors import BigvoiceError
from bigvoice.features.augmentation import at_level, coloured_noise, decaying_room, in_room, with_noise
from bigvoice.features.spectrogram import HOP
from bigvoice.recording import RATE, Samples
from bigvoice.training.background import Row, Table, calibrate, strangers
from bigvoice.training.corpus import Utterance, held_out, utterances
from bigvoice.training.hearing import drawn
from bigvoice.voices.encoder import Projection, describe, sound_features, timbre, voiced
from bigvoice.voices.mixture import Frames, Mixture

SEED = 20261121
N_GAUSSIANS = 32
DIM = 128
WINDOW = 1.5
LONGEST_UTTERANCE = 10.0
COPIES = 3
SHRINK = 0.1
"""Share of the mean variance added to the covariance within speakers: there are fewer windows than it has entries."""
ALIKE = 0.30
"""Chosen on meetings made of held-out speakers (see the card): higher finds too many voices, lower too few."""


@dataclass(frozen=True, eq=False)
class Heard:
    """An utterance's features in one copy; copy 0 is as recorded, the others are in some room and noise."""

    utterance: int
    copy: int
    speaker: str
    part: str
    features: NDArray[np.float16]


def main(data: Path, out: Path) -> None:
    """Train, calibrate, write, and tell what came out on stdout."""
    spoken = list(utterances(data))
    with ProcessPoolExecutor() as pool:
        jobs = pool.map(partial(hear, data), range(len(spoken)), spoken, chunksize=32)
        heard = list(chain.from_iterable(jobs))
    seconds = sum(len(h.features) for h in heard if h.copy == 0) * HOP / RATE
    print(f"{seconds / 3600:.2f} h of {len({h.speaker for h in heard})} speakers in {COPIES} copies", flush=True)
    teach = [h for h in heard if not held_out(h.speaker)]
    mixture = fit_mixture(teach)
    rows = [row for h in heard for row in describe_windows(h, mixture)]
    table = Table.of(rows)
    taught = ~np.array([held_out(speaker) for speaker in table.speakers])
    projection = discriminant(table.rows[taught], table.speakers[taught])
    embedded = Table(projection(table.rows), table.speakers, table.utterances, table.copies)
    cohort = strangers(embedded.where(taught))
    calibration = calibrate(embedded.where(~taught), cohort, WINDOW)
    np.savez_compressed(
        out,
        weights=mixture.weights,
        means=mixture.means,
        variances=mixture.variances,
        projection_mean=projection.mean,
        projection_matrix=projection.matrix.astype(np.float16),
        cohort=cohort.astype(np.float16),
        calibration=calibration,
        alike=ALIKE,
    )
    print(f"wrote {out}: {len(table.rows)} windows, cohort of {len(cohort)}, calibration {calibration.round(2)}")


def hear(data: Path, number: int, utterance: Utterance) -> list[Heard]:
    """The features of all copies; nothing for a file that cannot be read or is shorter than half a second."""
    try:
        samples = load(utterance.path).samples[: round(LONGEST_UTTERANCE * RATE)]
    except BigvoiceError:
        return []
    if len(samples) < RATE // 2:
        return []
    rng = np.random.default_rng([SEED, number])
    copies = [at_level(samples, -26.0), *(elsewhere(data, samples, rng) for _ in range(COPIES - 1))]
    return [
        Heard(number, copy, utterance.speaker, utterance.part, sound_features(each).astype(np.float16))
        for copy, each in enumerate(copies)
    ]


def elsewhere(data: Path, samples: Samples, rng: np.random.Generator) -> Samples:
    """The same speech in another room (made or real, or none) and over noise (made or real) 8 to 35 dB below it."""
    heard = at_level(samples, -26.0)
    kind = rng.random()
    if kind < 0.6:
        heard = in_room(heard, decaying_room(rng, rng.uniform(0.15, 0.6), rng.uniform(3, 9)))
    elif kind < 0.8:
        heard = in_room(heard, drawn(data / "rooms", rng))
    made = rng.random() < 0.5
    noise = coloured_noise(rng, len(heard), rng.uniform(0, 2)) if made else drawn(data / "noise", rng)
    return with_noise(heard, noise, rng.uniform(8, 35))


def fit_mixture(heard: Sequence[Heard]) -> Mixture:
    """A mixture of N_GAUSSIANS, from one frame in a hundred, pauses left out."""
    rng = np.random.default_rng(SEED)
    frames = []
    for h in heard:
        features = h.features.astype(np.float32)
        chosen = voiced(features) & (rng.random(len(features)) < 0.01)
        frames.append(timbre(features)[chosen])
    fitted = GaussianMixture(
        N_GAUSSIANS, covariance_type="diag", random_state=SEED, init_params="k-means++", reg_covar=1e-3, max_iter=200
    ).fit(np.vstack(frames))
    return Mixture(fitted.weights_, fitted.means_, fitted.covariances_)


def describe_windows(heard: Heard, mixture: Mixture) -> Iterator[Row]:
    """Windows of WINDOW seconds and of twice that, side by side, each described: (row, speaker, utterance, copy)."""
    features: Frames = heard.features.astype(np.float32)
    posteriors = mixture.posteriors(timbre(features))
    for seconds in (WINDOW, 2 * WINDOW):
        n = round(seconds * RATE) // HOP - 2
        if seconds > WINDOW and len(features) < n:
            continue
        for first in range(0, max(1, len(features) - n + 1), n):
            window = slice(first, first + n)
            row = describe(features[window], posteriors[window], mixture).astype(np.float32)
            yield row, heard.speaker, heard.utterance, heard.copy


def discriminant(rows: NDArray[np.float32], speakers: NDArray[np.str_]) -> Projection:
    """Linear discriminant analysis: the DIM directions in which speakers differ most against their own spread.

    Directions are scaled by sqrt(between / (between + within)), which shrinks those where little is to be told. In the
    covariance between speakers, one counts with at most 30 windows; in the mean that it is taken around, with all.
    """
    mean, scale = rows.mean(axis=0), rows.std(axis=0) + 1e-9
    scaled = (rows - mean) / scale
    _, who, counts = np.unique(speakers, return_inverse=True, return_counts=True)
    centres = np.zeros((len(counts), scaled.shape[1]))
    np.add.at(centres, who, scaled)
    centres /= counts[:, None]
    spread = scaled - centres[who]
    within = spread.T @ spread / len(spread)
    within += SHRINK * np.trace(within) / len(within) * np.eye(len(within))
    weights = np.minimum(counts, 30)[:, None]
    between = (centres * weights).T @ centres / weights.sum()
    ratios, directions = linalg.eigh(between, within, subset_by_index=(len(within) - DIM, len(within) - 1))
    matrix = directions * np.sqrt(ratios / (ratios + 1)) / scale[:, None]
    return Projection(mean.astype(np.float32), matrix[:, ::-1].astype(np.float32))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
