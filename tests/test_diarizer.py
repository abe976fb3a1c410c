"""Who spoke when, from made sound: voices are tones, and once a script that says who speaks."""

from collections import Counter
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bigvoice.diarization.clustering import unit
from bigvoice.diarization.diarizer import Diarization, Naming, bounds, diarize
from bigvoice.diarization.scene import confidence
from bigvoice.diarization.windows import LENGTH, STEP, slide
from bigvoice.evaluation.diarization import diarization_errors
from bigvoice.progress import silent
from bigvoice.recording import RATE
from bigvoice.settings import DiarizationOptions
from bigvoice.span import Span, merge, total
from bigvoice.turn import Turn
from bigvoice.voices.background import Background
from bigvoice.voices.person import Person
from tests.fakes import HIGH, LOW, MIDDLE, PitchEncoder, TogetherSegmenter, sound

ENCODER = PitchEncoder()
DIALOGUE = [(0.0, 10.0, LOW), (10.0, 20.0, MIDDLE), (20.0, 30.0, LOW), (30.0, 40.0, HIGH)]


def heard(spoken=DIALOGUE, *, people=(), attendees=(), speech=None, segmenter=None, **options):
    """The diarization of tones; speech is everywhere unless it is given."""
    end = spoken[-1][1]
    return diarize(
        sound(spoken, end),
        [Span(0, end)] if speech is None else speech,
        encoder=ENCODER,
        segmenter=segmenter,
        people=people,
        attendees=attendees,
        options=DiarizationOptions(**options),
    )


def outline(found):
    """(name, suggested name or id, start, end) of every turn, to a second."""
    names = {voice: naming.name + "?" * (not naming.sure) for voice, naming in found.names.items()}
    return [(names.get(t.speaker, t.speaker), round(t.span.start), round(t.span.end)) for t in found.turns]


MINA = ENCODER.person("Mina Park", LOW, "chair")
JOON = ENCODER.person("Joon Lee", MIDDLE)
ADA = ENCODER.person("Ada", HIGH)


# Who is who


def test_nobody_enrolled_voices_are_told_apart_and_nobody_named():
    found = heard()
    assert outline(found) == [("v0", 0, 10), ("v1", 10, 20), ("v0", 20, 30), ("v2", 30, 40)]
    assert found.names == {}


def test_everybody_enrolled():
    found = heard(people=[MINA, JOON, ADA])
    assert outline(found) == [("Mina Park", 0, 10), ("Joon Lee", 10, 20), ("Mina Park", 20, 30), ("Ada", 30, 40)]
    assert found.names["v0"] == Naming("Mina Park", "chair", found.names["v0"].probability)
    assert found.names["v1"].role is None
    assert all(0.99 <= naming.probability <= 1 for naming in found.names.values())


def test_a_stranger_among_the_enrolled_has_a_voice_and_no_name():
    found = heard(people=[MINA, ADA])
    assert outline(found) == [("Mina Park", 0, 10), ("v1", 10, 20), ("Mina Park", 20, 30), ("Ada", 30, 40)]


def test_nobody_who_speaks_is_enrolled():
    found = heard([(0, 10, HIGH)], people=[MINA, JOON])
    assert outline(found) == [("v0", 0, 10)]


def test_who_is_not_expected_must_be_surer_than_who_is():
    """Odds of e^8 for anybody; e^5 for Mina, who is not on the list."""
    listed = {"people": [MINA, JOON], "attendees": ["Joon Lee", "Tom"]}
    assert {name for name, *_ in outline(heard(**listed))} == {"Mina Park?", "Joon Lee", "v2"}
    assert {name for name, *_ in outline(heard(**listed, false_names=0.05))} == {"Mina Park", "Joon Lee", "v2"}


def test_the_less_false_names_are_allowed_the_fewer_names_there_are():
    """Odds of e^8 at the most from this encoder: 99.96 %."""
    assert heard(people=[MINA], false_names=0.001).names["v0"].sure
    assert not heard(people=[MINA], false_names=0.0001).names["v0"].sure


# How many


@pytest.mark.parametrize(
    ("options", "n"),
    [({}, 3), ({"speakers": 1}, 1), ({"speakers": 2}, 2), ({"speakers": 3}, 3), ({"max_speakers": 2}, 2)],
)
def test_as_many_voices_as_asked_for(options, n):
    for people in ([], [MINA], [MINA, JOON, ADA]):
        found = heard(people=people, **options)
        assert len({turn.speaker for turn in found.turns}) == n
        assert len({naming.name for naming in found.names.values()}) == len(found.names) <= n


def test_a_voice_that_must_hold_a_strangers_speech_too_is_only_suggested():
    """HIGH is as far from LOW as from MIDDLE, and goes to the first; a name that is partly wrong is worse than none."""
    found = heard([(0, 10, LOW), (10, 20, MIDDLE), (20, 24, HIGH)], people=[MINA, JOON], max_speakers=2)
    assert outline(found) == [("Mina Park?", 0, 10), ("Joon Lee", 10, 20), ("Mina Park?", 20, 24)]


def test_a_moment_of_another_sound_is_no_voice():
    spoken = [(0.0, 60.0, LOW), (60.0, 60.7, HIGH), (60.7, 120.0, LOW)]
    assert {turn.speaker for turn in heard(spoken).turns} == {"v0"}


@pytest.mark.parametrize(
    ("options", "n_attendees", "expected"),
    [
        ({}, 0, (1, 10)),
        ({}, 4, (1, 5)),
        ({}, 30, (1, 10)),
        ({"min_speakers": 6}, 3, (6, 6)),
        ({"min_speakers": 2, "max_speakers": 3}, 5, (2, 3)),
        ({"speakers": 12}, 3, (12, 12)),
    ],
)
def test_bounds(options, n_attendees, expected):
    assert bounds(DiarizationOptions(**options), n_attendees) == expected


# The ends of the range


def test_no_speech_no_turns():
    assert heard(speech=[], people=[MINA]) == Diarization((), {})


@pytest.mark.parametrize("length", [0.05, 1.0, LENGTH, LENGTH + 1e-9])
def test_one_short_stretch_of_speech_is_one_turn(length):
    speech = [Span(0.3, 0.3 + length)]
    found = heard([(0.0, 4.0, LOW)], speech=speech, people=[MINA, JOON])
    assert [turn.span for turn in found.turns] == speech


def test_one_window_is_named_when_it_is_sure():
    found = heard([(0.0, 4.0, LOW)], speech=[Span(1, 2)], people=[MINA, JOON])
    assert outline(found) == [("Mina Park", 1, 2)]


def test_speech_at_the_very_end_and_past_it_is_somebodys():
    found = heard([(0.0, 10.0, LOW)], speech=[Span(9.5, 10.02)])
    assert [turn.span for turn in found.turns] == [Span(9.5, 10.02)]


def test_progress_and_roles_come_through():
    told = []
    diarize(sound(DIALOGUE, 40), [Span(0, 40)], encoder=ENCODER, hook=told.append)
    assert told[-1].fraction == 1


@settings(max_examples=25)
@given(
    st.lists(st.tuples(st.integers(0, 250), st.integers(1, 80)), min_size=1, max_size=6),
    st.lists(st.sampled_from([LOW, MIDDLE, HIGH]), min_size=6, max_size=6),
)
@example([(0, 1)], [LOW] * 6)
def test_turns_cover_the_speech_and_nothing_else(pieces, pitches):
    speech = merge(Span(start / 10.3, (start + length) / 10.3) for start, length in pieces)
    spoken = [(i * 6.0, i * 6.0 + 6, pitch) for i, pitch in enumerate(pitches)]
    found = heard(spoken, speech=speech, people=[MINA])
    assert merge(turn.span for turn in found.turns) == speech
    assert all(a.span.end <= b.span.start for a, b in pairwise(found.turns))
    assert set(found.names) <= {turn.speaker for turn in found.turns}


# Many people


@dataclass(frozen=True)
class ScriptEncoder:
    """Each sample is the number of who speaks, from 1 on: an axis each, and some noise."""

    people: tuple[str, ...]
    name: str = "script-1"
    dim: int = 40
    spread: float = 0.08
    leaning: float = 0.0
    """Cosine of any two voices, but for the noise."""

    @property
    def background(self):
        strangers = self.rows([np.eye(self.dim)[20 + i % 20] for i in range(100)])
        return Background(strangers, np.array([0.0, 8.0, 0.0, 0.0, 0.0, 0.0]), 0.4)

    def rows(self, directions):
        rng = np.random.default_rng(0)
        return unit(np.array(directions) + self.spread * rng.standard_normal((len(directions), self.dim)))

    def voice(self, name):
        common, own = np.eye(self.dim)[[-1, self.people.index(name)]]
        return np.sqrt(self.leaning) * common + np.sqrt(1 - self.leaning) * own

    def __call__(self, samples, spans, hook):
        pieces = [samples[round(s.start * RATE) : max(round(s.start * RATE) + 1, round(s.end * RATE))] for s in spans]
        shares = [np.bincount(piece.astype(int), minlength=len(self.people) + 1)[1:] for piece in pieces]
        return self.rows([sum(n * self.voice(name) for n, name in zip(s, self.people, strict=True)) for s in shares])

    def person(self, name):
        return Person(name, None, self.rows([self.voice(name)] * 20))


def said(turns, people):
    """Samples that are the number of who speaks."""
    samples = np.zeros(round(turns[-1].span.end * RATE), np.float32)
    for turn in turns:
        samples[round(turn.span.start * RATE) : round(turn.span.end * RATE)] = 1 + people.index(turn.speaker)
    return samples


def test_two_at_once_have_two_names():
    """Where two are heard at once the second is whoever else speaks nearest: 19 to 22 s, and at the very start."""
    spoken = [(0.0, 20.0, LOW), (20.0, 40.0, MIDDLE)]
    segmenter = TogetherSegmenter([Span(0.5, 1.5), Span(19.0, 22.0)])
    found = heard(spoken, people=[MINA, JOON], segmenter=segmenter)
    names = {voice: naming.name for voice, naming in found.names.items()}
    spans = {who: [t.span for t in found.turns if names[t.speaker] == who] for who in names.values()}
    assert [(round(s.start, 1), round(s.end, 1)) for s in spans["Mina Park"]] == [(0.0, 22.0)]
    assert [(round(s.start, 1), round(s.end, 1)) for s in spans["Joon Lee"]] == [(0.5, 1.5), (19.0, 40.0)]


def test_a_turn_is_the_surer_the_more_it_sounds_like_its_voice():
    frames = np.array([[0.9, 0.1, 0.0]] * 20 + [[0.5, 0.45, 0.1]] * 20)
    clear, doubtful = (confidence(frames, span, 0) for span in (Span(0, 2), Span(2, 4)))
    assert 0.95 < clear < 1
    assert 0.5 < doubtful < 0.65
    assert confidence(frames, Span(2, 4), 1) < 0.5
    assert confidence(frames[:, :1], Span(2, 4), 0) == 1
    assert {turn.confidence > 0.5 for turn in heard().turns} == {True}


def round_table(n, *, rounds=3, turn_s=8.0):
    """n people who speak in turn; the encoder that knows, and the sound."""
    people = tuple(f"Person {i}" for i in range(n))
    turns = [Turn(Span(i * turn_s, (i + 1) * turn_s), people[i % n]) for i in range(rounds * n)]
    return turns, ScriptEncoder(people), said(turns, people)


def around(n, *, enrolled=0, attendees=(), **options):
    """How a round table of n, the first so many of them enrolled, is heard: truth, diarization."""
    turns, encoder, samples = round_table(n)
    found = diarize(
        samples,
        [Span(0, len(samples) / RATE)],
        encoder=encoder,
        people=[encoder.person(name) for name in encoder.people[:enrolled]],
        options=DiarizationOptions(**options),
        attendees=attendees,
    )
    return turns, found


@pytest.mark.parametrize("n", [1, 2, 5, 9])
def test_voices_are_counted(n):
    turns, found = around(n)
    assert len({turn.speaker for turn in found.turns}) == n
    assert diarization_errors(turns, found.turns).rate < 0.03


@pytest.mark.parametrize("enrolled", [0, 5, 12])
def test_twelve_people_when_so_many_are_asked_for(enrolled):
    turns, found = around(12, enrolled=enrolled, speakers=12)
    assert len({turn.speaker for turn in found.turns}) == 12
    assert diarization_errors(turns, found.turns).rate < 0.05
    assert {naming.name for naming in found.names.values()} == {f"Person {i}" for i in range(enrolled)}


def test_twelve_enrolled_people_are_all_found_without_being_asked_for():
    _, found = around(12, enrolled=12, max_speakers=12)
    assert len(found.names) == 12


def test_each_name_stands_over_its_owner():
    turns, found = around(8, enrolled=4)
    for turn in turns:
        said = Counter({t.speaker: 0.0 for t in found.turns})
        for t in found.turns:
            said[t.speaker] += t.span.overlap(turn.span)
        voice, _ = said.most_common(1)[0]
        name = found.names[voice].name if voice in found.names else None
        assert name == (turn.speaker if turn.speaker in {f"Person {i}" for i in range(4)} else None)


@pytest.mark.parametrize(
    ("attendees", "n"), [((), 1), (("A", "B"), 2), (("A", "B", "C"), 3), (("A", "B", "C", "D"), 3)]
)
def test_voices_that_hardly_differ_are_kept_apart_as_far_as_people_are_expected(attendees, n):
    _, encoder, samples = round_table(3, rounds=6)
    encoder = replace(encoder, spread=0.05, leaning=0.42)  # more than alike, less than alike + EXPECTED
    everywhere = [Span(0, len(samples) / RATE)]
    found = diarize(samples, everywhere, encoder=encoder, attendees=attendees)
    assert len({turn.speaker for turn in found.turns}) == n


def test_windows_with_two_voices_in_them_are_not_a_third():
    """Two who change so often that many windows hear both: k-means makes a voice of those, and the turns undo it."""
    people = ("Mina", "Joon")
    lengths = np.random.default_rng(1).uniform(2.0, 6.0, 60)
    ends = np.cumsum(lengths)
    turns = tuple(
        Turn(Span(float(e - n), float(e)), people[i % 2]) for i, (e, n) in enumerate(zip(ends, lengths, strict=True))
    )
    encoder = ScriptEncoder(people, spread=0.05)
    enrolled = [encoder.person(name) for name in people]
    found = diarize(
        said(turns, people),
        [Span(0, float(ends[-1]))],
        encoder=encoder,
        people=enrolled,
        attendees=people,
    )
    assert {naming.name for naming in found.names.values()} == set(people)
    assert len({turn.speaker for turn in found.turns}) == 2


@pytest.mark.parametrize("speech", [[Span(1, 1)], [Span(1, 1), Span(2, 3)]])
def test_empty_spans_of_speech_make_no_turn(speech):
    assert [turn.span for turn in heard([(0, 4, LOW)], speech=speech).turns] == [
        span for span in speech if span.duration
    ]


# Windows


@given(st.floats(0, 100), st.floats(0, 1e-6))
@example(0.0, 0.0)
@example(0.0, 1e-12)
@example(7.3, 1e-9)
def test_a_stretch_a_hair_longer_than_a_window_is_covered_by_hardly_more_than_one(start, hair):
    span = Span(start, start + LENGTH + hair)
    windows = slide([span])
    assert 1 <= len(windows) <= 2
    assert windows[0].start == span.start
    assert windows[-1].end == pytest.approx(span.end, abs=1e-9)
    assert all(window.duration <= LENGTH + 1e-9 for window in windows)


@given(st.floats(0, 1000), st.floats(LENGTH, 60))
def test_windows_are_spread_evenly_from_edge_to_edge(start, length):
    span = Span(start, start + length)
    windows = slide([span])
    hops = [b.start - a.start for a, b in pairwise(windows)]
    assert windows[0].start == pytest.approx(span.start)
    assert windows[-1].end == pytest.approx(span.end)
    assert total(windows) == pytest.approx(span.duration)
    assert max(hops, default=0) - min(hops, default=0) < 1e-9
    assert max(hops, default=0) <= STEP + 1e-9
    assert len(windows) <= 2 + (span.duration - LENGTH) / STEP


def test_the_fake_fits_the_part():
    assert ENCODER(sound([(0, 1, LOW)], 1), [Span(0, 1)], silent).shape == (1, ENCODER.dim)
