from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bigvoice.minutes import store
from bigvoice.revision import Source, revise
from tests import meetings
from tests.conftest import Ran
from tests.fakes import HIGH, LOW, sound, write_wav

Cli = Callable[..., Ran]


@pytest.fixture
def board(tmp_path: Path) -> Path:
    store.save(meetings.team(), tmp_path / "board.json")
    return tmp_path / "board.json"


def test_corrections_are_told_and_kept(cli: Cli, board: Path) -> None:
    ran = cli("correct", board, "--rename", "Speaker 3=Tom Ford", "--text", "0:25=The printer is new.", "--who", "Sora")

    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines()[:2] == ["Speaker 3 is Tom Ford", "0:25 Tom Ford says: The printer is new."]
    minutes = store.read(board)
    assert minutes.speaker("s3").label() == "Tom Ford"
    assert minutes.utterances[4].text == "The printer is new."
    assert store.read_reviewed(board).history.entries[0].who == "Sora"


def test_one_wrong_phrase_and_nothing_is_corrected(cli: Cli, board: Path) -> None:
    before = board.read_bytes()

    ran = cli("correct", board, "--rename", "Speaker 3=Tom Ford", "--text", "0:59=x")

    assert (ran.code, ran.out) == (1, "")
    assert "nobody speaks at '0:59'" in ran.err
    assert board.read_bytes() == before


def test_undo_redo_and_the_log(cli: Cli, board: Path) -> None:
    cli("correct", board, "--rename", "Speaker 3=Tom Ford", "--who", "Sora")

    assert cli("correct", board, "--undo", "--who", "Jun").code == 0
    assert store.read(board) == meetings.team()
    assert cli("correct", board, "--redo").code == 0
    assert store.read(board).speaker("s3").name == "Tom Ford"
    log = cli("correct", board, "--log").out.splitlines()
    assert [
        "Sora (correct): Speaker 3 is Tom Ford" in log[0],
        "Jun (correct): undo: Speaker 3 is Tom Ford" in log[1],
        "redo: " in log[2],
    ] == [True] * 3


def test_nothing_to_undo_is_told(cli: Cli, board: Path) -> None:
    ran = cli("correct", board, "--undo")
    assert (ran.code, "nothing to undo" in ran.err) == (1, True)
    both = cli("correct", board, "--undo", "--check", "0:01")
    assert (both.code, "--undo stands alone" in both.err) == (2, True)


def test_a_file_that_is_no_minutes_is_told(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text("{}")
    for file, told in [("x.json", "is no minutes file"), ("nothing.json", "cannot be read")]:
        ran = cli("correct", tmp_path / file, "--undo")
        assert (ran.code, file in ran.err, told in ran.err) == (1, True, True)


@pytest.mark.usefixtures("fake_parts")
def test_made_again_minutes_keep_what_was_corrected(cli: Cli, tmp_path: Path) -> None:
    recording = write_wav(tmp_path / "meeting.wav", sound([(1, 9, LOW), (12, 20, HIGH)], 30))
    assert cli("minutes", recording, "--quiet", "-o", tmp_path / "meeting.md").code == 0
    home = tmp_path / "meeting.json"
    first = store.read(home)
    assert cli("correct", home, "--rename", f"{first.speakers[0].id}=Tom Ford", "--delete", "0:12").code == 0

    again = cli("minutes", recording, "-o", tmp_path / "meeting.md", "--title", "Again")

    assert again.code == 0
    assert store.read(home).speakers[0].name == "Tom Ford"
    assert store.read(home).title == "Again"
    assert "Tom Ford" in again.out
    assert (
        "**Tom Ford" in (tmp_path / "meeting.md").read_text() or "Tom Ford:**" in (tmp_path / "meeting.md").read_text()
    )


def test_documents_beside_the_minutes_follow(cli: Cli, board: Path) -> None:
    for suffix in (".docx", ".md", ".srt"):
        assert cli("render", board, "-o", board.with_suffix(suffix)).code == 0
    board.with_suffix(".md").write_text("my own notes")

    ran = cli("correct", board, "--rename", "Speaker 3=Tom Ford")

    assert f"-> {board.with_suffix('.docx')}" in ran.out
    assert "board.md was edited" in ran.out
    assert "Tom Ford" in board.with_suffix(".srt").read_text()
    assert board.with_suffix(".md").read_text() == "my own notes"


def test_what_was_changed_in_a_document_comes_back(cli: Cli, board: Path) -> None:
    from docx import Document

    edited = board.with_suffix(".docx")
    assert cli("render", board, "-o", edited).code == 0
    document = Document(str(edited))
    for paragraph in document.element.iter("{http://schemas.openxmlformats.org/wordprocessingml/2006/main}t"):
        paragraph.text = (paragraph.text or "").replace("The printer is old.", "The printer is older.")
    document.save(str(edited))

    ran = cli("correct", board, "--from", edited, "--rename", "Speaker 3=Tom Ford")

    assert (ran.code, ran.err) == (0, "")
    minutes = store.read(board)
    assert (minutes.utterances[4].text, minutes.speaker("s3").name) == ("The printer is older.", "Tom Ford")
    assert [e.by for e in store.read_reviewed(board).history.entries] == ["board.docx"]


def test_a_revision_tells_in_korean_what_it_leaves(cli: Cli, board: Path) -> None:
    table = board.with_suffix(".csv")
    assert cli("export", board, "--review", table).code == 0
    broken = table.read_text("utf-8-sig").replace("25000_", "26000_").replace("The trip", "Our trip")
    table.write_text(broken, "utf-8-sig")
    board.with_suffix(".md").write_text("my own notes")

    revision = revise(board, source=Source(table), language="ko")

    assert revision.told == ("6행: 맞는 발언이 없거나 앞에서 이미 쓴 키입니다. 키 열은 그대로 두십시오",)
    assert [each.why[:6] for each in revision.documents] == ["직접 수정했"]
    assert store.read(board).utterances[6].text.endswith("Our trip can wait until May.")


def test_a_table_goes_out_and_comes_back(cli: Cli, board: Path) -> None:
    table = board.with_suffix(".csv")
    assert cli("export", board, "--review", table).code == 0
    table.write_text(table.read_text("utf-8-sig").replace("The printer is old.", "The printer is older."), "utf-8-sig")

    ran = cli("correct", board, "--from", table, "--no-follow")

    assert (ran.code, ran.out.splitlines()) == (0, ["0:25 Speaker 3 says: The printer is older."])


def test_a_document_of_another_meeting_changes_nothing(cli: Cli, board: Path) -> None:
    other = board.with_name("other.json")
    store.save(meetings.family(), other)
    assert cli("render", other, "-o", other.with_suffix(".docx")).code == 0
    before = board.read_bytes()

    ran = cli("correct", board, "--from", other.with_suffix(".docx"))

    assert (ran.code, ran.out, "other.docx" in ran.err) == (1, "", True)
    assert board.read_bytes() == before


@pytest.mark.usefixtures("fake_parts")
def test_a_text_that_was_edited_is_spared_though_corrections_came_later(cli: Cli, tmp_path: Path) -> None:
    recording = write_wav(tmp_path / "meeting.wav", sound([(1, 9, LOW), (12, 20, HIGH)], 30))
    text = tmp_path / "meeting.md"
    cli("minutes", recording, "--quiet", "-o", text)
    cli("correct", tmp_path / "meeting.json", "--rename", "s1=Tom Ford")

    again = cli("minutes", recording, "--quiet", "-o", text)  # as it followed the correction
    text.write_text(text.read_text() + "my own lines\n")
    cli("correct", tmp_path / "meeting.json", "--rename", "s2=Ada Brown")
    edited = cli("minutes", recording, "--quiet", "-o", text)

    assert (again.code, again.err) == (0, "")
    assert (edited.code, "meeting.md may hold changes of yours" in edited.err) == (1, True)
    assert text.read_text().endswith("my own lines\n")


def test_a_copy_of_minutes_has_their_corrections(cli: Cli, board: Path) -> None:
    cli("correct", board, "--rename", "Speaker 3=Tom Ford")

    assert cli("render", board, "-o", board.with_name("copy.json")).code == 0

    assert store.read_reviewed(board.with_name("copy.json")) == store.read_reviewed(board)
    assert cli("correct", board.with_name("copy.json"), "--undo").code == 0


@pytest.mark.usefixtures("fake_parts")
def test_a_recording_that_was_changed_is_told_before_the_long_work(cli: Cli, tmp_path: Path) -> None:
    recording = write_wav(tmp_path / "meeting.wav", sound([(1, 9, LOW), (12, 20, HIGH)], 30))
    cli("minutes", recording, "--quiet", "-o", tmp_path / "meeting.md")
    cli("correct", tmp_path / "meeting.json", "--rename", "s1=Tom Ford")
    before = (tmp_path / "meeting.json").read_bytes()
    write_wav(recording, sound([(2, 9, LOW), (12, 20, HIGH)], 30))

    ran = cli("minutes", recording, "--quiet", "-o", tmp_path / "meeting.md")

    assert (ran.code, "corrections of another recording" in ran.err) == (1, True)
    assert (tmp_path / "meeting.json").read_bytes() == before
