"""CTC beam: prefix beam search for the likeliest text, with a language model where there is one.

(Hannun et al., 2014, algorithm 1.) The likeliest way through the frames need not give the likeliest text: a text may
have many ways, none of them the best. The search keeps the `width` best beginnings of texts and for each the
probability of its ways that end in a blank and of those that end in its last symbol, as only the former may repeat it.

Probabilities are scaled to 1 for the best prefix in each frame, so that plain floats suffice; what underflows is
hundreds of orders of magnitude behind. Prefixes are a tree, so that ways to one prefix meet in one node; a node that
could not stay is not made (`Beam._least_rank`), which changes nothing but the time it takes.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from heapq import nlargest
from itertools import takewhile
from math import exp, inf, log

import numpy as np

from bigvoice.corpora.vocabulary import BLANK
from bigvoice.transcription.ctc import LogProbabilities
from bigvoice.transcription.fusion import Fusion, Reading

WIDTH = 32
LEAST = 1e-3
"""A symbol less probable than this in a frame is not tried there."""


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """A text that was found.

    log_probability: of the network, all ways that the search kept; score: with what the language model adds.
    """

    numbers: tuple[int, ...]
    log_probability: float
    score: float


def beam_search(
    log_probabilities: LogProbabilities, *, width: int = WIDTH, least: float = LEAST, fusion: Fusion | None = None
) -> list[Hypothesis]:
    """The best texts, best first, at most `width`: (n_frames, n_numbers) natural logarithms -> hypotheses.

    Exact without a language model where no prefix is left out (width large enough, least=0).
    """
    beam = Beam(width=width, least=least, fusion=fusion)
    beam.push(log_probabilities)
    return beam.hypotheses()


class _Prefix:
    """A beginning of a text, as a node of the tree.

    blank, symbol: the probability of its ways that end in a blank, and of those that end in its last symbol; with
    next_ the same one frame later, while they are summed up. rank: the logarithm of both with the language model.
    """

    __slots__ = ("blank", "children", "next_blank", "next_symbol", "number", "parent", "rank", "reading", "symbol")

    def __init__(self, parent: _Prefix | None, number: int, reading: Reading | None) -> None:
        self.parent = parent
        self.number = number
        self.reading = reading
        self.children: dict[int, _Prefix] = {}
        self.blank = self.symbol = self.next_blank = self.next_symbol = 0.0
        self.rank = -inf

    def chain(self) -> list[_Prefix]:
        """From the root to this one, both included."""
        node: _Prefix | None = self
        found = []
        while node:
            found.append(node)
            node = node.parent
        return found[::-1]

    def numbers(self) -> list[int]:
        """The text since the root."""
        return [node.number for node in self.chain()[1:]]

    def extended(self, number: int, fusion: Fusion | None) -> _Prefix:
        """The prefix with one more symbol: the node that is there already, or a new one."""
        child = self.children.get(number)
        if child is None:
            reading = fusion.read(self.reading, number) if fusion and self.reading else None
            child = self.children[number] = _Prefix(self, number, reading)
        return child

    def settle(self) -> float:
        """End a frame: what was summed up becomes what is. Gives the probability of all its ways."""
        self.blank, self.symbol, self.next_blank, self.next_symbol = self.next_blank, self.next_symbol, 0.0, 0.0
        return self.blank + self.symbol

    def leave(self) -> None:
        """Out of the beam; and out of the tree, with all above it that nothing in the beam goes back to."""
        self.blank = self.symbol = 0.0
        self.rank = -inf
        node = self
        while node.parent and not node.children and node.rank == -inf:
            node.parent.children.pop(node.number, None)
            node = node.parent


class Beam:
    """The search in pieces, as a stream needs it: `push` frames, ask for the `best` so far.

    width: prefixes kept. least: see LEAST. fusion: the language model beside it. Raises ValueError for a width below 1.
    """

    def __init__(self, *, width: int = WIDTH, least: float = LEAST, fusion: Fusion | None = None) -> None:
        if width < 1:
            raise ValueError(f"a beam is at least 1 wide, not {width}")
        self._width = width
        self._least = log(least) if least > 0 else -inf
        self._fusion = fusion
        root = _Prefix(None, BLANK, fusion.begin() if fusion else None)
        root.blank, root.rank = 1.0, 0.0
        self._kept = [root]
        self._scale = 0.0

    def push(self, log_probabilities: LogProbabilities) -> None:
        """Hear frames (n_frames, n_numbers)."""
        for row in log_probabilities:
            tried = np.flatnonzero(row >= min(self._least, row.max()))
            likely_first = tried[np.argsort(-row[tried], kind="stable")]
            self._step(row.tolist(), [number for number in likely_first.tolist() if number != BLANK])

    def hypotheses(self) -> list[Hypothesis]:
        """What was found since the last `drop`, best first, if the text ends here: its last token is whole."""
        found = []
        for prefix in self._kept:
            heard = log(prefix.blank + prefix.symbol) + self._scale
            gain = self._fusion.end(prefix.reading) if self._fusion and prefix.reading else 0.0
            found.append(Hypothesis(tuple(prefix.numbers()), heard, heard + gain))
        return sorted(found, key=lambda each: -each.score)

    def best(self, *, ended: bool = False) -> list[int]:
        """The best text since the last `drop`; ended: no more frames come."""
        return list(self.hypotheses()[0].numbers) if ended else self._kept[0].numbers()

    def n_settled(self) -> int:
        """How many symbols at the beginning of `best` no later frame can change: all prefixes have them."""
        columns = zip(*(prefix.numbers() for prefix in self._kept), strict=False)
        return sum(1 for _ in takewhile(lambda column: len(set(column)) == 1, columns))

    def drop(self, n: int) -> None:
        """Leave out the first n symbols of `best` from now on, and the prefixes that do not begin with them."""
        root = self._kept[0].chain()[n]
        self._kept = [prefix for prefix in self._kept if root in prefix.chain()]
        root.parent = None

    def _step(self, row: Sequence[float], tried: Sequence[int]) -> None:
        """One frame: every prefix goes on with a blank, with its last symbol again, and with each symbol tried."""
        touched = {id(prefix): prefix for prefix in self._kept}
        blank, costs, least = exp(row[BLANK]), [-row[number] for number in tried], self._least_rank(row)
        for prefix in self._kept:
            whole = prefix.blank + prefix.symbol
            prefix.next_blank += whole * blank
            if prefix.number != BLANK:
                prefix.next_symbol += prefix.symbol * exp(row[prefix.number])
            hopeful = tried[: bisect_right(costs, prefix.rank - least)]
            for number in {*hopeful, *prefix.children}:
                child = prefix.extended(number, self._fusion)
                child.next_symbol += exp(row[number]) * (prefix.blank if number == prefix.number else whole)
                touched[id(child)] = child
        self._choose(list(touched.values()))

    def _least_rank(self, row: Sequence[float]) -> float:
        """A new prefix below this rank cannot be kept: with a blank each, all that are kept now come out above it."""
        if len(self._kept) < self._width:
            return -inf
        return self._kept[-1].rank + row[BLANK] - (self._fusion.most_gain if self._fusion else 0.0)

    def _choose(self, touched: Sequence[_Prefix]) -> None:
        """Keep the best prefixes and scale their probabilities."""
        most = max(whole := [prefix.settle() for prefix in touched])
        if not most > 0.0:
            raise ValueError("a frame gives no symbol a probability")
        for prefix, probability in zip(touched, whole, strict=True):
            prefix.rank = log(probability / most) + _gain(prefix) if probability > 0.0 else -inf
            prefix.blank /= most
            prefix.symbol /= most
        self._scale += log(most)
        kept = nlargest(self._width, touched, key=lambda prefix: prefix.rank)
        self._kept = [prefix for prefix in kept if prefix.rank > -inf]
        stay = {id(prefix) for prefix in self._kept}
        for prefix in touched:
            if id(prefix) not in stay:
                prefix.leave()


def _gain(prefix: _Prefix) -> float:
    return prefix.reading.gain + prefix.reading.ahead if prefix.reading else 0.0
