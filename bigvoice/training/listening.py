"""Listening: the background of an encoder, learnt by hearing people whom it was not trained on.

Of one that was trained elsewhere, from a folder of speakers:

    bigvoice train background FOLDER --encoder pyannote:pyannote/wespeaker-voxceleb-resnet34-LM

FOLDER has a folder for each speaker with recordings of nobody else in it. The speakers with the most speech calibrate,
the others are the cohort of strangers; nobody is both. Each stretch is heard as recorded and in two made rooms with
made noise, as a meeting is. Of the encoder that ships, from the corpora it is trained on: `shipped`. The seed is fixed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bigvoice.decoding import load
from bigvoice.diarization.clustering import unit
from bigvoice.diarization.windows import LENGTH
from bigvoice.errors import BigvoiceError, ModelError
from bigvoice.features.augmentation import at_level, coloured_noise, decaying_room, in_room, with_noise
from bigvoice.parts import Encoder
from bigvoice.progress import Hook, Progress, silent
from bigvoice.recording import RATE, Samples
from bigvoice.span import Span
from bigvoice.training import hearing
from bigvoice.training.background import SEED, Row, Table, calibrate, strangers
from bigvoice.training.corpus import held_out, sound_files, utterances
from bigvoice.training.hearing import LEVEL_DB
from bigvoice.training.store import LONGEST, WORDS
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
    table = heard(encoder, _in_folders(folder, hook), _elsewhere, COPIES)
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


@dataclass(frozen=True, eq=False)
class Spoken:
    """What a speaker says in one utterance, which has a number."""

    speaker: str
    utterance: int
    samples: Samples


Elsewhere = Callable[[Samples, np.random.Generator], Samples]
"""The same speech as another microphone in another room hears it."""


def heard(encoder: Encoder, spoken: Iterable[Spoken], elsewhere: Elsewhere, copies: int) -> Table:
    """Windows side by side of all that is spoken; copy 0 as recorded, the others elsewhere."""
    rows: list[Row] = []
    for each in spoken:
        for copy in range(copies):
            rng = np.random.default_rng([SEED, each.utterance, copy])
            sound = at_level(each.samples, LEVEL_DB) if copy == 0 else elsewhere(each.samples, rng)
            vectors = unit(encoder(sound, _side_by_side(len(sound)), silent))
            rows += [(vector, each.speaker, each.utterance, copy) for vector in vectors]
    return Table.of(rows)


def shipped(encoder: Encoder, data: Path, alike: float) -> Background:
    """The background of the encoder that ships: a cohort of people it was taught with, calibrated on those held out."""
    table = heard(encoder, _of_corpora(data), partial(hearing.elsewhere, data), 1 + COPIES)
    held = np.array([held_out(speaker) for speaker in table.speakers])
    cohort = strangers(table.where(~held), each=1)
    margins, cosines = (calibrate(table.where(held), cohort, LENGTH, back_end) for back_end in (SVM, COSINE))
    return Background(cohort, margins, alike, cosines)


def _of_corpora(data: Path) -> Iterator[Spoken]:
    """All that people held out say, and an utterance of everybody else; of single words, only theirs."""
    rng = np.random.default_rng(SEED)
    by_speaker = groupby(
        sorted(enumerate(utterances(data)), key=lambda each: each[1].speaker), lambda each: each[1].speaker
    )
    for speaker, numbered in by_speaker:
        said = list(numbered)
        held = held_out(speaker)
        if held and said[0][1].part in WORDS:
            continue
        for number, utterance in said if held else [said[int(rng.integers(len(said)))]]:
            try:
                yield Spoken(speaker, number, load(utterance.path).samples[: round(LONGEST * RATE)])
            except BigvoiceError:  # a corpus has a broken file here and there
                continue


def _in_folders(folder: Path, hook: Hook) -> Iterator[Spoken]:
    """What each folder's speaker says, in stretches."""
    if not folder.is_dir():
        raise ModelError(f"{folder} is no folder: give one with a folder for each speaker")
    speakers = [place for place in sorted(folder.iterdir()) if place.is_dir() and sound_files(place)]
    if not speakers:
        raise ModelError(f"{folder} has no speech: give one with a folder of recordings for each speaker")
    utterance = 0
    for done, place in enumerate(speakers):
        hook(Progress("learn", done, len(speakers)))
        for stretch in _stretches(place):
            yield Spoken(place.name, utterance, stretch)
            utterance += 1
    hook(Progress("learn", len(speakers), len(speakers)))


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
    """Windows; what is shorter than one is one all the same."""
    seconds = n_samples / RATE
    return [Span(i * LENGTH, (i + 1) * LENGTH) for i in range(int(seconds // LENGTH))] or [Span(0, seconds)]


def _elsewhere(samples: Samples, rng: np.random.Generator) -> Samples:
    heard = in_room(at_level(samples, LEVEL_DB), decaying_room(rng, rng.uniform(0.15, 0.6), rng.uniform(0, 9)))
    return with_noise(heard, coloured_noise(rng, len(heard), rng.uniform(0, 2)), rng.uniform(8, 35))
