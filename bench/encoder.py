"""How well encoders tell voices apart, on people nobody trained on; a Markdown table on stdout.

    python bench/encoder.py [--shared ../shared] [--encoder neural:FILE ...]

A trial holds two stretches of speech of different utterances, of one person or of two, scored by the cosine; both
kinds as often. Stretches are cut side by side from utterances; in the meetings, from where one person speaks alone.
Speed: on one core, seconds of sound a second, for stretches of 1.5 s of test-other, features included.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import peers
from made_meetings import SHARED, the_shared_folder

from bigvoice import load
from bigvoice.documents.rttm import read as read_rttm
from bigvoice.evaluation.verification import Trials, trials
from bigvoice.parts import Embeddings, Encoder, make
from bigvoice.progress import silent
from bigvoice.recording import RATE, Samples
from bigvoice.span import Span, merge, subtract
from bigvoice.training.corpus import utterances
from bigvoice.turn import Turn

TRIALS = 20_000
P_TARGET = 0.05


@dataclass(frozen=True, eq=False)
class Heard:
    """A file, and stretches of it: when, who speaks, in which utterance."""

    samples: Samples
    stretches: tuple[tuple[Span, str, str], ...]


def reading(shared: Path, part: str) -> Iterator[Heard]:
    """A corpus of utterances: each is one stretch."""
    for utterance in utterances(shared / "data", (part,)):
        samples = load(utterance.path).samples
        yield Heard(samples, ((Span(0, len(samples) / RATE), utterance.speaker, str(utterance.path)),))


def meetings(shared: Path) -> Iterator[Heard]:
    """The AMI clips: a turn's parts in which nobody else speaks."""
    for path in sorted((shared / "data" / "conversations").glob("ami_*.rttm")):
        (turns,) = read_rttm(path).values()
        found = [
            (span, turn.speaker, f"{path.stem} {number}")
            for number, turn in enumerate(turns)
            for span in alone(turn, turns)
        ]
        yield Heard(load(path.with_suffix(".flac")).samples, tuple(found))


def alone(turn: Turn, turns: Sequence[Turn]) -> list[Span]:
    """Where in a turn nobody else speaks."""
    return subtract([turn.span], merge(other.span for other in turns if other.speaker != turn.speaker))


def embedded(encoder: Encoder, heard: Sequence[Heard], seconds: float) -> tuple[Embeddings, list[str], list[str]]:
    """Rows, whose they are and from which utterance."""
    rows, speakers, spoken = [], [], []
    for each in heard:
        cut = [
            (Span(span.start + i * seconds, span.start + (i + 1) * seconds), speaker, utterance)
            for span, speaker, utterance in each.stretches
            for i in range(int(span.duration / seconds + 1e-6))
        ]
        if cut:
            rows.append(encoder(each.samples, [span for span, *_ in cut], silent))
            speakers += [speaker for _, speaker, _ in cut]
            spoken += [utterance for *_, utterance in cut]
    return np.vstack(rows), speakers, spoken


def scored(encoder: Encoder, heard: Sequence[Heard], seconds: float) -> Trials:
    """TRIALS of either kind."""
    rows, speakers, spoken = embedded(encoder, heard, seconds)
    who, which = (np.unique(names, return_inverse=True)[1] for names in (speakers, spoken))
    a, b = np.triu_indices(len(rows), 1)
    apart = which[a] != which[b]
    a, b = a[apart], b[apart]
    near, same = np.einsum("ij,ij->i", rows[a], rows[b]), who[a] == who[b]
    rng = np.random.default_rng(0)
    return trials(rng.choice(near[same], TRIALS), rng.choice(near[~same], TRIALS))


def speed(encoder: Encoder, heard: Sequence[Heard]) -> float:
    """Seconds of sound embedded a second, the best of three."""
    took = []
    for _ in range(3):
        begun = time.perf_counter()
        rows, *_ = embedded(encoder, heard[:40], 1.5)
        took.append((time.perf_counter() - begun) / (1.5 * len(rows)))
    return 1 / min(took)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=SHARED)
    parser.add_argument("--encoder", action="append", help="again for more; default: neural, mfcc and the peer")
    args = parser.parse_args()
    the_shared_folder(args.shared)
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    encoders = {name: make("encoder", name) for name in args.encoder or ("neural", "mfcc")}
    if peers.VoiceEncoder is None:
        print("resemblyzer is not installed: without it (bench/peers.py says how to install it)\n")
    elif not args.encoder:
        encoders["resemblyzer"] = peers.Resemblyzer()
    parts = {
        "LibriSpeech test-other, English": list(reading(args.shared, "librispeech/test_other_10")),
        "TEDx, Korean": list(reading(args.shared, "korean/pansori_tedxkr")),
        "AMI meetings": list(meetings(args.shared)),
    }
    fastest = {name: speed(encoder, parts["LibriSpeech test-other, English"]) for name, encoder in encoders.items()}
    print("| people nobody trained on | speakers | encoder | EER %, 1.5 s | EER %, 3 s | minDCF, 1.5 s | minDCF, 3 s |")
    print("|---|---|---|---|---|---|---|")
    for title, heard in parts.items():
        n = len({speaker for each in heard for _, speaker, _ in each.stretches})
        for name, encoder in encoders.items():
            both = [scored(encoder, heard, seconds) for seconds in (1.5, 3.0)]
            rates = " | ".join(f"{100 * each.rate:.1f}" for each in both)
            costs = " | ".join(f"{each.min_dcf(P_TARGET):.2f}" for each in both)
            print(f"| {title} | {n} | {name} | {rates} | {costs} |", flush=True)
    print(f"\nminDCF at a prior of {P_TARGET}. On one core, times real time: ", end="")
    print(", ".join(f"{name} {times:.0f}" for name, times in fastest.items()) + ".")


if __name__ == "__main__":
    main()
