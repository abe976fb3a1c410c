"""View: the minutes as every document shows them, before any format: labels, clock times, blocks of dialogue, shares.

A writer turns these values into its format and decides nothing else. All text is safe to stand on one line; only what
is special to a format is left to its writer to escape.
"""

from __future__ import annotations

from dataclasses import dataclass

from bigvoice.documents.dialogue import Block, Point, Run, clock, dialogue, last_points
from bigvoice.documents.line import one_line
from bigvoice.documents.notices import in_language
from bigvoice.documents.ratio_view import RatioView, ratio_view
from bigvoice.documents.shares_table import percents
from bigvoice.documents.wording import Wording, wording_for
from bigvoice.minutes.family import Family, family_told
from bigvoice.minutes.minutes import ACTION, AGENDA, DECISION, SUGGESTED, Maker, Minutes
from bigvoice.minutes.ratio import talk_ratio
from bigvoice.minutes.shares import Share, TalkShares, talk_shares
from bigvoice.settings import DocumentOptions

__all__ = ["AttendeeRow", "Block", "NoteRow", "Point", "Run", "View", "clock", "view_of"]


@dataclass(frozen=True, slots=True)
class AttendeeRow:
    """A line of the attendee table, ready to read: a voice that was heard, or somebody expected who was not.

    speaker: its id, "" for somebody not heard; then fraction, seconds and turns are 0 and time and share are "".
    share: in whole percent, adding up to 100 over all rows; `fraction` is the exact one, for drawing a bar.
    """

    speaker: str
    label: str
    role: str
    known_by: str
    heard: bool
    seconds: float = 0.0
    time: str = ""
    fraction: float = 0.0
    share: str = ""
    turns: int = 0
    longest: str = ""
    words: int = 0


@dataclass(frozen=True, slots=True)
class NoteRow:
    """A decision or an action as a person noted it. clock: "" for one at the very start, as of a time not known."""

    id: str
    clock: str
    text: str
    who: str
    until: str


@dataclass(frozen=True, slots=True)
class View:
    """The minutes, ready to be written.

    last_points: agenda points after which nobody speaks; the others stand with the blocks that they begin with.

    ratio: the parents' talk ratio, which documents show where a parent or a child is known. notices: what the reader is
    to know about how far text and names can be trusted.
    """

    wording: Wording
    title: str
    date: str
    place: str
    present: tuple[str, ...]
    agenda: tuple[str, ...]
    recording: str
    length: str
    attendees: tuple[AttendeeRow, ...]
    shares: TalkShares
    ratio: RatioView
    silence: str
    overlap: str
    decisions: tuple[NoteRow, ...]
    actions: tuple[NoteRow, ...]
    blocks: tuple[Block, ...]
    last_points: tuple[Point, ...]
    made_with: tuple[str, ...]
    notices: tuple[str, ...]

    @property
    def marks(self) -> bool:
        """Some word is marked as unsure."""
        return any(run.unsure for block in self.blocks for run in block.runs)


def view_of(minutes: Minutes, options: DocumentOptions, family: Family | None = None) -> View:
    """What a document shows of the minutes. family: who is who; None: who was told to be of a family, and nobody else.

    So a meeting whose voices were asked whether a woman or a man speaks does not become a mother's and a father's.
    """
    wording = wording_for(minutes, options)
    shares = talk_shares(minutes)
    return View(
        wording=wording,
        title=one_line(minutes.title),
        date=wording.day(minutes.date) if minutes.date else "",
        place=one_line(minutes.place),
        present=tuple(map(one_line, minutes.present)),
        agenda=tuple(map(one_line, minutes.agenda or _points_noted(minutes))),
        recording=one_line(minutes.source.file),
        length=wording.duration(minutes.source.duration),
        attendees=(*_heard(shares, wording), *_not_heard(minutes, wording)),
        shares=shares,
        ratio=ratio_view(minutes, talk_ratio(minutes, family or family_told(minutes)), wording),
        silence=wording.duration(shares.silence),
        overlap=wording.duration(shares.overlap),
        decisions=_notes(minutes, DECISION),
        actions=_notes(minutes, ACTION),
        blocks=dialogue(minutes, wording, mark_unsure=options.mark_unsure),
        last_points=last_points(minutes),
        made_with=tuple(map(one_line, _made_with(minutes.maker))),
        notices=tuple(map(one_line, _notices(minutes, wording))),
    )


def _points_noted(minutes: Minutes) -> list[str]:
    """The agenda as it was gone through, for a meeting without one given before."""
    return [note.text for note in minutes.notes if note.kind == AGENDA]


def _made_with(maker: Maker) -> list[str]:
    return [f"bigvoice {maker.version}", *(f"{part}: {name}" for part, name in maker.parts)]


def _notices(minutes: Minutes, wording: Wording) -> list[str]:
    told = [in_language(notice, wording.language) for notice in minutes.maker.notices]
    suggested = any(speaker.named_by == SUGGESTED for speaker in minutes.speakers)
    checked = wording.checked(sum(u.checked for u in minutes.utterances), len(minutes.utterances))
    return [*told, *([wording.suggested_note] if suggested else []), *([checked] if checked else [])]


def _notes(minutes: Minutes, kind: str) -> tuple[NoteRow, ...]:
    return tuple(
        NoteRow(
            id=note.id,
            clock=clock(note.time) if note.time else "",
            text=one_line(note.text),
            who=one_line(note.who),
            until=one_line(note.until),
        )
        for note in minutes.notes
        if note.kind == kind
    )


def _heard(shares: TalkShares, wording: Wording) -> list[AttendeeRow]:
    """A row for each speaker."""
    shown = percents([row.share for row in shares.speakers])
    return [_attendee(row, percent, wording) for row, percent in zip(shares.speakers, shown, strict=True)]


def _attendee(row: Share, percent: int, wording: Wording) -> AttendeeRow:
    (speaker,) = row.speakers
    return AttendeeRow(
        speaker=speaker.id,
        label=one_line(wording.label(speaker)),
        role=one_line(wording.role_of(speaker)),
        known_by=wording.known(speaker),
        heard=True,
        seconds=row.seconds,
        time=wording.duration(row.seconds),
        fraction=row.share,
        share=f"{percent} %",
        turns=row.turns,
        longest=wording.duration(row.longest),
        words=row.words,
    )


def _not_heard(minutes: Minutes, wording: Wording) -> list[AttendeeRow]:
    """A row for each attendee given whom no voice is named after, were it as a suggestion."""
    voices = {speaker.name for speaker in minutes.speakers}
    missing = [name for name in dict.fromkeys(minutes.attendees) if name not in voices]
    return [AttendeeRow("", one_line(name), "", wording.not_heard, heard=False) for name in missing]
