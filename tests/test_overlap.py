"""Two voices at once: where they are, and who the second is."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from bigvoice.diarization.overlap import together, with_second
from bigvoice.diarization.powerset import SETS
from bigvoice.diarization.segmentation import Segmentation
from bigvoice.span import Span, intersect, merge, overlapped, subtract, total
from bigvoice.turn import Turn


def heard(classes):
    return Segmentation(np.eye(len(SETS), dtype=np.float32)[np.array(classes)][None], np.array([0]), len(classes))


def test_two_are_together_in_the_classes_of_two():
    assert together(heard([0, 1, 4, 4, 2, 5, 0])) == [Span(0.04, 0.08), Span(0.1, 0.12)]
    assert together(heard([0, 1, 2, 3])) == []
    assert together(heard([6, 6])) == [Span(0.0, 0.04)]


def test_the_second_is_whoever_else_is_nearest():
    turns = [Turn(Span(0, 10), "a"), Turn(Span(11, 20), "b"), Turn(Span(20, 21), "b"), Turn(Span(30, 40), "c")]
    found = with_second(turns, [Span(1, 2), Span(12, 14), Span(19, 20.5), Span(35, 36)])  # 20 lies between 10 and 30
    assert [t.span for t in found if t.speaker == "a"] == [Span(0, 10), Span(12, 14), Span(19, 20)]
    assert [t.span for t in found if t.speaker == "b"] == [Span(1, 2), Span(11, 21), Span(35, 36)]
    assert [t.span for t in found if t.speaker == "c"] == [Span(20, 20.5), Span(30, 40)]


def test_who_is_alone_has_nobody_beside_them():
    turns = [Turn(Span(0, 10), "a"), Turn(Span(12, 13), "a")]
    assert with_second(turns, [Span(0, 20)]) == turns


pieces = st.lists(st.tuples(st.floats(0, 1), st.floats(0.1, 3), st.sampled_from("abc")), min_size=1, max_size=8)


@given(pieces, st.lists(st.tuples(st.floats(0, 15), st.floats(0.05, 4)), max_size=4))
@settings(max_examples=100, deadline=None)
def test_what_was_said_stays_and_a_second_voice_is_only_where_two_are(pieces, at_once):
    turns, end = [], 0.0
    for gap, length, speaker in pieces:
        turns.append(Turn(Span(end + gap, end + gap + length), speaker))
        end += gap + length
    two = merge(Span(start, start + length) for start, length in at_once)
    found = with_second(turns, two)

    def said(turns, who):
        return merge(t.span for t in turns if t.speaker == who)

    for who in "abc":
        assert total(subtract(said(turns, who), said(found, who))) < 1e-9
        assert total(subtract(subtract(said(found, who), said(turns, who)), two)) < 1e-9
    both = overlapped([span for who in "abc" for span in said(found, who)])
    speech = merge(t.span for t in turns)
    expected = total(intersect(two, speech)) if len({t.speaker for t in turns}) > 1 else 0.0
    assert abs(total(both) - expected) < 1e-6
