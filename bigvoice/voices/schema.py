"""The voice book as a file: one private SQLite database, opened with care; SQLite's errors told in our words.

Journal. SQLite's rollback journal, not WAL: the book stays one file that can be copied, mailed or put on a shared drive
(WAL does not work over a network, cannot be read in a read-only folder, and keeps what was deleted in a second file
until everybody has closed it). The journal is made with the book's own mode and is gone after each change. A process
killed in the middle leaves it behind, and whoever opens the book next rolls the change back.

Forgetting. `secure_delete` writes zeros over what is deleted; what SQLite may have left behind while moving cells
between pages goes with a VACUUM. It cannot be part of the deleting transaction, so that one notes it in `chore`, and a
book where it is still to do is vacuumed when it is opened next.

Versions. A book of an older version grows when it is opened; one that may not be changed is read as if it had grown. An
older bigvoice refuses a newer book, in which it would leave out what it does not know.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import chain
from pathlib import Path

from bigvoice.errors import VoiceBookError

APPLICATION_ID = int.from_bytes(b"bgvc")
"""In the file's header: tells a voice book from another program's database."""
PATIENCE = 10.0
"""Seconds to wait for another process to finish its change."""
SYNCHRONOUS = "FULL"
"""A change that was reported as made outlives a power cut."""

_FIRST = (
    "CREATE TABLE person (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, name TEXT NOT NULL, role TEXT,"
    " consent TEXT, added TEXT NOT NULL)",
    "CREATE TABLE clip (id INTEGER PRIMARY KEY, person INTEGER NOT NULL REFERENCES person ON DELETE CASCADE,"
    " source TEXT NOT NULL, sha256 TEXT NOT NULL UNIQUE, duration REAL NOT NULL, speech TEXT NOT NULL,"
    " added TEXT NOT NULL, pcm BLOB NOT NULL)",
    "CREATE INDEX clip_of_person ON clip (person)",
    "CREATE TABLE print (clip INTEGER NOT NULL REFERENCES clip ON DELETE CASCADE, encoder TEXT NOT NULL,"
    " n INTEGER NOT NULL, dim INTEGER NOT NULL, vectors BLOB NOT NULL, PRIMARY KEY (clip, encoder))",
    "CREATE TABLE chore (name TEXT PRIMARY KEY)",
)
_NEW_COLUMNS = (  # of clip: the sha256 of the meeting it was cut out of; how many checks there were before it came
    ("meeting", "TEXT NOT NULL DEFAULT ''"),
    ("checks", "INTEGER NOT NULL DEFAULT 0"),
)
_NEW_TABLES = (
    # Of a voice that is not the person's, prints only: nobody can listen to them, and no name stands there.
    "TABLE counter (id INTEGER PRIMARY KEY, person INTEGER NOT NULL REFERENCES person ON DELETE CASCADE,"
    " source TEXT NOT NULL, sha256 TEXT NOT NULL, seconds REAL NOT NULL, added TEXT NOT NULL, encoder TEXT NOT NULL,"
    " n INTEGER NOT NULL, dim INTEGER NOT NULL, vectors BLOB NOT NULL, UNIQUE (person, sha256, encoder))",
    # The last checks. Who sounded most alike is not in it: nobody's name stands anywhere but in `person`.
    "TABLE checked (run INTEGER NOT NULL, person INTEGER NOT NULL REFERENCES person ON DELETE CASCADE,"
    " encoder TEXT NOT NULL, day TEXT NOT NULL, clips INTEGER NOT NULL, speech REAL NOT NULL, n_right INTEGER NOT NULL,"
    " n_total INTEGER NOT NULL, similarity REAL NOT NULL, PRIMARY KEY (run, person))",
)
_SECOND = (
    *(f"ALTER TABLE clip ADD COLUMN {name} {kind}" for name, kind in _NEW_COLUMNS),
    *(f"CREATE {table}" for table in _NEW_TABLES),
)
_GROWTH = (_FIRST, _SECOND)
"""What makes a book of each version of one of the version before."""
VERSION = len(_GROWTH)


def connect(path: Path, *, create: bool) -> sqlite3.Connection:
    """An open voice book; `create` makes one, readable by its owner only, where there is no file.

    Raises VoiceBookError for a file that is absent, newer than this bigvoice, not a voice book, broken or locked.
    """
    with in_our_words(path):
        if create:
            _make_private(path)
        elif not path.exists():
            raise VoiceBookError(f"no voice book at {path}: enrol somebody with `bigvoice voices enroll NAME CLIP`")
        if not path.is_file():
            raise VoiceBookError(f"{path} is a folder, not a voice book: name a file in it")
        # mode=rw never makes a file, and falls back to reading where writing is not allowed.
        db = sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=PATIENCE, isolation_level=None)
        try:
            _prepare(db, path)
        except BaseException:
            db.close()
            raise
        return db


@contextmanager
def writing(db: sqlite3.Connection) -> Iterator[None]:
    """All of the changes inside, or none."""
    # IMMEDIATE waits for its turn here; a reader that becomes a writer later could only fail.
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


def erase(db: sqlite3.Connection) -> None:
    """Do the chore of vacuuming, where it is due."""
    if db.execute("SELECT 1 FROM chore WHERE name = 'vacuum'").fetchone():
        db.execute("VACUUM")
        with writing(db):
            db.execute("DELETE FROM chore WHERE name = 'vacuum'")


def ask_to_erase(db: sqlite3.Connection) -> None:
    """Note, inside a deleting transaction, that a vacuum is due."""
    db.execute("INSERT OR IGNORE INTO chore VALUES ('vacuum')")


@contextmanager
def in_our_words(path: Path) -> Iterator[None]:
    """Errors of SQLite and of the file system leave as a VoiceBookError that says what to do."""
    try:
        yield
    except sqlite3.Error as error:
        raise VoiceBookError(_told(error, path)) from error
    except ValueError as error:  # a row that no voice book has
        raise VoiceBookError(_TOLD["CORRUPT"].format(path=path)) from error
    except OSError as error:
        raise VoiceBookError(f"{path} cannot be used as a voice book: {error.strerror}; name another file") from error


_TOLD = {
    "BUSY": "the voice book {path} is in use by another program for {PATIENCE:.0f} s: close that one and try again",
    "NOTADB": "{path} is not a voice book: name the right one with --book (the file is left as it is)",
    "CORRUPT": "the voice book {path} is broken: take it back from a backup (the file is left as it is)",
    "READONLY": "the voice book {path} cannot be changed: the file or its folder is read-only",
    "CANTOPEN": "the voice book {path} cannot be opened: it may not be read, or its folder is read-only",
    "FULL": "the voice book {path} cannot grow: the disk is full; nothing was changed",
}


def _told(error: sqlite3.Error, path: Path) -> str:
    # Names such as SQLITE_READONLY_DIRECTORY: the second word is the primary code.
    code = getattr(error, "sqlite_errorname", None) or "SQLITE_UNKNOWN"
    known = _TOLD.get(code.split("_")[1])
    if known is None:
        return f"the voice book {path} cannot be used: {error} ({code})"
    return known.format(path=path, PATIENCE=PATIENCE)


def _make_private(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with contextlib.suppress(FileExistsError):
        # SQLite would make the file with the umask's mode; its journal takes the mode it finds here.
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def _prepare(db: sqlite3.Connection, path: Path) -> None:
    # journal_mode changes only a book that another program has switched to WAL.
    for setting in (
        "journal_mode = DELETE",
        "foreign_keys = ON",
        "secure_delete = ON",
        "temp_store = MEMORY",
        f"synchronous = {SYNCHRONOUS}",
    ):
        db.execute(f"PRAGMA {setting}")
    application, version = _pragma(db, "application_id"), _pragma(db, "user_version")
    if application == APPLICATION_ID and version > VERSION:
        raise VoiceBookError(
            f"the voice book {path} was made by a newer bigvoice: update with `pip install -U bigvoice`"
        )
    is_new = application == 0 and not _pragma(db, "schema_version")
    # Looked at once more: another program may just have made a book of an empty file.
    if not is_new and _pragma(db, "application_id") != APPLICATION_ID:
        raise VoiceBookError(f"{path} is a database of another program: name the voice book with --book")
    if version < VERSION:
        _grow(db, version)
    with contextlib.suppress(sqlite3.OperationalError):  # read-only or in use: it stays due
        erase(db)


def _grow(db: sqlite3.Connection, version: int) -> None:
    try:
        with writing(db):
            for statement in chain.from_iterable(_GROWTH[_pragma(db, "user_version") :]):
                db.execute(statement)
            db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            db.execute(f"PRAGMA user_version = {VERSION}")
    except sqlite3.OperationalError as error:
        if not version or not (error.sqlite_errorname or "").startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN")):
            raise
        _read_as_grown(db)


def _read_as_grown(db: sqlite3.Connection) -> None:
    """In memory, a book of version 1 gets what it lacks: `clip` then means the view."""
    columns = ", ".join(f"{'0' if kind.startswith('INTEGER') else repr('')} AS {name}" for name, kind in _NEW_COLUMNS)
    db.execute(f"CREATE TEMP VIEW clip AS SELECT *, {columns} FROM main.clip")
    for table in _NEW_TABLES:
        db.execute(f"CREATE TEMP {table}")
    db.execute("PRAGMA query_only = ON")  # every change is refused as in any book that may not be changed


def _pragma(db: sqlite3.Connection, name: str) -> int:
    with closing(db.execute(f"PRAGMA {name}")) as found:
        return int(found.fetchone()[0])
