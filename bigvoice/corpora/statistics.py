"""Statistics: what there is to know of a part of a corpus before anything learns from it. Counted as entries go by.

What is kept grows with the number of speakers and of different lengths and symbols, not with that of recordings.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from bigvoice.corpora.manifest import Entry
from bigvoice.corpora.vocabulary import parted
from bigvoice.features.log_spectrogram import n_frames
from bigvoice.recording import RATE

EDGES = (1, 2, 3, 5, 7, 10, 15, 20, 30)
"""Seconds, between the bars of the histogram of lengths."""
EXAMPLES = 5
_PER_SECOND = 100
"""Lengths are counted in hundredths of a second."""


@dataclass(frozen=True, slots=True)
class Part:
    """One manifest, counted.

    n_nobody: recordings whose speaker is not known. symbols: how often each occurs, in the vocabulary's unit.
    histogram: recordings under each of EDGES, and from the last on. n_digits: texts with digits. too_short: recordings
    that are too short for their texts with CTC; some of them.
    """

    name: str
    unit: str
    stride: int
    n_entries: int
    seconds: float
    speakers: frozenset[str]
    n_nobody: int
    shortest: float
    median: float
    longest: float
    histogram: tuple[int, ...]
    n_digits: int
    n_too_short: int
    too_short: tuple[str, ...]
    symbols: Mapping[str, int]

    @property
    def hours(self) -> float:
        """Of sound."""
        return self.seconds / 3600

    @property
    def pace(self) -> float:
        """Symbols a second, spaces among them."""
        return sum(self.symbols.values()) / self.seconds if self.seconds else 0.0

    def unseen(self, known: Iterable[str]) -> dict[str, int]:
        """Its symbols that are not among the known ones, and how often they occur, the most frequent first."""
        lacking = set(self.symbols).difference(known)
        return {symbol: self.symbols[symbol] for symbol in sorted(lacking, key=lambda s: (-self.symbols[s], s))}


class Count:
    """Counts a part: `watch` the entries on their way, then ask for the `part`."""

    def __init__(self, name: str, unit: str, stride: int) -> None:
        """unit: of the vocabulary. stride: spectrogram frames (10 ms) a step of the network."""
        self._name, self._unit, self._stride = name, unit, stride
        self._lengths: Counter[int] = Counter()
        self._symbols: Counter[str] = Counter()
        self._speakers: set[str] = set()
        self._seconds = 0.0
        self._n_nobody = self._n_digits = self._n_too_short = 0
        self._too_short: list[str] = []

    def watch(self, entries: Iterable[Entry]) -> Iterator[Entry]:
        """The entries as they come, counted on the way."""
        for entry in entries:
            self._take(entry)
            yield entry

    def _take(self, entry: Entry) -> None:
        symbols = parted(entry.text, self._unit)
        self._lengths[round(entry.seconds * _PER_SECOND)] += 1
        self._symbols.update(symbols)
        self._seconds += entry.seconds
        self._n_digits += any(map(str.isdecimal, symbols))
        self._n_nobody += not entry.speaker
        if entry.speaker:
            self._speakers.add(entry.speaker)
        if n_steps(entry.seconds, self._stride) < n_steps_needed(symbols):
            self._n_too_short += 1
            if len(self._too_short) < EXAMPLES:
                self._too_short.append(f"{entry.path} ({entry.seconds:.2f} s): {entry.text}")

    @property
    def part(self) -> Part:
        """What was counted so far."""
        return Part(
            self._name,
            self._unit,
            self._stride,
            self._lengths.total(),
            self._seconds,
            frozenset(self._speakers),
            self._n_nobody,
            min(self._lengths, default=0) / _PER_SECOND,
            _median(self._lengths) / _PER_SECOND,
            max(self._lengths, default=0) / _PER_SECOND,
            _histogram(self._lengths),
            self._n_digits,
            self._n_too_short,
            tuple(self._too_short),
            dict(self._symbols),
        )


def n_steps(seconds: float, stride: int) -> int:
    """Steps in which a network can write what is said in so many seconds."""
    return -(-n_frames(round(seconds * RATE)) // stride)


def n_steps_needed(symbols: Sequence[object]) -> int:
    """Steps that CTC needs at least: one a symbol, and one between two that are alike (Graves et al., 2006).

    >>> n_steps_needed("see")
    4
    """
    return len(symbols) + sum(a == b for a, b in pairwise(symbols))


def _median(counts: Counter[int]) -> float:
    """Of the values that were counted; between the middle two where there are two."""
    n, passed, low = counts.total(), 0, None
    for value in sorted(counts):
        passed += counts[value]
        if low is None and 2 * passed >= n:
            low = value
        if low is not None and 2 * passed > n:
            return (low + value) / 2
    return 0.0


def _histogram(lengths: Counter[int]) -> tuple[int, ...]:
    bars = [0] * (len(EDGES) + 1)
    for length, count in lengths.items():
        bars[sum(length >= edge * _PER_SECOND for edge in EDGES)] += count
    return tuple(bars)
