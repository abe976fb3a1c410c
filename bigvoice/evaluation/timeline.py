"""Timeline: reference and hypothesis cut at every border of either, so that nothing changes within a piece.

Counting speakers in each piece and weighing it with its length is exact: there is no grid of frames.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from bigvoice.span import Span, merge, overlapped
from bigvoice.turn import Turn


@dataclass(frozen=True, eq=False)
class Timeline:
    """n pieces, and who speaks in each.

    seconds: float64 (n,), each piece's length; 0 where it is not scored. reference, hypothesis: bool (n_speakers, n),
    in the order of reference_speakers and hypothesis_speakers.
    """

    seconds: NDArray[np.float64]
    reference: NDArray[np.bool_]
    hypothesis: NDArray[np.bool_]
    reference_speakers: tuple[str, ...]
    hypothesis_speakers: tuple[str, ...]

    def length(self, counts: NDArray[np.intp]) -> float:
        """Seconds of speech, given how many people speak in each piece: (n,) -> float."""
        return float(counts @ self.seconds)

    @property
    def together(self) -> NDArray[np.float64]:
        """Seconds that each reference speaker shares with each hypothesis speaker: (n_reference, n_hypothesis)."""
        return (self.reference * self.seconds) @ self.hypothesis.T


def align(
    reference: Sequence[Turn],
    hypothesis: Sequence[Turn],
    *,
    collar: float = 0.0,
    skip_overlap: bool = False,
    scored: Sequence[Span] | None = None,
) -> Timeline:
    """Both on one timeline. One speaker's turns that touch or overlap are one.

    collar: seconds on each side of every border of the reference that are not scored (NIST's; pyannote.metrics calls
    the whole width of both sides its collar). skip_overlap: where two or more of the reference speak at once is not
    scored. scored: the regions that are (a UEM file's); None: everything. Raises ValueError for a negative collar.
    """
    if not 0 <= collar < math.inf:
        raise ValueError(f"a collar is a number of seconds, 0 or more, not {collar}")
    theirs, ours = _by_speaker(reference), _by_speaker(hypothesis)
    true, found = (list(chain.from_iterable(spans.values())) for spans in (theirs, ours))
    edges = [edge for span in true for edge in (span.start, span.end)]
    left_out = [Span(edge - collar, edge + collar) for edge in edges] + (overlapped(true) if skip_overlap else [])
    unscored, regions = merge(left_out), merge(scored or ())
    borders = np.unique([edge for span in [*unscored, *regions, *true, *found] for edge in (span.start, span.end)])
    counted = ~_covered(unscored, borders)
    if scored is not None:
        counted &= _covered(regions, borders)
    seconds = np.diff(borders) * counted
    return Timeline(seconds, _rows(theirs, borders), _rows(ours, borders), tuple(theirs), tuple(ours))


def _by_speaker(turns: Sequence[Turn]) -> dict[str, list[Span]]:
    spans: defaultdict[str, list[Span]] = defaultdict(list)
    for turn in turns:
        spans[turn.speaker].append(turn.span)
    merged = {speaker: merge(spans[speaker]) for speaker in sorted(spans)}
    return {speaker: own for speaker, own in merged.items() if own}


def _rows(spans: Mapping[str, Sequence[Span]], borders: NDArray[np.float64]) -> NDArray[np.bool_]:
    rows = [_covered(own, borders) for own in spans.values()]
    return np.array(rows, dtype=bool).reshape(len(rows), max(len(borders) - 1, 0))


def _covered(spans: Sequence[Span], borders: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which pieces between neighbouring borders the disjoint spans cover."""
    steps = np.zeros(len(borders), dtype=int)
    steps[np.searchsorted(borders, [span.start for span in spans])] += 1
    steps[np.searchsorted(borders, [span.end for span in spans])] -= 1
    return np.cumsum(steps)[:-1] > 0
