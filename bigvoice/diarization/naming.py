"""Naming: which stretches of a recording are whose, of the people enrolled, and what becomes of the rest.

Labels are whole numbers: 0 ... n_people - 1 for known people, from n_people on for unknown voices, -1 for none yet.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bigvoice.diarization.clustering import N_PIECES, pieces, renumber
from bigvoice.diarization.windows import STEP
from bigvoice.parts import Embeddings, Labels
from bigvoice.voices.identification import Identifier, exclusive
from bigvoice.voices.person import Person

FAR_BEHIND = 0.6
"""Of two pieces that both pass for one person, the one whose margin is so much smaller is somebody who sounds alike.
Found on meetings of held-out speakers."""
LIKELY = 0.5
"""From here on a name is suggested, and what sounds like a known voice joins it."""
SCRAP = 0.03
"""An unknown voice with less of the speech than this is rather an edge between two voices, or both at once."""
UNEXPECTED = 0.08
"""The same for a voice more than there are people on the list of attendees (set by judgement, not measured)."""

Rows = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Evidence:
    """What the windows tell.

    embeddings (n, dim); telling (n,): which are long enough to make a voice of their own; margins (n, n_people) of the
    identifier. alike: the encoder's.
    """

    embeddings: Embeddings
    telling: Rows
    margins: NDArray[np.float64]
    identifier: Identifier
    alike: float

    @property
    def n_people(self) -> int:
        """How many are enrolled."""
        return len(self.identifier.people)

    def person(self, number: int) -> Person:
        """Whose number it is."""
        return self.identifier.people[number]

    def probabilities(self, rows: Rows) -> NDArray[np.float64]:
        """Of each person, that the voice of those rows is theirs: (n,) -> (n_people,)."""
        return self.identifier.probabilities(self.margins[rows], float(np.count_nonzero(rows) * STEP))[:-1]

    def means(self, labels: Labels) -> dict[int, NDArray[np.float32]]:
        """The mean row of each voice there is."""
        return {int(v): self.embeddings[labels == v].mean(axis=0) for v in np.unique(labels[labels >= 0])}


def recognise(heard: Evidence, least: float) -> Labels:
    """Known people, by pieces that sound alike: a piece that is somebody with a probability of at least `least`."""
    labels = np.full(len(heard.embeddings), -1, np.intp)
    if not heard.n_people:
        return labels
    piece = pieces(heard.embeddings, max(N_PIECES, heard.n_people + 2))
    claims: list[tuple[float, int, int]] = []
    for p in range(int(piece.max()) + 1):
        shares = heard.probabilities(piece == p)
        person = int(shares.argmax())
        if shares[person] >= least:
            claims.append((float(heard.margins[piece == p, person].mean()), person, p))
    for margin, person, p in claims:
        if margin >= max(other for other, who, _ in claims if who == person) - FAR_BEHIND:
            labels[piece == p] = person
    return labels


def settle(heard: Evidence, labels: Labels, fewest: int, most: int) -> Labels:
    """Every row given to a voice: (n,) labels -> (n,) labels 0, 1, ... as first heard.

    Unknown voices join a known one while more than `fewest` are left; then the shortest are dropped while there are
    more than `most`.
    """
    labels = _joined(heard, labels, fewest)
    voices, lengths = np.unique(labels[labels >= 0], return_counts=True)
    excess = voices[np.argsort(lengths, kind="stable")][: max(0, len(voices) - most)]
    return renumber(_housed(heard, np.where(np.isin(labels, excess), -1, labels)))


def scrap(shares: Mapping[int, float], known: Collection[int], fewest: int, expected: int) -> int | None:
    """The voice that is rather none: of those without a name the one that is heard least, if that is too little.

    shares: voice -> its share of the speech in turns. A voice of windows in which two people speak may have many
    windows; few frames are nearest to it.
    """
    least = min((voice for voice in shares if voice not in known), key=shares.__getitem__, default=None)
    limit = SCRAP if len(shares) <= expected else UNEXPECTED
    return least if least is not None and len(shares) > fewest and shares[least] < limit else None


def without(heard: Evidence, labels: Labels, voice: int) -> Labels:
    """The rows of a voice given to the others: (n,) labels -> (n,) labels 0, 1, ... as first heard."""
    return renumber(_housed(heard, np.where(labels == voice, -1, labels)))


def _joined(heard: Evidence, labels: Labels, fewest: int) -> Labels:
    """Unknown voices that are rather a known person than not, and sound like that person's other speech, join it."""
    labels = labels.copy()
    means = heard.means(labels)
    for voice in [v for v in means if v >= heard.n_people > 0]:
        rows = labels == voice
        shares = heard.probabilities(rows)
        near = int(shares.argmax())
        if len(means) <= fewest or near not in means or means[near] @ means[voice] < heard.alike:
            continue
        behind = heard.margins[labels == near, near].mean() - heard.margins[rows, near].mean()
        if shares[near] >= LIKELY and behind <= FAR_BEHIND:
            labels[rows] = near
            del means[voice]
    return labels


def _housed(heard: Evidence, labels: Labels) -> Labels:
    """Rows without a voice go to the one they are nearest to."""
    means = heard.means(labels)
    homes, centres = np.array(list(means)), np.array(list(means.values()))
    lost = labels < 0
    housed = labels.copy()
    if lost.any():
        housed[lost] = homes[(heard.embeddings[lost] @ centres.T).argmax(axis=1)]
    return housed


def named(heard: Evidence, labels: Labels, least: float) -> dict[int, tuple[int, float]]:
    """Voice -> (person, probability), for whole voices, each person once and only with at least `least`."""
    if not heard.n_people:
        return {}
    shares = np.array([heard.probabilities(labels == voice) for voice in range(int(labels.max()) + 1)])
    return {voice: (person, float(shares[voice, person])) for voice, person in exclusive(shares, least).items()}
