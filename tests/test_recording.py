from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from bigvoice.recording import RATE, Recording
from bigvoice.span import Span

COUNTING = np.arange(2 * RATE, dtype=np.float32) / (2 * RATE)


def test_a_recording_knows_its_length_and_name():
    recording = Recording(COUNTING, path=Path("회의 1.wav"))

    assert recording.duration == 2.0
    assert recording.span == Span(0, 2)
    assert recording.name == "회의 1.wav"
    assert Recording(COUNTING).name == "recording"


def test_cut_is_a_view_of_exactly_the_span():
    cut = Recording(COUNTING).cut(Span(0.5, 0.75))

    assert np.array_equal(cut, COUNTING[RATE // 2 : 3 * RATE // 4])
    assert np.shares_memory(cut, COUNTING)


def test_neighbouring_cuts_join_to_the_whole():
    recording = Recording(COUNTING)
    borders = [0.0, 0.1234567, 0.99999, 1.00003, 2.0]

    pieces = [recording.cut(Span(a, b)) for a, b in pairwise(borders)]

    assert np.array_equal(np.concatenate(pieces), COUNTING)


@pytest.mark.parametrize(
    ("span", "length"), [(Span(-1, 0.5), 0.5), (Span(1.5, 9), 0.5), (Span(5, 6), 0), (Span(-3, -1), 0)]
)
def test_cut_leaves_out_what_lies_outside(span, length):
    assert len(Recording(COUNTING).cut(span)) == length * RATE


@pytest.mark.parametrize("samples", [np.zeros(9), np.zeros((2, 9), np.float32), np.zeros(9, np.int16)])
def test_samples_of_another_shape_or_type_are_refused(samples):
    with pytest.raises(ValueError, match="samples are float32"):
        Recording(samples)
