"""A whole corpus, from folders to lists; and `bigvoice corpus`, as it is called."""

from __future__ import annotations

import csv
import json
import os
import tracemalloc
from pathlib import Path

import pytest

from bigvoice.corpora import making, manifest
from bigvoice.corpora.corpus_options import DROP, CorpusOptions
from bigvoice.corpora.making import make
from bigvoice.corpora.normalization import WRITTEN, Rules
from bigvoice.corpora.vocabulary import Vocabulary
from bigvoice.decoding import load
from bigvoice.errors import CorpusError, SettingsError
from tests.speech_corpora import librispeech, note, sound

MADE = ["dev.csv", "report.md", "skipped.csv", "test.csv", "train.csv", "vocabulary.json"]


def entries(out: Path) -> dict[str, list[manifest.Entry]]:
    return {part: list(manifest.read(out / f"{part}.csv")) for part in ("train", "dev", "test")}


def skipped(out: Path) -> dict[str, list[str]]:
    with (out / "skipped.csv").open(encoding="utf-8", newline="") as stream:
        found: dict[str, list[str]] = {}
        for row in csv.DictReader(stream):
            found.setdefault(row["reason"], []).append(row["what"])
        return found


def test_a_folder_becomes_lists_that_share_no_speaker(tmp_path):
    librispeech(tmp_path / "speech", speakers=10, each=2)
    said: list[str] = []

    made = make([tmp_path / "speech"], tmp_path / "out", tell=said.append)

    parts = entries(tmp_path / "out")
    speakers = {part: {entry.speaker for entry in found} for part, found in parts.items()}
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == MADE
    assert {part: len(found) for part, found in parts.items()} == {"train": 16, "dev": 2, "test": 2}
    assert {part: len(found) for part, found in speakers.items()} == {"train": 8, "dev": 1, "test": 1}
    assert len(set.union(*speakers.values())) == 10
    assert all(entry.seconds == 0.5 and entry.text.startswith("it's word ") for entry in parts["train"])
    assert load(parts["dev"][0].path).duration == pytest.approx(0.5)
    assert made.shared == {}
    assert [line.split(":")[-1].split(",")[0] for line in said] == [" layout librispeech", " plain rules"]
    assert skipped(tmp_path / "out") == {}


def test_the_vocabulary_is_that_of_what_is_learnt_from(tmp_path):
    librispeech(tmp_path / "speech", speakers=10, each=1)

    made = make([tmp_path / "speech"], tmp_path / "out")

    vocabulary, parts = Vocabulary.load(tmp_path / "out" / "vocabulary.json"), entries(tmp_path / "out")
    assert vocabulary == made.vocabulary == Vocabulary.of(entry.text for entry in parts["train"])
    lacking = set("".join(entry.text for entry in parts["dev"])) - set(vocabulary.symbols)
    assert set(made.parts[1].unseen(made.known)) == lacking != set()


def test_the_same_folder_gives_the_same_lists(tmp_path):
    librispeech(tmp_path / "speech")

    make([tmp_path / "speech"], tmp_path / "one")
    make([tmp_path / "speech"], tmp_path / "two")

    for name in MADE:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def korean(root: Path) -> Path:
    texts = ["b/ 아/ 그래 (70%)/(칠십 퍼센트) n/", "네 3 개", "b/ n/", "(70%)/칠십 네", "해야"]
    for i in range(len(texts)):
        sound(root / "K_01" / f"K_{i}.pcm")
    lines = [f"K_01/K_{i}.pcm :: {text}" for i, text in enumerate(texts)]
    note(root / "scripts" / "train.trn", "\n".join([*lines, "K_01/K_0.pcm :: 다시"]))
    return root


def test_korean_texts_by_the_marks_of_their_transcribers(tmp_path):
    made = make([korean(tmp_path / "k")], tmp_path / "out", CorpusOptions(dev=0, test=0, fewest=2))

    assert [entry.text for entry in manifest.read(tmp_path / "out" / "train.csv")] == [
        "아 그래 칠십 퍼센트",
        "네 3 개",
        "해야",
    ]
    assert {reason: len(what) for reason, what in skipped(tmp_path / "out").items()} == {
        "text of which nothing is left": 1,
        "text with half a double transcription, or a masked name": 1,
        "recording that came before": 1,
    }
    assert made.vocabulary == Vocabulary((" ",), "syllables")
    assert made.parts[0].n_digits == 1
    assert "3 recordings have no speaker: each went by itself" in made.notes[0]


def test_the_written_side_and_jamo_can_be_chosen(tmp_path):
    options = CorpusOptions(dev=0, test=0, unit="jamo", digits=DROP, normalization=Rules(transcription=WRITTEN))

    made = make([korean(tmp_path / "k")], tmp_path / "out", options)

    assert [entry.text for entry in manifest.read(tmp_path / "out" / "train.csv")] == ["해야"]
    assert made.vocabulary == Vocabulary.of(["해야"], "jamo")
    assert len(skipped(tmp_path / "out")["text with digits"]) == 2


def test_speakers_can_be_found_in_the_paths(tmp_path):
    for name in ("mina_1", "mina_2", "joon_1", "soo_1", "odd"):
        sound(tmp_path / "speech" / f"{name}.wav")
        note(tmp_path / "speech" / f"{name}.txt", "yes")

    made = make([tmp_path / "speech"], tmp_path / "out", CorpusOptions(speaker=r"(\w+)_\d"))

    parts = [part.speakers for part in made.parts]
    assert set.union(*map(set, parts)) == {"mina", "joon", "soo"}
    assert sum(map(len, parts)) == 3
    assert [(each.reason, each.examples) for each in made.remarks] == [
        ("no speaker in the path, by --speaker", ("odd.wav",))
    ]


def test_several_folders_become_one_corpus_and_a_manifest_can_be_divided_again(tmp_path):
    librispeech(tmp_path / "a", speakers=4, each=1)
    sound(tmp_path / "b" / "bed" / "0a7c2a8d_nohash_1.wav")

    first = make([tmp_path / "a", tmp_path / "b"], tmp_path / "out", CorpusOptions(dev=0, test=0))
    again = make([tmp_path / "out" / "train.csv"], tmp_path / "again", CorpusOptions(dev=0.2, test=0.2))

    assert first.parts[0].speakers == {"100", "101", "102", "103", "0a7c2a8d"}
    assert [len(part.speakers) for part in again.parts] == [3, 1, 1]


def test_an_id_that_comes_twice_counts_once(tmp_path):
    librispeech(tmp_path / "speech", speakers=3, each=1)
    chapter = tmp_path / "speech" / "train" / "100" / "7"
    note(chapter / "100-7.trans.txt", "100-7-0000 ONE\n100-7-0000 TWO\n")

    make([tmp_path / "speech", tmp_path / "speech"], tmp_path / "out", CorpusOptions(dev=0, test=0))

    first, *_ = manifest.read(tmp_path / "out" / "train.csv")
    assert first.text == "one"
    assert len(skipped(tmp_path / "out")["recording that came before"]) == 5


def test_a_folder_that_may_not_be_read_is_told_rather_than_left_out(tmp_path, monkeypatch):
    librispeech(tmp_path / "speech")
    scandir = os.scandir

    def refusing(path):
        if str(path).endswith("103"):
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refusing)  # root, who runs tests in places, may read everything

    with pytest.raises(CorpusError, match=r"the folder .*/103 cannot be read: Permission denied"):
        make([tmp_path / "speech"], tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []


def test_a_folder_that_may_not_be_written_to_is_told_before_the_work(tmp_path, monkeypatch):
    librispeech(tmp_path / "speech")
    monkeypatch.setattr(os, "access", lambda *_: False)

    with pytest.raises(CorpusError, match=r"out cannot be written to: Permission denied; choose another folder"):
        make([tmp_path / "speech"], tmp_path / "out")


def test_what_cannot_be_heard_is_left_out_and_listed(tmp_path):
    speech = librispeech(tmp_path / "speech", speakers=3, each=2)
    chapter = speech / "train" / "100" / "7"
    (chapter / "100-7-0000.wav").write_bytes(b"no sound at all")
    sound(chapter / "100-7-0001.wav", 0.05)
    sound(speech / "train" / "101" / "7" / "101-7-0002.wav")

    with pytest.raises(CorpusError, match=r"too few speakers \(2\) for 3 parts"):
        make([speech], tmp_path / "out")
    make([speech], tmp_path / "out", CorpusOptions(test=0))

    assert {
        reason: [Path(each).name.split(":")[0] for each in what] for reason, what in skipped(tmp_path / "out").items()
    } == {
        "recording without a text": ["101-7-0002.wav"],
        "file that holds no sound": ["100-7-0000.wav"],
        "recording of less than 0.1 s": ["100-7-0001.wav"],
    }


def test_parts_that_are_no_longer_wanted_go(tmp_path):
    librispeech(tmp_path / "speech")
    make([tmp_path / "speech"], tmp_path / "out")

    make([tmp_path / "speech"], tmp_path / "out", CorpusOptions(dev=0.2, test=0))

    assert not (tmp_path / "out" / "test.csv").exists()
    assert (tmp_path / "out" / "dev.csv").exists()


def test_lists_of_another_kind_are_not_overwritten(tmp_path):
    librispeech(tmp_path / "speech")
    mine = note(tmp_path / "out" / "train.csv", "name,grade\nmina,A\n")

    with pytest.raises(CorpusError, match=r"train.csv is no manifest and is left as it is"):
        make([tmp_path / "speech"], tmp_path / "out")

    assert mine.read_text() == "name,grade\nmina,A\n"
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["train.csv"]


def test_where_nothing_can_be_used_it_is_told_why_and_nothing_is_left_over(tmp_path):
    sound(tmp_path / "speech" / "a.wav")
    note(tmp_path / "speech" / "a.txt", "...")

    with pytest.raises(CorpusError, match="can be used: 1 x text of which nothing is left"):
        make([tmp_path / "speech"], tmp_path / "out")

    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"dev": 0.5, "test": 0.5}, "leave nothing to learn from"),
        ({"dev": -0.1}, "dev must be between 0 and 0.9"),
        ({"fewest": 0}, "fewest must be at least 1"),
        ({"speaker": "("}, r"--speaker '\(' is no pattern"),
        ({"layout": "timit"}, "layout must be auto or table"),
        ({"unit": "words"}, "unit must be"),
    ],
)
def test_options_that_cannot_be(wrong, words):
    with pytest.raises(SettingsError, match=words):
        CorpusOptions(**wrong)


def test_memory_does_not_grow_with_the_list(tmp_path, monkeypatch):
    """Five times the lines, links to one recording, take as much memory: a line would take a kilobyte and more."""
    monkeypatch.setattr(making, "LOOK_AT", 100)
    one = sound(tmp_path / "one.pcm", 0.5)

    def peak(n: int) -> int:
        root = tmp_path / f"corpus{n}"
        names = [f"K_{i // 100}/{i}.pcm" for i in range(n)]
        for name in names:
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            os.link(one, root / name)
        note(root / "train.trn", "".join(f"{name} :: 그래 아주 긴 이야기를 해 보자\n" for name in names))
        tracemalloc.start()
        made = make([root], tmp_path / f"out{n}", CorpusOptions(dev=0.1, test=0))
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert sum(part.n_entries for part in made.parts) == n
        return most

    peak(10)  # what is imported and cached on first use
    assert peak(1500) < peak(300) + 200_000


# --- the commands ---


def test_the_command_shows_what_there_is_and_where_it_is(tmp_path, cli):
    librispeech(tmp_path / "speech", speakers=10, each=1)

    ran = cli("corpus", "make", tmp_path / "speech", "--out", tmp_path / "out")

    assert ran.code == 0
    rows = {line.split()[0]: line.split()[1:4] for line in ran.out.splitlines() if ".csv  " in line}
    assert rows == {"train.csv": ["8", "0.00", "8"], "dev.csv": ["1", "0.00", "1"], "test.csv": ["1", "0.00", "1"]}
    assert [line for line in ran.out.splitlines() if line.startswith("->")] == [
        f"-> {tmp_path / 'out' / name}"
        for name in ("train.csv", "dev.csv", "test.csv", "vocabulary.json", "skipped.csv", "report.md")
    ]
    assert "layout librispeech" in ran.err


def test_options_reach_what_is_made(tmp_path, cli):
    korean(tmp_path / "k")
    options = ("--dev", "0", "--test", "0", "--unit", "jamo", "--transcription", "written", "--digits", "drop")
    more = ("--layout", "kspon", "--fewest", "2", "--stride", "4", "--rules", "korean", "--punctuation")

    ran = cli("corpus", "make", tmp_path / "k", "-o", tmp_path / "out", *options, *more, "--json")

    (part,) = json.loads(ran.out)["parts"]
    assert (ran.err, part["recordings"], part["unit"], part["stride"]) == ("", 1, "jamo", 4)
    assert part["never_seen"] == {"ᅢ": 1, "ᅣ": 1, "ᄒ": 1, "ᄋ": 1}


def test_lists_that_are_there_can_be_reported_on(tmp_path, cli):
    librispeech(tmp_path / "speech", speakers=10, each=1)
    make([tmp_path / "speech"], tmp_path / "out")
    files = [tmp_path / "out" / f"{part}.csv" for part in ("train", "dev")]

    told = cli("corpus", "report", *files, "--vocabulary", tmp_path / "out" / "vocabulary.json")
    table = cli("corpus", "report", *files, "--markdown")

    assert told.out.splitlines()[1].split()[:2] == ["train.csv", "8"]
    assert "symbols (letters) in the vocabulary" in told.out
    assert table.out.startswith("|  | recordings | hours |")


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("make", "absent"), 1, "absent: no such folder"),
        (("make", ".", "--layout", "timit"), 2, "layout must be"),
        (("make", ".", "--dev", "2"), 2, "dev must be between 0 and 0.9"),
        (("make", "."), 1, "it is empty"),
        (("report", "absent.csv"), 1, "the manifest absent.csv cannot be read"),
        (("report", "absent.csv", "--vocabulary", "v.json"), 1, "the vocabulary v.json cannot be read"),
        (("report", "absent.csv", "--unit", "words"), 2, "no unit called 'words'"),
    ],
)
def test_bad_input_is_one_line(tmp_path, monkeypatch, cli, arguments, code, words):
    monkeypatch.chdir(tmp_path)

    ran = cli("corpus", *arguments)

    assert (ran.code, ran.out) == (code, "")
    assert ran.err.count("\n") == 1
    assert words in ran.err
    assert list(tmp_path.iterdir()) == []
