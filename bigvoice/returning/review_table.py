"""Review table: a row an utterance, to be corrected in a spreadsheet and taken back.

Names, words and ticks may be changed, rows sorted, filtered or left out. The last column holds each row's key: which
turn it is, and digests of what bigvoice wrote, so that only what a person changed is taken back (see docx_keys.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import MappingProxyType

from bigvoice.documents import write_document
from bigvoice.documents.dialogue import Run, clock, runs_of
from bigvoice.documents.docx_keys import digest_of, place_of, speaker_key, state_of
from bigvoice.documents.filled_in import CHOICE
from bigvoice.documents.line import one_line
from bigvoice.documents.wording import Wording, wording_for
from bigvoice.errors import DocumentError
from bigvoice.minutes.corrections import Place
from bigvoice.minutes.minutes import Minutes, Speaker, Utterance
from bigvoice.minutes.todo import todo
from bigvoice.settings import DocumentOptions

WRITERS: Mapping[str, str] = MappingProxyType(
    {".xlsx": "bigvoice.returning.review_xlsx:render", ".csv": "bigvoice.returning.review_csv:render"}
)
TICK = "x"


@dataclass(frozen=True, slots=True)
class Columns:
    """The headings of one language. key: followed by the state of the minutes."""

    number: str
    start: str
    end: str
    clock: str
    speaker: str
    text: str
    checked: str
    doubt: str
    key: str
    speakers: str
    id: str
    name: str
    role: str
    how: str

    @property
    def turns(self) -> tuple[str, ...]:
        """Those of the table of turns, in order."""
        return (self.number, self.start, self.end, self.clock, self.speaker, self.text, self.checked, self.doubt)


COLUMNS: Mapping[str, Columns] = {
    "en": Columns(
        *("No.", "Start", "End", "Time", "Speaker", "Text", "Checked", "Doubt", "Key"),
        *("Speakers", "Id", "Name", "Role"),
        "Correct names, texts and ticks; leave the column of keys as it is.",
    ),
    "ko": Columns(
        *("번호", "시작", "끝", "시각", "발언자", "발언 내용", "확인", "의심", "키"),
        *("발언자 목록", "식별자", "성명", "역할"),
        "이름과 내용, 확인 표시를 고치고, 키 열은 그대로 두십시오.",
    ),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A turn as the table shows it. doubt: how likely something in it is wrong, in percent; runs: the text's."""

    number: int
    start: float
    end: float
    clock: str
    speaker: str
    text: str
    checked: bool
    doubt: int
    key: str
    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class SpeakerRow:
    """A speaker as the table shows it."""

    id: str
    name: str
    role: str
    key: str


@dataclass(frozen=True, slots=True)
class ReviewTable:
    """Minutes as a table. state: of the minutes, as the heading of the column of keys tells it."""

    columns: Columns
    rows: tuple[Row, ...]
    speakers: tuple[SpeakerRow, ...]
    state: str
    title: str


def review_table(minutes: Minutes, options: DocumentOptions) -> ReviewTable:
    """The table of minutes, in the language of their documents."""
    wording = wording_for(minutes, options)
    labels = wording.labels(minutes)
    doubts: dict[Place, float] = {}
    for doubt in todo(minutes):
        doubts[doubt.turn] = max(doubts.get(doubt.turn, 0.0), doubt.doubt)
    return ReviewTable(
        columns=COLUMNS[wording.language],
        rows=tuple(
            _row(number, turn, one_line(labels[turn.speaker]), doubts.get(Place.of(turn), 0.0), options)
            for number, turn in enumerate(minutes.utterances, start=1)
        ),
        speakers=tuple(_speaker(speaker, wording) for speaker in minutes.speakers),
        state=state_of(minutes),
        title=one_line(minutes.title),
    )


def _row(number: int, turn: Utterance, label: str, doubt: float, options: DocumentOptions) -> Row:
    text = one_line(turn.text)
    return Row(
        number=number,
        start=turn.span.start,
        end=turn.span.end,
        clock=clock(turn.span.start),
        speaker=label,
        text=text,
        checked=turn.checked,
        doubt=round(100 * doubt),
        key=key_of(place_of(turn.span, turn.speaker), label, text, str(turn.checked)),
        runs=runs_of([turn], mark_unsure=options.mark_unsure),
    )


def _speaker(speaker: Speaker, wording: Wording) -> SpeakerRow:
    name, role = one_line(wording.label(speaker)), one_line(speaker.role or "")
    return SpeakerRow(speaker.id, name, role, key_of(speaker_key(speaker.id).partition("_")[2], name, role))


def key_of(place: str, *texts: str) -> str:
    """A row's key: its place, and digests of what stands in it."""
    return ".".join([place, *map(digest_of, texts)])


def write_review(
    minutes: Minutes, path: str | Path, *, options: DocumentOptions | None = None, force: bool = False
) -> None:
    """Write the table of minutes, .xlsx or .csv; whole or not at all.

    A file that is there may hold corrections that were not taken back yet: it is overwritten with `force` only. Raises
    DocumentError.
    """
    path = Path(path)
    try:
        module, _, attribute = WRITERS[path.suffix.lower()].partition(":")
    except KeyError:
        raise DocumentError(f"{path}: a review table ends in {' or '.join(WRITERS)}") from None
    if path.exists() and not force:
        raise DocumentError(f"{path} is there and may hold corrections that were not taken back: {CHOICE}")
    write_document(path, getattr(import_module(module), attribute)(minutes, options or DocumentOptions()))
