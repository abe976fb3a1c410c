"""Mixtures: conversations made of single voices, and who is heard in each frame of them.

A scene says when whose turn is; each person of it gets a voice and a seat of its own in one room; noise lies over all.
The labels follow the sound: a turn lasts from the first to the last frame in which its voice is loud.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import signal

from bigvoice.decoding import load
from bigvoice.errors import BigvoiceError, ModelError
from bigvoice.features.augmentation import at_level, at_speed, coloured_noise, decaying_room, in_room, rms
from bigvoice.recording import RATE, Samples
from bigvoice.training.corpus import Utterance, utterances
from bigvoice.training.hearing import LEVEL_DB, drawn, over_a_line
from bigvoice.training.scenes import Scene
from bigvoice.turn import Turn

FRAME = RATE // 50
"""Samples a label stands for: 20 ms."""
LONGEST_PAUSE = 0.4
"""Seconds: longer pauses inside an utterance are cut to this, so that a turn is speech from end to end."""
SHORTEST = 0.3
LONGEST = 15.0
"""Seconds of speech that an utterance must have, and that are used of it."""
N_WELCH = 512
SPEEDS = (0.85, 0.92, 1.0, 1.0, 1.08, 1.17)
WORDS = ("speech_commands", "arabic_commands", "alphanumeric")
"""Corpora of single words: they say what is said in short turns."""
BACK_CHANNEL = 0.8
"""Seconds: who says no more than this may say a single word."""


@dataclass(frozen=True, eq=False)
class Speech:
    """Dry voices. samples: int16, memory-mapped, all utterances; places: speaker -> rows of (first, length) in it."""

    samples: NDArray[np.int16]
    places: Mapping[str, NDArray[np.int64]]

    @staticmethod
    def read(folder: Path) -> Speech:
        """The speech that `gather` put into a folder."""
        with np.load(folder / "speech.npz") as table:
            return Speech(np.load(folder / "speech.npy", mmap_mode="r"), {name: table[name] for name in table.files})

    def only(self, speakers: Sequence[str]) -> Speech:
        """Of those speakers."""
        return Speech(self.samples, {name: self.places[name] for name in speakers})

    def take(self, speaker: str, n_samples: int, rng: np.random.Generator) -> Samples:
        """So much speech of one person, from anywhere in an utterance on; utterances begin again after the last."""
        places = self.places[speaker]
        number = int(rng.integers(len(places)))
        first, length = places[number]
        skipped = int(rng.integers(max(1, length - n_samples))) if length > n_samples else 0
        pieces, missing = [self.samples[first + skipped : first + length]], n_samples - (length - skipped)
        while missing > 0:
            number = (number + 1) % len(places)
            first, length = places[number]
            pieces.append(self.samples[first : first + length])
            missing -= length
        return np.concatenate(pieces)[:n_samples].astype(np.float32) / np.float32(32768)


def gather(data: Path, folder: Path) -> Speech:
    """All speech that may train what ships, decoded and trimmed, once; a minute and 0.9 GB."""
    if not (folder / "speech.npz").exists():
        folder.mkdir(parents=True, exist_ok=True)
        spoken = list(utterances(data))
        with ProcessPoolExecutor() as pool:
            found = list(pool.map(_prepared, spoken, chunksize=64))
        lengths = np.array([len(samples) for samples in found])
        first = np.cumsum(lengths) - lengths
        np.save(folder / "speech.npy", np.concatenate(found))
        places: dict[str, list[tuple[int, int]]] = {}
        for utterance, start, length in zip(spoken, first.tolist(), lengths.tolist(), strict=True):
            if length:
                places.setdefault(utterance.speaker, []).append((start, length))
        np.savez(folder / "speech.npz", **{name: np.array(rows) for name, rows in places.items()})  # type: ignore[arg-type]
    return Speech.read(folder)


def _prepared(utterance: Utterance) -> NDArray[np.int16]:
    """Trimmed and at one level; nothing for a file that cannot be read or holds hardly any speech."""
    try:
        samples = without_pauses(load(utterance.path).samples)[: round(LONGEST * RATE)]
    except BigvoiceError:
        return np.empty(0, np.int16)
    if len(samples) < SHORTEST * RATE:
        return np.empty(0, np.int16)
    return (np.clip(at_level(samples, LEVEL_DB), -1, 1) * 32767).astype(np.int16)


def loud(samples: Samples) -> NDArray[np.bool_]:
    """In which frames of dry speech somebody is heard: (n_samples,) -> (n_samples // FRAME,).

    The limit is 32 dB under the loud frames (their 95th percentile), or a little over the noise that a recording has
    by itself, where that is louder.
    """
    n = len(samples) // FRAME
    power = np.mean(np.square(samples[: n * FRAME].reshape(n, FRAME)), axis=1)
    if not power.any():
        return np.zeros(n, bool)
    level = 10 * np.log10(np.maximum(power, 1e-12))
    heard = level[power > 0]
    top, floor = np.percentile(heard, 95), np.percentile(heard, 5)
    above: NDArray[np.bool_] = (level > max(top - 32, min(floor + 8, top - 20))) & (power > 0)
    return above


def without_pauses(samples: Samples) -> Samples:
    """Cut to start and end with speech, pauses inside no longer than LONGEST_PAUSE."""
    heard = np.flatnonzero(loud(samples))
    if not len(heard):
        return samples[:0]
    keep = np.zeros(len(samples) // FRAME, bool)
    most = round(LONGEST_PAUSE * RATE / FRAME)
    for last, following in zip(heard, [*heard[1:], heard[-1] + 1], strict=True):
        keep[last : min(following, last + most)] = True
    return samples[: len(keep) * FRAME].reshape(-1, FRAME)[keep].ravel()


@dataclass(frozen=True, eq=False)
class Mixture:
    """samples (n,); activity (n_people, n // FRAME): who is heard; voices: whose, and at what speed."""

    samples: Samples
    activity: NDArray[np.bool_]
    voices: tuple[str, ...]


def mixture(scene: Scene, speech: Speech, data: Path, n_samples: int, rng: np.random.Generator) -> Mixture:
    """A scene as it would sound: voices, seats, noise, a line. The people are in order of their first words."""
    people = list(dict.fromkeys(turn.speaker for turn in sorted(scene)))
    spoken = {p: [t for t in scene if t.speaker == p] for p in people}
    cast = _cast([sum(t.span.duration for t in spoken[p]) for p in people], speech, rng)
    spread_db = 8.0 if rng.random() < 0.5 else 2.0
    dry = [_said(spoken[p], speech, *voice, n_samples, spread_db, rng) for p, voice in zip(people, cast, strict=True)]
    if rng.random() < 0.4:
        dry = [one_colour(track) for track in dry]
    activity = np.array([_heard(spoken[p], track) for p, track in zip(people, dry, strict=True)], bool)
    sound = np.zeros(n_samples, np.float32)
    for track, seat in zip(dry, _seats(len(dry), data, rng), strict=True):
        sound += track if seat is None else in_room(track, seat)
    sound = over_a_line(sound + _noise(n_samples, data, rng), rng)
    voices = tuple(f"{speaker} x{speed}" for speaker, speed in cast)
    return Mixture(sound, activity.reshape(len(people), n_samples // FRAME), voices)


Cast = tuple[str, float]
"""A speaker, and the speed that makes another voice of theirs."""


def _cast(seconds: Sequence[float], speech: Speech, rng: np.random.Generator) -> list[Cast]:
    """A voice for everybody; half of the time all of one corpus, so that the microphone tells nothing of the person.

    Raises ModelError where there are fewer people who say sentences than are wanted.
    """
    sentences = [name for name in speech.places if not name.startswith(WORDS)]
    words = [name for name in speech.places if name.startswith(WORDS)]
    if len(sentences) < len(seconds):
        raise ModelError(
            f"{len(seconds)} people are to talk, but there is speech of {len(sentences)}: add some to DATA"
        )
    chosen: list[Cast] = []
    corpus = _corpus(sentences[int(rng.integers(len(sentences)))]) if rng.random() < 0.5 else ""
    if sum(_corpus(name) == corpus for name in sentences) < len(seconds):
        corpus = ""
    while len(chosen) < len(seconds):
        short = seconds[len(chosen)] <= BACK_CHANNEL and rng.random() < 0.4 and len(words) > 0
        names = words if short else sentences
        name = names[int(rng.integers(len(names)))]
        if name not in [other for other, _ in chosen] and (short or _corpus(name).startswith(corpus)):
            chosen.append((name, SPEEDS[int(rng.integers(len(SPEEDS)))]))
    return chosen


def _corpus(speaker: str) -> str:
    return speaker.partition(":")[0]


def _said(
    turns: Scene, speech: Speech, speaker: str, speed: float, n_samples: int, spread_db: float, rng: np.random.Generator
) -> Samples:
    """One person's track: their speech laid into their turns, each a little louder or softer, faded at the cuts."""
    needed = sum(_slice(turn).stop - _slice(turn).start for turn in turns)
    taken = speech.take(speaker, round(needed * speed) + RATE // 10, rng)
    rest = at_speed(taken, speed) if speed != 1.0 else taken
    level = rng.uniform(-spread_db, spread_db)
    track = np.zeros(n_samples, np.float32)
    for turn in turns:
        place = _slice(turn)
        length = min(place.stop, n_samples) - place.start
        piece, rest = rest[:length].copy(), rest[length:]
        fade = np.linspace(0, 1, min(FRAME // 2, length // 2), dtype=np.float32)
        piece[: len(fade)] *= fade
        piece[length - len(fade) :] *= fade[::-1]
        track[place.start : place.start + length] = piece * 10 ** ((level + rng.uniform(-2, 2)) / 20)
    return track


def one_colour(samples: Samples) -> Samples:
    """Speech whose mean spectrum, in ten bands, is made to fall by 6 dB an octave from 500 Hz on: as of one microphone.

    What is left of a voice is what a network should know it by: its pitch, its formants, how it moves.
    """
    spoken = samples[samples != 0]
    if len(spoken) < N_WELCH:
        return samples
    frequencies, power = signal.welch(spoken, RATE, nperseg=N_WELCH)
    edges = np.geomspace(60, RATE / 2, 11)
    centres = np.sqrt(edges[:-1] * edges[1:])
    bands = [power[(frequencies >= low) & (frequencies <= high)].mean() for low, high in pairwise(edges)]
    gains = np.sqrt(np.maximum(centres, 500.0) ** -2 / np.maximum(bands, 10**-2.5 * np.max(bands)))
    points = np.concatenate([[0], centres, [RATE / 2]])
    taps = signal.firwin2(255, points, np.concatenate([gains[:1], gains, gains[-1:]]), fs=RATE)
    return at_level(signal.oaconvolve(samples, taps, mode="same").astype(np.float32), level_of(samples))


def level_of(samples: Samples) -> float:
    """In dB of full scale."""
    return float(20 * np.log10(rms(samples)))


def _slice(turn: Turn) -> slice:
    return slice(round(turn.span.start * RATE), round(turn.span.end * RATE))


def _heard(turns: Scene, track: Samples) -> NDArray[np.bool_]:
    """Each turn from its first to its last loud frame."""
    heard = loud(track)
    active = np.zeros(len(heard), bool)
    for turn in turns:
        place = _slice(turn)
        first, last = place.start // FRAME, -(-place.stop // FRAME)
        within = first + np.flatnonzero(heard[first:last])
        if len(within):
            active[within[0] : within[-1] + 1] = True
    return active


def _seats(n_people: int, data: Path, rng: np.random.Generator) -> list[Samples | None]:
    """Where each sits: seats of one made room, directions in one real room, or (None) at the microphone.

    Seats of made rooms differ in their distance and in what they do to the colour of a voice. One time in three all
    share one seat, as on the telephone or in broadcasts; there, only the voices tell people apart.
    """
    kind = rng.random()
    if kind < 0.12:
        return [None] * n_people
    if kind < 0.28:
        return [drawn(data / "rooms", rng) for _ in range(n_people)]
    decay = rng.uniform(0.15, 0.8)
    seats = [_coloured(decaying_room(rng, decay, rng.uniform(-3, 9)), rng) for _ in range(n_people)]
    return [seats[0]] * n_people if kind > 0.65 and seats else list(seats)


def _coloured(response: Samples, rng: np.random.Generator) -> Samples:
    """Some frequencies louder, some softer, by a few dB; the high ones fade first, as air and walls swallow them."""
    gains = 10 ** (np.cumsum(rng.normal(0, 1.5, 8)) / 20)
    colour = signal.firwin2(127, np.linspace(0, 1, 8), gains).astype(np.float32)
    late = signal.lfilter([1 - 0.5], [1, -0.5], response).astype(np.float32)
    faded = np.linspace(0, rng.uniform(0, 1), len(response), dtype=np.float32) ** 0.5
    return signal.oaconvolve(response * (1 - faded) + late * faded, colour).astype(np.float32)


def _noise(n_samples: int, data: Path, rng: np.random.Generator) -> Samples:
    """The room's hum or hiss, and four times in ten something else that happens; now and then nothing at all."""
    sound = np.zeros(n_samples, np.float32)
    if rng.random() < 0.92:
        hiss = coloured_noise(rng, n_samples, rng.uniform(0, 2))
        sound += at_level(hiss, LEVEL_DB - rng.uniform(5, 40))
    if rng.random() < 0.4:
        event = drawn(data / "noise", rng)
        laid = np.resize(np.roll(event, int(rng.integers(len(event)))), n_samples)
        sound += at_level(laid, LEVEL_DB - rng.uniform(3, 35))
    return sound
