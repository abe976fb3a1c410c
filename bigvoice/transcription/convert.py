"""Convert: a checkpoint of Whisper -> a folder that the fast engine loads, by CTranslate2's own converter: an adapter.

The folder is made beside its place and renamed when it is whole. Its weights are stored in the precision asked for;
in which precision the engine computes is chosen when it loads them.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Any

from ctranslate2.converters.transformers import TransformersConverter

from bigvoice.errors import ModelError
from bigvoice.transcription import store
from bigvoice.transcription.whisper_folder import INSTALL, checked, completed

try:
    import torch
    from transformers import WhisperFeatureExtractor, WhisperTokenizer
    from transformers.utils import logging
except ImportError as error:
    raise ModelError(f"converting needs torch and transformers: {INSTALL}") from error

PRECISIONS = ("int8", "float16", "int8_float16", "float32")
"""Of the stored weights: 1, 2, 1 and 4 bytes each; what is not in matrices is float32, with int8_float16 float16."""

_FULL = (errno.ENOSPC, errno.EDQUOT)


def place_of(name: str) -> Path:
    """Where a converted model goes: a bare name is a model of the user's own in the models folder, all else a path.

    Raises ModelError for the name of a model that can be fetched.
    """
    path = Path(name).expanduser()
    if path.is_absolute() or len(path.parts) != 1:
        return path
    if name in store.KNOWN or name.startswith("."):
        raise ModelError(f"{name!r} is a name that bigvoice knows already: choose another, or write ./{name}")
    return store.models_folder() / name


def convert(folder: Path, place: Path, precision: str = "int8", *, replace: bool = False) -> Path:
    """Convert the checkpoint in `folder`; gives `place`, which `--asr whisper:PLACE` takes at once.

    replace: a model that lies at `place` makes way. Raises ModelError for what is no whole Whisper, a place that is
    taken, an unknown precision and a disk that does not take it; then nothing is left over.
    """
    if precision not in PRECISIONS:
        raise ModelError(f"no precision {precision!r}: there are {', '.join(PRECISIONS)}")
    _check_free(place, replace=replace)
    converter = _Converter(checked(folder))
    part = place.with_name(f".{place.name}.part-{os.getpid()}")
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        converter.convert(str(part), quantization=precision, force=True)
        converter.add_files(part)
        _settle(part, place)
    except OSError as error:
        reason = "the disk is full: free some space" if error.errno in _FULL else error.strerror or error
        raise ModelError(f"the model {place} cannot be written: {reason}") from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return place


class _Converter(TransformersConverter):  # type: ignore[misc]
    """CTranslate2's, made to ask no network, and to know the languages of checkpoints that do not list them."""

    def __init__(self, folder: Path) -> None:
        super().__init__(str(folder))
        self.folder = folder
        self._tokenizer = read_tokenizer(folder)

    def _load(self) -> Any:
        level = logging.get_verbosity()
        logging.set_verbosity_error()
        logging.disable_progress_bar()
        try:
            return super()._load()
        # transformers, safetensors and torch each have their own errors for a file that is damaged
        except Exception as error:
            if isinstance(error, ModelError | MemoryError):
                raise
            raise ModelError(f"{self.folder} cannot be loaded: {one_line(error)}; get the checkpoint anew") from error
        finally:
            logging.set_verbosity(level)
            logging.enable_progress_bar()

    def load_model(self, model_class: Any, model_name_or_path: str, **options: Any) -> Any:
        model = model_class.from_pretrained(model_name_or_path, local_files_only=True, **options)
        tokens = self._tokenizer.get_vocab()
        if len(tokens) > model.config.vocab_size:
            raise ModelError(
                f"the tokenizer in {self.folder} has {len(tokens)} tokens, the model {model.config.vocab_size}:"
                " copy the one of the checkpoint it was made of"
            )
        completed(model.generation_config, tokens)
        return model

    def load_tokenizer(self, *_: Any, **__: Any) -> Any:
        return self._tokenizer

    def add_files(self, part: Path) -> None:
        """What faster-whisper reads beside the weights: the tokenizer, and how the sound becomes features."""
        if (file := self.folder / "tokenizer.json").is_file():
            shutil.copyfile(file, part / file.name)
        else:
            self._tokenizer.backend_tokenizer.save(str(part / file.name))
        extractor = read_extractor(self.folder)
        (part / "preprocessor_config.json").write_text(extractor.to_json_string(), encoding="utf-8")


def read_tokenizer(folder: Path) -> WhisperTokenizer:
    """The tokenizer of a checkpoint, which knows Whisper's special tokens. Raises ModelError."""
    try:
        tokenizer = WhisperTokenizer.from_pretrained(folder, local_files_only=True)
    except Exception as error:  # tokenizers raises a bare Exception for a file it cannot read
        raise ModelError(f"the tokenizer in {folder} is damaged: {one_line(error)}; get it anew") from error
    known = tokenizer.get_vocab()
    if lacks := [text for text in _SPECIAL if text not in known]:
        raise ModelError(f"the tokenizer in {folder} lacks {', '.join(lacks)}: it is not of a Whisper")
    return tokenizer


_SPECIAL = tuple(f"<|{name}|>" for name in ("startoftranscript", "endoftext", "transcribe", "translate", "notimestamps"))


def read_extractor(folder: Path) -> WhisperFeatureExtractor:
    """How a checkpoint hears sound; where it does not say, as its config's number of mel bands has it."""
    if any((folder / name).is_file() for name in ("preprocessor_config.json", "processor_config.json")):
        return WhisperFeatureExtractor.from_pretrained(folder, local_files_only=True)
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    return WhisperFeatureExtractor(feature_size=config.get("num_mel_bins", 80))


def one_line(error: BaseException) -> str:
    """What an error says, on one line."""
    return " ".join(str(error).split()) or type(error).__name__


def _check_free(place: Path, *, replace: bool) -> None:
    """Raises ModelError where something lies at the place that may not make way."""
    if not place.exists() and not place.is_symlink():
        return
    if not place.is_dir() or (any(place.iterdir()) and store.missing(place)):
        raise ModelError(f"{place} is there already and is no model: choose another place")
    if any(place.iterdir()) and not replace:
        raise ModelError(f"{place} is there already: choose another name, or replace it with --force")


def _settle(part: Path, place: Path) -> None:
    """Rename the whole model to its place; one that lies there is removed after that."""
    old = place.with_name(f".{place.name}.old-{os.getpid()}")
    with suppress(FileNotFoundError):
        place.rename(old)
    part.rename(place)
    shutil.rmtree(old, ignore_errors=True)
