"""Corpus: which speech of a data folder is whose. The folder's own README names sources and licences."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SOUND = {".flac", ".mp3", ".opus", ".wav", ".ogg"}

SHIPPABLE = (
    "librispeech/one_each_251",
    "librispeech/train_clean_3",
    "speechocean762",
    "alphanumeric",
    "arabic_commands",
    "speech_commands/bed",
    "speech_commands/cat",
    "speech_commands/happy",
)
"""Parts that may train what ships, less librispeech/dev_clean_20: made meetings speak with those voices."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """A file of one speaker; `speaker` is unique over all parts."""

    speaker: str
    path: Path
    part: str


def sound_files(folder: Path) -> list[Path]:
    """All sound under a folder, in order of name."""
    return sorted(path for path in folder.rglob("*") if path.suffix in SOUND)


def utterances(data: Path, parts: tuple[str, ...] = SHIPPABLE) -> Iterator[Utterance]:
    """The speech of those parts.

    A part has a folder a speaker; speech_commands names the speaker at the start of the file's name, and has the same
    people in every word's folder.
    """
    for part in parts:
        corpus = part.partition("/")[0]
        for path in sound_files(data / part):
            speaker = path.name.partition("_")[0] if corpus == "speech_commands" else path.parent.name
            yield Utterance(f"{corpus}:{speaker}", path, corpus)


def held_out(speaker: str) -> bool:
    """One speaker in five, always the same ones."""
    return hashlib.sha256(speaker.encode()).digest()[0] % 5 == 0
