import json
import os
import signal
import subprocess
import sys
from datetime import date
from pathlib import Path

import docx
import numpy as np
import pytest
from test_pipeline import MEETING
from typer.testing import CliRunner

from bigvoice import pipeline
from bigvoice.cli.app import app
from bigvoice.diarization.diarizer import Diarization, Naming
from bigvoice.minutes import store
from bigvoice.settings import all_options
from bigvoice.span import Span
from bigvoice.turn import Turn
from bigvoice.voices.book import VoiceBook, default_path
from bigvoice.voices.clip import Clip, to_pcm
from tests.fakes import LOW, babble, sound, write_wav


@pytest.fixture
def board(tmp_path) -> Path:
    """A meeting of two tones, 30 s."""
    return write_wav(tmp_path / "board.wav", sound(MEETING, 30))


def names(folder: Path) -> set[str]:
    return {file.name for file in folder.iterdir()}


# --- minutes ---


def test_minutes_writes_the_document_and_its_home_beside_the_recording(cli, fake_parts, board):
    ran = cli("minutes", board)

    assert (ran.code, ran.err) == (0, "")
    assert names(board.parent) == {"board.wav", "board.docx", "board.json"}
    minutes = store.read(board.with_suffix(".json"))
    assert [u.text for u in minutes.utterances] == ["good morning", "hello", ""]


def test_the_summary_says_who_spoke_how_much_and_where_the_files_are(cli, fake_parts, board):
    ran = cli("minutes", board, "--title", "[Board] meeting")

    assert "[Board] meeting" in ran.out
    speaker_1 = next(line for line in ran.out.splitlines() if "Speaker 1" in line)
    assert "0:19" in speaker_1
    assert "67%" in speaker_1
    assert "Note: Read from a script." in ran.out
    assert f"-> {board.with_suffix('.docx')}" in ran.out


def test_a_page_plays_the_recording_wherever_it_is_written(cli, fake_parts, board, tmp_path):
    (tmp_path / "out").mkdir()

    ran = cli("minutes", board, "-o", tmp_path / "out" / "x.html", "--bitrate", "16")

    assert (ran.code, ran.err) == (0, "")
    assert ' src="data:audio/mp4;base64,' in (tmp_path / "out" / "x.html").read_text()


@pytest.fixture
def suggested(monkeypatch):
    """Every voice in every recording is suggested to be Mina Park's."""

    def diarize(samples, speech, **_):
        turns = tuple(Turn(span, "v0") for span in speech)
        return Diarization(turns, {"v0": Naming("Mina Park", "mother", 0.74, sure=False)}, ("hard to tell",))

    monkeypatch.setattr(pipeline, "diarize", diarize)


def test_a_suggested_name_is_shown_as_one_and_never_enrols(cli, fake_parts, board, suggested):
    with VoiceBook.open(default_path()) as book:
        clip = Clip("mina.wav", to_pcm(sound([(0, 3, LOW)], 3)), (Span(0, 3),), date(2026, 3, 2))
        book.add("Mina Park", [clip], role="mother")
        book.people(fake_parts["encoder"])  # so that nothing is left to be kept
    before = default_path().read_bytes()

    ran = cli("minutes", board, "-o", board.with_suffix(".txt"), "--cache", "none")
    summary = json.loads(cli("minutes", board, "-o", board.with_suffix(".txt"), "--cache", "none", "--json").out)

    assert "Mina Park?" in ran.out
    assert "mother?" in ran.out
    assert "Note: hard to tell" in ran.out
    assert "a suggestion" in ran.out
    (speaker,) = summary["speakers"]
    assert (speaker["name"], speaker["named_by"], speaker["confidence"]) == ("Mina Park", "suggested", 0.74)
    assert "Mina Park?: good morning" in board.with_suffix(".txt").read_text()
    assert default_path().read_bytes() == before


def test_clips_that_an_encoder_has_not_heard_yet_are_heard_again_and_it_is_said(cli, fake_parts, board):
    with VoiceBook.open(default_path()) as book:
        book.add("Mina Park", [Clip("m.wav", to_pcm(sound([(0, 9, LOW)], 9)), (Span(0, 9),), date(2026, 3, 2))])

    first, second = (cli("minutes", board, "-o", board.with_suffix(".rttm"), "--cache", "none") for _ in range(2))

    assert "Listening to enrolled voices again: 1 enrolment clip is new to pitch-1" in first.err
    assert "Mina Park" in first.out
    assert second.err == ""


def test_outputs_go_where_they_are_told_and_the_home_beside_the_first(cli, fake_parts, board, tmp_path):
    out = tmp_path / "out"
    out.mkdir()

    ran = cli("minutes", board, "-o", out / "weekly.md", "-o", out / "weekly.rttm", "-q")

    assert (ran.code, ran.out, ran.err) == (0, "", "")
    assert names(out) == {"weekly.md", "weekly.rttm", "weekly.json"}
    assert names(board.parent) == {"board.wav", "out"}


def test_json_for_scripts_is_all_there_is_on_stdout(cli, fake_parts, board):
    ran = cli("minutes", board, "--json", "-o", board.with_suffix(".json"))

    summary = json.loads(ran.out)
    assert summary["files"] == [str(board.with_suffix(".json"))]
    assert [speaker["id"] for speaker in summary["speakers"]] == ["s1", "s2"]
    assert summary["speakers"][0]["seconds"] == pytest.approx(19, abs=0.5)
    assert summary["made_with"]["text"] == "script"


def test_what_is_given_on_the_command_line_arrives(cli, fake_parts, board):
    cli(
        *("minutes", board, "--title", "Board", "--date", "2026-11-21T14:00", "--place", "Room 4", "--language", "ko"),
        *(
            "--attendees",
            "Mina Park, Joon Lee",
            "--attendees",
            "Ada",
            "--agenda",
            "Budget, 2027; Trip",
            "--agenda",
            "Next",
        ),
    )

    minutes = store.read(board.with_suffix(".json"))
    assert (minutes.title, minutes.place, minutes.language) == ("Board", "Room 4", "ko")
    assert minutes.date.isoformat() == "2026-11-21T14:00:00"
    assert minutes.attendees == ("Mina Park", "Joon Lee", "Ada")
    assert minutes.agenda == ("Budget, 2027", "Trip", "Next")
    assert fake_parts["asr"].heard == [("ko", ("Mina Park", "Joon Lee", "Ada", "Budget, 2027", "Trip", "Next"))]


def test_the_file_beside_the_recording_is_read_and_the_command_line_wins(cli, fake_parts, board):
    (board.parent / "bigvoice.toml").write_text('[meeting]\ntitle = "Weekly"\nplace = "Room 4"\n')

    cli("minutes", board, "--place", "Room 5")

    minutes = store.read(board.with_suffix(".json"))
    assert (minutes.title, minutes.place) == ("Weekly", "Room 5")


def test_a_second_run_takes_what_the_first_one_found(cli, fake_parts, board):
    cli("minutes", board)
    again = cli("minutes", board, "-o", board.with_suffix(".srt"))

    assert again.code == 0
    assert fake_parts["detector"].calls == 1
    assert len(fake_parts["asr"].heard) == 1
    assert again.err.splitlines() == [
        "Finding speech: kept from an earlier run",
        "Telling voices apart: kept from an earlier run",
        "Writing down the words: kept from an earlier run",
    ]


def test_without_a_cache_everything_is_done_again(cli, fake_parts, board, home):
    cli("minutes", board, "--cache", "none")
    cli("minutes", board, "--cache", "none")

    assert fake_parts["detector"].calls == 2
    assert not (home / ".cache" / "bigvoice").exists()


def test_channels_are_kept_apart_when_asked(cli, fake_parts, tmp_path):
    left, right = sound([MEETING[0], MEETING[2]], 30), sound([MEETING[1]], 30)
    stereo = write_wav(tmp_path / "stereo.wav", left, right)

    ran = cli("minutes", stereo, "--channels", "separate")

    assert ran.code == 0
    assert fake_parts["detector"].calls == 2
    assert len(store.read(stereo.with_suffix(".json")).speakers) == 2


def test_on_a_terminal_the_stages_are_drawn_on_stderr(cli, fake_parts, board, monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")  # takes stderr for a terminal

    ran = cli("minutes", board, "-o", board.with_suffix(".md"))

    for stage in ("Finding speech", "Listening to the voices", "Writing down the words"):
        assert stage in ran.err
        assert stage not in ran.out


def test_quiet_draws_nothing_on_a_terminal_either(cli, fake_parts, board, monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")

    ran = cli("minutes", board, "--quiet")

    assert (ran.code, ran.out, ran.err) == (0, "", "")


# --- what a person may have changed ---


def edit(home: Path) -> str:
    text = home.read_text().replace("good", "Good")
    home.write_text(text)
    return text


def test_edited_minutes_are_left_as_they_are_and_nothing_is_computed(cli, fake_parts, board):
    cli("minutes", board)
    edited = edit(board.with_suffix(".json"))
    calls = fake_parts["detector"].calls

    ran = cli("minutes", board, "--cache", "none")

    assert ran.code == 1
    assert "board.json was edited since bigvoice wrote it" in ran.err
    assert "--force" in ran.err
    assert fake_parts["detector"].calls == calls
    assert board.with_suffix(".json").read_text() == edited


def test_force_overwrites_edited_minutes(cli, fake_parts, board):
    cli("minutes", board)
    edit(board.with_suffix(".json"))

    assert cli("minutes", board, "--force").code == 0

    assert not store.is_edited(board.with_suffix(".json"))


def test_a_document_that_somebody_filled_in_is_left_as_it_is(cli, fake_parts, board):
    cli("minutes", board, "-o", board.with_suffix(".md"))
    document, home = board.with_suffix(".md"), board.with_suffix(".json")
    later = home.stat().st_mtime + 60
    document.write_text("decided: we buy it")
    os.utime(document, (later, later))

    ran = cli("minutes", board, "-o", document)

    assert ran.code == 1
    assert "board.md may hold changes of yours" in ran.err
    assert document.read_text() == "decided: we buy it"


def test_a_word_document_that_somebody_filled_in_is_left_as_it_is_by_every_command(cli, fake_parts, board):
    cli("minutes", board)
    file = board.with_suffix(".docx")
    document = docx.Document(str(file))
    document.add_paragraph("Decided: we buy it.")
    document.save(str(file))
    filled_in = file.read_bytes()

    for command in (["minutes", board], ["diarize", board, "-o", file], ["transcribe", board, "-o", file]):
        ran = cli(*command)
        assert ran.code == 1
        assert "board.docx may hold changes of yours" in ran.err
    assert file.read_bytes() == filled_in

    assert cli("transcribe", board, "-o", file, "--force").code == 0
    assert file.read_bytes() != filled_in


def test_minutes_that_were_edited_are_not_lost_to_a_shorter_way(cli, fake_parts, board):
    cli("minutes", board)
    edit(board.with_suffix(".json"))
    calls = fake_parts["detector"].calls

    ran = cli("diarize", board, "-o", board.with_suffix(".json"), "--cache", "none")

    assert ran.code == 1
    assert "board.json was edited since bigvoice wrote it" in ran.err
    assert fake_parts["detector"].calls == calls


def test_a_transcript_does_not_put_a_number_before_every_line(cli, fake_parts, board, tmp_path):
    files = [tmp_path / f"board{suffix}" for suffix in (".srt", ".vtt", ".txt", ".md")]

    assert cli("transcribe", board, *(part for file in files for part in ("-o", file))).code == 0

    for file in files:
        said = [line for line in file.read_text(encoding="utf-8").splitlines() if "good morning" in line]
        assert len(said) == 1
        assert "Speaker" not in said[0]
        assert not said[0].startswith("<v")


def test_minutes_of_another_recording_are_left_as_they_are(cli, fake_parts, board):
    cli("minutes", board)
    other = write_wav(board.with_suffix(".WAV"), sound([(0, 5, LOW)], 6))

    ran = cli("minutes", other)

    assert ran.code == 1
    assert "board.json holds the minutes of board.wav" in ran.err


# --- what is around the program ---


def test_a_reader_that_has_enough_is_no_error_to_tell_of():
    program = subprocess.Popen(
        [sys.executable, "-m", "bigvoice", "models", "list"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert program.stdout
    program.stdout.close()

    assert program.communicate()[1] == ""
    assert program.returncode == 1


def test_a_file_error_that_nobody_thought_of_is_one_line(cli, fake_parts, board, monkeypatch):
    from bigvoice import run

    def load(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", "/closed/model.bin")

    monkeypatch.setattr(run, "load", load)

    ran = cli("minutes", board)

    assert (ran.code, ran.out) == (1, "")
    assert ran.err == (
        "bigvoice: /closed/model.bin cannot be used: Permission denied; check that it may be read and written\n"
    )


# --- the first part of the way ---


def test_diarize_writes_who_spoke_when_and_no_words(cli, fake_parts, board, monkeypatch):
    from bigvoice import run
    from bigvoice.transcription.none import NoTranscriber

    asked: list[str] = []

    def make(kind: str, name: str):
        asked.append(name)
        return NoTranscriber() if name == "none" else fake_parts[kind]

    monkeypatch.setattr(run, "make", make)

    ran = cli("diarize", board)

    assert ran.code == 0
    assert "none" in asked
    assert names(board.parent) == {"board.wav", "board.rttm"}
    assert board.with_suffix(".rttm").read_text().count("SPEAKER") == 3


def test_transcribe_writes_what_was_said(cli, fake_parts, board):
    ran = cli("transcribe", board)

    assert ran.code == 0
    assert names(board.parent) == {"board.wav", "board.srt"}
    assert "good morning" in board.with_suffix(".srt").read_text()


# --- help, version, usage ---


def test_every_option_is_in_the_help_with_its_default():
    shown = CliRunner(env={"COLUMNS": "200", "TERM": "dumb"}).invoke(app, ["minutes", "--help"]).output

    for option in all_options():
        assert option.flag.split("/")[0] in shown
    assert "default agglomerative" in shown
    assert "default 0.01" in shown


def test_version(cli):
    from bigvoice.version import version

    assert cli("--version").out == f"bigvoice {version()}\n"


def test_without_a_command_the_help_is_shown(cli):
    ran = cli()

    assert "minutes" in ran.out + ran.err
    assert ran.code == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["minutes"], "Missing argument 'RECORDING'. (see bigvoice minutes --help)"),
        (["minutes", "x.wav", "--sepakers", "3"], "No such option"),
        (["minuets"], "No such command 'minuets'."),
        (["minutes", "x.wav", "--speakers", "many"], "Invalid value for '--speakers'"),
        (["minutes", "x.wav", "--speakers", "0"], "--speakers must be between 1 and 50, not 0"),
        (["minutes", "x.wav", "--min-speakers", "20"], "min_speakers (20) is more than max_speakers (10)"),
        (["minutes", "x.wav", "--date", "soon"], "date must be written as 2026-11-21"),
        (["minutes", "x.wav", "--document-language", "fr"], "--document-language must be en or ko, not 'fr'"),
    ],
)
def test_wrong_usage_is_one_line_and_exit_2(cli, arguments, message):
    ran = cli(*arguments)

    assert ran.code == 2
    assert ran.out == ""
    assert ran.err.startswith("bigvoice: ")
    assert message in ran.err
    assert ran.err.count("\n") == 1


def test_a_mistake_in_the_settings_file_is_exit_2(cli, board):
    (board.parent / "bigvoice.toml").write_text("[meeting]\ntitel = 'x'\n")

    ran = cli("minutes", board)

    assert ran.code == 2
    assert f"{board.parent}/bigvoice.toml: [meeting] unknown key 'titel'" in ran.err


def program(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_program_ends_with_the_exit_code_and_one_line(board):
    missing = board.with_name("absent.m4a")

    done = program("-m", "bigvoice", "minutes", missing)

    assert done.returncode == 1
    assert done.stderr == f"bigvoice: {missing}: no such file; check the name and the folder\n"


def test_the_installed_program_is_the_module():
    installed = program("-c", "from bigvoice.cli.app import main; main()", "--version")

    assert installed.returncode == 0
    assert installed.stdout == program("-m", "bigvoice", "--version").stdout


# --- the real parts ---


def test_a_recording_goes_the_whole_way_with_the_real_parts(cli, tmp_path):
    pause = np.zeros(16_000, np.float32)
    talk = [babble(6, seed=1), pause, babble(6, pitch=220, size=1.2, seed=2), pause]
    file = write_wav(tmp_path / "talk.wav", np.concatenate(talk))

    ran = cli("minutes", file, "--asr", "none", "--json", "-o", tmp_path / "talk.docx", "-o", tmp_path / "talk.rttm")

    assert (ran.code, ran.err) == (0, "")
    summary = json.loads(ran.out)
    assert sum(speaker["seconds"] for speaker in summary["speakers"]) == pytest.approx(12, abs=1.0)
    assert names(tmp_path) == {"talk.wav", "talk.docx", "talk.json", "talk.rttm"}


def test_the_same_in_python(fake_parts, board, tmp_path):
    import bigvoice

    minutes = bigvoice.minutes_of(board, attendees=["Mina Park"], asr="script")
    bigvoice.write(minutes, tmp_path / "board.md")

    assert minutes.attendees == ("Mina Park",)
    assert "good morning" in (tmp_path / "board.md").read_text()


# --- never lose work ---

HANGING = """
import signal, sys, time
sys.path.insert(0, sys.argv[1])
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell may have started us with it ignored
import fakes
from bigvoice import run
from bigvoice.cli import app

stage, recording = sys.argv[2:]

class Hanging:
    def __init__(self, part):
        self.part, self.name = part, getattr(part, "name", type(part).__name__)
        self.background = getattr(part, "background", None)

    def __call__(self, *arguments):
        print("at", stage, flush=True)
        for _ in range(6000):  # a signal that comes just before one long sleep would be heard after it
            time.sleep(0.01)

script = [(1.0, 1.5, "good"), (1.5, 2.0, "morning"), (12.0, 12.5, "hello")]
parts = {"detector": fakes.LevelDetector(), "encoder": fakes.PitchEncoder(), "clustering": None,
         "asr": fakes.ScriptTranscriber(script)}
kind = {"speech": "detector", "turns": "encoder", "words": "asr"}[stage]
parts[kind] = type("LevelDetector", (Hanging,), {})(parts[kind])
run.make = lambda kind, name: parts[kind]
sys.exit(app.run(["minutes", recording]))
"""


@pytest.mark.parametrize(
    ("ended_by", "stage"),
    [
        (signal.SIGINT, "speech"),
        (signal.SIGINT, "turns"),
        (signal.SIGINT, "words"),
        (signal.SIGKILL, "turns"),
        (signal.SIGKILL, "words"),
    ],
)
def test_a_run_that_is_stopped_goes_on_from_the_last_finished_stage(cli, fake_parts, board, home, stage, ended_by):
    here = str(Path(__file__).parent)
    run = [sys.executable, "-c", HANGING, here, stage, str(board)]
    with subprocess.Popen(run, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == f"at {stage}\n"
        process.send_signal(ended_by)
        _, err = process.communicate(timeout=30)

    if ended_by == signal.SIGINT:
        assert process.returncode == 130
        assert err == "bigvoice: stopped: what was finished is kept, the same command goes on from there\n"
    else:
        assert process.returncode == -signal.SIGKILL
    assert names(board.parent) == {"board.wav"}
    finished = ["speech", "turns", "words"][: ["speech", "turns", "words"].index(stage)]
    assert sorted(name.split("-")[0] for name in names_or_none(home / ".cache" / "bigvoice")) == finished

    assert cli("minutes", board).code == 0
    assert fake_parts["detector"].calls == (0 if finished else 1)
    resumed = board.with_suffix(".json").read_text()
    assert cli("minutes", board, "--cache", "none").code == 0
    assert board.with_suffix(".json").read_text() == resumed


def names_or_none(folder: Path) -> set[str]:
    return names(folder) if folder.exists() else set()
