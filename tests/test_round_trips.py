"""Round trips: after corrections, all formats agree on who says what, in which order, and are read back."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import docx
import pytest

from bigvoice.documents import renderer, write
from bigvoice.documents.rttm import read as read_rttm
from bigvoice.documents.stm import read as read_stm
from bigvoice.minutes.correcting import corrected
from bigvoice.minutes.corrections import Assign, Check, Correction, Delete, Merge, Place, PutNote, Rename, Split, Write
from bigvoice.minutes.history import Reviewed, Step
from bigvoice.minutes.minutes import DECISION, Minutes, Note
from bigvoice.minutes.store import read as read_minutes
from bigvoice.returning.coming_back import corrections_in, earlier_states
from bigvoice.settings import DocumentOptions
from bigvoice.span import Span
from tests import meetings
from tests.edited_documents import edited, family, in_runs, made, team

Said = list[tuple[str, str]]
PLAIN = DocumentOptions(mark_unsure=False)


def of_team(minutes: Minutes) -> tuple[Correction, ...]:
    turns = [Place.of(turn) for turn in minutes.utterances]
    last = Place(Span(45.0, 50.0), "s1")
    return (
        Rename("s3", "Rita Moss"),
        Write(turns[2], "We spent five thousand, most of it on paper.", ""),
        Write(turns[5], "I see."),
        Check(turns[2]),
        Split(turns[6], 45.0),
        Assign(last, "s2"),
        Merge("s4", "s3"),
        PutNote(Note("d", DECISION, 41.0, "Buy a printer")),
    )


def of_family(minutes: Minutes) -> tuple[Correction, ...]:
    turns = [Place.of(turn) for turn in minutes.utterances]
    return (Rename("s4", "박민아"), Write(turns[4], "잘했네. 밥을 먹자."), Assign(turns[2], "s1"), Delete(turns[5]))


CASES = [(team(), of_team), (family(), of_family)]


def after(minutes: Minutes, corrections: tuple[Correction, ...]) -> Minutes:
    new, unfit = corrected(minutes, corrections)
    assert unfit == ()
    return new


def said_in(minutes: Minutes) -> Said:
    """Word by word, so that it does not matter where a format begins a new line."""
    names = {speaker.id: speaker.label("Speaker {number}") for speaker in minutes.speakers}
    return words((names[turn.speaker], turn.text) for turn in minutes.utterances)


def words(lines: object) -> Said:
    return [(who, word) for who, text in lines for word in text.split()]  # type: ignore[attr-defined]


def from_docx(path: Path) -> Said:
    found = docx.Document(str(path)).paragraphs
    lines = pairwise(found)
    return words(
        (re.sub(r"^\[.*?\] |  \(.*\)$", "", a.text), b.text) for a, b in lines if a.style.name == "Dialogue Speaker"
    )


def from_transcript(path: Path) -> Said:
    (table,) = (t for t in docx.Document(str(path)).tables if t.rows[0].cells[-1].text in ("Words", "발언 내용"))
    rows = [[cell.text for cell in row.cells] for row in table.rows[1:]]
    return words((row[2], re.sub(r"^\([^)]*\) ", "", row[3])) for row in rows if row[0] != row[1])


def from_markdown(path: Path) -> Said:
    lines = re.findall(
        r"^\*\*\[[\d:]+\] (.*?):\*\* (?:\*\(.*?\)\* )?(.*)$", path.read_text(encoding="utf-8"), re.MULTILINE
    )
    return words((who, text.replace("\\", "")) for who, text in lines)


def from_text(path: Path) -> Said:
    return words(re.findall(r"^\[[\d:]+\] (.*?): (?:\([^)]*\) )?(.*)$", path.read_text(encoding="utf-8"), re.MULTILINE))


def from_csv(path: Path) -> Said:
    rows = csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig")))
    return words((row["speaker"], row["text"]) for row in rows)


def from_json(path: Path) -> Said:
    return said_in(read_minutes(path))


READERS: dict[str, Callable[[Path], Said]] = {
    "a.docx": from_docx,
    "transcript.docx": from_transcript,
    "a.md": from_markdown,
    "a.txt": from_text,
    "a.csv": from_csv,
    "a.json": from_json,
}


@pytest.mark.parametrize(("machine", "corrections"), CASES)
def test_documents_agree_on_who_says_what(
    tmp_path: Path, machine: Minutes, corrections: Callable[[Minutes], tuple[Correction, ...]]
) -> None:
    minutes = after(machine, corrections(machine))
    expected = said_in(minutes)
    assert expected != said_in(machine)

    for name, read in READERS.items():
        template = "transcript" if name.startswith("transcript") else None
        language = "en" if machine.language == "en" else "ko"
        write(minutes, tmp_path / name, options=DocumentOptions(template, mark_unsure=False, language=language))
        assert read(tmp_path / name) == expected, name


@pytest.mark.parametrize(("machine", "corrections"), CASES)
def test_files_for_programs_agree_on_who_speaks_when(
    tmp_path: Path, machine: Minutes, corrections: Callable[[Minutes], tuple[Correction, ...]]
) -> None:
    minutes = after(machine, corrections(machine))
    names = {speaker.id: speaker.label().replace(" ", "_") for speaker in minutes.speakers}
    turns = [(names[turn.speaker], turn.span) for turn in minutes.utterances]
    spoken = [(names[turn.speaker], turn.text.split()) for turn in minutes.utterances if turn.text]
    for suffix in (".rttm", ".stm"):
        write(minutes, tmp_path / f"a{suffix}", options=PLAIN)

    (rttm,) = read_rttm(tmp_path / "a.rttm").values()
    (stm,) = read_stm(tmp_path / "a.stm").values()

    assert [(turn.speaker, turn.span) for turn in rttm] == turns
    assert [(turn.speaker, turn.text.split()) for turn in stm] == spoken


@pytest.mark.parametrize(("machine", "corrections"), CASES)
@pytest.mark.parametrize("suffix", [".srt", ".vtt"])
def test_subtitles_show_all_words_under_the_new_names(
    machine: Minutes, corrections: Callable[[Minutes], tuple[Correction, ...]], suffix: str
) -> None:
    minutes = after(machine, corrections(machine))

    shown = renderer(f"a{suffix}")(minutes, PLAIN)

    assert isinstance(shown, str)
    for turn in minutes.utterances:
        for word in turn.text.split():
            assert word.replace("<", "&lt;").replace(">", "&gt;") in shown or word in shown
    speaking = {turn.speaker for turn in minutes.utterances}
    assert all(speaker.label() in shown for speaker in minutes.speakers if speaker.id in speaking)
    assert not re.search("Speaker 3|참석자 4", shown)


@pytest.mark.parametrize("template", ["minutes_en", "transcript_ko"])
def test_a_document_edited_twice_comes_to_rest(tmp_path: Path, template: str) -> None:
    """Edited, taken over, made again, edited again: what was written holds, and nothing comes back twice."""
    reviewed = Reviewed(team())
    path = made(reviewed.minutes, tmp_path / "a.docx", template)
    for old, new in (("The printer", "Our printer"), ("Our printer is old", "Our copier is quite old")):
        edited(path, lambda d, old=old, new=new: in_runs(d, old, new))
        taken = corrections_in(path, reviewed.minutes, earlier=earlier_states(reviewed))
        reviewed = reviewed.grown(Step(taken))
        assert corrections_in(path, reviewed.minutes, earlier=earlier_states(reviewed)) == ()
        made(reviewed.minutes, path, template)

    assert reviewed.minutes.utterances[4].text == "Our copier is quite old."
    assert corrections_in(path, reviewed.minutes) == ()
    assert meetings.team().utterances[4].text == reviewed.machine.utterances[4].text
