import json
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from corrected_meetings import meeting, minutes_of
from test_enrolment import EarForPitch, voice

from bigvoice import load, parts
from bigvoice.minutes.store import save
from bigvoice.voices.book import VoiceBook, default_path
from tests.fakes import HIGH, LOW, RATE, LevelDetector, write_wav


@pytest.fixture(autouse=True)
def small_parts(monkeypatch):
    """An encoder of pitch and a detector of loudness for the shipped ones."""
    monkeypatch.setattr(parts, "make", lambda kind, name: {"detector": LevelDetector, "encoder": EarForPitch}[kind]())


@pytest.fixture
def clips(tmp_path) -> dict[str, Path]:
    """Recordings of three voices, the third of them much like the first; and one of two people."""
    samples = {
        "mina": voice(220, seed=1),
        "joon": voice(LOW, seed=2),
        "xu": voice(223, seed=3),
        "both": np.concatenate([voice(LOW, seed=4), voice(HIGH, seed=5)]),
        "silent": np.zeros(3 * RATE, np.float32),
    }
    return {name: write_wav(tmp_path / f"{name}.wav", sound) for name, sound in samples.items()}


@pytest.fixture
def team(cli, clips):
    """The user's own book with two people in it."""
    cli("voices", "enroll", "Mina Park", clips["mina"], "--role", "chair", "--consent", "2026-03-02")
    cli("voices", "enroll", "Joon", clips["joon"])


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.split("│")[1:-1]]


def table(out: str) -> list[list[str]]:
    return [cells(line) for line in out.splitlines() if line.startswith("│")]


def test_enrolling_says_what_was_heard_and_keeps_it_in_the_users_own_book(cli, clips):
    ran = cli("voices", "enroll", "Mina Park", clips["mina"], "--consent", "2026-03-02")

    assert (ran.code, ran.out, ran.err) == (0, "Mina Park: mina.wav, 0:11 of speech\n", "")
    with VoiceBook.open(default_path(), create=False) as book:
        assert [person.name for person in book.list()] == ["Mina Park"]


def test_enrolling_without_consent_works_and_says_so(cli, clips):
    ran = cli("voices", "enroll", "Joon", clips["joon"])

    assert ran.code == 0
    assert ran.err == "Note: no consent of Joon on record: add it with --consent DATE\n"


def test_consent_and_role_can_follow(cli, team):
    ran = cli("voices", "enroll", "joon", "--consent", "2026-03-05", "--role", "member")

    assert (ran.code, ran.err) == (0, "")
    assert table(cli("voices", "list").out)[0][:3] == ["Joon", "member", "2026-03-05"]


@pytest.mark.parametrize("day", ["yesterday", "2026-13-01", "05.03.2026"])
def test_a_day_that_is_none_is_wrong_usage(cli, clips, day):
    ran = cli("voices", "enroll", "Joon", clips["joon"], "--consent", day)

    assert ran.code == 2
    assert day in ran.err
    assert not default_path().exists()


def test_a_likeness_is_a_warning(cli, team, clips):
    ran = cli("voices", "enroll", "Xu", clips["xu"], "--consent", "2026-03-02")

    assert ran.code == 0
    assert ran.err.startswith("Note: Xu and Mina Park cannot be told apart by their voices, ")
    assert ran.err.count("\n") == 1


@pytest.mark.parametrize(
    ("which", "what"),
    [
        ("both", "two people seem to speak in both.wav"),
        ("silent", "no speech in silent.wav"),
        ("mina", "already, as Mina Park"),
        ("absent", "absent.wav"),
    ],
)
def test_an_unfit_clip_is_one_line_and_changes_nothing(cli, team, clips, tmp_path, which, what):
    before = default_path().read_bytes()

    ran = cli("voices", "enroll", "Xu", clips.get(which, tmp_path / "absent.wav"))

    assert (ran.code, ran.out, ran.err.count("\n")) == (1, "", 1)
    assert what in ran.err
    assert default_path().read_bytes() == before


@pytest.mark.parametrize("name", ["Mina Park", "Mina Park?"])
def test_what_is_not_surely_a_persons_voice_is_one_line_and_changes_nothing(cli, team, clips, tmp_path, name):
    before = default_path().read_bytes()
    later = write_wav(tmp_path / "later.wav", voice(LOW, seed=9))

    ran = cli("voices", "enroll", name, later)

    assert (ran.code, ran.out, ran.err.count("\n")) == (1, "", 1)
    assert ("is a suggestion" if name.endswith("?") else "later.wav sounds like Joon") in ran.err
    assert default_path().read_bytes() == before


def test_two_people_in_a_clip_can_be_forced(cli, clips):
    ran = cli("voices", "enroll", "Xu", clips["both"], "--force")

    assert ran.code == 0
    assert "Note: two people seem to speak in both.wav" in ran.err


def test_the_list_shows_everybody_and_who_has_not_agreed(cli, team):
    ran = cli("voices", "list")

    assert table(ran.out) == [
        ["Joon", "", "no consent on record", "1", "0:09"],
        ["Mina Park", "chair", "2026-03-02", "1", "0:11"],
    ]


def test_one_person_is_shown_with_their_clips(cli, team):
    ran = cli("voices", "show", "mina park")

    assert ran.out.startswith("Mina Park, chair, consent 2026-03-02, enrolled ")
    ((source, length, speech, _, sha256),) = table(ran.out)
    assert (source, length, speech, len(sha256)) == ("mina.wav", "0:12", "0:11", 12)


def test_names_are_shown_as_they_are_and_not_as_markup(cli, clips):
    cli("voices", "enroll", "[bold]Mina[/]", clips["mina"], "--role", "[red]chair")

    assert table(cli("voices", "list").out)[0][:2] == ["[bold]Mina[/]", "[red]chair"]


def test_the_check_shows_who_is_told_apart_and_what_spoils_it(cli, team, clips):
    cli("voices", "enroll", "Xu", clips["xu"])

    ran = cli("voices", "check")

    rows = {name: (right, alike.partition(" (")[0]) for name, _, _, right, alike in table(ran.out)}
    assert rows["Joon"][0] == "2 of 2"
    assert (rows["Mina Park"][1], rows["Xu"][1]) == ("Xu", "Mina Park")
    assert "Note: Mina Park and Xu cannot be told apart by their voices" in ran.err
    assert "Joon" not in ran.err


def test_a_second_check_shows_what_was_and_what_is(cli, team, clips):
    first = cli("voices", "check")
    cli("voices", "enroll", "Mina Park", clips["xu"])

    ran = cli("voices", "check")

    assert "->" not in first.out
    rows = {row[0]: row[1:4] for row in table(ran.out)}
    assert rows == {"Joon": ["1", "0:09", "2 of 2"], "Mina Park": ["1 -> 2", "0:11 -> 0:22", "2 of 2"]}
    today = date.today()
    assert f"Mina Park: mina.wav (enrolled {today}), xu.wav (enrolled {today}, new)\n" in ran.out
    assert ran.out.endswith(f"before ->: as the check of {today} found it\n")


# --- learning from a meeting ---


@pytest.fixture
def board(tmp_path) -> Path:
    """A minutes file with its recording beside it: s1 is Mina, given; s2 nobody."""
    _, made = meeting()
    recording = load(write_wav(tmp_path / "board.wav", made.samples))
    save(minutes_of(recording, ["s1", "s2", "s1", "s2"], {"s1": "Mina Park"}), tmp_path / "board.json")
    return tmp_path / "board.json"


def test_a_voice_is_learnt_from_a_meeting_and_listed_from_then_on(cli, board):
    ran = cli("voices", "learn", board, "Mina Park", "--consent", "2026-11-21")

    assert (ran.code, ran.err) == (0, "")
    *spans, told = ran.out.splitlines()
    assert spans == ["0:00 to 0:08", "0:21 to 0:29"]
    assert told.startswith("Mina Park: board.wav 0:00:00 0:00:21, 0:1")
    (mina,) = json.loads(cli("voices", "list", "--json").out)
    assert (mina["role"], mina["consent"], len(mina["clips"][0]["meeting"])) == ("chair", "2026-11-21", 64)
    again = cli("voices", "learn", board, "Mina Park")
    assert (again.code, again.err.count("\n")) == (1, 1)
    assert "was remembered from this meeting already" in again.err


def test_what_would_be_learnt_is_shown_and_nothing_kept(cli, board):
    ran = cli("voices", "learn", board, "s1", "--dry-run")

    assert (ran.code, ran.out.splitlines()[-1]) == (0, "Mina Park: 0:16 would be kept, nothing is")
    assert not default_path().exists()
    told = json.loads(cli("voices", "learn", board, "s1", "--dry-run", "--json").out)
    assert (told["proposal"]["name"], told["remembered"]) == ("Mina Park", None)


@pytest.mark.parametrize(
    ("who", "what"),
    [("Speaker 2", "Speaker 2 has no name yet"), ("Ada", "no speaker is called 'Ada'")],
)
def test_who_cannot_be_learnt_is_one_line(cli, board, who, what):
    ran = cli("voices", "learn", board, who)

    assert (ran.code, ran.out, ran.err.count("\n")) == (1, "", 1)
    assert what in ran.err
    assert not default_path().exists()


def test_who_is_not_somebody_is_kept_shown_and_forgotten(cli, board):
    cli("voices", "learn", board, "Mina Park")

    ran = cli("voices", "learn", board, "Speaker 2", "--not", "mina park")

    assert (ran.code, ran.out) == (0, "not Mina Park: board.wav 0:00:11 0:00:31, prints only\n")
    shown = table(cli("voices", "show", "Mina Park").out)
    assert [line[0] for line in shown] == ["board.wav 0:00:00 0:00:21", "board.wav 0:00:11 0:00:31"]
    gone = cli("voices", "forget", "Mina Park", "--clip", shown[1][-1], "--yes")
    assert gone.code == 0
    assert json.loads(cli("voices", "show", "Mina Park", "--json").out)["counter_examples"] == []


def test_json_is_all_there_is_on_stdout(cli, team, clips, tmp_path):
    cli("voices", "export", tmp_path / "out.voices")
    listed = json.loads(cli("voices", "list", "--json").out)
    shown = json.loads(cli("voices", "show", "Joon", "--json").out)
    checked = json.loads(cli("voices", "check", "--json").out)
    enrolled = json.loads(cli("voices", "enroll", "Xu", clips["xu"], "--json").out)
    imported = json.loads(cli("voices", "import", tmp_path / "out.voices", "--json").out)

    assert [(person["name"], person["role"], person["consent"]) for person in listed] == [
        ("Joon", None, None),
        ("Mina Park", "chair", "2026-03-02"),
    ]
    assert shown == listed[0]
    assert shown["clips"][0]["source"] == "joon.wav"
    assert [(row["name"], row["right"], row["total"]) for row in checked] == [("Joon", 2, 2), ("Mina Park", 2, 2)]
    assert (enrolled["name"], enrolled["is_new"], enrolled["clips"][0][0]) == ("Xu", True, "xu.wav")
    assert any("Xu and Mina Park cannot be told apart" in line for line in enrolled["warnings"])
    assert imported == {"new": [], "grown": [], "same": ["Joon", "Mina Park"], "conflicts": []}


def test_a_person_can_be_renamed(cli, team):
    ran = cli("voices", "rename", "joon", "Joon Lee")

    assert (ran.code, ran.out) == (0, "joon is now Joon Lee\n")
    assert cli("voices", "show", "Joon").code == 1


def test_a_person_is_forgotten_for_good(cli, team):
    ran = cli("voices", "forget", "mina park", "--yes")

    assert (ran.code, ran.out) == (0, "Mina Park with 1 clip is removed\n")
    assert [row[0] for row in table(cli("voices", "list").out)] == ["Joon"]
    assert b"Mina" not in default_path().read_bytes()


@pytest.mark.parametrize(("answer", "code", "left"), [("n\n", 1, 2), ("y\n", 0, 1)])
def test_forgetting_asks_first(cli, team, monkeypatch, answer, code, left):
    monkeypatch.setattr("typer.confirm", lambda question: answer == "y\n")

    assert cli("voices", "forget", "Joon").code == code

    assert len(json.loads(cli("voices", "list", "--json").out)) == left


def test_one_clip_can_be_forgotten(cli, team, clips):
    assert cli("voices", "enroll", "Mina Park", clips["xu"]).code == 0

    ran = cli("voices", "forget", "Mina Park", "--clip", "xu.wav", "--yes")

    assert (ran.code, ran.out) == (0, "xu.wav of Mina Park is removed\n")
    assert cli("voices", "forget", "Mina Park", "--clip", "mina.wav", "--yes").code == 1
    assert [row[0] for row in table(cli("voices", "show", "Mina Park").out)] == ["mina.wav"]


def test_people_move_to_another_book(cli, team, tmp_path):
    out, other = tmp_path / "out.voices", tmp_path / "other.voices"

    exported = cli("voices", "export", out)
    again = cli("voices", "export", out)
    imported = cli("voices", "import", out, "--book", other)

    assert exported.out == f"2 people are in {out}: keep it as private as their voices\n"
    assert (again.code, again.err.count("\n")) == (1, 1)
    assert imported.out == "new: Joon, Mina Park\nmore known: nobody\nthe same: nobody\n"
    assert table(cli("voices", "list", "--book", other).out) == table(cli("voices", "list").out)


def test_a_conflict_is_told_and_the_record_stays(cli, team, clips, tmp_path):
    other = tmp_path / "other.voices"
    cli("voices", "enroll", "Jun", clips["joon"], "--book", other)

    ran = cli("voices", "import", other)

    assert ran.err == "Note: Jun: left out, the clip joon.wav is enrolled as Joon here\n"
    assert len(table(cli("voices", "list").out)) == 2


@pytest.mark.parametrize("command", ["list", "show Joon", "check", "rename Joon Jun", "forget Joon", "export out"])
def test_without_a_book_the_way_to_one_is_told(cli, command):
    ran = cli("voices", *command.split())

    assert (ran.code, ran.out) == (1, "")
    assert "enrol somebody with `bigvoice voices enroll NAME CLIP`" in ran.err
    assert not default_path().exists()


def test_a_book_without_people_says_how_to_enrol_somebody(cli, tmp_path):
    VoiceBook.open(tmp_path / "new.voices").close()

    ran = cli("voices", "list", "--book", tmp_path / "new.voices")

    assert (ran.code, ran.err) == (0, "")
    assert "bigvoice voices enroll NAME CLIP" in ran.out
