"""How well a segmentation tells who speaks in a chunk: counts of frames that add, the rates taken last."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bigvoice.diarization.powerset import MEMBERS, N_TOGETHER, RENAMED, SETS
from bigvoice.evaluation.ratio import error_rate, share

Classes = NDArray[np.uint8]

_MISSED = np.maximum(0, N_TOGETHER[:, None] - N_TOGETHER[None, :])
_FALSE = _MISSED.T
_CONFUSED = np.array([np.minimum(N_TOGETHER[:, None], N_TOGETHER) - MEMBERS @ MEMBERS[order].T for order in RENAMED])
"""(n_orders, reference class, found class): people of a frame who were taken for somebody else."""


@dataclass(frozen=True, slots=True)
class LocalErrors:
    """Frames of people (spoken, missed, false, confused), and frames with somebody or with two (found, wanted, both).

    The people found are matched to the people who spoke for each chunk by itself: errors within chunks only.
    """

    spoken: int = 0
    missed: int = 0
    false: int = 0
    confused: int = 0
    speech: tuple[int, int, int] = (0, 0, 0)
    overlap: tuple[int, int, int] = (0, 0, 0)

    def __add__(self, other: LocalErrors) -> LocalErrors:
        return LocalErrors(
            self.spoken + other.spoken,
            self.missed + other.missed,
            self.false + other.false,
            self.confused + other.confused,
            _added(self.speech, other.speech),
            _added(self.overlap, other.overlap),
        )

    @property
    def rate(self) -> float:
        """Local diarization error rate."""
        return error_rate(self.missed + self.false + self.confused, self.spoken)

    @property
    def overlap_precision(self) -> float:
        """Of the frames found to have two voices, how many have."""
        found, _, both = self.overlap
        return share(both, found)

    @property
    def overlap_recall(self) -> float:
        """Of the frames with two voices, how many were found."""
        _, wanted, both = self.overlap
        return share(both, wanted)

    @property
    def overlap_f1(self) -> float:
        """Harmonic mean of the two."""
        found, wanted, both = self.overlap
        return share(2 * both, found + wanted)

    @property
    def speech_missed(self) -> float:
        """Share of the frames with speech that were taken for silence."""
        _, wanted, both = self.speech
        return share(wanted - both, wanted)

    @property
    def speech_false(self) -> float:
        """Frames without speech that were taken for speech, as a share of the frames with speech."""
        found, wanted, both = self.speech
        return error_rate(found - both, wanted)

    def __str__(self) -> str:
        parts = (f"{100 * error_rate(n, self.spoken):.1f}" for n in (self.missed, self.false, self.confused))
        return (
            f"local DER {100 * self.rate:.1f} % ({' + '.join(parts)}), "
            f"two at once P {100 * self.overlap_precision:.1f} R {100 * self.overlap_recall:.1f} "
            f"F1 {100 * self.overlap_f1:.1f}, "
            f"speech missed {100 * self.speech_missed:.1f} false {100 * self.speech_false:.1f} %"
        )


def local_errors(reference: Classes, found: Classes) -> LocalErrors:
    """Classes of the powerset of one chunk (n_frames,), as they are and as they were found."""
    n = len(SETS)
    pairs = np.bincount(reference.astype(int) * n + found, minlength=n * n).reshape(n, n)
    return LocalErrors(
        int(pairs.sum(axis=1) @ N_TOGETHER),
        int((pairs * _MISSED).sum()),
        int((pairs * _FALSE).sum()),
        int((pairs * _CONFUSED).sum(axis=(1, 2)).min()),
        _agreement(N_TOGETHER[reference] > 0, N_TOGETHER[found] > 0),
        _agreement(N_TOGETHER[reference] > 1, N_TOGETHER[found] > 1),
    )


def _agreement(wanted: NDArray[np.bool_], found: NDArray[np.bool_]) -> tuple[int, int, int]:
    return int(found.sum()), int(wanted.sum()), int((wanted & found).sum())


def _added(left: tuple[int, int, int], right: tuple[int, int, int]) -> tuple[int, int, int]:
    return left[0] + right[0], left[1] + right[1], left[2] + right[2]
