"""Fusion: what a language model has to say about a text while it is being found, symbol by symbol.

(Hannun et al., 2014.) A prefix gains alpha * log P(token | tokens before) + beta for every token that is whole: alpha
weighs the language model against the network, beta makes up for what each token costs. A word is whole at the space
behind it. A character is whole at once; a syllable of jamo when the next one begins: 하 may still become 한.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from bigvoice.corpora.vocabulary import Vocabulary
from bigvoice.transcription.ctc_words import SPACE, continues
from bigvoice.transcription.language_model import SPACE_TOKEN, LanguageModel, State

WEIGHTS: Mapping[str, tuple[float, float]] = {"word": (0.5, 1.0), "character": (0.5, 0.5)}
"""alpha and beta where nobody chose them, by the model's unit."""


class Reading(NamedTuple):
    """What was read of a prefix: gain, the sum so far; pending, the symbols that are no whole token yet."""

    state: State
    gain: float = 0.0
    pending: str = ""
    n_tokens: int = 0


@dataclass(frozen=True, slots=True)
class Fusion:
    """A language model beside a network that writes with a vocabulary."""

    model: LanguageModel
    vocabulary: Vocabulary
    alpha: float
    beta: float

    def begin(self) -> Reading:
        """Nothing read yet."""
        return Reading(self.model.begin())

    def read(self, reading: Reading, number: int) -> Reading:
        """The reading with one more symbol."""
        symbol = self.vocabulary.symbols[number - 1]
        if self.model.unit == "word":
            return self._whole(reading) if symbol == SPACE else reading._replace(pending=reading.pending + symbol)
        if continues(symbol):
            return reading._replace(pending=reading.pending + symbol)
        begun = self._whole(reading)._replace(pending=SPACE_TOKEN if symbol == SPACE else symbol)
        return begun if self.vocabulary.unit == "jamo" else self._whole(begun)

    def end(self, reading: Reading) -> float:
        """The sum where the text ends here; 0 for no text at all, so that silence may stay silent."""
        whole = self._whole(reading)
        return whole.gain + self.alpha * self.model.end(whole.state) if whole.n_tokens else 0.0

    def _whole(self, reading: Reading) -> Reading:
        """The pending symbols read as tokens."""
        if not reading.pending:
            return reading
        state, gain, pending, n_tokens = reading
        text = unicodedata.normalize("NFC", pending)
        for token in [text] if self.model.unit == "word" else text:
            score, state = self.model.score(state, token)
            gain += self.alpha * score + self.beta
            n_tokens += 1
        return Reading(state, gain, "", n_tokens)
