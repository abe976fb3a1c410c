"""Fusion: what a language model has to say about a text while it is being found, symbol by symbol.

(Hannun et al., 2014.) A prefix gains alpha * log P(token | tokens before) + beta for every token that is whole: alpha
weighs the language model against the network, beta makes up for what each token costs. A word is whole at the space
behind it. A character is whole at once; a syllable of jamo when the next one begins: 하 may still become 한.

A word model says nothing of a word that is not whole, and little of one that it does not know; left at that, a search
runs all words together into one that never ends. So where the model tells which words it knows, a beginning that none
of them has costs at once what an unknown word costs, and this grows with its length: P(<unk>) times the probability of
its spelling, each symbol as likely as any other.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import log
from typing import NamedTuple

from bigvoice.corpora.vocabulary import Vocabulary, parted
from bigvoice.transcription.ctc_words import SPACE, continues
from bigvoice.transcription.language_model import SPACE_TOKEN, LanguageModel, State

WEIGHTS: Mapping[str, tuple[float, float]] = {"word": (0.5, 1.0), "character": (0.5, 1.0)}
"""alpha and beta where nobody chose them, by the model's unit; tried on made-up posteriors only (bench/decoding.py)."""

_UNKNOWN = "<unk>"


class Reading(NamedTuple):
    """What was read of a prefix: gain, of its whole tokens; ahead, of the pending symbols, which are no whole one."""

    state: State
    gain: float = 0.0
    pending: str = ""
    ahead: float = 0.0
    n_tokens: int = 0


@dataclass(frozen=True, slots=True)
class Fusion:
    """A language model beside a network that writes with a vocabulary."""

    model: LanguageModel
    vocabulary: Vocabulary
    alpha: float
    beta: float
    _known: list[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        words = self.model.words if self.model.unit == "word" else ()
        object.__setattr__(self, "_known", sorted(parted(word, self.vocabulary.unit) for word in words))

    @property
    def most_gain(self) -> float:
        """No symbol gains more: it makes one token whole."""
        return max(0.0, self.beta)

    def begin(self) -> Reading:
        """Nothing read yet."""
        return Reading(self.model.begin())

    def read(self, reading: Reading, number: int) -> Reading:
        """The reading with one more symbol."""
        symbol = self.vocabulary.symbols[number - 1]
        if self.model.unit == "word":
            return self._whole(reading) if symbol == SPACE else self._going_on(reading, symbol)
        if continues(symbol) and len(unicodedata.normalize("NFC", reading.pending + symbol)) == 1:
            return reading._replace(pending=reading.pending + symbol)
        begun = self._whole(reading)._replace(pending=SPACE_TOKEN if symbol == SPACE else symbol)
        return begun if self.vocabulary.unit == "jamo" else self._whole(begun)

    def end(self, reading: Reading) -> float:
        """The sum where the text ends here; 0 for no text at all, so that silence may stay silent."""
        whole = self._whole(reading)
        return whole.gain + self.alpha * self.model.end(whole.state) if whole.n_tokens else 0.0

    def _going_on(self, reading: Reading, symbol: str) -> Reading:
        """A word with one more symbol; where no known word begins so, with what an unknown one costs up to here."""
        pending, ahead = reading.pending + symbol, 0.0
        if self._known and (reading.ahead or not self._begins(pending)):
            ahead = self.alpha * (self.model.score(reading.state, _UNKNOWN)[0] + self._spelling(pending))
        return reading._replace(pending=pending, ahead=ahead)

    def _whole(self, reading: Reading) -> Reading:
        """The pending symbols read as a token."""
        if not reading.pending:
            return reading
        score, state = self.model.score(reading.state, unicodedata.normalize("NFC", reading.pending))
        if self._known and not self._is_word(reading.pending):
            score += self._spelling(reading.pending)
        return Reading(state, reading.gain + self.alpha * score + self.beta, n_tokens=reading.n_tokens + 1)

    def _begins(self, pending: str) -> bool:
        """Whether a known word begins so."""
        at = bisect_left(self._known, pending)
        return at < len(self._known) and self._known[at].startswith(pending)

    def _is_word(self, pending: str) -> bool:
        at = bisect_left(self._known, pending)
        return at < len(self._known) and self._known[at] == pending

    def _spelling(self, pending: str) -> float:
        """The natural logarithm of the probability that an unknown word is spelt so."""
        return -len(pending) * log(len(self.vocabulary))
