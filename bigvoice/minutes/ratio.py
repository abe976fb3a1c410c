"""Ratio: how much mother, father and child speak, each with an interval; how it changes; who speaks next after whom.

The figures themselves are those of `bigvoice.minutes.shares`, by the places of `bigvoice.minutes.family`: what was
found, counted, and corrected by nothing. The intervals say where the truth may lie: of ten 80 % intervals about eight
hold it, as far as the model of `bigvoice.minutes.doubt` is right.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bigvoice.minutes.course import Stretch, course, following
from bigvoice.minutes.doubt import CERTAIN, MEASURED, ErrorModel, simulated
from bigvoice.minutes.family import NOT_KNOWN, Family, Place, Remark, family_of
from bigvoice.minutes.minutes import Minutes, Speaker
from bigvoice.minutes.shares import CHILD, TalkShares, talk_shares

COVERS = 0.8
"""Of the intervals."""
LITTLE_S = 30.0
"""Less speech than this, in seconds, is little: one turn more or less would turn the shares round."""
MAY = 0.1
"""A role that nobody has is a row where this share of the speech, or more, may be its."""

NO_SPEECH, LITTLE, ONE_PARENT, NO_CHILD, ONLY_CHILDREN = "no speech", "little", "one parent", "no child", "children"
"""What of the whole could not be told, beside what `family` has."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A share between 0 and 1, and between what it lies with a probability of COVERS; low <= value <= high."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Part:
    """A row. speakers: whose voices; guessed: some of them by their sound alone; among: of what the parents say.

    among is None for who is no parent, and for a parent alone, who has no ratio.
    """

    place: Place
    speakers: tuple[Speaker, ...]
    guessed: bool
    seconds: float
    share: Estimate
    among: Estimate | None
    turns: int


@dataclass(frozen=True, slots=True)
class TalkRatio:
    """The rows (parents, children, other roles, not known), and what could not be told.

    course: `Stretch.seconds` has a value a row. following[i][j]: how often row j speaks next after row i.
    """

    parts: tuple[Part, ...]
    shares: TalkShares
    course: tuple[Stretch, ...]
    following: tuple[tuple[int, ...], ...]
    family: Family
    remarks: tuple[Remark, ...]

    @property
    def guessed(self) -> bool:
        """Some row is, or may be, a guess."""
        return any(part.guessed for part in self.parts)


def talk_ratio(minutes: Minutes, family: Family | None = None, model: ErrorModel = MEASURED) -> TalkRatio:
    """The talk ratio of a family. family: None finds out who is who. Without any speech, every share is 0."""
    family = family or family_of(minutes)
    shares = talk_shares(minutes)
    model = model if family.knows_anybody else CERTAIN  # a meeting is no family, and nobody looks at its intervals
    draws = simulated(family.members, minutes.utterances, family.places, model)
    parts = _parts(family, shares, draws)
    rows = {s.id: i for i, part in enumerate(parts) for s in part.speakers}
    return TalkRatio(
        parts=parts,
        shares=shares,
        course=course(minutes.utterances, rows, len(parts), shares.duration),
        following=tuple(map(tuple, following(minutes.utterances, rows, len(parts)).tolist())),
        family=family,
        remarks=(*_remarks(parts, shares), *family.remarks),
    )


def _parts(family: Family, shares: TalkShares, draws: NDArray[np.float64]) -> tuple[Part, ...]:
    """A row for each place that somebody has; and for each in the family that may well have somebody."""
    of = {row.speakers[0].id: row for row in shares.speakers}
    found = {place: [m for m in family.members if m.place == place] for place in family.places}
    seconds = {place: sum(of[m.speaker.id].seconds for m in members) for place, members in found.items()}
    parents = {place: seconds[place] for place in found if place.is_parents and seconds[place] > 0}
    if len(parents) < 2:
        parents = {}
    places = {place: i for i, place in enumerate(family.places)}
    both = draws[:, [places[place] for place in parents]].sum(axis=1)
    parts = []
    for place, members in found.items():
        share = _estimate(seconds[place], shares.seconds, draws[:, places[place]], draws.sum(axis=1))
        if not members and (place == NOT_KNOWN or share.high < MAY):
            continue
        among = _estimate(seconds[place], sum(parents.values()), draws[:, places[place]], both)
        parts.append(
            Part(
                place=place,
                speakers=tuple(m.speaker for m in members),
                guessed=any(m.guessed for m in members),
                seconds=seconds[place],
                share=share,
                among=among if place in parents else None,
                turns=sum(of[m.speaker.id].turns for m in members),
            )
        )
    return tuple(parts)


def _estimate(part: float, whole: float, parts: NDArray[np.float64], wholes: NDArray[np.float64]) -> Estimate:
    """The share found, and the quantiles of those drawn; a figure that lies beyond them is an end of its interval."""
    value = part / whole if whole else 0.0
    drawn = parts[wholes > 0] / wholes[wholes > 0]
    low, high = np.quantile(drawn, [(1 - COVERS) / 2, (1 + COVERS) / 2]) if len(drawn) else (value, value)
    return Estimate(value, min(value, float(low)), max(value, float(high)))


def _remarks(parts: Sequence[Part], shares: TalkShares) -> list[Remark]:
    """What of the whole cannot be told."""
    if not shares.seconds:
        return [Remark(NO_SPEECH)]
    roles = {part.place.role for part in parts if part.speakers and part.seconds > 0}
    parents = [part for part in parts if part.place.is_parents and part.seconds > 0]
    found = [Remark(LITTLE)] if shares.seconds < LITTLE_S else []
    if len(parents) == 1:
        found.append(Remark(ONE_PARENT, parents[0].place.role or "", parents[0].speakers))
    if roles == {CHILD}:
        found.append(Remark(ONLY_CHILDREN))
    if parents and CHILD not in roles:
        found.append(Remark(NO_CHILD))
    return found
