"""The shipped encoder: what it must do on any sound, and that it tells the sample meetings' voices apart."""

from importlib import resources
from pathlib import Path

import numpy as np
import pytest

from bigvoice.decoding import load
from bigvoice.diarization.windows import slide
from bigvoice.parts import make, names
from bigvoice.progress import silent
from bigvoice.recording import RATE
from bigvoice.span import Span
from bigvoice.voices import encoder as module
from bigvoice.voices.encoder import N_COEFFICIENTS, MfccEncoder, mfcc_encoder, read, sound_features, timbre, voiced
from tests.fakes import babble

CLIPS = Path(__file__).parents[1] / "sample_meetings"
FLOAT32 = 1e-4
"""Between two ways to the same embedding that differ only in rounding: absolute."""
NEIGHBOURS = 0.93
"""Cosine of a window's embedding with that of the same window asked for alone: the noise that is added depends on the
level of all that is asked for within a minute. Measured: 0.942 at the least on the sample meetings, median 0.99."""
LOUDER = 0.999
"""Cosine of a window's embedding with that of the same sound 20 dB softer. Measured: 1.0000."""


def clip(name):
    return load(next(CLIPS.glob(f"*/enrolment/{name}.*"))).samples


@pytest.fixture(scope="module")
def encoder():
    return mfcc_encoder()


@pytest.fixture(scope="module")
def laura():
    """Twelve seconds, and windows all over them."""
    samples = clip("Laura_1")[: 12 * RATE]
    return samples, slide([Span(0.3, 11.7)])


def test_unit_rows_of_its_dimension(encoder, laura):
    rows = encoder(*laura, silent)
    assert rows.shape == (len(laura[1]), encoder.dim)
    assert rows.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=FLOAT32)


def test_spans_in_any_order_give_the_same_rows(encoder, laura):
    samples, spans = laura
    order = np.random.default_rng(0).permutation(len(spans))
    shuffled = encoder(samples, [spans[i] for i in order])
    np.testing.assert_array_equal(shuffled, encoder(samples, spans)[order])


def test_spans_far_apart_are_embedded_as_if_alone(encoder, laura):
    samples, _ = laura
    far = np.concatenate([samples, np.zeros(120 * RATE, np.float32), 0.1 * samples])
    here, there = Span(1, 3), Span(133, 135)
    both = encoder(far, [there, here])
    np.testing.assert_allclose(both, np.vstack([encoder(far, [there]), encoder(far, [here])]), atol=FLOAT32)
    np.testing.assert_allclose(both[0], both[1], atol=FLOAT32)


def test_a_span_sounds_nearly_the_same_whatever_else_is_asked_for(encoder, laura):
    samples, spans = laura
    together = encoder(samples, spans)
    alone = np.vstack([encoder(samples, [span]) for span in spans])
    assert (together * alone).sum(axis=1).min() > NEIGHBOURS


def test_stretches_change_nothing_but_memory(encoder, laura, monkeypatch):
    samples, spans = laura
    whole = encoder(samples, spans)
    monkeypatch.setattr(module, "STRETCH", 5.0)
    assert (encoder(samples, spans) * whole).sum(axis=1).min() > NEIGHBOURS


def test_the_level_of_the_recording_hardly_matters(encoder, laura):
    samples, spans = laura
    softer = encoder((samples / 10).astype(np.float32), spans)
    assert (softer * encoder(samples, spans)).sum(axis=1).min() > LOUDER


@pytest.mark.parametrize(
    "span",
    [
        pytest.param(Span(1.0, 1.001), id="1 ms"),
        pytest.param(Span(1.0, 1.0), id="empty"),
        pytest.param(Span(1.0, 1.02), id="shorter than a frame"),
        pytest.param(Span(2.999, 3.0), id="the last millisecond"),
        pytest.param(Span(2.5, 3.0), id="to the end"),
        pytest.param(Span(2.5, 3.5), id="past the end"),
        pytest.param(Span(0.0, 3.0), id="everything"),
    ],
)
def test_a_span_of_any_length_anywhere_has_an_embedding(encoder, span):
    row = encoder(babble(3.0), [span])[0]
    assert np.isfinite(row).all()
    assert np.linalg.norm(row) == pytest.approx(1, abs=FLOAT32)


@pytest.mark.parametrize("samples", [babble(0.01), np.zeros(RATE, np.float32), np.full(RATE, 0.5, np.float32)])
def test_hardly_any_sound_silence_and_an_offset_are_no_reason_to_fail(encoder, samples):
    assert np.isfinite(encoder(samples, [Span(0, len(samples) / RATE)])).all()


def test_no_spans_no_rows(encoder):
    assert encoder(babble(1.0), []).shape == (0, encoder.dim)


def test_progress_counts_spans_to_the_last(encoder, monkeypatch):
    monkeypatch.setattr(module, "STRETCH", 3.0)
    told = []
    encoder(babble(12.0), slide([Span(0, 12)]), told.append)
    assert {report.stage for report in told} == {"embed"}
    assert len(told) > 3
    assert [report.done for report in told] == sorted(report.done for report in told)
    assert told[0].done == 0
    assert told[-1].fraction == 1


def test_one_voice_is_nearer_to_itself_than_to_any_other(encoder):
    """A mean of the first clip against windows of the second, and of everybody else's."""
    firsts = ["Laura_1", "Martin_1", "Duncan_1", "Helen_1", "Thomas_1", "Mia_1", "김민준_1", "이서연_1", "박지훈_1"]
    means = {name: embedded(encoder, name).mean(axis=0) for name in firsts}
    for second in ("Laura_2", "Martin_2", "Helen_2", "이서연_2"):
        windows = embedded(encoder, second)
        own = f"{second[:-2]}_1"
        right = [max(means, key=lambda name, window=window: float(means[name] @ window)) == own for window in windows]
        assert np.mean(right) > 0.7, second


def embedded(encoder, name):
    samples = clip(name)
    return encoder(samples, slide([Span(0.5, len(samples) / RATE - 0.5)]))


def test_features_are_coefficients_and_their_slopes():
    features = sound_features(babble(1.0))
    assert features.shape == (98, 3 * N_COEFFICIENTS)
    np.testing.assert_array_equal(timbre(features), features[:, 1:40])
    assert sound_features(babble(0.001)).shape == (1, 3 * N_COEFFICIENTS)


def test_pauses_are_not_voiced():
    features = sound_features(np.concatenate([babble(1.0), np.zeros(RATE // 10, np.float32)]))
    assert voiced(features)[:90].mean() > 0.8
    assert not voiced(features)[102:].any()


def test_the_shipped_file_is_small_plain_and_whole(encoder):
    with resources.as_file(resources.files("bigvoice.models") / "mfcc.npz") as path, np.load(path) as stored:
        fields = {name: (array.shape, array.dtype.kind) for name, array in stored.items()}
        assert path.stat().st_size < 1_000_000
    n_sounds, described = 32, 32 * 39 + 60
    assert fields == {
        "weights": ((n_sounds,), "f"),
        "means": ((n_sounds, 39), "f"),
        "variances": ((n_sounds, 39), "f"),
        "projection_mean": ((described,), "f"),
        "projection_matrix": ((described, 128), "f"),
        "cohort": ((len(encoder.background.cohort), 128), "f"),
        "calibration": ((6,), "f"),
        "alike": ((), "f"),
    }


def test_what_ships_makes_sense(encoder):
    assert encoder.mixture.weights.sum() == pytest.approx(1)
    assert (encoder.mixture.variances > 0).all()
    assert len(encoder.background.cohort) > 1000
    np.testing.assert_allclose(np.linalg.norm(encoder.background.cohort, axis=1), 1, atol=FLOAT32)
    assert 0 < encoder.background.alike < 1


def test_it_is_the_part_called_mfcc_and_read_once():
    assert "mfcc" in names("encoder")
    assert make("encoder", "mfcc") is mfcc_encoder()
    assert isinstance(mfcc_encoder(), MfccEncoder)
    assert mfcc_encoder().name == "mfcc-1"


def test_a_file_read_twice_is_the_same_encoder(encoder, laura):
    with resources.as_file(resources.files("bigvoice.models") / "mfcc.npz") as path:
        again = read(path)
    np.testing.assert_array_equal(again(*laura), encoder(*laura))
