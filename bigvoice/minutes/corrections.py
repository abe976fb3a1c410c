"""Corrections: what a person changes in minutes, as values.

A correction says where it belongs by what does not change when a recording is worked on anew: a turn by its time and
speaker (`Place`), never by its number in a list. What each one does is written down in `correcting.py`; steps of them,
with who and when, are a `history.History`, and `corrections_json.py` is their form in the minutes file.
"""

from __future__ import annotations

from dataclasses import dataclass

from bigvoice.minutes.minutes import Note, Utterance
from bigvoice.span import Span


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A turn of the minutes: no two of them have time and speaker in common."""

    span: Span
    speaker: str

    @classmethod
    def of(cls, utterance: Utterance) -> Place:
        """Where an utterance stands."""
        return cls(utterance.span, utterance.speaker)


@dataclass(frozen=True, slots=True)
class Rename:
    """The speaker has this name, and this role (None: the one it had). Name "", or of spaces, takes both away."""

    speaker: str
    name: str
    role: str | None = None


@dataclass(frozen=True, slots=True)
class Reject:
    """The speaker is not the person of this name: the name goes, and is never suggested for the voice again."""

    speaker: str
    name: str


@dataclass(frozen=True, slots=True)
class Merge:
    """Two voices are one: all turns of the first go to the second, and the first is gone."""

    speaker: str
    into: str


@dataclass(frozen=True, slots=True)
class Assign:
    """The turn is another speaker's; an id that no speaker has yet makes a new one."""

    turn: Place
    to: str


@dataclass(frozen=True, slots=True)
class Split:
    """The turn is two, the second from `at` (seconds) on; then `Assign` can give one part away.

    words: how many of its words are the first part's; None: those whose middle lies before `at`.
    """

    turn: Place
    at: float
    words: int | None = None


@dataclass(frozen=True, slots=True)
class Join:
    """The turn and a later one are one turn, the first's speaker's."""

    turn: Place
    other: Place


@dataclass(frozen=True, slots=True)
class Write:
    """The turn's text is this; `was` is what it was, for the reader of the log and for a text that changed meanwhile.

    Words that stay keep their time and probability; new ones share the time of those they replace, and are sure.
    """

    turn: Place
    text: str
    was: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """A person heard the turn and found it right (or, False, takes that back)."""

    turn: Place
    checked: bool = True


@dataclass(frozen=True, slots=True)
class Delete:
    """The turn goes: it was no speech, or is not for the record. `was`: its text."""

    turn: Place
    was: str = ""


@dataclass(frozen=True, slots=True)
class Insert:
    """A turn that the machine missed; of a new speaker where there is none of that id."""

    turn: Place
    text: str


@dataclass(frozen=True, slots=True)
class PutNote:
    """A decision, an action or an agenda point; one of the same id is replaced."""

    note: Note


@dataclass(frozen=True, slots=True)
class DropNote:
    """The note of this id goes."""

    id: str


@dataclass(frozen=True, slots=True)
class Describe:
    """What is known of the meeting: `field` is one of FIELDS, the value its text.

    A date is written as 2026-11-21T14:00; attendees, and the points of the agenda, one a line.
    """

    field: str
    value: str

    def __post_init__(self) -> None:
        if self.field not in FIELDS:
            raise ValueError(f"of a meeting, {', '.join(FIELDS)} can be changed, not {self.field!r}")


FIELDS = ("title", "date", "place", "attendees", "agenda")

Correction = (
    Rename | Reject | Merge | Assign | Split | Join | Write | Check | Delete | Insert | PutNote | DropNote | Describe
)
