"""The background of an encoder, learnt with it: a cohort of strangers, and how sure a score makes one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from bigvoice.errors import ModelError
from bigvoice.parts import Embeddings
from bigvoice.voices.background import SVM, Background, terms
from bigvoice.voices.identification import Identifier
from bigvoice.voices.person import Person

SEED = 20261121
Row = tuple[NDArray[np.float32], str, int, int]
"""What is known of a window: its numbers, the speaker, the utterance, the copy."""


@dataclass(frozen=True, eq=False)
class Table:
    """Windows in rows, and whose they are."""

    rows: NDArray[np.float32]
    speakers: NDArray[np.str_]
    utterances: NDArray[np.intp]
    copies: NDArray[np.intp]

    @staticmethod
    def of(rows: Sequence[Row]) -> Table:
        """Collected from single rows."""
        described, speakers, spoken, copies = zip(*rows, strict=True)
        return Table(np.array(described), np.array(speakers), np.array(spoken), np.array(copies))

    def where(self, chosen: NDArray[np.bool_]) -> Table:
        """The chosen rows."""
        return Table(self.rows[chosen], self.speakers[chosen], self.utterances[chosen], self.copies[chosen])


def strangers(table: Table, *, each: int = 3, words: int = 150) -> Embeddings:
    """The cohort: up to `each` windows a speaker, of all who read sentences and of the first `words` who said words."""
    rng = np.random.default_rng(SEED)
    chosen: list[int] = []
    speakers = np.unique(table.speakers)
    short = [s for s in speakers if s.startswith("speech_commands")]
    for speaker in [s for s in speakers if not s.startswith("speech_commands")] + short[:words]:
        rows = np.flatnonzero(table.speakers == speaker)
        chosen += rng.choice(rows, min(each, len(rows)), replace=False).tolist()
    return table.rows[chosen]


def calibrate(table: Table, cohort: Embeddings, window: float, back_end: str = SVM) -> NDArray[np.float64]:
    """Weights of `background.terms`: a logistic regression on trials between held-out people.

    A person is taught with 5 to 40 windows of half of their utterances, and tried with 1 to 32 windows of the other
    half and of other people; both kinds of trial weigh the same. window: seconds of each row.

    Raises ModelError where nobody has spoken enough.
    """
    rng = np.random.default_rng(SEED)
    plain = Background(cohort, np.zeros(6), 0.0, np.zeros(6))
    people = [s for s in np.unique(table.speakers) if np.count_nonzero(table.speakers == s) >= 40]
    trials: list[tuple[float, float, float, bool]] = []
    for speaker in people:
        own = np.flatnonzero((table.speakers == speaker) & (table.copies > 0))
        spoken = rng.permutation(np.unique(table.utterances[own]))
        first = np.isin(table.utterances[own], spoken[: len(spoken) // 2])
        for n_taught in (5, 10, 20, 40):
            if np.count_nonzero(first) < n_taught or np.count_nonzero(~first) < 4:
                continue
            taught = rng.choice(own[first], n_taught, replace=False)
            identifier = Identifier([Person(speaker, None, table.rows[taught])], plain, back_end=back_end)
            strange = [np.flatnonzero(table.speakers == s) for s in rng.choice(people, 12) if s != speaker]
            for tried in [own[~first]] * 12 + strange:
                margins = identifier.margins(table.rows[tried])[:, 0]
                for n in (1, 2, 4, 8, 16, 32):
                    margin = rng.choice(margins, min(n, len(margins)), replace=False).mean()
                    own_voice = bool(table.speakers[tried[0]] == speaker)
                    trials.append((float(margin), min(n, len(margins)) * window, n_taught * window, own_voice))
    if not trials:
        raise ModelError(
            "nothing to calibrate on: people held out need 40 windows of speech each, in 4 utterances or more"
        )
    scores, seconds, enrolled, same = (np.array(column) for column in zip(*trials, strict=True))
    fitted = LogisticRegression(C=100.0, class_weight="balanced", max_iter=5000, fit_intercept=False)
    fitted.fit(terms(scores, seconds, enrolled), same)
    weights: NDArray[np.float64] = fitted.coef_[0]
    return weights
