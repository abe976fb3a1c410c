"""Traits: what a turn may tell, what a voice's turns tell together, the network's file, and the way through a run."""

import json
import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import onnx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bigvoice import run
from bigvoice.cache import Cache
from bigvoice.errors import ModelError
from bigvoice.minutes.minutes_json import from_json, to_json
from bigvoice.parts import make
from bigvoice.pipeline import Parts, take_minutes
from bigvoice.progress import silent
from bigvoice.recording import RATE, Recording
from bigvoice.settings import DiarizationOptions, Settings
from bigvoice.span import Span
from bigvoice.stages import TRAITS
from bigvoice.traits import CHILD, FEMALE, KINDS, MALE, Traits
from bigvoice.turn import Turn
from bigvoice.voices.traits import FACTS, neural_judge, read
from bigvoice.voices.traits_vote import LONGEST, PITCHES, SHORTEST, alone, calibrated, vote, witnessed
from tests.fakes import HIGH, LOW, LevelDetector, PitchEncoder, ScriptTranscriber, babble, recording, sound, write_wav

WOMAN, MAN, SON = Traits(0.9, 0.02, 0.08), Traits(0.02, 0.95, 0.03), Traits(0.15, 0.05, 0.8)
SEVEN_SECONDS = np.full(700, np.nan)


def track(hz, seconds=2.0):
    """A pitch track that stays, with as many unvoiced frames after it."""
    return np.repeat([hz, np.nan], round(50 * seconds))


def traits_of(weights):
    whole = sum(weights)
    return Traits(*(w / whole for w in weights))


TRAITS_ = st.tuples(*[st.floats(0.001, 1)] * 3).map(traits_of)


# --- pitch as a witness ---


@pytest.mark.parametrize(
    ("traits", "hz", "known"),
    [(WOMAN, 210, True), (WOMAN, 95, False), (MAN, 110, True), (MAN, 330, False), (SON, 290, True), (SON, 120, False)],
)
def test_what_the_pitch_contradicts_is_not_told(traits, hz, known):
    assert witnessed(traits, track(hz)) == (traits if known else None)


def test_a_whisper_tells_nothing_nor_does_a_second_of_voice_too_little():
    assert witnessed(WOMAN, SEVEN_SECONDS) is None
    assert witnessed(WOMAN, track(210, 0.4)) is None
    assert witnessed(WOMAN, track(210, 0.8)) == WOMAN


def test_every_kind_has_a_range_and_childrens_voices_are_higher_than_mens():
    assert set(PITCHES) == set(KINDS)
    assert PITCHES[MALE][0] < PITCHES[FEMALE][0] < PITCHES[CHILD][0]
    assert PITCHES[MALE][1] < PITCHES[FEMALE][1] <= PITCHES[CHILD][1]


# --- votes ---


def test_without_dependence_a_vote_is_bayes_rule_over_equal_beginnings():
    voted = vote([WOMAN, SON], dependence=0.0)
    product = np.array([0.9 * 0.15, 0.02 * 0.05, 0.08 * 0.8])
    np.testing.assert_allclose([voted.of(kind) for kind in KINDS], product / product.sum(), rtol=1e-6)


@given(st.lists(TRAITS_, min_size=1, max_size=6), st.floats(0, 1), st.randoms())
def test_the_order_of_turns_and_those_that_tell_nothing_do_not_matter(turns, dependence, random):
    shuffled = [*turns, None, None]
    random.shuffle(shuffled)
    one, other = vote(turns, dependence), vote(shuffled, dependence)
    assert [one.of(k) for k in KINDS] == pytest.approx([other.of(k) for k in KINDS])


@given(TRAITS_, st.integers(1, 30))
def test_wholly_dependent_turns_say_no_more_than_one(turns, n):
    voted = vote([turns] * n, dependence=1.0)
    assert [voted.of(kind) for kind in KINDS] == pytest.approx([turns.of(kind) for kind in KINDS])


def test_the_more_turns_depend_on_each_other_the_less_sure_is_the_vote():
    sure = [vote([SON] * 10, dependence).child for dependence in (0.0, 0.1, 0.5, 1.0)]
    assert sure == sorted(sure, reverse=True)
    assert sure[-1] == pytest.approx(SON.child)


def test_one_turn_that_is_quite_sure_can_be_outvoted():
    assert vote([Traits(0.0, 1.0, 0.0), *[WOMAN] * 12], dependence=0.2).likeliest == FEMALE


def test_where_no_turn_tells_anything_the_voice_tells_nothing():
    assert vote([], 0.3) is None
    assert vote([None, None], 0.3) is None


# --- calibration ---


@given(st.lists(st.tuples(*[st.floats(-20, 20)] * 3), min_size=1, max_size=5), st.floats(0.2, 3), st.floats(0, 1))
def test_calibrated_adds_up_and_keeps_the_order(logits, sure, longer):
    rows = np.array(logits)
    told = calibrated(rows, np.full(len(rows), 3.0), (sure, longer))
    np.testing.assert_allclose(told.sum(axis=1), 1)
    assert (np.take_along_axis(told, rows.argmax(axis=1)[:, None], 1)[:, 0] == told.max(axis=1)).all()


def test_longer_turns_are_surer_up_to_the_longest_that_is_heard():
    rows = np.tile([2.0, 0.0, 1.0], (4, 1))
    told = calibrated(rows, np.array([1.0, 4.0, LONGEST, 100.0]), (0.8, 0.3))[:, 0]
    assert told[0] == pytest.approx(math.exp(1.6) / (math.exp(1.6) + 1 + math.exp(0.8)))
    assert told[0] < told[1] < told[2] == told[3]


# --- where a turn is heard ---


def test_a_turn_is_heard_where_nobody_else_speaks_at_its_longest():
    turns = [Turn(Span(0, 10), "a"), Turn(Span(3, 4), "b"), Turn(Span(9, 12), "b"), Turn(Span(20, 21), "a")]
    assert alone(turns) == [Span(4, 9), Span(3, 3), Span(10, 12), Span(20, 21)]
    assert alone([]) == []


PLACES = st.lists(st.tuples(st.integers(0, 40), st.integers(1, 9), st.sampled_from("abc")), max_size=8)


@given(PLACES)
def test_what_is_heard_of_a_turn_lies_in_it_and_in_no_other(places):
    turns = [Turn(Span(start, start + length), who) for start, length, who in places]
    for i, (turn, span) in enumerate(zip(turns, alone(turns), strict=True)):
        assert turn.span.start <= span.start <= span.end <= turn.span.end
        assert all(span.overlap(other.span) == 0 for j, other in enumerate(turns) if j != i)


# --- the file that ships ---


def test_as_shipped_it_is_small_and_knows_its_name():
    judge = make("judge", "neural")
    assert judge is neural_judge()
    assert judge.name.startswith("traits-")
    assert 0 <= judge.dependence <= 1
    assert len(make_bytes()) <= 3_000_000


def make_bytes():
    from importlib import resources

    return (resources.files("bigvoice.models") / "traits.onnx").read_bytes()


def test_a_low_voice_of_a_long_tract_is_a_mans_and_each_span_gets_its_own_answer():
    said = np.concatenate(
        [babble(3.0, pitch=105, size=0.95, seed=4), np.zeros(RATE, np.float32), babble(12.0, pitch=105)]
    )
    spans = [Span(0, 3), Span(3, 4), Span(4, 16), Span(0, 0.9), Span(5, 5), Span(15, 99)]
    told = neural_judge()(said, spans)
    assert [each and each.likeliest for each in told] == [MALE, None, MALE, None, None, None]
    for each in (told[0], told[2]):
        assert sum(each.of(kind) for kind in KINDS) == pytest.approx(1)


def test_what_is_told_of_a_span_depends_on_no_other_and_not_on_where_it_lies():
    said = [
        babble(seconds, pitch=pitch, seed=seed)
        for seconds, pitch, seed in ((2.0, 110, 1), (3.1, 210, 2), (2.0, 160, 3))
    ]
    starts = np.cumsum([0, *map(len, said)]) / RATE
    spans = [Span(a, b) for a, b in pairwise(starts.tolist())]
    together = neural_judge()(np.concatenate(said), spans)
    for one, piece in zip(together, said, strict=True):
        [alone_] = neural_judge()(piece, [Span(0, len(piece) / RATE)])
        assert (one is None) == (alone_ is None)
        if one:
            assert [one.of(k) for k in KINDS] == pytest.approx([alone_.of(k) for k in KINDS], abs=0.02)


def test_a_whisper_and_noise_are_not_known():
    rng = np.random.default_rng(0)
    hiss = 0.1 * rng.standard_normal(4 * RATE).astype(np.float32)
    assert neural_judge()(hiss, [Span(0, 4)]) == [None]
    assert neural_judge()(np.zeros(4 * RATE, np.float32), [Span(0, 4)]) == [None]


def test_files_that_are_none_are_told_in_one_line(tmp_path):
    empty, other, facts = (tmp_path / name for name in ("empty.onnx", "other.onnx", "facts.onnx"))
    empty.write_bytes(b"no network")
    model = onnx.load_from_string(make_bytes())
    del model.metadata_props[:]
    other.write_bytes(model.SerializeToString())
    onnx.helper.set_model_props(model, {FACTS: json.dumps({"name": "x", "n_mels": 64, "calibration": 1})})
    facts.write_bytes(model.SerializeToString())
    for file, said in (
        (tmp_path / "no", "no such file"),
        (empty, "can be read"),
        (other, "not one"),
        (facts, "not one"),
    ):
        with pytest.raises(ModelError, match=said):
            read(file)


# --- the way through a run ---

#         0         10        20        30
#         |-- LOW --|-- HIGH -|-- LOW --|
MEETING = [(0.0, 9.5, LOW), (10.0, 19.5, HIGH), (20.0, 29.5, LOW)]


class Judges:
    """Takes low tones for men and high ones for children, if they last; counts how often it is asked."""

    name = "tones-1"
    dependence = 0.5

    def __init__(self):
        self.asked = []

    def __call__(self, samples, spans, hook=silent):
        self.asked.append(list(spans))
        return [self._one(samples[round(s.start * RATE) : round(s.end * RATE)]) for s in spans]

    def _one(self, piece):
        if len(piece) < SHORTEST * RATE:
            return None
        strongest = (np.abs(np.fft.rfft(piece))[1:].argmax() + 1) * RATE / len(piece)
        return MAN if strongest < 200 else SON


def parts(judge=None):
    script = ScriptTranscriber([(1.0, 1.5, "good"), (12.0, 12.5, "hello")])
    return Parts(LevelDetector(), PitchEncoder(), script, judge=judge)


def test_each_turn_tells_its_own_and_a_speakers_turns_vote():
    minutes = take_minutes(recording(MEETING, 30), [], parts(Judges()))

    assert [u.traits for u in minutes.utterances] == [MAN, SON, MAN]
    assert [s.traits for s in minutes.speakers] == [vote([MAN, MAN], 0.5), vote([SON], 0.5)]
    assert dict(minutes.maker.parts)["traits"] == "tones-1"
    assert from_json(json.loads(json.dumps(to_json(minutes)))).speakers == minutes.speakers


def test_a_speaker_of_whom_nothing_can_be_told_has_no_traits():
    class MenOnly(Judges):
        def _one(self, piece):
            return found if (found := super()._one(piece)) == MAN else None

    minutes = take_minutes(recording(MEETING, 30), [], parts(MenOnly()))

    assert [u.traits for u in minutes.utterances] == [MAN, None, MAN]
    assert [s.traits is None for s in minutes.speakers] == [False, True]


def test_nobody_is_judged_unasked():
    without, asked = (take_minutes(recording(MEETING, 30), [], parts(judge)) for judge in (None, Judges()))

    assert all(x.traits is None for x in (*without.utterances, *without.speakers))
    plain = replace(
        asked,
        maker=without.maker,
        speakers=tuple(replace(s, traits=None) for s in asked.speakers),
        utterances=tuple(replace(u, traits=None) for u in asked.utterances),
    )
    assert plain == without


def test_tracks_are_judged_apart():
    left, right = sound([MEETING[0], MEETING[2]], 30), sound([MEETING[1]], 30)
    both = Recording((left + right) / 2, sha256="6" * 64, tracks=(Recording(left), Recording(right)))

    minutes = take_minutes(both, [], parts(Judges()))

    assert [s.traits.likeliest for s in minutes.speakers] == [MALE, CHILD]


def test_asking_for_traits_later_does_only_that(tmp_path):
    first, later = parts(), parts(Judges())
    on = Settings().updated({"diarization": {"traits": True}})
    take_minutes(recording(MEETING, 30), [], first, keep=Cache(tmp_path, "1"))

    twice = [take_minutes(recording(MEETING, 30), [], later, on, keep=Cache(tmp_path, "1")) for _ in range(2)]

    assert twice[0] == twice[1]
    assert [len(later.judge.asked), later.detector.calls] == [1, 0]
    assert {file.name.split("-")[0] for file in tmp_path.iterdir()} == {"speech", "turns", "words", "traits"}
    Cache(tmp_path, "1").prune(days=-1)
    assert list(tmp_path.iterdir()) == []


@given(st.lists(st.none() | TRAITS_))
def test_the_stage_reads_what_it_wrote(found):
    assert TRAITS.from_json(json.loads(json.dumps(TRAITS.to_json(found)))) == found


def test_the_flag_makes_the_part_and_no_flag_makes_none(tmp_path, fake_parts):
    fake_parts["judge"] = Judges()
    file = write_wav(tmp_path / "board.wav", recording(MEETING, 30).samples)

    assert run.minutes_of(file, traits=True, asr="none", cache=None).speakers[0].traits is not None
    del fake_parts["judge"]  # making one would fail
    assert run.minutes_of(file, asr="none", cache=None).speakers[0].traits is None
    assert DiarizationOptions().traits is False
