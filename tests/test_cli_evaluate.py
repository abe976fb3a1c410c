"""`bigvoice evaluate`, as it is called."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from fakes import ForgetfulTranscriber, sound, write_wav
from test_lazy_imports import imported_by

from bigvoice.evaluation import recognising

TRUTH = "SPEAKER a 1 0 6 <NA> <NA> Mina_Park <NA> <NA>\nSPEAKER a 1 6 4 <NA> <NA> Joon_Lee <NA> <NA>\n"
FOUND = "SPEAKER a 1 0 5 <NA> <NA> Mina_Park <NA> <NA>\nSPEAKER a 1 5 5 <NA> <NA> Speaker_2 <NA> <NA>\n"


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    truth, found = tmp_path / "truth.rttm", tmp_path / "found.rttm"
    truth.write_text(TRUTH)
    found.write_text(FOUND)
    return truth, found


def test_a_table_with_rules_and_total(cli, files: tuple[Path, Path]) -> None:
    ran = cli("evaluate", *files)

    assert (ran.code, ran.err) == (0, "")
    assert "Who spoke when (no collar, overlap scored)" in ran.out
    rows = [[cell.strip() for cell in line.split("│")] for line in ran.out.splitlines() if "│" in line]
    assert [row[1:6] for row in rows] == [
        ["truth", "00:00:10", "10.0", "0.0", "0.0"],
        ["total", "00:00:10", "10.0", "0.0", "0.0"],
    ]


def test_options_reach_the_measure(cli, files: tuple[Path, Path], tmp_path: Path) -> None:
    regions = tmp_path / "r.uem"
    regions.write_text("a 1 0 8\n")
    options = ("--collar", "0.5", "--skip-overlap", "--uem", regions, "--enrolled", "Mina Park, Joon Lee", "--json")

    (told,) = json.loads(cli("evaluate", *files, *options).out)

    assert (told["collar"], told["overlap_scored"], told["enrolled"]) == (0.5, False, ["Mina Park", "Joon Lee"])
    assert told["total"]["diarization"]["total"] == pytest.approx(5 + 1.5)  # 0.5-5.5 and 6.5-8
    assert told["total"]["diarization"]["confusion"] == pytest.approx(0.5)
    assert told["total"]["names"]["right"] == pytest.approx(4.5)


def test_markdown_for_a_document(cli, files: tuple[Path, Path]) -> None:
    out = cli("evaluate", *files, "--markdown").out

    assert out.startswith(f"## {files[1]}\n\nWho spoke when (no collar, overlap scored)\n\n| Recording |")


def test_notes_do_not_stand_among_the_figures(cli, files: tuple[Path, Path]) -> None:
    ran = cli("evaluate", *files, "--enrolled", "Mina Park, Ada")

    assert "Note: --enrolled Ada: not heard in" in ran.err
    assert "Ada: not heard" not in ran.out


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("SPEAKER a 1 zero 5 <NA> <NA> s1\n", 1, "bad.rttm: line 1 is no RTTM"),
        (None, 1, "bad.rttm cannot be read: No such file or directory"),
        ("", 0, ""),
    ],
)
def test_bad_input_is_one_line(
    text: str | None, code: int, said: str, cli, files: tuple[Path, Path], tmp_path: Path
) -> None:
    bad = tmp_path / "bad.rttm"
    if text is not None:
        bad.write_text(text)

    ran = cli("evaluate", files[0], bad)

    assert ran.code == code
    assert said in ran.err
    assert ran.err.count("\n") == (1 if said else 0)


def test_a_collar_below_zero_is_wrong_usage(cli, files: tuple[Path, Path]) -> None:
    ran = cli("evaluate", *files, "--collar", "-1")

    assert (ran.code, ran.out) == (2, "")
    assert "bigvoice: --collar must be a number of seconds, 0 or more, not -1.0" in ran.err


def test_nothing_to_measure_is_wrong_usage(cli, files: tuple[Path, Path]) -> None:
    assert cli("evaluate", files[0]).code == 2


# --- the command that need not be named ---


def test_files_may_be_named_or_not(cli, files: tuple[Path, Path]) -> None:
    plain = cli("evaluate", *files, "--json")

    assert plain.code == 0
    assert cli("evaluate", "files", *files, "--json") == plain
    assert cli("evaluate", "--json", *files) == plain


def test_help_tells_of_both(cli) -> None:
    assert "bigvoice evaluate REFERENCE HYPOTHESIS..." in " ".join(cli("evaluate", "--help").out.split())
    assert "--skip-overlap" in cli("evaluate", "files", "--help").out
    assert "--conditions" in cli("evaluate", "asr", "--help").out


def test_what_is_missing_is_told_of_the_command_that_was_meant(cli, files: tuple[Path, Path]) -> None:
    assert cli("evaluate", files[0]).err.endswith("(see bigvoice evaluate files --help)\n")


# --- recognisers ---

TEXTS = {10: "one two three", 12: "four five six seven"}


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    """Two recordings, silent at the beginning."""
    for tenths in TEXTS:
        spoken = sound([(0.2, tenths / 10 - 0.1, 110.0)], tenths / 10, level=0.1)
        write_wav(tmp_path / f"{tenths}.wav", spoken)
    rows = [f"{tenths}.wav,{text},{tenths / 10},s{tenths}" for tenths, text in TEXTS.items()]
    path = tmp_path / "list.csv"
    path.write_text("\n".join(["path,text,seconds,speaker", *rows]) + "\n")
    return path


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the recognisers that were made; each is a fake that writes the texts."""
    names: list[str] = []

    def make(kind: str, name: str) -> ForgetfulTranscriber:
        names.append(name)
        return ForgetfulTranscriber(TEXTS, name)

    monkeypatch.setattr(recognising, "make", make)
    return names


def test_recognisers_by_condition(cli, manifest: Path, asked: list[str]) -> None:
    ran = cli("evaluate", "asr", manifest, "--asr", "deepspeech2:ko.onnx", "--asr", "sphinx")

    assert ran.code == 0
    assert asked == ["deepspeech2:ko.onnx", "sphinx"]
    rows = [[cell.strip() for cell in line.split("│")[1:-1]] for line in ran.out.splitlines() if "│" in line]
    assert [row[:1] + row[1:7:2] for row in rows[:2]] == [
        ["deepspeech2:ko.onnx", "0.0", "28.6", "57.1"],
        ["sphinx", "0.0", "28.6", "57.1"],
    ]
    assert (
        "sphinx, far: 10.wav (s10), WER 66.7 % (2 of 3)\n  said     one two three\n  written  one *** *****" in ran.out
    )
    assert "Note: quiet: as recorded; near: noise 15 dB below the speech; far: across a room" in ran.err


def test_the_conditions_are_chosen(cli, manifest: Path, asked: list[str], tmp_path: Path) -> None:
    (tmp_path / "noise").mkdir()
    write_wav(tmp_path / "noise" / "tone.wav", sound([(0, 1, 440.0)], 1.0))
    options = ("--conditions", "far,quiet", "--snr", "20,30", "--noise", tmp_path / "noise", "--worst", "0", "--json")

    told = json.loads(cli("evaluate", "asr", manifest, "--asr", "sphinx", *options).out)

    assert [run["condition"] for run in told["runs"]] == [
        {"name": "far", "snr_db": 30.0, "in_room": True},
        {"name": "quiet", "snr_db": None, "in_room": False},
    ]
    assert told["surroundings"].startswith("noise: of 1 files; rooms: made")
    assert [run["words"]["deletions"] for run in told["runs"]] == [2, 0]  # of each the last word
    assert [run["worst"] for run in told["runs"]] == [[], []]


def test_all_recordings_as_a_table_and_markdown(cli, manifest: Path, asked: list[str], tmp_path: Path) -> None:
    out = tmp_path / "all.csv"

    ran = cli("evaluate", "asr", manifest, "--asr", "sphinx", "-o", out, "--markdown")

    assert ran.out.startswith("Recogniser by condition, 2 recordings")
    assert len(out.read_text(encoding="utf-8-sig").splitlines()) == 1 + 2 * 3


def test_a_broken_recording_is_listed(cli, manifest: Path, asked: list[str], tmp_path: Path) -> None:
    (tmp_path / "10.wav").write_bytes(b"")

    ran = cli("evaluate", "asr", manifest, "--asr", "sphinx")

    assert ran.code == 0
    assert "Note: left out: 1 of 2 recordings\n" in ran.err
    assert "10.wav is empty (0 bytes)" in ran.err


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (["--conditions", "loud"], 2, "--conditions: no condition called 'loud'; there are quiet, near, far"),
        (["--snr", "3"], 2, "--snr is two numbers of decibels"),
        (["-o", "all.xlsx"], 2, "-o writes a table of all recordings, as .csv: all.xlsx ends otherwise"),
        (["--noise", "nowhere"], 2, "--noise: nowhere holds no sound"),
        (["--asr", "whisper:none-such"], 1, "none-such"),
        (["--asr", "shinx"], 1, "no asr called 'shinx': there are"),
    ],
)
def test_wrong_options_are_one_line(cli, manifest: Path, options: list[str], code: int, said: str) -> None:
    ran = cli("evaluate", "asr", manifest, "--asr", "none", *options)

    assert (ran.code, ran.out, ran.err.count("\n")) == (code, "", 1)
    assert said in ran.err


def test_a_list_without_texts_is_no_manifest_to_measure_with(cli, asked: list[str], tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("path,text,seconds,speaker\na.wav,,1.0,s1\n")

    ran = cli("evaluate", "asr", path, "--asr", "sphinx")

    assert (ran.code, ran.out) == (1, "")
    assert "list.csv has no texts to compare with" in ran.err


def test_help_imports_nothing_heavy() -> None:
    assert imported_by("from bigvoice.cli.app import run; run(['evaluate', 'asr', '--help'])") == []
