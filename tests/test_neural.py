"""The shipped neural encoder: what it must do on any sound, and that it tells the sample meetings' voices apart."""

from pathlib import Path

import numpy as np
import pytest

from bigvoice.decoding import load
from bigvoice.diarization.windows import slide
from bigvoice.errors import ModelError
from bigvoice.parts import make
from bigvoice.progress import silent
from bigvoice.recording import RATE
from bigvoice.span import Span
from bigvoice.voices import neural as module
from bigvoice.voices.background import COSINE, SVM
from bigvoice.voices.neural import batches, neural_encoder, read
from tests.fakes import babble

CLIPS = Path(__file__).parents[1] / "sample_meetings"
ROUNDING = 2e-2
"""8-bit numbers: a row differs a little with what it is worked on together with."""


@pytest.fixture(scope="module")
def encoder():
    return neural_encoder()


@pytest.fixture(scope="module")
def laura():
    """Twelve seconds, and windows all over them."""
    samples = load(next(CLIPS.glob("*/enrolment/Laura_1.*"))).samples[: 12 * RATE]
    return samples, slide([Span(0.3, 11.7)])


def test_unit_rows_of_its_dimension_in_any_order(encoder, laura):
    samples, spans = laura
    rows = encoder(samples, spans, silent)
    assert rows.shape == (len(spans), encoder.dim)
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-4)
    order = np.random.default_rng(0).permutation(len(spans))
    np.testing.assert_allclose(encoder(samples, [spans[i] for i in order]), rows[order], atol=ROUNDING)


def test_the_level_and_the_company_hardly_matter(encoder, laura, monkeypatch):
    samples, spans = laura
    rows = encoder(samples, spans)
    softer = encoder((samples / 10).astype(np.float32), spans)
    assert (softer * rows).sum(axis=1).min() > 0.99
    monkeypatch.setattr(module, "STRETCH", 5.0)
    monkeypatch.setattr(module, "BATCH", 2)
    assert (encoder(samples, spans) * rows).sum(axis=1).min() > 0.99


@pytest.mark.parametrize(
    "span", [Span(1.0, 1.001), Span(1.0, 1.0), Span(1.0, 1.02), Span(2.999, 3.0), Span(2.5, 3.5), Span(0.0, 3.0)]
)
def test_a_span_of_any_length_anywhere_has_an_embedding(encoder, span):
    row = encoder(babble(3.0), [span])[0]
    assert np.isfinite(row).all()
    assert np.linalg.norm(row) == pytest.approx(1, abs=1e-4)


@pytest.mark.parametrize("samples", [babble(0.01), np.zeros(RATE, np.float32), np.full(RATE, 0.5, np.float32)])
def test_hardly_any_sound_silence_and_an_offset_are_no_reason_to_fail(encoder, samples):
    assert np.isfinite(encoder(samples, [Span(0, len(samples) / RATE)])).all()


def test_no_spans_no_rows(encoder):
    assert encoder(babble(1.0), []).shape == (0, encoder.dim)


def test_two_clips_of_one_person_are_nearer_than_two_peoples(encoder):
    def mean(name):
        samples = load(next(CLIPS.glob(f"*/enrolment/{name}.*"))).samples
        return encoder(samples, slide([Span(0, len(samples) / RATE)])).mean(axis=0)

    own = [mean(f"{who}_1") @ mean(f"{who}_2") for who in ("Laura", "Martin")]
    other = [mean(f"Laura_{i}") @ mean(f"Martin_{j}") for i in (1, 2) for j in (1, 2)]
    assert min(own) > max(other) + 0.1


def test_its_background_is_a_cohort_and_two_calibrations(encoder):
    background = encoder.background
    assert background.cohort.shape[1] == encoder.dim
    np.testing.assert_allclose(np.linalg.norm(background.cohort, axis=1), 1, atol=1e-3)
    for back_end in (SVM, COSINE):
        odds = [background.log_odds(score, 10.0, 20.0, back_end) for score in (-1.0, 0.0, 1.0, 2.0)]
        assert odds == sorted(odds)


def test_it_is_the_default_and_small():
    assert make("encoder", "neural") is make("encoder", "neural")
    assert (Path(module.__file__).parents[1] / "models" / "encoder.onnx").stat().st_size < 8_000_000


def test_batches_are_of_one_length_and_lose_nothing():
    heard = {i: np.full((120 + 20 * (i % 3), 4), i, np.float32) for i in range(100)}
    found = list(batches(heard))
    assert sorted(i for chosen, _ in found for i in chosen) == list(range(100))
    for chosen, mels in found:
        assert len(chosen) == len(mels) <= module.BATCH
        assert mels[:, 0, 0].tolist() == chosen


def test_a_file_that_is_no_encoder_is_told(tmp_path):
    with pytest.raises(ModelError, match="no such file"):
        read(tmp_path / "none.onnx")
    (tmp_path / "text.onnx").write_text("nothing")
    with pytest.raises(ModelError, match="no network that can be read"):
        read(tmp_path / "text.onnx")
    with pytest.raises(ModelError, match="no encoder of bigvoice"):
        read(Path(module.__file__).parents[1] / "models" / "segmentation.onnx")
