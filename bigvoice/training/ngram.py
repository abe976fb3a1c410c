"""N-gram models: interpolated modified Kneser-Ney estimates, written as ARPA files that kenlm and others read.

(Chen and Goodman, 1998, section 3; the counting of Heafield et al., 2013.) From each count one of three discounts is
taken, estimated from how many n-grams were seen once to four times. What that frees goes to the model of the order
below. An n-gram of a lower order counts by how many different tokens it was seen behind, as it is asked only where the
longer one is unknown; those at the beginning of a text, which nothing goes before, count as often as they were seen.

All is counted in arrays, in memory: five million words made a model of order 3 in 16 s of one processor and 0.7 GB, a
file of 222 MB; both grow with the text.
"""

from __future__ import annotations

import unicodedata
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bigvoice.corpora import manifest
from bigvoice.errors import CorpusError, TrainingError
from bigvoice.minutes.whole_file import why_not_written
from bigvoice.transcription.language_model import SPACE_TOKEN, UNITS, tokens

UNKNOWN, BEGIN, END = 0, 1, 2
MARKS = ("<unk>", "<s>", "</s>")
"""Tokens that are no words, in the order of their numbers."""

FALLBACK = (0.5, 1.0, 1.5)
"""Discounts where too few n-grams were seen to estimate them; KenLM's own for such texts."""

MOST_ORDER = 6
"""kenlm reads no longer n-grams as it is compiled for Python."""

_BLOCK = 100_000
_Ints = NDArray[np.int64]
_Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Text:
    """A corpus as numbers: sentences one after the other, each from BEGIN to END, and what the numbers stand for."""

    numbers: NDArray[np.int32]
    words: tuple[str, ...]

    @property
    def n_tokens(self) -> int:
        """Without the marks of beginning and end."""
        return int(np.count_nonzero((self.numbers != BEGIN) & (self.numbers != END)))


@dataclass(frozen=True, eq=False)
class Grams:
    """The n-grams of one order, n of them.

    words: (n, order). probability: (n,), of the last word after the others. backoff: (n,), what the probability of the
    order below is multiplied with for a word that was never seen behind this n-gram; 1 where none was.
    """

    words: NDArray[np.int32]
    probability: _Floats
    backoff: _Floats


@dataclass(frozen=True, eq=False)
class NGrams:
    """A model: orders[k - 1] has the n-grams of k words; words: what their numbers stand for."""

    orders: tuple[Grams, ...]
    words: tuple[str, ...]


def read(paths: Sequence[Path], unit: str) -> Text:
    """The texts of files as tokens of words or characters: of a manifest (.csv) each entry's, else each line.

    Raises CorpusError for a file that cannot be read, one that holds a mark as a word, and where there is no text.
    """
    known = {mark: number for number, mark in enumerate(MARKS)}
    if unit == "character":
        known[SPACE_TOKEN] = len(known)  # by this token a model of characters is known as one
    numbers = array("i")
    for path in paths:
        for text in _texts(path):
            if found := tokens(unicodedata.normalize("NFC", text.replace("\0", " ")), unit):
                if marks := set(MARKS).intersection(found):
                    raise CorpusError(f"{path} holds {', '.join(sorted(marks))} as a word: take it out of the text")
                numbers.append(BEGIN)
                numbers.extend(known.setdefault(token, len(known)) for token in found)
                numbers.append(END)
    if not numbers:
        raise CorpusError(f"there is no text in {', '.join(map(str, paths))}: give files with a sentence a line")
    return Text(np.frombuffer(numbers, np.int32), tuple(known))


def _texts(path: Path) -> Iterator[str]:
    if path.suffix.lower() == ".csv":
        yield from (entry.text for entry in manifest.read(path))
        return
    try:
        with path.open(encoding="utf-8-sig") as lines:
            yield from lines
    except UnicodeDecodeError as error:
        raise CorpusError(f"{path} is no text in UTF-8: {error.reason}") from error
    except OSError as error:
        raise CorpusError(f"{path} cannot be read: {error.strerror}") from error


def estimate(text: Text, order: int) -> NGrams:
    """The model of a text. Raises TrainingError for an order that is not from 1 to MOST_ORDER."""
    if not 1 <= order <= MOST_ORDER:
        raise TrainingError(f"an n-gram model's order is from 1 to {MOST_ORDER}, not {order}")
    counted = list(_counted(text, order))
    below = np.full(len(text.words), 1.0 / (len(text.words) - 1))  # of each word but <s>, which is never said
    probabilities: list[_Floats] = []
    freed: list[_Floats] = []
    for seen, counts in zip(counted, _adjusted(counted), strict=True):
        below, left = _interpolated(seen, counts, below)
        if not probabilities:
            below[BEGIN] = 0.0
        probabilities.append(below)
        freed.append(left)
    backoffs = [_filled(left, len(seen.counts)) for seen, left in zip(counted, [*freed[1:], np.ones(0)], strict=True)]
    orders = zip(counted, probabilities, backoffs, strict=True)
    return NGrams(tuple(Grams(seen.words, found, backoff) for seen, found, backoff in orders), text.words)


@dataclass(frozen=True, eq=False)
class _Seen:
    """The different n-grams of one order in a text.

    words: (n, order). history, suffix: (n,), rows of the order below: all but the last word, all but the first.
    counts: (n,), how often each was seen.
    """

    words: NDArray[np.int32]
    history: _Ints
    suffix: _Ints
    counts: _Ints


def _counted(text: Text, order: int) -> Iterator[_Seen]:
    """Order by order; of one word all that are known, in the order of their numbers."""
    numbers, n_words = text.numbers, len(text.words)
    every = np.arange(n_words)
    yield _Seen(every[:, None].astype(np.int32), np.zeros_like(every), every, np.bincount(numbers, minlength=n_words))
    rows = numbers.astype(np.int64)  # row of the n-gram that begins at each place of the text
    places = np.arange(len(numbers))  # where one begins that does not reach over the end of its sentence
    for length in range(2, order + 1):
        places = places[numbers[places + length - 2] != END]
        keys = rows[places] * n_words + numbers[places + length - 1]
        _, first, inverse, counts = np.unique(keys, return_index=True, return_inverse=True, return_counts=True)
        at = places[first]
        yield _Seen(numbers[at[:, None] + np.arange(length)], rows[at], rows[at + 1], counts)
        rows = np.zeros(len(numbers), np.int64)
        rows[places] = inverse


def _adjusted(counted: Sequence[_Seen]) -> Iterator[_Ints]:
    """What n-grams count: the longest and those at the beginning as often as seen, else behind how many words."""
    for seen, longer in zip(counted, [*counted[1:], None], strict=True):
        counts = seen.counts.copy()
        if longer is not None:
            inside = seen.words[:, 0] != BEGIN
            counts[inside] = np.bincount(longer.suffix, minlength=len(counts))[inside]
        if seen.words.shape[1] == 1:
            counts[BEGIN] = 0
        yield counts


def _interpolated(seen: _Seen, counts: _Ints, below: _Floats) -> tuple[_Floats, _Floats]:
    """Of each n-gram the probability, (n,); of each history what is left for the order below."""
    discount = discounts(counts)[np.minimum(counts, 3)]
    total = np.maximum(np.bincount(seen.history, counts), 1)
    freed = np.bincount(seen.history, discount)
    left = np.where(freed > 0, freed / total, 1.0)
    return (counts - discount) / total[seen.history] + left[seen.history] * below[seen.suffix], left


def discounts(counts: _Ints) -> _Floats:
    """What is taken from a count of 0, 1, 2, and 3 or more: (4,) (Chen and Goodman, 1998, equation 26)."""
    n = np.bincount(np.minimum(counts, 5), minlength=6).astype(np.float64)
    if np.all(n[1:4] > 0):
        few = n[1] / (n[1] + 2 * n[2])
        found = np.array([c - (c + 1) * few * n[c + 1] / n[c] for c in (1, 2, 3)])
        if np.all((found > 0) & (found <= (1, 2, 3))):
            return np.array([0.0, *found])
    return np.array([0.0, *FALLBACK])


def _filled(left: _Floats, n: int) -> _Floats:
    """Backoff of n n-grams; nothing was seen behind the last ones."""
    backoff = np.ones(n)
    backoff[: len(left)] = left
    return backoff


def write(path: Path, model: NGrams) -> None:
    """The model as an ARPA file, whole or not at all. Raises TrainingError where it cannot be written."""
    part = path.with_name(f"{path.name}.partial")
    try:
        with part.open("w", encoding="utf-8") as out:
            out.write("\\data\\\n")
            out.writelines(f"ngram {k}={len(grams.probability)}\n" for k, grams in enumerate(model.orders, 1))
            for k, grams in enumerate(model.orders, 1):
                out.write(f"\n\\{k}-grams:\n")
                out.writelines(_lines(grams, model.words, longest=k == len(model.orders)))
            out.write("\n\\end\\\n")
        part.replace(path)
    except OSError as error:
        raise TrainingError(why_not_written(path, error)) from error
    finally:
        part.unlink(missing_ok=True)


def _lines(grams: Grams, words: Sequence[str], *, longest: bool) -> Iterator[str]:
    """log10 of the probability, the n-gram, log10 of the backoff; a block of n-grams at a time."""
    for first in range(0, len(grams.probability), _BLOCK):
        block = slice(first, first + _BLOCK)
        scores = np.log10(np.maximum(grams.probability[block], 1e-99)).tolist()
        backoffs = np.log10(grams.backoff[block]).tolist()
        for gram, score, backoff in zip(grams.words[block].tolist(), scores, backoffs, strict=True):
            said = " ".join([words[number] for number in gram])
            yield f"{score:.7g}\t{said}\n" if longest else f"{score:.7g}\t{said}\t{backoff:.7g}\n"


@dataclass(frozen=True, slots=True)
class Made:
    """What a model was made of: how many tokens of text; how many n-grams of each order there are."""

    n_tokens: int
    n_grams: tuple[int, ...]


def make(paths: Sequence[Path], out: Path, *, order: int = 3, unit: str = "word") -> Made:
    """The whole recipe: read, estimate, write. Raises what they raise, and TrainingError for a unit unknown."""
    if unit not in UNITS:
        raise TrainingError(f"an n-gram model is of {' or '.join(UNITS)}s, not of {unit!r}")
    text = read(paths, unit)
    model = estimate(text, order)
    write(out, model)
    return Made(text.n_tokens, tuple(len(grams.probability) for grams in model.orders))
