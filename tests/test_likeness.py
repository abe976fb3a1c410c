"""Twins among clouds of prints one can check by eye, and whose a clip is."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_identification import BACKGROUND, DIM, NOTHING, voice

from bigvoice.voices import backgrounds
from bigvoice.voices.likeness import likeness, twins
from bigvoice.voices.person import Person


def person(name, axis, n=20, *, seed=0):
    return Person(name, None, voice(axis, n, seed=seed))


MINA, JOON, ADA = person("Mina", 0), person("Joon", 1), person("Ada", 2)
MINAS_SISTER = person("Sister", 0, seed=5)


def test_people_with_voices_of_their_own_are_no_twins():
    assert twins([MINA, JOON, ADA], BACKGROUND) == ()


def test_one_voice_under_two_names_is_a_pair():
    assert twins([JOON, MINA, ADA, MINAS_SISTER], BACKGROUND) == (("Mina", "Sister"),)


def test_three_of_one_voice_are_three_pairs():
    third = person("Third", 0, seed=6)

    assert twins([MINA, MINAS_SISTER, third], BACKGROUND) == (
        ("Mina", "Sister"),
        ("Mina", "Third"),
        ("Sister", "Third"),
    )


def test_half_a_voice_is_enough_to_be_a_twin():
    """Half of what was enrolled as Mina is Joon's: no name for either could be relied on."""
    mixed = Person("Mina", None, np.vstack([voice(0, 10), voice(1, 10, seed=3)]))

    assert twins([mixed, JOON, ADA], BACKGROUND) == (("Mina", "Joon"),)


def test_how_sure_is_sure_enough_decides():
    between = Person("Between", None, _unit(voice(0, 20, seed=2) + 0.85 * voice(1, 20, seed=3)))

    found = [twins([MINA, between], BACKGROUND, least) for least in (0.6, 0.9, 0.999999)]

    assert found[0] == ()
    assert found[2] == (("Mina", "Between"),)
    assert [len(pairs) for pairs in found] == sorted(len(pairs) for pairs in found)


def _unit(rows):
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


@pytest.mark.parametrize(
    "people", [[], [MINA], [Person("Nobody", None, NOTHING), MINA], [person("Brief", 0, 1), MINA, JOON]]
)
def test_too_little_to_compare_is_no_pair(people):
    assert twins(people, BACKGROUND) == ()


def test_a_background_that_nobody_learnt_tells_nothing():
    assert twins([MINA, MINAS_SISTER], backgrounds.assumed(DIM)) == ()


@given(st.permutations([MINA, JOON, ADA, MINAS_SISTER]))
def test_the_order_of_people_changes_no_pair(people):
    assert {frozenset(pair) for pair in twins(people, BACKGROUND)} == {frozenset({"Mina", "Sister"})}


def test_a_clip_is_its_owners_somebody_elses_or_a_strangers():
    own, other, strange = (likeness(voice(axis, 10, seed=9), MINA, [JOON, ADA], BACKGROUND) for axis in (0, 2, 4))

    assert own.own > 0.99
    assert own.rival is None
    assert (other.own < 0.01, other.rival) == (True, "Ada")
    assert (strange.own < 0.5, strange.rival) == (True, None)


def test_nobody_else_enrolled_leaves_the_owner_and_strangers():
    assert likeness(voice(0, 10, seed=9), MINA, [], BACKGROUND).own > 0.99
    assert likeness(voice(3, 10), MINA, [], BACKGROUND).own < 0.5
