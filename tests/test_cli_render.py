from __future__ import annotations

from pathlib import Path

import docx
import pytest

from bigvoice.cli.app import run
from bigvoice.minutes import store
from tests import meetings


@pytest.fixture
def family(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a minutes file, and no settings of the user's."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    file = tmp_path / "저녁 식사.json"
    store.save(meetings.family(), file)
    return file


def test_render_writes_a_word_document_beside_the_minutes(family: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["render", str(family)]) == 0

    assert family.with_suffix(".docx").read_bytes()[:2] == b"PK"
    assert capsys.readouterr().out == f"{family.with_suffix('.docx')}\n"


def test_render_writes_several_files(family: Path) -> None:
    a, b, c = (family.with_name(name) for name in ("a.md", "b.srt", "c.rttm"))

    assert run(["render", str(family), "-o", str(a), str(b), "-o", str(c)]) == 0

    assert "**[00:00:10] 홍민수:** (축구를?)" in a.read_text(encoding="utf-8")
    assert b.exists()
    assert c.exists()


def test_render_takes_the_options_of_documents(family: Path) -> None:
    file = family.with_name("a.md")

    assert run(["render", str(family), "-o", str(file), "--no-marks", "--document-language", "en"]) == 0

    assert "**[00:00:10] 홍민수:** 축구를 했어요" in file.read_text(encoding="utf-8")
    assert "## What was said" in file.read_text(encoding="utf-8")


def test_render_takes_the_settings_beside_the_minutes(family: Path) -> None:
    family.with_name("bigvoice.toml").write_text('[document]\nlanguage = "en"\n')

    assert run(["render", str(family), "-o", str(family.with_suffix(".txt"))]) == 0

    assert "What was said" in family.with_suffix(".txt").read_text(encoding="utf-8")


def test_render_spares_what_people_write_into(family: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document, subtitles = family.with_suffix(".md"), family.with_suffix(".srt")
    document.write_text("decided: yes")
    subtitles.write_text("old")

    assert run(["render", str(family), "-o", str(subtitles), "-o", str(document)]) == 1
    assert "may hold changes of yours" in capsys.readouterr().err
    assert (document.read_text(), subtitles.read_text()) == ("decided: yes", "old")

    assert run(["render", str(family), "-o", str(subtitles), "-o", str(document), "--force"]) == 0
    assert "홍길동" in document.read_text(encoding="utf-8")


def test_render_makes_a_word_document_again_unless_it_was_changed(
    family: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = family.with_suffix(".docx")
    assert run(["render", str(family)]) == 0
    assert run(["render", str(family), "--template", "transcript"]) == 0

    document = docx.Document(str(file))
    document.add_paragraph("결정: 산다")
    document.save(str(file))

    assert run(["render", str(family)]) == 1
    assert f"{file} may hold changes of yours" in capsys.readouterr().err


@pytest.mark.parametrize(("name", "said"), [("x.pdf", "no format '.pdf'"), ("absent/x.md", "there is no folder")])
def test_render_tells_what_cannot_be_written(
    name: str, said: str, family: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["render", str(family), "-o", str(family.parent / name)]) == 1

    assert said in capsys.readouterr().err
    assert [each.name for each in family.parent.iterdir()] == [family.name]


def test_render_of_what_is_no_minutes_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["render", str(tmp_path / "absent.json")]) == 1

    error = capsys.readouterr().err
    assert "absent.json cannot be read: No such file" in error
    assert error.count("\n") == 1
