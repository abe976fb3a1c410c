from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bigvoice.minutes.course import MOST, NEXT_S, course, following, stretch_s
from bigvoice.minutes.minutes import Minutes
from bigvoice.minutes.shares import talk_shares
from bigvoice.span import Span
from tests import any_minutes
from tests.meetings import say

ROWS = {"mother": 0, "father": 1, "anna": 2, "ben": 2}


def test_what_is_said_is_cut_where_the_stretches_are() -> None:
    utterances = [say(0, 50, "mother"), say(50, 70, "father"), say(95, 100, "anna"), say(98, 100, "ben")]

    first, second, third, fourth = course(utterances, ROWS, 3, 120)

    assert [each.span for each in (first, second, third, fourth)] == [Span(s, s + 30) for s in (0, 30, 60, 90)]
    assert (first.seconds, second.seconds, third.seconds) == ((30, 0, 0), (20, 10, 0), (0, 10, 0))
    assert fourth.seconds == (0, 0, 7)  # two children at once count twice, as everywhere
    assert second.shares == pytest.approx((2 / 3, 1 / 3, 0))


def test_five_minutes_a_row_and_a_short_rest_belongs_to_the_last() -> None:
    ends = [stretch.span.end for stretch in course([], ROWS, 3, 1000)]

    assert ends == [300, 600, 1000]


def test_an_hour_has_twelve_rows_and_a_day_no_more_than_a_page() -> None:
    assert stretch_s(3600) == 300
    assert len(course([], ROWS, 3, 3600)) == 12
    assert len(course([], ROWS, 3, 24 * 3600.0)) <= MOST
    assert len(course([], ROWS, 3, 100 * 3600.0)) <= MOST


def test_half_a_minute_has_no_course() -> None:
    assert course([say(0, 20, "mother")], ROWS, 3, 30) == ()


def test_in_a_stretch_in_which_nobody_speaks_nobody_has_a_share() -> None:
    assert course([say(0, 10, "mother")], ROWS, 3, 60)[1].shares == (0, 0, 0)


def test_who_speaks_next_after_whom() -> None:
    # mother, mother again, anna, ben, mother; then nobody for long; then father
    late = 20 + NEXT_S + 0.1
    utterances = [
        say(0, 4, "mother"),
        say(5, 8, "mother"),
        say(8, 10, "anna"),
        say(11, 12, "ben"),
        say(13, 20, "mother"),
        say(late, late + 3, "father"),
    ]

    assert following(utterances, ROWS, 3).tolist() == [[0, 0, 1], [0, 0, 0], [1, 0, 1]]


def test_who_begins_while_another_still_speaks_is_next() -> None:
    # the father's word falls into the mother's long turn, which goes on for long after it
    utterances = [say(0, 60, "mother"), say(10, 11, "father"), say(61, 62, "anna")]

    assert following(utterances, ROWS, 3).tolist() == [[0, 1, 0], [0, 0, 1], [0, 0, 0]]


@given(any_minutes.minutes())
@settings(max_examples=60)
def test_the_stretches_hold_all_that_is_said(minutes: Minutes) -> None:
    shares = talk_shares(minutes)
    rows = {speaker.id: number for number, speaker in enumerate(minutes.speakers)}

    found = course(minutes.utterances, rows, len(rows), shares.duration)

    if found:
        told = np.sum([stretch.seconds for stretch in found], axis=0)
        assert told == pytest.approx([row.seconds for row in shares.speakers])
        assert found[0].span.start == 0
        assert found[-1].span.end == shares.duration
        assert all(a.span.end == b.span.start for a, b in pairwise(found))


@given(st.lists(st.sampled_from(["mother", "father", "anna", "ben"]), max_size=30))
def test_with_short_pauses_every_change_of_speaker_is_counted(who: list[str]) -> None:
    utterances = [say(2.0 * i, 2.0 * i + 1, speaker) for i, speaker in enumerate(who)]

    counts = following(utterances, ROWS, 3)

    assert counts.sum() == sum(a != b for a, b in pairwise(who))
