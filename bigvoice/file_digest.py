"""File digest: which file it is, whatever it is called; and which place, whatever lies there."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path


def sha256_of(file: Path) -> str:
    """The sha256 of a file's bytes, in hexadecimal digits; it is read piece by piece. Raises OSError."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def place_digest(path: Path) -> str:
    """A file name for what is kept about a path, in 32 hexadecimal digits: all ways to write the path have the same."""
    return hashlib.sha256(os.fsencode(path.resolve())).hexdigest()[:32]
