"""Dividing: a block into which a person wrote a new heading ("[00:12:40] Mina Park") is two, with turns of their own.

The words tell where: those around the heading are found again in the block, and the turn is split between them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from itertools import accumulate, pairwise

from bigvoice.documents.line import one_line
from bigvoice.minutes.correcting import halves
from bigvoice.minutes.corrections import Place, Split
from bigvoice.minutes.minutes import Utterance
from bigvoice.minutes.rewording import written
from bigvoice.returning.came_back import Passage
from bigvoice.returning.comparison import Match

Cut = tuple[int, int]
"""A turn of a block and a word of it, by their numbers: something new begins before it."""


def divided(match: Match, more: Sequence[Passage]) -> tuple[list[Split], list[Match]] | None:
    """What splits the turns of a block, and each passage with its own; None where the words do not tell where.

    more: the passages that a person began within the one of the match.
    """
    passages = [match.passage, *more]
    cuts = _cuts(match.expected.turns, [_words(passage) for passage in passages])
    parts = cuts and _parts(match.expected.turns, cuts)
    if not parts:
        return None
    splits, turns = parts
    expected = [replace(match.expected, turns=own, texts=(_text(own),)) for own in turns]
    return splits, [Match(*pair) for pair in zip(passages, expected, strict=True)]


def _cuts(turns: Sequence[Utterance], said: Sequence[Sequence[str]]) -> list[Cut]:
    """Before which words each of the texts but the first begins; none where one of them cannot be told."""
    old = [word for number, turn in enumerate(turns) for word in _written(number, turn)]
    new = [word for words in said for word in words]
    matcher = SequenceMatcher(None, [text for _, text in old], new, autojunk=False)
    found = {b + i: a + i for a, b, size in matcher.get_matching_blocks() for i in range(size)}
    borders = [*accumulate(map(len, said))][:-1]
    places = [found.get(border, found.get(border - 1, -1) + 1) for border in borders]
    cuts = [old[place][0] for place in places if 0 < place < len(old)]
    known = len(cuts) == len(borders) and all(word >= 0 for _, word in cuts)
    return cuts if known and all(a < b for a, b in pairwise(cuts)) else []


def _written(number: int, turn: Utterance) -> Iterator[tuple[Cut, str]]:
    """The words of a turn as they are written, each with the first of its own; -1 within one of them."""
    at = 0
    for group in written(turn.words):
        for inner, text in enumerate(one_line("".join(word.text for word in group)).split()):
            yield (number, -1 if inner else at), text
        at += len(group)


def _parts(turns: Sequence[Utterance], cuts: Sequence[Cut]) -> tuple[list[Split], list[tuple[Utterance, ...]]] | None:
    """What splits the turns before these words, and the turns of each part; None where words have no time."""
    splits: list[Split] = []
    parts: list[list[Utterance]] = [[]]
    for number, turn in enumerate(turns):
        rest, passed = turn, 0
        for word in [word for its, word in cuts if its == number]:
            if word:
                at = turn.words[word].span.start
                if not rest.span.start < at < rest.span.end:
                    return None
                splits.append(Split(Place.of(rest), at, word - passed))
                first, rest = halves(rest, at, word - passed)
                parts[-1].append(first)
                passed = word
            parts.append([])
        parts[-1].append(rest)
    return splits, [tuple(part) for part in parts]


def _words(passage: Passage) -> list[str]:
    return one_line(passage.text.text).split() if passage.text else []


def _text(turns: Sequence[Utterance]) -> str:
    return one_line(" ".join(turn.text for turn in turns))
