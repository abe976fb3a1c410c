"""The Hugging Face Hub, for models and checkpoints: an adapter, the only file that downloads."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import Any

from huggingface_hub import snapshot_download
from tqdm.std import tqdm

from bigvoice.errors import ModelError
from bigvoice.hub_cache import cache_folder
from bigvoice.progress import Hook, Progress, silent

_FILES = ["config.json", "preprocessor_config.json", "model.bin", "tokenizer.json", "vocabulary.*"]

_SMALL = ["*.json", "merges.txt"]
_WEIGHTS = (["model.safetensors", "model-*.safetensors"], ["pytorch_model.bin", "pytorch_model-*.bin"])

_DISK = {errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EPERM, errno.EROFS}


def download(repository: str, folder: Path, hook: Hook, endpoint: str | None = None) -> None:
    """The model's files into `folder`; goes on where an earlier try ended.

    Raises ModelError where the server does not give them, OSError where the disk does not take them.
    """
    _snapshot(
        repository,
        local_dir=folder,
        cache_dir=folder / ".cache",  # else it notes the download in the user's home as well
        allow_patterns=_FILES,
        endpoint=endpoint,
        tqdm_class=_bars(hook),
    )


def download_checkpoint(repository: str, hook: Hook = silent, *, endpoint: str | None = None) -> Path:
    """A checkpoint's files into the Hugging Face cache; gives their folder there.

    Weights are taken as safetensors where there are such, else as torch's own, once. Raises as `download`.
    """
    options = {"cache_dir": cache_folder(), "endpoint": endpoint, "tqdm_class": _bars(hook)}
    for weights in _WEIGHTS:
        folder = Path(_snapshot(repository, allow_patterns=[*_SMALL, *weights], **options))
        if any(file for pattern in weights for file in folder.glob(pattern)):
            break
    return folder


def _snapshot(repository: str, **options: Any) -> str:
    try:
        # these models are open: nobody's account is told
        return str(snapshot_download(repository, token=False, **options))
    # Which exceptions come depends on the hub's version (requests, httpx or its own): all mean the same to the reader.
    except Exception as error:
        if isinstance(error, OSError) and error.errno in _DISK:
            raise
        server = options["endpoint"] or "huggingface.co"
        raise ModelError(
            f"cannot fetch {repository} from {server}: {_reason(error)}; check the network"
            " and try again, or copy the model's folder from another machine and give that folder"
        ) from error


def _bars(hook: Hook) -> type[tqdm[Any]]:
    """A progress bar that is not drawn, but tells the hook (of several bars counting bytes: the one that is ahead)."""
    ahead = 0.0

    class Bar(tqdm):  # type: ignore[misc]
        def __init__(self, *args: Any, **options: Any) -> None:
            self.bytes = options.get("unit") == "B"
            options.pop("name", None)
            super().__init__(*args, **{**options, "disable": True})

        def update(self, n: float | None = 1) -> None:
            nonlocal ahead
            self.n += n or 0
            if self.bytes and self.total and self.n > ahead:
                ahead = self.n
                hook(Progress("fetch", min(ahead, self.total), self.total))

    return Bar


def _reason(error: BaseException) -> str:
    """The first line of what the error came of: the hub's own text only says that something went wrong."""
    while error.__cause__:
        error = error.__cause__
    return (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".:")
