"""How well the encoder tells voices apart: equal-error rates on people nobody trained on; a Markdown table on stdout.

    python bench/encoder.py [--shared ../shared]

A trial holds two stretches of speech of different utterances, of one person or of two; both kinds as often. Stretches
are cut side by side from the speech that the detector finds.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np
from made_meetings import SHARED, the_shared_folder
from numpy.typing import NDArray

from bigvoice import load
from bigvoice.parts import make
from bigvoice.progress import silent
from bigvoice.recording import RATE
from bigvoice.span import Span
from bigvoice.training.corpus import utterances

PARTS = {
    "LibriSpeech test-other, English": "librispeech/test_other_10",
    "TEDx, Korean": "korean/pansori_tedxkr",
}
TRIALS = 20_000


def equal_error_rate(same: NDArray[np.floating], different: NDArray[np.floating]) -> float:
    """Where as many are wrongly accepted as wrongly refused, in per cent."""
    scores = np.concatenate([same, different])
    order = np.argsort(-scores, kind="stable")
    is_same = np.arange(len(scores))[order] < len(same)
    refused = 1 - np.cumsum(is_same) / len(same)
    accepted = np.cumsum(~is_same) / len(different)
    crossing = np.abs(refused - accepted).argmin()
    return float(100 * (refused[crossing] + accepted[crossing]) / 2)


def rate(shared: Path, part: str, seconds: float) -> tuple[float, int, float]:
    """Equal-error rate, number of speakers, seconds embedded a second."""
    encoder = make("encoder", "mfcc")
    rows, speakers, spoken, took, heard = [], [], [], 0.0, 0.0
    for number, utterance in enumerate(utterances(shared / "data", (part,))):
        samples = load(utterance.path).samples
        n = int(len(samples) / RATE // seconds)
        spans = [Span(i * seconds, (i + 1) * seconds) for i in range(n)]
        begun = time.perf_counter()
        rows.append(encoder(samples, spans, silent))
        took, heard = took + time.perf_counter() - begun, heard + n * seconds
        speakers += [utterance.speaker] * n
        spoken += [number] * n
    embedded, who, which = np.vstack(rows), np.array(speakers), np.array(spoken)
    rng = np.random.default_rng(0)
    same, different = [], []
    while len(same) < TRIALS or len(different) < TRIALS:
        a, b = rng.integers(len(who), size=2)
        if which[a] != which[b]:
            (same if who[a] == who[b] else different).append(float(embedded[a] @ embedded[b]))
    return equal_error_rate(np.array(same[:TRIALS]), np.array(different[:TRIALS])), len(set(speakers)), heard / took


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=SHARED)
    args = parser.parse_args()
    the_shared_folder(args.shared)
    print(
        "| people nobody trained on | speakers | EER %, 1.5 s | EER %, 3 s | times real time |\n|---|---|---|---|---|"
    )
    for title, part in PARTS.items():
        short, n, _ = rate(args.shared, part, 1.5)
        long, _, speed = rate(args.shared, part, 3.0)
        print(f"| {title} | {n} | {short:.1f} | {long:.1f} | {speed:.0f} |", flush=True)


if __name__ == "__main__":
    main()
