"""Minutes: the record of one meeting. All documents are rendered from it; it is written to no format here.

Who is who: a `Speaker` is a voice of the recording, with an id that stays; its name is laid over the id. An unnamed
speaker is shown by its number ("Speaker 2", "참석자 2"), which the documents write in their language.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from bigvoice.errors import MinutesError
from bigvoice.span import Span
from bigvoice.word import Word, join

KNOWN, GIVEN, UNKNOWN = "enrolled", "given", "unknown"


@dataclass(frozen=True, slots=True)
class Speaker:
    """A voice of the recording.

    `number` counts from 1 in the order of first speaking. `name` is None where nobody is recognised; then `role` is
    None too. `named_by`: "enrolled" (recognised by an enrolled voice), "given" (a person said so) or "unknown".
    `confidence` is the calibrated probability of an enrolled name, 1 for a given one, 0 for none.
    """

    id: str
    number: int
    name: str | None = None
    role: str | None = None
    named_by: str = UNKNOWN
    confidence: float = 0.0

    def __post_init__(self) -> None:
        if self.named_by not in (KNOWN, GIVEN, UNKNOWN):
            raise ValueError(f"named_by is {KNOWN}, {GIVEN} or {UNKNOWN}, not {self.named_by!r}")
        if (self.name is None) != (self.named_by == UNKNOWN):
            raise ValueError(f"speaker {self.id}: a name and who gave it go together")

    def label(self, pattern: str = "Speaker {number}") -> str:
        """The name, or the pattern filled with the number."""
        return self.name if self.name is not None else pattern.format(number=self.number)


@dataclass(frozen=True, slots=True)
class Utterance:
    """What one speaker said in one turn. `words` may be empty: nothing was transcribed, or nothing understood."""

    span: Span
    speaker: str
    words: tuple[Word, ...] = ()
    confidence: float = 1.0

    @property
    def text(self) -> str:
        """The words joined."""
        return join(self.words)


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
    """The record: what is known of the meeting, who spoke, and what was said, in order of time."""

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

    def __post_init__(self) -> None:
        ids = [speaker.id for speaker in self.speakers]
        if len(set(ids)) < len(ids):
            raise ValueError(f"two speakers share an id: {sorted(ids)}")
        if strangers := {u.speaker for u in self.utterances} - set(ids):
            raise ValueError(f"utterances of speakers that are not listed: {sorted(strangers)}")
        if any(a.span > b.span for a, b in zip(self.utterances, self.utterances[1:], strict=False)):
            raise ValueError("utterances are not in order of time")

    @property
    def present(self) -> tuple[str, ...]:
        """Everybody known to have been there: the attendees given, then the enrolled voices that were heard."""
        heard = [s.name for s in self.speakers if s.name is not None]
        return tuple(dict.fromkeys([*self.attendees, *heard]))

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
        """The same minutes with a name given to a speaker."""
        self.speaker(id)
        speakers = tuple(
            replace(s, name=name, role=role or s.role, named_by=GIVEN, confidence=1.0) if s.id == id else s
            for s in self.speakers
        )
        return replace(self, speakers=speakers)


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
