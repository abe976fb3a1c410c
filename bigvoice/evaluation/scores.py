"""Scores: all that can be measured of one recording, given what is true and what was found. They add."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from bigvoice.documents.line import one_line
from bigvoice.errors import SettingsError
from bigvoice.evaluation.account import Account
from bigvoice.evaluation.counting import SpeakerCounts, speaker_counts
from bigvoice.evaluation.cpwer import cp_character_errors, cp_word_errors
from bigvoice.evaluation.diarization import DiarizationErrors, JaccardErrors, diarization_errors, jaccard_errors
from bigvoice.evaluation.identification import NameCounts, name_counts
from bigvoice.evaluation.words import EditCounts, character_errors, word_errors
from bigvoice.span import Span
from bigvoice.turn import Turn


@dataclass(frozen=True, slots=True)
class Scores:
    """None: not measured, as one side or both do not tell. Characters are counted without spaces."""

    diarization: DiarizationErrors | None = None
    jaccard: JaccardErrors | None = None
    speakers: SpeakerCounts | None = None
    names: NameCounts | None = None
    words: EditCounts | None = None
    characters: EditCounts | None = None
    cp_words: EditCounts | None = None
    cp_characters: EditCounts | None = None

    def __add__(self, other: Scores) -> Scores:
        """Of both recordings; what only one has stays as it is."""
        return Scores(**{each.name: _sum(getattr(self, each.name), getattr(other, each.name)) for each in fields(self)})


@dataclass(frozen=True, slots=True)
class Rules:
    """What is scored, and how; it stands with every figure.

    collar: seconds on each side of the reference's borders that are not scored. skip_overlap: nor is what several
    people say at once. enrolled: whose names could be given.
    """

    collar: float = 0.0
    skip_overlap: bool = False
    enrolled: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not 0 <= self.collar < math.inf:
            raise SettingsError(f"--collar must be a number of seconds, 0 or more, not {self.collar}")

    def __str__(self) -> str:
        """In words, as it is printed.

        >>> str(Rules(collar=0.25))
        'collar 0.25 s on each side, overlap scored'
        """
        collar = f"collar {self.collar:g} s on each side" if self.collar else "no collar"
        return f"{collar}, overlap {'not ' if self.skip_overlap else ''}scored"


def score(reference: Account, hypothesis: Account, rules: Rules, scored: Sequence[Span] | None = None) -> Scores:
    """All that both tell of one recording, measured. scored: the regions that count, for turns; None: all."""
    found = _spoken(reference, hypothesis, rules, scored)
    if reference.text is not None and hypothesis.text is not None:
        found = replace(
            found,
            words=word_errors(reference.text, hypothesis.text),
            characters=character_errors(reference.text, hypothesis.text, spaces=False),
        )
    if reference.texts is not None and hypothesis.texts is not None:
        found = replace(
            found,
            cp_words=cp_word_errors(reference.texts, hypothesis.texts),
            cp_characters=cp_character_errors(reference.texts, hypothesis.texts, spaces=False),
        )
    return found


def _spoken(reference: Account, hypothesis: Account, rules: Rules, scored: Sequence[Span] | None) -> Scores:
    if reference.turns is None or hypothesis.turns is None:
        return Scores()
    sides = reference.turns, hypothesis.turns
    options: dict[str, Any] = {"collar": rules.collar, "skip_overlap": rules.skip_overlap, "scored": scored}
    found = Scores(
        diarization_errors(*sides, **options), jaccard_errors(*sides, **options), speaker_counts(*sides, scored=scored)
    )
    if not rules.enrolled:
        return found
    enrolled = {plain(name) for name in rules.enrolled}
    labels = {turn.speaker for turn in hypothesis.turns}
    named = {label for label in labels if hypothesis.names is None and plain(label) in enrolled}
    names = {label: plain(label) for label in named | (labels & (hypothesis.names or set()))}
    truth = [Turn(turn.span, plain(turn.speaker)) for turn in reference.turns]
    return replace(found, names=name_counts(truth, hypothesis.turns, names, enrolled, **options))


def plain(name: str) -> str:
    """A name as it is compared: RTTM writes "Mina_Park", minutes "Mina Park".

    >>> plain("Mina_Park") == plain("mina park")
    True
    """
    return one_line(name.replace("_", " ")).casefold()


def total(scores: Iterable[Scores]) -> Scores:
    """All of them together."""
    return sum(scores, Scores())


def _sum(left: Any, right: Any) -> Any:
    return right if left is None else left if right is None else left + right
