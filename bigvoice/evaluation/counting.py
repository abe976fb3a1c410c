"""Counting: whether as many speakers were found as there are. Counts that add: `sum(counts, SpeakerCounts())`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass

from bigvoice.evaluation.ratio import share
from bigvoice.span import Span, intersect
from bigvoice.turn import Turn


@dataclass(frozen=True, slots=True)
class SpeakerCounts:
    """Over n_recordings: how many speakers there are and were found; n_off: by how many each count is out, added up.

    n_right: in how many of the recordings the count is right.
    """

    n_recordings: int = 0
    n_right: int = 0
    n_there: int = 0
    n_found: int = 0
    n_off: int = 0

    def __add__(self, other: SpeakerCounts) -> SpeakerCounts:
        """The counts of both."""
        return SpeakerCounts(*(a + b for a, b in zip(astuple(self), astuple(other), strict=True)))

    @property
    def rate(self) -> float:
        """In how many of the recordings the count is right, as a share."""
        return share(self.n_right, self.n_recordings)

    @property
    def mean_error(self) -> float:
        """By how many speakers a count is out, either way, on average."""
        return share(self.n_off, self.n_recordings)

    @property
    def bias(self) -> float:
        """How many speakers are found too many, on average; below 0 where there are too few."""
        return share(self.n_found - self.n_there, self.n_recordings)


def speaker_counts(
    reference: Sequence[Turn], hypothesis: Sequence[Turn], *, scored: Sequence[Span] | None = None
) -> SpeakerCounts:
    """The counts of one recording. scored: only who is heard in these regions counts; None: everybody.

    >>> speaker_counts([Turn(Span(0, 4), "Mina")], [Turn(Span(0, 3), "s1"), Turn(Span(3, 4), "s2")])
    SpeakerCounts(n_recordings=1, n_right=0, n_there=1, n_found=2, n_off=1)
    """
    n_there, n_found = (_heard(turns, scored) for turns in (reference, hypothesis))
    return SpeakerCounts(1, int(n_there == n_found), n_there, n_found, abs(n_found - n_there))


def _heard(turns: Sequence[Turn], scored: Sequence[Span] | None) -> int:
    return len({t.speaker for t in turns if t.span.duration and (scored is None or intersect([t.span], scored))})
