"""Listening: the background of an encoder that was trained elsewhere, learnt from a folder of speakers.

    bigvoice train background FOLDER --encoder pyannote:pyannote/wespeaker-voxceleb-resnet34-LM

FOLDER has a folder for each speaker with recordings of nobody else in it. The speakers with the most speech calibrate,
the others are the cohort of strangers; nobody is both. Each stretch is heard as recorded and in two made rooms with
made noise, as a meeting is. The seed is fixed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bigvoice.decoding import load
from bigvoice.diarization.clustering import unit
from bigvoice.diarization.windows import LENGTH
from bigvoice.errors import ModelError
from bigvoice.features.augmentation import at_level, coloured_noise, decaying_room, in_room, with_noise
from bigvoice.parts import Encoder
from bigvoice.progress import Hook, Progress, silent
from bigvoice.recording import RATE, Samples
from bigvoice.span import Span
from bigvoice.training.background import SEED, Row, Table, calibrate, strangers
from bigvoice.training.corpus import sound_files
from bigvoice.voices.background import COSINE, SVM, Background

FEWEST_SPEAKERS = 20
FEWEST_CALIBRATING = 5
CALIBRATING = 1 / 3
"""Share of the speakers."""
LEAST_SPEECH = 30.0
"""Seconds of a speaker who calibrates: half to be taught with, half to be tried with."""
STRETCH = 10.0
"""Seconds of what counts as one utterance."""
MOST_SPEECH = 120.0
"""Seconds of a speaker that are heard."""
COPIES = 3
GROUP = 4
"""Windows of a group whose likeness to another is looked at, as clustering does."""
PAIRS = 1000


def learn(encoder: Encoder, folder: Path, hook: Hook = silent) -> Background:
    """The background of an encoder. hook: stage "learn", in speakers.

    Raises ModelError for a folder with too few speakers, or too little speech of them; RecordingError for a file that
    cannot be read.
    """
    table = _heard(encoder, folder, hook)
    speakers, counts = np.unique(table.speakers[table.copies == 0], return_counts=True)
    enough = speakers[counts * LENGTH >= LEAST_SPEECH]
    if len(speakers) < FEWEST_SPEAKERS or len(enough) < FEWEST_CALIBRATING:
        raise ModelError(
            f"{folder} has {len(speakers)} speakers, {len(enough)} of them with {LEAST_SPEECH:.0f} s or more: it needs"
            f" {FEWEST_SPEAKERS}, a folder for each, and {FEWEST_CALIBRATING} of them with so much speech"
        )
    most = speakers[np.argsort(-counts, kind="stable")][: max(FEWEST_CALIBRATING, round(CALIBRATING * len(speakers)))]
    calibrating = np.isin(table.speakers, np.intersect1d(most, enough))
    cohort = strangers(table.where(~calibrating))
    held = table.where(calibrating)
    margins, cosines = (calibrate(held, cohort, LENGTH, back_end) for back_end in (SVM, COSINE))
    return Background(cohort, margins, alike(held), cosines)


def alike(table: Table) -> float:
    """The mean cosine between two groups of windows that parts one voice from two with the fewest errors of both kinds.

    The groups of one voice are from different utterances of it, and there are as many as of two voices.
    """
    rng = np.random.default_rng(SEED)
    people = np.unique(table.speakers)
    halves = {
        (who, half): np.flatnonzero((table.speakers == who) & (table.utterances % 2 == half))
        for who in people
        for half in (0, 1)
    }
    able = [who for who in people if min(len(halves[who, half]) for half in (0, 1)) >= GROUP]

    def drawn(who: str, half: int) -> NDArray[np.float32]:
        mean: NDArray[np.float32] = table.rows[rng.choice(halves[who, half], GROUP, replace=False)].mean(axis=0)
        return mean

    pairs = [rng.choice(able, 2, replace=False) for _ in range(PAIRS)]
    same = np.array([drawn(one, 0) @ drawn(one, 1) for one, _ in pairs])
    other = np.array([drawn(one, 0) @ drawn(two, 1) for one, two in pairs])
    return _parting(same, other)


def _parting(same: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """The score at which as large a share of `same` lies below as of `other` above."""
    scores = np.sort(np.concatenate([same, other]))
    missed = np.searchsorted(np.sort(same), scores) / len(same)
    joined = 1 - np.searchsorted(np.sort(other), scores) / len(other)
    return float(scores[np.abs(missed - joined).argmin()])


def _heard(encoder: Encoder, folder: Path, hook: Hook) -> Table:
    """Windows of all speakers, side by side, in all copies."""
    if not folder.is_dir():
        raise ModelError(f"{folder} is no folder: give one with a folder for each speaker")
    speakers = [place for place in sorted(folder.iterdir()) if place.is_dir() and sound_files(place)]
    rows: list[Row] = []
    utterance = 0
    for done, place in enumerate(speakers):
        hook(Progress("learn", done, len(speakers)))
        for number, stretch in enumerate(_stretches(place)):
            for copy in range(COPIES):
                rng = np.random.default_rng([SEED, done, number, copy])
                sound = at_level(stretch, -26.0) if copy == 0 else _elsewhere(stretch, rng)
                vectors = unit(encoder(sound, _side_by_side(len(sound)), silent))
                rows += [(vector, place.name, utterance, copy) for vector in vectors]
            utterance += 1
    hook(Progress("learn", len(speakers), len(speakers)))
    if not rows:
        raise ModelError(f"{folder} has no speech: give one with a folder of recordings for each speaker")
    return Table.of(rows)


def _stretches(place: Path) -> Iterator[Samples]:
    """A speaker's sound in stretches of at most STRETCH seconds, none shorter than a window."""
    left = MOST_SPEECH
    for file in sound_files(place):
        samples = load(file).samples
        for first in range(0, len(samples), round(STRETCH * RATE)):
            stretch = samples[first : first + round(STRETCH * RATE)]
            if left > 0 and len(stretch) >= LENGTH * RATE:
                left -= len(stretch) / RATE
                yield stretch
        if left <= 0:
            return


def _side_by_side(n_samples: int) -> Sequence[Span]:
    return [Span(i * LENGTH, (i + 1) * LENGTH) for i in range(int(n_samples / RATE // LENGTH))]


def _elsewhere(samples: Samples, rng: np.random.Generator) -> Samples:
    heard = in_room(at_level(samples, -26.0), decaying_room(rng, rng.uniform(0.15, 0.6), rng.uniform(0, 9)))
    return with_noise(heard, coloured_noise(rng, len(heard), rng.uniform(0, 2)), rng.uniform(8, 35))
