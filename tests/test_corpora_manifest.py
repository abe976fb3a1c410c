from __future__ import annotations

import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bigvoice.corpora.manifest import Entry, Index, read, write
from bigvoice.errors import CorpusError

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r\n"), max_size=20)
ENTRIES = st.builds(
    Entry, st.just(Path("/corpus/a, b.wav")), TEXTS, st.integers(0, 10**7).map(lambda ms: ms / 1000), TEXTS
)


@settings(max_examples=20)
@given(st.lists(ENTRIES, max_size=5))
def test_what_is_written_is_read(tmp_path_factory, entries):
    path = tmp_path_factory.mktemp("lists") / "train.csv"

    n = write(path, entries)

    assert n == len(entries)
    assert list(read(path)) == entries


def test_a_text_of_several_lines_becomes_one(tmp_path):
    write(tmp_path / "m.csv", [Entry(Path("/a.wav"), "good\r\nmorning\rall", 1.0)])

    assert [entry.text for entry in read(tmp_path / "m.csv")] == ["good morning all"]


@settings(max_examples=20)
@given(st.lists(ENTRIES, max_size=5))
def test_a_row_is_found_by_its_number(tmp_path_factory, entries):
    path = tmp_path_factory.mktemp("lists") / "train.csv"
    write(path, entries)

    index = Index(path)

    assert len(index) == len(entries)
    assert [index[i] for i in reversed(range(len(index)))] == entries[::-1]


def test_a_row_of_a_manifest_that_others_wrote_is_found_too(tmp_path):
    path = tmp_path / "m.csv"
    path.write_bytes('\ufeffpath,seconds,text\r\na.wav,1,"네,\n그래"\r\n\r\nb.wav,2,아니\r\n'.encode())

    assert [Index(path)[i].text for i in (1, 0)] == ["아니", "네,\n그래"]


def test_paths_below_the_manifest_move_with_it(tmp_path):
    old = tmp_path / "old" / "train.csv"
    write(old, [Entry(tmp_path / "old" / "clips" / "a.wav", "yes", 1.0), Entry(Path("/far/b.wav"), "no", 1.0)])

    (tmp_path / "old").rename(tmp_path / "new")

    assert [entry.path for entry in read(tmp_path / "new" / "train.csv")] == [
        tmp_path / "new" / "clips" / "a.wav",
        Path("/far/b.wav"),
    ]


def test_columns_stand_in_any_order_and_others_beside_them(tmp_path):
    (tmp_path / "m.csv").write_text("\ufeffseconds,age,text,path\n1.5,31,네,a.wav\n", encoding="utf-8")

    assert list(read(tmp_path / "m.csv")) == [Entry(tmp_path / "a.wav", "네", 1.5)]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "lacks path, text, seconds"),
        (b"path,seconds\na.wav,1\n", "lacks text"),
        (b"path,text,seconds\na.wav,yes,1\nb.wav,no\n", "line 3: a column is missing"),
        (b"path,text,seconds\na.wav,yes,soon\n", "line 2: .*'soon'"),
        (b"path,text,seconds\na.wav,yes,-1\n", "line 2: .*0 seconds or more"),
        (b"path,text,seconds\na.wav,yes,nan\n", "line 2"),
        ("path,text,seconds\na.wav,네,1\n".encode("cp949"), "UTF-8"),
    ],
)
def test_what_is_no_manifest_is_told_with_its_line(tmp_path, content, words):
    (tmp_path / "m.csv").write_bytes(content)

    with pytest.raises(CorpusError, match=words) as caught:
        list(read(tmp_path / "m.csv"))
    assert str(tmp_path / "m.csv") in str(caught.value)


def test_a_manifest_that_is_not_there(tmp_path):
    with pytest.raises(CorpusError, match="cannot be read: No such file"):
        list(read(tmp_path / "absent.csv"))


def test_one_that_cannot_be_finished_leaves_the_old_one(tmp_path):
    path = tmp_path / "train.csv"
    write(path, [Entry(Path("/a.wav"), "yes", 1.0)])

    def breaking():
        yield Entry(Path("/b.wav"), "no", 1.0)
        raise RuntimeError("the disk is gone")

    with pytest.raises(RuntimeError):
        write(path, breaking())

    assert [entry.text for entry in read(path)] == ["yes"]
    assert [file.name for file in tmp_path.iterdir()] == ["train.csv"]


def test_a_long_manifest_needs_no_memory(tmp_path):
    path = tmp_path / "long.csv"
    write(path, (Entry(Path("/a.wav"), "what is said here", 1.0, "mina") for _ in range(20_000)))

    tracemalloc.start()
    n = sum(1 for _ in read(path))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert n == 20_000
    assert path.stat().st_size > 600_000
    assert peak < 200_000
