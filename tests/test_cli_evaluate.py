"""`bigvoice evaluate`, as it is called."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

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
