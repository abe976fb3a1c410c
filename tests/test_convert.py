"""Checkpoints of Whisper made into models of the fast engine, which loads and runs them here."""

from __future__ import annotations

import errno
import json
import shutil
from pathlib import Path

import ctranslate2
import numpy as np
import pytest
import torch
from faster_whisper import WhisperModel
from transformers import WhisperFeatureExtractor, WhisperForConditionalGeneration, WhisperTokenizer

from bigvoice.errors import ModelError
from bigvoice.parts import make
from bigvoice.transcription import convert as module
from bigvoice.transcription import store
from bigvoice.transcription.convert import PRECISIONS, convert, read_extractor, read_model, read_tokenizer
from tests import tiny_whisper


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory) -> Path:
    return tiny_whisper.write(tmp_path_factory.mktemp("checkpoint"))


@pytest.fixture
def copy(checkpoint, tmp_path) -> Path:
    """One that may be spoilt."""
    return Path(shutil.copytree(checkpoint, tmp_path / "copy"))


@pytest.mark.parametrize("precision", PRECISIONS)
def test_the_encoder_hears_what_that_of_the_checkpoint_hears(checkpoint, tmp_path, precision):
    model = convert(checkpoint, tmp_path / "made", precision)
    sound = tiny_whisper.tone(440)
    features = read_extractor(checkpoint)(sound, sampling_rate=16_000, return_tensors="np")["input_features"]
    theirs = read_model(checkpoint, read_tokenizer(checkpoint)).eval()
    with torch.inference_mode():
        expected = theirs.model.encoder(torch.from_numpy(features)).last_hidden_state.numpy()

    engine = ctranslate2.models.Whisper(str(model), compute_type="float32")
    heard = np.array(engine.encode(ctranslate2.StorageView.from_array(features)))

    np.testing.assert_allclose(heard, expected, atol=1e-4 if precision == "float32" else 0.1)


def test_weights_take_the_room_of_their_precision(checkpoint, tmp_path):
    size = {p: (convert(checkpoint, tmp_path / p, p) / "model.bin").stat().st_size for p in PRECISIONS}
    assert size["float16"] == pytest.approx(size["float32"] / 2, rel=0.1)
    # in a model this small the table of places, which stays as it is, is most of it
    assert size["int8"] < 0.6 * size["float32"] > size["int8_float16"]


def test_it_is_whole_and_loads_under_its_name(checkpoint):
    place = convert(checkpoint, store.models_folder() / "my-korean")

    assert store.missing(place) == []
    assert (place / "preprocessor_config.json").is_file()
    assert [model.name for model in store.installed()] == ["my-korean"]
    assert make("asr", "whisper:my-korean").folder == place
    engine = WhisperModel(str(place), device="cpu")
    assert engine.model.is_multilingual
    assert sorted(code for code, _ in engine.detect_language(tiny_whisper.tone(440))[2]) == ["de", "en", "ja", "ko"]


def test_one_of_english_only_stays_one(tmp_path):
    place = convert(tiny_whisper.write(tmp_path / "en", multilingual=False), tmp_path / "made")
    assert not WhisperModel(str(place), device="cpu").model.is_multilingual


def test_what_older_checkpoints_lack_is_made(copy, tmp_path):
    tokenizer = json.loads((copy / "tokenizer.json").read_text())
    (copy / "preprocessor_config.json").unlink()
    (copy / "generation_config.json").unlink()
    place = convert(copy, tmp_path / "made")
    assert json.loads((place / "preprocessor_config.json").read_text())["feature_size"] == 80
    assert json.loads((place / "config.json").read_text())["lang_ids"]
    assert json.loads((place / "tokenizer.json").read_text()) == tokenizer


def test_a_tokenizer_in_two_files_becomes_one(copy, tmp_path):
    tokens = WhisperTokenizer.from_pretrained(copy)
    made = json.loads((copy / "tokenizer.json").read_text())
    (copy / "vocab.json").write_text(json.dumps(made["model"]["vocab"]))
    (copy / "merges.txt").write_text("#version: 0.2\n" + "\n".join(" ".join(pair) for pair in made["model"]["merges"]))
    (copy / "added_tokens.json").write_text(json.dumps({t["content"]: t["id"] for t in made["added_tokens"]}))
    (copy / "tokenizer.json").unlink()

    place = convert(copy, tmp_path / "made")

    engine = WhisperModel(str(place), device="cpu")
    assert engine.hf_tokenizer.get_vocab() == tokens.get_vocab()


def test_a_processor_in_one_file_is_read(copy):
    (copy / "preprocessor_config.json").unlink()
    extractor = WhisperFeatureExtractor(feature_size=128)
    (copy / "processor_config.json").write_text(json.dumps({"feature_extractor": extractor.to_dict()}, default=str))
    assert read_extractor(copy).feature_size == 128


def test_what_lies_at_the_place_is_not_lost(checkpoint, tmp_path):
    (notes := tmp_path / "notes").mkdir()
    (notes / "diary.txt").write_text("dear diary")
    model = convert(checkpoint, tmp_path / "model", "int8")
    before = (model / "model.bin").read_bytes()

    with pytest.raises(ModelError, match="is there already and is no model"):
        convert(checkpoint, notes, replace=True)
    with pytest.raises(ModelError, match="replace it with --force"):
        convert(checkpoint, model, "float32")
    assert (model / "model.bin").read_bytes() == before
    convert(checkpoint, model, "float32", replace=True)

    assert (model / "model.bin").stat().st_size > len(before)
    assert {path.name for path in tmp_path.iterdir()} == {"notes", "model"}


def test_a_full_disk_leaves_nothing_half_done(checkpoint, tmp_path, monkeypatch):
    model = convert(checkpoint, tmp_path / "model")
    before = (model / "model.bin").read_bytes()

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(module.shutil, "copyfile", full)
    with pytest.raises(ModelError, match="cannot be written: the disk is full: free some space"):
        convert(checkpoint, model, "float16", replace=True)

    assert (model / "model.bin").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["model"]


def _short_weights(folder: Path) -> None:
    file = folder / "model.safetensors"
    file.write_bytes(file.read_bytes()[:1000])


def _smaller_model(folder: Path) -> None:
    model = WhisperForConditionalGeneration.from_pretrained(folder)
    model.resize_token_embeddings(300)
    model.save_pretrained(folder)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda folder: (folder / "tokenizer.json").write_text("{}"), "cannot be loaded"),
        (lambda folder: (folder / "tokenizer.json").write_text(_foreign()), "it is not of a Whisper"),
        (_short_weights, "cannot be loaded: .*get the checkpoint anew"),
        (_smaller_model, r"has 1773 tokens, the model 300: copy the one"),
    ],
)
def test_what_is_broken_is_told_in_a_line(copy, tmp_path, spoil, said):
    spoil(copy)
    with pytest.raises(ModelError, match=said) as told:
        convert(copy, tmp_path / "made")
    assert "\n" not in str(told.value)
    assert not (tmp_path / "made").exists()


def _foreign() -> str:
    from tokenizers import Tokenizer, models

    return Tokenizer(models.BPE(vocab={"a": 0}, merges=[])).to_str()


def test_an_unknown_precision_lists_the_known(checkpoint, tmp_path):
    with pytest.raises(ModelError, match="there are int8, float16, int8_float16, float32"):
        convert(checkpoint, tmp_path / "made", "int4")


def test_the_command_prints_where_it_is(cli, checkpoint, tmp_path):
    named = cli("models", "convert", checkpoint, "--out", "mine", "--precision", "float16")
    again = cli("models", "convert", checkpoint, "--out", "mine")
    there = cli("models", "convert", checkpoint, "--out", tmp_path / "there", "--json")

    assert (named.code, named.out) == (0, f"{store.models_folder() / 'mine'}\n")
    assert (again.code, again.out) == (1, "")
    assert "is there already" in again.err
    assert json.loads(there.out)["folder"] == str(tmp_path / "there")
    assert "mine" in cli("models", "list", "--json").out


def test_without_transformers_the_command_says_what_to_install(cli, checkpoint, tmp_path, monkeypatch):
    import sys

    monkeypatch.delitem(sys.modules, "bigvoice.transcription.convert")
    monkeypatch.setitem(sys.modules, "transformers", None)

    ran = cli("models", "convert", checkpoint, "--out", tmp_path / "made")

    assert ran.code == 1
    assert 'pip install "bigvoice[asr]"' in ran.err
    assert ran.err.count("\n") == 1
