"""Pitch against closed forms, what it must not hear, and librosa's pYIN."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bigvoice.features.augmentation import at_level, coloured_noise, in_band, with_noise
from bigvoice.features.pitch import BLOCK, HIGHEST, LOWEST, _path, pitch
from bigvoice.features.spectrogram import HOP
from bigvoice.recording import RATE
from tests.fakes import babble

INSIDE = slice(5, -5)
"""Frames that see no border of the sound."""


def tone(hz, seconds=1.0, overtones=(1,)):
    """Cosines, each half as loud as the one an octave below, with phases of no pattern."""
    time = np.arange(round(seconds * RATE)) / RATE
    return sum(0.1 / n * np.cos(2 * np.pi * hz * n * time + n * n) for n in overtones).astype(np.float32)


@settings(max_examples=15)
@given(st.floats(65, 590))
def test_a_sine_has_its_own_pitch(hz):
    np.testing.assert_allclose(pitch(tone(hz))[INSIDE], hz, rtol=2e-3)


@pytest.mark.parametrize("hz", [80, 130, 210, 330, 560])
def test_a_tone_whose_fundamental_is_missing_has_it_all_the_same(hz):
    np.testing.assert_allclose(pitch(tone(hz, overtones=range(2, 8)))[INSIDE], hz, rtol=3e-3)


@pytest.mark.parametrize("hz", [110, 250])
def test_over_the_telephone_and_in_noise_it_stays(hz):
    harmonic = tone(hz, 2.0, overtones=range(1, 12))
    noise = coloured_noise(np.random.default_rng(1), len(harmonic))
    for heard in (in_band(harmonic, 300, 3_400), with_noise(harmonic, noise, 5.0)):
        np.testing.assert_allclose(pitch(heard)[INSIDE], hz, rtol=0.02)


def test_a_glide_is_followed():
    rising = 100 * 2 ** (2 * np.arange(RATE) / RATE)  # two octaves a second
    sound = 0.3 * np.sin(2 * np.pi * np.cumsum(rising) / RATE)
    np.testing.assert_allclose(pitch(sound.astype(np.float32))[INSIDE], rising[HOP // 2 :: HOP][INSIDE], rtol=5e-3)


@pytest.mark.parametrize("slope", [0.0, 1.0])
def test_noise_and_silence_have_none(slope):
    noise = 0.1 * coloured_noise(np.random.default_rng(2), 4 * RATE, slope)
    assert np.isnan(pitch(noise)).mean() > 0.97
    assert np.isnan(pitch(np.zeros(RATE, np.float32))).all()


def test_what_lies_between_two_tones_has_none():
    quiet = 1e-4 * coloured_noise(np.random.default_rng(3), RATE, 0.0)
    track = pitch(np.concatenate([tone(150), quiet, tone(300)]))
    np.testing.assert_allclose(track[5:95], 150, rtol=1e-2)
    assert np.isnan(track[105:195]).all()
    np.testing.assert_allclose(track[205:295], 300, rtol=1e-2)


def test_one_frame_that_is_rather_an_octave_lower_is_put_right_by_its_neighbours():
    hz = np.full((9, 2), [220, 110], np.float32)
    strengths = np.full((9, 3), [0.45, 0.9, 0.8], np.float32)  # no voice, 220 Hz, 110 Hz
    strengths[4] = [0.45, 0.85, 0.95]
    np.testing.assert_array_equal(_path(hz, strengths), 220)
    np.testing.assert_array_equal(_path(hz[4:5], strengths[4:5]), 110)


def test_a_voice_that_really_leaps_is_believed():
    hz = np.full((20, 2), [220, 110], np.float32)
    strengths = np.repeat([[0.45, 0.95, 0.7], [0.45, 0.7, 0.95]], 10, axis=0).astype(np.float32)
    np.testing.assert_array_equal(_path(hz, strengths), np.repeat([220, 110], 10))


@pytest.mark.parametrize("n", [0, 1, HOP - 1, HOP, HOP + 1, 3 * RATE + 7])
def test_there_is_a_value_every_hop(n):
    assert pitch(np.zeros(n, np.float32)).shape == (n // HOP,)


@settings(max_examples=10)
@given(st.floats(-60, -3), st.integers(0, 3))
def test_the_level_does_not_matter(level_db, seed):
    sound = babble(1.0, pitch=180, seed=seed)
    np.testing.assert_allclose(pitch(at_level(sound, level_db)), pitch(sound), rtol=1e-3, equal_nan=True)


def test_blocks_leave_no_seam():
    sound = tone(200, (BLOCK + 100) * HOP / RATE)
    np.testing.assert_allclose(pitch(sound)[INSIDE], 200, rtol=2e-3)


def test_it_stays_within_its_range():
    voiced = pitch(np.concatenate([tone(40), tone(900), babble(2.0, pitch=300)]))
    voiced = voiced[np.isfinite(voiced)]
    assert len(voiced)
    assert voiced.min() >= LOWEST - 1
    assert voiced.max() <= HIGHEST + 30  # a parabola's top may lie half a sample beyond the last lag


@pytest.mark.parametrize("hz", [100, 190, 290])
def test_it_hears_what_pyin_hears(hz):
    librosa = pytest.importorskip("librosa", reason="pYIN is librosa's")
    sound = babble(3.0, pitch=hz)
    theirs, voiced, _ = librosa.pyin(sound, fmin=60, fmax=600, sr=RATE, frame_length=1024, hop_length=HOP)
    ours = pitch(sound)
    theirs, voiced = theirs[: len(ours)], voiced[: len(ours)]  # theirs are centred at i * HOP, ours half a hop later

    both = voiced & np.isfinite(ours)
    assert both.sum() > 0.8 * min(voiced.sum(), np.isfinite(ours).sum())
    assert np.mean(np.abs(ours[both] / theirs[both] - 1) < 0.03) > 0.9
    np.testing.assert_allclose(np.median(ours[both]), np.median(theirs[both]), rtol=0.02)
