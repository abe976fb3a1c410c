"""Language model: how likely a word, or a character, is after those before it; ARPA and KenLM files by kenlm.

(Heafield, 2011.) `bigvoice train ngram` makes an ARPA file; KenLM's own tools make smaller, quicker binary ones of it,
which do not tell what words they know: a beam does worse with a binary model of words (see
`bigvoice.transcription.fusion`), and as well with one of characters. A model is of words or of characters: one that
knows the token "▁" (U+2581) is of characters and reads the space as it.

The module kenlm is an extra: pip install "bigvoice[lm]".
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Sequence
from itertools import dropwhile, takewhile
from math import log
from pathlib import Path
from typing import Any, Protocol

from bigvoice.errors import ModelError

UNITS = ("word", "character")

SPACE_TOKEN = "\u2581"
"""What a character model reads for a space."""

_LOG_10 = log(10)

State = Any
"""What a model remembers of the text so far; never changed once made."""


class LanguageModel(Protocol):
    """Tells how likely a text goes on with a token: a word, or a character, as `unit` says."""

    @property
    def name(self) -> str:
        """With the version in it."""

    @property
    def unit(self) -> str:
        """One of UNITS."""

    @property
    def words(self) -> Sequence[str]:
        """The words it knows; none where it does not tell."""

    def begin(self) -> State:
        """Nothing was said yet."""

    def score(self, state: State, token: str) -> tuple[float, State]:
        """The natural logarithm of the token's probability, and the state behind it."""

    def end(self, state: State) -> float:
        """The natural logarithm of the probability that nothing follows."""


class KenLanguageModel:
    """An ARPA or KenLM binary file; fits LanguageModel. Raises ModelError for what is none, and without kenlm."""

    def __init__(self, path: Path) -> None:
        self._kenlm = _library()
        self._model = _load(self._kenlm, path)
        self.unit = "character" if SPACE_TOKEN in self._model else "word"
        self.words = _words(path)
        self.name = f"{path.name}@{_fingerprint(path)}"

    @property
    def order(self) -> int:
        """The longest n-gram's length."""
        return int(self._model.order)

    def begin(self) -> State:
        """Nothing was said yet."""
        state = self._kenlm.State()
        self._model.BeginSentenceWrite(state)
        return state

    def score(self, state: State, token: str) -> tuple[float, State]:
        """The natural logarithm of the token's probability, and the state behind it."""
        after = self._kenlm.State()
        return self._model.BaseScore(state, token, after) * _LOG_10, after

    def end(self, state: State) -> float:
        """The natural logarithm of the probability that nothing follows."""
        return self.score(state, "</s>")[0]


def tokens(text: str, unit: str) -> list[str]:
    """A text as the tokens of a model of that unit; spaces are as wide as they may be, and one.

    >>> tokens("  해야  해", "character"), tokens("해야 해", "word")
    (['해', '야', '▁', '해'], ['해야', '해'])
    """
    words = text.split()
    return words if unit == "word" else list(SPACE_TOKEN.join(words))


def _library() -> Any:
    try:
        import kenlm
    except ImportError as error:
        raise ModelError('language models need kenlm: pip install "bigvoice[lm]"') from error
    return kenlm


def _load(kenlm: Any, path: Path) -> Any:
    if not path.is_file():
        raise ModelError(f"{path}: no such file; `bigvoice train ngram` makes a language model")
    config = kenlm.Config()
    config.show_progress = False
    config.arpa_complain = kenlm.ARPALoadComplain.NONE
    try:
        return kenlm.Model(str(path), config)
    # kenlm raises OSError or RuntimeError with a history of its own source lines; its first says what is wrong
    except (OSError, RuntimeError, ValueError) as error:
        raise ModelError(
            f"{path} is no language model that kenlm reads: make one with `bigvoice train ngram`, ARPA or KenLM binary"
        ) from error


def _words(path: Path) -> tuple[str, ...]:
    """The words of an ARPA file, in its order; none of a binary one."""
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rb") as lines:
        if not next(lines, b"").startswith(b"\\data\\"):
            return ()
        below = dropwhile(lambda line: line.strip() != b"\\1-grams:", lines)
        next(below, None)
        grams = takewhile(bytes.strip, below)
        found = (line.split()[1].decode() for line in grams)
        return tuple(word for word in found if not (word.startswith("<") and word.endswith(">")))


def _fingerprint(path: Path) -> str:
    """Eight hex digits: of the size and the first megabyte."""
    with path.open("rb") as stream:
        return hashlib.sha256(f"{path.stat().st_size} ".encode() + stream.read(1 << 20)).hexdigest()[:8]
