"""Checkpoints: what a training goes on from, written whole or not at all."""

from __future__ import annotations

from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import torch

from bigvoice.errors import TrainingError


def save(path: Path, state: dict[str, Any]) -> None:
    """Write it beside its place and then put it there: whatever happens, the one before or this one is whole.

    Raises TrainingError where it cannot be written, a full disk, for instance.
    """
    partial = path.with_name(path.name + ".partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        torch.save(state, partial)
        partial.replace(path)
    except (OSError, RuntimeError) as error:  # torch's own writer says RuntimeError for a disk that is full
        partial.unlink(missing_ok=True)
        left = "the one before is whole" if path.exists() else "there was none before"
        raise TrainingError(
            f"the checkpoint {path} cannot be written ({' '.join(str(error).split())[:200]}); {left}:"
            " make room and give the same command again"
        ) from error


def load(path: Path) -> dict[str, Any]:
    """What `save` kept, on the processor; plain values and tensors only. Raises TrainingError."""
    try:
        kept = torch.load(path, map_location="cpu", weights_only=True)
    except (OSError, RuntimeError, EOFError, ValueError, KeyError, UnpicklingError) as error:
        said = " ".join(str(error).split())[:100]
        raise TrainingError(f"{path} is no checkpoint that can be read ({said}): delete it to begin anew") from error
    if not isinstance(kept, dict):
        raise TrainingError(f"{path} is no checkpoint: delete it to begin anew")
    return kept
