"""Span and its algebra, against a slow reference: the set of grid cells that the spans cover."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bigvoice.span import Span, complement, intersect, merge, overlapped, subtract, total

CELLS = 24
few = settings(deadline=None, max_examples=60)
span = st.builds(lambda a, b: Span(min(a, b), max(a, b)), st.integers(0, CELLS), st.integers(0, CELLS))
spans = st.lists(span, max_size=7)


def depth(spans: list[Span]) -> np.ndarray:
    """How many spans cover each cell [i, i + 1)."""
    cells = np.zeros(CELLS, int)
    for one in spans:
        cells[int(one.start) : int(one.end)] += 1
    return cells


def covered(spans: list[Span]) -> np.ndarray:
    return depth(spans) > 0


def in_normal_form(spans: list[Span]) -> bool:
    return all(s.duration > 0 for s in spans) and all(a.end < b.start for a, b in pairwise(spans))


@few
@given(spans)
def test_merge_covers_the_same_cells_in_normal_form(some):
    merged = merge(some)

    assert in_normal_form(merged)
    assert np.array_equal(covered(merged), covered(some))
    assert merge(merged) == merged
    assert merge(reversed(some)) == merged


@few
@given(spans, st.integers(0, 5))
def test_merge_with_a_gap_fills_exactly_the_short_pauses(some, gap):
    merged, plain = merge(some, gap=gap), merge(some)

    expected = covered(some)
    for before, after in pairwise(plain):
        if after.start - before.end <= gap:
            expected[int(before.end) : int(after.start)] = True
    assert np.array_equal(covered(merged), expected)
    assert all(b.start - a.end > gap for a, b in pairwise(merged))


@few
@given(spans, spans)
def test_intersect_and_subtract_are_those_of_sets(left, right):
    common, rest = intersect(left, right), subtract(left, right)

    assert in_normal_form(common)
    assert in_normal_form(rest)
    assert np.array_equal(covered(common), covered(left) & covered(right))
    assert np.array_equal(covered(rest), covered(left) & ~covered(right))
    assert intersect(right, left) == common
    assert merge([*common, *rest]) == merge(left)


@few
@given(spans, span)
def test_complement_is_the_rest_of_the_whole(some, within):
    free = complement(some, within)

    assert in_normal_form(free)
    assert np.array_equal(covered(free), covered([within]) & ~covered(some))


@few
@given(spans)
def test_overlapped_is_where_two_or_more_are(some):
    both = overlapped(some)

    assert in_normal_form(both)
    assert np.array_equal(covered(both), depth(some) >= 2)


@few
@given(spans)
def test_total_counts_every_point_once(some):
    assert total(some) == covered(some).sum()


@few
@given(span, span)
def test_two_spans_share_what_their_cells_share(a, b):
    shared = int((covered([a]) & covered([b])).sum())

    assert a.overlap(b) == b.overlap(a) == shared
    assert (a & b) == (b & a)
    assert (a & b).duration == shared if a & b else shared == 0
    assert (a | b).start == min(a.start, b.start)
    assert (a | b).end == max(a.end, b.end)
    assert a.gap(b) == b.gap(a) == max(0, (a | b).duration - a.duration - b.duration)


def test_half_open_neighbours_touch_and_share_nothing():
    left, right = Span(0, 2), Span(2, 3)

    assert left & right is None
    assert left.gap(right) == 0
    assert merge([left, right]) == [Span(0, 3)]
    assert overlapped([left, right]) == []


def test_shift_and_middle():
    assert Span(1, 3).shift(2.5) == Span(3.5, 5.5)
    assert Span(1, 4).middle == 2.5
    assert sorted([Span(2, 3), Span(0, 9), Span(0, 1)]) == [Span(0, 1), Span(0, 9), Span(2, 3)]


@pytest.mark.parametrize(("start", "end"), [(2, 1), (math.nan, 1), (0, math.inf)])
def test_a_span_that_is_none_is_refused(start, end):
    with pytest.raises(ValueError, match="finite start <= end"):
        Span(start, end)
