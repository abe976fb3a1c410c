"""Background: what an encoder knows of voices in general, beside the ones enrolled.

It belongs to one encoder and was learnt with it on other people than it is measured on: a cohort of strangers to tell
a known voice from, how sure a score makes one, and how alike two stretches of one voice are.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LONGEST = 48.0
"""Seconds of speech beyond which more of it makes no surer: the calibration was learnt up to here."""


@dataclass(frozen=True, eq=False)
class Background:
    """What belongs to an encoder.

    cohort: unit rows (n, dim), of strangers. calibration: (6,), see `terms`. alike: mean cosine between two groups of
    windows from which on they are taken for one voice.
    """

    cohort: NDArray[np.float32]
    calibration: NDArray[np.float64]
    alike: float

    def log_odds(self, margin: float, seconds: float, enrolled: float) -> float:
        """How much likelier it is one and the same voice than two, as a natural logarithm; 0 is even.

        margin: of the SVM, mean over the windows; seconds: of speech it comes from; enrolled: seconds of speech that
        the SVM was taught with. A logistic regression on held-out people (see `terms`).
        """
        return float(terms(np.array([margin]), np.array([seconds]), np.array([enrolled]))[0] @ self.calibration)


def terms(
    margins: NDArray[np.floating], seconds: NDArray[np.floating], enrolled: NDArray[np.floating]
) -> NDArray[np.float64]:
    """What the calibration weighs: (n,) each -> (n, 6), [1, m, ln s, ln e, m ln s, m ln e]."""
    heard, taught = np.log(np.clip(seconds, 1.0, LONGEST)), np.log(np.clip(enrolled, 1.0, LONGEST))
    return np.column_stack([np.ones_like(margins), margins, heard, taught, margins * heard, margins * taught])
