"""How fast CTC decoding is, greedily and with beams of several widths: a Markdown table, with what they get wrong.

    python bench/decoding.py [--utterances N] [--seconds S]

The posteriors are made up, but shaped as networks give them, a step every 40 ms: one or two steps a symbol, blanks
between, at times another symbol nearly as likely ("sharp": well trained; "soft": hardly trained). The texts are made up
too: words of a lexicon of 3,000, each followed by one of thirty; the language models (3-grams of words, 5-grams of
characters) are learnt from 200,000 words of the same source. So the errors tell decoders apart and tell nothing of
speech. Seconds are of processor time on one thread, the network not counted.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import jiwer
import numpy as np

from bigvoice.corpora.vocabulary import Vocabulary
from bigvoice.training import ngram
from bigvoice.transcription.ctc import LogProbabilities
from bigvoice.transcription.ctc_words import words
from bigvoice.transcription.decoder import Decoding
from bigvoice.transcription.fusion import WEIGHTS, Fusion
from bigvoice.transcription.language_model import KenLanguageModel, LanguageModel

STEP = 0.04
UNITS = {
    "letters": "abcdefghijklmnopqrstuvwxyz'",
    "jamo": "".join(
        chr(0xAC00 + 28 * 21 * c + 28 * v + f) for c in range(14) for v in (0, 4, 8, 13, 20) for f in (0, 4)
    ),
    "syllables": "".join(chr(c) for c in range(0xAC00, 0xD7A3, 11)),
}
"""What the words are made of, by the vocabulary's unit: 28, 31 and 1,016 symbols with the space."""
HEAT = {"sharp": (0.93, 0.08, 0.03), "soft": (0.6, 0.25, 0.3)}
"""The probability of what is said in its step, on average; how often a rival is about as likely; and the most that all
other symbols together have in a step."""
SPOKEN = {"letters": 12, "jamo": 10, "syllables": 4}
"""Symbols a second."""
WIDTHS = (8, 16, 32, 64)


@dataclass(frozen=True)
class Source:
    """Where texts come from: a lexicon, and which words follow which."""

    lexicon: tuple[str, ...]
    followers: np.ndarray

    @classmethod
    def of(cls, symbols: str, rng: np.random.Generator, n_words: int = 3_000) -> Source:
        """A lexicon of words of a few of these symbols, at random."""
        short = 2 if len(symbols) > 100 else 4
        lengths = rng.integers(max(1, short - 2), short + 4, n_words)
        lexicon = tuple("".join(rng.choice(list(symbols), n)) for n in lengths)
        return cls(lexicon, rng.integers(0, n_words, (n_words, 30)))

    def text(self, n_words: int, rng: np.random.Generator) -> str:
        """So many words."""
        said, at = [], int(rng.integers(len(self.lexicon)))
        for _ in range(n_words):
            said.append(self.lexicon[at])
            at = int(self.followers[at, int(30 * rng.random() ** 2)])
        return " ".join(said)


def posteriors(
    numbers: list[int], n_steps: int, n_numbers: int, heat: str, rng: np.random.Generator
) -> LogProbabilities:
    """Log probabilities that say these numbers, spread over the steps: (n_steps, n_numbers)."""
    sure, confused, noise = HEAT[heat]
    rows = rng.gamma(0.05, 1.0, (n_steps, n_numbers)) + 1e-9
    rows *= noise * rng.random((n_steps, 1)) / rows.sum(axis=1, keepdims=True)
    rows[:, 0] += 1.0
    places = np.sort(rng.choice(np.arange(1, n_steps, 2), len(numbers), replace=False))
    for place, number in zip(places, numbers, strict=True):
        right = np.clip(rng.normal(sure, 0.1), 0.2, 0.99)
        rivals = [0, *rng.integers(1, n_numbers, 3)]
        rows[place, 0] = 0.0
        rows[place, rivals] += (1 - right) * rng.dirichlet([1.0] * 4)
        rows[place, number] += right
        if rng.random() < confused:
            rows[place, rng.integers(1, n_numbers)] += right * rng.uniform(0.6, 1.2)
    return np.log(rows / rows.sum(axis=1, keepdims=True)).astype(np.float32)


def decodings(vocabulary: Vocabulary, models: list[LanguageModel]) -> dict[str, Decoding]:
    """Every decoder there is, by what the table calls it."""
    found = {"greedy": Decoding()} | {f"beam {width}": Decoding(width) for width in WIDTHS}
    for model in models:
        fusion = Fusion(model, vocabulary, *WEIGHTS[model.unit])
        found |= {f"beam {width} + {model.unit} model": Decoding(width, fusion) for width in WIDTHS}
    return found


def language_models(source: Source, rng: np.random.Generator, folder: Path) -> list[LanguageModel]:
    text = folder / "text.txt"
    text.write_text("\n".join(source.text(20, rng) for _ in range(10_000)), encoding="utf-8")
    models: list[LanguageModel] = []
    for unit, order in (("word", 3), ("character", 5)):
        ngram.make([text], folder / f"{unit}.arpa", order=order, unit=unit)
        models.append(KenLanguageModel(folder / f"{unit}.arpa"))
    return models


def rows(unit: str, n_utterances: int, seconds: float, folder: Path) -> Iterator[str]:
    """The table's rows of one unit."""
    rng = np.random.default_rng(1)
    source = Source.of(UNITS[unit], rng)
    vocabulary = Vocabulary.of([" ", *UNITS[unit]], unit)
    chosen = decodings(vocabulary, language_models(source, rng, folder))
    texts = [cut(source.text(60, rng), vocabulary, round(SPOKEN[unit] * seconds)) for _ in range(n_utterances)]
    for heat in HEAT:
        heard = [
            posteriors(vocabulary.encode(text), round(seconds / STEP), len(vocabulary), heat, rng) for text in texts
        ]
        for name, decoding in chosen.items():
            began = time.process_time()
            found = [vocabulary.decode(decoding.text(each)) for each in heard]
            took = (time.process_time() - began) / n_utterances
            errors = jiwer.cer(texts, [text or " " for text in found])
            yield f"| {unit} | {heat} | {name} | {1000 * took:.0f} ms | {took / seconds:.4f} | {100 * errors:.1f} |"
        began = time.process_time()
        for each, text in zip(heard, texts, strict=True):
            words(each, vocabulary.encode(text), vocabulary, step=STEP)
        took = (time.process_time() - began) / n_utterances
        yield f"| {unit} | {heat} | (times and confidences) | {1000 * took:.0f} ms | {took / seconds:.4f} | |"


def cut(text: str, vocabulary: Vocabulary, n_symbols: int) -> str:
    """The text's first whole words that have no more symbols than that."""
    said = text.split()
    while len(vocabulary.encode(" ".join(said))) > n_symbols:
        said.pop()
    return " ".join(said)


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--utterances", type=int, default=20)
    ask.add_argument("--seconds", type=float, default=10.0, help="of each utterance")
    given = ask.parse_args()
    print(
        f"| vocabulary | posteriors | decoder | {given.seconds:g} s of sound take | seconds a second | errors % (CER) |"
    )
    print("|---|---|---|---|---|---|")
    for unit in UNITS:
        with TemporaryDirectory() as folder:
            for row in rows(unit, given.utterances, given.seconds, Path(folder)):
                print(row, flush=True)


if __name__ == "__main__":
    main()
