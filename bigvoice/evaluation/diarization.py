"""Diarization errors: how far turns are from the true ones, whatever the speakers are called.

The diarization error rate after NIST's RT-09 evaluation plan, the Jaccard error rate after the second DIHARD
challenge (Ryant and others, 2019). Both find the mapping of speakers that is best for the hypothesis, both score
overlap, and both are counts that add over recordings: `sum(errors, DiarizationErrors()).rate`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from bigvoice.evaluation.ratio import error_rate
from bigvoice.evaluation.timeline import Timeline, align
from bigvoice.span import Span
from bigvoice.turn import Turn


@dataclass(frozen=True, slots=True)
class DiarizationErrors:
    """Seconds of speech; where n people speak at once, a second counts n times.

    missed: nobody was found speaking. false_alarm: somebody was, who was not there. confusion: somebody else was.
    total: how much speech there is.
    """

    missed: float = 0.0
    false_alarm: float = 0.0
    confusion: float = 0.0
    total: float = 0.0

    def __add__(self, other: DiarizationErrors) -> DiarizationErrors:
        """The errors of both recordings."""
        return DiarizationErrors(
            self.missed + other.missed,
            self.false_alarm + other.false_alarm,
            self.confusion + other.confusion,
            self.total + other.total,
        )

    @property
    def rate(self) -> float:
        """The diarization error rate; above 1 where more is wrong than there is."""
        return error_rate(self.missed + self.false_alarm + self.confusion, self.total)


@dataclass(frozen=True, slots=True)
class JaccardErrors:
    """error: for each true speaker 1 - |both| / |either| of their speech and that of the speaker found; summed."""

    error: float = 0.0
    n_speakers: int = 0

    def __add__(self, other: JaccardErrors) -> JaccardErrors:
        """The errors of both recordings."""
        return JaccardErrors(self.error + other.error, self.n_speakers + other.n_speakers)

    @property
    def rate(self) -> float:
        """The mean over speakers: who says little weighs as much as who says much."""
        return error_rate(self.error, self.n_speakers)


def diarization_errors(
    reference: Sequence[Turn],
    hypothesis: Sequence[Turn],
    *,
    collar: float = 0.0,
    skip_overlap: bool = False,
    scored: Sequence[Span] | None = None,
) -> DiarizationErrors:
    """What is wrong in the hypothesis, under the mapping of speakers that has least confusion.

    collar: seconds on each side of every border of the reference that are not scored. skip_overlap: where two or more
    of the reference speak at once is not scored. scored: the regions that are (a UEM file's); None: everything.

    >>> truth = [Turn(Span(0, 6), "Mina"), Turn(Span(6, 10), "Joon")]
    >>> diarization_errors(truth, [Turn(Span(0, 5), "s1"), Turn(Span(5, 10), "s2")]).rate
    0.1
    """
    timeline = align(reference, hypothesis, collar=collar, skip_overlap=skip_overlap, scored=scored)
    n_true, n_found = timeline.reference.sum(axis=0), timeline.hypothesis.sum(axis=0)
    together = timeline.together
    right = float(together[linear_sum_assignment(together, maximize=True)].sum())
    return DiarizationErrors(
        missed=timeline.length(np.maximum(n_true - n_found, 0)),
        false_alarm=timeline.length(np.maximum(n_found - n_true, 0)),
        confusion=max(0.0, timeline.length(np.minimum(n_true, n_found)) - right),  # rounding may leave -1e-16
        total=timeline.length(n_true),
    )


def jaccard_errors(
    reference: Sequence[Turn],
    hypothesis: Sequence[Turn],
    *,
    collar: float = 0.0,
    skip_overlap: bool = False,
    scored: Sequence[Span] | None = None,
) -> JaccardErrors:
    """How little each true speaker has in common with the one found for them, under the mapping that has least of it.

    A true speaker for whom none is found has the error 1; found speakers that are nobody's cost nothing here, nor do
    true ones who are not heard in what is scored. The mapping is that of the challenge's own scorer (dscore);
    pyannote.metrics takes the one with the longest time in common instead, and so never finds less error. The options
    are those of `diarization_errors`; the challenge itself has no collar and scores overlap.
    """
    error = 1 - _jaccard(align(reference, hypothesis, collar=collar, skip_overlap=skip_overlap, scored=scored))
    n_speakers = len(error)
    mapped = linear_sum_assignment(error)
    return JaccardErrors(float(error[mapped].sum()) + n_speakers - len(mapped[0]), n_speakers)


def _jaccard(timeline: Timeline) -> NDArray[np.float64]:
    """|both| / |either| of those who are heard: (n_reference, n_hypothesis)."""
    true, found = timeline.reference @ timeline.seconds, timeline.hypothesis @ timeline.seconds
    both = timeline.together[np.ix_(true > 0, found > 0)]
    return np.asarray(both / (true[true > 0, None] + found[found > 0] - both))
