"""Text files of corpora: UTF-8, and where that fails CP949, in which Korean Windows writes."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from bigvoice.corpora.ledger import Ledger
from bigvoice.errors import CorpusError

UTF8, UTF16, CP949 = "utf-8-sig", "utf-16", "cp949"
OLD = "read as CP949, for it is no UTF-8"
_BLOCK = 1 << 16


def encoding_of(path: Path) -> str:
    """UTF8, UTF16 or CP949; the file is read through once. Raises CorpusError where it is none of them."""
    try:
        likely = UTF16 if _begins(path) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) else UTF8
        for encoding in (likely, CP949):
            if _decodes(path, encoding):
                return encoding
    except OSError as error:
        raise CorpusError(f"the text file {path} cannot be read: {error.strerror}") from error
    raise CorpusError(f"{path} is neither UTF-8 nor CP949: save it as UTF-8")


@contextmanager
def opened(path: Path, ledger: Ledger) -> Iterator[TextIO]:
    """The file as text, its line ends as they are; CP949 is noted. Raises CorpusError."""
    encoding = encoding_of(path)
    if encoding == CP949:
        ledger.note(OLD, path)
    with path.open(encoding=encoding, newline="") as stream:
        yield stream


def lines(path: Path, ledger: Ledger) -> Iterator[tuple[int, str]]:
    """Each line that is not blank, with its number from 1, without its end. Raises CorpusError."""
    with opened(path, ledger) as stream:
        for number, line in enumerate(stream, 1):
            if text := line.strip():
                yield number, text


def text_of(path: Path, ledger: Ledger) -> str:
    """All of a small file. Raises CorpusError."""
    return " ".join(line for _, line in lines(path, ledger))


def _begins(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(2)


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    with path.open("rb") as stream:
        try:
            while block := stream.read(_BLOCK):
                decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True
