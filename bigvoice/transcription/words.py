"""Words to turns: who said which word, by time alone.

A word goes to the turn that covers most of it; where two turns cover it alike (overlapping speech), to the turn of the
word before if that is one of them, else to the earlier turn; a word outside every turn goes to the nearest. No word is
lost, none is doubled, and the order of words is kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bigvoice.span import Span
from bigvoice.turn import Turn
from bigvoice.word import Word

_SAME = 1e-6
"""Seconds below which two overlaps count as alike: time stamps are rounded to hundredths."""


def give_words(turns: Sequence[Turn], words: Iterable[Word]) -> list[tuple[Turn, tuple[Word, ...]]]:
    """Each turn with its words, turns in order of time; a turn in which nothing was heard has ().

    One sweep over both, O(n log n) where few turns overlap at a time. Raises ValueError where there are words but no
    turns: somebody must have said them.
    """
    ordered = sorted(turns)
    spoken = sorted(words, key=lambda word: word.span)
    if spoken and not ordered:
        raise ValueError(f"{len(spoken)} words but no turns to give them to")
    given: list[list[Word]] = [[] for _ in ordered]
    reachable = _Sweep([turn.span for turn in ordered])
    before = -1
    for word in spoken:
        before = _owner(word.span, reachable.at(word.span), ordered, before)
        given[before].append(word)
    return [(turn, tuple(said)) for turn, said in zip(ordered, given, strict=True)]


def _owner(word: Span, candidates: Iterable[int], turns: Sequence[Turn], before: int) -> int:
    """The candidate that covers most of the word, else is nearest; ties as told at the top of the module."""

    def merit(index: int) -> tuple[int, int, bool, int]:
        span = turns[index].span
        return round(span.overlap(word) / _SAME), -round(span.gap(word) / _SAME), index == before, -index

    return max(candidates, key=merit)


class _Sweep:
    """The turns that a word may belong to, for words asked in order of their starts."""

    def __init__(self, spans: Sequence[Span]) -> None:
        self._spans = spans
        self._next = 0
        self._running: list[int] = []
        self._latest_ended: int | None = None

    def at(self, word: Span) -> list[int]:
        """Every turn that overlaps or touches the word, the latest that ended before it and the next to come."""
        while self._next < len(self._spans) and self._spans[self._next].start <= word.end:
            self._running.append(self._next)
            self._next += 1
        for index in self._running:
            if self._spans[index].end < word.start:
                self._retire(index)
        self._running = [index for index in self._running if self._spans[index].end >= word.start]
        ended = [] if self._latest_ended is None else [self._latest_ended]
        coming = [self._next] if self._next < len(self._spans) else []
        return [*ended, *self._running, *coming]

    def _retire(self, index: int) -> None:
        if self._latest_ended is None or self._spans[index].end > self._spans[self._latest_ended].end:
            self._latest_ended = index
