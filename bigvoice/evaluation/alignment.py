"""Alignment: what was said and what was written, side by side, with the edits between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bigvoice.documents.line import pad, width

SUBSTITUTION, DELETION, INSERTION = "S", "D", "I"
_NOTHING = "*"
_NO_WAY = 1 << 60


@dataclass(frozen=True, slots=True)
class Pair:
    """A word (or character) of the reference and what stands for it; None: nothing does."""

    said: str | None
    heard: str | None

    @property
    def edit(self) -> str:
        """SUBSTITUTION, DELETION, INSERTION, or "" where both are the same."""
        if self.said is None:
            return INSERTION
        if self.heard is None:
            return DELETION
        return "" if self.said == self.heard else SUBSTITUTION


def align(reference: Sequence[str], hypothesis: Sequence[str]) -> list[Pair]:
    """The pairs, with as many edits of each kind as `words.edits` counts.

    The usual table, kept whole: O(n m) time and memory, for sentences. A way costs its edits times a large number, plus
    its substitutions, so that of the shortest ways the one that keeps most of the reference is the cheapest.
    """
    n, m = len(reference), len(hypothesis)
    many = n + m + 1
    free = np.arange(m + 1, dtype=np.int64) * many  # insertions only
    wrong = np.array([[said != heard for heard in hypothesis] for said in reference], dtype=np.int64).reshape(n, m)
    table = np.empty((n + 1, m + 1), np.int64)
    table[0] = free
    for i in range(n):
        through = np.append(_NO_WAY, table[i, :-1] + wrong[i] * (many + 1))
        table[i + 1] = np.minimum.accumulate(np.minimum(through, table[i] + many) - free) + free
    pairs: list[Pair] = []
    while n or m:
        if n and m and table[n, m] == table[n - 1, m - 1] + wrong[n - 1, m - 1] * (many + 1):
            n, m = n - 1, m - 1
            pairs.append(Pair(reference[n], hypothesis[m]))
        elif n and table[n, m] == table[n - 1, m] + many:
            n -= 1
            pairs.append(Pair(reference[n], None))
        else:
            m -= 1
            pairs.append(Pair(None, hypothesis[m]))
    return pairs[::-1]


def side_by_side(pairs: Sequence[Pair], *, columns: int = 100) -> list[str]:
    r"""Three lines (said, written, edits), and three more wherever `columns` are full.

    >>> print(*side_by_side(align("it stays as it is".split(), "it stay as is now".split())), sep="\n")
    said     it stays as it is ***
    written  it stay  as ** is now
                S        D     I
    """
    lines: list[str] = []
    for row in _rows(pairs, columns - len(_LABELS[0])):
        cells = [(pair.said or _blank(pair), pair.heard or _blank(pair), pair.edit) for pair in row]
        wide = [max(map(width, cell)) for cell in cells]
        for label, texts in zip(_LABELS, zip(*cells, strict=True), strict=True):
            lines.append((label + " ".join(map(pad, texts, wide))).rstrip())
    return lines


_LABELS = ("said     ", "written  ", "         ")


def _blank(pair: Pair) -> str:
    """What stands where one side has nothing: as wide as the other."""
    return _NOTHING * width(pair.said or pair.heard or "")


def _rows(pairs: Sequence[Pair], columns: int) -> list[list[Pair]]:
    rows: list[list[Pair]] = [[]]
    left = columns
    for pair in pairs:
        needed = max(width(pair.said or ""), width(pair.heard or "")) + 1
        if rows[-1] and needed > left + 1:
            rows.append([])
            left = columns
        rows[-1].append(pair)
        left -= needed
    return rows if rows[0] else []
