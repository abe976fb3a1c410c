"""Decoder: log probabilities in, piece by piece; the text so far out, and how much of it will not change.

Greedy takes the likeliest number of each frame; `bigvoice.transcription.ctc_beam.Beam` searches.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from bigvoice.corpora.vocabulary import BLANK
from bigvoice.transcription.ctc import LogProbabilities
from bigvoice.transcription.ctc_beam import WIDTH, Beam
from bigvoice.transcription.fusion import Fusion


class Decoder(Protocol):
    """Finds a text, frame by frame."""

    def push(self, log_probabilities: LogProbabilities) -> None:
        """Hear frames (n_frames, n_numbers), natural logarithms."""

    def best(self, *, ended: bool = False) -> list[int]:
        """The numbers of the best text since the last `drop`; ended: no more frames come."""

    def n_settled(self) -> int:
        """How many numbers at the beginning of `best` no later frame can change."""

    def drop(self, n: int) -> None:
        """Leave out the first n numbers of `best` from now on; they stand for what was said."""


class Greedy:
    """The likeliest way: fits Decoder. All that it writes is settled."""

    def __init__(self) -> None:
        self._numbers: list[int] = []
        self._last = BLANK

    def push(self, log_probabilities: LogProbabilities) -> None:
        """Hear frames (n_frames, n_numbers)."""
        for number in log_probabilities.argmax(axis=1).tolist():
            if number not in (BLANK, self._last):
                self._numbers.append(number)
            self._last = number

    def best(self, *, ended: bool = False) -> list[int]:  # noqa: ARG002
        """The numbers since the last `drop`."""
        return self._numbers.copy()

    def n_settled(self) -> int:
        """All of them."""
        return len(self._numbers)

    def drop(self, n: int) -> None:
        """Leave out the first n numbers."""
        del self._numbers[:n]


@dataclass(frozen=True, slots=True)
class Decoding:
    """How a text is found. width: of the beam; None: greedily. fusion: the language model that has a say in it."""

    width: int | None = None
    fusion: Fusion | None = None

    def begin(self) -> Decoder:
        """A decoder that has heard nothing."""
        if self.width is None and self.fusion is None:
            return Greedy()
        return Beam(width=self.width or WIDTH, fusion=self.fusion)

    def text(self, log_probabilities: LogProbabilities) -> list[int]:
        """The numbers that frames (n_frames, n_numbers) say, heard whole."""
        decoder = self.begin()
        decoder.push(log_probabilities)
        return decoder.best(ended=True)
