"""Labelled speech: which speech of a data folder is a woman's, a man's or a child's.

A child is at most CHILD_TO years old; up to there girls' and boys' voices are alike, and higher and shorter of tract
than women's. From 13 on boys' voices break and girls' become women's (Lee, Potamianos and Narayanan, 1999), at an age
that nobody can tell beforehand: speech from then to ADULT_FROM teaches nothing and judges nothing.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bigvoice.decoding import load
from bigvoice.features.pitch import pitch
from bigvoice.training.corpus import Utterance, utterances
from bigvoice.traits import CHILD, FEMALE, MALE

CHILD_TO, ADULT_FROM = 12, 18
"""Years, both included."""
PARTS = ("librispeech/one_each_251", "librispeech/train_clean_3", "speechocean762", "alphanumeric")
"""Those parts that may train what ships and say who speaks."""
ADULTS = ("librispeech",)
"""Corpora whose readers are grown up and have no age in the tables."""
EACH = 10
"""Utterances of a speaker that are heard: more people teach, more of the same hardly."""
BELIEVED = {FEMALE: (130.0, 450.0), MALE: (60.0, 210.0), CHILD: (150.0, 450.0)}
"""Hz that the median pitch of a speaker may have. The tables have errors (a child of eight with 112 Hz; three women of
speechocean762 that networks taught without them all call men), and boys whose voices have broken early: they teach and
judge nothing, and neither do the few people whose voices really are like that."""
LISTENED = 3
"""Utterances of a speaker that their pitch is taken from."""
_SEX = {"F": FEMALE, "M": MALE}


@dataclass(frozen=True, slots=True)
class Labelled:
    """An utterance and whose kind of voice it is; None: of an age in between, or not known."""

    utterance: Utterance
    kind: str | None


def kind_of(sex: str, age: int | None) -> str | None:
    """FEMALE, MALE, CHILD or None; sex: "F", "M" or something else, age: None where it is not known.

    >>> kind_of("F", 9), kind_of("F", 15), kind_of("M", 40), kind_of("M", None)
    ('child', None, 'male', None)
    """
    if age is None or CHILD_TO < age < ADULT_FROM:
        return None
    return CHILD if age <= CHILD_TO else _SEX.get(sex)


def labelled(data: Path, parts: tuple[str, ...] = PARTS, *, each: int = EACH) -> Iterator[Labelled]:
    """The speech of those parts, at most `each` utterances a speaker, in order of name.

    librispeech has SPEAKERS.TXT with everybody's sex; each other corpus an utterances.csv with `speaker`, `gender` and,
    where it is known, `age`.
    """
    seen: dict[str, int] = {}
    tables: dict[str, Mapping[str, str | None]] = {}
    for part in parts:
        corpus = part.partition("/")[0]
        if corpus not in tables:
            tables[corpus] = _readers(data / corpus) if corpus in ADULTS else _people(data / corpus)
        for utterance in utterances(data, (part,)):
            seen[utterance.speaker] = seen.get(utterance.speaker, 0) + 1
            if seen[utterance.speaker] <= each:
                yield Labelled(utterance, tables[corpus].get(utterance.path.parent.name))


def believable(spoken: Sequence[Labelled]) -> list[Labelled]:
    """Those with a kind that the pitch of their speaker's first utterances does not contradict. Order is kept."""
    heard: dict[str, list[Path]] = {}
    kinds = {each.utterance.speaker: each.kind for each in spoken if each.kind}
    for each in spoken:
        heard.setdefault(each.utterance.speaker, []).append(each.utterance.path)
    believed = {who for who, kind in kinds.items() if _fits(kind, heard[who][:LISTENED])}
    return [each for each in spoken if each.utterance.speaker in believed]


def _fits(kind: str, files: Sequence[Path]) -> bool:
    lowest, highest = BELIEVED[kind]
    tracks = [pitch(load(file).samples) for file in files]
    voiced = np.concatenate([track[np.isfinite(track)] for track in tracks])
    return len(voiced) > 0 and bool(lowest <= np.median(voiced) <= highest)


def _readers(folder: Path) -> dict[str, str | None]:
    """Kinds of LibriSpeech's readers, by number: lines of "number | sex | subset | minutes | name"."""
    table = folder / "SPEAKERS.TXT"
    lines = table.read_text(encoding="utf-8").splitlines() if table.is_file() else []
    fields = [[field.strip() for field in line.split("|")] for line in lines if not line.startswith(";")]
    return {number: kind_of(sex, ADULT_FROM) for number, sex, *_ in fields}


def _people(folder: Path) -> dict[str, str | None]:
    table = folder / "utterances.csv"
    if not table.is_file():
        return {}
    with table.open(encoding="utf-8", newline="") as file:
        return {row["speaker"]: kind_of(row["gender"], _years(row.get("age"))) for row in csv.DictReader(file)}


def _years(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() else None
