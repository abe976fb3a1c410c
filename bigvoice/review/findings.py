"""Findings: what the page shows of minutes besides what stands in them. Each takes a while for a long meeting.

Of all that is found, most stays when one turn is corrected; a `Finder` looks only at what does not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bigvoice.minutes.listening import samples
from bigvoice.minutes.minutes import Minutes, Utterance
from bigvoice.minutes.shares import TalkShares, talk_shares
from bigvoice.minutes.todo import Doubt, doubts_in, todo
from bigvoice.span import Span


@dataclass(frozen=True, slots=True)
class Findings:
    """Who speaks how much, what is in doubt, and by what stretches each voice (by id) can be known."""

    shares: TalkShares
    doubts: tuple[Doubt, ...]
    samples: Mapping[str, Sequence[Span]]


class Finder:
    """Remembers what it found last. Minutes that are the same but for a few utterances are told from it quickly."""

    def __init__(self) -> None:
        self._doubts: dict[int, tuple[Utterance, tuple[Doubt, ...]]] = {}
        self._heard: list[tuple[Span, str, float, bool]] = []
        self._samples: dict[str, list[Span]] = {}

    def of(self, minutes: Minutes) -> Findings:
        """What there is to find."""
        found = Findings(talk_shares(minutes), todo(minutes, self._doubts_in), self._samples_of(minutes))
        there = {id(utterance) for utterance in minutes.utterances}
        self._doubts = {key: known for key, known in self._doubts.items() if key in there}
        return found

    def _doubts_in(self, utterance: Utterance) -> Sequence[Doubt]:
        """By the object itself, which is kept so that no other gets its id."""
        known = self._doubts.get(id(utterance))
        if known is None:
            known = self._doubts[id(utterance)] = utterance, doubts_in(utterance)
        return known[1]

    def _samples_of(self, minutes: Minutes) -> dict[str, list[Span]]:
        """What was said is no matter to them: most corrections leave them as they are."""
        heard = [(u.span, u.speaker, u.confidence, u.checked) for u in minutes.utterances]
        if heard != self._heard or self._samples.keys() != {speaker.id for speaker in minutes.speakers}:
            self._heard, self._samples = heard, samples(minutes)
        return self._samples
