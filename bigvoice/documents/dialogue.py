"""Dialogue: what was said as it is read: blocks of one speaker with a time stamp, unsure words apart, overlaps told.

What a person noted as an agenda point stands before the block that it begins with.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from bigvoice.documents.line import one_line, piece
from bigvoice.documents.wording import Wording
from bigvoice.minutes.minutes import Minutes, Note, Speaker, Utterance, agenda_points, paragraphs
from bigvoice.word import Word

UNSURE_BELOW = 0.5
"""A word is marked where the recogniser itself held it for more likely wrong than right. One that gives no
probabilities leaves them at 1, and nothing is marked."""

OVERLAP_LEAST = 0.25
"""Seconds that two speakers must share before a block is said to overlap: the collar within which even people who
mark turns by hand disagree (NIST, Rich Transcription evaluations), so less than that is no finding."""

_PUNCTUATION = ".,;:!?…。、，！？"


@dataclass(frozen=True, slots=True)
class Run:
    """Text of one kind; joined, the runs of a block are its text. An unsure run has no white space at its ends."""

    text: str
    unsure: bool = False


@dataclass(frozen=True, slots=True)
class Point:
    """Where an agenda point begins; `id` of the note. clock: "HH:MM:SS"."""

    id: str
    clock: str
    text: str


@dataclass(frozen=True, slots=True)
class Block:
    """What one speaker said until the next one spoke, or the next agenda point began.

    clock: when it began, "HH:MM:SS". label: "" where it would tell nothing. with_others: labels of those who spoke at
    the same time, in order of their numbers. runs: () where nothing was transcribed. points: which begin with it.
    """

    start: float
    end: float
    clock: str
    speaker: str
    label: str
    runs: tuple[Run, ...]
    with_others: tuple[str, ...] = ()
    points: tuple[Point, ...] = ()

    @property
    def overlap(self) -> bool:
        """Somebody else spoke at the same time."""
        return bool(self.with_others)

    @property
    def text(self) -> str:
        """The runs joined."""
        return "".join(run.text for run in self.runs)


def clock(seconds: float) -> str:
    """A time of the recording, whole seconds cut off as a player shows it.

    >>> clock(3725.9)
    '01:02:05'
    """
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest:02}"


def dialogue(minutes: Minutes, wording: Wording, *, mark_unsure: bool) -> tuple[Block, ...]:
    """The blocks in order of time."""
    voices = {speaker.id: speaker for speaker in minutes.speakers}
    labels = wording.labels(minutes)
    others = simultaneous(minutes.utterances)
    points = agenda_points(minutes)
    found = []
    start = 0
    for paragraph in paragraphs(minutes):
        around = [voices[other] for other in set().union(*others[start : start + len(paragraph)])]
        block = _block(paragraph, labels[paragraph[0].speaker], around, wording, mark_unsure=mark_unsure)
        found.append(replace(block, points=tuple(map(_point, points.get(start, ())))))
        start += len(paragraph)
    return tuple(found)


def last_points(minutes: Minutes) -> tuple[Point, ...]:
    """The agenda points after which nobody speaks."""
    return tuple(map(_point, agenda_points(minutes).get(len(minutes.utterances), ())))


def _point(note: Note) -> Point:
    return Point(note.id, clock(note.time), one_line(note.text))


def _block(
    utterances: Sequence[Utterance], label: str, others: Iterable[Speaker], wording: Wording, *, mark_unsure: bool
) -> Block:
    start = utterances[0].span.start
    return Block(
        start=start,
        end=max(utterance.span.end for utterance in utterances),
        clock=clock(start),
        speaker=utterances[0].speaker,
        label=one_line(label),
        runs=runs_of(utterances, mark_unsure=mark_unsure),
        with_others=tuple(one_line(wording.label(other)) for other in sorted(others, key=lambda other: other.number)),
    )


def runs_of(utterances: Iterable[Utterance], *, mark_unsure: bool) -> tuple[Run, ...]:
    """The text of some utterances, with a space between two of them; neighbouring words of a kind make one run."""
    said = [(" ", False)]
    for utterance in utterances:
        marks = mark_unsure and not utterance.checked
        said += [part for word in utterance.words for part in parts(word, mark_unsure=marks)]
        said.append((" ", False))
    return _joined(said)


def parts(word: Word, *, mark_unsure: bool) -> list[tuple[str, bool]]:
    """A word as (text, unsure) parts: white space and the punctuation that follows are never unsure."""
    text = piece(word.text)
    core = text.strip().rstrip(_PUNCTUATION)
    if not (mark_unsure and word.probability < UNSURE_BELOW and core):
        return [(text, False)]
    head, core, tail = text.partition(core)
    return [(head, False), (core, True), (tail, False)]


def _joined(parts: Iterable[tuple[str, bool]]) -> tuple[Run, ...]:
    """The fewest runs: no white space at the ends of the whole, never two spaces, unsure neighbours together."""
    runs: list[Run] = []
    for text, unsure in parts:
        if not runs or runs[-1].text.endswith(" "):
            text = text.lstrip()
        if not text:
            continue
        if unsure and len(runs) > 1 and runs[-1].text == " ":
            text = runs[-2].text + " " + text
            del runs[-2:]
        elif runs and runs[-1].unsure == unsure:
            text = runs.pop().text + text
        runs.append(Run(text, unsure))
    if runs:
        runs[-1] = Run(runs[-1].text.rstrip(), runs[-1].unsure)
    return tuple(run for run in runs if run.text)


def simultaneous(utterances: Sequence[Utterance]) -> list[set[str]]:
    """For each utterance, in their order: who else speaks during at least OVERLAP_LEAST seconds of it."""
    found: list[set[str]] = [set() for _ in utterances]
    together: dict[tuple[int, str], float] = defaultdict(float)
    open_: list[int] = []
    for i, utterance in enumerate(utterances):
        open_ = [j for j in open_ if utterances[j].span.end > utterance.span.start]
        for j in open_:
            if utterances[j].speaker != utterance.speaker:
                seconds = utterance.span.overlap(utterances[j].span)
                together[i, utterances[j].speaker] += seconds
                together[j, utterance.speaker] += seconds
        open_.append(i)
    for (i, speaker), seconds in together.items():
        if seconds >= OVERLAP_LEAST:
            found[i].add(speaker)
    return found
