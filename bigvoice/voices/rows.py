"""Rows: values to and from the tables of a voice book.

Functions on an open database, inside whatever transaction it is in; errors are left to the caller.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass, replace
from datetime import date
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bigvoice.parts import Embeddings
from bigvoice.span import Span, total
from bigvoice.voices.clip import Clip
from bigvoice.voices.figures import Check, Figures
from bigvoice.voices.person import CounterExample, Enrolled, KeptClip, key, written


class DamagedClipError(ValueError):
    """The clip of that file name is not what was kept: something damaged the file."""


@dataclass(frozen=True, eq=False)
class Heard:
    """A clip's prints by one encoder; None where it has not heard the clip yet, or what is kept are no prints."""

    name: str
    role: str | None
    clip: int
    source: str
    vectors: Embeddings | None


def find(db: sqlite3.Connection, name: str) -> int | None:
    """The id of the person of that name."""
    found = db.execute("SELECT id FROM person WHERE key = ?", (key(name),)).fetchone()
    return found[0] if found else None


def owner(db: sqlite3.Connection, sha256: str) -> str | None:
    """Whose clip it is."""
    query = "SELECT name FROM person JOIN clip ON clip.person = person.id WHERE sha256 = ?"
    found = db.execute(query, (sha256,)).fetchone()
    return found[0] if found else None


def everybody(db: sqlite3.Connection) -> tuple[Enrolled, ...]:
    """All people, by name; one query for them and their clips, so that it is one moment's truth."""
    people: dict[str, Enrolled] = {}
    clips: dict[str, list[KeptClip]] = {}
    query = (
        "SELECT name, role, consent, person.added, source, sha256, duration, speech, clip.added, meeting, checks"
        " FROM person LEFT JOIN clip ON clip.person = person.id ORDER BY key, clip.id"
    )
    for name, role, consent, added, *clip in db.execute(query):
        people[name] = Enrolled(name, role, _day(consent), date.fromisoformat(added), ())
        if clip[0] is not None:
            clips.setdefault(name, []).append(_kept(*clip))
    counter = _counter_examples(db)
    return tuple(
        replace(person, clips=tuple(clips.get(name, ())), counter_examples=tuple(counter.get(name, ())))
        for name, person in people.items()
    )


def clips(db: sqlite3.Connection, person: int) -> tuple[Clip, ...]:
    """A person's clips with sound and prints, in the order in which they came. Raises DamagedClipError."""
    rows = db.execute("SELECT id, source FROM clip WHERE person = ? ORDER BY id", (person,)).fetchall()
    found = [(number, sound(db, number, source)) for number, source in rows]
    return tuple(replace(clip, prints=_prints(db, number)) for number, clip in found if clip is not None)


def heard(db: sqlite3.Connection, encoder: str, dim: int) -> list[Heard]:
    """Every clip, by name, with its prints by an encoder."""
    query = (
        "SELECT name, role, clip.id, source, n, dim, vectors FROM person JOIN clip ON clip.person = person.id"
        " LEFT JOIN print ON print.clip = clip.id AND encoder = ? AND dim = ? ORDER BY key, clip.id"
    )
    return [
        Heard(name, role, clip, source, _matrix(n, width, vectors) if vectors else None)
        for name, role, clip, source, n, width, vectors in db.execute(query, (encoder, dim))
    ]


def sound(db: sqlite3.Connection, clip: int, source: str) -> Clip | None:
    """One clip without its prints; None where it is gone by now. Raises DamagedClipError, with its source."""
    try:
        row = db.execute("SELECT pcm, speech, added, sha256, meeting FROM clip WHERE id = ?", (clip,)).fetchone()
        found = Clip(source, _pcm(row[0]), _spans(row[1]), date.fromisoformat(row[2]), {}, row[4]) if row else None
    except sqlite3.DatabaseError as error:
        if not (error.sqlite_errorname or "").startswith("SQLITE_CORRUPT"):
            raise
        raise DamagedClipError(source) from error
    except (ValueError, TypeError) as error:
        raise DamagedClipError(source) from error
    if found and found.sha256 != row[3]:
        raise DamagedClipError(source)
    return found


def put_person(db: sqlite3.Connection, name: str, role: str | None, consent: date | None, added: date) -> int:
    """Make a person, or lay a role and a consent that are given over what is on record; the id."""
    db.execute(
        "INSERT INTO person (key, name, role, consent, added) VALUES (?, ?, ?, ?, ?) ON CONFLICT (key) DO UPDATE"
        " SET role = coalesce(excluded.role, role), consent = coalesce(excluded.consent, consent)",
        (key(name), written(name), role, consent.isoformat() if consent else None, added.isoformat()),
    )
    return int(db.execute("SELECT id FROM person WHERE key = ?", (key(name),)).fetchone()[0])


def set_name(db: sqlite3.Connection, person: int, name: str) -> None:
    """Give a person another name."""
    db.execute("UPDATE person SET name = ?, key = ? WHERE id = ?", (written(name), key(name), person))


def drop(db: sqlite3.Connection, person: int, sha256: str | None = None) -> None:
    """Remove a person with all that is theirs; or only the clip, or the counter-example, with that sha256."""
    if sha256 is None:
        db.execute("DELETE FROM person WHERE id = ?", (person,))
    else:
        db.execute("DELETE FROM clip WHERE person = ? AND sha256 = ?", (person, sha256))
        db.execute("DELETE FROM counter WHERE person = ? AND sha256 = ?", (person, sha256))


def put_clip(db: sqlite3.Connection, person: int, clip: Clip) -> None:
    """Keep a clip with its prints."""
    speech = json.dumps([[span.start, span.end] for span in clip.speech])
    values = (person, clip.source, clip.sha256, clip.duration, speech, clip.added.isoformat(), clip.meeting)
    row = db.execute(
        "INSERT INTO clip (person, source, sha256, duration, speech, added, meeting, pcm, checks)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, (SELECT coalesce(max(run), 0) FROM checked))",
        (*values, clip.pcm.astype("<i2").tobytes()),
    ).lastrowid
    for encoder, vectors in clip.prints.items():
        put_prints(db, int(row or 0), clip.sha256, encoder, vectors)


def put_prints(db: sqlite3.Connection, clip: int, sha256: str, encoder: str, vectors: Embeddings) -> None:
    """Keep prints of a clip, if it is still there: its id may have passed to another one while they were made."""
    db.execute(
        "INSERT OR REPLACE INTO print SELECT id, ?, ?, ?, ? FROM clip WHERE id = ? AND sha256 = ?",
        (encoder, *vectors.shape, vectors.astype("<f4").tobytes(), clip, sha256),
    )


def counter_prints(db: sqlite3.Connection, encoder: str, dim: int) -> dict[str, Embeddings]:
    """By name, the prints by an encoder of what is not theirs, in the order in which it came."""
    query = (
        "SELECT name, n, dim, vectors FROM person JOIN counter ON counter.person = person.id"
        " WHERE encoder = ? AND dim = ? ORDER BY key, counter.id"
    )
    found: dict[str, list[Embeddings]] = {}
    for name, n, width, vectors in db.execute(query, (encoder, dim)):
        if (prints := _matrix(n, width, vectors)) is not None:
            found.setdefault(name, []).append(prints)
    return {name: np.concatenate(prints) for name, prints in found.items()}


def put_counter_example(db: sqlite3.Connection, person: int, example: CounterExample, prints: Embeddings) -> None:
    """Keep prints of what is not a person's voice; those that an encoder made of the same sound are replaced."""
    values = (example.source, example.sha256, example.seconds, example.added.isoformat(), example.encoder)
    db.execute(
        "INSERT OR REPLACE INTO counter (person, source, sha256, seconds, added, encoder, n, dim, vectors)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (person, *values, *prints.shape, prints.astype("<f4").tobytes()),
    )


def _counter_examples(db: sqlite3.Connection) -> dict[str, list[CounterExample]]:
    query = (
        "SELECT name, source, sha256, seconds, counter.added, encoder FROM person"
        " JOIN counter ON counter.person = person.id ORDER BY key, counter.id"
    )
    found: dict[str, list[CounterExample]] = {}
    for name, source, sha256, seconds, added, encoder in db.execute(query):
        example = CounterExample(source, sha256, seconds, date.fromisoformat(added), encoder)
        found.setdefault(name, []).append(example)
    return found


def checks(db: sqlite3.Connection, encoder: str) -> list[Check]:
    """The checks that are kept, the last one first."""
    query = (
        "SELECT run, day, name, clips, speech, n_right, n_total, similarity FROM checked"
        " JOIN person ON person.id = checked.person WHERE encoder = ? ORDER BY run DESC, key"
    )
    found: list[Check] = []
    for (run, day), group in groupby(db.execute(query, (encoder,)), key=lambda row: row[:2]):
        found.append(Check(run, date.fromisoformat(day), {row[2]: Figures(*row[3:]) for row in group}))
    return found


def put_check(db: sqlite3.Connection, encoder: str, day: date, figures: Mapping[str, Figures]) -> None:
    """Keep the figures of a check, by name, and of the earlier ones only the last."""
    query = "SELECT max(coalesce((SELECT max(run) FROM checked), 0), coalesce((SELECT max(checks) FROM clip), 0))"
    run = 1 + int(db.execute(query).fetchone()[0])
    before = max((check.number for check in checks(db, encoder)), default=0)
    db.execute("DELETE FROM checked WHERE encoder = ? AND run < ?", (encoder, before))
    for name, found in figures.items():
        db.execute(
            "INSERT INTO checked SELECT ?, id, ?, ?, ?, ?, ?, ?, ? FROM person WHERE key = ?",
            (run, encoder, day.isoformat(), *astuple(found), key(name)),
        )


def _prints(db: sqlite3.Connection, clip: int) -> dict[str, Embeddings]:
    rows = db.execute("SELECT encoder, n, dim, vectors FROM print WHERE clip = ?", (clip,))
    found = {encoder: _matrix(n, dim, vectors) for encoder, n, dim, vectors in rows}
    return {encoder: vectors for encoder, vectors in found.items() if vectors is not None}


def _kept(source: str, sha256: str, duration: float, speech: str, added: str, meeting: str, checks: int) -> KeptClip:
    return KeptClip(source, sha256, duration, total(_spans(speech)), date.fromisoformat(added), meeting, checks)


def _spans(text: str) -> tuple[Span, ...]:
    pairs: Iterable[tuple[float, float]] = json.loads(text)
    return tuple(Span(start, end) for start, end in pairs)


def _pcm(blob: bytes) -> NDArray[np.int16]:
    return np.frombuffer(blob, "<i2").astype(np.int16)


def _matrix(n: int, dim: int, blob: bytes) -> NDArray[Any] | None:
    """(n, dim) finite numbers; None for what holds none, of which new ones can be made."""
    if len(blob) != n * dim * 4:
        return None
    vectors = np.frombuffer(blob, "<f4").astype(np.float32).reshape(n, dim)
    return vectors if np.isfinite(vectors).all() else None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
