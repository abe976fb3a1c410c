"""A corpus of synthetic speakers, small enough to wait for, in the folders that the recipes look for."""

from itertools import count, islice
from pathlib import Path

import numpy as np

from bigvoice.features.augmentation import coloured_noise, decaying_room
from bigvoice.recording import RATE
from bigvoice.training.corpus import held_out
from tests.fakes import babble, write_wav

SHAPES = [(size, pitch) for pitch in (95, 125, 165, 215) for size in (0.8, 0.93, 1.07, 1.2)]
"""Sizes of vocal tracts, and pitches: of the sixteen people who speak in the tiny corpus."""


def of_corpus(held, n, corpus="librispeech"):
    """n names of speakers that are held out (or not)."""
    return [*islice((f"s{i}" for i in count() if held_out(f"{corpus}:s{i}") == held), n)]


PEOPLE = dict(zip(of_corpus(True, 4) + of_corpus(False, 12), SHAPES, strict=True))


def say(who, seconds, seed):
    size, pitch = PEOPLE[who]
    return babble(seconds, pitch=pitch, size=size, seed=seed)


def write(folder: Path) -> Path:
    """DATA as a recipe wants it: who was held out has more to say, as the calibration tries halves of it."""
    for number, who in enumerate(PEOPLE):
        place = folder / "librispeech" / "one_each_251" / who
        place.mkdir(parents=True)
        for take in range(4 if held_out(f"librispeech:{who}") else 2):
            write_wav(place / f"{take}.wav", say(who, 5.0, 100 * number + take))
    words = folder / "speech_commands" / "bed"
    words.mkdir(parents=True)
    write_wav(words / "0a1b_nohash_0.wav", babble(1.0, seed=9001))
    write_wav(words / "0a1b_nohash_1.wav", babble(0.3, seed=9002))  # too short
    (words / "ffff_nohash_0.wav").write_bytes(b"no sound at all")
    rng = np.random.default_rng(0)
    for kind, sound in (("noise", 0.1 * coloured_noise(rng, 3 * RATE)), ("rooms", decaying_room(rng, 0.2, 6) / 2)):
        (folder / kind).mkdir()
        write_wav(folder / kind / "one.wav", sound)
    return folder
