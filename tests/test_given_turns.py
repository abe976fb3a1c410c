"""Naming turns that somebody else has found: voices are tones, people are enrolled with theirs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bigvoice.diarization.diarizer import Diarization
from bigvoice.diarization.given_turns import alone, name_turns
from bigvoice.progress import silent
from bigvoice.settings import DiarizationOptions
from bigvoice.span import Span, intersect, merge, overlapped, total
from bigvoice.turn import Turn
from bigvoice.voices.background import Background
from bigvoice.voices.backgrounds import assumed
from tests.fakes import HIGH, LOW, MIDDLE, PitchEncoder, sound

ENCODER = PitchEncoder()
MINA, JOON = ENCODER.person("Mina", LOW, "chair"), ENCODER.person("Joon", MIDDLE)


def turn(start: float, end: float, speaker: str) -> Turn:
    return Turn(Span(start, end), speaker)


def names(found: Diarization) -> dict[str, tuple[str, bool]]:
    return {speaker: (naming.name, naming.sure) for speaker, naming in found.names.items()}


def unsure(slope: float) -> PitchEncoder:
    """The same encoder with a calibration that makes less of a margin."""
    encoder = PitchEncoder()
    encoder.background = Background(ENCODER.background.cohort, np.array([0, slope, 0, 0, 0, 0.0]), 0.5)
    return encoder


def test_known_voices_get_their_names_and_a_stranger_none():
    samples = sound([(0, 4, LOW), (4, 8, HIGH), (8, 12, MIDDLE)], 12)
    turns = [turn(8, 12, "SPEAKER_02"), turn(0, 4, "SPEAKER_00"), turn(4, 8, "SPEAKER_01")]
    found = name_turns(samples, turns, ENCODER, [MINA, JOON])
    assert found.turns == tuple(sorted(turns))
    assert names(found) == {"SPEAKER_00": ("Mina", True), "SPEAKER_02": ("Joon", True)}
    assert found.names["SPEAKER_00"].role == "chair"
    assert found.notices == ()


def test_a_voice_is_heard_where_it_is_alone():
    """Most of what "a" says is drowned by another; what is not, is Mina's."""
    samples = sound([(0, 2, LOW), (2, 9, HIGH)], 9)
    turns = [turn(0, 9, "a"), turn(2, 9, "b")]
    assert names(name_turns(samples, turns, ENCODER, [MINA])) == {"a": ("Mina", True)}


def test_who_is_never_alone_stays_unknown_and_keeps_the_turns():
    samples = sound([(0, 6, LOW)], 6)
    turns = (turn(0, 6, "a"), turn(1, 5, "b"))
    found = name_turns(samples, turns, ENCODER, [MINA, JOON])
    assert found.turns == turns
    assert names(found) == {"a": ("Mina", True)}


def test_all_always_at_once_nobody_is_named():
    turns = (turn(0, 6, "a"), turn(0, 6, "b"))
    assert name_turns(sound([(0, 6, LOW)], 6), turns, ENCODER, [MINA]) == Diarization(turns, {})


def test_two_speakers_do_not_get_one_name():
    samples = sound([(0, 10, LOW)], 10)
    found = name_turns(samples, [turn(0, 8, "a"), turn(8, 10, "b")], ENCODER, [MINA])
    assert len(found.names) == 1


@pytest.mark.parametrize(("slope", "outcome"), [(8.0, ("Mina", True)), (2.0, ("Mina", False))])
def test_what_is_likely_and_not_sure_is_a_suggestion(slope, outcome):
    found = name_turns(sound([(0, 6, LOW)], 6), [turn(0, 6, "a")], unsure(slope), [MINA, JOON])
    assert names(found) == {"a": outcome}


def test_how_often_a_name_may_be_wrong_is_the_users_choice():
    encoder, turns, samples = unsure(2.5), [turn(0, 6, "a")], sound([(0, 6, LOW)], 6)
    found = {
        wrong: name_turns(samples, turns, encoder, [MINA], options=DiarizationOptions(false_names=wrong)).names["a"]
        for wrong in (0.01, 0.3)
    }
    assert not found[0.01].sure
    assert found[0.3].sure
    assert replace(found[0.01], sure=True) == found[0.3]


def test_a_speaker_who_is_two_people_is_only_suggested():
    samples = sound([(0, 12, LOW), (12, 20, MIDDLE)], 20)
    found = name_turns(samples, [turn(0, 12, "a"), turn(12, 20, "a")], unsure(40.0), [MINA, JOON])
    assert names(found) == {"a": ("Mina", False)}


def test_who_is_not_expected_is_named_more_reluctantly():
    samples, turns = sound([(0, 6, LOW)], 6), [turn(0, 6, "a")]
    expected = name_turns(samples, turns, unsure(5.0), [MINA], attendees=["Mina"]).names["a"]
    surprising = name_turns(samples, turns, unsure(5.0), [MINA], attendees=["Joon"]).names["a"]
    assert expected.probability > surprising.probability


def test_a_background_that_nobody_learnt_suggests_and_says_so():
    encoder = PitchEncoder()
    encoder.background = assumed(encoder.dim)
    options = DiarizationOptions(false_names=0.5)
    samples = sound([(0, 6, LOW), (6, 12, HIGH)], 12)
    found = name_turns(samples, [turn(0, 6, "a"), turn(6, 12, "b")], encoder, [MINA, JOON], options=options)
    assert names(found) == {"a": ("Mina", False)}
    assert "bigvoice train background" in found.notices[0]


def test_nobody_enrolled_nothing_is_listened_to():
    def deaf(*_: object) -> None:
        raise AssertionError("the encoder was asked")

    encoder = PitchEncoder()
    encoder.__class__ = type("Deaf", (PitchEncoder,), {"__call__": deaf})
    turns = (turn(0, 2, "a"),)
    assert name_turns(sound([], 2), turns, encoder) == Diarization(turns, {})
    assert name_turns(sound([], 2), [], encoder, [MINA]) == Diarization((), {})
    assert name_turns(sound([], 2), [turn(1, 1, "a")], encoder, [MINA]) == Diarization((), {})


def test_a_speaker_of_single_words_is_heard_all_the_same():
    samples = sound([(0, 0.3, LOW), (1, 1.3, LOW), (2, 2.4, LOW)], 3)
    found = name_turns(samples, [turn(0, 0.3, "a"), turn(1, 1.3, "a"), turn(2, 2.4, "a")], ENCODER, [MINA], hook=silent)
    assert names(found) == {"a": ("Mina", True)}


spans = st.tuples(st.integers(0, 20), st.integers(1, 8)).map(lambda s: Span(s[0], s[0] + s[1]))
turns_of_three = st.lists(st.builds(Turn, spans, st.sampled_from("abc")), max_size=12)


@settings(max_examples=40)
@given(turns_of_three)
def test_alone_is_what_exactly_one_speaker_covers(turns):
    heard = alone(turns)
    own = [merge(t.span for t in turns if t.speaker == speaker) for speaker in heard]
    assert set(heard) == {t.speaker for t in turns}
    assert overlapped([span for each in heard.values() for span in each]) == []
    crossed = total(overlapped([span for each in own for span in each]))
    assert sum(map(total, heard.values())) == pytest.approx(total([t.span for t in turns]) - crossed)
    for speaker, each in zip(heard, own, strict=True):
        assert intersect(heard[speaker], each) == merge(heard[speaker])
