from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from pyannote.database.util import load_rttm

from bigvoice.documents.rttm import parse, read, render
from bigvoice.errors import DocumentError
from bigvoice.minutes.minutes import Minutes
from bigvoice.settings import DocumentOptions
from bigvoice.span import Span
from bigvoice.turn import Turn
from tests import any_minutes, meetings

OPTIONS = DocumentOptions()


def test_a_line_an_utterance() -> None:
    lines = render(meetings.team(), OPTIONS).splitlines()

    assert len(lines) == 7
    assert lines[0] == "SPEAKER board 1 1.000 5.000 <NA> <NA> Mina_Park <NA> <NA>"
    assert lines[4] == "SPEAKER board 1 25.000 6.000 <NA> <NA> Speaker_3 <NA> <NA>"


def test_what_was_written_is_read_again(tmp_path: Path) -> None:
    file = tmp_path / "회의.rttm"
    file.write_text(render(meetings.family(), OPTIONS), encoding="utf-8")

    (turns,) = read(file).values()

    assert turns[1] == Turn(Span(10.0, 14.0), "홍민수")
    assert [turn.span for turn in turns] == [utterance.span for utterance in meetings.family().utterances]


def test_another_reader_reads_the_same(tmp_path: Path) -> None:
    file = tmp_path / "m.rttm"
    file.write_text(render(meetings.hostile(), OPTIONS), encoding="utf-8")

    (annotation,) = load_rttm(file).values()

    ours = [(turn.span.start, turn.span.end, turn.speaker) for turns in read(file).values() for turn in turns]
    theirs = [(segment.start, segment.end, label) for segment, _, label in annotation.itertracks(yield_label=True)]
    assert sorted(theirs) == [(pytest.approx(start), pytest.approx(end), label) for start, end, label in sorted(ours)]


@given(any_minutes.minutes())
@settings(deadline=None, max_examples=60)
def test_times_come_back_to_the_millisecond(minutes: Minutes) -> None:
    text = render(minutes, OPTIONS)

    found = [_milliseconds(turn.span) for turns in parse(text).values() for turn in turns]
    spans = [_milliseconds(utterance.span) for utterance in minutes.utterances]
    assert sorted(found) == sorted((start, end) for start, end in spans if start < end)


def _milliseconds(span: Span) -> tuple[int, int]:
    return round(span.start * 1000), round(span.end * 1000)


def test_turns_that_touch_still_do() -> None:
    minutes = Minutes(
        meetings.Source("a.wav", "", 9.0),
        meetings.Maker("0"),
        speakers=meetings.family().speakers,
        utterances=(meetings.say(0.0004, 1.0006, "s1"), meetings.say(1.0006, 2.0, "s2")),
    )

    first, second = parse(render(minutes, OPTIONS))["a"]

    assert first.span.end == second.span.start


def test_files_and_other_kinds_of_line() -> None:
    text = (
        ";; a comment\n"
        "SPKR-INFO a 1 <NA> <NA> <NA> unknown x <NA> <NA>\n"
        "\n"
        "SPEAKER b 1 5 1 <NA> <NA> y <NA> <NA>\n"
        "SPEAKER a 1 3 1 <NA> <NA> x <NA>\n"
        "SPEAKER a 1 1 1 <NA> <NA> x <NA> <NA>\n"
    )

    found = parse(text)

    assert found == {"b": [Turn(Span(5, 6), "y")], "a": [Turn(Span(1, 2), "x"), Turn(Span(3, 4), "x")]}
    assert parse("") == {}


@pytest.mark.parametrize(
    "line",
    ["SPEAKER a 1 x 1 <NA> <NA> n", "SPEAKER a 1 1 -1 <NA> <NA> n", "SPEAKER a 1 1 nan <NA> <NA> n", "SPEAKER a 1"],
)
def test_a_broken_line_is_told(line: str, tmp_path: Path) -> None:
    file = tmp_path / "m.rttm"
    file.write_text(f"\n{line}\n")

    with pytest.raises(DocumentError, match=r"m\.rttm: line 2 is no RTTM"):
        read(file)


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "b.rttm").write_bytes(b"\xff\xff")

    with pytest.raises(DocumentError, match="No such file"):
        read(tmp_path / "a.rttm")
    with pytest.raises(DocumentError, match="not UTF-8"):
        read(tmp_path / "b.rttm")
