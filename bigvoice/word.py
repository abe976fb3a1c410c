"""Word: what a recogniser heard, when, and how sure it was.

`text` keeps the spacing as the recogniser wrote it (" hello", but "다" where Korean joins to what stands before), so
that joining words gives the text back unchanged.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bigvoice.span import Span


@dataclass(frozen=True, slots=True)
class Word:
    """`probability` is the recogniser's own, between 0 and 1."""

    span: Span
    text: str
    probability: float = 1.0

    def __post_init__(self) -> None:
        if not 0.0 <= self.probability <= 1.0:
            raise ValueError(f"a word's probability lies between 0 and 1, not at {self.probability}")


def letters(text: str) -> str:
    """What two texts that say the same have in common: letters and digits, without capitals.

    >>> letters("Good morning, all!")
    'goodmorningall'
    """
    return "".join(char for char in text.casefold() if char.isalnum())


def join(words: Iterable[Word]) -> str:
    """The text that the words make.

    >>> join([Word(Span(0, 1), " 회의를"), Word(Span(1, 2), " 시작"), Word(Span(2, 3), "합니다.")])
    '회의를 시작합니다.'
    """
    return "".join([word.text for word in words]).strip()
