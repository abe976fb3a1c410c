"""Prefix beam search against the sum over all ways, and with language models one can see through."""

from __future__ import annotations

from math import log

import numpy as np
import pytest
from ctc_cases import every_way, log_softmax, path_of, posteriors
from hypothesis import given, settings
from hypothesis import strategies as st

from bigvoice.corpora.vocabulary import Vocabulary
from bigvoice.transcription.ctc import LogProbabilities, greedy, log_probability
from bigvoice.transcription.ctc_beam import Beam, Hypothesis, beam_search
from bigvoice.transcription.fusion import Fusion

SYLLABLES = Vocabulary((" ", "야", "해"), "syllables")


class Listed:
    """A language model that likes the tokens of a list and remembers, in its state, what it was told."""

    name = "listed-1"

    def __init__(self, unit: str, *liked: str) -> None:
        self.unit = unit
        self.liked = liked

    def begin(self) -> tuple[str, ...]:
        return ()

    def score(self, state: tuple[str, ...], token: str) -> tuple[float, tuple[str, ...]]:
        return log(0.5 if token in self.liked else 0.001), (*state, token)

    def end(self, state: tuple[str, ...]) -> float:
        return log(0.1)


def fused(model: Listed, vocabulary: Vocabulary, alpha: float = 0.5, beta: float = 1.0) -> Fusion:
    return Fusion(model, vocabulary, alpha, beta)


@settings(max_examples=40, deadline=None)
@given(posteriors())
def test_with_room_for_all_prefixes_it_finds_every_text_with_its_probability(rows: LogProbabilities) -> None:
    summed = {text: np.logaddexp.reduce([score for score, _ in ways]) for text, ways in every_way(rows).items()}
    found = beam_search(rows, width=10_000, least=0.0)
    assert {each.numbers: each.log_probability for each in found} == pytest.approx(summed, abs=1e-4)
    assert found[0].score == pytest.approx(max(summed.values()), abs=1e-4)
    assert [each.score for each in found] == sorted((each.score for each in found), reverse=True)


def test_it_finds_the_text_that_greedy_misses() -> None:
    """Graves (2008), figure 7.5: the likeliest way is all blanks, 0.36; of "a" there are three ways, 0.64 together."""
    rows = np.log([[0.6, 0.4], [0.6, 0.4]]).astype(np.float32)
    assert greedy(rows) == []
    assert beam_search(rows)[0].numbers == (1,)
    assert np.exp(beam_search(rows)[0].log_probability) == pytest.approx(0.64)


@pytest.mark.parametrize("path", ["해야-야-야", "해해야--야야-야", "야-야 야"])
def test_repeated_syllables_are_kept_apart_and_not_merged(path: str) -> None:
    rows = path_of(path, " 야해")
    assert list(beam_search(rows)[0].numbers) == greedy(rows)


@given(posteriors(most_frames=12, most_symbols=5), st.integers(1, 4))
def test_a_narrow_beam_never_finds_more_than_there_is(rows: LogProbabilities, width: int) -> None:
    found = beam_search(rows, width=width)
    assert len(found) <= width
    for each in found:
        assert each.log_probability <= log_probability(rows, each.numbers) + 1e-4


@given(posteriors(most_frames=20, most_symbols=4), st.integers(1, 19))
def test_pieces_give_what_the_whole_gives(rows: LogProbabilities, cut: int) -> None:
    beam = Beam(width=8)
    beam.push(rows[:cut])
    beam.push(rows[cut:])
    assert beam.hypotheses() == beam_search(rows, width=8)


def test_thousands_of_frames_do_not_underflow() -> None:
    rows = log_softmax(np.random.default_rng(1).normal(size=(3000, 6)))
    best = beam_search(rows, width=4)[0]
    assert -np.inf < best.log_probability < -1000
    assert best.log_probability <= log_probability(rows, best.numbers)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 9999), st.integers(2, 16))
def test_what_is_settled_is_never_taken_back_and_dropping_it_changes_nothing(seed: int, width: int) -> None:
    rows = log_softmax(4 * np.random.default_rng(seed).normal(size=(60, 5)))
    dropping, told = Beam(width=width), []
    for row in rows:
        dropping.push(row[None])
        if n := dropping.n_settled():
            told += dropping.best()[:n]
            dropping.drop(n)
    assert tuple(told + dropping.best(ended=True)) == beam_search(rows, width=width)[0].numbers
    assert told


def test_dropping_lets_go_of_the_prefixes_that_do_not_begin_so() -> None:
    beam = Beam(width=16)
    beam.push(log_softmax(np.random.default_rng(3).normal(size=(12, 4))))
    before, head = beam.hypotheses(), tuple(beam.best()[:2])

    beam.drop(2)

    kept = [each for each in before if each.numbers[:2] == head]
    assert 1 < len(kept) < len(before)
    assert [(*head, *each.numbers) for each in beam.hypotheses()] == [each.numbers for each in kept]


def read_all(fusion: Fusion, text: str) -> tuple[tuple[str, ...], str]:
    reading = fusion.begin()
    for number in fusion.vocabulary.encode(text):
        reading = fusion.read(reading, number)
    return reading.state, reading.pending


def test_a_word_model_is_told_whole_words_when_they_end() -> None:
    jamo = Vocabulary.of(["한나 해야"], "jamo")
    assert read_all(fused(Listed("word"), jamo), "한나 해야 ") == (("한나", "해야"), "")
    assert read_all(fused(Listed("word"), SYLLABLES), "해야  야") == (("해야",), "야")


def test_a_character_model_is_told_whole_syllables_and_spaces() -> None:
    jamo = Vocabulary.of(["한나 해야"], "jamo")
    assert read_all(fused(Listed("character"), jamo), "한나 해") == (("한", "나", "▁"), "ᄒ\u1162")
    assert read_all(fused(Listed("character"), SYLLABLES), "해야 야") == (("해", "야", "▁", "야"), "")


@pytest.mark.parametrize(("unit", "liked"), [("word", ["해야"]), ("character", ["해", "야"])])
@pytest.mark.parametrize("writes_jamo", [False, True])
def test_a_language_model_decides_between_what_sounds_alike(unit: str, liked: list[str], writes_jamo: bool) -> None:
    """The network prefers 헤야 a little, the language model knows 해야 alone."""
    vocabulary = Vocabulary.of(["해야 헤"], "jamo" if writes_jamo else "syllables")
    written, meant = vocabulary.encode("헤야"), vocabulary.encode("해야")
    rows = np.full((len(written), len(vocabulary)), 0.01)
    for row, a, b in zip(rows, written, meant, strict=True):
        row[a], row[b] = (0.5, 0.45) if a != b else (0.9, 0.9)
    rows = np.log(rows / rows.sum(axis=1, keepdims=True)).astype(np.float32)

    alone = beam_search(rows)[0]
    advised = beam_search(rows, fusion=fused(Listed(unit, *liked), vocabulary))[0]

    assert vocabulary.decode(alone.numbers) == "헤야"
    assert vocabulary.decode(advised.numbers) == "해야"


def test_the_score_is_the_sum_that_the_paper_gives() -> None:
    fusion = fused(Listed("word", "해야"), SYLLABLES, alpha=0.7, beta=0.3)
    best = beam_search(path_of("해야- -해", " 야해"), width=200, least=0.0, fusion=fusion)
    found = next(each for each in best if SYLLABLES.decode(each.numbers) == "해야 해")
    language = log(0.5) + log(0.001) + log(0.1)
    assert found.score == pytest.approx(found.log_probability + 0.7 * language + 2 * 0.3)


def test_silence_costs_nothing_with_a_language_model() -> None:
    fusion = fused(Listed("word"), SYLLABLES)
    assert beam_search(path_of("---", " 야해"), fusion=fusion)[0].numbers == ()


def test_a_beam_of_nothing_is_refused_and_no_frames_say_nothing() -> None:
    with pytest.raises(ValueError, match="at least 1 wide"):
        Beam(width=0)
    assert beam_search(np.empty((0, 4), np.float32)) == [Hypothesis((), 0.0, 0.0)]
