"""bigvoice talk-ratio: by speaker, by role, and the parents' with --parents."""

from __future__ import annotations

import json
from pathlib import Path

import docx
import pytest

from bigvoice.cli.app import run
from bigvoice.cli.parents import stacked
from bigvoice.cli.talk_ratio import with_value
from bigvoice.minutes import store
from bigvoice.minutes.minutes import Minutes
from bigvoice.progress import Hook
from bigvoice.settings import Settings
from tests import meetings
from tests.families import CHILD, MAN, WOMAN, talk


@pytest.fixture
def family(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a minutes file, and no settings of the user's."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    file = tmp_path / "저녁 식사.json"
    store.save(meetings.family(), file)
    return file


def kept(minutes: Minutes, folder: Path) -> Path:
    """The minutes as a file."""
    store.save(minutes, folder / "m.json", force=True)
    return folder / "m.json"


def test_talk_ratio_by_speaker_and_by_role(family: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["talk-ratio", str(family)]) == 0
    by_speaker = capsys.readouterr().out
    assert run(["talk-ratio", str(family), "--by", "role"]) == 0
    by_role = capsys.readouterr().out

    assert "█████░░░░░  50 %" in by_speaker
    assert "김영희" in by_speaker
    assert "부모 두 사람 사이의 비율: 어머니 67 %, 아버지 33 %" in by_role
    assert [word for word in ("어머니", "아버지", "아이", "미상", "무음", "동시 발언") if word not in by_role] == []


def test_talk_ratio_for_programs(family: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = family.with_name("shares.csv")

    assert run(["talk-ratio", str(family), "--by", "role", "--json", "--csv", str(table)]) == 0

    found = json.loads(capsys.readouterr().out)
    assert [(row["role"], row["share"]) for row in found["rows"]] == [
        ("mother", 0.5),
        ("father", 0.25),
        ("child", 0.2),
        (None, 0.05),
    ]
    assert table.read_text(encoding="utf-8-sig").splitlines()[1].startswith("어머니,,mother,20.0,0.5,")


def test_talk_ratio_of_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    store.save(meetings.empty(), tmp_path / "m.json")

    assert run(["talk-ratio", str(tmp_path / "m.json"), "--by", "role"]) == 0


def test_talk_ratio_by_something_else(family: Path) -> None:
    assert run(["talk-ratio", str(family), "--by", "colour"]) == 2


def test_talk_ratio_of_a_recording_needs_no_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[tuple[Path, str]] = []

    def turns_of(recording: Path, settings: Settings, *, hook: Hook) -> Minutes:
        asked.append((recording, settings.diarization.clustering))
        return meetings.team()

    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setattr("bigvoice.run.turns_of", turns_of)

    assert run(["talk-ratio", str(tmp_path / "board.m4a"), "--json", "--quiet"]) == 0

    assert asked == [(tmp_path / "board.m4a", "agglomerative")]
    assert json.loads(capsys.readouterr().out)["rows"][1]["name"] == "Joon Lee"


# --- --parents ---


def test_parents_shows_shares_intervals_course_and_who_speaks_next(
    family: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["talk-ratio", str(family), "--parents", "--document-language", "en"]) == 0

    shown = capsys.readouterr().out
    told = (
        "mother",
        "█████░░░░░  50 %",
        "80 % interval",
        "Of what the parents said: mother 67 % (",
        "From, to",
        "After",
    )
    assert [each for each in told if each not in shown] == []
    assert "00:00–00:30 │ █████▓▓▓▓▓▒▒▒▒ │" in shown


def test_parents_in_korean(family: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["talk-ratio", "--parents", str(family)]) == 0

    shown = capsys.readouterr().out
    assert [
        word for word in ("부모 발화 비율", "어머니", "80 % 구간", "다음 발화자", "미상") if word not in shown
    ] == []


def test_parents_may_be_named(family: Path, capsys: pytest.CaptureFixture[str]) -> None:
    who = "홍민수=mother, 참석자 4=아버지"

    assert run(["talk-ratio", str(family), "--parents", who, "--json"]) == 0

    rows = json.loads(capsys.readouterr().out)["rows"]
    assert [(row["role"], row["speakers"]) for row in rows] == [
        ("mother", ["s1"]),
        ("mother", ["s3"]),
        ("father", ["s2"]),
        ("father", ["s4"]),
    ]


def test_guesses_are_marked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = kept(talk({"a": 60, "b": 40, "c": 20}, a=WOMAN, b=MAN, c=CHILD), tmp_path)

    assert run(["talk-ratio", str(file), "--parents"]) == 0

    shown = capsys.readouterr().out
    assert "father (guess)" in shown
    assert "A guess was made from the sound of the voice" in shown


def test_one_parent_has_no_ratio_for_programs_either(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, table = kept(talk({"a": 60, "b": 20}, a="mother", b="child"), tmp_path), tmp_path / "x.csv"

    assert run(["talk-ratio", str(file), "--parents", "--json", "--csv", str(table)]) == 0

    found = json.loads(capsys.readouterr().out)
    assert [row["share_of_parents"] for row in found["rows"]] == [None, None]
    assert found["remarks"] == ["Only one parent is known (mother), so there is no ratio between the parents."]
    assert table.read_text(encoding="utf-8-sig").splitlines()[1].endswith(",,,")


def test_a_page_of_its_own(family: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = family.with_name("page.docx")

    assert run(["talk-ratio", str(family), "--parents", "홍민수, 김영희", "-o", str(page)]) == 0

    assert f"-> {page}" in capsys.readouterr().out
    document = docx.Document(str(page))
    assert document.paragraphs[0].text == "부모 발화 비율"
    ratio = next(t for t in document.tables if t.rows[0].cells[1].text == "역할")
    assert [row.cells[1].text for row in ratio.rows[1:]] == ["어머니", "아버지", "부모", "미상"]


def test_the_page_takes_a_template_and_is_not_overwritten_once_it_was_changed(
    family: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = family.with_name("page.docx")
    assert run(["talk-ratio", str(family), "--parents", "-q", "-o", str(page), "--template", "talk_ratio_en"]) == 0
    document = docx.Document(str(page))
    assert document.paragraphs[0].text == "Parents' talk ratio"

    document.add_paragraph("talked over with both")
    document.save(str(page))

    assert run(["talk-ratio", str(family), "--parents", "-o", str(page)]) == 1
    assert "may hold changes of yours" in capsys.readouterr().err
    assert run(["talk-ratio", str(family), "--parents", "-o", str(page), "--force"]) == 0


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (
            ["--parents", "Bob"],
            1,
            "no 'Bob' among the speakers, who could be a parent: there is 김영희, 홍길동, 홍민수, 참석자 4",
        ),
        (["--parents", "홍길동=삼촌"], 1, "a parent is a mother or a father"),
        (["--parents", "-o", "x.md"], 1, "x.md: the talk ratio is not written as '.md': choose one of .docx, .csv"),
        (["-o", "x.docx"], 2, "add --parents"),
    ],
)
def test_wrong_usage_is_one_line(
    arguments: list[str], code: int, said: str, family: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["talk-ratio", str(family), *arguments]) == code

    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1


@pytest.mark.parametrize(
    ("minutes", "said"),
    [
        (meetings.empty(), "There is no speech in this recording"),
        (meetings.team(), "Who is mother, father or child cannot be told"),
        (talk({"a": 60, "b": 30}, a="mother", b="father"), "No child's voice is known."),
        (talk({"a": 60, "b": 30}, a=CHILD, b=CHILD), "Only children's voices are known"),
        (talk({"a": 6, "b": 3, "c": 1}, a="mother", b="father", c=CHILD), "There is only 10 s of speech"),
        (talk({"a": 60, "b": 50}, a=WOMAN, b=WOMAN), "There are several women's voices (Speaker 1, Speaker 2)"),
    ],
)
def test_what_cannot_be_told_is_said_on_one_line(
    minutes: Minutes, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["talk-ratio", str(kept(minutes, tmp_path)), "--parents"]) == 0

    assert [line for line in capsys.readouterr().out.splitlines() if line.startswith(said)]


@pytest.mark.parametrize(
    ("given", "value"),
    [(["f.json", "--parents"], "*"), (["--parents", "f.json"], "*"), (["--parents", "--json"], "*"),
     (["--parents", "Mr. Kim, J.Lee", "f.m4a"], "Mr. Kim, J.Lee")],
)  # fmt: skip
def test_parents_may_stand_without_a_value(given: list[str], value: str) -> None:
    taken = with_value(given)

    assert taken[taken.index("--parents") + 1] == value


def test_a_recording_that_stands_after_it_is_no_parent(tmp_path: Path) -> None:
    recording = tmp_path / "dinner.m4a"
    recording.touch()

    assert with_value(["--parents", str(recording)]) == ["--parents", "*", str(recording)]
    assert with_value(["--parents", "x" * 5000]) == ["--parents", "x" * 5000]


def test_the_parents_of_a_recording_need_no_words_either(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[tuple[Path, Settings]] = []

    def turns_of(recording: Path, settings: Settings, *, hook: Hook) -> Minutes:
        asked.append((recording, settings))
        return meetings.family()

    monkeypatch.setattr("bigvoice.run.turns_of", turns_of)

    assert run(["talk-ratio", str(tmp_path / "dinner.m4a"), "--parents", "--json", "--quiet"]) == 0

    assert [(file, settings.diarization.traits) for file, settings in asked] == [(tmp_path / "dinner.m4a", True)]
    assert json.loads(capsys.readouterr().out)["rows"][0]["role"] == "mother"


def test_what_cannot_be_written_is_told_before_anybody_listens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("bigvoice.run.turns_of", None)

    assert run(["talk-ratio", str(tmp_path / "dinner.m4a"), "--parents", "-o", "x.pdf"]) == 1

    assert "not written as '.pdf'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("fractions", "drawn"),
    [((0.5, 0.5), "████▓▓▓▓"), ((1 / 3, 1 / 3, 1 / 3), "███▓▓▒▒▒"), ((0.0, 0.0), ""), ((0, 0, 0, 1), "░" * 8)],
)
def test_stacked_bars_have_one_width(fractions: tuple[float, ...], drawn: str) -> None:
    assert stacked(fractions, 8) == drawn
