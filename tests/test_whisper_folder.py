"""Checkpoints of Whisper, known by their files; downloads come from a server on this machine."""

from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from bigvoice.errors import ModelError
from bigvoice.transcription import hub, store
from bigvoice.transcription.whisper_folder import checked, completed, located, place_of
from tests.test_store import hub as server  # noqa: F401  # a fixture

FILES = {"config.json": '{"model_type": "whisper"}', "model.safetensors": "weights", "tokenizer.json": "{}"}


def put(folder: Path, *without: str, **changed: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in (FILES | changed).items():
        if name not in without:
            (folder / name).write_text(text)
    return folder


def cached(repository: str, *without: str) -> Path:
    home = Path(os.environ["HF_HOME"]) / "hub" / f"models--{repository.replace('/', '--')}"
    return put(home / "snapshots" / "abc", *without)


def test_a_folder_is_taken_as_it_is(tmp_path):
    assert located(str(put(tmp_path / "mine 내것"))) == tmp_path / "mine 내것"


def test_a_repository_is_found_in_the_cache_if_it_lies_there_whole():
    cached("openai/whisper-base", "model.safetensors")
    there = cached("openai/whisper-tiny")

    assert located("openai/whisper-tiny") == there
    with pytest.raises(ModelError, match="nor in the Hugging Face cache: with --download it is fetched"):
        located("openai/whisper-base")


def test_nothing_is_downloaded_unasked(monkeypatch):
    monkeypatch.setattr(hub, "download_checkpoint", None)  # would fail if it were called
    with pytest.raises(ModelError, match="with --download it is fetched"):
        located("openai/whisper-small")


def test_asked_for_it_is_fetched(monkeypatch, tmp_path):
    asked = []
    monkeypatch.setattr(hub, "download_checkpoint", lambda name: asked.append(name) or put(tmp_path / "fetched"))

    assert located("openai/whisper-small", download=True) == tmp_path / "fetched"
    assert asked == ["openai/whisper-small"]


@pytest.mark.parametrize("weights", ["model.safetensors", "pytorch_model.bin"])
def test_weights_are_fetched_in_one_form(server, weights, monkeypatch):  # noqa: F811
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", False)
    address, files = server
    files.clear()
    files |= {name: text.encode() for name, text in FILES.items() if name != "model.safetensors"}
    files |= {weights: b"weights", "pytorch_model.bin": b"weights", "model.fp32-1-of-2.safetensors": b"x", "a.md": b"x"}

    folder = hub.download_checkpoint("some/whisper", endpoint=address)

    assert {file.name for file in folder.iterdir()} == {"config.json", "tokenizer.json", weights}
    assert checked(folder) == folder


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda folder: (folder / "config.json").unlink(), "has no config.json"),
        (lambda folder: (folder / "config.json").write_text("{"), "config.json is damaged"),
        (lambda folder: (folder / "config.json").write_text('{"model_type": "bert"}'), "is not a Whisper but 'bert'"),
        (lambda folder: (folder / "config.json").write_text("[]"), "is not a Whisper but None"),
        (lambda folder: (folder / "tokenizer.json").unlink(), r"lacks tokenizer\.json: copy"),
        (lambda folder: (folder / "model.safetensors").unlink(), r"lacks its weights \(model\.safetensors\)"),
    ],
)
def test_what_is_no_whole_whisper_is_told(tmp_path, spoil, said):
    spoil(put(tmp_path))
    with pytest.raises(ModelError, match=said) as told:
        checked(tmp_path)
    assert "\n" not in str(told.value)


def test_a_converted_model_and_an_adapter_alone_are_told_apart(tmp_path):
    for name in ("model.bin", "config.json", "tokenizer.json", "vocabulary.json"):
        (tmp_path / name).write_text("{}")
    with pytest.raises(ModelError, match="is converted already: use it with --asr whisper:"):
        checked(tmp_path)
    (adapter := tmp_path / "adapter").mkdir()
    (adapter / "adapter_config.json").write_text("{}")
    with pytest.raises(ModelError, match="holds a LoRA adapter alone"):
        checked(adapter)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("small", "'small' is a converted model: give the checkpoint it was made of, openai/whisper-small"),
        ("turbo", "openai/whisper-large-v3-turbo"),
        ("distil-large-v3", "distil-whisper/distil-large-v3"),
        ("nowhere", "no folder nowhere"),
        ("./a/b", "no folder a/b"),
    ],
)
def test_a_name_that_means_nothing_says_what_to_give(name, said):
    with pytest.raises(ModelError, match=said):
        located(name)


def test_a_bare_name_is_a_model_of_the_users_own():
    assert place_of("my-korean") == store.models_folder() / "my-korean"
    assert place_of("./my-korean") == Path("my-korean")
    assert place_of("a/b") == Path("a/b")
    for name in ("small", ".hidden"):
        with pytest.raises(ModelError, match="choose another"):
            place_of(name)


def test_an_old_generation_config_learns_its_languages():
    names = ["ko", "haw", "transcribe", "translate", "startoflm", "notimestamps", "0.00"]
    vocabulary = {"": 0} | {f"<|{name}|>": i for i, name in enumerate(names, 1)}
    config = SimpleNamespace(forced_decoder_ids=[[1, 1], [2, 3]])

    assert completed(config, vocabulary)
    assert config.lang_to_id == {"<|ko|>": 1, "<|haw|>": 2}
    assert config.task_to_id == {"transcribe": 3, "translate": 4}
    assert config.no_timestamps_token_id == 6
    assert config.forced_decoder_ids is None


def test_one_that_knows_english_only_has_no_languages():
    config = SimpleNamespace(is_multilingual=False)
    assert not completed(config, {"": 0, "<|ko|>": 1, "<|notimestamps|>": 2})
    assert not hasattr(config, "lang_to_id")
