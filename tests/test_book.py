import os
import signal
import sqlite3
import stat
import subprocess
import sys
import tempfile
import threading
import time
import unicodedata
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bigvoice.errors import EnrolmentError, VoiceBookError
from bigvoice.progress import Progress
from bigvoice.span import Span
from bigvoice.voices import schema
from bigvoice.voices.book import VoiceBook, default_path
from bigvoice.voices.clip import Clip, to_pcm, windows
from bigvoice.voices.person import CounterExample, key, written
from tests.fakes import HIGH, LOW, PitchEncoder, sound

AGREED = date(2026, 3, 2)


def clip(seed: int, *, source: str = "clip.wav", seconds: float = 2.0) -> Clip:
    """Noise, so that no two clips share a byte by chance, with prints of an encoder called "noise-1"."""
    rng = np.random.default_rng(seed)
    pcm = rng.integers(-9000, 9000, round(seconds * 16_000)).astype(np.int16)
    prints = rng.standard_normal((3, 8)).astype(np.float32)
    return Clip(source, pcm, (Span(seconds / 8, seconds),), AGREED, {"noise-1": prints})


def tone(pitch: float, *, source: str = "tone.wav") -> Clip:
    return Clip(source, to_pcm(sound([(0, 3, pitch)], 3)), (Span(0, 3),), AGREED)


@pytest.fixture
def book(tmp_path) -> Iterator[VoiceBook]:
    with VoiceBook.open(tmp_path / "team.voices") as opened:
        yield opened


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(schema, "PATIENCE", 0.1)


def names(book: VoiceBook) -> list[str]:
    return [person.name for person in book.list()]


def all_bytes(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file())


# --- what is kept ---


def test_a_change_has_reached_the_disk_when_it_is_reported(tmp_path, monkeypatch, durable):
    monkeypatch.setattr(schema, "SYNCHRONOUS", durable)

    with VoiceBook.open(tmp_path / "team.voices") as book:
        book.add("Mina Park", [clip(1)])

        assert book._db.execute("PRAGMA synchronous").fetchone() == (2,)  # FULL
        assert names(book) == ["Mina Park"]


def test_a_clip_comes_back_to_the_bit(book):
    kept = clip(1, source="회의 첫머리.wav")

    book.add("Mina Park", [kept], role="chair", consent=AGREED)

    (back,) = book.clips("Mina Park")
    assert (back.source, back.speech, back.added, back.sha256) == (kept.source, kept.speech, kept.added, kept.sha256)
    np.testing.assert_array_equal(back.pcm, kept.pcm)
    np.testing.assert_array_equal(back.prints["noise-1"], kept.prints["noise-1"])
    mina = book.show("Mina Park")
    assert (mina.name, mina.role, mina.consent, mina.speech_seconds) == ("Mina Park", "chair", AGREED, 1.75)


def test_what_is_kept_is_there_when_the_book_is_opened_again(tmp_path):
    with VoiceBook.open(tmp_path / "a.voices") as book:
        book.add("Mina", [clip(1)])

    with VoiceBook.open(tmp_path / "a.voices", create=False) as book:
        assert names(book) == ["Mina"]


def test_somebody_enrolled_again_gets_the_clips_in_addition(book):
    book.add("Mina", [clip(1, source="a.wav")], role="member")
    book.add("MINA", [clip(2, source="b.wav")], consent=AGREED)

    (mina,) = book.list()
    assert [kept.source for kept in mina.clips] == ["a.wav", "b.wav"]
    assert (mina.name, mina.role, mina.consent) == ("Mina", "member", AGREED)


def test_without_clips_a_role_and_a_consent_can_be_put_on_record(book):
    book.add("Mina", [clip(1)], role="member")

    book.add("Mina", role="chair", consent=AGREED)

    mina = book.show("Mina")
    assert (mina.role, mina.consent, len(mina.clips)) == ("chair", AGREED, 1)


def test_a_new_person_needs_a_clip(book):
    with pytest.raises(VoiceBookError, match="nobody called Mina"):
        book.add("Mina", role="chair")

    assert names(book) == []


@pytest.mark.parametrize("owner", ["Mina", "Joon"])
def test_a_clip_that_is_in_the_book_is_refused_with_its_owner_and_nothing_is_kept(book, owner):
    book.add(owner, [clip(1)])

    with pytest.raises(EnrolmentError, match=rf"copy\.wav is in .*team\.voices already, as {owner}"):
        book.add("Mina", [clip(2), clip(1, source="copy.wav")], role="chair")

    assert names(book) == [owner]
    assert len(book.show(owner).clips) == 1
    assert book.show(owner).role is None


def test_the_same_clip_twice_at_once_is_refused(book):
    with pytest.raises(EnrolmentError, match="already, as Mina"):
        book.add("Mina", [clip(1), clip(1)])

    assert names(book) == []


# --- names ---


def test_korean_names_are_found_however_a_system_composes_them(book):
    book.add(unicodedata.normalize("NFD", "김민아"), [clip(1)])

    assert names(book) == ["김민아"]
    assert book.show(unicodedata.normalize("NFC", "김민아")).name == "김민아"
    book.forget(unicodedata.normalize("NFD", "김민아"))
    assert names(book) == []


@given(st.text(st.characters(exclude_categories=["Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"]), min_size=1, max_size=20))
def test_a_name_has_one_key_however_it_is_composed_and_capitalised(text):
    if not text.strip():
        return
    name = written(text)

    assert written(name) == name
    assert key(name) == key(text) == key(unicodedata.normalize("NFD", text)) == key(f"  {text} ")


@pytest.mark.parametrize("name", ["", "   ", "Mi\x00na", "x" * 201, "Mina\x1b[31m"])
def test_a_name_that_cannot_be_one_is_refused(book, name):
    with pytest.raises(EnrolmentError, match="name"):
        book.add(name, [clip(1)])


def test_an_unknown_name_is_met_with_the_ones_that_are_close(book):
    book.add("Mina Park", [clip(1)])

    with pytest.raises(VoiceBookError, match=r"did you mean Mina Park\?"):
        book.show("Mina Prak")
    with pytest.raises(VoiceBookError, match="bigvoice voices list"):
        book.forget("Xu")


def test_a_renamed_person_keeps_everything_but_the_name(book, tmp_path):
    book.add("Mina Park", [clip(1)], role="chair")

    book.rename("mina park", "Mina Lee")

    assert book.show("Mina Lee").role == "chair"
    assert len(book.clips("Mina Lee")) == 1
    assert b"Park" not in all_bytes(tmp_path)


def test_a_name_can_change_its_capitals_but_not_become_somebody_elses(book):
    book.add("mina", [clip(1)])
    book.add("Joon", [clip(2)])

    book.rename("mina", "Mina")
    with pytest.raises(VoiceBookError, match=r"JOON is in .* already"):
        book.rename("Mina", "JOON")

    assert names(book) == ["Joon", "Mina"]


# --- prints ---


def test_people_come_with_the_prints_of_all_their_clips(book):
    encoder = PitchEncoder()
    book.add("Mina", [tone(HIGH), clip(1)], role="chair")
    book.add("Joon", [tone(LOW)])

    joon, mina = book.people(encoder)

    assert (joon.name, joon.role, mina.name, mina.role) == ("Joon", None, "Mina", "chair")
    n_high, n_noise = len(windows([Span(0, 3)])), len(windows(clip(1).speech))
    assert n_high > 1
    assert joon.prints.argmax(axis=1).tolist() == [0] * n_high
    assert mina.prints[:n_high].argmax(axis=1).tolist() == [4] * n_high
    assert mina.prints.shape == (n_high + n_noise, 8)


def test_clips_are_heard_once_by_each_encoder_and_the_hook_is_told(book):
    book.add("Joon", [tone(LOW)])
    told: list[Progress] = []

    first = book.people(PitchEncoder(), told.append)
    told_first, again = len(told), book.people(PitchEncoder(), told.append)

    assert "1 enrolment clip is new to pitch-1, which hears it now, once" in told[0].note
    assert told[-1].fraction == 1
    assert len(told) == told_first
    np.testing.assert_array_equal(first[0].prints, again[0].prints)


def test_an_encoder_of_another_name_hears_the_kept_clips_again(book):
    book.add("Joon", [tone(LOW)])
    older, newer = PitchEncoder(), PitchEncoder()
    newer.name = "pitch-2"
    book.people(older)

    book.people(newer)

    assert set(book.clips("Joon")[0].prints) == {"pitch-1", "pitch-2"}


def damage(path: Path, source: str, column: str, value: object) -> None:
    with closing(sqlite3.connect(path)) as db, db:
        db.execute(f"UPDATE clip SET {column} = ? WHERE source = ?", (value, source))


@pytest.mark.parametrize(("column", "value"), [("pcm", b"\0\1\2"), ("pcm", b"\0\1" * 20_000), ("pcm", "text")])
def test_a_damaged_clip_is_named_and_everybody_else_is_still_known(book, column, value):
    book.add("Mina", [tone(HIGH, source="good.wav"), clip(2, source="bad.wav")])
    book.add("Joon", [clip(3, source="only.wav")])
    book.add("Ada", [tone(LOW)])
    before = len(book.people(PitchEncoder())[2].prints)
    newer, told = PitchEncoder(), list[Progress]()
    newer.name = "pitch-2"
    for source in ("bad.wav", "only.wav"):
        damage(book.path, source, column, value)

    people = book.people(newer, told.append)

    assert [person.name for person in people] == ["Ada", "Mina"]
    assert 0 < len(people[1].prints) < before
    notes = {report.note for report in told}
    for source, name in (("bad.wav", "Mina"), ("only.wav", "Joon")):
        assert any(note.startswith(f"the clip {source} of {name} is damaged") for note in notes)
    assert [len(person.clips) for person in book.list()] == [1, 1, 2]  # nothing is thrown away
    with pytest.raises(VoiceBookError, match=r"the clip bad\.wav of Mina is damaged"):
        book.clips("mina")


@pytest.mark.parametrize("vectors", [b"", b"\0\1\2", np.full(8, np.nan, "<f4").tobytes()])
def test_prints_that_are_damaged_are_made_again(book, vectors):
    book.add("Joon", [tone(LOW)])
    [made] = book.people(PitchEncoder())
    with closing(sqlite3.connect(book.path)) as db, db:
        db.execute("UPDATE print SET vectors = ?, n = 1", (vectors,))

    [again] = book.people(PitchEncoder())

    np.testing.assert_array_equal(again.prints, made.prints)


# --- a private file ---


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_book_is_its_owners_alone_whatever_the_umask(tmp_path):
    before = os.umask(0)
    try:
        with VoiceBook.open(tmp_path / "new" / "a.voices") as book, book._writing():
            book._add("Mina", [clip(1)], None, None, AGREED)
            modes = {file.name: mode(file) for file in book.path.parent.iterdir()}
    finally:
        os.umask(before)

    assert modes == {"a.voices": 0o600, "a.voices-journal": 0o600}
    assert mode(tmp_path / "new") == 0o700


def test_the_default_book_is_in_the_users_data_folder(home):
    with VoiceBook.open() as book:
        book.add("Mina", [clip(1)])

    assert default_path().is_relative_to(home)
    assert default_path().name == "voices.sqlite"
    assert mode(default_path().parent) == 0o700


def test_a_path_with_hangul_blanks_and_signs_of_urls_is_a_path(tmp_path):
    with VoiceBook.open(tmp_path / "우리 팀?mode=memory#1%20.voices") as book:
        book.add("Mina", [clip(1)])

    assert [file.name for file in tmp_path.iterdir()] == ["우리 팀?mode=memory#1%20.voices"]


# --- forgetting ---


def traces(kept: Clip) -> list[bytes]:
    """Pieces of a clip and of its prints, as the file would hold them."""
    sound_bytes, print_bytes = kept.pcm.tobytes(), kept.prints["noise-1"].tobytes()
    return [*(sound_bytes[i : i + 32] for i in range(0, len(sound_bytes) - 32, 4000)), print_bytes[:32]]


def test_of_the_forgotten_nothing_is_left_in_any_file(book, tmp_path):
    gone, stays = clip(1, source="secret.wav"), clip(2, source="open.wav")
    book.add("Mina Park", [gone, clip(3)], role="treasurer")
    book.add("Joon", [stays])
    book.people(PitchEncoder())
    before = all_bytes(tmp_path)
    assert all(trace in before for trace in [b"Mina Park", b"mina park", b"treasurer", b"secret.wav", *traces(gone)])

    with VoiceBook.open(book.path) as other:  # another program has it open
        other.list()
        book.forget("Mina Park")
        after = all_bytes(tmp_path)

    assert not any(trace in after for trace in [b"Mina", b"mina", b"treasurer", b"secret.wav", *traces(gone)])
    assert all(trace in after for trace in [b"Joon", *traces(stays)])
    assert [file.name for file in tmp_path.iterdir()] == ["team.voices"]
    assert len(after) < len(before) / 2


def test_one_clip_can_be_forgotten_but_not_the_last(book, tmp_path):
    bad, good = clip(1, source="bad.wav"), clip(2, source="good.wav")
    book.add("Mina", [bad, good])

    book.forget("Mina", clip="bad.wav")

    assert [kept.source for kept in book.show("Mina").clips] == ["good.wav"]
    assert not any(trace in all_bytes(tmp_path) for trace in traces(bad))
    with pytest.raises(VoiceBookError, match="is all there is of Mina"):
        book.forget("Mina", clip=good.sha256[:10])
    with pytest.raises(VoiceBookError, match=r"Mina has no clip nothing\.wav"):
        book.forget("Mina", clip="nothing.wav")


def test_a_forgetting_that_was_interrupted_is_finished_when_the_book_is_opened_next(book, monkeypatch):
    book.add("Mina", [clip(1)])
    monkeypatch.setattr(schema, "erase", lambda db: None)  # killed before it came to that
    book.forget("Mina")
    assert book._db.execute("PRAGMA freelist_count").fetchone()[0] > 0
    monkeypatch.undo()

    VoiceBook.open(book.path).close()

    assert book._db.execute("PRAGMA freelist_count").fetchone()[0] == 0
    assert book._db.execute("SELECT count(*) FROM chore").fetchone()[0] == 0


def test_forgetting_that_cannot_wipe_yet_says_so(book, monkeypatch):
    def busy(_: sqlite3.Connection) -> None:
        raise sqlite3.OperationalError("database is locked")

    book.add("Mina", [clip(1)])
    monkeypatch.setattr(schema, "erase", busy)

    with pytest.raises(VoiceBookError, match=r"Mina is removed, but what is left .* opened next"):
        book.forget("Mina")


# --- files that are no good ---


def made(path: Path) -> Path:
    with VoiceBook.open(path) as book:
        book.add("Mina", [clip(1)])
    return path


def altered(path: Path, statement: str) -> Path:
    with closing(sqlite3.connect(path)) as db, db:
        db.execute(statement)
    return path


def a_text(path: Path) -> Path:
    path.write_text("This is no voice book. " * 100)
    return path


def cut_short(path: Path) -> Path:
    os.truncate(made(path), 8192)
    return path


def with_a_hole(path: Path) -> Path:
    whole = made(path).read_bytes()
    path.write_bytes(whole[:4096] + b"\xff" * 8192 + whole[12288:])
    return path


def with_a_false_row(path: Path) -> Path:
    return altered(made(path), "UPDATE clip SET speech = 'nonsense'")


def newer(path: Path) -> Path:
    return altered(made(path), f"PRAGMA user_version = {schema.VERSION + 1}")


def anothers(path: Path) -> Path:
    return altered(path, "CREATE TABLE recipe (soup)")


@pytest.mark.parametrize(
    ("bad", "what"),
    [
        (a_text, "is not a voice book"),
        (cut_short, "is broken: take it back from a backup"),
        (with_a_hole, "is broken: take it back from a backup"),
        (with_a_false_row, "is broken: take it back from a backup"),
        (newer, "newer bigvoice: update with"),
        (anothers, "a database of another program"),
    ],
)
def test_a_file_that_is_no_good_book_is_told_in_one_line_and_left_alone(tmp_path, bad, what):
    path = bad(tmp_path / "team.voices")
    before = path.read_bytes()

    with pytest.raises(VoiceBookError, match=what) as told, VoiceBook.open(path) as book:
        book.list()

    assert str(path) in str(told.value)
    assert "\n" not in str(told.value)
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["team.voices"]


def test_a_folder_and_an_absent_file_are_no_books(tmp_path):
    with pytest.raises(VoiceBookError, match="is a folder"):
        VoiceBook.open(tmp_path)
    with pytest.raises(VoiceBookError, match=r"no voice book at .*absent"):
        VoiceBook.open(tmp_path / "absent", create=False)
    with pytest.raises(VoiceBookError, match=r"File exists|Not a directory"):
        VoiceBook.open(made(tmp_path / "file") / "book")

    assert [file.name for file in tmp_path.iterdir()] == ["file"]


def test_a_birth_that_was_interrupted_leaves_a_file_that_becomes_a_book(tmp_path):
    (tmp_path / "team.voices").touch()

    with VoiceBook.open(tmp_path / "team.voices", create=False) as book:
        assert names(book) == []


def test_a_full_disk_changes_nothing(book):
    book.add("Mina", [clip(1)])
    book._db.execute(f"PRAGMA max_page_count = {book._db.execute('PRAGMA page_count').fetchone()[0] + 4}")

    with pytest.raises(VoiceBookError, match="the disk is full; nothing was changed"):
        book.add("Joon", [clip(2)])

    assert names(book) == ["Mina"]
    assert book._db.execute("PRAGMA integrity_check").fetchone() == ("ok",)


@contextmanager
def as_nobody() -> Iterator[None]:
    """Without the rights of root, for whom nothing is read-only."""
    me = os.geteuid()
    if me == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(me)


@pytest.mark.skipif(sys.platform == "win32", reason="modes are POSIX")
@pytest.mark.parametrize("locked", ["file", "folder"])
def test_a_read_only_book_can_be_read_but_not_changed(locked):
    with tempfile.TemporaryDirectory() as name:  # that of pytest is closed to everybody else
        folder = Path(name)
        path = made(folder / "team.voices")
        with VoiceBook.open(path) as book:
            book.add("Joon", [tone(LOW)])
        path.chmod(0o444 if locked == "file" else 0o666)
        folder.chmod(0o777 if locked == "file" else 0o555)
        with as_nobody(), VoiceBook.open(path) as book:
            assert names(book) == ["Joon", "Mina"]
            assert set(book.people(PitchEncoder())[0].prints.argmax(axis=1)) == {0}
            for change in (lambda: book.add("Xu", [clip(3)]), lambda: book.forget("Mina")):
                with pytest.raises(VoiceBookError, match="read-only"):
                    change()
            assert names(book) == ["Joon", "Mina"]
        folder.chmod(0o700)


# --- books of version 1 ---

VERSION_1 = """
CREATE TABLE person (
    id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, name TEXT NOT NULL, role TEXT, consent TEXT, added TEXT NOT NULL
);
CREATE TABLE clip (
    id INTEGER PRIMARY KEY, person INTEGER NOT NULL REFERENCES person ON DELETE CASCADE, source TEXT NOT NULL,
    sha256 TEXT NOT NULL UNIQUE, duration REAL NOT NULL, speech TEXT NOT NULL, added TEXT NOT NULL, pcm BLOB NOT NULL
);
CREATE INDEX clip_of_person ON clip (person);
CREATE TABLE print (
    clip INTEGER NOT NULL REFERENCES clip ON DELETE CASCADE, encoder TEXT NOT NULL,
    n INTEGER NOT NULL, dim INTEGER NOT NULL, vectors BLOB NOT NULL, PRIMARY KEY (clip, encoder)
);
CREATE TABLE chore (name TEXT PRIMARY KEY);
PRAGMA application_id = 1650947683;
PRAGMA user_version = 1;
"""
"""As bigvoice wrote them until counter-examples came."""


def of_version_1(path: Path, kept: Clip) -> Path:
    """A book with Mina in it."""
    prints, speech = kept.prints["noise-1"], f"[[{kept.speech[0].start}, {kept.speech[0].end}]]"
    with closing(sqlite3.connect(path)) as db, db:
        db.executescript(VERSION_1)
        db.execute("INSERT INTO person VALUES (1, 'mina park', 'Mina Park', 'chair', '2026-03-02', '2026-03-02')")
        row = (kept.source, kept.sha256, kept.duration, speech, "2026-03-02", kept.pcm.tobytes())
        db.execute("INSERT INTO clip VALUES (1, 1, ?, ?, ?, ?, ?, ?)", row)
        db.execute("INSERT INTO print VALUES (1, 'noise-1', ?, ?, ?)", (*prints.shape, prints.tobytes()))
    return path


def version(path: Path) -> int:
    with closing(sqlite3.connect(path)) as db:
        return int(db.execute("PRAGMA user_version").fetchone()[0])


def test_a_book_of_version_1_grows_and_keeps_all_there_is(tmp_path):
    kept = clip(1)
    path = of_version_1(tmp_path / "old.voices", kept)

    with VoiceBook.open(path, create=False) as book:
        (mina,) = book.list()
        (back,) = book.clips("Mina Park")
        book.add_counter_example(
            "Mina Park", CounterExample("b.wav", "5" * 64, 9.0, AGREED, "noise-1"), np.ones((2, 8))
        )
        book.add("Mina Park", [clip(2)])

    assert version(path) == schema.VERSION == 2
    assert (mina.name, mina.role, mina.consent, mina.counter_examples) == ("Mina Park", "chair", AGREED, ())
    assert (mina.clips[0].meeting, mina.clips[0].checks) == ("", 0)
    np.testing.assert_array_equal(back.pcm, kept.pcm)
    np.testing.assert_array_equal(back.prints["noise-1"], kept.prints["noise-1"])
    with VoiceBook.open(path, create=False) as book:
        again = book.show("Mina Park")
        assert (len(again.clips), len(again.counter_examples)) == (2, 1)


def test_a_grown_book_is_the_same_as_a_new_one(tmp_path):
    def tables(path: Path) -> dict[str, list[tuple]]:
        with closing(sqlite3.connect(path)) as db:
            names = [name for (name,) in db.execute("SELECT name FROM sqlite_master ORDER BY name")]
            return {name: db.execute(f"PRAGMA table_info({name})").fetchall() for name in names}

    old = of_version_1(tmp_path / "old.voices", clip(1))
    VoiceBook.open(old).close()
    VoiceBook.open(tmp_path / "new.voices").close()

    assert tables(old) == tables(tmp_path / "new.voices")


def test_a_growth_that_fails_leaves_the_book_as_it_was(tmp_path, monkeypatch):
    path = of_version_1(tmp_path / "old.voices", clip(1))
    before = path.read_bytes()
    monkeypatch.setattr(schema, "_GROWTH", (schema._GROWTH[0], (*schema._GROWTH[1], "nonsense")))

    with pytest.raises(VoiceBookError, match="cannot be used"):
        VoiceBook.open(path)

    assert path.read_bytes() == before
    assert version(path) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="modes are POSIX")
@pytest.mark.parametrize("locked", ["file", "folder"])
def test_a_book_of_version_1_that_may_not_be_changed_still_names_people(locked):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = of_version_1(folder / "old.voices", clip(1))
        before = path.read_bytes()
        path.chmod(0o444 if locked == "file" else 0o666)
        folder.chmod(0o777 if locked == "file" else 0o555)
        with as_nobody(), VoiceBook.open(path) as book:
            assert names(book) == ["Mina Park"]
            assert book.clips("Mina Park")[0].sha256 == clip(1).sha256
            assert [person.counter.shape for person in book.people(PitchEncoder())] == [(0, 0)]
            assert book.record_check("noise-1", {}) is None
            example = CounterExample("b.wav", "5" * 64, 9.0, AGREED, "noise-1")
            for change in (
                lambda: book.add("Xu", [clip(3)]),
                lambda: book.forget("Mina Park"),
                lambda: book.add_counter_example("Mina Park", example, np.ones((2, 8))),
            ):
                with pytest.raises(VoiceBookError, match="read-only"):
                    change()
        folder.chmod(0o700)
        assert path.read_bytes() == before


# --- several programs at once ---


def test_a_book_that_is_in_use_for_long_is_told(tmp_path, impatient):
    path = made(tmp_path / "team.voices")

    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(VoiceBookError, match="in use by another program"):
            VoiceBook.open(path)


def test_a_change_waits_for_its_turn(book):
    other = sqlite3.connect(book.path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    timer = threading.Timer(0.3, lambda: other.execute("ROLLBACK"))
    began = time.monotonic()
    timer.start()

    book.add("Mina", [clip(1)])

    assert time.monotonic() - began > 0.25
    timer.join()
    other.close()
    assert names(book) == ["Mina"]


ENROL_MANY = """
import sys
from datetime import date
import numpy as np
from bigvoice.span import Span
from bigvoice.voices import schema
from bigvoice.voices.book import VoiceBook
from bigvoice.voices.clip import Clip

path, who, n_people, seed = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
rng = np.random.default_rng(seed)

def clip():
    pcm = rng.integers(-9000, 9000, 32_000).astype(np.int16)
    return Clip("a.wav", pcm, (Span(0, 2),), date(2026, 3, 2), {"noise-1": np.ones((2, 4), np.float32)})

schema.SYNCHRONOUS = "OFF"  # a kill is no power cut
with VoiceBook.open(path) as book:
    for number in range(n_people):
        book.add(f"{who} {number}", [clip(), clip(), clip()], role="member")
        print(number, flush=True)
"""


def enrolling(path: Path, who: str, n_people: int, seed: int) -> subprocess.Popen[str]:
    program = [sys.executable, "-c", ENROL_MANY, str(path), who, str(n_people), str(seed)]
    return subprocess.Popen(program, stdout=subprocess.PIPE, text=True)


def assert_whole(book: VoiceBook) -> None:
    assert book._db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert book._db.execute("PRAGMA foreign_key_check").fetchall() == []
    for person in book.list():
        clips = book.clips(person.name)
        assert (person.role, len(clips)) == ("member", 3)
        assert all(kept.prints["noise-1"].shape == (2, 4) for kept in clips)
        assert [kept.sha256 for kept in person.clips] == [kept.sha256 for kept in clips]


def test_two_programs_make_one_book_and_enrol_at_once(tmp_path):
    path = tmp_path / "team.voices"

    programs = [enrolling(path, who, 15, seed) for seed, who in enumerate(["Left", "Right"])]
    for program in programs:
        program.communicate(timeout=60)

    assert [program.returncode for program in programs] == [0, 0]
    with VoiceBook.open(path) as book:
        assert len(names(book)) == 30
        assert_whole(book)


def test_a_program_killed_at_any_moment_leaves_every_person_whole(tmp_path):
    path, rng = tmp_path / "team.voices", np.random.default_rng(7)
    for round_number in range(6):
        with enrolling(path, f"Round {round_number}", 10_000, round_number) as program:
            assert program.stdout is not None
            done = [program.stdout.readline() for _ in range(2)]
            time.sleep(rng.uniform(0, 0.05))
            program.send_signal(signal.SIGKILL)
            done += program.stdout.readlines()

        with VoiceBook.open(path) as book:
            assert_whole(book)
            finished = {f"Round {round_number} {line.strip()}" for line in done if line.endswith("\n")}
            assert finished <= set(names(book))
    with VoiceBook.open(path) as book:  # a journal that holds nothing yet stays until the next change
        book.add("The last", [clip(100)])
    assert [file.name for file in tmp_path.iterdir()] == ["team.voices"]


# --- from book to book ---


def filled(path: Path, *people: tuple[str, list[Clip], str | None]) -> Path:
    with VoiceBook.open(path) as book:
        for name, clips, role in people:
            book.add(name, clips, role=role)
    return path


def test_an_export_is_a_private_book_without_prints(book, tmp_path):
    kept = clip(1)
    book.add("Mina", [kept], role="chair", consent=AGREED)

    book.export(tmp_path / "out.voices")

    assert mode(tmp_path / "out.voices") == 0o600
    assert {file.name for file in tmp_path.iterdir()} == {"team.voices", "out.voices"}
    assert kept.prints["noise-1"].tobytes() not in (tmp_path / "out.voices").read_bytes()
    with VoiceBook.open(tmp_path / "out.voices", create=False) as copy:
        assert copy.list() == book.list()
        assert copy.clips("Mina")[0].prints == {}


def test_an_export_replaces_a_file_only_when_told_to_and_never_the_book_itself(book, tmp_path):
    book.add("Mina", [clip(1)])
    (tmp_path / "out.voices").write_text("precious")

    with pytest.raises(VoiceBookError, match=r"out\.voices is there already"):
        book.export(tmp_path / "out.voices")
    with pytest.raises(VoiceBookError, match=r"team\.voices is there already"):
        book.export(book.path, force=True)
    assert (tmp_path / "out.voices").read_text() == "precious"

    book.export(tmp_path / "out.voices", force=True)
    with VoiceBook.open(tmp_path / "out.voices", create=False) as copy:
        assert names(copy) == ["Mina"]


def test_an_export_that_fails_leaves_what_was_there(book, tmp_path, monkeypatch):
    book.add("Mina", [clip(1)])
    (tmp_path / "out.voices").write_text("precious")
    monkeypatch.setattr(
        VoiceBook, "import_", lambda self, path: (_ for _ in ()).throw(sqlite3.OperationalError("full"))
    )

    with pytest.raises(VoiceBookError, match=r"out\.voices"):
        book.export(tmp_path / "out.voices", force=True)
    with pytest.raises(VoiceBookError, match="No such file"):
        book.export(tmp_path / "absent" / "out.voices")

    assert {file.name for file in tmp_path.iterdir()} == {"team.voices", "out.voices"}
    assert (tmp_path / "out.voices").read_text() == "precious"


def test_an_import_adds_what_is_new_and_says_what_is_what(book, tmp_path):
    for name, clips, role in [
        ("Ann", [clip(1)], None),
        ("Ben", [clip(2)], "chair"),
        ("Cho", [clip(3), clip(6)], "member"),
    ]:
        book.add(name, clips, role=role)
    other = filled(
        tmp_path / "other.voices",
        ("ann", [clip(1)], None),
        ("Ben", [clip(2), clip(4)], None),
        ("Cho", [clip(3)], "guest"),
        ("Dan", [clip(5)], "guest"),
        ("Eve", [clip(7), clip(6, source="eve.wav")], None),
    )

    merge = book.import_(other)

    assert (merge.new, merge.grown, merge.same) == (("Dan",), ("Ben",), ("ann", "Cho"))
    assert merge.conflicts == (
        "Cho: stays member, not guest",
        "Eve: left out, the clip eve.wav is enrolled as Cho here",
    )
    assert {person.name: (len(person.clips), person.role) for person in book.list()} == {
        "Ann": (1, None),
        "Ben": (2, "chair"),
        "Cho": (2, "member"),
        "Dan": (1, "guest"),
    }


def test_what_is_lacking_is_filled_in_from_an_import(book, tmp_path):
    book.add("Ann", [clip(1)])
    with VoiceBook.open(tmp_path / "other.voices") as other:
        other.add("Ann", [clip(1)], role="chair", consent=AGREED)

    merge = book.import_(tmp_path / "other.voices")

    assert merge.grown == ("Ann",)
    assert (book.show("Ann").role, book.show("Ann").consent) == ("chair", AGREED)


def test_an_import_that_fails_changes_nothing(book, tmp_path):
    book.add("Ann", [clip(1)])
    other = filled(tmp_path / "other.voices", ("Ben", [clip(2)], None), ("Cho", [clip(3)], None))
    altered(other, "UPDATE clip SET speech = 'nonsense' WHERE source = 'clip.wav' AND person = 2")

    with pytest.raises(VoiceBookError, match=r"other\.voices is broken"):
        book.import_(other)
    with pytest.raises(VoiceBookError, match=r"no voice book at .*absent"):
        book.import_(tmp_path / "absent")

    assert names(book) == ["Ann"]


@given(
    st.lists(st.tuples(st.sampled_from("ABC"), st.integers(0, 5)), max_size=6),
    st.lists(st.tuples(st.sampled_from("ABC"), st.integers(0, 5)), max_size=6),
)
@settings(max_examples=10)
def test_importing_twice_is_importing_once(mine, theirs):
    with tempfile.TemporaryDirectory() as folder:
        other = Path(folder) / "theirs"
        with VoiceBook.open(Path(folder) / "mine") as book, VoiceBook.open(other) as lender:
            for to, clips in ((book, mine), (lender, theirs)):
                for seed, name in {seed: name for name, seed in clips}.items():
                    to.add(name, [clip(seed, seconds=0.1)])
            first = book.import_(other)
            after = book.list()

            second = book.import_(other)

            assert book.list() == after
            assert (second.new, second.grown) == ((), ())
            assert second.conflicts == first.conflicts
            assert set(second.same) == {*first.new, *first.grown, *first.same}
