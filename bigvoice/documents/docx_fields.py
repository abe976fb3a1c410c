"""Fields: what a Word template may name. templates/README.md lists them for whoever edits one.

They are a promise to every template out there: a field is added, but none is renamed or taken away. All are text that
is ready to read, lists of rows of such text, or bars.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bigvoice.documents.docx_bars import Segment
from bigvoice.documents.docx_keys import fact_key, note_key, speaker_key, turn_key
from bigvoice.documents.docx_marks import Known, Picture, unsure
from bigvoice.documents.line import one_line
from bigvoice.documents.ratio_view import RatioView
from bigvoice.documents.shares_table import percents
from bigvoice.documents.view import AttendeeRow, Block, NoteRow, Point, View
from bigvoice.minutes.family import Place
from bigvoice.minutes.minutes import ACTION, AGENDA, DECISION, Minutes
from bigvoice.minutes.shares import CHILD, FATHER, MOTHER
from bigvoice.span import Span

ATTENDEE_BAR_MM, SHARE_BAR_MM, PARENTS_BAR_MM, KEY_MM = 14.0, 75.0, 168.0, 10.0
COURSE_BAR_MM, NEXT_BAR_MM = 58.0, 58.0
_THIN_MM, _BROAD_MM = 2.6, 7.0
_MIDDLE_MM = 4.2
ROWS_TO_FILL = 3
"""Rows for decisions and for actions at least: what is not noted is filled in by hand, nothing here invents it."""
_FAMILY = {MOTHER: "solid", FATHER: "stripes", CHILD: "dots", None: "blank"}
_PARENTS, _OTHERS = ("solid", "stripes"), ("grid", "lines")


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
    """A row of `parents`: a role, who has it, and the pattern it has in the bars.

    range: the interval of `share`; among, among_range: the share of what the parents say, "" for who is none.
    """

    role: str
    names: str
    share: str
    range: str
    among: str
    among_range: str
    time: str
    turns: str
    key: Picture | str


@dataclass(frozen=True, slots=True)
class Stretch:
    """A row of `course`: a part of the recording, how much is said in it, and a bar split by role."""

    clock: str
    time: str
    bar: Picture | str
    shares: str


@dataclass(frozen=True, slots=True)
class Next:
    """A row of `following`: after how many turns of a role who speaks next, as a bar split by role and in words."""

    role: str
    turns: str
    bar: Picture | str
    shares: str


@dataclass(frozen=True, slots=True)
class Noted:
    """A row of `decisions` or `actions`; all but its number is "" where it is to be filled in by hand.

    clock: when it was noted; "" where that is not known. who, until: of an action.
    """

    number: str
    text: str
    who: str
    until: str
    clock: str


@dataclass(frozen=True, slots=True)
class Heading:
    """Where an agenda point begins: a row of `block.points` or `last_points`."""

    clock: str
    text: str


@dataclass(frozen=True, slots=True)
class Spoken:
    """A block of `dialogue`. overlap: who spoke at the same time, in words; "" for nobody. text: with its marks."""

    number: int
    clock: str
    speaker: str
    overlap: str
    text: str
    points: tuple[Heading, ...]


@dataclass(frozen=True, slots=True)
class Fields:
    """Everything a template may name. `unsure`: some word of the dialogue is marked.

    decision_rows, action_rows: what is noted, then empty rows up to ROWS_TO_FILL.
    """

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
    course: tuple[Stretch, ...]
    following: tuple[Next, ...]
    speech: str
    remarks: tuple[str, ...]
    ratio_notes: tuple[str, ...]
    decisions: tuple[Noted, ...]
    decision_rows: tuple[Noted, ...]
    actions: tuple[Noted, ...]
    action_rows: tuple[Noted, ...]
    dialogue: tuple[Spoken, ...]
    last_points: tuple[Heading, ...]
    unsure: bool


def fields_of(minutes: Minutes, view: View) -> Fields:
    """The fields of a document."""
    longest = max([view.shares.silence, view.shares.overlap, *(row.seconds for row in view.attendees)]) or 1.0
    ratio, patterns = view.ratio, _patterns([row.place for row in view.ratio.rows])
    return Fields(
        title=Known(view.title, fact_key("title")),
        date=Known(view.date, fact_key("date")),
        place=Known(view.place, fact_key("place")),
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
        parents=_parents(ratio, patterns) if ratio.known else (),
        parents_bar=_split([row.fraction for row in ratio.rows], ratio, patterns, PARENTS_BAR_MM, _BROAD_MM)
        if ratio.known
        else "",
        parents_alone=", ".join(f"{row.role} {row.among} ({row.among_range})" for row in ratio.among),
        course=_course(ratio, patterns),
        following=_following(ratio, patterns),
        speech=ratio.speech,
        remarks=ratio.remarks,
        ratio_notes=ratio.notes,
        decisions=_noted(view.decisions, DECISION),
        decision_rows=_noted(view.decisions, DECISION, ROWS_TO_FILL),
        actions=_noted(view.actions, ACTION),
        action_rows=_noted(view.actions, ACTION, ROWS_TO_FILL),
        dialogue=tuple(_spoken(number, block, view) for number, block in enumerate(view.blocks, start=1)),
        last_points=tuple(map(_heading, view.last_points)),
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
        name=Known(row.label, speaker_key(row.speaker)) if row.heard else row.label,
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


def _parents(ratio: RatioView, patterns: Sequence[str]) -> tuple[Parent, ...]:
    return tuple(
        Parent(
            role=row.role,
            names=", ".join(row.names),
            share=row.share,
            range=_tied(row.range),
            among=_tied(row.among),
            among_range=_tied(row.among_range),
            time=row.time,
            turns=str(row.turns) if row.names else "",
            key=Picture((Segment(KEY_MM, pattern),), _THIN_MM, row.role),
        )
        for row, pattern in zip(ratio.rows, patterns, strict=True)
    )


def _course(ratio: RatioView, patterns: Sequence[str]) -> tuple[Stretch, ...]:
    return tuple(
        Stretch(
            clock=stretch.clock,
            time=stretch.time,
            bar=_split(stretch.fractions, ratio, patterns, COURSE_BAR_MM, _MIDDLE_MM),
            shares=_in_words(ratio, stretch.fractions, stretch.shares),
        )
        for stretch in ratio.course
    )


def _following(ratio: RatioView, patterns: Sequence[str]) -> tuple[Next, ...]:
    return tuple(
        Next(
            role=after.role,
            turns=str(after.turns),
            bar=_split(after.fractions, ratio, patterns, NEXT_BAR_MM, _MIDDLE_MM),
            shares=_in_words(ratio, after.fractions, after.shares),
        )
        for after in ratio.following
    )


def _split(
    fractions: Sequence[float], ratio: RatioView, patterns: Sequence[str], length_mm: float, height_mm: float
) -> Picture | str:
    """A bar split by role; none where nobody has anything."""
    spoken = [
        (Segment(length_mm * part, pattern), f"{row.role} {percent} %")
        for part, percent, pattern, row in zip(fractions, percents(fractions), patterns, ratio.rows, strict=True)
        if part > 0
    ]
    alt = ", ".join(told for _, told in spoken)
    return Picture(tuple(segment for segment, _ in spoken), height_mm, alt) if spoken else ""


def _in_words(ratio: RatioView, fractions: Sequence[float], shares: Sequence[str]) -> str:
    """Those who have something, the greatest first."""
    told = sorted(zip(fractions, ratio.rows, shares, strict=True), key=lambda each: -each[0])
    return ", ".join(f"{row.short} {_tied(share)}" for part, row, share in told if part > 0)


def _tied(text: str) -> str:
    """Of which no part goes over to the next line."""
    return text.replace(" ", "\N{NO-BREAK SPACE}")


def _patterns(places: Sequence[Place]) -> list[str]:
    """One for each row; the family's are always the same, and a second mother's is the father's."""
    found: list[str] = []
    for place in places:
        own, free = _FAMILY.get(place.role), [each for each in (*_PARENTS, *_OTHERS) if each not in found]
        found.append(own if own and own not in found else free[0] if free else _OTHERS[len(found) % len(_OTHERS)])
    return found


def _noted(notes: Sequence[NoteRow], kind: str, least: int = 0) -> tuple[Noted, ...]:
    """The notes of a kind as rows, empty ones after them until there are so many."""
    empty = [NoteRow("", "", "", "", "")] * (least - len(notes))
    return tuple(_note(note, kind, number) for number, note in enumerate([*notes, *empty], start=1))


def _note(note: NoteRow, kind: str, number: int) -> Noted:
    parts = {
        part: Known(text, note_key(part, kind, note.id, number))
        for part, text in (
            ("number", str(number)),
            ("text", note.text),
            ("who", note.who),
            ("until", note.until),
            ("clock", note.clock),
        )
    }
    return Noted(**parts)


def _heading(point: Point) -> Heading:
    return Heading(point.clock, Known(point.text, note_key("text", AGENDA, point.id)))


def _spoken(number: int, block: Block, view: View) -> Spoken:
    return Spoken(
        number=number,
        clock=block.clock,
        speaker=Known(block.label, turn_key("label", Span(block.start, block.end), block.speaker)),
        overlap=view.wording.overlap_mark.format(names=", ".join(block.with_others)) if block.overlap else "",
        text=Known(
            "".join(unsure(run.text) if run.unsure else run.text for run in block.runs) or view.wording.no_words,
            turn_key("text", Span(block.start, block.end), block.speaker),
        ),
        points=tuple(map(_heading, block.points)),
    )
