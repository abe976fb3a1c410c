"""Turns as the review page gets them: the text of one JSON object for each, made once and kept while the turn stays."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, TypeAlias

from bigvoice.minutes.history import Reviewed
from bigvoice.minutes.listening import beside
from bigvoice.minutes.minutes import Minutes, Utterance
from bigvoice.span import Span

Key: TypeAlias = tuple[float, float, str]
"""Start, end and speaker: what a `Place` holds, as a key that is quickly found."""

Turns: TypeAlias = Mapping[Key, str]
"""All turns in order of time, each as JSON."""


def key_of(utterance: Utterance) -> Key:
    """Where it stands."""
    return utterance.span.start, utterance.span.end, utterance.speaker


def gone(before: Turns, after: Turns) -> list[Key]:
    """The places of turns that are there no more."""
    return [key for key in before if key not in after]


def now(before: Turns, after: Turns) -> list[str]:
    """The turns, as JSON, that are new or not as they were."""
    return [text for key, text in after.items() if before.get(key) != text]


class TurnTexts:
    """The texts made last: an utterance that a correction leaves alone stays the same object, and so its text."""

    def __init__(self) -> None:
        self._made: dict[int, tuple[Utterance, tuple[str, ...], bool, str]] = {}
        self._said: list[tuple[Span, str]] = []
        self._others: list[tuple[str, ...]] = []  # who speaks at the same time
        self._machine: Minutes | None = None
        self._found: dict[Key, Utterance] = {}

    def of(self, reviewed: Reviewed) -> Turns:
        """The turns of the corrected minutes."""
        if reviewed.machine is not self._machine:
            self._machine = reviewed.machine
            self._found = {key_of(utterance): utterance for utterance in reviewed.machine.utterances}
        utterances = reviewed.minutes.utterances
        said = [(utterance.span, utterance.speaker) for utterance in utterances]
        if said != self._said:
            self._said = said
            self._others = [tuple(dict.fromkeys(u.speaker for u in those)) for those in beside(utterances)]
        made = [self._text(*each) for each in zip(utterances, self._others, strict=True)]
        self._made = {id(each[0]): each for each in made}  # the utterance is kept with it, so no other gets its id
        return {key_of(utterance): text for utterance, _, _, text in made}

    def _text(self, utterance: Utterance, others: tuple[str, ...]) -> tuple[Utterance, tuple[str, ...], bool, str]:
        known = self._made.get(id(utterance))
        edited = known[2] if known else self._is_edited(utterance)
        if known and known[1] == others:
            return known
        return utterance, others, edited, json.dumps(_to_json(utterance, others, edited), separators=(",", ":"))

    def _is_edited(self, utterance: Utterance) -> bool:
        """A person changed who said it, when, or what."""
        found = self._found.get(key_of(utterance))
        return found is None or (found is not utterance and found.words != utterance.words)


def _to_json(utterance: Utterance, others: tuple[str, ...], edited: bool) -> dict[str, Any]:
    return {
        "turn": key_of(utterance),
        "words": [(w.span.start, w.span.end, w.text, w.probability) for w in utterance.words],
        "confidence": utterance.confidence,
        "checked": utterance.checked,
        "edited": edited,
        "with": others,
    }
