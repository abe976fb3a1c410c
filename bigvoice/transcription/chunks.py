"""Chunks: the stretches a recogniser listens to, made of speech, at most 30 s long and cut where people pause.

A core: spans in, spans out. Whisper hears 30 s at once and pays for 30 s however short a chunk is, so chunks should be
few; words at a cut are heard badly, so cuts should fall into long pauses. `chunks` finds the division that is best by
both, by dynamic programming.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from math import ceil, inf

import numpy as np

from bigvoice.recording import RATE, Samples
from bigvoice.span import Span, merge

LONGEST = 30.0
"""Seconds Whisper hears at once."""

BRIDGED = 3.0
"""Seconds of silence that may lie inside a chunk; in longer ones recognisers invent text."""

MARGIN = 0.1
"""Seconds of sound kept on either side of the speech, so that no first or last consonant is cut off."""

_EASY_PAUSE = 0.3
"""Seconds of a pause at which a cut is half as bad as one in the middle of speech."""

_Cut = Callable[[Span], float]


def chunks(speech: Sequence[Span], *, longest: float = LONGEST, cut: _Cut | None = None) -> list[Span]:
    """Speech -> disjoint chunks in order of time that cover all of it and are at most `longest` seconds.

    speech: spans in any order, seconds. cut: where to cut inside a span of the time given (speech without a pause is
    cut only if it is longer than `longest`); in its middle if None.
    """
    if longest <= 4 * MARGIN:
        raise ValueError(f"chunks of {longest} s are too short: they need more than {4 * MARGIN} s")
    room = longest - 2 * MARGIN
    found: list[Span] = []
    for island in _islands(merge(speech)):
        pieces = [piece for span in island for piece in _shorten(span, room, cut or _middle)]
        found += _group(pieces, room)
    return _widen(found)


def quietest(samples: Samples) -> _Cut:
    """A `cut` that finds the quietest tenth of a second of the recording `samples` (n,) at 16 kHz."""

    def cut(window: Span) -> float:
        frame = RATE // 100
        start = round(window.start * RATE)
        heard = samples[start : round(window.end * RATE)]
        n_frames = len(heard) // frame
        if n_frames < 20:
            return window.middle
        energy = np.square(heard[: n_frames * frame], dtype=np.float64).reshape(n_frames, frame).mean(axis=1)
        smooth = np.convolve(energy, np.ones(10), mode="valid")
        return (start + (int(smooth.argmin()) + 5) * frame) / RATE

    return cut


def _middle(window: Span) -> float:
    return window.middle


def _islands(spans: Sequence[Span]) -> Iterator[list[Span]]:
    """Groups of spans with no silence in them that is too long to be bridged."""
    island: list[Span] = []
    for span in spans:
        if island and island[-1].gap(span) > BRIDGED:
            yield island
            island = []
        island.append(span)
    if island:
        yield island


def _shorten(span: Span, room: float, cut: _Cut) -> list[Span]:
    """The span in parts of at most `room` seconds; `cut` chooses each border in a window that lets the rest fit."""
    n_parts = ceil(span.duration / room - 1e-9)
    if n_parts <= 1:
        return [span]
    n_parts += span.duration / n_parts > 0.9 * room  # leaves the cuts some freedom
    even = span.duration / n_parts
    slack = min((room - even) / 2, even / 4)
    borders = [span.start + even * i for i in range(1, n_parts)]
    borders = [min(max(cut(Span(b - slack, b + slack)), b - slack), b + slack) for b in borders]
    return [Span(a, b) for a, b in zip([span.start, *borders], [*borders, span.end], strict=True)]


def _group(pieces: Sequence[Span], room: float) -> list[Span]:
    """Neighbouring pieces together, at most `room` seconds: least (1 + badness of the cut) summed over the chunks."""
    best, back = [0.0], [0]
    for end, last in enumerate(pieces):
        best.append(inf)
        back.append(end)
        for first in range(end, -1, -1):
            if last.end - pieces[first].start > room + 1e-9:
                break
            pause = pieces[first - 1].gap(pieces[first]) if first else inf
            price = best[first] + 1.0 + 1.0 / (1.0 + pause / _EASY_PAUSE)
            if price < best[-1]:
                best[-1], back[-1] = price, first
    found: list[Span] = []
    end = len(pieces)
    while end:
        found.append(pieces[back[end]] | pieces[end - 1])
        end = back[end]
    return found[::-1]


def _widen(found: Sequence[Span]) -> list[Span]:
    """Each chunk with its margin, but never beyond the middle of the pause beside it nor before the start."""
    floors = [0.0, *((a.end + b.start) / 2 for a, b in pairwise(found))]
    roofs = [*floors[1:], inf]
    return [
        Span(max(c.start - MARGIN, floor), min(c.end + MARGIN, roof))
        for c, floor, roof in zip(found, floors, roofs, strict=False)
    ]
