"""Naming on made evidence: rows on the axes of voices, and margins written by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bigvoice.diarization.clustering import unit
from bigvoice.diarization.naming import (
    FAR_BEHIND,
    SCRAP,
    UNEXPECTED,
    Evidence,
    named,
    recognise,
    scrap,
    settle,
    without,
)
from bigvoice.voices.background import Background
from bigvoice.voices.identification import Identifier
from bigvoice.voices.person import Person

DIM = 8
SURE = 0.99
COHORT = np.eye(DIM, dtype=np.float32)[[5, 6, 7]].repeat(10, axis=0)
BACKGROUND = Background(COHORT, np.array([0.0, 20.0, 0.0, 0.0, 0.0, 0.0]), alike=0.5)
"""Even odds at a margin of 0, 99 % at 0.23."""
MINA, JOON, NOBODY = 0, 1, -1


def evidence(voices, margins, *, people=("Mina", "Joon"), spread=0.02, seed=0):
    """Windows of these voices (an axis each); of each voice, the margin of each person's machine."""
    voices = np.array(voices)
    noise = spread * np.random.default_rng(seed).standard_normal((len(voices), DIM))
    prints = [Person(name, None, np.eye(DIM, dtype=np.float32)[[axis] * 10]) for axis, name in enumerate(people)]
    rows = np.array([[margins[v][p] for p in range(len(people))] for v in voices.tolist()]).reshape(len(voices), -1)
    embeddings, identifier = unit(np.eye(DIM)[voices] + noise), Identifier(prints, BACKGROUND)
    return Evidence(embeddings, np.ones(len(voices), bool), rows, identifier, BACKGROUND.alike)


STRANGER = (-1.0, -1.0)
VOICES = [0] * 20 + [1] * 20 + [2] * 20
CLEAR = {0: (1.0, -1.0), 1: (-1.0, 1.0), 2: STRANGER}


# Known people, by pieces


def test_known_people_get_their_windows_and_a_stranger_stays_without():
    labels = recognise(evidence(VOICES, CLEAR), SURE)
    assert labels.tolist() == [MINA] * 20 + [JOON] * 20 + [NOBODY] * 20


def test_a_piece_that_is_not_sure_enough_is_not_named():
    hardly = {**CLEAR, 1: (-1.0, 0.2)}
    assert set(recognise(evidence(VOICES, hardly), SURE)[20:40].tolist()) == {NOBODY}
    assert set(recognise(evidence(VOICES, hardly), 0.95)[20:40].tolist()) == {JOON}


@pytest.mark.parametrize(("behind", "who"), [(FAR_BEHIND - 0.05, MINA), (FAR_BEHIND + 0.05, NOBODY)])
def test_a_piece_far_behind_the_persons_best_is_somebody_who_sounds_alike(behind, who):
    alike = {**CLEAR, 2: (1.0 - behind, -1.0)}
    labels = recognise(evidence(VOICES, alike), SURE)
    assert set(labels[:20].tolist()) == {MINA}
    assert set(labels[40:].tolist()) == {who}


def test_nobody_enrolled_nobody_recognised():
    heard = evidence(VOICES, {0: (), 1: (), 2: ()}, people=())
    assert set(recognise(heard, SURE).tolist()) == {NOBODY}
    assert named(heard, np.zeros(60, np.intp), SURE) == {}


# Everybody gets a voice


def test_voices_are_numbered_as_first_heard():
    heard = evidence([2] * 20 + [0] * 20, CLEAR)
    assert settle(heard, np.repeat([2, 0], 20), 1, 10).tolist() == [0] * 20 + [1] * 20


def test_windows_without_a_voice_go_to_the_nearest():
    heard = evidence(VOICES, CLEAR)
    labels = np.array([0] * 19 + [-1] + [1] * 20 + [2] * 19 + [-1])
    assert settle(heard, labels, 1, 10).tolist() == VOICES


def test_over_the_limit_the_shortest_voices_go():
    heard = evidence([0] * 30 + [1] * 20 + [2] * 10, CLEAR)
    labels = np.array([0] * 30 + [1] * 20 + [2] * 10)
    assert len(set(settle(heard, labels, 1, 2).tolist())) == 2
    assert set(settle(heard, labels, 1, 1).tolist()) == {0}
    assert settle(heard, labels, 1, 2).tolist()[:50] == [0] * 30 + [1] * 20


def joining(similarity, margin, *, fewest=1):
    """An unknown voice at that cosine from Mina's, for whom Mina's machine has that margin: how many voices stay."""
    voices = np.repeat([0, 2], 20)
    heard = evidence(voices, {0: (0.5, -1.0), 2: (margin, -1.0)}, spread=0.0)
    heard.embeddings[20:] = np.sqrt(1 - similarity**2) * np.eye(DIM)[2] + similarity * np.eye(DIM)[0]
    return len(set(settle(heard, voices, fewest, 10).tolist()))


@pytest.mark.parametrize(
    ("case", "left"),
    [
        pytest.param(joining(0.7, 0.1), 1, id="sounds alike, likely, not far behind"),
        pytest.param(joining(0.7, -0.05), 2, id="rather not she"),
        pytest.param(joining(0.3, 0.1), 2, id="likely, but does not sound alike"),
        pytest.param(joining(0.7, 0.1, fewest=2), 2, id="two were asked for"),
    ],
)
def test_an_unknown_voice_joins_the_known_one_that_it_is(case, left):
    assert case == left


@given(
    st.lists(st.integers(-1, 4), min_size=2, max_size=60).filter(lambda labels: max(labels) >= 0),
    st.integers(1, 3),
    st.integers(3, 6),
)
def test_bounds_are_kept_and_every_window_has_a_voice(labels, fewest, most):
    heard = evidence([max(0, label) for label in labels], dict.fromkeys(range(5), STRANGER))
    settled = settle(heard, np.array(labels, np.intp), fewest, most)
    there = len({label for label in labels if label >= 0})
    n = int(settled.max()) + 1
    assert sorted(set(settled.tolist())) == list(range(n))
    assert min(fewest, there) <= n <= min(most, there)


# What turns say of a voice

LITTLE, SOME = SCRAP / 2, (SCRAP + UNEXPECTED) / 2
"""A share that is too little for any voice, and one that is too little only for one more than are expected."""


@pytest.mark.parametrize(
    ("shares", "known", "fewest", "expected", "found"),
    [
        pytest.param({0: 1 - LITTLE, 1: LITTLE}, [], 1, 10, 1, id="too little"),
        pytest.param({0: 1.0, 1: 0.0}, [], 1, 10, 1, id="nothing"),
        pytest.param({0: 1 - SOME, 1: SOME}, [], 1, 2, None, id="enough"),
        pytest.param({0: 1 - SOME, 1: SOME}, [], 1, 1, 1, id="not enough for one more than expected"),
        pytest.param({0: 1 - LITTLE, 1: LITTLE}, [1], 1, 10, None, id="a known person"),
        pytest.param({0: 1 - LITTLE, 1: LITTLE}, [0, 1], 1, 10, None, id="all are known"),
        pytest.param({0: 1 - LITTLE, 1: LITTLE}, [], 2, 2, None, id="two were asked for"),
        pytest.param({0: 1 - 0.75 * SCRAP, 1: SCRAP / 2, 2: SCRAP / 4}, [], 1, 10, 2, id="the least first"),
        pytest.param({0: 1.0}, [], 1, 10, None, id="the only voice"),
    ],
)
def test_the_voice_that_is_none(shares, known, fewest, expected, found):
    assert scrap(shares, known, fewest, expected) == found


def test_the_windows_of_a_voice_that_is_none_go_to_the_nearest():
    heard = evidence(VOICES, CLEAR)
    labels = np.array([1] * 10 + [0] * 10 + [2] * 20 + [3] * 20)
    assert without(heard, labels, 1).tolist() == VOICES


# Names for whole voices


def test_whole_voices_are_named_with_their_probability():
    found = named(evidence(VOICES, CLEAR), np.array(VOICES), SURE)
    assert {voice: person for voice, (person, _) in found.items()} == {0: MINA, 1: JOON}
    assert all(SURE <= probability <= 1 for _, probability in found.values())


def test_one_name_to_one_voice():
    alike = {0: (0.4, -1.0), 1: (0.6, -1.0), 2: STRANGER}
    found = named(evidence(VOICES, alike), np.array(VOICES), SURE)
    assert list(found) == [1]
    assert found[1][0] == MINA
