"""What files tell of a recording, how they are matched, and what the figures come to."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bigvoice.documents import write
from bigvoice.errors import DocumentError, MinutesError, SettingsError
from bigvoice.evaluation import uem
from bigvoice.evaluation.account import Account, read
from bigvoice.evaluation.captions import Caption, parse
from bigvoice.evaluation.files import evaluate
from bigvoice.evaluation.report import markdown, tables, to_json
from bigvoice.evaluation.scores import Rules, Scores
from bigvoice.settings import DocumentOptions
from bigvoice.span import Span, merge
from tests import meetings

TRUTH = "SPEAKER a 1 0 6 <NA> <NA> Mina_Park <NA> <NA>\nSPEAKER a 1 6 4 <NA> <NA> Joon_Lee <NA> <NA>\n"
FOUND = "SPEAKER b 1 0 5 <NA> <NA> Mina_Park <NA> <NA>\nSPEAKER b 1 5 5 <NA> <NA> Speaker_2 <NA> <NA>\n"
SAID = "a 1 Mina_Park 0 6 Good morning.\na 1 Joon_Lee 6 10 Hello, everyone.\n"


@pytest.fixture
def at(tmp_path: Path):
    """Writes a file under a path and gives its own."""

    def put(name: str, text: str = "") -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    return put


# --- UEM ---


def test_uem_regions_by_recording() -> None:
    text = ";; a comment\n\nb 1 0 5\na 1 8.5 9\na 1 1 2\na 2 2 3\n"

    assert uem.parse(text) == {"b": [Span(0, 5)], "a": [Span(1, 3), Span(8.5, 9)]}


milliseconds = st.lists(st.integers(0, 100_000), min_size=2, max_size=2, unique=True).map(sorted)


@given(st.dictionaries(st.text("ab회_-.", min_size=1), st.lists(milliseconds, min_size=1, max_size=6)))
def test_what_was_written_as_uem_is_read_again(numbers: dict[str, list[list[int]]]) -> None:
    regions = {file: [Span(start / 1000, end / 1000) for start, end in own] for file, own in numbers.items()}

    assert uem.parse(uem.render(regions)) == {file: merge(spans) for file, spans in regions.items()}


@pytest.mark.parametrize("line", ["a 1 2", "a 1 2 x", "a 1 3 2", "a 1 0 inf"])
def test_a_broken_line_of_uem_is_told(line: str, at) -> None:
    with pytest.raises(DocumentError, match=r"m\.uem: line 2 is no UEM"):
        uem.read(at("m.uem", f"a 1 0 1\n{line}\n"))


# --- subtitles ---


def test_captions_of_subrip_and_webvtt() -> None:
    subrip = "1\n00:00:01,000 --> 00:00:02,500\n<i>Good</i>\nmorning &amp; welcome.\n\n2\n00:01:00,0 --> 00:01:01,0\n\n"
    webvtt = "WEBVTT\n\nNOTE nothing\n\n00:01.000 --> 00:02.000 align:left\n<v.loud Mina Park>1 < 2, I say</v>"

    assert parse(subrip) == [Caption("Good morning & welcome."), Caption("")]
    assert parse(webvtt) == [Caption("1 < 2, I say", "Mina Park")]
    assert parse("") == parse("WEBVTT\n") == []


@pytest.mark.parametrize(("text", "line"), [("hello\n", 1), ("1\n00:00 --> later\nhello\n", 2)])
def test_what_is_no_subtitle_file_is_told(text: str, line: int, at) -> None:
    with pytest.raises(DocumentError, match=rf"m\.srt: line {line} is no"):
        read(at("m.srt", text))


@pytest.mark.parametrize("suffix", [".vtt", ".stm", ".json"])
def test_what_bigvoice_writes_tells_the_same_words(suffix: str, tmp_path: Path) -> None:
    from bigvoice.documents import stm

    file = tmp_path / f"m{suffix}"
    if suffix == ".stm":
        file.write_text(stm.render(meetings.family(), DocumentOptions()), encoding="utf-8")
    else:
        write(meetings.family(), file)

    (found,) = read(file).values()

    expected = " ".join(each.text for each in meetings.family().utterances if each.text)
    assert found.text is not None
    assert found.texts is not None
    assert found.text.split() == expected.split()
    assert found.texts["홍길동"].split() == [
        word for each in meetings.family().utterances if each.speaker == "s2" for word in each.text.split()
    ]


# --- what a file tells ---


def test_minutes_tell_names_and_rttm_does_not(tmp_path: Path) -> None:
    for suffix in (".json", ".rttm"):
        write(meetings.team(), tmp_path / f"m{suffix}")

    (minutes,), (turns,) = (read(tmp_path / f"m{suffix}").values() for suffix in (".json", ".rttm"))

    assert minutes.names == {"Mina Park", "Joon Lee", "Ada Brown"}
    assert (turns.names, turns.text, turns.texts) == (None, None, None)
    assert minutes.turns is not None
    assert turns.turns is not None
    assert [t.span for t in minutes.turns] == [t.span for t in turns.turns]


def test_a_suggested_name_is_none(tmp_path: Path) -> None:
    first, *others = meetings.team().speakers
    write(replace(meetings.team(), speakers=(replace(first, named_by="suggested"), *others)), tmp_path / "m.json")

    (found,) = read(tmp_path / "m.json").values()

    assert found.names == {"Joon Lee", "Ada Brown"}
    assert found.turns is not None
    assert found.turns[0].speaker == "Mina Park?"


def test_minutes_in_which_voices_were_not_told_apart_tell_no_turns(at) -> None:
    one = meetings.Minutes(
        meetings.Source("a.wav", "", 9.0),
        meetings.Maker("0", (("text", "sphinx"),)),
        speakers=(meetings.Speaker("s1", 1),),
        utterances=(meetings.say(0, 2, "s1", "good morning"),),
    )
    file = at("a/m.json")
    file.unlink()
    write(one, file)

    (found,) = read(file).values()

    assert (found.turns, found.texts, found.text) == (None, None, "good morning")


def test_empty_files_tell_that_there_is_nothing(at) -> None:
    assert read(at("m.rttm")) == {"m": Account(turns=())}
    assert read(at("m.stm")) == {"m": Account((), None, "", {})}
    assert read(at("m.txt")) == {"m": Account(text="")}


def test_what_cannot_be_read_is_told(at) -> None:
    with pytest.raises(DocumentError, match=r"m\.docx: no turns or words are read from \.docx: choose one of \.rttm"):
        read(at("m.docx"))
    with pytest.raises(DocumentError, match=r"m\.txt: line 2 has a time stamp.*\.json"):
        read(at("m.txt", "Minutes\n[00:00:01] Mina Park: Good morning.\n"))
    with pytest.raises(MinutesError, match=r"m\.json is no minutes file"):
        read(at("m.json", "{}"))


# --- matching ---


def test_two_files_need_no_name_in_common(at) -> None:
    (found,) = evaluate(at("truth.rttm", TRUTH), [at("found.rttm", FOUND)])

    assert list(found.recordings) == ["truth"]
    assert found.total.diarization is not None
    assert found.total.diarization.rate == pytest.approx(0.1)
    assert found.total.speakers is not None
    assert found.total.speakers.rate == 1
    assert found.notes == ()


def test_each_file_is_a_hypothesis_of_its_own(at) -> None:
    found = evaluate(at("t.rttm", TRUTH), [at("x.rttm", FOUND), at("y.rttm", TRUTH)])

    assert [round(each.total.diarization.rate, 3) for each in found if each.total.diarization] == [0.1, 0.0]


def test_folders_are_matched_by_stem_and_their_files_fill_each_other_up(at) -> None:
    truth, other = at("truth/m.rttm", TRUTH).parent, at("found/m.rttm", FOUND).parent
    at("truth/m.stm", SAID)
    at("truth/n.stm", SAID)
    at("found/m.txt", "good morning hello")
    at("found/n.txt", "good morning hello everyone")
    at("found/n.docx", "something else")

    (found,) = evaluate(truth, [other])

    assert found.recordings["m"].diarization is not None
    assert found.recordings["n"].diarization is None
    assert [found.recordings[name].words.edits for name in "mn"] == [1, 0]  # type: ignore[union-attr]
    assert found.total.words is not None
    assert (found.total.words.edits, found.total.words.total) == (1, 8)
    assert found.total.diarization == found.recordings["m"].diarization


def test_files_against_a_folder_are_one_hypothesis(at) -> None:
    truth = at("truth/m.rttm", TRUTH).parent
    at("truth/n.rttm", TRUTH)

    (found,) = evaluate(truth, [at("found/m.rttm", FOUND), at("found/n.rttm", TRUTH)])

    assert list(found.recordings) == ["m", "n"]
    assert found.total.diarization is not None
    assert found.total.diarization.rate == pytest.approx(0.05)


def test_a_silent_recording_of_a_file_of_several_is_missed_and_said(at) -> None:
    both = at("truth.rttm", TRUTH + TRUTH.replace(" a ", " b "))

    (found,) = evaluate(both, [at("b.rttm", FOUND)])

    assert found.recordings["a"].diarization is not None
    assert found.recordings["a"].diarization.missed == 10
    assert found.recordings["b"].diarization is not None
    assert found.recordings["b"].diarization.rate == pytest.approx(0.1)
    assert "has nothing for a: all speech there counts as missed" in found.notes[0]


def test_what_cannot_be_matched_is_told(at) -> None:
    truth = at("truth/m.rttm", TRUTH).parent
    at("truth/n.rttm", TRUTH)
    other, words = at("found/m.rttm", FOUND), at("words.txt", "good morning")
    empty = at("empty/x.docx").parent

    with pytest.raises(SettingsError, match=r"found has nothing for n of .*truth: files are matched by their stem"):
        evaluate(truth, [other.parent])
    with pytest.raises(SettingsError, match=r"m\.rttm has nothing for n"):
        evaluate(truth, [other])
    with pytest.raises(DocumentError, match="empty holds no file with turns or words"):
        evaluate(truth, [empty])
    with pytest.raises(SettingsError, match="cannot be compared: one tells turns, the other words"):
        evaluate(truth / "m.rttm", [words])
    with pytest.raises(SettingsError, match="matched by their stem, and so both one recording's"):
        evaluate(truth, [other, at("more/m.rttm", FOUND), truth / "n.rttm"])
    with pytest.raises(DocumentError, match=r"nowhere\.rttm cannot be read: No such file"):
        evaluate(truth / "m.rttm", [truth / "nowhere.rttm"])


def test_what_is_found_beyond_the_reference_is_left_out_and_said(at) -> None:
    truth = at("truth/m.rttm", TRUTH).parent
    at("found/m.rttm", TRUTH)
    at("found/extra.rttm", TRUTH)

    (found,) = evaluate(truth, [truth.parent / "found"])

    assert list(found.recordings) == ["m"]
    assert "also has extra" in found.notes[0]


# --- rules ---


def test_regions_need_the_name_of_one_of_several_recordings_only(at) -> None:
    truth, other = at("truth.rttm", TRUTH), at("b.rttm", FOUND)
    both = at("both.rttm", TRUTH + TRUTH.replace(" a ", " b "))
    regions = at("regions.uem", "anything 1 0 5.5\n")

    (found,) = evaluate(truth, [other], regions=regions)

    assert found.total.diarization is not None
    assert (found.total.diarization.total, found.total.diarization.confusion) == (5.5, 0.5)
    with pytest.raises(SettingsError, match=r"regions\.uem has no regions for a, b: it has some for anything"):
        evaluate(both, [other], regions=regions)


def test_a_collar_is_a_number_of_seconds() -> None:
    for collar in (-0.1, math.nan, math.inf):
        with pytest.raises(SettingsError, match="--collar must be a number of seconds, 0 or more"):
            Rules(collar)


def test_names_are_measured_whatever_writes_them(at, tmp_path: Path) -> None:
    write(meetings.team(), tmp_path / "m.json")
    truth = at("t.rttm", "SPEAKER a 1 1 10 <NA> <NA> Mina_Park\nSPEAKER a 1 12 10 <NA> <NA> Tom\n")

    (minutes,) = evaluate(truth, [tmp_path / "m.json"], Rules(enrolled=("mina park", "Ada Brown")))
    (turns,) = evaluate(truth, [at("b.rttm", FOUND)], Rules(enrolled=("Mina Park",)))

    assert minutes.total.names is not None
    assert (minutes.total.names.right, minutes.total.names.strangers) == (9.5, 10)  # 1-6 and 6.5-11
    assert minutes.total.names.named == 10  # Joon Lee's, who is not even enrolled
    assert "--enrolled Ada Brown: not heard in" in minutes.notes[0]
    assert turns.total.names is not None
    assert (turns.total.names.right, turns.total.names.wrong) == (4, 0)
    with pytest.raises(SettingsError, match=r"--enrolled Mia: who speaks in .*t\.rttm is Mina_Park, Tom"):
        evaluate(truth, [at("b.rttm", FOUND)], Rules(enrolled=("Mia",)))


def test_scores_add_where_they_are_measured(at) -> None:
    (found,) = evaluate(at("t.stm", SAID), [at("f.stm", SAID)])

    assert found.total + Scores() == found.total
    doubled = found.total + found.total
    assert doubled.words is not None
    assert doubled.words.total == 8


# --- reports ---


def test_every_table_says_its_rules(at) -> None:
    rules = Rules(0.25, skip_overlap=True, enrolled=("Mina Park",))

    (found,) = evaluate(at("t.stm", SAID), [at("f.stm", SAID)], rules)

    spoken, named, said = tables(found)
    for table in (spoken, named):
        assert "collar 0.25 s on each side, overlap not scored" in table.title
    assert "case and punctuation do not count; CER without spaces" in said.title
    assert said.rows == (("t", "4", "0", "0", "0", "0.0", "0.0", "0.0", "0.0"),)
    assert said.total == ("total", *said.rows[0][1:])
    assert all(len(row) == len(table.headings) for table in (spoken, named, said) for row in (*table.rows, table.total))


def test_markdown_has_a_line_a_recording(at) -> None:
    text = markdown(evaluate(at("a|b.rttm", TRUTH), [at("f.rttm", FOUND)]))

    assert "Who spoke when (no collar, overlap scored)" in text
    assert r"| a\|b | 00:00:10 | 10.0 | 0.0 | 0.0 | 10.0 | 18.3 | 2 / 2 | 0 |" in text


def test_json_has_counts_rates_and_no_number_that_is_none(at) -> None:
    (found,) = evaluate(at("t.rttm", ""), [at("f.rttm", FOUND)], Rules(collar=0.5))

    told = json.loads(json.dumps(to_json(found), allow_nan=False))

    assert (told["collar"], told["overlap_scored"]) == (0.5, True)
    assert told["total"]["diarization"] == {
        "missed": 0,
        "false_alarm": 10,
        "confusion": 0,
        "total": 0,
        "rate": None,
    }
    assert told["total"]["speakers"]["mean_error"] == 2
