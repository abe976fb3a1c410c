"""Protection: documents that a program of the office locked with a password, and that nothing else can read."""

from __future__ import annotations

from pathlib import Path

from bigvoice.errors import DocumentError

_COMPOUND = b"\xd0\xcf\x11\xe0"
"""How a compound file begins: what a protected .docx or .xlsx is, and what those of 1997 to 2003 are."""


def refuse_protected(path: Path, data: bytes, program: str, suffix: str) -> None:
    """Raises DocumentError for a document that is locked, or of an old format."""
    if data.startswith(_COMPOUND):
        advice = f"take the password off in {program}, or save it as {suffix}, and try again"
        raise DocumentError(f"{path} is protected with a password, or of an old format: {advice}")
