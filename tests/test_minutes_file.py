from __future__ import annotations

import errno
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bigvoice.errors import MinutesError
from bigvoice.minutes import minutes_file, store
from bigvoice.minutes.corrections import Place, Rename, Write
from bigvoice.minutes.file_lock import alone
from bigvoice.minutes.minutes_file import MinutesFile
from tests import meetings


@pytest.fixture
def path(tmp_path: Path) -> Path:
    store.save(meetings.team(), tmp_path / "board.json")
    return tmp_path / "board.json"


def test_a_correction_is_on_the_disk_when_it_is_made(path: Path) -> None:
    file = MinutesFile(path)

    made = file.correct([Rename("s3", "Tom Ford")], who="Sora", by="review")

    assert made.speaker("s3").label() == "Tom Ford"
    assert store.read(path) == made == file.minutes
    reviewed = store.read_reviewed(path)
    assert reviewed.machine == meetings.team()
    assert [(e.who, e.by) for e in reviewed.history.entries] == [("Sora", "review")]
    assert not store.is_edited(path)


def test_undo_and_redo_reach_the_disk(path: Path) -> None:
    file = MinutesFile(path)
    file.correct([Rename("s3", "Tom Ford")])

    file.undo()
    undone = store.read(path)
    file.redo()

    assert undone == meetings.team()
    assert store.read(path).speaker("s3").label() == "Tom Ford"
    with pytest.raises(MinutesError, match="nothing to redo"):
        file.redo()


def test_no_correction_is_no_step(path: Path) -> None:
    file = MinutesFile(path)
    file.correct([Rename("s3", "Tom Ford")])

    file.correct([])

    assert len(store.read_reviewed(path).history.entries) == 1
    assert file.undo().speaker("s3").name is None


def test_a_step_that_does_not_fit_changes_nothing(path: Path) -> None:
    file = MinutesFile(path)
    before = path.read_bytes()

    with pytest.raises(MinutesError, match="no speaker 's9'"):
        file.correct([Rename("s3", "Tom Ford"), Rename("s9", "X")])

    assert path.read_bytes() == before
    assert file.minutes == meetings.team()


def test_two_programs_at_one_file_lose_nothing_and_the_second_is_told(path: Path) -> None:
    one, other = MinutesFile(path), MinutesFile(path)

    one.correct([Rename("s3", "Tom Ford")])
    other.correct([Rename("s4", "Ada Braun")])

    assert (one.overtaken, other.overtaken) == (False, True)
    assert [s.label() for s in store.read(path).speakers] == ["Mina Park", "Joon Lee", "Tom Ford", "Ada Braun"]
    assert one.refresh()
    assert one.minutes == other.minutes
    assert not one.refresh()


def test_the_second_whose_turn_is_gone_is_told_so(path: Path) -> None:
    one, other = MinutesFile(path), MinutesFile(path)
    turn = Place.of(meetings.team().utterances[0])
    one.correct([Rename("s3", "Tom Ford")])
    store.save_anew(meetings.family(), path, force=True)

    with pytest.raises(MinutesError, match=r"no turn of speaker 's1'.*changed meanwhile"):
        other.correct([Write(turn, "lost?")])

    assert store.read_reviewed(path).machine == meetings.family()


def test_many_processes_at_once_all_get_their_corrections_in(path: Path) -> None:
    code = (
        "import sys\nfrom bigvoice.minutes.minutes_file import MinutesFile\n"
        "from bigvoice.minutes.corrections import Rename\n"
        "file = MinutesFile(sys.argv[1])\n"
        "for n in range(5): file.correct([Rename('s3', f'{sys.argv[2]}{n}')], who=sys.argv[2])"
    )
    programs = [subprocess.Popen([sys.executable, "-c", code, str(path), who]) for who in "abc"]
    assert [program.wait(60) for program in programs] == [0, 0, 0]

    entries = store.read_reviewed(path).history.entries

    assert sorted(e.who for e in entries) == sorted("abc" * 5)


def test_who_waits_too_long_for_another_is_told(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = MinutesFile(path)
    monkeypatch.setattr("bigvoice.minutes.file_lock.PATIENCE", 0.1)

    with alone(path), pytest.raises(MinutesError, match=r"board\.json is being saved by another program"):
        file.correct([Rename("s3", "Tom Ford")])


def test_a_full_disk_is_told_and_what_was_there_stays(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = MinutesFile(path)
    file.correct([Rename("s3", "Tom Ford")])
    before = path.read_bytes()

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(minutes_file, "write_whole", full)
        with pytest.raises(MinutesError, match="the disk is full: free some space"):
            file.correct([Rename("s4", "Ada Braun")])
    assert path.read_bytes() == before
    assert file.minutes.speaker("s4").name == "Ada Brown"

    file.correct([Rename("s4", "Ada Braun")])  # there is space again

    assert [s.label() for s in store.read(path).speakers][2:] == ["Tom Ford", "Ada Braun"]


def test_an_edit_by_hand_stays_and_stays_known_as_one(path: Path) -> None:
    content = json.loads(path.read_text())
    content["title"] = "By hand"
    path.write_text(json.dumps(content))

    MinutesFile(path).correct([Rename("s3", "Tom Ford")])

    assert (store.read(path).title, store.read(path).speaker("s3").name) == ("By hand", "Tom Ford")
    assert store.is_edited(path)


def sorted_keys(content: dict[str, object], text: str) -> str:
    return json.dumps(content, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def corrections_in_the_middle(content: dict[str, object], text: str) -> str:
    first = {key: content.pop(key) for key in ("format", "corrections")}
    return json.dumps({**first, **content}, indent=2) + "\n"


def windows_and_mark(content: dict[str, object], text: str) -> str:
    return "\ufeff" + text.replace("\n", "\r\n")


def blank_lines(content: dict[str, object], text: str) -> str:
    return text.replace("    },\n    {", "    },\n\n    {")


@pytest.mark.parametrize("layout", [sorted_keys, corrections_in_the_middle, windows_and_mark, blank_lines])
def test_a_file_that_another_program_laid_out_loses_nothing(
    path: Path, layout: Callable[[dict[str, object], str], str]
) -> None:
    file = MinutesFile(path)
    for name in ("Tom Ford", "Rita Moss"):
        file.correct([Rename("s3", name)])
    text = path.read_text(encoding="utf-8")
    path.write_bytes(layout(json.loads(text), text).encode())

    MinutesFile(path).correct([Rename("s4", "Ada Braun")])

    reviewed = store.read_reviewed(path)
    assert reviewed.machine == meetings.team()
    assert [s.label() for s in reviewed.minutes.speakers][2:] == ["Rita Moss", "Ada Braun"]
    assert len(reviewed.history.entries) == 3
    assert not store.is_edited(path)


def test_a_file_made_nonsense_meanwhile_is_told_and_left(path: Path) -> None:
    file = MinutesFile(path)
    path.write_text("{")

    with pytest.raises(MinutesError, match="not valid JSON"):
        file.correct([Rename("s3", "Tom Ford")])

    assert path.read_text() == "{"
