"""Likeness: can enrolled voices be told apart, and does a clip sound like the person it is said to be?

Both are asked as naming asks in a meeting: of the support vector machines and of the encoder's own calibration
(`identification`), about speech that the machines were not taught. So an encoder that puts voices closer together needs
no other threshold, and what is found here is what would happen there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from bigvoice.diarization.windows import STEP
from bigvoice.parts import Embeddings
from bigvoice.settings import DiarizationOptions
from bigvoice.voices.background import Background
from bigvoice.voices.backgrounds import Assumed
from bigvoice.voices.identification import Identifier
from bigvoice.voices.person import Person

SURE = 1 - DiarizationOptions.false_names
"""A name is given from this probability on, unless the user says otherwise."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """How probable it is that speech is its owner's, 0 to 1; `rival`: who is more probable, None for a stranger."""

    own: float
    rival: str | None


def twins(people: Sequence[Person], background: Background, least: float = SURE) -> tuple[tuple[str, str], ...]:
    """Pairs of people, by name, who cannot be told apart; in the order of `people`.

    One half of everybody's prints is held out and the machines are taught with the other, then the other way round. Two
    are twins where a half may be the other's (with a probability over 1 - `least`) and, if it must be either's, is its
    owner's with one under `least`. Of people the shipped encoder had not learnt from, that was so for 89 to 96 % of
    pairs of clips of one person and for at most 1 % of two people's (bench/enrolment.py). Somebody with a single print
    is in no pair; a background that nobody has learnt tells nothing of it. Two machines are trained a person.
    """
    if isinstance(background, Assumed):
        return ()
    known = [person for person in people if len(person.prints) > 1]
    found: set[tuple[int, int]] = set()
    for taught, held in (_halves(known), _halves(known)[::-1]):
        identifier = Identifier(taught, background)
        for i, person in enumerate(held):
            shares = _shares(identifier, person.prints)[:-1]
            close = (shares > 1 - least) & (shares[i] < least * (shares[i] + shares))
            found |= {(min(i, j), max(i, j)) for j in np.flatnonzero(close).tolist() if j != i}
    return tuple((known[i].name, known[j].name) for i, j in sorted(found))


def likeness(prints: Embeddings, owner: Person, others: Sequence[Person], background: Background) -> Likeness:
    """Whether prints (n, dim) that the owner's machine was not taught are the owner's, one of the others' or nobody's.

    The owner needs prints, the others may have none.
    """
    identifier = Identifier([owner, *others], background)
    shares = _shares(identifier, prints)
    best = int(shares.argmax())
    rival = identifier.people[best].name if 0 < best < len(identifier.people) else None
    return Likeness(float(shares[0]), rival)


def _halves(people: Sequence[Person]) -> tuple[list[Person], list[Person]]:
    """Everybody with the first half of their prints, and with the second."""
    first = [replace(person, prints=person.prints[: len(person.prints) // 2]) for person in people]
    second = [replace(person, prints=person.prints[len(person.prints) // 2 :]) for person in people]
    return first, second


def _shares(identifier: Identifier, prints: Embeddings) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return identifier.probabilities(identifier.margins(prints), len(prints) * STEP)
