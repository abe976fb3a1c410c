from __future__ import annotations

import numpy as np
import pytest
from ctc_cases import every_way, path_of

from bigvoice.corpora.vocabulary import Vocabulary
from bigvoice.transcription.ctc import greedy
from bigvoice.transcription.ctc_words import PAUSE, words
from bigvoice.word import Word, join

STEP = 0.04
PAUSING = "-" * round(PAUSE / STEP)


def heard(path: str, symbols: str, unit: str = "letters", **how: float) -> list[Word]:
    rows = path_of(path, symbols, **how)
    return words(rows, greedy(rows), Vocabulary(tuple(symbols), unit), step=STEP, start=10.0)


def test_words_end_at_spaces_and_keep_the_spacing() -> None:
    found = heard("--w-e-- -g--o- -", " egow")
    assert [word.text for word in found] == [" we", " go"]
    assert [(word.span.start, word.span.end) for word in found] == [
        pytest.approx((10.08, 10.20)),
        pytest.approx((10.36, 10.52)),
    ]


def test_korean_keeps_its_spaces_and_its_repeated_syllables() -> None:
    found = heard("해야-야-야 해-야", " 야해", "syllables")
    assert [word.text for word in found] == [" 해야야야", " 해야"]
    assert join(found) == "해야야야 해야"


def test_jamo_are_put_together_within_words() -> None:
    jamo = Vocabulary.of(["한나 해"], "jamo")
    rows = path_of("한" + "나" + "- " + "해", "".join(jamo.symbols))
    assert [word.text for word in words(rows, greedy(rows), jamo, step=STEP)] == [" 한나", " 해"]


def test_a_pause_ends_a_word_and_joins_it_again_without_a_space() -> None:
    found = heard(f"해{PAUSING}야 해", " 야해", "syllables")
    assert [word.text for word in found] == [" 해", "야", " 해"]
    assert join(found) == "해야 해"


def test_a_network_without_a_space_tells_words_apart_by_pauses() -> None:
    assert [word.text for word in heard(f"no{PAUSING}no-", "no")] == [" no", " no"]
    assert [word.text for word in heard(f"no{PAUSING[1:]}no-", "no")] == [" nono"]


def test_a_pause_within_a_syllable_of_jamo_parts_nothing() -> None:
    jamo = Vocabulary.of(["한"], "jamo")
    rows = path_of("하" + PAUSING + "ᆫ", "".join(jamo.symbols))
    assert [word.text for word in words(rows, greedy(rows), jamo, step=STEP)] == [" 한"]


def test_a_words_probability_is_that_of_all_ways_its_frames_can_say_it() -> None:
    rows = path_of("ab- a-", " ab", sure=0.7)
    first, second = words(rows, greedy(rows), Vocabulary((" ", "a", "b")), step=STEP)
    for word, frames, numbers in ((first, rows[:3], (2, 3)), (second, rows[4:], (2,))):
        ways = every_way(frames)[numbers]
        assert word.probability == pytest.approx(sum(np.exp(score) for score, _ in ways), rel=1e-4)


def test_a_letter_that_was_nearly_written_is_a_doubt_about_the_word_beside_it() -> None:
    sure = path_of("cat--", "acts", sure=0.97)
    doubtful = sure.copy()
    doubtful[4] = np.log([0.55, 0.01, 0.01, 0.01, 0.42])
    cat, cats = (words(rows, greedy(rows), Vocabulary(tuple("acts")), step=STEP)[0] for rows in (sure, doubtful))
    assert (cat.text, cats.text) == (" cat", " cat")
    assert cat.probability > 0.85
    assert cats.probability == pytest.approx(0.55, abs=0.06)


def test_silence_beside_a_word_is_no_doubt_beyond_its_reach() -> None:
    short, long = (heard(f"{'-' * n}no{'-' * n}", "no")[0] for n in (5, 500))
    assert short.probability == long.probability > 0.3


def test_nothing_heard_no_words() -> None:
    assert heard("---", " a") == []
    assert heard("- -", " a") == []
