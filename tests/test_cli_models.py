from __future__ import annotations

import json
from pathlib import Path

import pytest
from tone_networks import SYLLABLES, write
from typer.testing import CliRunner

from bigvoice.cli.models import app
from bigvoice.errors import ModelError
from bigvoice.parts import make
from bigvoice.transcription import store

RUN = CliRunner()


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
    monkeypatch.delenv("HF_HUB_CACHE", raising=False)
    monkeypatch.setenv("COLUMNS", "120")
    return tmp_path


@pytest.fixture
def tiny() -> Path:
    """An installed model of 1.5 MB."""
    folder = store.models_folder() / "tiny"
    folder.mkdir(parents=True)
    for name in ("config.json", "tokenizer.json", "vocabulary.json"):
        (folder / name).write_text("{}")
    (folder / "model.bin").write_bytes(b"x" * 1_500_000)
    return folder


def test_list_shows_which_are_here_with_their_size(tiny: Path) -> None:
    lines = RUN.invoke(app, ["list"]).stdout.splitlines()
    here = next(line for line in lines if " tiny " in line)
    away = next(line for line in lines if " large-v3 " in line)
    assert "yes" in here
    assert "2 MB" in here
    assert "no" in away
    assert "3,100 MB" in away


def test_list_as_json_is_what_the_store_says(tiny: Path) -> None:
    rows = json.loads(RUN.invoke(app, ["list", "--json"]).stdout)
    here = {row["name"]: row["folder"] for row in rows if row["folder"]}
    assert here.pop("deepspeech2:words").endswith("deepspeech2_words.onnx")  # which ships
    assert here == {"tiny": str(tiny)}
    assert [row["name"] for row in rows] == [*store.KNOWN, "deepspeech2:words"]


def test_where_prints_a_path_that_can_be_piped(tiny: Path) -> None:
    assert RUN.invoke(app, ["where", "tiny"]).stdout == f"{tiny}\n"
    assert RUN.invoke(app, ["where"]).stdout == f"{store.models_folder()}\n"
    assert json.loads(RUN.invoke(app, ["where", "tiny", "--json"]).stdout) == {"name": "tiny", "folder": str(tiny)}


def test_fetch_of_a_model_that_is_here_prints_its_folder(tiny: Path) -> None:
    told = RUN.invoke(app, ["fetch", "tiny"])
    assert told.exit_code == 0
    assert told.stdout == f"{tiny}\n"


@pytest.mark.parametrize("command", ["fetch", "where"])
def test_an_unknown_name_is_an_error_that_lists_the_known(command: str) -> None:
    told = RUN.invoke(app, [command, "huge"])
    assert isinstance(told.exception, ModelError)
    assert "tiny" in str(told.exception)


def test_fetching_what_there_is_not_says_one_line(cli) -> None:
    ran = cli("models", "fetch", "enormous")

    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("bigvoice: no model called 'enormous'")
    assert ran.err.count("\n") == 1


def test_deepspeech2_files_in_the_models_folder_have_names(cli, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store.models_folder().mkdir(parents=True)
    ours = write(store.models_folder() / "clinic.onnx", SYLLABLES)
    (store.models_folder() / "broken.onnx").write_bytes(b"no network")

    rows = {row["name"]: row for row in json.loads(cli("models", "list", "--json").out)}

    assert (rows["deepspeech2:clinic"]["folder"], rows["deepspeech2:clinic"]["languages"]) == (str(ours), "ko")
    assert rows["deepspeech2:clinic"]["expect"] == "hears tones only"
    assert rows["deepspeech2:broken"]["expect"].startswith("broken")
    assert make("asr", "deepspeech2:clinic").network.path == ours
    assert make("asr", "deepspeech2:clinic,beam=4").network.path == ours
