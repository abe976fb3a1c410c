"""Talk shares: how much each speaker, or each role, said.

Speech time is counted, never the clock between a speaker's first word and last. The share of a speaker is its seconds
over the sum of all speakers' seconds, so shares add up to 1; where two speak at once the time counts for both, and how
much there was of that is said by `overlap`. Silence is no part of any share.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from bigvoice.minutes.minutes import SUGGESTED, Minutes, Speaker, Utterance, blocks
from bigvoice.span import Span, complement, merge, total

MOTHER, FATHER, CHILD = "mother", "father", "child"
PARENTS = (MOTHER, FATHER)

_FAMILY: Mapping[str, str] = MappingProxyType(
    dict.fromkeys(["mother", "mum", "mom", "mummy", "mommy", "어머니", "엄마", "모"], MOTHER)
    | dict.fromkeys(["father", "dad", "daddy", "아버지", "아빠", "부"], FATHER)
    | dict.fromkeys(["child", "daughter", "son", "아이", "자녀", "아동", "딸", "아들"], CHILD)
)


def role_named(role: str | None) -> str | None:
    """A role as it is counted: the words for members of a family become "mother", "father" and "child".

    >>> role_named("엄마"), role_named(" Chair "), role_named(" ")
    ('mother', 'Chair', None)
    """
    role = (role or "").strip()
    return _FAMILY.get(role.casefold(), role) or None


def role_of(speaker: Speaker) -> str | None:
    """The role for which a speaker's talk is counted, as `role_named` has it.

    None for a suggested name: its role is a guess too, and a share of the mother's that may be an aunt's looks like a
    finding; counted as not known, the doubt is seen in the figures. The table of attendees shows the suggestion.
    """
    return None if speaker.named_by == SUGGESTED else role_named(speaker.role)


@dataclass(frozen=True, slots=True)
class Share:
    """What some speakers said: one (a row by speaker) or all of one role (a row by role).

    seconds: of speech. share: between 0 and 1. turns: maximal runs of neighbouring utterances. longest: seconds of
    speech in the longest turn. words: as transcribed.
    """

    speakers: tuple[Speaker, ...]
    role: str | None
    seconds: float
    share: float
    turns: int
    longest: float
    words: int


@dataclass(frozen=True, slots=True)
class TalkShares:
    """The shares of one meeting, in the order in which its speakers are listed.

    duration: of the recording; silence: seconds in which nobody speaks; overlap: seconds in which at least two do.
    """

    speakers: tuple[Share, ...]
    duration: float
    silence: float
    overlap: float

    @property
    def seconds(self) -> float:
        """All speakers' speech; time at which two speak counts twice. The shares are parts of this."""
        return sum(row.seconds for row in self.speakers)

    def by_role(self) -> tuple[Share, ...]:
        """One row a role, in order of first mention; those without a role last, with role None."""
        members: dict[str | None, list[Share]] = defaultdict(list)
        for row in self.speakers:
            members[row.role].append(row)
        return tuple(_together(members[role]) for role in sorted(members, key=lambda role: role is None))

    def parents(self) -> tuple[Share, ...]:
        """Mother and father, with their shares of what the parents said; () where there is no parent."""
        rows = [row for row in self.by_role() if row.role in PARENTS]
        return _rescale(sorted(rows, key=lambda row: PARENTS.index(row.role or "")))


def talk_shares(minutes: Minutes) -> TalkShares:
    """The talk shares of a meeting. Without any speech, every share is 0."""
    said: dict[str, list[Span]] = defaultdict(list)
    for utterance in minutes.utterances:
        said[utterance.speaker].append(utterance.span)
    turns: dict[str, list[Sequence[Utterance]]] = defaultdict(list)
    for block in blocks(minutes.utterances):
        turns[block[0].speaker].append(block)
    heard = {speaker.id: merge(said[speaker.id]) for speaker in minutes.speakers}
    rows = [_row(speaker, heard[speaker.id], turns[speaker.id]) for speaker in minutes.speakers]
    whole = Span(0.0, max([minutes.source.duration, *(u.span.end for u in minutes.utterances)]))
    silence = complement([span for spans in heard.values() for span in spans], whole)
    return TalkShares(_rescale(rows), whole.duration, _seconds(silence), _overlap(heard.values()))


def n_words(utterance: Utterance) -> int:
    """Words as they are counted: what stands between spaces."""
    return len(utterance.text.split())


def _row(speaker: Speaker, spans: Sequence[Span], turns: Sequence[Sequence[Utterance]]) -> Share:
    """One speaker's row, of its disjoint spans; its share is not known yet."""
    longest = max(
        (total(u.span for u in turn) if len(turn) > 1 else turn[0].span.duration for turn in turns), default=0.0
    )
    words = sum(n_words(utterance) for turn in turns for utterance in turn)
    return Share((speaker,), role_of(speaker), _seconds(spans), 0.0, len(turns), longest, words)


def _seconds(spans: Iterable[Span]) -> float:
    """Of disjoint spans."""
    return sum(span.duration for span in spans)


def _rescale(rows: Iterable[Share]) -> tuple[Share, ...]:
    """The rows with shares of what these rows hold together."""
    rows = list(rows)
    whole = sum(row.seconds for row in rows)
    return tuple(
        Share(r.speakers, r.role, r.seconds, r.seconds / whole if whole else 0.0, r.turns, r.longest, r.words)
        for r in rows
    )


def _together(rows: Sequence[Share]) -> Share:
    """Several speakers' rows as one."""
    return Share(
        speakers=tuple(speaker for row in rows for speaker in row.speakers),
        role=rows[0].role,
        seconds=sum(row.seconds for row in rows),
        share=sum(row.share for row in rows),
        turns=sum(row.turns for row in rows),
        longest=max(row.longest for row in rows),
        words=sum(row.words for row in rows),
    )


def _overlap(speakers: Iterable[Sequence[Span]]) -> float:
    """Seconds in which at least two speak; each speaker's spans are disjoint. One sweep over all starts and ends."""
    # At equal times an end comes before a start: spans that touch do not overlap.
    spans = [span for each in speakers for span in each]
    events = sorted([(span.start, 1) for span in spans] + [(span.end, -1) for span in spans])
    seconds, speaking, since = 0.0, 0, 0.0
    for time, step in events:
        if speaking >= 2:
            seconds += time - since
        speaking, since = speaking + step, time
    return seconds
