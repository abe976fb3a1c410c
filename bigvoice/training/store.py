"""The feature store: the log-mel features of all the speech an encoder is trained on, in every copy, made once.

Making them on the fly would cost more than the training; so they lie in one memory-mapped file of half-precision rows,
with a table of what is where. Each utterance is there at several speeds (each another voice: Ko et al., 2015) and at
each speed as recorded and in several other places (see `hearing`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bigvoice.decoding import load
from bigvoice.errors import BigvoiceError, ModelError
from bigvoice.features.augmentation import at_level, at_speed
from bigvoice.features.mel import log_mel
from bigvoice.recording import RATE
from bigvoice.training.corpus import SHIPPABLE, Utterance, held_out, utterances
from bigvoice.training.hearing import LEVEL_DB, elsewhere

SEED = 20261121
N_MELS = 64
LONGEST = 12.0
"""Seconds of an utterance that are used."""
SHORTEST = 0.5
WORDS = ("speech_commands", "arabic_commands")
"""Corpora of single words: heard at their own speed only."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is made of each utterance. copies: at each speed; the first is as recorded, the others are elsewhere."""

    speeds: tuple[float, ...] = (1.0, 0.84, 0.92, 1.09, 1.19)
    copies: int = 4


@dataclass(frozen=True, eq=False)
class Store:
    """features (n_frames, N_MELS) float16, memory-mapped; the other arrays have a row a stretch.

    first, length: its frames. speaker, voice: index into `speakers`, and into (speaker, speed) pairs. utterance: its
    number in the corpus. copy: 0 is as recorded. held: whether the speaker is held out.
    """

    features: NDArray[np.float16]
    first: NDArray[np.int64]
    length: NDArray[np.int64]
    speaker: NDArray[np.int64]
    speed: NDArray[np.float64]
    utterance: NDArray[np.int64]
    copy: NDArray[np.int64]
    held: NDArray[np.bool_]
    speakers: tuple[str, ...]

    @staticmethod
    def read(folder: Path) -> Store:
        """The store in a folder."""
        with np.load(folder / "stretches.npz") as table:
            arrays = {name: table[name] for name in table.files}
        speakers = tuple(str(name) for name in arrays.pop("speakers"))
        features = np.memmap(folder / "features.f16", np.float16, "r").reshape(-1, N_MELS)
        return Store(features=features, speakers=speakers, **arrays)


@dataclass(frozen=True, slots=True)
class Stretch:
    """One utterance at one speed in one copy."""

    speed: float
    copy: int
    features: NDArray[np.float16]


def make(data: Path, folder: Path, plan: Plan | None = None, spoken: Sequence[Utterance] | None = None) -> Store:
    """The store of a data folder, made where it is not there yet (minutes; some gigabytes).

    spoken: what of it; else all that may train what ships. Raises ModelError where there is no speech.
    """
    plan = plan or Plan()
    done = folder / "plan.json"
    if done.exists() and json.loads(done.read_text()) == json.loads(json.dumps(asdict(plan))):
        return Store.read(folder)
    spoken = list(utterances(data)) if spoken is None else spoken
    if not spoken:
        raise ModelError(f"{data}: no speech to learn from; it needs folders such as {SHIPPABLE[0]}/SPEAKER/FILE")
    folder.mkdir(parents=True, exist_ok=True)
    speakers = sorted({u.speaker for u in spoken})
    number = {name: i for i, name in enumerate(speakers)}
    rows: list[tuple[int, int, int, float, int, int, bool]] = []
    at = 0
    with ProcessPoolExecutor() as pool, (folder / "features.f16").open("wb") as file:
        for i, stretches in enumerate(pool.map(partial(_hear, data, plan), range(len(spoken)), spoken, chunksize=16)):
            name = spoken[i].speaker
            for stretch in stretches:
                file.write(stretch.features.tobytes())
                n = len(stretch.features)
                rows.append((at, n, number[name], stretch.speed, i, stretch.copy, held_out(name)))
                at += n
    names = ("first", "length", "speaker", "speed", "utterance", "copy", "held")
    columns = {name: np.array(column) for name, column in zip(names, zip(*rows, strict=True), strict=True)}
    np.savez(folder / "stretches.npz", allow_pickle=False, speakers=np.array(speakers), **columns)
    done.write_text(json.dumps(asdict(plan)))
    return Store.read(folder)


def _hear(data: Path, plan: Plan, number: int, utterance: Utterance) -> list[Stretch]:
    """All stretches of an utterance; none for a file that cannot be read or is too short."""
    return list(_heard(data, plan, number, utterance))


def _heard(data: Path, plan: Plan, number: int, utterance: Utterance) -> Iterator[Stretch]:
    try:
        samples = load(utterance.path).samples[: round(LONGEST * RATE)]
    except BigvoiceError:
        return
    if len(samples) < SHORTEST * RATE:
        return
    rng = np.random.default_rng([SEED, number])
    speeds = (1.0,) if utterance.part in WORDS or held_out(utterance.speaker) else plan.speeds
    for speed in speeds:
        voice = samples if speed == 1.0 else at_speed(samples, speed)
        for copy in range(plan.copies):
            heard = at_level(voice, LEVEL_DB) if copy == 0 else elsewhere(data, voice, rng)
            yield Stretch(speed, copy, log_mel(heard, N_MELS).astype(np.float16))


if __name__ == "__main__":
    import sys

    made = make(Path(sys.argv[1]), Path(sys.argv[2]))
    print(f"{len(made.features) / 360000:.1f} h of {len(made.speakers)} speakers in {len(made.first)} stretches")
