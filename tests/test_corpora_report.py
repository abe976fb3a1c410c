"""What is counted of a corpus, and how it is told."""

from __future__ import annotations

import json
from pathlib import Path
from statistics import median

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bigvoice.corpora import manifest, report
from bigvoice.corpora.ledger import Ledger, Remark
from bigvoice.corpora.manifest import Entry
from bigvoice.corpora.report import Report, report_of
from bigvoice.corpora.statistics import EDGES, Count, n_steps, n_steps_needed
from bigvoice.corpora.vocabulary import Vocabulary
from bigvoice.errors import CorpusError, SettingsError
from bigvoice.transcription.ctc import collapse


def counted(entries, name="train.csv", unit="letters", stride=2):
    count = Count(name, unit, stride)
    assert list(count.watch(entries)) == list(entries)
    return count.part


def entry(text="yes", seconds=1.0, speaker="mina", name="a.wav"):
    return Entry(Path(f"/{name}"), text, seconds, speaker)


def test_a_part_is_counted():
    part = counted([entry("see", 1.0), entry("a 1", 2.5, "joon"), entry("b", 31, "")])

    assert (part.n_entries, part.seconds, part.speakers, part.n_nobody) == (3, 34.5, {"mina", "joon"}, 1)
    assert (part.shortest, part.median, part.longest) == (1.0, 2.5, 31.0)
    assert part.histogram == (0, 1, 1, 0, 0, 0, 0, 0, 0, 1)
    assert part.symbols == {"s": 1, "e": 2, "a": 1, " ": 1, "1": 1, "b": 1}
    assert part.pace == pytest.approx(7 / 34.5)
    assert part.n_digits == 1


def test_nothing_is_counted_as_nothing():
    part = counted([])

    assert (part.n_entries, part.hours, part.median, part.pace) == (0, 0, 0, 0)
    assert report.text(Report((part,)))


@settings(max_examples=50)
@given(st.lists(st.integers(10, 4000).map(lambda n: n / 100), min_size=1, max_size=20))
def test_median_and_histogram_are_those_of_all_lengths(lengths):
    part = counted([entry(seconds=length) for length in lengths])

    assert part.median == pytest.approx(median(lengths))
    assert part.histogram == tuple(
        sum(low <= length < high for length in lengths) for low, high in zip((0, *EDGES), (*EDGES, 10**6), strict=True)
    )


@given(st.text("ab", max_size=4))
def test_ctc_needs_no_more_and_no_fewer_steps(text):
    """The shortest way through the frames that says a text, found by trying all of each length."""
    from itertools import product

    wanted = ["ab".index(char) + 1 for char in text]

    needed = next(n for n in range(10) if any(collapse(way) == wanted for way in product(range(3), repeat=n)))

    assert n_steps_needed(text) == needed


def test_what_is_too_short_for_its_text_is_told():
    # 0.5 s: 49 frames, 25 steps of 2 or 13 of 4
    entries = [entry("a" * 13, 0.5, name="right.wav"), entry("a" * 14, 0.5, name="wrong.wav"), entry("ab" * 6, 0.5)]

    assert [n_steps(0.5, stride) for stride in (1, 2, 4)] == [49, 25, 13]
    part = counted(entries)
    assert part.n_too_short == 1
    assert part.too_short[0].startswith("/wrong.wav (0.50 s): aaa")
    assert counted(entries, stride=4).n_too_short == 2
    assert "train.csv: 1 recordings are too short for their texts (CTC, 20 ms a step)" in report.text(Report((part,)))


def test_jamo_are_counted_as_the_vocabulary_writes_them():
    part = counted([entry("해야", 0.1)], unit="jamo")

    assert sum(part.symbols.values()) == 4
    assert part.unseen(Vocabulary.of(["해"], "jamo").symbols) == {"\u1163": 1, "\u110b": 1}


def written(folder, **parts):
    for name, entries in parts.items():
        manifest.write(folder / f"{name}.csv", entries)
    return [folder / f"{name}.csv" for name in parts]


def test_manifests_are_compared_with_the_first(tmp_path):
    files = written(tmp_path, train=[entry("abc")], test=[entry("bad dé", speaker="mina"), entry("x", speaker="joon")])

    made = report_of(files)

    assert made.shared == {("train.csv", "test.csv"): 1}
    assert made.parts[1].unseen(made.known) == {"d": 2, " ": 1, "x": 1, "é": 1}
    told = report.text(made)
    assert "train.csv and test.csv have 1 speakers in common" in told
    assert "test.csv: 4 others, which cannot be written: d (2), SPACE (1), x (1), é (1)" in told


def test_a_vocabulary_says_what_can_be_written(tmp_path):
    files = written(tmp_path, train=[entry("abc")])

    made = report_of(files, vocabulary=Vocabulary.of(["ab"]))

    assert made.parts[0].unseen(made.known) == {"c": 1}


def test_namesakes_in_two_folders_are_told_apart(tmp_path):
    files = [*written(tmp_path / "a", train=[entry()]), *written(tmp_path / "b", train=[entry()])]

    assert [part.name for part in report_of(files).parts] == list(map(str, files))


def test_bad_input_is_told(tmp_path):
    with pytest.raises(CorpusError, match=r"absent.csv cannot be read"):
        report_of([tmp_path / "absent.csv"])
    with pytest.raises(SettingsError, match=r"'words'.*letters, syllables, jamo"):
        report_of([], unit="words")


REMARKS = (
    Remark("read as CP949", 2, ("a.txt", "b.txt"), left_out=False),
    Remark("text | without", 1, ("c.txt",), left_out=True),
)


def test_all_three_forms_tell_the_same():
    made = Report((counted([entry("abc", 2.0)]),), Vocabulary.of(["ab"]), REMARKS, ("a note",))

    as_text, as_markdown, as_json = report.text(made), report.markdown(made), report.to_json(made)

    for told in (as_text, as_markdown):
        lines = [line.removeprefix("- ").replace("\\|", "|") for line in told.splitlines()]
        assert "2 symbols (letters) in the vocabulary" in lines
        assert "a note" in lines
        left_out = lines.index("left out: 1 x text | without, such as c.txt")
        assert lines.index("noticed: 2 x read as CP949, such as a.txt; b.txt") == left_out + 1
    assert ["2", "to", "3", "s", "1", "#" * report.BAR] in map(str.split, as_text.splitlines())
    assert "| train.csv | 1 | 0.00 | 1 | 2.00 s | 2.00 s | 2.00 s | 1.5 | 0 | 0 |" in as_markdown
    assert json.loads(json.dumps(as_json)) == as_json
    assert as_json["parts"][0]["never_seen"] == {"c": 1}
    assert [each["reason"] for each in as_json["left_out"]] == ["text | without"]


def test_a_ledger_counts_all_and_shows_a_few_different_ones():
    rows: list[list[str]] = []

    class Writer:
        def writerow(self, row, /):
            rows.append(row)

    ledger = Ledger(Writer())
    for i in (1, 1, 2, 3, 4):
        ledger.skip("broken", i)
        ledger.note("broken", "odd")

    assert ledger.remarks() == (
        Remark("broken", 5, ("1", "2", "3"), left_out=True),
        Remark("broken", 5, ("odd",), left_out=False),
    )
    assert rows == [["broken", str(i)] for i in (1, 1, 2, 3, 4)]
