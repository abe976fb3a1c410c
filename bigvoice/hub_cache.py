"""The Hugging Face cache: what lies there already. Looked at by paths alone, so that nothing is imported or asked."""

from __future__ import annotations

import os
from pathlib import Path


def cache_folder() -> Path:
    """Where it lies, by the same rules as huggingface_hub's."""
    home = os.environ.get("HF_HOME") or Path(os.environ.get("XDG_CACHE_HOME", "~/.cache")) / "huggingface"
    return Path(os.environ.get("HF_HUB_CACHE") or Path(home) / "hub").expanduser()


def snapshots(repository: str) -> list[Path]:
    """Folders of a repository's kept versions, the one that its branch "main" stands at first; [] where there is none.

    A version may lack files: the cache holds what somebody asked for.
    """
    folder = cache_folder() / f"models--{repository.replace('/', '--')}"
    main = folder / "refs" / "main"
    newest = [folder / "snapshots" / main.read_text().strip()] if main.is_file() else []
    kept = dict.fromkeys([*newest, *sorted((folder / "snapshots").glob("*"))])
    return [place for place in kept if place.is_dir()]
