"""File lock: one program at a time saves a file. The lock is a file of its own, in the folder for temporary files."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from bigvoice.errors import MinutesError
from bigvoice.file_digest import place_digest

PATIENCE = 10.0
"""Seconds to wait for another program that is just saving."""


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """No other program that asks is at this file meanwhile. Raises MinutesError where one is for PATIENCE seconds."""
    # Not the file itself, which saving replaces by another; and not beside it, where it would be left lying.
    lock = FileLock(Path(tempfile.gettempdir()) / f"bigvoice-{place_digest(path)}.lock", timeout=PATIENCE, mode=0o666)
    try:
        with lock:
            yield
    except Timeout as error:
        raise MinutesError(f"{path} is being saved by another program: try again when that is done") from error
