"""The model of a diarizer's errors: against closed forms, and by laws."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bigvoice.minutes.doubt import CERTAIN, MEASURED, SHORT_S, ErrorModel, simulated
from bigvoice.minutes.family import family_of
from bigvoice.minutes.minutes import Minutes
from bigvoice.traits import Traits
from tests import any_minutes
from tests.families import MAN, WOMAN, table_talk, talk, voices

MANY = 20_000


def drawn(minutes: Minutes, model: ErrorModel, n_draws: int = MANY, seed: int = 0) -> np.ndarray:
    """(n_draws, n_places): mother, father, child and so on."""
    family = family_of(minutes)
    return simulated(family.members, minutes.utterances, family.places, model, n_draws=n_draws, seed=seed)


def two(turns: int = 20, each: float = 3.0) -> Minutes:
    """Mother and father, so many turns of so many seconds each."""
    return talk({"a": turns * each, "b": turns * each}, turns, a="mother", b="father")


def test_nothing_is_in_doubt_where_nothing_errs() -> None:
    seconds = drawn(two(), CERTAIN, 50)

    assert np.ptp(seconds, axis=0) == pytest.approx(0)
    assert seconds[0] == pytest.approx([60, 60])


@pytest.mark.parametrize("together", [0.0, 0.1, 0.4])
def test_turns_astray_have_the_mean_and_deviation_of_the_beta_binomial(together: float) -> None:
    turns, each, wrong = 20, 3.0, 0.1
    model = ErrorModel(wrong, together, short_odds=1.0, grain_s=0.0)

    mother = drawn(two(turns, each), model)[:, 0]

    # her own turns less those astray, plus the father's astray; both beta-binomial, independent, and alike
    variance = 2 * each**2 * turns * wrong * (1 - wrong) * (1 + (turns - 1) * together)
    assert mother.mean() == pytest.approx(turns * each, abs=4 * (variance / MANY) ** 0.5)
    assert mother.std() == pytest.approx(variance**0.5, rel=0.03)


def test_what_is_missed_has_the_deviation_of_a_random_walk() -> None:
    minutes = talk({"a": 4000.0, "b": 100.0}, a="mother", b="father")

    father = drawn(minutes, ErrorModel(0.0, 0.0, 1.0, grain_s=0.5))[:, 1]

    assert np.log(father).std() == pytest.approx((0.5 / 100) ** 0.5, rel=0.05)


def test_short_turns_go_astray_more_easily_and_of_the_seconds_as_many() -> None:
    short, long, odds, wrong = SHORT_S / 2, SHORT_S * 4, 5.0, 0.1
    lengths = np.array([short, long] * 10)
    turns = [("a", seconds) for seconds in lengths] + [("b", 1e-6)]
    minutes = table_talk(turns, voices(a="mother", b="father"))

    lost = drawn(minutes, ErrorModel(wrong, 0.0, odds, 0.0))[:, 1]

    ease = np.where(lengths < SHORT_S, odds, 1.0)
    ease *= lengths.sum() / (ease @ lengths)
    astray = wrong * ease / (wrong * ease + 1 - wrong)
    variance = (lengths**2 * astray * (1 - astray)).sum()
    assert astray[0] / (1 - astray[0]) == pytest.approx(odds * astray[1] / (1 - astray[1]))
    assert lost.mean() == pytest.approx(lengths @ astray, abs=4 * (variance / MANY) ** 0.5)
    assert lost.std() == pytest.approx(variance**0.5, rel=0.03)


def heard(minutes: Minutes, mother: Traits | None, father: Traits | None, *turns: Traits | None) -> Minutes:
    """The mother's and the father's voice as a whole, and her turns, one after the other and again from the first."""
    voice = {"a": mother, "b": father}
    sounds = iter([*turns] * len(minutes.utterances))
    return replace(
        minutes,
        speakers=tuple(replace(s, traits=voice[s.id]) for s in minutes.speakers),
        utterances=tuple(replace(u, traits=next(sounds) if u.speaker == "a" else None) for u in minutes.utterances),
    )


def test_turns_that_sound_like_another_are_probably_the_others() -> None:
    plain = drawn(heard(two(), WOMAN, MAN, None), MEASURED)[:, 0]
    odd = drawn(heard(two(), WOMAN, MAN, WOMAN, WOMAN, WOMAN, MAN), MEASURED)[:, 0]

    assert odd.mean() < plain.mean() - 6  # of her five odd turns of 3 s, more than two


def test_turns_that_sound_as_they_should_prove_nothing() -> None:
    plain = drawn(heard(two(), WOMAN, MAN, None), MEASURED, 500)
    right = drawn(heard(two(), WOMAN, MAN, WOMAN), MEASURED, 500)

    assert right == pytest.approx(plain)


def test_a_mother_of_a_deep_voice_is_not_in_doubt_for_it() -> None:
    plain = drawn(heard(two(), MAN, MAN, None), MEASURED, 500)
    deep = drawn(heard(two(), MAN, MAN, MAN), MEASURED, 500)

    assert deep == pytest.approx(plain)


def test_a_turn_that_sounds_like_nobody_in_particular_tells_nothing() -> None:
    minutes = two()
    third = Traits(1 / 3, 1 / 3, 1 / 3)
    blank = tuple(replace(u, traits=third) for u in minutes.utterances)

    assert drawn(replace(minutes, utterances=blank), MEASURED, 500) == pytest.approx(drawn(minutes, MEASURED, 500))


def test_confidences_tell_which_turns_are_doubtful_and_not_how_many() -> None:
    minutes = two()
    first = minutes.utterances[0]

    doubted = (replace(first, confidence=0.2), *minutes.utterances[1:])
    alike = tuple(replace(u, confidence=0.5) for u in minutes.utterances)

    assert drawn(replace(minutes, utterances=alike), MEASURED, 500) == pytest.approx(drawn(minutes, MEASURED, 500))
    one = drawn(replace(minutes, utterances=doubted), ErrorModel(0.05, 0.0, 1.0, 0.0))[:, 0]
    # her 60 s less 5 % of hers, plus 5 % of his
    assert one.mean() == pytest.approx(60, abs=0.6)


def test_a_voice_of_which_nothing_is_known_is_the_mothers_now_and_then() -> None:
    mother, *_, unknown = drawn(talk({"a": 60, "b": 60}, a="mother", b=None), CERTAIN).T

    assert set(np.round(np.unique(mother))) == {60, 120}
    assert (unknown == 60).mean() == pytest.approx(0.5, abs=0.02)


def test_the_same_minutes_have_the_same_draws() -> None:
    assert drawn(two(), MEASURED, 100) == pytest.approx(drawn(two(), MEASURED, 100))


def test_one_voice_alone_is_all_there_is() -> None:
    assert drawn(talk({"a": 60}, a="mother"), MEASURED, 100)[:, 0] == pytest.approx(60)


@pytest.mark.parametrize("sound", [None, WOMAN])
def test_twice_the_meeting_is_surer(sound: Traits | None) -> None:
    def deviation(turns: int) -> float:
        seconds = drawn(heard(two(turns), WOMAN, MAN, sound), MEASURED)
        return float((seconds[:, 0] / seconds.sum(axis=1)).std())

    assert deviation(40) < 0.9 * deviation(20) < 0.9 * 0.9 * deviation(10)


@given(any_minutes.minutes(), st.integers(0, 5))
@settings(max_examples=40)
def test_every_draw_has_all_the_speech_there_is(minutes: Minutes, seed: int) -> None:
    family = family_of(minutes)
    whole = drawn(minutes, CERTAIN, 1).sum() if minutes.speakers else 0.0

    seconds = drawn(minutes, MEASURED, 20, seed)

    assert seconds.shape == (20, len(family.places))
    assert (seconds >= 0).all()
    assert seconds.sum(axis=1) == pytest.approx(whole, rel=1e-6)
