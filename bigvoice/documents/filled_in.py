"""Filled in: documents that people write decisions and corrections into are never overwritten unasked.

A .docx carries a digest of its content, as bigvoice wrote it, in its property `identifier`: whatever saves it again
(Word, LibreOffice, a script) lays the content out anew, and the two no longer agree. Other formats have no place for
one; there only the time can tell.
"""

from __future__ import annotations

import hashlib
import re
import zipfile
from collections.abc import Iterable
from pathlib import Path

from bigvoice.errors import DocumentError

FILLED_IN = (".docx", ".md", ".txt")
"""What people write into; other documents are for programs, and are made again unasked."""
SLACK = 2.0
"""Seconds: file systems keep times as coarsely as that (FAT)."""
CHOICE = "choose another name with -o, or overwrite it with --force"

_PROPERTIES = "docProps/"
_STAMP = re.compile(rb"bigvoice:[0-9a-f]{64}")


def stamp(parts: Iterable[tuple[str, bytes]]) -> str:
    """What a .docx says of the content it was written with: its parts by name, but for its properties."""
    digest = hashlib.sha256()
    for name, content in sorted(parts):
        if not name.startswith(_PROPERTIES):
            digest.update(f"{name}\0{len(content)}\0".encode() + content)
    return f"bigvoice:{digest.hexdigest()}"


def refuse_filled_in(document: Path, *, since: Path | None = None) -> None:
    """Raises DocumentError for a document that is there and may hold a person's work.

    since: the minutes file that was written after the document; None where it is not known when that was.
    """
    if document.suffix.lower() not in FILLED_IN or not document.exists():
        return
    if is_stamped(document) if document.suffix.lower() == ".docx" else _is_older(document, since):
        return
    raise DocumentError(f"{document} may hold changes of yours and is left as it is: {CHOICE}")


def is_stamped(document: Path) -> bool:
    """It is as bigvoice wrote it. What cannot be read is not."""
    try:
        with zipfile.ZipFile(document) as package:
            said = _STAMP.search(package.read(_PROPERTIES + "core.xml"))
            names = [n for n in package.namelist() if not n.endswith(".rels") and n != "[Content_Types].xml"]
            return said is not None and said[0].decode() == stamp((name, package.read(name)) for name in names)
    except (OSError, KeyError, zipfile.BadZipFile):
        return False


def _is_older(document: Path, since: Path | None) -> bool:
    return bool(since and since.exists() and document.stat().st_mtime <= since.stat().st_mtime + SLACK)
