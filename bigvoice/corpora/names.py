"""Names: the files under a folder, found by what a list calls them.

They are kept in a temporary SQLite file and not in memory: a folder may hold millions.
"""

from __future__ import annotations

import os
import sqlite3
import unicodedata
from collections.abc import Iterator, Set
from pathlib import Path

from bigvoice.errors import CorpusError

SOUND = frozenset(
    {".wav", ".flac", ".mp3", ".opus", ".ogg", ".m4a", ".mp4", ".aac", ".wma", ".webm", ".aiff", ".aif", ".amr", ".pcm"}
)
"""Suffixes of recordings. Raw .pcm is taken as 16 kHz, 16 bit, mono (see `bigvoice.soundtrack`)."""
TEXT = frozenset({".txt"})


def folders(root: Path) -> Iterator[tuple[Path, list[str]]]:
    """Each folder from `root` down with its files' names, in order; hidden ones left out, links to folders followed.

    Raises CorpusError for a folder that may not be read.
    """
    seen: set[tuple[int, int]] = set()
    for place, below, files in os.walk(root, followlinks=True, onerror=_refuse):
        about = os.stat(place)  # noqa: PTH116
        known = (about.st_dev, about.st_ino) in seen  # a link that leads back up
        seen.add((about.st_dev, about.st_ino))
        below[:] = [] if known else sorted(name for name in below if not name.startswith("."))
        if not known:
            yield Path(place), sorted(name for name in files if not name.startswith("."))


def walk(root: Path, suffixes: Set[str]) -> Iterator[Path]:
    """All files with these suffixes (in small letters) from `root` down, in order."""
    for place, files in folders(root):
        for name in files:
            if suffix_of(name) in suffixes:
                yield place / name


def is_file(path: Path) -> bool:
    """Whether it is there; what cannot be a file's name, being too long, is not."""
    return os.path.isfile(path)  # noqa: PTH113  # Path.is_file raises for those


def suffix_of(name: str) -> str:
    """In small letters: ".wav" of "a/b.WAV"."""
    return os.path.splitext(name)[1].lower()  # noqa: PTH122


def _refuse(error: OSError) -> None:
    raise CorpusError(f"the folder {error.filename} cannot be read: {error.strerror}") from error


class Names:
    """Files with certain suffixes under a folder."""

    def __init__(self, root: Path, suffixes: Set[str]) -> None:
        self._root, self._suffixes = root, suffixes
        self._files = sqlite3.connect("", isolation_level=None)  # "": a file of SQLite's own, gone when closed
        self._files.execute("CREATE TABLE file (path TEXT PRIMARY KEY, stem TEXT, used INTEGER) WITHOUT ROWID")
        self._files.execute("BEGIN")
        self._files.executemany("INSERT INTO file VALUES (?, ?, 0)", self._rows())
        self._files.execute("CREATE INDEX stems ON file (stem)")

    def find(self, name: str, beside: Path | None = None) -> list[Path]:
        """The files that a list may mean by `name`: a file's name or stem, or a path that ends so.

        Where there are several, one that has the suffix, and one `beside`, in that folder, is meant rather than others.
        More than one that is left: nobody can tell which.
        """
        given = Path(_composed(name.replace("\\", "/")))
        wanted = given.with_suffix("") if suffix_of(given.name) in self._suffixes else given
        rows = self._files.execute("SELECT path FROM file WHERE stem = ?", (wanted.name,)).fetchall()
        parts = [part for part in wanted.parts if part not in ("/", ".")]
        paths = [path for (path,) in rows if list(Path(_composed(path)).with_suffix("").parts[-len(parts) :]) == parts]
        paths = [path for path in paths if _composed(Path(path).name) == given.name] or paths
        paths = [path for path in paths if (self._root / path).parent == beside] or paths
        return [self._root / path for path in sorted(paths)]

    def use(self, path: Path) -> None:
        """Remember that this one was asked for."""
        self._files.execute("UPDATE file SET used = 1 WHERE path = ?", (str(path.relative_to(self._root)),))

    def unused(self) -> Iterator[Path]:
        """The files that nobody asked for, in order."""
        for (path,) in self._files.execute("SELECT path FROM file WHERE used = 0 ORDER BY path"):
            yield self._root / path

    def close(self) -> None:
        """Let go of the temporary file."""
        self._files.close()

    def _rows(self) -> Iterator[tuple[str, str]]:
        for path in walk(self._root, self._suffixes):
            yield str(path.relative_to(self._root)), _composed(path.stem)


def _composed(name: str) -> str:
    """Macs take Hangul apart in the names of files, lists do not."""
    return unicodedata.normalize("NFC", name)


class Seen:
    """Which names came before, for telling duplicates."""

    def __init__(self) -> None:
        self._names = sqlite3.connect("", isolation_level=None)
        self._names.execute("CREATE TABLE seen (name TEXT PRIMARY KEY) WITHOUT ROWID")
        self._names.execute("BEGIN")

    def again(self, name: str) -> bool:
        """Whether it came before."""
        return self._names.execute("INSERT OR IGNORE INTO seen VALUES (?)", (name,)).rowcount == 0

    def close(self) -> None:
        """Let go of the temporary file."""
        self._names.close()
