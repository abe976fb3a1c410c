from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bigvoice.recording import RATE
from bigvoice.span import Span, merge, subtract, total
from bigvoice.transcription.chunks import BRIDGED, LONGEST, MARGIN, chunks, quietest

SPEECH = st.lists(
    st.tuples(st.floats(0, 300), st.floats(0.05, 80)).map(lambda pair: Span(pair[0], pair[0] + pair[1])), max_size=20
)


@settings(deadline=None, max_examples=150)
@given(SPEECH)
def test_chunks_cover_all_speech_are_disjoint_short_and_hold_no_long_silence(speech: list[Span]) -> None:
    found = chunks(speech)
    assert total(subtract(speech, found)) == pytest.approx(0, abs=1e-6)
    assert all(c.duration <= LONGEST + 1e-6 for c in found)
    assert all(a.end <= b.start + 1e-9 for a, b in pairwise(found))
    silence = subtract(found, merge(speech))
    assert all(s.duration <= BRIDGED + 1e-6 for s in silence)


def test_no_speech_no_chunks() -> None:
    assert chunks([]) == []


def test_the_cut_falls_into_the_longest_pause() -> None:
    speech = [Span(1, 11), Span(11.2, 20), Span(21, 28), Span(28.2, 38)]
    found = chunks(speech)
    assert [round(c.start, 2) for c in found] == [1 - MARGIN, 21 - MARGIN]


def test_short_turns_with_short_pauses_are_heard_together() -> None:
    speech = [Span(i, i + 0.7) for i in range(1, 25)]
    assert len(chunks(speech)) == 1


def test_a_long_silence_is_never_listened_to() -> None:
    found = chunks([Span(1, 2), Span(60, 61)])
    assert found == [Span(1 - MARGIN, 2 + MARGIN), Span(60 - MARGIN, 61 + MARGIN)]


def test_speech_without_a_pause_is_cut_at_its_quietest_moment() -> None:
    samples = np.random.default_rng(0).normal(0, 0.1, 50 * RATE).astype(np.float32)
    samples[int(23.5 * RATE) : int(23.8 * RATE)] *= 0.01
    found = chunks([Span(0, 50)], cut=quietest(samples))
    assert len(found) == 2
    assert 23.5 <= found[0].end <= 23.8


def test_quietest_of_a_stretch_that_is_too_short_is_its_middle() -> None:
    assert quietest(np.zeros(100, np.float32))(Span(0, 0.01)) == pytest.approx(0.005)


def test_chunks_that_could_hold_nothing_are_refused() -> None:
    with pytest.raises(ValueError, match="too short"):
        chunks([Span(0, 1)], longest=0.2)
