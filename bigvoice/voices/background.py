"""Background: what an encoder knows of voices in general, beside the ones enrolled.

It belongs to one encoder and was learnt with it on other people than it is measured on: a cohort of strangers to tell
a known voice from, how sure a score makes one, and how alike two stretches of one voice are.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bigvoice.errors import SettingsError

SVM, COSINE = "svm", "cosine"
LONGEST = 48.0
"""Seconds of speech beyond which more of it makes no surer: the calibration was learnt up to here."""


@dataclass(frozen=True, eq=False)
class Background:
    """What belongs to an encoder.

    cohort: unit rows (n, dim), of strangers. calibration: (6,), see `terms`, of the SVM's margins. alike: mean cosine
    between two groups of windows from which on they are taken for one voice. cosine: the calibration of normalized
    cosines, where it was learnt.
    """

    cohort: NDArray[np.float32]
    calibration: NDArray[np.float64]
    alike: float
    cosine: NDArray[np.float64] | None = None

    def log_odds(self, score: float, seconds: float, enrolled: float, back_end: str = SVM) -> float:
        """How much likelier it is one and the same voice than two, as a natural logarithm; 0 is even.

        score: of that back end, mean over the windows; seconds: of speech it comes from; enrolled: seconds of speech
        of the person's own. A logistic regression on held-out people (see `terms`). Raises SettingsError for a back
        end that was not calibrated with this encoder.
        """
        weights = self.calibration if back_end == SVM else self.cosine
        if weights is None:
            raise SettingsError(f"naming: {back_end} was not calibrated for this encoder; take naming = {SVM}")
        return float(terms(np.array([score]), np.array([seconds]), np.array([enrolled]))[0] @ weights)


def terms(
    margins: NDArray[np.floating], seconds: NDArray[np.floating], enrolled: NDArray[np.floating]
) -> NDArray[np.float64]:
    """What the calibration weighs: (n,) each -> (n, 6), [1, m, ln s, ln e, m ln s, m ln e]."""
    heard, taught = np.log(np.clip(seconds, 1.0, LONGEST)), np.log(np.clip(enrolled, 1.0, LONGEST))
    return np.column_stack([np.ones_like(margins), margins, heard, taught, margins * heard, margins * taught])
