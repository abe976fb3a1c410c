from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bigvoice.levels import TARGET, Tally, Tape, are_alike, level, loudness
from bigvoice.recording import RATE


def tone(seconds: float, peak: float) -> np.ndarray:
    return (peak * np.sin(2 * np.pi * 200 * np.arange(round(seconds * RATE)) / RATE)).astype(np.float32)


@settings(deadline=None, max_examples=30)
@given(st.lists(st.integers(0, 3 * RATE), max_size=6), st.integers(0, 4 * RATE))
def test_a_tape_gives_back_what_it_got_however_long_it_was_to_be(lengths, expected):
    blocks = [np.full(n, i + 1, np.float32) for i, n in enumerate(lengths)]
    tape = Tape(expected)

    for block in blocks:
        tape.append(block)
    tape.silence(RATE + 7)

    whole = np.concatenate([*blocks, np.zeros(RATE + 7, np.float32)])
    assert len(tape) == len(whole)
    assert np.array_equal(tape.cut(), whole)


def test_what_is_no_number_becomes_silence_and_is_counted():
    block = np.tile(tone(0.01, 0.5), (2, 1))
    block[0, 3], block[1, 3], block[1, 9] = np.nan, np.inf, -np.inf
    tally = Tally()

    clean = tally.clean(block)

    assert tally.broken == 2
    assert np.isfinite(clean).all()
    assert clean[0, 9] == block[0, 9]
    assert clean[0, 3] == clean[1, 3] == clean[1, 9] == 0


def test_full_scale_is_counted_before_mixing_hides_it():
    loud, soft = np.clip(tone(1, 3.0), -1, 1), tone(1, 0.1)
    tally = Tally()

    tally.clean(np.stack([loud, soft]))

    share = np.mean(np.abs(loud) >= 0.999) / 2
    assert tally.notes() == [f"clipped: {share:.1%} of the samples are at full scale"]


def test_opposite_channels_cancel_and_unlike_ones_do_not():
    rng = np.random.default_rng(1)
    opposite = np.stack([tone(1, 0.5), -tone(1, 0.49)])
    unlike = rng.normal(0, 0.1, (8, RATE)).astype(np.float32)

    for block, expected in [(opposite, True), (unlike, False), (np.zeros((2, RATE), np.float32), False)]:
        tally = Tally()
        tally.clean(block)
        assert tally.cancels(block.mean(axis=0)) is expected


def test_loudness_is_that_of_the_speech_and_not_of_a_slammed_door():
    samples = tone(120, 0.01)
    samples[30 * RATE : 40 * RATE] = tone(10, 0.1)
    samples[60 * RATE : 61 * RATE] = tone(1, 0.9)

    assert loudness(samples) == pytest.approx(0.1, rel=0.01)


def test_loudness_of_a_short_piece_is_its_peak():
    assert loudness(np.append(tone(1, 0.1), tone(0.3, 0.5))) == pytest.approx(0.5, rel=0.01)
    assert loudness(np.zeros(0, np.float32)) == 0


@pytest.mark.parametrize(
    ("peak", "after", "words"),
    [
        (0.002, TARGET, "very quiet: raised by 44 dB"),
        (0.2, 0.2, ""),
        (6.0, TARGET, "beyond full scale: brought down by 26 dB"),
    ],
)
def test_level_brings_speech_to_where_models_expect_it(peak, after, words):
    samples = tone(3, peak)

    notes = level(samples)

    assert np.abs(samples).max() == pytest.approx(after, rel=0.01)
    assert notes == ([words] if words else [])


def test_level_leaves_silence_alone():
    noise = (np.random.default_rng(0).integers(-1, 2, 3 * RATE) / 32768).astype(np.float32)
    before = noise.copy()

    assert level(noise) == []
    assert np.array_equal(noise, before)


def test_level_removes_an_offset_before_it_looks_at_the_level():
    samples = tone(3, 0.01) + np.float32(0.25)

    notes = level(samples)

    assert notes == ["DC offset of 25.0% of full scale: removed", "very quiet: raised by 30 dB"]
    assert abs(float(samples.mean())) < 1e-4
    assert np.abs(samples).max() == pytest.approx(TARGET, rel=0.01)


def test_level_gives_tracks_the_gain_of_their_mean():
    near, far = tone(3, 0.02), tone(3, 0.004)
    mix = (near + far) / 2

    level(mix, [near, far])

    assert np.allclose(mix, (near + far) / 2, atol=1e-6)
    assert np.abs(near).max() / np.abs(far).max() == pytest.approx(5, rel=0.01)


def test_level_clips_what_a_codec_overshoots():
    samples = np.append(tone(3, 0.9), np.float32([1.2, -1.3]))

    level(samples)

    assert samples[-2:].tolist() == [1, -1]


@pytest.mark.parametrize("share", [0.5, 0.05])
def test_two_microphones_with_cross_talk_are_not_alike_however_little_one_is_spoken_into(share):
    rng = np.random.default_rng(2)
    voices = rng.normal(0, 0.1, (2, RATE)).astype(np.float32)
    voices[0, round(share * RATE) :] = 0
    voices[1, : round(share * RATE)] = 0
    heard = np.float32(10 ** (-10 / 20)) * voices[::-1]

    assert not are_alike([*(voices + heard)])


def test_one_sound_in_all_channels_is_alike():
    mono = tone(1, 0.5)

    assert are_alike([mono, mono * np.float32(0.7), mono])
    assert not are_alike([mono, -mono])
    assert not are_alike([mono, np.zeros_like(mono)])
    assert not are_alike([mono])
    assert not are_alike([])
    assert not are_alike([np.zeros_like(mono), np.zeros_like(mono)])
