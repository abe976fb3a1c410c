"""Encoder: speech to numbers that lie close for one voice and far apart for two; from MFCC, without a network.

A window's supervector over a small mixture, with the spread of its features beside it, is projected to where people
differ most and one person least (linear discriminant analysis) and scaled to length 1. Mixture and projection were
learnt by `bigvoice.training.mfcc`; the card beside the file says from whom, and how well it does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bigvoice.diarization.clustering import unit
from bigvoice.diarization.windows import STRETCH, nearby
from bigvoice.features.mel import log_mel
from bigvoice.features.mfcc import cepstra, deltas
from bigvoice.features.spectrogram import FRAME, HOP, n_frames
from bigvoice.parts import Embeddings
from bigvoice.progress import Hook, Progress, silent
from bigvoice.recording import RATE, Samples
from bigvoice.span import Span
from bigvoice.voices.background import Background
from bigvoice.voices.mixture import Frames, Mixture

N_MELS = 40
N_COEFFICIENTS = 20
NOISE_DB = -30.0
"""Of 0, -30, -25 and -20 the best on meetings made of held-out speakers."""
LEVEL_RANGE = 2.0
"""Frames this far (in standard deviations of the level) under a window's mean level are pauses, and left out."""


def sound_features(samples: Samples) -> Frames:
    """[MFCC, slopes, slopes of the slopes]: (n_samples,) -> (n_frames, 3 * N_COEFFICIENTS); at least one frame.

    Power is added to every band first, NOISE_DB under the mean of all: so a quiet room and a noisy one, a clip that a
    codec has cleaned and one that has its hiss, come to sound alike. Without it, people enrolled from clean clips were
    not recognised in meetings with a little noise.
    """
    mels = log_mel(np.pad(samples, (0, max(0, FRAME - len(samples)))), N_MELS)
    noise = np.log(np.exp(mels).mean()) + NOISE_DB * np.log(10) / 10
    static = cepstra(np.logaddexp(mels, noise).astype(np.float32), N_COEFFICIENTS)
    slopes = deltas(static)
    return np.hstack([static, slopes, deltas(slopes)])


def timbre(features: Frames) -> Frames:
    """What the mixture hears: coefficients without the level, and all slopes."""
    return features[:, 1 : 2 * N_COEFFICIENTS]


def voiced(features: Frames) -> NDArray[np.bool_]:
    """Which frames are no pause: (n_frames, 3 * N_COEFFICIENTS) -> (n_frames,)."""
    level = features[:, 0]
    loud: NDArray[np.bool_] = level >= level.mean() - LEVEL_RANGE * level.std()
    return loud


def describe(features: Frames, posteriors: Frames, mixture: Mixture) -> NDArray[np.float64]:
    """A window's frames -> [supervector, standard deviations], pauses left out."""
    speech = voiced(features)
    heard = features[speech]
    return np.concatenate([mixture.supervector(timbre(heard), posteriors[speech]), heard.std(axis=0)])


@dataclass(frozen=True, eq=False)
class Projection:
    """x -> (x - mean) @ matrix, scaled to length 1. mean (in_dim,), matrix (in_dim, dim)."""

    mean: NDArray[np.float32]
    matrix: NDArray[np.float32]

    def __call__(self, rows: NDArray[np.floating]) -> Embeddings:
        """(n, in_dim) -> unit rows (n, dim)."""
        return unit((rows - self.mean) @ self.matrix)


@dataclass(frozen=True, eq=False)
class MfccEncoder:
    """The shipped encoder; see parts.Encoder."""

    mixture: Mixture
    projection: Projection
    background: Background
    name: str = "mfcc-1"

    @property
    def dim(self) -> int:
        """Numbers a voice."""
        return int(self.projection.matrix.shape[1])

    def __call__(self, samples: Samples, spans: Sequence[Span], hook: Hook = silent) -> Embeddings:
        """Features are made once for neighbouring spans together, and only where there are spans."""
        described = np.empty((len(spans), len(self.projection.mean)), np.float32)
        order = sorted(range(len(spans)), key=lambda i: spans[i])
        done = 0
        while done < len(order):
            group = nearby(spans, order, done, STRETCH)
            hook(Progress("embed", done, len(order)))
            for i, features, posteriors in self._heard(samples, spans, group):
                described[i] = describe(features, posteriors, self.mixture)
            done += len(group)
        hook(Progress("embed", done, len(order)))
        return self.projection(described)

    def _heard(self, samples: Samples, spans: Sequence[Span], group: list[int]) -> list[tuple[int, Frames, Frames]]:
        """Each span's frames and their posteriors (views)."""
        origin = max(0, min(round(spans[group[0]].start * RATE), len(samples) - FRAME)) // HOP
        end = round(max(spans[i].end for i in group) * RATE)
        features = sound_features(samples[origin * HOP : end])
        posteriors = self.mixture.posteriors(timbre(features))
        heard = []
        for i in group:
            first = min(round(spans[i].start * RATE) // HOP - origin, len(features) - 1)
            stop = first + max(1, n_frames(round(spans[i].duration * RATE)))
            heard.append((i, features[first:stop], posteriors[first:stop]))
        return heard


def read(path: Path) -> MfccEncoder:
    """The encoder that a file of `bigvoice.training.mfcc` holds."""
    with np.load(path, allow_pickle=False) as stored:
        return MfccEncoder(
            Mixture(stored["weights"], stored["means"], stored["variances"]),
            Projection(stored["projection_mean"], stored["projection_matrix"].astype(np.float32)),
            Background(unit(stored["cohort"].astype(np.float32)), stored["calibration"], float(stored["alike"])),
        )


@cache
def mfcc_encoder() -> MfccEncoder:
    """The encoder as shipped."""
    with resources.as_file(resources.files("bigvoice.models") / "mfcc.npz") as path:
        return read(path)
