"""Features against librosa, scipy, closed forms and a slow plain version."""

import librosa
import numpy as np
import pytest
from scipy import fft, signal

from bigvoice.features.mel import BLOCK, filterbank, hz_to_mel, log_mel, mel_to_hz
from bigvoice.features.mfcc import deltas, mfcc
from bigvoice.features.spectrogram import FRAME, HOP, N_FFT, frames, n_frames, power
from bigvoice.recording import RATE


@pytest.fixture(scope="module")
def sound():
    """Two seconds of coloured noise under a swelling tone."""
    rng = np.random.default_rng(3)
    time = np.arange(2 * RATE) / RATE
    noise = signal.lfilter([1.0], [1.0, -0.9], rng.standard_normal(len(time)))
    return (0.02 * noise + 0.3 * time / 2 * np.sin(2 * np.pi * 440 * time)).astype(np.float32)


@pytest.mark.parametrize("n", [0, 1, FRAME - 1, FRAME, FRAME + HOP - 1, FRAME + HOP, 16_000])
def test_frames_are_counted_as_they_are_made(n):
    assert len(frames(np.zeros(n, np.float32))) == n_frames(n)


def test_a_tone_has_its_power_in_its_own_bin():
    k = 64  # 2 kHz: a whole number of periods a frame
    tone = np.cos(2 * np.pi * k / N_FFT * np.arange(RATE)).astype(np.float32)

    spectrum = power(tone)

    assert (spectrum.argmax(axis=1) == k).all()
    # the window's mean is 1/2, a cosine splits in two: |X| = FRAME / 2 / 2
    np.testing.assert_allclose(spectrum[:, k], (FRAME / 4) ** 2, rtol=1e-3)


def test_mel_scale_is_its_own_inverse():
    hz = np.linspace(20, 8000, 50)
    np.testing.assert_allclose(mel_to_hz(hz_to_mel(hz)), hz)


@pytest.mark.parametrize("n_mels", [20, 40, 80])
def test_filterbank_is_librosas(n_mels):
    theirs = librosa.filters.mel(sr=RATE, n_fft=N_FFT, n_mels=n_mels, fmin=20, fmax=RATE / 2, htk=True, norm=None)
    np.testing.assert_allclose(filterbank(n_mels), theirs, atol=1e-5)


def test_mfcc_is_librosas(sound):
    spectrum = np.abs(
        librosa.stft(sound, n_fft=N_FFT, hop_length=HOP, win_length=FRAME, window="hann", center=False)
    )  # librosa centres a short window in its FFT: it looks (N_FFT - FRAME) / 2 samples later
    late = (N_FFT - FRAME) // 2
    mel = filterbank(40) @ spectrum**2
    theirs = librosa.feature.mfcc(S=np.log(mel), n_mfcc=20, norm="ortho").T

    ours = mfcc(sound[late:])[: len(theirs)]

    np.testing.assert_allclose(ours, theirs[: len(ours)], atol=2e-3)


def test_mfcc_gives_the_smooth_spectrum_back(sound):
    """With all coefficients kept, the inverse transform is the log mel spectrum."""
    back = fft.idct(mfcc(sound, 40), type=2, norm="ortho", axis=1)
    np.testing.assert_allclose(back, log_mel(sound), atol=1e-3)


def test_long_sound_is_the_same_in_blocks(sound):
    long = np.tile(sound, 1 + BLOCK * HOP // len(sound))
    assert n_frames(len(long)) > BLOCK

    whole = log_mel(long)

    around = slice(BLOCK - 3, BLOCK + 3)
    piece = long[(BLOCK - 3) * HOP : (BLOCK + 2) * HOP + FRAME]
    np.testing.assert_allclose(whole[around], log_mel(piece), atol=1e-5)


def test_deltas_of_a_straight_line_are_its_slope():
    line = np.arange(10, dtype=np.float32)[:, None] * 3
    np.testing.assert_allclose(deltas(line)[2:-2], 3)


def test_deltas_are_a_savitzky_golay_derivative(sound):
    cepstra = mfcc(sound)
    theirs = signal.savgol_filter(cepstra, window_length=5, polyorder=1, deriv=1, axis=0, mode="nearest")
    np.testing.assert_allclose(deltas(cepstra), theirs, atol=1e-4)


def test_silence_and_nothing_are_defined():
    assert mfcc(np.zeros(0, np.float32)).shape == (0, 20)
    assert deltas(mfcc(np.zeros(10, np.float32))).shape == (0, 20)
    assert np.isfinite(mfcc(np.zeros(RATE, np.float32))).all()
