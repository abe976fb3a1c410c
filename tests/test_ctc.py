"""Collapsing, alignment and probabilities, checked against every way through the frames."""

from __future__ import annotations

import numpy as np
import pytest
from ctc_cases import every_way, path_of, posteriors
from hypothesis import given, settings
from hypothesis import strategies as st

from bigvoice.corpora.statistics import n_steps_needed
from bigvoice.corpora.vocabulary import Vocabulary
from bigvoice.transcription import ctc
from bigvoice.transcription.ctc import LogProbabilities, Symbol, align, collapse, greedy

SYLLABLES = Vocabulary((" ", "야", "해"), "syllables")


def said(path: str) -> str:
    return SYLLABLES.decode(greedy(path_of(path, " 야해")))


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("해야야야", "해야"),  # nothing between them: one long syllable
        ("해야-야-야", "해야야야"),
        ("해해-야야--야-야야", "해야야야"),
        ("--해- -해야--", "해 해야"),
        ("야-야 야-야", "야야 야야"),
        ("----", ""),
    ],
)
def test_repeated_syllables_are_as_many_as_blanks_between_them_say(path: str, text: str) -> None:
    assert said(path) == text


def test_repeated_syllables_are_found_in_their_own_frames() -> None:
    path = "-해해-야--야야-야-"
    found = align(path_of(path, " 야해"), SYLLABLES.encode("해야야야"))
    assert found == [Symbol(3, 1, 3), Symbol(2, 4, 5), Symbol(2, 7, 9), Symbol(2, 10, 11)]


def test_a_text_that_the_network_did_not_write_is_aligned_where_it_fits_best() -> None:
    """It wrote 해야; asked for 해야야, the second 야 takes what is likeliest of what is left."""
    rows = path_of("해-야--", " 야해", sure=0.9)
    rows[4] = np.log([0.6, 0.02, 0.36, 0.02])
    assert align(rows, SYLLABLES.encode("해야야")) == [Symbol(3, 0, 1), Symbol(2, 2, 3), Symbol(2, 4, 5)]


@given(st.lists(st.integers(1, 4), max_size=12), st.integers(0, 2**32))
def test_every_text_comes_back_from_every_way_that_says_it(numbers: list[int], seed: int) -> None:
    rng = np.random.default_rng(seed)
    path: list[int] = []
    for number in numbers:
        path += [0] * int(rng.integers(path[-1:] == [number], 3)) + [number] * int(rng.integers(1, 4))
    assert collapse(path + [0] * int(rng.integers(0, 3))) == numbers


@settings(max_examples=40, deadline=None)
@given(posteriors())
def test_alignment_is_the_likeliest_of_all_ways_of_each_text(log_probabilities: LogProbabilities) -> None:
    for text, ways in every_way(log_probabilities).items():
        best = max(ways)[0]
        path = [0] * len(log_probabilities)
        for symbol in align(log_probabilities, text):
            path[symbol.first : symbol.end] = [symbol.number] * (symbol.end - symbol.first)
        assert tuple(collapse(path)) == text
        assert sum(log_probabilities[range(len(path)), path]) == pytest.approx(best, abs=1e-4)


@settings(max_examples=40, deadline=None)
@given(posteriors())
def test_a_texts_probability_is_the_sum_over_all_its_ways(log_probabilities: LogProbabilities) -> None:
    ways = every_way(log_probabilities)
    found = {text: ctc.log_probability(log_probabilities, text) for text in ways}
    summed = {text: float(np.logaddexp.reduce([score for score, _ in each])) for text, each in ways.items()}
    assert found == pytest.approx(summed, abs=1e-4)
    assert sum(np.exp(list(found.values()))) == pytest.approx(1.0, abs=1e-4)


@given(posteriors(most_frames=8, most_symbols=5))
def test_greedy_is_aligned_as_it_was_read(log_probabilities: LogProbabilities) -> None:
    path = log_probabilities.argmax(axis=1)
    spans = align(log_probabilities, greedy(log_probabilities))
    mine = np.zeros(len(path), int)
    for symbol in spans:
        mine[symbol.first : symbol.end] = symbol.number
    assert mine.tolist() == path.tolist()


def test_a_text_needs_a_frame_a_symbol_and_one_between_twins() -> None:
    rows = path_of("해야", " 야해")
    assert n_steps_needed(SYLLABLES.encode("야야야")) == 5
    with pytest.raises(ValueError, match="2 frames cannot say a text that needs 3"):
        align(rows, SYLLABLES.encode("야야"))
    assert ctc.log_probability(rows, SYLLABLES.encode("야야")) == -np.inf
    assert ctc.log_probability(rows[:0], []) == 0.0
    assert align(rows[:0], []) == []


def test_what_a_network_holds_for_impossible_is_aligned_nevertheless() -> None:
    rows = np.full((4, 4), -np.inf, np.float32)
    rows[:, 0] = 0.0
    assert [symbol.number for symbol in align(rows, SYLLABLES.encode("해야"))] == [3, 2]
    assert ctc.log_probability(rows, SYLLABLES.encode("해야")) == -np.inf
