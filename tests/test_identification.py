"""Calibration against its formula, and names for made voices one can check by eye."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from bigvoice.diarization.clustering import unit
from bigvoice.voices.background import LONGEST, Background, terms
from bigvoice.voices.encoder import mfcc_encoder
from bigvoice.voices.identification import UNEXPECTED, Identifier, exclusive
from bigvoice.voices.person import Person

DIM = 12
NOTHING = np.empty((0, DIM), np.float32)


def voice(axis, n, *, seed=0, spread=0.15):
    """n windows of one voice: an axis and some noise."""
    rng = np.random.default_rng([axis, seed])
    return unit(np.eye(DIM)[np.full(n, axis)] + spread * rng.standard_normal((n, DIM)))


BACKGROUND = Background(
    cohort=np.vstack([voice(axis, 10) for axis in range(6, DIM)]),
    calibration=np.array([0.0, 8.0, 0.0, 0.0, 0.0, 0.0]),
    alike=0.5,
)
MINA, JOON, ADA = (Person(name, None, voice(axis, 20)) for axis, name in enumerate(["Mina Park", "Joon Lee", "Ada"]))


def shares(identifier, rows, seconds=10.0):
    return identifier.probabilities(identifier.margins(rows), seconds)


# The calibration


def test_terms_are_products_of_the_margin_and_the_logarithms_of_the_times():
    row = terms(np.array([0.5]), np.array([np.e]), np.array([np.e**2]))
    np.testing.assert_allclose(row, [[1, 0.5, 1, 2, 0.5, 1.0]])


@pytest.mark.parametrize(
    ("seconds", "counted"), [(0.0, 1.0), (0.3, 1.0), (2.0, 2.0), (LONGEST, LONGEST), (1e9, LONGEST)]
)
def test_times_count_between_a_second_and_the_longest_that_was_tried(seconds, counted):
    one, margin = np.array([1.0]), np.array([0.7])
    as_counted = terms(margin, np.array([counted]), one)
    np.testing.assert_array_equal(terms(margin, np.array([seconds]), one), as_counted)
    np.testing.assert_array_equal(terms(margin, one, np.array([seconds]))[:, [0, 1, 3, 2, 5, 4]], as_counted)


def test_odds_are_the_weighted_sum():
    weights = np.array([1.0, 10, 100, 1000, 0.1, 0.01])
    odds = Background(NOTHING, weights, 0.5).log_odds(2.0, np.e, np.e**3)
    assert odds == pytest.approx(1 + 2 * 10 + 100 + 3 * 1000 + 2 * 0.1 + 6 * 0.01)


@given(st.floats(-2, 2), st.floats(0.01, 1), st.floats(0.5, 100), st.floats(1.5, 60))
def test_a_higher_margin_never_makes_the_shipped_calibration_less_sure(margin, more, seconds, enrolled):
    background = mfcc_encoder().background
    assert background.log_odds(margin + more, seconds, enrolled) > background.log_odds(margin, seconds, enrolled)


def test_the_shipped_calibration_needs_less_margin_where_more_was_heard():
    """A mean over many windows is steadier, so that the same sure answer comes with less of it."""
    background = mfcc_encoder().background

    def sure_of(margin):
        return [background.log_odds(margin, seconds, 20.0) for seconds in (1.5, 6, 24)]

    assert sure_of(0.5) == sorted(sure_of(0.5))
    assert sure_of(-1.5) == sorted(sure_of(-1.5), reverse=True)


# Who it is


@pytest.mark.parametrize("people", [*permutations([MINA, JOON, ADA])])
def test_the_right_person_whatever_the_order(people):
    identifier = Identifier(people, BACKGROUND)
    for axis, person in enumerate([MINA, JOON, ADA]):
        found = shares(identifier, voice(axis, 10, seed=1))
        assert people[int(found.argmax())] is person
        assert found.max() > 0.99


@pytest.mark.parametrize("axis", [3, 4, 5])
def test_a_stranger_is_nobody(axis):
    found = shares(Identifier([MINA, JOON, ADA], BACKGROUND), voice(axis, 10))
    assert found.argmax() == 3
    assert found[3] > 0.9


def test_two_voices_at_once_are_surely_neither():
    found = shares(Identifier([MINA, JOON], BACKGROUND), unit(voice(0, 10, seed=1) + voice(1, 10, seed=1)))
    assert found[:2].max() < 0.9


def test_nobody_enrolled():
    identifier = Identifier([], BACKGROUND)
    assert identifier.margins(voice(0, 5)).shape == (5, 0)
    assert shares(identifier, voice(0, 5)).tolist() == [1.0]


def test_people_without_prints_are_left_out():
    identifier = Identifier([Person("Nobody", None, NOTHING), MINA], BACKGROUND)
    assert identifier.people == (MINA,)
    assert shares(identifier, voice(0, 10, seed=1))[0] > 0.99


def test_one_print_is_enough_to_be_known():
    identifier = Identifier([Person("Brief", None, voice(0, 1)), JOON], BACKGROUND)
    assert shares(identifier, voice(0, 10, seed=1)).argmax() == 0
    assert shares(identifier, voice(3, 10)).argmax() == 2


def test_no_windows_no_margins():
    assert Identifier([MINA, JOON], BACKGROUND).margins(NOTHING).shape == (0, 2)


def test_two_people_of_one_voice_take_its_odds_from_each_other():
    twin = Person("Twin", None, MINA.prints.copy())
    found = shares(Identifier([MINA, twin, JOON], BACKGROUND), voice(0, 10, seed=1))
    assert found[0] == pytest.approx(found[1])
    assert found[:2].max() <= 0.5


@given(arrays(np.float64, (7, 2), elements=st.floats(-5, 5)), st.floats(0, 500))
def test_shares_add_up(margins, seconds):
    found = Identifier([MINA, JOON], BACKGROUND).probabilities(margins, seconds)
    assert found.shape == (3,)
    assert (found > 0).all()
    assert found.sum() == pytest.approx(1)


# Who is expected


def odds_of_mina(expected):
    """Mina's share over a stranger's, of windows half-way between her and nobody."""
    found = Identifier([MINA, JOON], BACKGROUND, expected).probabilities(np.array([[0.1, -1.0]]), 10.0)
    return float(np.log(found[0] / found[2]))


def test_without_a_list_everybody_is_as_likely():
    assert odds_of_mina(()) == pytest.approx(0.8)


def test_who_is_not_on_the_list_is_unlikelier():
    assert odds_of_mina(("Joon Lee",)) == pytest.approx(0.8 + UNEXPECTED)


def test_who_is_on_the_list_is_as_likely_as_before_however_it_is_spelt():
    assert odds_of_mina(("mina  PARK", "Joon Lee")) == pytest.approx(0.8)


def test_each_expected_person_who_is_not_enrolled_makes_a_stranger_likelier():
    assert odds_of_mina(("Mina Park", "Tom")) == pytest.approx(0.8 - np.log(2))
    assert odds_of_mina(("Mina Park", "Tom", "Kim", "Lee")) == pytest.approx(0.8 - np.log(4))


def test_somebody_enrolled_without_prints_is_a_stranger_when_expected():
    people = [MINA, JOON, Person("Tom", None, NOTHING)]
    found = Identifier(people, BACKGROUND, ["Mina Park", "Tom"]).probabilities(np.array([[0.1, -1.0]]), 10.0)
    assert np.log(found[0] / found[2]) == pytest.approx(0.8 - np.log(2))


# One name to one voice


def test_the_surest_voice_gets_the_name():
    assert exclusive(np.array([[0.97, 0.01], [0.99, 0.0], [0.2, 0.6]]), 0.9) == {1: 0}


def test_the_second_best_person_is_free_when_the_best_is_taken():
    assert exclusive(np.array([[0.99, 0.0], [0.95, 0.94]]), 0.9) == {0: 0, 1: 1}


@pytest.mark.parametrize("shape", [(0, 0), (0, 3), (3, 0)])
def test_no_voices_or_no_people_no_names(shape):
    assert exclusive(np.zeros(shape), 0.5) == {}


@given(arrays(np.float64, (4, 3), elements=st.floats(0, 1)), st.floats(0.01, 1))
def test_names_are_given_once_and_only_when_sure(probabilities, least):
    before = probabilities.copy()
    found = exclusive(probabilities, least)
    assert len(set(found.values())) == len(found)
    assert all(probabilities[voice, person] >= least for voice, person in found.items())
    np.testing.assert_array_equal(probabilities, before)
    free = [v for v in range(4) if v not in found]
    for person in set(range(3)) - set(found.values()):
        assert all(probabilities[v, person] < least for v in free)
