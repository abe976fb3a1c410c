"""Fields: what a Word template may name. templates/README.md lists them for whoever edits one.

They are a promise to every template out there: a field is added, but none is renamed or taken away. All are text that
is ready to read, lists of rows of such text, or bars.
"""

from __future__ import annotations

from dataclasses import dataclass

from bigvoice.documents.docx_bars import Segment
from bigvoice.documents.docx_marks import Picture, unsure
from bigvoice.documents.line import one_line
from bigvoice.documents.view import AttendeeRow, Block, View
from bigvoice.minutes.minutes import Minutes
from bigvoice.minutes.shares import CHILD, FATHER, MOTHER, Share

ATTENDEE_BAR_MM, SHARE_BAR_MM, PARENTS_BAR_MM, KEY_MM = 14.0, 75.0, 168.0, 10.0
_THIN_MM, _BROAD_MM = 2.6, 7.0
_FAMILY = {MOTHER: "solid", FATHER: "stripes", CHILD: "dots", None: "blank"}
_OTHERS = ("grid", "lines")


@dataclass(frozen=True, slots=True)
class Person:
    """A row of `attendees`; the bar is as long as the share, the longest one filling its cell."""

    number: int
    name: str
    role: str
    known_by: str
    time: str
    share: str
    turns: str
    longest: str
    words: str
    bar: Picture | str


@dataclass(frozen=True, slots=True)
class Row:
    """A row of `shares`, or `silence`, or `overlap`; with bars on one scale of time. The latter two have no share."""

    name: str
    share: str
    time: str
    bar: Picture | str


@dataclass(frozen=True, slots=True)
class Parent:
    """A row of `parents`: a role, who has it, and the pattern it has in the bar."""

    role: str
    names: str
    share: str
    time: str
    key: Picture | str


@dataclass(frozen=True, slots=True)
class Spoken:
    """A block of `dialogue`. overlap: who spoke at the same time, in words; "" for nobody. text: with its marks."""

    number: int
    clock: str
    speaker: str
    overlap: str
    text: str


@dataclass(frozen=True, slots=True)
class Fields:
    """Everything a template may name. `unsure`: some word of the dialogue is marked."""

    title: str
    date: str
    place: str
    recording: str
    duration: str
    version: str
    made_with: str
    notices: tuple[str, ...]
    agenda: tuple[str, ...]
    attendees: tuple[Person, ...]
    shares: tuple[Row, ...]
    silence: Row
    overlap: Row
    parents: tuple[Parent, ...]
    parents_bar: Picture | str
    parents_alone: str
    dialogue: tuple[Spoken, ...]
    unsure: bool


def fields_of(minutes: Minutes, view: View) -> Fields:
    """The fields of a document."""
    longest = max([view.shares.silence, view.shares.overlap, *(row.seconds for row in view.attendees)]) or 1.0
    parents, bar = _parents(view)
    return Fields(
        title=view.title,
        date=view.date,
        place=view.place,
        recording=view.recording,
        duration=view.length,
        version=one_line(minutes.maker.version),
        made_with="; ".join(view.made_with),
        notices=view.notices,
        agenda=view.agenda,
        attendees=_people(view),
        shares=tuple(
            _share(row.label, row.share, row.time, row.seconds / longest, "solid")
            for row in view.attendees
            if row.heard
        ),
        silence=_share(view.wording.silence, "", view.silence, view.shares.silence / longest, "blank"),
        overlap=_share(view.wording.overlap, "", view.overlap, view.shares.overlap / longest, "stripes"),
        parents=parents,
        parents_bar=bar,
        parents_alone=", ".join(f"{row.role} {row.share}" for row in view.parents) if len(view.parents) > 1 else "",
        dialogue=tuple(_spoken(number, block, view) for number, block in enumerate(view.blocks, start=1)),
        unsure=view.marks,
    )


def _bar(length_mm: float, pattern: str, alt: str) -> Picture | str:
    """A bar of that length; none where there is nothing to show."""
    return Picture((Segment(length_mm, pattern),), _THIN_MM, alt) if length_mm > 0 else ""


def _people(view: View) -> tuple[Person, ...]:
    largest = max((row.fraction for row in view.attendees), default=0.0) or 1.0
    return tuple(_person(number, row, largest) for number, row in enumerate(view.attendees, start=1))


def _person(number: int, row: AttendeeRow, largest: float) -> Person:
    return Person(
        number=number,
        name=row.label,
        role=row.role,
        known_by=row.known_by,
        time=row.time,
        share=row.share,
        turns=str(row.turns) if row.heard else "",
        longest=row.longest,
        words=str(row.words) if row.heard else "",
        bar=_bar(ATTENDEE_BAR_MM * row.fraction / largest, "solid", row.share),
    )


def _share(name: str, share: str, time: str, part: float, pattern: str) -> Row:
    return Row(name, share, time, _bar(SHARE_BAR_MM * part, pattern, f"{name}: {time}"))


def _parents(view: View) -> tuple[tuple[Parent, ...], Picture | str]:
    """The rows by role and their bar; nothing where no role of a family is known."""
    shares = view.shares.by_role()
    if not any(share.role in (MOTHER, FATHER, CHILD) for share in shares):
        return (), ""
    patterns = _patterns(shares)
    rows = tuple(
        Parent(
            row.role, _names(share, view), row.share, row.time, Picture((Segment(KEY_MM, pattern),), _THIN_MM, row.role)
        )
        for row, share, pattern in zip(view.roles, shares, patterns, strict=True)
    )
    spoken = [(share, pattern) for share, pattern in zip(shares, patterns, strict=True) if share.share > 0]
    alt = ", ".join(f"{row.role} {row.share}" for row in rows)
    segments = tuple(Segment(PARENTS_BAR_MM * share.share, pattern) for share, pattern in spoken)
    return rows, Picture(segments, _BROAD_MM, alt) if segments else ""


def _patterns(shares: tuple[Share, ...]) -> list[str]:
    """One for each role; the family's are always the same."""
    others = [share.role for share in shares if share.role not in _FAMILY]
    return [_FAMILY.get(s.role) or _OTHERS[others.index(s.role) % len(_OTHERS)] for s in shares]


def _names(share: Share, view: View) -> str:
    labels = {row.speaker: row.label for row in view.attendees}
    return ", ".join(labels[speaker.id] for speaker in share.speakers)


def _spoken(number: int, block: Block, view: View) -> Spoken:
    return Spoken(
        number=number,
        clock=block.clock,
        speaker=block.label,
        overlap=view.wording.overlap_mark.format(names=", ".join(block.with_others)) if block.overlap else "",
        text="".join(unsure(run.text) if run.unsure else run.text for run in block.runs) or view.wording.no_words,
    )
