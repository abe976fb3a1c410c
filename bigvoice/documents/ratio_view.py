"""Ratio view: the parents' talk ratio as every format shows it, ready to read; the writers decide nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bigvoice.documents.dialogue import clock
from bigvoice.documents.line import one_line
from bigvoice.documents.ratio_wording import RatioWording, ratio_wording
from bigvoice.documents.shares_table import percents
from bigvoice.documents.wording import Wording
from bigvoice.minutes.family import Place
from bigvoice.minutes.minutes import DOUBT, Minutes
from bigvoice.minutes.ratio import TalkRatio


@dataclass(frozen=True, slots=True)
class RoleRow:
    """A role; `short` is the same with a question mark for a guess. names: who has it.

    share: in whole percent, adding up to 100 over all rows; `fraction` is the exact one. A role that nobody has, but
    somebody may have, shows "–" and its interval.

    among: of what the parents say, "" for who is no parent and for a parent alone. The ranges are 80 % intervals.
    """

    place: Place
    role: str
    short: str
    names: tuple[str, ...]
    time: str
    fraction: float
    share: str
    range: str
    among: str
    among_range: str
    turns: int


@dataclass(frozen=True, slots=True)
class StretchRow:
    """A part of the recording: from when to when, how much is said, and whose it is, a share for each `RoleRow`."""

    clock: str
    time: str
    fractions: tuple[float, ...]
    shares: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NextRow:
    """Who speaks next after a role: in how many turns, and how often which, for each `RoleRow`."""

    role: str
    turns: int
    counts: tuple[int, ...]
    fractions: tuple[float, ...]
    shares: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RatioView:
    """The talk ratio, ready to be written.

    known: a parent or a child is known, or guessed, to speak; otherwise there is one row of what is not known, and no
    course. notes: how it is to be read; remarks: what could not be told.
    """

    wording: RatioWording
    words: Wording
    known: bool
    rows: tuple[RoleRow, ...]
    course: tuple[StretchRow, ...]
    following: tuple[NextRow, ...]
    speech: str
    remarks: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def among(self) -> tuple[RoleRow, ...]:
        """The rows of parents who have a ratio."""
        return tuple(row for row in self.rows if row.among)


def ratio_view(minutes: Minutes, ratio: TalkRatio, words: Wording) -> RatioView:
    """What is shown of a talk ratio."""
    wording = ratio_wording(words)
    labels = {speaker.id: one_line(words.label(speaker)) for speaker in minutes.speakers}
    speech = words.duration(ratio.shares.seconds)
    rows, known = _rows(ratio, wording, words, labels), ratio.family.knows_anybody
    return RatioView(
        wording=wording,
        words=words,
        known=known,
        rows=rows,
        course=_course(ratio, words) if known else (),
        following=_following(ratio, rows) if known else (),
        speech=speech,
        remarks=tuple(wording.remark(remark, words, labels, speech) for remark in ratio.remarks),
        notes=(*([wording.interval_note] if known else []), *([wording.guess_note] if ratio.guessed else [])),
    )


def _rows(ratio: TalkRatio, wording: RatioWording, words: Wording, labels: Mapping[str, str]) -> tuple[RoleRow, ...]:
    shares = _percents([part.share.value for part in ratio.parts])
    among = iter(_percents([part.among.value for part in ratio.parts if part.among]))
    return tuple(
        RoleRow(
            place=part.place,
            role=one_line(wording.place(part.place, words, labels, guessed=part.guessed)),
            short=one_line(wording.place(part.place, words, labels)) + (DOUBT if part.guessed else ""),
            names=tuple(labels[speaker.id] for speaker in part.speakers),
            time=words.duration(part.seconds) if part.speakers else "",
            fraction=part.share.value,
            share=share if part.speakers else "–",
            range=wording.range(part.share) if ratio.family.knows_anybody else "",
            among=next(among) if part.among else "",
            among_range=wording.range(part.among) if part.among else "",
            turns=part.turns,
        )
        for part, share in zip(ratio.parts, shares, strict=True)
    )


def _percents(shares: Sequence[float]) -> list[str]:
    return [f"{percent} %" for percent in percents(shares)]


def _course(ratio: TalkRatio, words: Wording) -> tuple[StretchRow, ...]:
    hours = len("HH:") if ratio.shares.duration < 3600 else 0
    return tuple(
        StretchRow(
            clock=f"{clock(stretch.span.start)[hours:]}–{clock(stretch.span.end)[hours:]}",
            time=words.duration(sum(stretch.seconds)),
            fractions=stretch.shares,
            shares=tuple(_percents(stretch.shares)) if any(stretch.seconds) else ("",) * len(stretch.seconds),
        )
        for stretch in ratio.course
    )


def _following(ratio: TalkRatio, rows: Sequence[RoleRow]) -> tuple[NextRow, ...]:
    """Only of roles after whom somebody speaks."""
    found = []
    for row, counts in zip(rows, ratio.following, strict=True):
        if turns := sum(counts):
            fractions = tuple(count / turns for count in counts)
            found.append(NextRow(row.short, turns, counts, fractions, tuple(_percents(fractions))))
    return tuple(found)


def among_line(view: RatioView) -> str:
    """The ratio between the parents as a sentence; "" unless there are two: one has no ratio."""
    told = ", ".join(f"{row.role} {row.among} ({row.among_range})" for row in view.among)
    return f"{view.words.among_parents}: {told}" if told else ""
