from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bigvoice.span import Span
from bigvoice.transcription.guards import (
    KEPT_REPEATS,
    Passage,
    audible,
    believable,
    compression,
    is_stock,
    level_db,
    looping,
    lost,
    repaired,
    sentences,
    timed,
    unlooped,
)
from bigvoice.word import Word, join

LOUD = -20.0


def words(text: str, *, start: float = 0.0, each: float = 0.4) -> list[Word]:
    """A word per blank, `each` seconds long, one after the other."""
    return [Word(Span(start + i * each, start + (i + 1) * each), f" {t}") for i, t in enumerate(text.split())]


def passage(text: str, **told: float) -> Passage:
    said = words(text)
    return Passage(Span(0, max(30.0, said[-1].span.end)), tuple(said), **told)


def test_a_loop_is_cut_down_and_what_follows_is_kept() -> None:
    said = words("so we go " + "on and on " * 9 + "until noon.")
    assert join(unlooped(said)) == "so we go " + "on and on " * KEPT_REPEATS + "until noon."


@pytest.mark.parametrize(
    "text", ["yes, yes, yes, yes.", "네. 네. 네. 네, 알겠습니다.", "very very good", "1 2 1 2 1 2"]
)
def test_what_people_do_repeat_stays(text: str) -> None:
    assert join(unlooped(words(text))) == text


def test_a_loop_with_changing_punctuation_and_case_is_one() -> None:
    assert len(unlooped(words("Okay. okay, OKAY okay! Okay okay. okay okay"))) == KEPT_REPEATS


def test_a_stutter_within_a_word_is_cut_but_a_number_is_not() -> None:
    said = unlooped([Word(Span(0, 3), " " + "아" * 40), Word(Span(3, 4), " 10000000000000")])
    assert [w.text for w in said] == [" 아아아", " 10000000000000"]


@settings(deadline=None, max_examples=100)
@given(st.lists(st.sampled_from("abc"), max_size=40))
def test_unlooping_keeps_times_in_order_and_invents_nothing(letters: list[str]) -> None:
    said = words(" ".join(letters)) if letters else []
    kept = unlooped(said)
    assert [w for w in said if w in kept] == kept


def test_a_loop_and_a_doubted_text_are_heard_again_and_prose_is_not() -> None:
    prose = "We met on Monday to talk about the budget and agreed to wait for the figures of the third quarter."
    assert compression(prose) < 1.5
    assert not looping(passage(prose, logprob=-0.3))
    assert looping(passage("go on " * 20, logprob=-0.1))
    assert looping(passage(prose, logprob=-1.2))


def test_half_characters_go_and_authored_spacing_stays() -> None:
    said = [Word(Span(0, 1), t) for t in (" 회의를", " 시작\ufffd", "합니다", "\ufffd", " ", "3", " 개월")]
    assert join(repaired(said)) == "회의를 시작합니다 3 개월"


def test_a_lost_last_word_is_found_again_in_the_text() -> None:
    assert lost(" 회의 끝\ufffd", [Word(Span(0, 1), " 회의")]) == " 끝"
    assert lost(" 회의", [Word(Span(0, 1), " 회의")]) == ""
    assert lost(" something else", [Word(Span(0, 1), " 회의")]) == ""


def test_text_that_nobody_could_say_in_that_time_is_not_believed() -> None:
    long = passage("이 문장은 아주 길어서 일 초 안에 말할 수 있는 사람이 세상에 아무도 없습니다")
    assert not believable(long, [Span(3, 4)])
    assert believable(long, [Span(3, 8)])


def test_what_whisper_takes_for_silence_is_not_believed() -> None:
    assert not believable(passage("Hello there", no_speech=0.8, logprob=-1.5), [Span(0, 10)])
    assert believable(passage("Hello there", no_speech=0.8, logprob=-0.2), [Span(0, 10)])


def test_text_over_silence_is_dropped_by_its_level() -> None:
    assert not audible(passage("Hello there"), [Span(0, 10)], -75.0)
    assert audible(passage("Hello there"), [Span(0, 10)], -45.0)


@pytest.mark.parametrize("text", ["시청해주셔서 감사합니다!", "구독과 좋아요 부탁드립니다.", "Thanks for watching."])
def test_a_stock_phrase_is_dropped_only_where_hardly_anything_is_said(text: str) -> None:
    assert not audible(passage(text), [Span(0, 0.4)], LOUD)
    assert audible(passage(text), [Span(0, 2.5)], LOUD)


@pytest.mark.parametrize("text", ["감사합니다.", "Thank you.", "Thanks for watching the budget."])
def test_what_people_do_say_is_no_stock_phrase(text: str) -> None:
    assert not is_stock(text)


def test_sentences_are_judged_one_by_one() -> None:
    heard = passage("We agree. 시청해주셔서 감사합니다! Good.")
    assert [s.text for s in sentences(heard)] == ["We agree.", "시청해주셔서 감사합니다!", "Good."]
    assert sentences(heard)[1].span == Span(0.8, 1.6)


def test_a_word_stretched_over_the_pause_before_it_is_trimmed_to_speech() -> None:
    (moved,) = timed([Word(Span(2, 12.5), " Hello")], [Span(12, 15)])
    assert moved.span == Span(12, 12.5)


def test_a_word_that_lasts_too_long_keeps_its_end_at_a_sentence_start_and_its_start_within() -> None:
    first, second = timed([Word(Span(0, 6), " So"), Word(Span(6, 12), " no.")], [Span(0, 12)])
    assert first.span.end == 6
    assert second.span.start == 6
    assert first.span.duration == second.span.duration < 1.5


def test_a_word_beside_speech_is_moved_to_it_if_near_or_likely_and_dropped_if_not() -> None:
    speech = [Span(10, 12)]
    near, likely, unlikely = (
        Word(Span(9.4, 9.8), " near", 0.1),
        Word(Span(4, 4.5), " likely", 0.9),
        Word(Span(4, 4.5), " unlikely", 0.1),
    )
    assert [w.text for w in timed([likely, unlikely, near], speech)] == [" near", " likely"]
    assert all(speech[0].overlap(w.span) == pytest.approx(w.span.duration) for w in timed([near, likely], speech))


@settings(deadline=None, max_examples=100)
@given(st.lists(st.tuples(st.floats(0, 50), st.floats(0, 9), st.floats(0, 1)), max_size=20))
def test_timed_words_lie_in_speech_and_in_order(rows: list[tuple[float, float, float]]) -> None:
    speech = [Span(5, 9), Span(12, 13), Span(30, 44)]
    kept = timed([Word(Span(a, a + d), " word", p) for a, d, p in rows], speech)
    hull = Span(5, 44)
    assert all(hull.start <= w.span.start <= w.span.end <= hull.end for w in kept)
    assert all(w.span.duration == 0 or any(w.span.gap(s) == 0 for s in speech) for w in kept)
    assert [w.span for w in kept] == sorted(w.span for w in kept)


def test_level_is_that_of_the_loudest_moment() -> None:
    samples = np.zeros(16_000, np.float32)
    assert level_db(samples) == -math.inf
    samples[8_000:8_800] = 0.1
    assert level_db(samples) == pytest.approx(-20, abs=0.1)
    assert level_db(np.zeros(0, np.float32)) == -math.inf
