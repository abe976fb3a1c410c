from __future__ import annotations

import warnings
from pathlib import Path

import pytest
from hypothesis import given, settings

from bigvoice.documents.line import one_line
from bigvoice.documents.rttm import field
from bigvoice.documents.stm import parse, read, render
from bigvoice.documents.wording import wording_for
from bigvoice.errors import DocumentError
from bigvoice.minutes.minutes import Maker, Minutes, Source, Utterance
from bigvoice.settings import DocumentOptions
from bigvoice.span import Span
from bigvoice.word import Word
from tests import any_minutes, meetings

with warnings.catch_warnings():  # its import is not ours to mend
    warnings.simplefilter("ignore")
    from meeteval.io import STM

OPTIONS = DocumentOptions()


def test_a_line_an_utterance_that_has_words() -> None:
    lines = render(meetings.team(), OPTIONS).splitlines()

    assert len(lines) == 6  # one of seven is silent
    assert lines[0] == "board 1 Mina_Park 1.000 6.000 Good afternoon. Let us begin with the budget."
    assert lines[4] == "board 1 Speaker_3 25.000 31.000 The printer is old."


@given(any_minutes.minutes())
@settings(deadline=None, max_examples=60)
def test_what_was_written_is_read_again(minutes: Minutes) -> None:
    wording = wording_for(minutes, OPTIONS)
    names = {speaker.id: field(wording.label(speaker)) for speaker in minutes.speakers}

    found = [each for own in parse(render(minutes, OPTIONS)).values() for each in own]

    texts = [(names[each.speaker], text) for each in minutes.utterances if (text := one_line(each.text))]
    assert sorted((each.speaker, each.text) for each in found) == sorted(texts)


def test_another_reader_reads_the_same() -> None:
    text = render(meetings.family(), OPTIONS)

    theirs = [(each.speaker_id, float(each.begin_time), each.transcript) for each in STM.parse(text)]

    (ours,) = parse(text).values()
    assert [(each.speaker, each.span.start, each.text) for each in ours] == theirs


def test_labels_comments_and_what_is_not_scored() -> None:
    text = (
        ";; a comment\n"
        "\n"
        "b 1 y 5 6 <O,F0,M> after a label\n"
        "a 1 x 3 4\n"
        "a 1 x 1 2 <laughs out loud> it is text\n"
        "a 1 x 7 9 ignore_time_segment_in_scoring\n"
    )

    found = parse(text)

    assert [each.text for each in found["b"]] == ["after a label"]
    assert found["a"] == [
        Utterance(Span(1, 2), "x", (Word(Span(1, 2), "<laughs out loud> it is text"),)),
        Utterance(Span(3, 4), "x"),
    ]
    assert parse("") == {}


def test_a_text_that_looks_like_a_label_stays_a_text() -> None:
    speakers = meetings.family().speakers
    minutes = Minutes(
        Source("a.wav", "", 9), Maker("0"), speakers=speakers, utterances=(meetings.say(0, 1, "s1", "<O> said"),)
    )

    (found,) = parse(render(minutes, OPTIONS))["a"]

    assert found.text == "<O> said"


@pytest.mark.parametrize("line", ["a 1 x 1", "a 1 x one 2 text", "a 1 x 3 2 text", "a 1 x nan 2 text"])
def test_a_broken_line_is_told(line: str, tmp_path: Path) -> None:
    file = tmp_path / "m.stm"
    file.write_text(f"\n{line}\n")

    with pytest.raises(DocumentError, match=r"m\.stm: line 2 is no STM"):
        read(file)
