"""Made conversations: scenes of real meetings, single voices in seats of a room, and labels that follow the sound."""

from concurrent.futures import ThreadPoolExecutor
from itertools import count, islice

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import signal

from bigvoice.diarization.powerset import SETS, classes
from bigvoice.errors import ModelError
from bigvoice.features.augmentation import coloured_noise, decaying_room
from bigvoice.recording import RATE
from bigvoice.span import Span, overlapped, total
from bigvoice.training import mixture_store, mixtures, scenes
from bigvoice.training.corpus import held_out
from bigvoice.training.mixture_store import NOBODY, Source, make
from bigvoice.training.mixtures import FRAME, LONGEST_PAUSE, Speech, gather, loud, mixture, one_colour, without_pauses
from bigvoice.turn import Turn
from tests.fakes import babble, write_wav

FRAME_S = FRAME / RATE
TELL_TALE = 3
"""Frames by which a border may lie beside the turn's: what is soft at the edge of speech is not heard as such."""


def silence(seconds):
    return np.zeros(round(seconds * RATE), np.float32)


def names(held, n):
    return [*islice((f"s{i}" for i in count() if held_out(f"librispeech:s{i}") == held), n)]


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """DATA as the recipe wants it: four people on either side of the split, two series of meetings, noise, a room."""
    folder = tmp_path_factory.mktemp("data")
    for number, who in enumerate(names(False, 4) + names(True, 4)):
        place = folder / "librispeech" / "one_each_251" / who
        place.mkdir(parents=True)
        write_wav(place / "0.wav", babble(4.0, pitch=90 + 20 * number, size=0.85 + 0.05 * number, seed=number))
    words = folder / "speech_commands" / "bed"
    words.mkdir(parents=True)
    write_wav(words / "0a1b_nohash_0.wav", np.concatenate([silence(0.2), babble(0.6, seed=99), silence(0.2)]))
    (words / "ffff_nohash_0.wav").write_bytes(b"no sound at all")
    rng = np.random.default_rng(0)
    for kind, sound in (("noise", 0.1 * coloured_noise(rng, 3 * RATE)), ("rooms", decaying_room(rng, 0.2, 6) / 2)):
        (folder / kind).mkdir()
        write_wav(folder / kind / "one.wav", sound)
    (folder / "ami_turns").mkdir()
    for held in (False, True):
        series = next(name for i in count() if scenes.held_out(name := f"XX{i:04d}a") == held)
        lines = [
            f"SPEAKER {series} 1 {start:.2f} {length:.2f} <NA> <NA> {who} <NA> <NA>\n"
            for start in range(0, 100, 10)
            for start, length, who in ((start, 4, "A"), (start + 3, 3, "B"), (start + 7, 0.5, "C"), (start + 8, 1, "A"))
        ]
        (folder / "ami_turns" / f"{series}.rttm").write_text("".join(lines))
    return folder


@pytest.fixture(scope="module")
def work(data, tmp_path_factory):
    folder = tmp_path_factory.mktemp("work")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mixtures, "ProcessPoolExecutor", ThreadPoolExecutor)
        gather(data, folder)
    return folder


@pytest.fixture(scope="module")
def speech(work):
    return Speech.read(work)


TURNS = [
    Turn(Span(0, 2), "A"),
    Turn(Span(1, 5), "B"),
    Turn(Span(4, 4.5), "C"),
    Turn(Span(6, 9), "D"),
    Turn(Span(9, 9.05), "A"),
]


def test_an_excerpt_begins_at_nought_and_is_cut_at_its_edges():
    found = scenes.excerpt(TURNS, 1.0, 6.0, most=3)
    assert found == [
        Turn(Span(0, 1), "A"),
        Turn(Span(0, 4), "B"),
        Turn(Span(5, 6), "D"),
    ]


def test_an_excerpt_leaves_out_who_says_least_and_slivers_of_turns():
    assert {t.speaker for t in scenes.excerpt(TURNS, 0.0, 9.5, most=2)} == {"B", "D"}
    assert [t.speaker for t in scenes.excerpt(TURNS, 8.95, 9.0, most=3)] == []


def test_scenes_have_some_overlap_and_some_silence():
    told = {"m": [Turn(Span(i, i + 1.2), "AB"[i % 2]) for i in range(100)]}
    rng = np.random.default_rng(1)
    drawn = [scenes.scene(told, 10.0, 3, rng) for _ in range(100)]
    assert 1 <= sum(not scene for scene in drawn) <= 12
    assert any({t.speaker for t in scene} == {"A"} for scene in drawn)
    assert any(total(overlapped([t.span for t in scene])) > 1 for scene in drawn)
    assert all(0 <= t.span.start < t.span.end <= 10 + 1e-9 for scene in drawn for t in scene)


def test_loud_is_where_the_voice_is():
    samples = np.concatenate([silence(0.5), babble(2.0), silence(0.5)])
    heard = loud(samples)
    assert len(heard) == 150
    assert not heard[:25].any()
    assert not heard[125:].any()
    assert heard[25:125].mean() > 0.8


def test_loud_is_not_the_recordings_own_noise():
    rng = np.random.default_rng(0)
    samples = np.concatenate([silence(0.5), babble(2.0), silence(1.0)])
    noisy = samples + 0.003 * rng.standard_normal(len(samples)).astype(np.float32)
    assert loud(noisy)[:25].mean() < 0.1
    assert loud(noisy)[25:125].mean() > 0.7


def test_silence_is_not_loud():
    assert not loud(silence(1.0)).any()


def test_pauses_are_cut_and_edges_are_speech():
    samples = np.concatenate([silence(1.0), babble(1.0), silence(2.0), babble(1.0, seed=2), silence(1.0)])
    cut = without_pauses(samples)
    assert len(cut) / RATE == pytest.approx(2.0 + LONGEST_PAUSE, abs=0.1)
    assert loud(cut)[[0, -1]].all()


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 60)), max_size=8))
@settings(max_examples=25, deadline=None)
def test_no_pause_is_longer_than_that_and_no_speech_is_lost(stretches):
    tone = np.sin(np.arange(FRAME) * 0.3).astype(np.float32)
    samples = np.concatenate([silence(0), *(np.tile(tone if on else 0 * tone, n) for on, n in stretches)])
    cut = without_pauses(samples)
    assert np.count_nonzero(cut) == np.count_nonzero(samples)
    quiet = np.diff(np.flatnonzero(np.concatenate([[True], loud(cut), [True]])))
    assert (quiet - 1).max(initial=0) <= round(LONGEST_PAUSE * RATE / FRAME)


def test_what_cannot_be_read_is_nobodys_speech(speech):
    assert "speech_commands:0a1b" in speech.places
    assert "speech_commands:ffff" not in speech.places
    assert len(speech.places) == 9


def test_as_much_speech_as_asked_for(speech):
    rng = np.random.default_rng(0)
    for n in (100, RATE, 20 * RATE):
        taken = speech.take("librispeech:" + names(False, 1)[0], n, rng)
        assert taken.dtype == np.float32
        assert len(taken) == n
        assert np.abs(taken).max() <= 1


SCENE = [Turn(Span(1.0, 3.0), "x"), Turn(Span(2.0, 4.0), "y"), Turn(Span(5.0, 5.6), "x")]


def test_of_one_colour_are_voices_that_microphones_had_coloured(speech):
    voice = speech.take("librispeech:" + names(False, 1)[0], 4 * RATE, np.random.default_rng(0))
    dull, sharp = (signal.lfilter([1, sign * 0.7], [1], voice).astype(np.float32) for sign in (1, -1))
    before, after = (tilt(a) - tilt(b) for a, b in ((dull, sharp), (one_colour(dull), one_colour(sharp))))
    assert abs(before) > 15
    assert abs(after) < 3
    assert np.mean(one_colour(dull) ** 2) == pytest.approx(np.mean(dull**2), rel=0.01)
    assert not one_colour(silence(1.0)).any()


def tilt(samples):
    """How much louder, in dB, it is from 500 to 1,000 Hz than from 4 to 6 kHz."""
    frequencies, power = signal.welch(samples, RATE, nperseg=512)
    low, high = (power[(frequencies > a) & (frequencies < b)].mean() for a, b in ((500, 1000), (4000, 6000)))
    return 10 * np.log10(low / high)


def test_labels_are_the_turns_as_far_as_they_are_heard(speech, data):
    made = mixture(SCENE, speech, data, 6 * RATE, np.random.default_rng(3))
    assert made.samples.shape == (6 * RATE,)
    assert made.samples.dtype == np.float32
    assert made.activity.shape == (2, 300)
    assert len(set(made.voices)) == 2
    for row, turns in zip(made.activity, ([(1, 3), (5, 5.6)], [(2, 4)]), strict=True):
        told = np.zeros(300, bool)
        for start, end in turns:
            told[round(start / FRAME_S) : round(end / FRAME_S)] = True
        assert not row[~told].any()
        assert (told & ~row).sum() <= 2 * TELL_TALE * len(turns)


def test_the_sound_is_loud_where_somebody_speaks(speech, data):
    rng = np.random.default_rng(4)
    for _ in range(5):
        made = mixture([Turn(Span(2, 4), "x")], speech, data, 6 * RATE, rng)
        level = (made.samples.reshape(-1, FRAME) ** 2).mean(axis=1)
        assert level[made.activity[0]].mean() > level[:90].mean()


def test_few_people_of_a_corpus_are_joined_by_others_and_too_few_in_all_are_told(speech, data):
    scene = [Turn(Span(i, i + 1), "xyz"[i]) for i in range(3)]
    two = names(False, 2)
    few = Speech(speech.samples, {f"{'ab'[i % 2]}{name}": rows for i, (name, rows) in enumerate(speech.places.items())})
    assert len(set(mixture(scene, few, data, 3 * RATE, np.random.default_rng(1)).voices)) == 3
    with pytest.raises(ModelError, match="3 people are to talk, but there is speech of 2"):
        mixture(scene, speech.only([f"librispeech:{name}" for name in two]), data, 3 * RATE, np.random.default_rng(0))


def test_nobody_is_noise(speech, data):
    made = mixture([], speech, data, RATE, np.random.default_rng(0))
    assert made.activity.shape == (0, 50)
    assert made.voices == ()
    assert (classes(made.activity) == 0).all()


def test_a_number_gives_its_mixture_again_and_the_split_keeps_people_apart(data, work):
    taught, tried = Source(data, work, held=False), Source(data, work, held=True)
    np.testing.assert_array_equal(taught.mixture(3).samples, taught.mixture(3).samples)
    assert not np.array_equal(taught.mixture(3).samples, taught.mixture(4).samples)
    assert not {v.split(" ")[0] for v in taught.voices()} & {v.split(" ")[0] for v in tried.voices()}
    assert all(held_out(v.split(" ")[0]) for number in range(10) for v in tried.mixture(number).voices)


def test_a_store_holds_what_was_mixed_and_is_not_made_twice(data, work, tmp_path, monkeypatch):
    monkeypatch.setattr(mixture_store, "ProcessPoolExecutor", ThreadPoolExecutor)
    monkeypatch.setattr(mixture_store, "SHARD", 4)
    source = Source(data, work, held=False)
    made = make(source, tmp_path, 6)
    assert made.features.shape == (6, 1000, 64)
    assert made.labels.shape == (6, 500)
    for number in range(6):
        mixed = source.mixture(number)
        np.testing.assert_array_equal(made.labels[number], classes(mixed.activity[:, :500]))
        told = [made.voices[i] for i in made.people[number] if i != NOBODY]
        assert tuple(told) == mixed.voices
    assert made.labels.max() < len(SETS)
    monkeypatch.setattr(mixture_store, "_chunk", None)
    again = make(source, tmp_path, 5)
    np.testing.assert_array_equal(again.features, made.features[:5])
