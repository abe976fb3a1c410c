"""Prefix beam search against the sum over all ways, and with language models one can see through."""

from __future__ import annotations

from math import log

import numpy as np
import pytest
from ctc_cases import every_way, log_softmax, path_of, posteriors
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bigvoice.corpora.vocabulary import Vocabulary
from bigvoice.transcription.ctc import LogProbabilities, greedy, log_probability
from bigvoice.transcription.ctc_beam import Beam, Hypothesis, beam_search
from bigvoice.transcription.fusion import Fusion

SYLLABLES = Vocabulary((" ", "야", "해"), "syllables")


class Listed:
    """A language model that likes the tokens of a list and remembers, in its state, what it was told."""

    name = "listed-1"

    def __init__(self, unit: str, *liked: str, words: tuple[str, ...] = ()) -> None:
        self.unit = unit
        self.liked = liked
        self.words = words

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


def plain_beam(rows: LogProbabilities, width: int, fusion: Fusion | None) -> dict[tuple[int, ...], float]:
    """Hannun et al. (2014), algorithm 1, line by line: a table of all extensions in each frame, then the best of it."""
    chances = np.exp(rows.astype(np.float64))

    def gain(text: tuple[int, ...]) -> float:
        if fusion is None:
            return 0.0
        reading = fusion.begin()
        for number in text:
            reading = fusion.read(reading, number)
        return reading.gain + reading.ahead

    beam = {(): (1.0, 0.0)}
    for chance in chances:
        table: dict[tuple[int, ...], list[float]] = {}
        for text, (blank, symbol) in beam.items():
            own = table.setdefault(text, [0.0, 0.0])
            own[0] += (blank + symbol) * chance[0]
            own[1] += symbol * chance[text[-1]] if text else 0.0
            for number in range(1, len(chance)):
                more = table.setdefault((*text, number), [0.0, 0.0])
                more[1] += chance[number] * (blank if text[-1:] == (number,) else blank + symbol)
        best = sorted(table, key=lambda text: -log(sum(table[text]) or 1e-300) - gain(text))[:width]
        beam = {text: (table[text][0], table[text][1]) for text in best}
    return {text: log(sum(both)) for text, both in beam.items()}


@pytest.mark.parametrize("unit", ["word", "character", None])
@settings(max_examples=15, deadline=None)
@given(st.integers(0, 9999), st.integers(1, 6))
def test_it_is_the_algorithm_of_the_paper(unit: str | None, seed: int, width: int) -> None:
    rows = log_softmax(3 * np.random.default_rng(seed).normal(size=(12, 4)))
    model = Listed(unit or "", "해", "해야", words=("해", "해야"))
    fusion = fused(model, SYLLABLES) if unit else None
    found = {each.numbers: each.log_probability for each in beam_search(rows, width=width, least=0.0, fusion=fusion)}
    assert found == pytest.approx(plain_beam(rows, width, fusion), abs=1e-6)


@given(posteriors(most_frames=20, most_symbols=4), st.integers(1, 19))
def test_pieces_give_what_the_whole_gives(rows: LogProbabilities, cut: int) -> None:
    beam = Beam(width=8)
    beam.push(rows[:cut])
    beam.push(rows[cut:])
    assert beam.hypotheses() == beam_search(rows, width=8)


def test_what_is_smaller_than_any_float_does_not_underflow() -> None:
    rows = log_softmax(np.random.default_rng(1).normal(size=(1500, 6)))
    best = beam_search(rows, width=4)[0]
    assert -np.inf < best.log_probability < -745
    assert best.log_probability <= log_probability(rows, best.numbers)


SETTLING = (0, 4)


@settings(max_examples=20, deadline=None)
@example(*SETTLING)
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
    assert told or (seed, width) != SETTLING  # another may keep two ways open to its end


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


def test_an_unknown_word_costs_more_the_longer_it_is_and_at_once() -> None:
    """Known: 해야. 야... begins no known word: <unk>'s 0.001, and one of four numbers for each symbol."""
    fusion = fused(Listed("word", "해야", words=("해야",)), SYLLABLES, alpha=1.0, beta=2.0)

    def gains(text: str) -> tuple[float, float]:
        reading = fusion.begin()
        for number in SYLLABLES.encode(text):
            reading = fusion.read(reading, number)
        return reading.gain, reading.ahead

    assert gains("해") == (0, 0)
    assert gains("야") == pytest.approx((0, log(0.001 / 4)))
    assert gains("야해야") == pytest.approx((0, log(0.001 / 4**3)))
    assert gains("야해 ") == pytest.approx((2 + log(0.001 / 4**2), 0))
    assert gains("해 ") == pytest.approx((2 + log(0.001 / 4), 0)), "the beginning of a word is no word"
    assert gains("해야 ") == pytest.approx((2 + log(0.5), 0))


def test_words_are_not_run_together_to_save_what_words_cost() -> None:
    """The network is not sure of the spaces; each word costs, and a word that never ends would cost nothing."""
    text, sure = "해야 해야 해야 해야", 0.9
    rows = path_of(text, " 야해", sure)
    rows[[2, 5, 8]] = np.log([0.55, 0.43, 0.01, 0.01])
    knowing = Listed("word", "해야", words=("해야",))
    assert SYLLABLES.decode(beam_search(rows)[0].numbers) == "해야해야해야해야"
    assert SYLLABLES.decode(beam_search(rows, fusion=fused(knowing, SYLLABLES, 0.5, 0.0))[0].numbers) == text


def test_malformed_jamo_are_told_one_by_one() -> None:
    jamo = Vocabulary(("\u1112", "\u1161", "\u11ab"), "jamo")
    reading = fused(Listed("character"), jamo).begin()
    for number in (1, 2, 2, 3, 3):
        reading = fused(Listed("character"), jamo).read(reading, number)
    assert (reading.state, reading.pending) == (("하", "\u1161", "\u11ab"), "\u11ab")


def test_silence_costs_nothing_with_a_language_model() -> None:
    fusion = fused(Listed("word"), SYLLABLES)
    assert beam_search(path_of("---", " 야해"), fusion=fusion)[0].numbers == ()


def test_a_beam_of_nothing_is_refused_and_no_frames_say_nothing() -> None:
    with pytest.raises(ValueError, match="at least 1 wide"):
        Beam(width=0)
    assert beam_search(np.empty((0, 4), np.float32)) == [Hypothesis((), 0.0, 0.0)]
