"""pyannote.audio, imported and made to load what it is given: an adapter.

Imported inside functions and not at the top: the library takes seconds, and where it is missing or broken the reader
shall be told in one line.

A checkpoint is a pickle, and a pickle can run code when it is loaded. So it is read first without being run: one that
names anything but what pyannote's own checkpoints hold is refused.
"""

from __future__ import annotations

import logging
import os
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

from bigvoice.errors import ModelError
from bigvoice.progress import Hook, Progress

INSTALL = 'pip install "bigvoice[pyannote]"'
TRUST = (
    "checkpoints are Python pickles, which can run code when they are loaded; one that names more than numbers and"
    " settings is refused, still take them only from people you trust"
)
HARMLESS = frozenset(
    f"{module}.{name}"
    for module, names in {
        "builtins": "dict int list",
        "collections": "defaultdict",
        "omegaconf.base": "ContainerMetadata Metadata",
        "omegaconf.listconfig": "ListConfig",
        "omegaconf.nodes": "AnyNode",
        "pyannote.audio.core.model": "Introspection",
        "pyannote.audio.core.task": "Problem Resolution Specifications",
        "pytorch_lightning.callbacks.early_stopping": "EarlyStopping",
        "pytorch_lightning.callbacks.model_checkpoint": "ModelCheckpoint",
        "typing": "Any",
    }.items()
    for name in names.split()
)
"""What pyannote's checkpoints name besides what torch takes for harmless; all of it only holds values. (Found in its
releases, and in what users report torch to refuse.)"""


def check_installed() -> None:
    """Raises ModelError where pyannote.audio is not installed; loads nothing."""
    try:
        missing = find_spec("pyannote.audio") is None
    except ModuleNotFoundError:  # not even another package of pyannote's is there
        missing = True
    if missing:
        raise ModelError(f"pyannote.audio is not installed: {INSTALL}")


def library() -> ModuleType:
    """The package pyannote.audio, with its telemetry off. Raises ModelError."""
    check_installed()
    os.environ["PYANNOTE_METRICS_ENABLED"] = "0"  # whatever the user's shell says: nothing leaves the machine unasked
    with quietly():
        try:
            _import_torchaudio()
            return import_module("pyannote.audio")
        except Exception as error:  # of its many dependencies each fails in its own way
            why = f"{type(error).__name__}: {one_line(error)}"
            raise ModelError(f"pyannote.audio does not load ({why}): install it anew, {INSTALL}") from error


def device() -> Any:
    """A GPU if torch sees one, else the processor: a torch.device."""
    torch = import_module("torch")
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def load_network(file: Path) -> Any:
    """The network in a checkpoint, ready to be used: a pyannote.audio.Model on `device()`. Raises ModelError."""
    audio = library()
    check_harmless(file)
    with quietly():
        try:
            return audio.Model.from_pretrained(file).eval().to(device())
        except Exception as error:  # from_pretrained lets through whatever its parts raise
            raise ModelError(
                f"{file} is no checkpoint that pyannote.audio can load: {one_line(error)}; get it anew"
            ) from error


def check_harmless(file: Path) -> None:
    """Raises ModelError for a checkpoint that is damaged, or that names what no checkpoint of pyannote's needs.

    The pickle's instructions are read and not followed; an instruction that torch does not know is refused, too.
    """
    look = import_module("torch.serialization").get_unsafe_globals_in_checkpoint
    try:
        named = set(look(file))
    except Exception as error:  # RuntimeError, ValueError, UnpicklingError, OSError: each for another kind of damage
        raise ModelError(f"{file} is damaged, or no checkpoint of pyannote: get it anew") from error
    if foreign := sorted(named - HARMLESS):
        raise ModelError(
            f"{file} was not loaded, as it would call {', '.join(foreign[:3])}, which no checkpoint of pyannote"
            " needs: get it anew from those who made it"
        )


@contextmanager
def quietly() -> Iterator[None]:
    """Without the warnings of the library's parts: on decoders it does not use here, and on versions of checkpoints."""
    logger = logging.getLogger("lightning.pytorch.utilities.migration")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)


def tell_trust(hook: Hook) -> None:
    """Says what a pickle is; the screen shows one text once, however often it is told."""
    hook(Progress("pyannote", 1, 1, TRUST))


def one_line(error: BaseException) -> str:
    """An error's text as far as it fits a message."""
    text = " ".join(str(error).split()) or type(error).__name__
    return text if len(text) <= 200 else f"{text[:200]}..."


def _import_torchaudio() -> None:
    """torchaudio, without its compiled part where that does not fit the torch there is.

    The usual wheel is compiled for CUDA, and beside a torch for the CPU (or for another CUDA) it does not load at all.
    pyannote uses what is written in Python only: the filter bank and resampling.
    """
    try:
        import_module("torchaudio")
    except (OSError, RuntimeError):
        for name in [name for name in sys.modules if name.partition(".")[0] == "torchaudio"]:
            del sys.modules[name]
        sys.modules["torchaudio._extension"] = _nothing_compiled()
        import_module("torchaudio")


def _nothing_compiled() -> ModuleType:
    """What torchaudio finds in place of its extension: the values it sets where it was built without one."""

    def refuse(function: Callable[..., Any]) -> Callable[..., Any]:
        def refused(*_: object, **__: object) -> None:
            raise RuntimeError(f"{function.__name__} needs the compiled part of torchaudio")

        return refused

    extension = ModuleType("torchaudio._extension")
    vars(extension).update(
        _IS_TORCHAUDIO_EXT_AVAILABLE=False, _IS_ALIGN_AVAILABLE=False, fail_if_no_align=refuse, _check_cuda_version=int
    )
    return extension
