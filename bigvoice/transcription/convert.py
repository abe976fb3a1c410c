"""Convert: a checkpoint of Whisper -> a folder that the fast engine loads, by CTranslate2's own converter: an adapter.

The folder is made beside its place and renamed when it is whole. Its weights are stored in the precision asked for;
in which precision the engine computes is chosen when it loads them.
"""

from __future__ import annotations

import errno
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ctranslate2.converters.transformers import TransformersConverter

from bigvoice.errors import ModelError
from bigvoice.transcription import store
from bigvoice.transcription.whisper_folder import INSTALL, checked, completed
from bigvoice.transcription.whole_folder import made_whole

try:
    import torch  # noqa: F401  # the converter leaves it out in silence where it is not there
    from transformers import WhisperFeatureExtractor, WhisperForConditionalGeneration, WhisperTokenizer
    from transformers.utils import logging
except ImportError as error:
    raise ModelError(f"converting needs torch and transformers: {INSTALL}") from error

PRECISIONS = ("int8", "float16", "int8_float16", "float32")
"""Of the stored weights: 1, 2, 1 and 4 bytes each; what is not in matrices is float32, with int8_float16 float16."""

_SPECIAL = tuple(
    f"<|{name}|>" for name in ("startoftranscript", "endoftext", "transcribe", "translate", "notimestamps")
)
_FULL = (errno.ENOSPC, errno.EDQUOT)


def convert(folder: Path, place: Path, precision: str = "int8", *, replace: bool = False) -> Path:
    """Convert the checkpoint in `folder`; gives `place`, which `--asr whisper:PLACE` takes at once.

    replace: a model that lies at `place` makes way. Raises ModelError for what is no whole Whisper, a place that is
    taken, an unknown precision and a disk that does not take it; then nothing is left over.
    """
    check_precision(precision)
    _check_free(place, replace=replace)
    converter = _Converter(checked(folder))
    try:
        with made_whole(place) as part:
            converter.convert(str(part), quantization=precision, force=True)
            converter.add_files(part)
    except OSError as error:
        reason = "the disk is full: free some space" if error.errno in _FULL else error.strerror or error
        raise ModelError(f"the model {place} cannot be written: {reason}") from error
    return place


def check_precision(precision: str) -> None:
    """Raises ModelError for one that is unknown."""
    if precision not in PRECISIONS:
        raise ModelError(f"no precision {precision!r}: there are {', '.join(PRECISIONS)}")


class _Converter(TransformersConverter):  # type: ignore[misc]
    """CTranslate2's, made to ask no network, and to know the languages of checkpoints that do not list them."""

    def __init__(self, folder: Path) -> None:
        super().__init__(str(folder))
        self.folder = folder
        self._tokenizer = read_tokenizer(folder)

    def _load(self) -> Any:
        with in_our_words(self.folder):
            return super()._load()

    def load_model(self, _: Any, model_name_or_path: str, **options: Any) -> Any:
        return read_model(Path(model_name_or_path), self._tokenizer, **options)

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


def read_model(folder: Path, tokenizer: WhisperTokenizer, **options: Any) -> Any:
    """The network of a checkpoint, its generation config `completed`. Raises ModelError."""
    with in_our_words(folder):
        model = WhisperForConditionalGeneration.from_pretrained(folder, local_files_only=True, **options)
    tokens = tokenizer.get_vocab()
    if len(tokens) > model.config.vocab_size:
        raise ModelError(
            f"the tokenizer in {folder} has {len(tokens)} tokens, the model {model.config.vocab_size}:"
            " copy the one of the checkpoint it was made of"
        )
    completed(model.generation_config, tokens)
    return model


def read_tokenizer(folder: Path) -> WhisperTokenizer:
    """The tokenizer of a checkpoint, which knows Whisper's special tokens. Raises ModelError."""
    with in_our_words(folder):
        tokenizer: WhisperTokenizer = WhisperTokenizer.from_pretrained(folder, local_files_only=True)
    known = tokenizer.get_vocab()
    if lacks := [text for text in _SPECIAL if text not in known]:
        raise ModelError(f"the tokenizer in {folder} lacks {', '.join(lacks)}: it is not of a Whisper")
    return tokenizer


def read_extractor(folder: Path) -> WhisperFeatureExtractor:
    """How a checkpoint hears sound; where it does not say, as its config's number of mel bands has it."""
    if any((folder / name).is_file() for name in ("preprocessor_config.json", "processor_config.json")):
        return WhisperFeatureExtractor.from_pretrained(folder, local_files_only=True)
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    return WhisperFeatureExtractor(feature_size=config.get("num_mel_bins", 80))  # type: ignore[no-untyped-call]


@contextmanager
def in_our_words(folder: Path) -> Iterator[None]:
    """Quietly; what transformers raises of a checkpoint comes as ModelError."""
    try:
        with quietly():
            yield
    except (ModelError, MemoryError):
        raise
    # transformers, tokenizers, safetensors and torch each have their own errors for a file that is damaged
    except Exception as error:
        raise ModelError(f"{folder} cannot be loaded: {one_line(error)}; get the checkpoint anew") from error


@contextmanager
def quietly() -> Iterator[None]:
    """Without the warnings and bars of transformers."""
    level = logging.get_verbosity()
    logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        yield
    finally:
        logging.set_verbosity(level)
        logging.enable_progress_bar()  # type: ignore[no-untyped-call]


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
