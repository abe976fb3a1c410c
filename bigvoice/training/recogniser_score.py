"""Scores of a recogniser in training: CTC's loss, and what it writes greedily against what was said."""

from __future__ import annotations

from dataclasses import dataclass, field

import torch
from torch import Tensor
from torch.nn import functional

from bigvoice.corpora.vocabulary import BLANK, Vocabulary
from bigvoice.evaluation.words import EditCounts, character_errors, word_errors
from bigvoice.training.speech_batches import Batch
from bigvoice.transcription.ctc import greedy


@dataclass(frozen=True, slots=True)
class Score:
    """loss: CTC's, summed over n recordings. Edits of characters without spaces, and of words. They add."""

    loss: float = 0.0
    n: int = 0
    characters: EditCounts = field(default_factory=EditCounts)
    words: EditCounts = field(default_factory=EditCounts)

    def __add__(self, other: Score) -> Score:
        """Of both batches."""
        return Score(
            self.loss + other.loss, self.n + other.n, self.characters + other.characters, self.words + other.words
        )

    @property
    def mean_loss(self) -> float:
        """A recording's."""
        return self.loss / self.n if self.n else float("nan")

    def packed(self) -> Tensor:
        """As (10,) numbers, which processes can add."""
        counts = [
            n for c in (self.characters, self.words) for n in (c.substitutions, c.deletions, c.insertions, c.total)
        ]
        return torch.tensor([self.loss, self.n, *counts], dtype=torch.float64)

    @classmethod
    def unpacked(cls, numbers: Tensor) -> Score:
        """Back from them."""
        loss, *rest = numbers.tolist()
        n, *counts = map(int, rest)
        return cls(loss, n, EditCounts(*counts[:4]), EditCounts(*counts[4:]))


def ctc_loss(told: Tensor, batch: Batch, n_steps: Tensor) -> Tensor:
    """CTC's loss a symbol, the mean over the batch. told: (n, s, S) log-probabilities; n_steps: (n,) true ones."""
    symbols, n_symbols = batch.symbols.to(told.device), batch.n_symbols.to(told.device)
    return functional.ctc_loss(told.transpose(0, 1), symbols, n_steps.to(told.device), n_symbols, blank=BLANK)


def score(told: Tensor, batch: Batch, n_steps: Tensor, vocabulary: Vocabulary) -> Score:
    """Of a batch, read greedily."""
    characters, words = EditCounts(), EditCounts()
    for row, n, text in zip(told.float().cpu().numpy(), n_steps.tolist(), batch.texts, strict=True):
        heard = vocabulary.decode(greedy(row[:n]))
        characters += character_errors(text, heard, spaces=False)
        words += word_errors(text, heard)
    return Score(float(ctc_loss(told, batch, n_steps)) * len(batch), len(batch), characters, words)
