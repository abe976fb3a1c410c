"""Document bytes: what lies on the disk, unless an office program locked it, so that nothing else can read it."""

from __future__ import annotations

from pathlib import Path

from bigvoice.errors import DocumentError

_COMPOUND = b"\xd0\xcf\x11\xe0"
"""How a compound file begins: what a protected .docx or .xlsx is, and what those of 1997 to 2003 are."""


def bytes_of(path: Path) -> bytes:
    """All of a file. Raises DocumentError for one that cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise DocumentError(f"{path} cannot be read: {error.strerror}") from error


def unprotected(path: Path, program: str, suffix: str) -> bytes:
    """All of a file; raises DocumentError also for one that is locked, or of a format older than the suffix."""
    data = bytes_of(path)
    if data.startswith(_COMPOUND):
        advice = f"take the password off in {program}, or save it as {suffix}, and try again"
        raise DocumentError(f"{path} is protected with a password, or of an old format: {advice}")
    return data
