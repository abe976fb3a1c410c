"""Minutes: the record of one meeting. All documents are rendered from it; it is written to no format here.

Who is who: a `Speaker` is a voice of the recording, with an id that stays; its name is laid over the id. An unnamed
speaker is shown by its number ("Speaker 2", "참석자 2"), which the documents write in their language; a name that is
only suggested has a question mark after it ("Mina Park?").
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import accumulate, pairwise

from bigvoice.errors import MinutesError
from bigvoice.span import Span
from bigvoice.traits import Traits
from bigvoice.word import Word, join

KNOWN, GIVEN, SUGGESTED, UNKNOWN = "enrolled", "given", "suggested", "unknown"
DECISION, ACTION, AGENDA = "decision", "action", "agenda point"
NOTES = (DECISION, ACTION, AGENDA)
PARAGRAPH = 120.0
"""Seconds after which one speaker's block goes on in a new one at the next utterance, so that a long talk has time
stamps to find places by."""
DOUBT = "?"
"""Stands after a name that is only suggested, in every format."""


@dataclass(frozen=True, slots=True)
class Speaker:
    """A voice of the recording.

    `number` counts from 1 in the order of first speaking. `name` is None where nobody is recognised; then `role` is
    None too. `named_by`: "enrolled" (recognised by an enrolled voice), "given" (a person said so), "suggested" (more
    likely this person's voice than anybody else's, but not surely enough for the user) or "unknown". `confidence` is
    the calibrated probability of an enrolled or suggested name, 1 for a given one, 0 for none. `traits`: what the voice
    alone tells, all its turns together; None where nobody asked or nothing could be told. `rejected`: names of which a
    person said that the voice is not theirs.
    """

    id: str
    number: int
    name: str | None = None
    role: str | None = None
    named_by: str = UNKNOWN
    confidence: float = 0.0
    traits: Traits | None = None
    rejected: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.named_by not in (KNOWN, GIVEN, SUGGESTED, UNKNOWN):
            raise ValueError(f"named_by is {KNOWN}, {GIVEN}, {SUGGESTED} or {UNKNOWN}, not {self.named_by!r}")
        if (self.name is None) != (self.named_by == UNKNOWN):
            raise ValueError(f"speaker {self.id}: a name and who gave it go together")
        _refuse_no_share(self.confidence)

    @property
    def sure(self) -> bool:
        """It has a name, and one that is more than a suggestion."""
        return self.named_by in (KNOWN, GIVEN)

    def given(self, name: str, role: str | None = None) -> Speaker:
        """The speaker with a name that a person gave; by the name that is suggested, the suggestion is confirmed.

        role: None keeps the one there is, but a suggested one stays with its name only, whose it is; "" takes it away.
        """
        kept = self.role if self.sure or self.name == name else None
        role = kept if role is None else role or None
        return replace(self, name=name, role=role, named_by=GIVEN, confidence=1.0)

    def nameless(self) -> Speaker:
        """The speaker without a name, and so without a role."""
        return replace(self, name=None, role=None, named_by=UNKNOWN, confidence=0.0)

    def label(self, pattern: str = "Speaker {number}") -> str:
        """The name, with a question mark where it is only suggested; or the pattern filled with the number.

        >>> Speaker("s2", 2, "Mina Park", None, SUGGESTED, 0.74).label()
        'Mina Park?'
        """
        if self.name is None:
            return pattern.format(number=self.number)
        return self.name if self.sure else f"{self.name}{DOUBT}"


@dataclass(frozen=True, slots=True)
class Utterance:
    """What one speaker said in one turn.

    `words` may be empty: nothing was transcribed, or nothing understood. `traits`: what this turn's sound alone tells.
    `checked`: a person heard it and found speaker and words right, so nothing in it is in doubt.
    """

    span: Span
    speaker: str
    words: tuple[Word, ...] = ()
    confidence: float = 1.0
    traits: Traits | None = None
    checked: bool = False

    def __post_init__(self) -> None:
        _refuse_no_share(self.confidence)

    @property
    def text(self) -> str:
        """The words joined."""
        return join(self.words)


@dataclass(frozen=True, slots=True)
class Note:
    """What a person noted at a time of the recording (seconds): a decision, an action, or where an agenda point begins.

    `who` is to do an action `until` then, both as they were written; "" where that is not said.
    """

    id: str
    kind: str
    time: float
    text: str
    who: str = ""
    until: str = ""

    def __post_init__(self) -> None:
        if self.kind not in NOTES:
            raise ValueError(f"a note is a {', '.join(NOTES[:-1])} or {NOTES[-1]}, not {self.kind!r}")
        if not (math.isfinite(self.time) and self.time >= 0):
            raise ValueError(f"note {self.id}: its time lies in the recording, not at {self.time}")


@dataclass(frozen=True, slots=True)
class Source:
    """The recording the minutes were made of; `sha256` of the file's bytes."""

    file: str
    sha256: str
    duration: float


@dataclass(frozen=True, slots=True)
class Maker:
    """Who made the minutes: bigvoice's version and the parts by name, and what the reader is to know about them."""

    version: str
    parts: tuple[tuple[str, str], ...] = ()
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Minutes:
    """The record: what is known of the meeting, who spoke, what was said and noted, both in order of time."""

    source: Source
    maker: Maker
    title: str = ""
    date: datetime | None = None
    place: str = ""
    language: str | None = None
    attendees: tuple[str, ...] = ()
    agenda: tuple[str, ...] = ()
    speakers: tuple[Speaker, ...] = ()
    utterances: tuple[Utterance, ...] = field(default=())
    notes: tuple[Note, ...] = ()

    def __post_init__(self) -> None:
        ids = [speaker.id for speaker in self.speakers]
        if len(set(ids)) < len(ids):
            raise ValueError(f"two speakers share an id: {sorted(ids)}")
        if strangers := {u.speaker for u in self.utterances} - set(ids):
            raise ValueError(f"utterances of speakers that are not listed: {sorted(strangers)}")
        if any(a.span > b.span for a, b in pairwise(self.utterances)):
            raise ValueError("utterances are not in order of time")
        if len({note.id for note in self.notes}) < len(self.notes):
            raise ValueError(f"two notes share an id: {sorted(note.id for note in self.notes)}")
        if any(a.time > b.time for a, b in pairwise(self.notes)):
            raise ValueError("notes are not in order of time")

    @property
    def present(self) -> tuple[str, ...]:
        """Everybody known to have been there: the attendees given, then the voices that were recognised or named.

        Last, as labels ("Mina Park?"), suggestions that are not among them.
        """
        known = dict.fromkeys([*self.attendees, *(s.name for s in self.speakers if s.name is not None and s.sure)])
        suggested = [s.label() for s in self.speakers if s.named_by == SUGGESTED and s.name not in known]
        return tuple(dict.fromkeys([*known, *suggested]))

    @property
    def undivided(self) -> bool:
        """Voices were not told apart, and the only speaker stands for everybody who was heard."""
        divided = any(part == "voices" for part, _ in self.maker.parts)
        return not divided and len(self.speakers) == 1 and self.speakers[0].name is None

    def speaker(self, id: str) -> Speaker:
        """The speaker of that id. Raises MinutesError."""
        for speaker in self.speakers:
            if speaker.id == id:
                return speaker
        raise MinutesError(f"no speaker {id!r} in these minutes: they have {', '.join(s.id for s in self.speakers)}")

    def rename(self, id: str, name: str, role: str | None = None) -> Minutes:
        """The same minutes with a name given to a speaker; see `Speaker.given`. Raises MinutesError."""
        before = self.speaker(id)
        given = before.given(name, role)
        return replace(self, speakers=tuple(given if s is before else s for s in self.speakers))


def _refuse_no_share(confidence: float) -> None:
    if not 0.0 <= confidence <= 1.0:
        raise ValueError(f"a confidence lies between 0 and 1, not at {confidence}")


def blocks(utterances: Iterable[Utterance], *, gap: float | None = None) -> list[list[Utterance]]:
    """Neighbouring utterances of one speaker together: the dialogue as it is read.

    gap: a pause longer than this (seconds) starts a new block; None: never.
    """
    found: list[list[Utterance]] = []
    for utterance in utterances:
        last: Sequence[Utterance] = found[-1] if found else ()
        if last and last[-1].speaker == utterance.speaker and (gap is None or last[-1].span.gap(utterance.span) <= gap):
            found[-1].append(utterance)
        else:
            found.append([utterance])
    return found


def paragraphs(minutes: Minutes) -> list[list[Utterance]]:
    """The blocks as documents show them, each under its time.

    Those of a long talk are cut at utterances, and where an agenda point begins.
    """
    points = agenda_points(minutes)
    found: list[list[Utterance]] = []
    number = 0
    for block in blocks(minutes.utterances):
        found.append([])
        for utterance in block:
            late = found[-1] and utterance.span.end - found[-1][0].span.start > PARAGRAPH
            if late or (found[-1] and number in points):
                found.append([])
            found[-1].append(utterance)
            number += 1
    return found


def agenda_points(minutes: Minutes) -> dict[int, tuple[Note, ...]]:
    """Agenda points by the number of the utterance before which they stand: the first that lies mostly after them."""
    middles = list(accumulate((utterance.span.middle for utterance in minutes.utterances), max))
    found: dict[int, tuple[Note, ...]] = {}
    for note in minutes.notes:
        if note.kind == AGENDA:
            number = bisect_left(middles, note.time)
            found[number] = (*found.get(number, ()), note)
    return found
