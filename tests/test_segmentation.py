"""Who of three people speaks: the powerset's algebra, chunks and their joining, and what the shipped network hears."""

from importlib import resources
from itertools import permutations
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
from faster_whisper.utils import get_assets_path
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from bigvoice.decoding import load
from bigvoice.diarization import segmentation as module
from bigvoice.diarization.powerset import AT_ONCE, MEMBERS, N_PEOPLE, N_TOGETHER, RENAMED, SETS, classes
from bigvoice.diarization.segmentation import (
    Segmentation,
    chunk_starts,
    overlaid,
    overlap,
    read,
    segmenter,
    speech,
)
from bigvoice.errors import ModelError
from bigvoice.recording import RATE

CLIPS = Path(__file__).parents[1] / "sample_meetings"
FLOAT32 = 1e-4
"""Between two ways to the same probability that differ only in rounding: absolute."""

few_people = arrays.arrays(bool, st.tuples(st.integers(0, N_PEOPLE), st.integers(0, 12)))


@given(few_people)
@settings(max_examples=50, deadline=None)
def test_a_class_stands_for_those_who_speak(people):
    found = MEMBERS[classes(people)]
    few = people.sum(axis=0) <= AT_ONCE
    np.testing.assert_array_equal(found[few][:, : len(people)], people.T[few])
    assert (found[few][:, len(people) :] == 0).all()
    assert (found[~few].sum(axis=1) == AT_ONCE).all()


def test_of_three_at_once_the_two_stay_who_say_most():
    people = np.array([[1, 0, 0, 0], [1, 1, 1, 0], [1, 1, 0, 0]], bool)
    assert SETS[classes(people)[0]] == (1, 2)


def test_renaming_people_renames_classes():
    for order, renamed in zip(permutations(range(N_PEOPLE)), RENAMED, strict=True):
        for number, people in enumerate(SETS):
            assert set(SETS[renamed[number]]) == {order[person] for person in people}


def test_a_persons_probability_is_that_of_all_sets_they_are_in():
    probabilities = np.array([0.1, 0.2, 0.05, 0.05, 0.3, 0.2, 0.1], np.float32)
    np.testing.assert_allclose(probabilities @ MEMBERS, [0.7, 0.45, 0.35], rtol=1e-6)
    assert N_TOGETHER.tolist() == MEMBERS.sum(axis=1).tolist() == [0, 1, 1, 1, 2, 2, 2]


@given(st.integers(0, 200), st.integers(1, 50), st.integers(1, 50))
@settings(max_examples=100, deadline=None)
def test_chunks_cover_all_and_end_with_it(n_frames, length, step):
    length, step = min(length, n_frames), min(step, length) or 1
    starts = chunk_starts(n_frames, length, step)
    covered = {frame for start in starts.tolist() for frame in range(start, start + length)}
    assert covered == set(range(n_frames))
    assert (np.diff(starts) > 0).all()


def chunks(probabilities, first, n_frames):
    return Segmentation(np.asarray(probabilities, np.float32), np.asarray(first), n_frames)


@given(st.integers(1, 60), st.integers(1, 20), st.data())
@settings(max_examples=50, deadline=None)
def test_the_mean_over_chunks_is_that_of_a_slow_sum(n_frames, length, data):
    length = min(length, n_frames)
    first = chunk_starts(n_frames, length, data.draw(st.integers(1, length)))
    values = data.draw(arrays.arrays(np.float32, (len(first), length), elements=st.floats(0, 1, width=32)))
    for frame, value in enumerate(overlaid(chunks(np.zeros((len(first), length, 7)), first, n_frames), values)):
        heard = [(values[c, frame - f], min(frame - f + 1, length - frame + f)) for c, f in enumerate(first)
                 if f <= frame < f + length]  # fmt: skip
        assert value == pytest.approx(sum(v * w for v, w in heard) / sum(w for _, w in heard), abs=1e-5)


def test_speech_is_anybody_and_overlap_is_two():
    probabilities = [[[0.5, 0.2, 0, 0, 0.3, 0, 0], [1, 0, 0, 0, 0, 0, 0]]]
    found = chunks(probabilities, [0], 2)
    np.testing.assert_allclose(speech(found), [0.5, 0.0], atol=1e-6)
    np.testing.assert_allclose(overlap(found), [0.3, 0.0], atol=1e-6)


@pytest.fixture(scope="module")
def heard():
    return segmenter()


def clip(name, start, seconds):
    samples = load(next(CLIPS.glob(f"*/enrolment/{name}.*"))).samples
    piece = samples[round(start * RATE) : round((start + seconds) * RATE)]
    return piece / np.sqrt(np.mean(piece**2)) * 0.05


@pytest.fixture(scope="module")
def two_at_once():
    """Laura for six seconds, Mia from the fourth to the tenth; noise before, after and under them."""
    samples = 1e-3 * np.random.default_rng(0).standard_normal(14 * RATE)
    samples[2 * RATE : 8 * RATE] += clip("Laura_1", 1, 6)
    samples[6 * RATE : 12 * RATE] += clip("Mia_1", 1, 6)
    return samples.astype(np.float32)


def frames(start, end):
    return slice(round(start * 50), round(end * 50))


def test_speech_is_heard_where_it_is(heard, two_at_once):
    found = speech(heard(two_at_once))
    assert found.shape == (700,)
    assert found[frames(0, 1.8)].mean() < 0.1
    assert found[frames(12.3, 14)].mean() < 0.2
    assert found[frames(2.5, 11.5)].mean() > 0.9


def test_two_at_once_are_heard_where_they_are(heard, two_at_once):
    found = overlap(heard(two_at_once))
    assert found[frames(6.3, 7.7)].mean() > 0.5
    assert found[frames(2, 5.7)].mean() < 0.15
    assert found[frames(8.3, 12)].mean() < 0.15


def test_two_people_are_two_in_a_chunk(heard, two_at_once):
    people = heard(two_at_once[2 * RATE : 12 * RATE]).probabilities[0] @ MEMBERS
    first, second = people[frames(0, 3.8)].mean(axis=0), people[frames(6.3, 10)].mean(axis=0)
    assert first.argmax() != second.argmax()
    assert first.max() > 0.7
    assert second.max() > 0.7


def test_the_level_does_not_matter(heard, two_at_once):
    loud, soft = heard(two_at_once), heard((two_at_once / 30).astype(np.float32))
    np.testing.assert_allclose(loud.probabilities, soft.probabilities, atol=0.01)


def test_a_few_chunks_at_a_time_are_as_good_as_all(heard, two_at_once, monkeypatch):
    long = np.resize(two_at_once, 33 * RATE)
    whole = heard(long)
    monkeypatch.setattr(module, "BATCH", 2)
    np.testing.assert_allclose(heard(long).probabilities, whole.probabilities, atol=FLOAT32)
    starts = whole.first * whole.frame
    np.testing.assert_allclose(starts, [*np.arange(0, 22.6, whole.step), 23.0])


@pytest.mark.parametrize("seconds", [0.0, 1 / RATE, 0.02, 0.05, 0.5, 9.99, 10.0, 10.01, 13.0])
def test_any_length_has_frames_to_its_end(heard, two_at_once, seconds):
    samples = two_at_once[: round(seconds * RATE)]
    found = heard(samples)
    n_frames = -(-len(samples) // 320)
    assert found.n_frames == n_frames
    assert speech(found).shape == overlap(found).shape == (n_frames,)
    np.testing.assert_allclose(found.probabilities.sum(axis=2), 1, atol=FLOAT32)


def test_silence_is_nobody(heard):
    assert speech(heard(np.zeros(12 * RATE, np.float32))).max() < 0.5


def test_progress_goes_to_the_last_second(heard, two_at_once, monkeypatch):
    monkeypatch.setattr(module, "BATCH", 1)
    told = []
    heard(two_at_once, told.append)
    assert {report.stage for report in told} == {"segment"}
    assert [report.done for report in told] == sorted(report.done for report in told)
    assert told[-1].fraction == 1


def test_the_file_is_small_and_says_what_it_is(heard):
    path = resources.files("bigvoice.models") / "segmentation.onnx"
    assert len(path.read_bytes()) < 3_000_000
    assert heard.name.startswith("segmentation-")
    assert heard.session.get_inputs()[0].type == "tensor(float)"
    assert onnxruntime.get_device() is not None


def test_what_is_no_segmentation_is_refused(tmp_path):
    with pytest.raises(ModelError, match=r"nowhere\.onnx cannot be read"):
        read(tmp_path / "nowhere.onnx")
    (tmp_path / "text.onnx").write_text("no network")
    with pytest.raises(ModelError, match=r"text\.onnx is no network"):
        read(tmp_path / "text.onnx")
    with pytest.raises(ModelError, match="but no segmentation"):
        read(next(Path(get_assets_path()).glob("silero_vad*.onnx")))
