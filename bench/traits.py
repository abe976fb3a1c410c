"""How well women's, men's and children's voices are told apart, on people nobody trained on; Markdown on stdout.

    python bench/traits.py [--shared ../shared] [--traits FILE] [--no-plain]

A turn is an utterance of 2 s or more. Of those that are told: "female or male", the share of adults' turns of which the
likelier of the two is right; "child or adult", the share of all turns (the mean of children's and adults', where there
are both) on the right side of that border; "speakers", how many are told right by the vote of their turns, and in
brackets how many the votes promise. The calibration error is in points, over ten equal groups of turns in order of how
sure they are. Speed: on one core, for all turns of test-other.
"""

from __future__ import annotations

import argparse
import csv
import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from made_meetings import SHARED, WORK, the_shared_folder
from plain_traits import plain_judge

from bigvoice import load
from bigvoice.features.augmentation import coloured_noise, in_band, with_noise
from bigvoice.parts import Judge, make
from bigvoice.progress import silent
from bigvoice.recording import RATE, Samples
from bigvoice.span import Span
from bigvoice.training.corpus import held_out, sound_files, utterances
from bigvoice.training.traits_corpus import ADULT_FROM, believable, kind_of, labelled
from bigvoice.traits import CHILD, FEMALE, MALE, Traits
from bigvoice.voices.traits_vote import vote

LEAST = 2.0
EACH = 10
"""Turns of a speaker at most; two people speak in parent_child, and all they say is heard."""
Spoil = Callable[[Samples, np.random.Generator], Samples]
HEARD: dict[str, Spoil] = {
    "as recorded": lambda samples, _: samples,
    "in noise, 10 dB": lambda samples, rng: with_noise(samples, coloured_noise(rng, len(samples)), 10.0),
    "over the telephone": lambda samples, _: in_band(samples, 300.0, 3_400.0),
}


@dataclass(frozen=True, eq=False)
class Said:
    """A turn: who, what kind of voice by the tables, and its sound."""

    speaker: str
    kind: str
    samples: Samples


@dataclass(frozen=True, slots=True)
class Told:
    """A turn as it was told."""

    speaker: str
    kind: str
    traits: Traits | None


def long_enough(entries: Iterator[tuple[str, str | None, Path]], each: int = EACH) -> list[Said]:
    """The turns of LEAST seconds or more that have a kind, `each` of a speaker."""
    found: dict[str, list[Said]] = {}
    for speaker, kind, path in entries:
        if kind and len(found.setdefault(speaker, [])) < each and len(samples := load(path).samples) >= LEAST * RATE:
            found[speaker].append(Said(speaker, kind, samples))
    return [said for spoken in found.values() for said in spoken]


def of_training(data: Path, corpus: str) -> list[Said]:
    """The held-out speakers of a corpus, less those whose pitch contradicts the tables."""
    spoken = believable([x for x in labelled(data) if held_out(x.utterance.speaker) and x.utterance.part == corpus])
    return long_enough((x.utterance.speaker, x.kind, x.utterance.path) for x in spoken)


def of_readers(data: Path) -> list[Said]:
    """LibriSpeech test-other."""
    spoken = labelled(data, ("librispeech/test_other_10",))
    return long_enough((x.utterance.speaker, x.kind, x.utterance.path) for x in spoken)


def of_table(folder: Path, table: str, key: str, *, each: int = EACH) -> list[Said]:
    """A Korean corpus with a table of sex and, where it is known, age; `key` is the column that a file is found by."""
    with (folder / table).open(encoding="utf-8", newline="") as file:
        rows = {row[key]: row for row in csv.DictReader(file)}
    spoken = (
        (path.parent.name, rows.get(path.stem if key == "utterance" else path.parent.name), path)
        for path in sound_files(folder)
    )
    return long_enough(
        ((who, kind_of(row["gender"], int(row.get("age") or ADULT_FROM)), path) for who, row, path in spoken if row),
        each,
    )


def tell(judge: Judge, said: Sequence[Said], spoil: Spoil) -> list[Told]:
    """Every turn, heard as it would sound there."""
    rng = np.random.default_rng(0)
    spoilt = ((each, spoil(each.samples, rng)) for each in said)
    return [
        Told(each.speaker, each.kind, judge(samples, [Span(0, len(samples) / RATE)], silent)[0])
        for each, samples in spoilt
    ]


def row(told: Sequence[Told], dependence: float) -> str:
    """The figures of a table's row."""
    known = [each for each in told if each.traits]
    adults = [(each.traits.female > each.traits.male) == (each.kind == FEMALE) for each in known if each.kind != CHILD]
    figures = (share(adults), share_child(known), speakers(told, dependence), f"{error(known):.1f}")
    return " | ".join((*figures, f"{100 * (1 - len(known) / len(told)):.1f}"))


def share(right: Sequence[bool]) -> str:
    """In percent; a dash for nothing."""
    return f"{100 * np.mean(right):.1f}" if right else "-"


def share_child(known: Sequence[Told]) -> str:
    """Children and adults weigh alike where there are both."""
    sides = [
        [(x.traits.likeliest == CHILD) == child for x in known if (x.kind == CHILD) == child] for child in (True, False)
    ]
    return share([float(np.mean(side)) for side in sides if side])


def speakers(told: Sequence[Told], dependence: float) -> str:
    """Told right by all their turns, of those that are told; and how many were promised to be."""
    right, promised, n = 0, 0.0, 0
    for name in {each.speaker for each in told}:
        mine = [each for each in told if each.speaker == name]
        if voted := vote([each.traits for each in mine], dependence):
            right, n = right + (voted.likeliest == mine[0].kind), n + 1
            promised += voted.of(voted.likeliest)
    return f"{right} of {n} ({promised:.1f})"


def error(known: Sequence[Told], n_groups: int = 10) -> float:
    """The expected calibration error: how far, in points, what is promised lies from what comes true."""
    sure = np.array([each.traits.of(each.traits.likeliest) for each in known])
    right = np.array([each.traits.likeliest == each.kind for each in known])
    groups = np.array_split(np.argsort(sure), min(n_groups, len(sure)))
    return 100 * float(sum(len(g) * abs(sure[g].mean() - right[g].mean()) for g in groups) / len(sure))


def ages(data: Path, judge: Judge) -> None:
    """How often held-out speakers of the corpus with children are told to be children, by their age."""
    folder = data / "speechocean762"
    with (folder / "utterances.csv").open(encoding="utf-8", newline="") as file:
        years = {row["speaker"]: (int(row["age"]), row["gender"]) for row in csv.DictReader(file)}
    groups = {"6 to 8": (6, 8), "9, 10": (9, 10), "11, 12": (11, 12), "13 to 15": (13, 17), "women": (18, 99)}
    print("\n| held-out speakers of speechocean762 | speakers | turns told to be a child's, % |\n|---|---|---|")
    for title, (youngest, oldest) in groups.items():
        entries = (
            (path.parent.name, CHILD, path)
            for path in (u.path for u in utterances(data, ("speechocean762",)) if held_out(u.speaker))
            if youngest <= years[path.parent.name][0] <= oldest
            and (title != "women" or years[path.parent.name][1] == "F")
        )
        told = [x for x in tell(judge, long_enough(entries), HEARD["as recorded"]) if x.traits]
        print(f"| {title} | {len({x.speaker for x in told})} | {share([x.traits.likeliest == CHILD for x in told])} |")


def speed(judge: Judge, said: Sequence[Said]) -> float:
    """Seconds of sound a second."""
    begun = time.process_time()
    tell(judge, said, HEARD["as recorded"])
    return sum(len(each.samples) for each in said) / RATE / (time.process_time() - begun)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=SHARED)
    parser.add_argument("--traits", default="", help="a file of `bigvoice train traits`; else what ships")
    parser.add_argument("--no-plain", action="store_true", help="without the CNN on MFCC, which is trained first")
    args = parser.parse_args()
    the_shared_folder(args.shared)
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    data = args.shared / "data"
    judge: Judge = make("judge", f"neural:{args.traits}" if args.traits else "neural")
    judges = {"bigvoice": judge}
    if not args.no_plain:
        judges["CNN on MFCC"] = plain_judge(data, WORK / "plain_traits.pt")
    korean = data / "korean"
    sets = {
        "speechocean762, held out": of_training(data, "speechocean762"),
        "LibriSpeech, held out": of_training(data, "librispeech"),
        "alphanumeric, held out": of_training(data, "alphanumeric"),
        "LibriSpeech test-other": of_readers(data),
        "TEDx, Korean": of_table(korean / "pansori_tedxkr", "speakers.csv", "speaker"),
        "read and acted, Korean": of_table(korean / "emotiontts", "utterances.csv", "utterance"),
        "mother 39, son 5, Korean": of_table(korean / "parent_child", "utterances.csv", "utterance", each=200),
    }
    print("| people nobody trained on | women, men, children | turns | heard | by | female or male %", end=" | ")
    print("child or adult % | speakers right | calibration error | not known % |\n|" + "---|" * 10)
    for title, said in sets.items():
        who = {each.speaker: each.kind for each in said}
        counts = ", ".join(str(sum(kind == k for kind in who.values())) for k in (FEMALE, MALE, CHILD))
        for where, spoil in HEARD.items():
            for name, part in judges.items():
                told = row(tell(part, said, spoil), part.dependence)
                print(f"| {title} | {counts} | {len(said)} | {where} | {name} | {told} |", flush=True)
    ages(data, judge)
    times = speed(judge, sets["LibriSpeech test-other"])
    print(f"\nOn one core {times:.0f} times real time: {100 / times:.2f} % of the speech's length.")


if __name__ == "__main__":
    main()
