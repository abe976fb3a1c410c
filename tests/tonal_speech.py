"""Tonal speech: texts spoken in tones, a letter a pitch, so that a small recogniser learns to read in seconds."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np

from bigvoice.corpora.manifest import Entry, write
from bigvoice.recording import RATE, Samples

LETTERS = "abcd"
PITCH_HZ = {"a": 400.0, "b": 900.0, "c": 1700.0, "d": 3000.0}
LETTER_S, PAUSE_S = 0.1, 0.1


def spoken(text: str, rng: np.random.Generator) -> Samples:
    """Each letter a tone with a pause behind it, a space a longer pause; faint noise under all."""
    parts = [np.zeros(RATE // 20)]
    for letter in text:
        n = round(LETTER_S * RATE)
        tone = 0.0 if letter == " " else np.sin(2 * np.pi * PITCH_HZ[letter] * np.arange(n) / RATE)
        parts += [0.3 * tone * np.hanning(n), np.zeros(round(PAUSE_S * RATE))]
    sound = np.concatenate(parts)
    return (sound + 0.003 * rng.standard_normal(len(sound))).astype(np.float32)


def save(samples: Samples, path: Path) -> Path:
    """As a WAV file."""
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes((samples * 32767).astype("<i2").tobytes())
    return path


def corpus(folder: Path, name: str, n: int, seed: int) -> Path:
    """A manifest of n short recordings by two speakers."""
    rng, folder = np.random.default_rng(seed), folder / name
    folder.mkdir()
    entries = []
    for i in range(n):
        text = "".join(rng.choice([*LETTERS, " "], int(rng.integers(2, 5)))).strip() or "a"
        samples = spoken(text, rng)
        entries.append(Entry(save(samples, folder / f"{i}.wav"), text, len(samples) / RATE, f"{name}{i % 2}"))
    write(folder.with_suffix(".csv"), entries)
    return folder.with_suffix(".csv")
