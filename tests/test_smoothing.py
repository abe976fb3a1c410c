"""The likeliest path against all paths, and turns against pictures."""

from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from bigvoice.diarization.smoothing import FRAME_S, lay_over_frames, turns_of, viterbi
from bigvoice.diarization.windows import slide
from bigvoice.span import Span, merge, total
from bigvoice.turn import Turn


def worth(path, scores, cost):
    gained = sum(scores[t, state] for t, state in enumerate(path))
    return gained - cost * sum(a != b for a, b in pairwise(path))


@settings(deadline=None, max_examples=40)
@given(arrays(np.float64, (5, 3), elements=st.floats(-3, 3)), st.floats(0, 3))
def test_no_path_is_worth_more(scores, cost):
    ours = worth(viterbi(scores, cost), scores, cost)
    best = max(worth(path, scores, cost) for path in product(range(3), repeat=5))
    assert ours == pytest.approx(best)


def test_a_flicker_is_not_a_turn():
    scores = np.array([[1, 0], [1, 0], [0, 1], [1, 0], [1, 0], [0, 1], [0, 1], [0, 1], [0, 1]], float)
    assert viterbi(scores, 1.5).tolist() == [0, 0, 0, 0, 0, 1, 1, 1, 1]
    assert viterbi(scores, 0.1).tolist() == [0, 0, 1, 0, 0, 1, 1, 1, 1]


def test_no_frames_no_path():
    assert viterbi(np.empty((0, 2)), 1.0).tolist() == []


def test_a_frame_hears_the_windows_over_it():
    windows = [Span(0, 2), Span(1, 3)]
    laid = lay_over_frames(windows, np.array([[1.0, 0.0], [0.0, 1.0]]), 40)
    assert laid[5].tolist() == [1, 0]
    assert laid[25].tolist() == [0, 1]
    assert laid[15] == pytest.approx([0.5, 0.5], abs=0.06)
    assert laid[35].tolist() == [0, 0]
    np.testing.assert_allclose(laid[:30].sum(axis=1), 1)


def test_speech_is_cut_where_the_path_changes_and_nowhere_else():
    path = np.array([0] * 10 + [1] * 10 + [0] * 20)
    turns = turns_of(path, [Span(0.03, 1.5), Span(2.05, 3.0)], ["a", "b"])
    assert turns == [
        Turn(Span(0.03, 1.0), "a"),
        Turn(Span(1.0, 1.5), "b"),
        Turn(Span(2.05, 3.0), "a"),
    ]


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.tuples(st.integers(0, 290), st.integers(1, 60)), min_size=1, max_size=6),
    arrays(np.intp, 400, elements=st.integers(0, 2)),
)
def test_turns_cover_the_speech_exactly(pieces, path):
    speech = merge(Span(start / 10.7, (start + length) / 10.7) for start, length in pieces)
    turns = turns_of(path, speech, ["a", "b", "c"])
    assert merge(turn.span for turn in turns) == speech
    assert sum(turn.span.duration for turn in turns) == pytest.approx(total(speech))


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.floats(0, 50), st.floats(0.05, 20)), min_size=1, max_size=5))
def test_windows_cover_the_speech_and_nothing_else(pieces):
    speech = merge(Span(start, start + length) for start, length in pieces)
    windows = slide(speech)
    assert total(windows) == pytest.approx(total(speech))
    assert all(window.duration <= 2.0 + 1e-9 for window in windows)
    assert windows == sorted(windows)


def test_frames_are_tenths_of_seconds():
    assert pytest.approx(0.1) == FRAME_S
