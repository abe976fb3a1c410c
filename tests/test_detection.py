"""Speech made by espeak-ng between silences, noise and tones; real speech where it is at hand."""

from __future__ import annotations

import shutil
import subprocess
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from faster_whisper.vad import VadOptions, get_speech_timestamps, get_vad_model
from hypothesis import given, settings
from hypothesis import strategies as st

from bigvoice.decoding import load
from bigvoice.diarization import detection
from bigvoice.diarization.detection import WINDOW, SileroDetector, probabilities
from bigvoice.errors import SettingsError
from bigvoice.progress import silent
from bigvoice.recording import RATE, Recording
from bigvoice.span import Span, complement, intersect, total

needs_espeak = pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is not installed")
CONVERSATIONS = Path(__file__).parents[2] / "shared/data/conversations"

TEXT = "Good morning everybody. Let us begin with the budget, and then talk about the new office."


@pytest.fixture(scope="module")
def speech(tmp_path_factory) -> np.ndarray:
    """About five seconds of a synthetic voice."""
    path = tmp_path_factory.mktemp("speech") / "said.wav"
    subprocess.run(["espeak-ng", "-v", "en-us", "-w", str(path), TEXT], check=True)
    samples = load(path).samples
    loud = np.flatnonzero(np.abs(samples) > 0.02)
    return samples[loud[0] : loud[-1]]


@pytest.fixture(scope="module")
def meeting(speech) -> tuple[np.ndarray, list[Span]]:
    """Speech, 3 s of pause, speech, 2 s of pause, over a little noise; and where the speech is."""
    noise = np.random.default_rng(0).normal(0, 0.001, 6 * RATE + 2 * len(speech)).astype(np.float32)
    starts = [RATE, RATE * 4 + len(speech)]
    for start in starts:
        noise[start : start + len(speech)] += speech
    return noise, [Span(start / RATE, (start + len(speech)) / RATE) for start in starts]


@needs_espeak
def test_speech_is_found_where_it_is(meeting):
    samples, spoken = meeting

    found = SileroDetector()(samples, silent)

    assert len(found) == 2
    for heard, said in zip(found, spoken, strict=True):
        assert heard.start == pytest.approx(said.start, abs=0.15)
        assert heard.end == pytest.approx(said.end, abs=0.25)


@needs_espeak
def test_probabilities_are_those_of_faster_whisper_across_the_borders_of_batches(meeting, monkeypatch):
    samples = meeting[0]
    padded = np.pad(samples, (0, WINDOW - len(samples) % WINDOW))
    expected = get_vad_model()(padded)

    for batch in (7, 100, 100_000):
        monkeypatch.setattr(detection, "BATCH", batch)
        found = probabilities(samples, silent)

        assert len(found) == -(-len(samples) // WINDOW)
        assert np.allclose(found, expected[: len(found)], atol=1e-5)


@needs_espeak
@pytest.mark.parametrize(
    ("threshold", "min_speech", "min_silence", "pad"),
    [(0.5, 0.25, 0.1, 0.03), (0.4, 0.25, 0.5, 0.05), (0.3, 0, 2.0, 0.4)],
)
def test_spans_are_those_of_faster_whisper(meeting, threshold, min_speech, min_silence, pad):
    samples = np.append(meeting[0], np.zeros(3 * RATE, np.float32))  # faster-whisper ends speech late at the end
    options = VadOptions(
        threshold=threshold,
        min_speech_duration_ms=round(1000 * min_speech),
        min_silence_duration_ms=round(1000 * min_silence),
        speech_pad_ms=round(1000 * pad),
    )
    detector = SileroDetector(threshold=threshold, min_speech=min_speech, min_silence=min_silence, pad=pad)

    theirs = [Span(s["start"] / RATE, s["end"] / RATE) for s in get_speech_timestamps(samples, options)]
    ours = detector(samples, silent)

    whole = Span(0, len(samples) / RATE)
    assert total(ours) > 5
    assert total(intersect(ours, complement(theirs, whole))) < 0.001
    assert total(intersect(theirs, complement(ours, whole))) < 0.001


@pytest.mark.parametrize("n_samples", [0, 1, 511, 512, 513, 10 * RATE])
def test_silence_of_any_length_holds_no_speech(n_samples):
    silence = np.zeros(n_samples, np.float32)

    assert SileroDetector()(silence, silent) == []
    assert len(probabilities(silence, silent)) == -(-n_samples // WINDOW)


def test_noise_and_music_hold_no_speech():
    rng = np.random.default_rng(0)
    time = np.arange(10 * RATE) / RATE
    hiss = rng.normal(0, 0.1, len(time))
    hum = 0.3 * np.sin(2 * np.pi * 50 * time) + 0.1 * np.sin(2 * np.pi * 150 * time)
    chords = sum(0.1 * np.sin(2 * np.pi * f * time) * np.exp(-(time % 0.5) * 4) for f in (261.6, 329.6, 392.0, 523.3))

    for sound in (hiss, hum, chords):
        assert SileroDetector()(sound.astype(np.float32), silent) == []


@needs_espeak
def test_progress_comes_in_seconds_of_sound(meeting, monkeypatch):
    samples = meeting[0]
    monkeypatch.setattr(detection, "BATCH", 100)
    told = []

    SileroDetector()(samples, told.append)

    done = [progress.done for progress in told]
    assert {progress.stage for progress in told} == {"detect"}
    assert done == sorted(done)
    assert done[0] == pytest.approx(100 * WINDOW / RATE)
    assert told[-1].done == told[-1].total == len(samples) / RATE


@needs_espeak
def test_read_only_samples_are_read_only(meeting):
    samples = meeting[0].copy()
    samples.setflags(write=False)

    assert SileroDetector()(samples, silent)


# --- from probabilities to spans: one a window of 32 ms ---

NO_FRILLS = SileroDetector(threshold=0.5, release=0.2, min_speech=0, min_silence=0, pad=0)
STEP = WINDOW / RATE


def spans(detector: SileroDetector, probabilities: list[float]) -> list[Span]:
    return detector.spans(np.array(probabilities, np.float32), len(probabilities) * STEP)


def test_speech_starts_at_the_threshold_and_ends_below_the_release():
    found = spans(NO_FRILLS, [0.1, 0.4, 0.5, 0.4, 0.31, 0.2, 0.4, 0.0])

    assert found == [Span(2 * STEP, 5 * STEP)]


def test_speech_up_to_the_end_ends_there():
    assert spans(NO_FRILLS, [0.0, 0.9, 0.9]) == [Span(STEP, 3 * STEP)]


def test_a_pause_at_the_very_end_is_no_speech_however_short():
    detector = SileroDetector(min_silence=1, min_speech=0, pad=0)

    assert spans(detector, [0.9, 0.9, 0.0]) == [Span(0, 2 * STEP)]


def test_short_pauses_are_speech_and_long_ones_are_not():
    detector = SileroDetector(threshold=0.5, min_speech=0, min_silence=3 * STEP, pad=0)

    assert spans(detector, [0.9, 0.0, 0.0, 0.9]) == [Span(0, 4 * STEP)]
    assert spans(detector, [0.9, 0, 0, 0, 0, 0.9]) == [Span(0, STEP), Span(5 * STEP, 6 * STEP)]


def test_short_speech_is_left_out_and_not_lengthened_by_its_pad():
    detector = SileroDetector(threshold=0.5, min_speech=2.5 * STEP, min_silence=0, pad=5)

    assert spans(detector, [0.9, 0.9, 0.0, 0.0]) == []


def test_pads_stay_within_the_recording_and_join_where_they_meet():
    detector = SileroDetector(threshold=0.5, min_speech=0, min_silence=0, pad=2 * STEP)

    assert spans(detector, [0, 0.9, 0, 0, 0, 0.9, 0]) == [Span(0, 7 * STEP)]


@settings(deadline=None, max_examples=50)
@given(st.lists(st.floats(0, 1), max_size=60), st.sampled_from([0, 0.05, 0.2]), st.sampled_from([0, 0.05]))
def test_spans_are_disjoint_in_order_and_hold_every_sure_window_that_counts(values, min_silence, pad):
    detector = SileroDetector(min_speech=0, min_silence=min_silence, pad=pad)

    found = spans(detector, values)

    recording = Recording(np.zeros(len(values) * WINDOW, np.float32)).span
    assert all(a.end < b.start for a, b in pairwise(found))
    assert all(recording.start <= s.start < s.end <= recording.end + 1e-9 for s in found)
    sure = [Span(i * STEP, (i + 1) * STEP) for i, p in enumerate(values) if np.float32(p) >= detector.threshold]
    assert total(intersect(sure, found)) == pytest.approx(total(sure))


@pytest.mark.parametrize("wrong", [{"threshold": 0.0}, {"threshold": 1.0}, {"min_speech": -1.0}, {"pad": -0.1}])
def test_settings_that_make_no_sense_are_refused(wrong):
    with pytest.raises(SettingsError, match="detection"):
        SileroDetector(**wrong)


@pytest.mark.skipif(not CONVERSATIONS.is_dir(), reason="no recorded conversations beside the project")
@pytest.mark.parametrize("name", ["phone_sample", "ami_EN2009b", "ami_EN2001e"])
def test_real_conversations(name):
    recording = load(CONVERSATIONS / f"{name}.flac")
    lines = (CONVERSATIONS / f"{name}.rttm").read_text().splitlines()
    spoken = [Span(float(f[3]), float(f[3]) + float(f[4])) for f in map(str.split, lines)]

    found = SileroDetector()(recording.samples, silent)

    hit = total(intersect(found, spoken))
    assert total(spoken) - hit < 0.10 * total(spoken)
    assert total(found) - hit < 0.05 * total(spoken)
