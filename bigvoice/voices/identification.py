"""Identification: whose voice it is, of those enrolled, or a stranger's.

Each enrolled person has a support vector machine of their own: their windows against everybody else's, a cohort of
strangers (Campbell et al., 2006) and what somebody said is not their voice (counter-examples). Its margin, averaged
over all windows of a voice, is turned into odds by the background's calibration, learnt on single utterances of
held-out people. In noisier rooms than theirs it is too sure: the README has the figures.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.svm import SVC

from bigvoice.diarization.clustering import unit
from bigvoice.diarization.windows import STEP
from bigvoice.parts import Embeddings
from bigvoice.voices.background import COSINE, SVM, Background
from bigvoice.voices.person import Person, key

GAMMA, COST = 1.0, 1.0
"""On unit rows exp(-|a - b|^2) = exp(2 cos - 2); found on held-out speakers, where C of 10 and gamma of 1/2 do as well
and a linear machine does worse."""
NEAREST = 100
"""Strangers that a cosine is normalized against."""
EVEN = 0.0
UNEXPECTED = -3.0
"""Log prior of somebody who is enrolled but not on a given list of attendees: one in twenty."""
CERTAIN = 12.0
"""Log odds are cut here: no calibration learnt on some thousands of trials says more."""


Scorer = Callable[[Embeddings], NDArray[np.float64]]
"""(n, dim) windows -> (n,), higher the more they sound like the person."""


def svm(own: Embeddings, others: Embeddings) -> Scorer:
    """The margin of a support vector machine between a person's windows and everybody else's."""
    rows = np.vstack([own, others])
    is_person = np.arange(len(rows)) < len(own)
    machine = SVC(C=COST, gamma=GAMMA, class_weight="balanced", cache_size=50).fit(rows, is_person)
    score: Scorer = machine.decision_function
    return score


def cosine(own: Embeddings, others: Embeddings) -> Scorer:
    """The cosine with a person's mean window, in standard deviations above its NEAREST strangers'.

    Adaptive symmetric normalization (Matejka et al., 2017): once against those nearest to the person, once against
    those nearest to the window, and the mean of both.
    """
    person = unit(own.mean(axis=0))
    mean, spread = _nearest(others @ person[:, None])

    def score(windows: Embeddings) -> NDArray[np.float64]:
        near = (windows @ person).astype(np.float64)
        means, spreads = _nearest(others @ windows.T)
        return ((near - mean) / spread + (near - means) / spreads) / 2

    return score


def _nearest(cosines: NDArray[np.floating]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean and standard deviation of each column's greatest: (n_others, n) -> (n,) each."""
    n = min(NEAREST, len(cosines))
    top = np.partition(cosines.astype(np.float64), len(cosines) - n, axis=0)[-n:]
    return top.mean(axis=0), top.std(axis=0) + 1e-3


BACK_ENDS: Mapping[str, Callable[[Embeddings, Embeddings], Scorer]] = {SVM: svm, COSINE: cosine}
"""By name: (a person's windows, everybody else's) -> how a window is scored."""


class Identifier:
    """Tells enrolled people by their voices.

    people: those that may be named, with prints of one encoder; people without prints are left out.
    background: that encoder's. back_end: how windows are scored, see BACK_ENDS. expected: names of attendees, or ()
    where nobody said who comes; each of them whom nobody has enrolled makes a stranger likelier.
    """

    def __init__(
        self, people: Sequence[Person], background: Background, expected: Sequence[str] = (), back_end: str = SVM
    ) -> None:
        self.people = tuple(person for person in people if len(person.prints))
        self._background, self._back_end = background, back_end
        self._enrolled = [len(person.prints) * STEP for person in self.people]
        listed = {key(name) for name in expected}
        known = {key(person.name) for person in self.people}
        self._prior = np.array([EVEN if not listed or key(p.name) in listed else UNEXPECTED for p in self.people])
        self._stranger = float(np.log1p(len(listed - known)))
        self._scorers = [self._taught(person) for person in self.people]

    def _taught(self, person: Person) -> Scorer:
        others = [other.prints for other in self.people if other is not person]
        if len(person.counter):
            others.append(person.counter)
        return BACK_ENDS[self._back_end](person.prints, np.vstack([self._background.cohort, *others]))

    def margins(self, embeddings: Embeddings) -> NDArray[np.float64]:
        """How far each window is on each person's side: (n, dim) -> (n, n_people)."""
        if not len(embeddings) or not self.people:
            return np.zeros((len(embeddings), len(self.people)))
        return np.column_stack([score(embeddings) for score in self._scorers])

    def probabilities(self, margins: NDArray[np.float64], seconds: float) -> NDArray[np.float64]:
        """Whose voice it is: margins (n, n_people) of the windows of one voice -> (n_people + 1,), sum 1.

        The last is a stranger's. seconds: of speech the windows cover.
        """
        means = margins.mean(axis=0)
        odds = [
            self._background.log_odds(mean, seconds, enrolled, self._back_end)
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
