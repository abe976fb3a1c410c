"""bigvoice export, on its own: the table is written, and refused where it would overwrite one."""

from __future__ import annotations

from pathlib import Path

import meetings
import pytest
import typer
from typer.testing import CliRunner

from bigvoice.cli.export import export
from bigvoice.errors import DocumentError
from bigvoice.minutes.store import save
from bigvoice.returning.coming_back import corrections_in


@pytest.fixture
def app() -> typer.Typer:
    made = typer.Typer()
    made.command()(export)
    return made


def test_a_table_is_written_beside_the_minutes_or_where_told(tmp_path: Path, app: typer.Typer) -> None:
    home = tmp_path / "board.json"
    save(meetings.team(), home)

    beside = CliRunner().invoke(app, [str(home)])
    told = CliRunner().invoke(app, [str(home), "--review", str(tmp_path / "t.csv"), "--document-language", "ko"])
    again = CliRunner().invoke(app, [str(home)])

    assert beside.stdout.strip() == str(tmp_path / "board.xlsx")
    assert (beside.exit_code, told.exit_code) == (0, 0)
    assert "발언 내용" in (tmp_path / "t.csv").read_text(encoding="utf-8-sig")
    assert corrections_in(tmp_path / "board.xlsx", meetings.team()) == ()
    assert isinstance(again.exception, DocumentError)
