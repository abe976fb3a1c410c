from __future__ import annotations

import gzip
import sys
from math import exp, log
from pathlib import Path

import kenlm
import pytest

from bigvoice.errors import ModelError
from bigvoice.training import ngram
from bigvoice.transcription.language_model import KenLanguageModel, tokens


def arpa(folder: Path, text: str, unit: str = "word", name: str = "lm.arpa") -> Path:
    (folder / "text.txt").write_text(text, encoding="utf-8")
    ngram.make([folder / "text.txt"], folder / name, unit=unit)
    return folder / name


def test_it_gives_natural_logarithms_of_what_kenlm_gives(tmp_path: Path) -> None:
    path = arpa(tmp_path, "we go on\nwe go home\nthey go\n")
    model, theirs = KenLanguageModel(path), kenlm.Model(str(path))

    total, state = 0.0, model.begin()
    for word in tokens("we go home", model.unit):
        score, state = model.score(state, word)
        total += score
    total += model.end(state)

    assert total == pytest.approx(theirs.score("we go home") * log(10))
    assert model.order == 3


def test_a_state_can_be_gone_on_from_twice(tmp_path: Path) -> None:
    model = KenLanguageModel(arpa(tmp_path, "we go on\nwe go home\nthey stay\n"))
    _, said = model.score(model.begin(), "we")
    assert model.score(said, "go")[0] == model.score(said, "go")[0] > model.score(said, "stay")[0]


def test_what_was_never_seen_has_a_small_chance(tmp_path: Path) -> None:
    model = KenLanguageModel(arpa(tmp_path, "we go on\n"))
    assert 0 < exp(model.score(model.begin(), "elsewhere")[0]) < exp(model.score(model.begin(), "we")[0])


@pytest.mark.parametrize("unit", ["word", "character"])
def test_the_file_tells_of_what_it_is(tmp_path: Path, unit: str) -> None:
    assert KenLanguageModel(arpa(tmp_path, "해야 해", unit)).unit == unit


def test_an_arpa_file_tells_what_words_it_knows(tmp_path: Path) -> None:
    path = arpa(tmp_path, "we go on\nwe go\n")
    packed = tmp_path / "lm.arpa.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    assert set(KenLanguageModel(path).words) == set(KenLanguageModel(packed).words) == {"we", "go", "on"}


def test_its_name_changes_with_what_is_in_it(tmp_path: Path) -> None:
    one = KenLanguageModel(arpa(tmp_path, "we go on\n"))
    two = KenLanguageModel(arpa(tmp_path, "we go home\n"))
    assert one.name.startswith("lm.arpa@")
    assert one.name != two.name


def test_it_loads_in_silence(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    KenLanguageModel(arpa(tmp_path, "we go on\n"))
    assert capfd.readouterr() == ("", "")


def test_what_is_no_model_is_told(tmp_path: Path) -> None:
    broken = tmp_path / "broken.arpa"
    broken.write_text("no model")
    with pytest.raises(ModelError, match=r"broken\.arpa is no language model that kenlm reads.*train ngram"):
        KenLanguageModel(broken)
    with pytest.raises(ModelError, match=r"none\.arpa: no such file"):
        KenLanguageModel(tmp_path / "none.arpa")


def test_without_kenlm_it_is_told_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "kenlm", None)
    with pytest.raises(ModelError, match=r'pip install "bigvoice\[lm\]"'):
        KenLanguageModel(tmp_path / "lm.arpa")
