"""Whisper folder: a checkpoint of Whisper as transformers keeps it, known by its files alone; nothing heavy is loaded.

It is what can be trained further, and what `bigvoice models convert` turns into a model of the fast engine. It is named
by its folder, or by its ID on the Hugging Face Hub ("openai/whisper-small") where it lies in the cache already.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from bigvoice.errors import ModelError
from bigvoice.hub_cache import snapshots
from bigvoice.transcription import store

WEIGHTS = ("model.safetensors", "model.safetensors.index.json", "pytorch_model.bin", "pytorch_model.bin.index.json")
TOKENIZER = ("tokenizer.json", "vocab.json")
INSTALL = 'pip install "bigvoice[asr]"'

_LANGUAGE = re.compile(r"<\|([a-z]{2,3})\|>")


def located(name: str, *, download: bool = False) -> Path:
    """The folder of a checkpoint: a folder, or the ID of a repository that lies in the cache.

    download: fetch a repository that is not in the cache; nothing else uses the network. Raises ModelError.
    """
    folder = Path(name).expanduser()
    if folder.is_dir():
        return checked(folder)
    if name in store.KNOWN:
        raise ModelError(f"{name!r} is a converted model: give the checkpoint it was made of, {_original(name)}")
    if name.count("/") != 1 or name[0] in "./~":
        raise ModelError(f"no folder {folder}: give that of a Whisper checkpoint, or an ID as openai/whisper-small")
    if kept := [place for place in snapshots(name) if not _lacking(place)]:
        return checked(kept[0])
    if not download:
        raise ModelError(f"{name} is neither a folder nor in the Hugging Face cache: with --download it is fetched")
    return checked(import_module("bigvoice.transcription.hub").download_checkpoint(name))


def checked(folder: Path) -> Path:
    """The folder, if it holds a whole checkpoint of Whisper. Raises ModelError, telling what else it is."""
    if not folder.is_dir():
        raise ModelError(f"no folder {folder}: give the folder of a Whisper checkpoint")
    if (folder / "model.bin").is_file() and not store.missing(folder):
        raise ModelError(f"{folder} is converted already: use it with --asr whisper:{folder}")
    if (folder / "adapter_config.json").is_file() and not (folder / "config.json").is_file():
        raise ModelError(f"{folder} holds a LoRA adapter alone: merge it into its Whisper first (merge_and_unload)")
    kind = _config(folder).get("model_type")
    if kind != "whisper":
        raise ModelError(f"{folder} is not a Whisper but {kind!r}: give a checkpoint of Whisper")
    if lacks := _lacking(folder):
        raise ModelError(f"{folder} lacks {' and '.join(lacks)}: copy them from the checkpoint it was made of")
    return folder


def place_of(name: str) -> Path:
    """Where a converted model goes: a bare name is a model of the user's own in the models folder, all else a path.

    Raises ModelError for the name of a model that can be fetched.
    """
    if name != Path(name).name:
        return Path(name).expanduser()
    if name in store.KNOWN or name.startswith("."):
        raise ModelError(f"{name!r} is a name that bigvoice knows already: choose another, or write ./{name}")
    return store.models_folder() / name


def completed(generation: Any, vocabulary: Mapping[str, int]) -> bool:
    """Write into a generation config what older checkpoints leave out; tells whether it knows several languages.

    vocabulary: token -> number. Without `lang_to_id` neither transformers nor the fast engine can tell languages apart;
    forced tokens, which older ones hold, would overrule the language asked for.
    """
    said = getattr(generation, "is_multilingual", None)
    worldly = "" in vocabulary if said is None else bool(said)  # the empty token is how CTranslate2 knows them
    generation.is_multilingual = worldly
    generation.forced_decoder_ids = None
    generation.no_timestamps_token_id = vocabulary.get("<|notimestamps|>")
    if worldly:
        generation.lang_to_id = {text: i for text, i in vocabulary.items() if _LANGUAGE.fullmatch(text)}
        generation.task_to_id = {task: vocabulary[f"<|{task}|>"] for task in ("transcribe", "translate")}
    return worldly


def _config(folder: Path) -> dict[str, Any]:
    file = folder / "config.json"
    try:
        config = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ModelError(f"{folder} has no config.json: give the folder of a Whisper checkpoint") from None
    except OSError as error:
        raise ModelError(f"{file} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise ModelError(f"{file} is damaged: get the checkpoint anew") from error
    return config if isinstance(config, dict) else {}


def _lacking(folder: Path) -> list[str]:
    """What of a whole checkpoint is not there, in words."""
    needed = {"config.json": ("config.json",), "its weights (model.safetensors)": WEIGHTS, "tokenizer.json": TOKENIZER}
    return [said for said, files in needed.items() if not any((folder / file).is_file() for file in files)]


def _original(name: str) -> str:
    """Where the weights come from that a known model of the fast engine was converted from."""
    if name.startswith("distil-"):
        return f"distil-whisper/{name}"
    return "openai/whisper-" + {"turbo": "large-v3-turbo"}.get(name, name)
