"""Levels, rooms and noise: each as exact as it says."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bigvoice.features.augmentation import at_level, coloured_noise, decaying_room, in_room, rms, with_noise
from bigvoice.recording import RATE
from tests.fakes import babble


def rng(seed=0):
    return np.random.default_rng(seed)


def level_db(samples):
    return 20 * np.log10(rms(samples))


@given(st.floats(-60, 0))
def test_the_level_is_the_one_asked_for(level):
    assert level_db(at_level(babble(0.5), level)) == pytest.approx(level, abs=1e-4)


@given(st.floats(-10, 40), st.integers(100, 20_000))
def test_noise_lies_so_far_under_the_speech(snr_db, n_noise):
    speech = babble(0.5)
    noisy = with_noise(speech, coloured_noise(rng(1), n_noise), snr_db)
    assert len(noisy) == len(speech)
    assert level_db(speech) - level_db(noisy.astype(np.float64) - speech) == pytest.approx(snr_db, abs=0.01)


def test_noise_shorter_than_the_speech_is_repeated():
    speech, noise = babble(1.0), coloured_noise(rng(), 1000)
    laid = with_noise(speech, noise, 0.0) - speech
    np.testing.assert_allclose(laid[:1000], laid[1000:2000], atol=1e-6)


def test_silence_stays_silence_and_speech_without_noise_stays_as_it_is():
    silence, speech = np.zeros(100, np.float32), babble(0.1)
    np.testing.assert_array_equal(at_level(silence, -20), silence)
    np.testing.assert_array_equal(with_noise(silence, speech, 10), silence)
    np.testing.assert_array_equal(with_noise(speech, silence, 10), speech)
    np.testing.assert_array_equal(in_room(silence, decaying_room(rng(), 0.2, 6)), silence)
    assert rms(np.empty(0, np.float32)) == 0


def test_a_room_delays_nothing_and_keeps_length_and_level():
    click = np.zeros(RATE, np.float32)
    click[5000] = 0.5
    late = np.concatenate([np.zeros(800, np.float32), decaying_room(rng(), 0.3, 6)])
    for room in (decaying_room(rng(), 0.3, 6), late):
        heard = in_room(click, room)
        assert np.abs(heard).argmax() == 5000
        assert len(heard) == len(click)
        assert rms(heard) == pytest.approx(rms(click), rel=1e-4)


def test_in_a_room_is_convolution():
    speech, room = babble(0.2), np.float32([1.0, 0, 0, 0.5])
    plain = np.convolve(speech, room)[: len(speech)]
    np.testing.assert_allclose(in_room(speech, room), plain * rms(speech) / rms(plain), atol=1e-5)


@pytest.mark.parametrize(("decay_s", "direct_db"), [(0.2, 3.0), (0.6, 9.0)])
def test_a_room_falls_by_60_db_and_is_so_much_softer_than_the_direct_sound(decay_s, direct_db):
    room = decaying_room(rng(), decay_s, direct_db).astype(np.float64)
    assert len(room) == round(decay_s * RATE)
    assert np.abs(room).argmax() == 0
    assert -10 * np.log10((room[1:] ** 2).sum()) == pytest.approx(direct_db, abs=0.01)
    tenths = 10 * np.log10((room.reshape(10, -1) ** 2).mean(axis=1))
    assert tenths[9] - tenths[1] == pytest.approx(-60 * 8 / 10, abs=2)


@pytest.mark.parametrize("slope", [0.0, 1.0, 2.0])
def test_the_power_of_noise_falls_with_frequency_as_asked(slope):
    power = np.abs(np.fft.rfft(coloured_noise(rng(), 1 << 16, slope))) ** 2
    octaves = [power[1 << k : 2 << k].mean() for k in range(7, 15)]
    fitted = np.polyfit(np.arange(8), np.log2(octaves), 1)[0]
    assert fitted == pytest.approx(-slope, abs=0.06)


def test_noise_has_rms_1():
    assert rms(coloured_noise(rng(), 5000, 2.0)) == pytest.approx(1, rel=1e-5)


def test_a_seed_makes_it_again_and_another_one_something_else():
    for make in (lambda g: coloured_noise(g, 1000), lambda g: decaying_room(g, 0.2, 6)):
        np.testing.assert_array_equal(make(rng(3)), make(rng(3)))
        assert not np.array_equal(make(rng(3)), make(rng(4)))
