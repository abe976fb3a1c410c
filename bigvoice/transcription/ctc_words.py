"""Words of what CTC decoding found: where each begins and ends, how it is spelt, and how sure the network is of it.

A word ends at a space, and at a pause within which nothing is written: a network that knows no space (a small
vocabulary of single words) tells words apart by pauses alone. `Word.text` keeps the spacing: what a pause parts without
a space is joined again when the words are.

**What a word's probability means.** It is the probability that the word's own frames say exactly this word and nothing
else, summed over all ways to say it in them (`ctc.log_probability`). Over all texts that these frames could say, such
probabilities sum to 1. They are the network's own, whatever a language model made of them, and no better calibrated
than the network is: trained with CTC, networks are mostly too sure of themselves.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import exp

from bigvoice.corpora.vocabulary import Vocabulary
from bigvoice.span import Span
from bigvoice.transcription.ctc import LogProbabilities, Symbol, align, log_probability
from bigvoice.word import Word

SPACE = " "

PAUSE = 1.0
"""Seconds without a symbol that end a word: nobody stops so long within one, and a network that hears the whole before
it writes may put the letters of a short word 0.6 s apart."""

REACH = 0.2
"""Seconds on either side of a word that count as its frames if they are nobody else's: a letter that the network was
about to write there is a doubt about this word."""


def words(
    log_probabilities: LogProbabilities,
    numbers: Sequence[int],
    vocabulary: Vocabulary,
    *,
    step: float,
    start: float = 0.0,
    spaced: bool = True,
) -> list[Word]:
    """The words of a text (numbers without blanks) that the frames (n_frames, len(vocabulary)) say.

    step: seconds a frame. start: of the first frame, seconds. spaced: whether the first word begins with a space.
    Raises ValueError where the text is too long for the frames.
    """
    symbols = align(log_probabilities, numbers)
    return spelt(symbols, log_probabilities, vocabulary, step=step, start=start, spaced=spaced)


def spelt(
    symbols: Sequence[Symbol],
    log_probabilities: LogProbabilities,
    vocabulary: Vocabulary,
    *,
    step: float,
    start: float = 0.0,
    spaced: bool = True,
) -> list[Word]:
    """The words of symbols whose frames are known; else as `words`."""
    found = []
    for first, end in _groups(symbols, vocabulary, PAUSE / step):
        span = Span(start + symbols[first].first * step, start + symbols[end - 1].end * step)
        numbers = [symbol.number for symbol in symbols[first:end]]
        heard = log_probabilities[_frames(symbols, first, end, round(REACH / step))]
        behind_space = _behind_space(symbols[:first], vocabulary, spaced)
        text = SPACE * behind_space + vocabulary.decode(numbers)
        found.append(Word(span, text, exp(log_probability(heard, numbers))))
    return found


def _groups(symbols: Sequence[Symbol], vocabulary: Vocabulary, pause: float) -> Iterator[tuple[int, int]]:
    """(first, end) of each word's symbols."""
    first = 0
    for i, symbol in enumerate(symbols):
        if is_space(symbol.number, vocabulary):
            if first < i:
                yield first, i
            first = i + 1
        elif first < i and pauses(symbols[i - 1], symbol, vocabulary, pause):
            yield first, i
            first = i
    if first < len(symbols):
        yield first, len(symbols)


def is_space(number: int, vocabulary: Vocabulary) -> bool:
    """Whether the number is the space's."""
    return vocabulary.symbols[number - 1] == SPACE


def pauses(left: Symbol, right: Symbol, vocabulary: Vocabulary, pause: float) -> bool:
    """Whether so many frames lie between two symbols; never within a syllable of jamo."""
    return right.first - left.end >= pause and not continues(vocabulary.symbols[right.number - 1])


def continues(symbol: str) -> bool:
    """Whether a symbol is a vowel or final jamo, which stands in the syllable that was begun before it.

    >>> [continues(symbol) for symbol in ("\u1112", "\u1161", "\u11ab", "a", " ")]
    [False, True, True, False, False]
    """
    return "\u1160" <= symbol <= "\u11ff"


def _behind_space(before: Sequence[Symbol], vocabulary: Vocabulary, spaced: bool) -> bool:
    """Whether a space goes before what comes after these symbols."""
    if not before:
        return spaced
    return SPACE not in vocabulary.symbols or is_space(before[-1].number, vocabulary)


def _frames(symbols: Sequence[Symbol], first: int, end: int, reach: int) -> slice:
    """A word's frames: from its first symbol to its last, and up to `reach` more on either side that are nobody's."""
    since = symbols[first - 1].end if first else 0
    until = symbols[end].first if end < len(symbols) else symbols[end - 1].end + reach
    return slice(max(since, symbols[first].first - reach), min(until, symbols[end - 1].end + reach))
