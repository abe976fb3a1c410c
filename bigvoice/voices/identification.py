"""Identification: whose voice it is, of those enrolled, or a stranger's.

Each enrolled person has a support vector machine of their own: their windows against everybody else's and a cohort of
strangers (Campbell et al., 2006). Its margin, averaged over all windows of a voice, is turned into odds by the
background's calibration, learnt on single utterances of held-out people. In noisier rooms than theirs it is too sure:
the README has the figures.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.svm import SVC

from bigvoice.diarization.windows import STEP
from bigvoice.parts import Embeddings
from bigvoice.voices.background import Background
from bigvoice.voices.person import Person, key

GAMMA, COST = 1.0, 1.0
"""On unit rows exp(-|a - b|^2) = exp(2 cos - 2); found on held-out speakers, where C of 10 and gamma of 1/2 do as well
and a linear machine does worse."""
EVEN = 0.0
UNEXPECTED = -3.0
"""Log prior of somebody who is enrolled but not on a given list of attendees: one in twenty."""
CERTAIN = 12.0
"""Log odds are cut here: no calibration learnt on some thousands of trials says more."""


class Identifier:
    """Tells enrolled people by their voices.

    people: those that may be named, with prints of one encoder; people without prints are left out.
    background: that encoder's. expected: names of attendees, or () where nobody said who comes; each of them whom
    nobody has enrolled makes a stranger likelier.
    """

    def __init__(self, people: Sequence[Person], background: Background, expected: Sequence[str] = ()) -> None:
        self.people = tuple(person for person in people if len(person.prints))
        self._background = background
        self._enrolled = [len(person.prints) * STEP for person in self.people]
        listed = {key(name) for name in expected}
        known = {key(person.name) for person in self.people}
        self._prior = np.array([EVEN if not listed or key(p.name) in listed else UNEXPECTED for p in self.people])
        self._stranger = float(np.log1p(len(listed - known)))
        self._machines = [self._taught(person) for person in self.people]

    def _taught(self, person: Person) -> SVC:
        others = [other.prints for other in self.people if other is not person]
        rows = np.vstack([person.prints, *others, self._background.cohort])
        is_person = np.arange(len(rows)) < len(person.prints)
        return SVC(C=COST, gamma=GAMMA, class_weight="balanced", cache_size=50).fit(rows, is_person)

    def margins(self, embeddings: Embeddings) -> NDArray[np.float64]:
        """How far each window is on each person's side: (n, dim) -> (n, n_people)."""
        if not len(embeddings) or not self.people:
            return np.zeros((len(embeddings), len(self.people)))
        return np.column_stack([machine.decision_function(embeddings) for machine in self._machines])

    def probabilities(self, margins: NDArray[np.float64], seconds: float) -> NDArray[np.float64]:
        """Whose voice it is: margins (n, n_people) of the windows of one voice -> (n_people + 1,), sum 1.

        The last is a stranger's. seconds: of speech the windows cover.
        """
        means = margins.mean(axis=0)
        odds = [
            self._background.log_odds(mean, seconds, enrolled)
            for mean, enrolled in zip(means, self._enrolled, strict=True)
        ]
        logs = np.append(np.clip(odds, -CERTAIN, CERTAIN) + self._prior, self._stranger)
        weights = np.exp(logs - logs.max())
        shares: NDArray[np.float64] = weights / weights.sum()
        return shares


def exclusive(probabilities: NDArray[np.float64], least: float) -> dict[int, int]:
    """Voice -> person, each at most once, the surest first: (n_voices, n_people), only where at least `least`.

    >>> exclusive(np.array([[0.97, 0.01], [0.99, 0.0], [0.2, 0.6]]), 0.9)
    {1: 0}
    """
    left = probabilities.copy()
    found: dict[int, int] = {}
    while left.size and left.max() >= least:
        voice, person = map(int, np.unravel_index(left.argmax(), left.shape))
        found[voice] = person
        left[voice] = left[:, person] = -1
    return found
