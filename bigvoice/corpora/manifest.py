"""Manifest: a list of recordings with what is said in them, how long they are and who speaks, as a CSV file.

    path,text,seconds,speaker
    clips/0001.flac,안녕하세요,1.84,nec

The first line names the columns, in any order; others may stand beside them. Paths are relative to the manifest's
folder, or absolute. Rows are read one after the other, so that a list may be longer than memory.
"""

from __future__ import annotations

import csv
import io
import math
import os
import re
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from bigvoice.errors import CorpusError

COLUMNS = ("path", "text", "seconds", "speaker")
_LINE_ENDS = re.compile(r"[\r\n]+")


@dataclass(frozen=True, slots=True)
class Entry:
    """One recording. speaker: "" where nobody knows."""

    path: Path
    text: str
    seconds: float
    speaker: str = ""

    def __post_init__(self) -> None:
        if not 0.0 <= self.seconds < math.inf:
            raise ValueError(f"a recording lasts 0 seconds or more, not {self.seconds}")


def read(path: Path) -> Iterator[Entry]:
    """The manifest's entries, one by one, their paths made whole. Raises CorpusError, naming file and line."""
    for _, entry in _placed(path):
        yield entry


class Index:
    """A manifest's rows by number, without keeping them: 8 bytes a row say where it begins in the file.

    Raises CorpusError as `read` does.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._at = array("q", (at for at, _ in _placed(path)))
        self._columns = _columns(path)

    def __len__(self) -> int:
        return len(self._at)

    def __getitem__(self, number: int) -> Entry:
        with self.path.open("rb") as stream:
            stream.seek(self._at[number])
            row = next(csv.DictReader(_Lines(stream), self._columns, strict=True))
        return _entry(row, self.path, number + 2)


def _placed(path: Path) -> Iterator[tuple[int, Entry]]:
    """Each entry and the byte at which its row begins."""
    columns = _columns(path)
    try:
        with path.open("rb") as stream:
            lines = _Lines(stream)
            rows = csv.DictReader(lines, columns, strict=True)
            next(rows)
            at = lines.read
            for row in rows:
                yield at, _entry(row, path, rows.line_num)
                at = lines.read
    except (csv.Error, UnicodeDecodeError) as error:
        raise CorpusError(f"{path} is no manifest: {error}; write it as CSV in UTF-8") from error


class _Lines:
    """Lines of text for `csv`, counting the bytes read."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream, self.read = stream, 0

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._stream.readline()
        if not line:
            raise StopIteration
        self.read += len(line)
        return line.decode("utf-8")


def _columns(path: Path) -> list[str]:
    try:
        with path.open("rb") as stream:
            first = stream.readline().decode("utf-8-sig")
        columns = next(csv.reader(io.StringIO(first)), [])
    except (csv.Error, UnicodeDecodeError) as error:
        raise CorpusError(f"{path} is no manifest: {error}; write it as CSV in UTF-8") from error
    except OSError as error:
        raise CorpusError(f"the manifest {path} cannot be read: {error.strerror}") from error
    if lacking := [name for name in COLUMNS[:3] if name not in columns]:
        lacks = f"its first line lacks {', '.join(lacking)}"
        raise CorpusError(f"{path} is no manifest: {lacks}; `bigvoice corpus` makes one from a folder")
    return columns


def write(path: Path, entries: Iterable[Entry]) -> int:
    """Write a manifest, whole or not at all; paths under its folder relative to it. Gives the number of entries.

    Line ends in texts become spaces.
    """
    partial, n = path.with_name(path.name + ".partial"), 0
    folder = path.parent.absolute()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with partial.open("w", encoding="utf-8", newline="") as stream:
            rows = csv.writer(stream, lineterminator="\n")
            rows.writerow(COLUMNS)
            for entry in entries:
                text, speaker = _LINE_ENDS.sub(" ", entry.text), _LINE_ENDS.sub(" ", entry.speaker)
                rows.writerow([_shown(entry.path, folder), text, round(entry.seconds, 3), speaker])
                n += 1
        partial.replace(path)
    except OSError as error:
        raise CorpusError(f"the manifest {path} cannot be written: {error.strerror}") from error
    finally:
        partial.unlink(missing_ok=True)
    return n


def _entry(row: dict[str, str | None], manifest: Path, line: int) -> Entry:
    try:
        path, text, seconds = (_filled(row[name]) for name in COLUMNS[:3])
        return Entry(manifest.parent / path, text, float(seconds), row.get("speaker") or "")
    except ValueError as error:
        raise CorpusError(f"{manifest}, line {line}: {error}; a line is {','.join(COLUMNS)}") from error


def _filled(value: str | None) -> str:
    if value is None:
        raise ValueError("a column is missing")
    return value


def _shown(path: Path, folder: Path) -> str:
    whole = Path(os.path.abspath(path))  # noqa: PTH100  # links are left as they are
    return whole.relative_to(folder).as_posix() if whole.is_relative_to(folder) else str(whole)
