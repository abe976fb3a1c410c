"""Findings: what the page shows of minutes besides what stands in them. Each takes a while for a long meeting.

Of all that is found, most stays when one turn is corrected; a `Finder` looks only at what does not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bigvoice.minutes.listening import samples
from bigvoice.minutes.minutes import Minutes, Utterance
from bigvoice.minutes.shares import TalkShares, n_words, role_of, talk_shares
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
        self._known: dict[int, _Known] = {}
        self._ids: list[str] | None = None
        self._said: list[tuple[Span, str]] = []
        self._sure: list[tuple[float, bool]] = []
        self._shares: TalkShares
        self._samples: dict[str, list[Span]]

    def of(self, minutes: Minutes) -> Findings:
        """What there is to find."""
        known = [self._known.get(id(utterance)) or _Known.of(utterance) for utterance in minutes.utterances]
        self._known = {id(each.utterance): each for each in known}
        ids, said = [speaker.id for speaker in minutes.speakers], [(u.span, u.speaker) for u in minutes.utterances]
        sure = [(u.confidence, u.checked) for u in minutes.utterances]
        same = (ids, said) == (self._ids, self._said)
        self._shares = self._recounted(minutes) if same else talk_shares(minutes)
        self._samples = self._samples if same and sure == self._sure else samples(minutes)
        self._ids, self._said, self._sure = ids, said, sure
        return Findings(self._shares, todo(minutes, lambda u: self._known[id(u)].doubts), self._samples)

    def _recounted(self, minutes: Minutes) -> TalkShares:
        """The shares, where the same people speak at the same times, but may have other names and say other words."""
        words: Counter[str] = Counter()
        for each in self._known.values():
            words[each.utterance.speaker] += each.n_words
        rows = zip(self._shares.speakers, minutes.speakers, strict=True)
        told = (replace(row, speakers=(who,), role=role_of(who), words=words[who.id]) for row, who in rows)
        return replace(self._shares, speakers=tuple(told))


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of an utterance by the object itself, which is kept so that no other gets its id."""

    utterance: Utterance
    doubts: tuple[Doubt, ...]
    n_words: int

    @classmethod
    def of(cls, utterance: Utterance) -> _Known:
        return cls(utterance, doubts_in(utterance), n_words(utterance))
