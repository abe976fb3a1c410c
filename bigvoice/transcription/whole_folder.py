"""Whole folder: made beside its place and renamed when it is done: a reader sees the old one, or the new one whole."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def made_whole(place: Path) -> Iterator[Path]:
    """An empty folder to fill, which then takes the place of what lies at `place`; on an error nothing is left of it.

    Raises OSError.
    """
    part, old = (place.with_name(f".{place.name}.{what}-{os.getpid()}") for what in ("part", "old"))
    try:
        part.mkdir(parents=True)
        yield part
        with suppress(FileNotFoundError):
            place.rename(old)
        part.rename(place)
    finally:
        for rest in (part, old):
            shutil.rmtree(rest, ignore_errors=True)
