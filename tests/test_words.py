from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bigvoice.span import Span
from bigvoice.transcription.words import give_words
from bigvoice.turn import Turn
from bigvoice.word import Word


def turn(start: float, end: float, speaker: str) -> Turn:
    return Turn(Span(start, end), speaker)


def word(start: float, end: float, text: str = " x") -> Word:
    return Word(Span(start, end), text)


def owners(turns: list[Turn], words: list[Word]) -> dict[str, list[str]]:
    """Speaker -> texts."""
    said: dict[str, list[str]] = {}
    for one, own in give_words(turns, words):
        said.setdefault(one.speaker, []).extend(w.text for w in own)
    return said


def test_a_word_on_a_border_goes_where_most_of_it_lies() -> None:
    turns = [turn(0, 2, "a"), turn(2, 4, "b")]
    words = [word(1.5, 2.2, " mostly-a"), word(1.9, 2.6, " mostly-b")]
    assert owners(turns, words) == {"a": [" mostly-a"], "b": [" mostly-b"]}


def test_in_overlapping_speech_a_word_stays_with_the_sentence_before_it() -> None:
    turns = [turn(0, 5, "a"), turn(3, 8, "b")]
    words = [word(2, 3, " I"), word(3.2, 3.8, " think"), word(4, 4.5, " so"), word(5.5, 6, " yes")]
    assert owners(turns, words) == {"a": [" I", " think", " so"], "b": [" yes"]}


def test_a_tie_without_a_word_before_goes_to_the_earlier_turn() -> None:
    assert owners([turn(1, 5, "late"), turn(0, 5, "early")], [word(2, 3)]) == {"early": [" x"], "late": []}


@pytest.mark.parametrize(
    ("start", "owner"), [(2.1, "a"), (4.5, "b"), (90.0, "b"), (0.0, "a")], ids=["after a", "before b", "far", "first"]
)
def test_a_word_outside_every_turn_goes_to_the_nearest(start: float, owner: str) -> None:
    said = owners([turn(1, 2, "a"), turn(5, 6, "b")], [word(start, start + 0.3)])
    assert said[owner] == [" x"]


def test_the_nearest_turn_is_found_behind_a_short_one_that_began_later() -> None:
    turns = [turn(0, 10, "long"), turn(1, 2, "short"), turn(30, 31, "next")]
    assert owners(turns, [word(10.5, 11)])["long"] == [" x"]


def test_turns_without_words_are_kept_empty() -> None:
    assert give_words([turn(0, 1, "a")], []) == [(turn(0, 1, "a"), ())]


def test_words_without_turns_are_not_lost_in_silence() -> None:
    with pytest.raises(ValueError, match="1 words but no turns"):
        give_words([], [word(0, 1)])


def spans(longest: float) -> st.SearchStrategy[Span]:
    times = st.tuples(st.integers(0, 400), st.integers(0, int(longest * 10)))
    return times.map(lambda pair: Span(pair[0] / 10, (pair[0] + pair[1]) / 10))


TURNS = st.lists(st.tuples(spans(9.0), st.sampled_from("abc")).map(lambda t: Turn(*t)), min_size=1, max_size=12)
WORDS = st.lists(spans(1.5), max_size=25).map(lambda found: [Word(s, f" {i}") for i, s in enumerate(sorted(found))])


@settings(deadline=None, max_examples=150)
@given(TURNS, WORDS)
def test_no_word_is_lost_or_doubled_and_the_order_stays(turns: list[Turn], words: list[Word]) -> None:
    given_words = give_words(turns, words)
    assert [t for t, _ in given_words] == sorted(turns)
    numbers = [[int(w.text) for w in own] for _, own in given_words]
    assert sorted(n for own in numbers for n in own) == list(range(len(words)))
    assert all(own == sorted(own) for own in numbers)


@settings(deadline=None, max_examples=150)
@given(TURNS, WORDS)
def test_no_other_turn_covers_more_or_lies_nearer(turns: list[Turn], words: list[Word]) -> None:
    for owner, own in give_words(turns, words):
        for w in own:
            assert owner.span.overlap(w.span) == pytest.approx(max(t.span.overlap(w.span) for t in turns))
            if owner.span.overlap(w.span) == 0:
                assert owner.span.gap(w.span) == pytest.approx(min(t.span.gap(w.span) for t in turns))
