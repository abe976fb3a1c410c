"""The segmentation on made conversations of people and meetings it was not taught with: a Markdown table on stdout.

    python bench/segmentation.py WORK [--shared ../shared]

WORK: the work folder of `bigvoice.training.segmentation`, which has the speech. Silero hears the same sound.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from bigvoice.diarization.detection import SileroDetector
from bigvoice.diarization.powerset import N_TOGETHER, SETS, classes
from bigvoice.diarization.segmentation import Segmenter, overlap, read, segmenter, speech
from bigvoice.progress import silent
from bigvoice.recording import RATE, Samples
from bigvoice.training.mixture_store import N_LABELS, SECONDS, Source
from bigvoice.training.mixtures import FRAME
from bigvoice.training.segmentation_scores import LocalErrors, local_errors

FIRST = 10_000
"""Of the mixtures measured on: far behind those that the recipe chooses its checkpoint by."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("work", type=Path, nargs="?")
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--count", type=int, default=400)
    parser.add_argument("--model", type=Path)
    args = parser.parse_args()
    if args.work is None:
        print("needs WORK, the folder that the recipe worked in; nothing measured")
        return
    network = read(args.model) if args.model else segmenter()
    source = Source(args.shared / "data", args.work, held=True)
    made = [source.mixture(number) for number in range(FIRST, FIRST + args.count)]
    sounds = [mixture.samples[: SECONDS * RATE] for mixture in made]
    wanted = [classes(mixture.activity[:, :N_LABELS]) for mixture in made]
    whole = whole_of(wanted, [likeliest(network, sound) for sound in sounds])
    print(f"{args.count} conversations of {SECONDS} s, seed and people held out\n")
    print("| what | missed % | false % | confused % | local DER % |\n|---|---|---|---|---|")
    parts = (100 * n / whole.spoken for n in (whole.missed, whole.false, whole.confused))
    print(f"| who speaks when | {' | '.join(f'{part:.1f}' for part in parts)} | {100 * whole.rate:.1f} |\n")
    print("| what | precision % | recall % | F1 % |\n|---|---|---|---|")
    row("two at once, likeliest class", whole)
    probable = [overlap(network(sound)) for sound in sounds]
    for threshold in (0.3, 0.4, 0.5, 0.6):
        row(f"two at once, probability over {threshold}", whole_of(wanted, [two(p > threshold) for p in probable]))
    print()
    print("| speech by | missed % | false % |\n|---|---|---|")
    for name, found in (("this network", by_network(network)), ("Silero", by_silero())):
        heard = whole_of([np.minimum(N_TOGETHER[w], 1) for w in wanted], [found(sound) for sound in sounds])
        print(f"| {name} | {100 * heard.speech_missed:.1f} | {100 * heard.speech_false:.1f} |")
    print(f"\nOne hour of sound: {speed(network, sounds)}\n")
    steps(network, source)


def steps(network: Segmenter, source: Source, count: int = 25, seconds: int = 60) -> None:
    """What chunks nearer to each other buy, on conversations of a minute; two at once: probability over 0.3."""
    made = [source.mixture(FIRST + number, seconds) for number in range(count)]
    wanted = [classes(mixture.activity) for mixture in made]
    print("| chunks apart, s | speech missed % | false % | two at once: precision % | recall % | F1 % |")
    print("|---|---|---|---|---|---|")
    for step in (1.0, 2.5, 5.0, 9.0):
        heard = [replace(network, step=step)(mixture.samples) for mixture in made]
        anybody = [(speech(each) > 0.5).astype(np.uint8) for each in heard]
        errors = whole_of([np.minimum(N_TOGETHER[w], 1) for w in wanted], anybody)
        rates = f"{100 * errors.speech_missed:.1f} | {100 * errors.speech_false:.1f}"
        row(f"{step} | {rates}", whole_of(wanted, [two(overlap(each) > 0.3) for each in heard]))


def whole_of(wanted: list[np.ndarray], found: list[np.ndarray]) -> LocalErrors:
    return sum((local_errors(w, f) for w, f in zip(wanted, found, strict=True)), LocalErrors())


def row(name: str, errors: LocalErrors) -> None:
    rates = (errors.overlap_precision, errors.overlap_recall, errors.overlap_f1)
    print(f"| {name} | {' | '.join(f'{100 * rate:.1f}' for rate in rates)} |")


def two(frames: np.ndarray) -> np.ndarray:
    """Where two speak, whoever they are: the last class."""
    return np.where(frames, len(SETS) - 1, 0).astype(np.uint8)


def likeliest(network: Segmenter, samples: Samples) -> np.ndarray:
    """The likeliest class of each frame of one chunk."""
    return network(samples).probabilities[0].argmax(axis=1).astype(np.uint8)


def by_network(network: Segmenter) -> Callable[[Samples], np.ndarray]:
    return lambda samples: (speech(network(samples)) > 0.5).astype(np.uint8)


def by_silero() -> Callable[[Samples], np.ndarray]:
    detector = SileroDetector()

    def found(samples: Samples) -> np.ndarray:
        frames = np.zeros(N_LABELS, np.uint8)
        for span in detector(samples, silent):
            frames[round(span.start * RATE / FRAME) : round(span.end * RATE / FRAME)] = 1
        return frames

    return found


def speed(network: Segmenter, sounds: list[Samples]) -> str:
    """Of ten minutes, in processor time on one thread."""
    minutes = np.resize(np.concatenate(sounds[:60]), 600 * RATE)
    begun = time.process_time()
    network(minutes)
    seconds = time.process_time() - begun
    return f"{6 * seconds:.1f} s on one thread, {600 / seconds:.0f} times real time, chunks {network.step} s apart"


if __name__ == "__main__":
    main()
