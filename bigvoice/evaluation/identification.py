"""Identification: how much speech got the right name, a wrong one or none.

Unlike a diarization error, a name is right or wrong in itself: no mapping helps. The counts add over recordings:
`sum(counts, NameCounts())`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import astuple, dataclass, replace

import numpy as np
from numpy.typing import NDArray

from bigvoice.evaluation.ratio import share
from bigvoice.evaluation.timeline import Timeline, align
from bigvoice.span import Span
from bigvoice.turn import Turn


@dataclass(frozen=True, slots=True)
class NameCounts:
    """Seconds of speech; where n people speak at once, a second counts n times.

    enrolled: spoken by people who are enrolled; of that, `right` and `wrong` under a name, the rest under none.
    strangers: spoken by people who are not; of that, `named` under somebody's name.
    """

    enrolled: float = 0.0
    right: float = 0.0
    wrong: float = 0.0
    strangers: float = 0.0
    named: float = 0.0

    def __add__(self, other: NameCounts) -> NameCounts:
        """The counts of both."""
        return NameCounts(*(a + b for a, b in zip(astuple(self), astuple(other), strict=True)))

    @property
    def right_share(self) -> float:
        """Of the enrolled people's speech, how much stands under its speaker's name."""
        return share(self.right, self.enrolled)

    @property
    def wrong_share(self) -> float:
        """Of the enrolled people's speech, how much stands under another person's name."""
        return share(self.wrong, self.enrolled)

    @property
    def nameless_share(self) -> float:
        """Of the enrolled people's speech, how much stands under no name, or was not found."""
        return share(max(0.0, self.enrolled - self.right - self.wrong), self.enrolled)

    @property
    def named_share(self) -> float:
        """Of the strangers' speech, how much stands under a name."""
        return share(self.named, self.strangers)


def name_counts(
    reference: Sequence[Turn],
    hypothesis: Sequence[Turn],
    names: Mapping[str, str],
    enrolled: Collection[str],
    *,
    collar: float = 0.0,
    skip_overlap: bool = False,
    scored: Sequence[Span] | None = None,
) -> NameCounts:
    """What the names given in one recording are worth.

    reference: its speakers are people's names. names: who a speaker of the hypothesis is held for; a speaker who is
    not in it has no name. enrolled: the people whose voices were known. Where people talk at once, a wrong name goes
    against an enrolled person who has none of their own, else against a stranger, else against nobody. collar,
    skip_overlap, scored: what is not scored and what is, as for `diarization_errors`.
    """
    turns = [replace(turn, speaker=names[turn.speaker]) for turn in hypothesis if turn.speaker in names]
    timeline = align(reference, turns, collar=collar, skip_overlap=skip_overlap, scored=scored)
    return _seconds(timeline, set(enrolled))


def _seconds(timeline: Timeline, enrolled: Collection[str]) -> NameCounts:
    known = np.array([name in enrolled for name in timeline.reference_speakers], dtype=bool)
    n_enrolled = timeline.reference[known].sum(axis=0)
    n_strangers = timeline.reference[~known].sum(axis=0)
    n_right = _agreeing(timeline, enrolled)
    astray = timeline.hypothesis.sum(axis=0) - n_right
    n_wrong = np.minimum(astray, n_enrolled - n_right)
    n_named = np.minimum(astray - n_wrong, n_strangers)
    return NameCounts(
        enrolled=timeline.length(n_enrolled),
        right=timeline.length(n_right),
        wrong=timeline.length(n_wrong),
        strangers=timeline.length(n_strangers),
        named=timeline.length(n_named),
    )


def _agreeing(timeline: Timeline, enrolled: Collection[str]) -> NDArray[np.intp]:
    """How many of the enrolled who speak in a piece are named there: (n,)."""
    found = dict(zip(timeline.hypothesis_speakers, timeline.hypothesis, strict=True))
    pairs = zip(timeline.reference_speakers, timeline.reference, strict=True)
    agreeing = [row & found[name] for name, row in pairs if name in enrolled and name in found]
    return np.sum(agreeing, axis=0, dtype=np.intp) if agreeing else np.zeros(len(timeline.seconds), dtype=np.intp)
