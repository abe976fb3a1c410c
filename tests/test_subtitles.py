from __future__ import annotations

import re
import time
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bigvoice.documents.cue_times import LONGEST, SHORTEST, WAIT, Cue
from bigvoice.documents.cues import DASH, FULL, LINES, breadth, cues_of
from bigvoice.documents.line import one_line
from bigvoice.documents.subtitles import render_srt, render_vtt
from bigvoice.documents.wording import wording_for
from bigvoice.minutes.minutes import KNOWN, SUGGESTED, Maker, Minutes, Source, Speaker, Utterance, blocks
from bigvoice.settings import DocumentOptions
from bigvoice.span import Span
from bigvoice.word import Word
from tests import any_minutes, meetings
from tests.golden_files import same_as_golden
from tests.meetings import say
from tests.sample_minutes import sample

OPTIONS = DocumentOptions()


def minutes_of(*utterances: Utterance, names: Sequence[str] = ("Mina", "Joon")) -> Minutes:
    voices = tuple(Speaker(f"s{i}", i, name, None, KNOWN, 0.9) for i, name in enumerate(names, 1))
    return Minutes(Source("x.wav", "", 100.0), Maker("0"), speakers=voices, utterances=utterances)


def texts(cues: Sequence[Cue]) -> list[str]:
    return [" / ".join(cue.lines) for cue in cues]


@pytest.mark.parametrize("minutes", [meetings.team(), meetings.family()])
def test_golden(minutes: Minutes) -> None:
    assert same_as_golden(render_srt(minutes, OPTIONS), f"subtitles_{minutes.language}.srt")
    assert same_as_golden(render_vtt(minutes, OPTIONS), f"subtitles_{minutes.language}.vtt")


def test_a_suggested_name_that_is_cut_keeps_its_question_mark() -> None:
    voices = (Speaker("s1", 1, "Alexandra Constantinou", None, SUGGESTED, 0.7),)
    minutes = Minutes(
        Source("x.wav", "", 9.0), Maker("0"), speakers=voices, utterances=(say(1, 3, "s1", "Good afternoon."),)
    )

    assert "Alexandra Cons…?: Good afternoon." in render_srt(minutes, OPTIONS)
    assert "<v Alexandra Constantinou?>Good afternoon." in render_vtt(minutes, OPTIONS)


def test_a_short_sentence_is_one_line_at_its_own_time() -> None:
    assert cues_of(minutes_of(say(1, 3, "s1", "Good afternoon."))) == [Cue(1, 3, "s1", ("Good afternoon.",))]


def test_a_longer_one_is_two_lines_of_like_length() -> None:
    cues = cues_of(minutes_of(say(0, 5, "s1", "We spent four thousand pounds on paper and nothing on ink")))

    assert texts(cues) == ["We spent four thousand pounds / on paper and nothing on ink"]


def test_hangul_takes_twice_the_room() -> None:
    assert breadth("가" * 20) == FULL == breadth("x" * 42)
    (cue,) = cues_of(minutes_of(say(0, 5, "s1", "이번 달 예산은 사천만 원이고 대부분 종이에 썼습니다")))

    assert len(cue.lines) == 2
    assert all(len(line) <= 20 for line in cue.lines)


def test_what_does_not_fit_is_cut_after_a_sentence() -> None:
    text = (
        "I am not so sure about all of these numbers. Please send them to me once again before the meeting next week."
    )

    assert texts(cues_of(minutes_of(say(0, 7, "s1", text))))[0] == "I am not so sure about / all of these numbers."


def test_a_pause_parts_cues() -> None:
    words = (Word(Span(0, 1), " One"), Word(Span(1, 2), " two"), Word(Span(4, 5), " three"))

    cues = cues_of(minutes_of(Utterance(Span(0, 5), "s1", words)))

    assert [(cue.start, cue.end, *cue.lines) for cue in cues] == [(0, 2, "One two"), (4, 5, "three")]


def test_utterances_of_one_speaker_share_a_cue_where_there_is_no_pause() -> None:
    assert texts(cues_of(minutes_of(say(0, 1, "s1", "Yes."), say(1.2, 2, "s1", "Of course.")))) == ["Yes. Of course."]


def test_slow_speech_is_cut_by_time() -> None:
    cues = cues_of(minutes_of(say(0, 20, "s1", "a b c d e f g h i j")))

    assert all(cue.end - cue.start <= LONGEST for cue in cues)
    assert " ".join(texts(cues)) == "a b c d e f g h i j"


def test_a_word_said_in_no_time_can_be_read() -> None:
    assert cues_of(minutes_of(say(1.6, 1.6, "s2", "No."))) == [Cue(1.6, 2.6, "s2", ("No.",))]


def test_two_who_answer_each_other_at_once_share_a_cue() -> None:
    minutes = minutes_of(say(1.0, 1.1, "s1", "Yes."), say(1.6, 1.6, "s2", "No. <i>"), say(4, 6, "s2", "Well, perhaps."))

    assert cues_of(minutes)[0] == Cue(1.0, 2.0, "s1", ("Yes.", "No. <i>"), "s2")
    assert "00:00:01,000 --> 00:00:02,000\n- Mina: Yes.\n- Joon: No. ‹i›\n\n" in render_srt(minutes, OPTIONS)
    assert render_srt(minutes, OPTIONS).endswith("\nWell, perhaps.\n")  # his name was just shown
    assert "\n<v Mina>- Yes.</v>\n<v Joon>- No. &lt;i&gt;</v>\n" in render_vtt(minutes, OPTIONS)


def test_an_answer_that_does_not_fit_waits_a_moment() -> None:
    long = "We spent four thousand pounds on paper and nothing on ink"

    first, second = cues_of(minutes_of(say(1.0, 1.2, "s1", "Yes."), say(1.3, 5, "s2", long)))

    assert (first.start, first.end) == (1.0, 2.0)
    assert (second.start, second.end) == (1.3 + WAIT, 5.0)


def test_who_speaks_at_the_same_time_is_shown_at_the_same_time() -> None:
    long = "We spent four thousand pounds on paper and nothing on ink"

    first, second = cues_of(minutes_of(say(1.0, 6, "s1", long), say(3, 3.2, "s2", "Yes.")))

    assert (first.start, first.end) == (1.0, 6.0)
    assert (second.start, second.end) == (3.0, 4.0)


def test_a_speaker_whose_words_come_too_quickly_is_shown_one_cue_after_the_other() -> None:
    cues = cues_of(minutes_of(say(0.0, 0.9, "s1", "one two three four five six seven eight nine ten " * 5)))

    assert [cue.start for cue in cues] == [float(i) for i in range(len(cues))]
    assert [cue.end for cue in cues] == [float(i + 1) for i in range(len(cues))]


def test_words_whose_times_go_back_keep_their_order() -> None:
    text = "and so it went on and on until nobody was there to hear it any more but the old clock on the wall"
    words = [Word(Span(50 - i, 50.5 - i), f" {word}") for i, word in enumerate(text.split())]

    cues = cues_of(minutes_of(Utterance(Span(20, 51), "s1", tuple(words))))

    assert " ".join(line for cue in cues for line in cue.lines) == text
    assert [cue.start for cue in cues] == [50.0 + i for i in range(len(cues))]


def test_korean_words_that_are_written_together_stay_together() -> None:
    words = [Word(Span(i, i + 0.5), text) for i, text in enumerate([" 회의", "를", " 시작", "합니다", "."])]

    assert texts(cues_of(minutes_of(Utterance(Span(0, 5), "s1", tuple(words))))) == ["회의를 시작합니다."]


def test_a_word_wider_than_a_line_is_cut() -> None:
    cues = cues_of(minutes_of(say(0, 4, "s1", "x" * 100)))

    assert [len(line) for cue in cues for line in cue.lines] == [42, 42, 16]


def test_a_name_stands_where_the_speaker_changes() -> None:
    text = render_srt(minutes_of(say(0, 3, "s1", "One."), say(5, 8, "s1", "Two."), say(9, 10, "s2", "Three.")), OPTIONS)

    assert [block.split("\n")[2] for block in text.split("\n\n")] == ["Mina: One.", "Two.", "Joon: Three."]


def test_a_long_name_is_cut_and_fits() -> None:
    long = "Maximilian Alexander von und zu Hohenstein"
    text = render_srt(minutes_of(say(0, 7, "s1", "We spent four thousand pounds on paper and"), names=[long]), OPTIONS)

    lines = text.split("\n")[2:4]
    assert lines[0].startswith("Maximilian Alex…: We")
    assert all(len(line) <= 42 for line in lines)


def test_markup_is_quoted_in_vtt_and_harmless_in_srt() -> None:
    minutes = minutes_of(say(0, 4, "s1", "<b>a</b> --> {\\an8} &amp;"), names=["<i>A & B"])

    assert "<v &lt;i&gt;A &amp; B>&lt;b&gt;a&lt;/b&gt; --&gt; {\\an8} &amp;amp;\n" in render_vtt(minutes, OPTIONS)
    assert "‹i›A & B: ‹b›a‹/b› --› (\\an8} &amp;\n" in render_srt(minutes, OPTIONS)


@pytest.mark.parametrize("minutes", [meetings.empty(), minutes_of(say(0, 5, "s1"))])
def test_without_words_there_are_no_cues(minutes: Minutes) -> None:
    assert render_vtt(minutes, OPTIONS) == "WEBVTT\n"
    assert render_srt(minutes, OPTIONS) == ""


TIMES = re.compile(r"(\d\d):([0-5]\d):([0-5]\d)[,.](\d{3})")


def milliseconds(text: str) -> int:
    hours, minutes, seconds, rest = map(int, TIMES.fullmatch(text).groups())
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + rest


def read_srt(text: str) -> list[tuple[int, int, list[str]]]:
    """(start, end, lines) of each cue, in milliseconds; numbers and layout are checked."""
    found = []
    for number, block in enumerate(text.removesuffix("\n").split("\n\n") if text else [], 1):
        count, times, *lines = block.split("\n")
        assert count == str(number)
        start, end = map(milliseconds, times.split(" --> "))
        found.append((start, end, lines))
    return found


def assert_within_limits(minutes: Minutes) -> None:
    """42 Latin or 20 Hangul letters a line, two lines, 1 to 7 s, in order of time, one cue of a speaker at a time."""
    srt = read_srt(render_srt(minutes, OPTIONS))
    for start, end, lines in srt:
        assert 1000 <= end - start <= 7000
        assert 1 <= len(lines) <= LINES
        assert all(line.strip() and breadth(line) <= FULL for line in lines)
    assert [start for start, *_ in srt] == sorted(start for start, *_ in srt)
    until: dict[str, float] = {}
    for cue in cues_of(minutes):
        assert all(until.get(speaker, 0) <= cue.start for speaker in cue.speakers)
        until |= dict.fromkeys(cue.speakers, cue.end)


@given(any_minutes.minutes() | st.just(meetings.hostile()))
@settings(deadline=None, max_examples=60)
def test_any_minutes_make_well_formed_files_within_the_limits(minutes: Minutes) -> None:
    vtt, cues = render_vtt(minutes, OPTIONS), cues_of(minutes)

    assert_within_limits(minutes)
    assert vtt.startswith("WEBVTT\n")
    assert vtt.count(" --> ") == len(cues)
    told_apart = any(wording_for(minutes, OPTIONS).labels(minutes).values())
    assert vtt.count("\n<v ") == (sum(len(cue.speakers) for cue in cues) if told_apart else 0)


@pytest.mark.parametrize("name", ["team_weekly", "korean_board"])
def test_the_sample_meetings_are_within_the_limits_and_name_each_speaker_once_a_change(name: str) -> None:
    minutes = sample(name)
    assert_within_limits(minutes)

    labels = wording_for(minutes, OPTIONS).labels(minutes)
    speakers = [speaker for cue in cues_of(minutes) for speaker in cue.speakers]
    lines = [line for *_, lines in read_srt(render_srt(minutes, OPTIONS)) for line in lines]
    named = [label for line in lines for label in labels.values() if line.removeprefix(DASH).startswith(f"{label}: ")]
    changes = [who for who, before in zip(speakers, ["", *speakers], strict=False) if who != before]
    assert named == [labels[who] for who in changes]


quick = st.tuples(st.floats(-1.5, 0.6), st.floats(0, 2), st.integers(1, 14), st.sampled_from(["s1", "s2", "s3"]))


@given(st.lists(quick, min_size=1, max_size=25), st.sampled_from(["well", "가나다라", "x" * 60]))
@settings(deadline=None, max_examples=60)
def test_quick_exchanges_are_within_the_limits(said: list[tuple[float, float, int, str]], word: str) -> None:
    clock, utterances = 0.0, []
    for wait, length, n_words, speaker in said:
        start = max(0.0, clock + wait)
        clock = start + length
        utterances.append(say(start, clock, speaker, " ".join([word] * n_words)))

    assert_within_limits(minutes_of(*sorted(utterances, key=lambda each: each.span), names=["Mina", "Joon", "다 님"]))


phrases = st.lists(st.text(alphabet="ab.,?회의 ", min_size=1, max_size=15), max_size=30)
steps = st.floats(0, 3)


@given(st.lists(st.tuples(steps, steps, phrases, st.sampled_from(["s1", "s2"])), max_size=4))
@settings(deadline=None, max_examples=80)
def test_laws_of_cues(said: list[tuple[float, float, list[str], str]]) -> None:
    clock, utterances = 0.0, []
    for wait, length, words, speaker in said:
        utterances.append(say(clock + wait, clock + wait + length * len(words), speaker, " ".join(words)))
        clock = utterances[-1].span.end
    minutes = minutes_of(*utterances)

    cues = cues_of(minutes)

    words_shown = "".join("".join(cue.lines).replace(" ", "") for cue in cues)
    assert words_shown == "".join(one_line(u.text).replace(" ", "") for u in utterances)  # nothing lost, all in order
    for cue, following in zip(cues, [*cues[1:], None][: len(cues)], strict=True):
        assert 1 <= len(cue.lines) <= 2
        assert all(breadth(line) <= FULL for line in cue.lines)
        assert SHORTEST - 1e-9 <= cue.end - cue.start <= LONGEST + 1e-9
        if following:
            assert cue.start <= following.start
    assert {cue.speaker for cue in cues} <= {block[0].speaker for block in blocks(utterances)}


def test_an_hour_without_a_pause_takes_no_time_to_cut() -> None:
    said = say(0, 3600, "s1", "and so it went on and on. " * 1500)
    began = time.process_time()

    cues = cues_of(minutes_of(said))

    assert len(cues) > 500
    assert time.process_time() - began < 20  # trying every cut of the whole takes minutes
