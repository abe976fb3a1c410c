from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bigvoice.minutes.correcting import corrected, corrected_in_steps
from bigvoice.minutes.corrections import (
    Assign,
    Check,
    Correction,
    Delete,
    Describe,
    DropNote,
    Insert,
    Join,
    Merge,
    Place,
    PutNote,
    Reject,
    Rename,
    Split,
    Write,
)
from bigvoice.minutes.minutes import ACTION, DECISION, GIVEN, UNKNOWN, Minutes, Note
from bigvoice.minutes.shares import talk_shares
from bigvoice.span import Span
from tests import any_minutes, meetings


def turn(number: int, of: Minutes | None = None) -> Place:
    return Place.of((of or meetings.team()).utterances[number])


def after(*corrections: Correction, of: Minutes | None = None) -> Minutes:
    minutes, unfit = corrected(of or meetings.team(), corrections)
    assert unfit == ()
    return minutes


def test_a_name_is_laid_over_the_speaker_and_nothing_else_changes() -> None:
    minutes = after(Rename("s3", "Tom Ford", "guest"))

    named = minutes.speaker("s3")
    assert (named.name, named.role, named.named_by, named.confidence) == ("Tom Ford", "guest", GIVEN, 1.0)
    assert minutes == replace(meetings.team(), speakers=(*meetings.team().speakers[:2], named, minutes.speakers[3]))


def test_a_role_stays_with_its_voice_unless_it_came_with_a_suggestion() -> None:
    assert after(Rename("s1", "Mina Kim")).speaker("s1").role == "chair"
    assert after(Rename("s1", "Mina Kim", "")).speaker("s1").role is None
    assert [after(Rename("s1", name)).speaker("s1").named_by for name in ("", " ")] == [UNKNOWN, UNKNOWN]


def test_this_is_not_her_takes_the_name_away_and_remembers_it() -> None:
    speaker = after(Reject("s1", "Mina Park")).speaker("s1")

    assert (speaker.name, speaker.named_by, speaker.rejected) == (None, UNKNOWN, ("Mina Park",))
    other = after(Reject("s1", "Joon Lee")).speaker("s1")
    assert (other.name, other.rejected) == ("Mina Park", ("Joon Lee",))


def test_merging_gives_all_turns_away_and_their_time_with_them() -> None:
    before, minutes = meetings.team(), after(Merge("s3", "s4"))

    assert [s.id for s in minutes.speakers] == ["s1", "s2", "s4"]
    seconds = {row.speakers[0].id: row.seconds for row in talk_shares(minutes).speakers}
    was = {row.speakers[0].id: row.seconds for row in talk_shares(before).speakers}
    assert seconds["s4"] == was["s3"] + was["s4"]


def test_a_turn_is_given_to_somebody_new_who_is_then_named() -> None:
    minutes = after(Assign(turn(4), "s7"), Rename("s7", "Paul"))

    assert minutes.utterances[4].speaker == "s7"
    assert minutes.utterances[4].confidence == 1.0
    assert minutes.speaker("s7").label() == "Paul"
    assert "s3" not in {s.id for s in minutes.speakers}  # who has nothing left to say


def test_within_a_step_two_may_swap_their_turns() -> None:
    minutes = after(Assign(turn(3), "s3"), Assign(turn(4), "s4"))

    assert [minutes.speaker(u.speaker).label() for u in minutes.utterances[3:5]] == ["Speaker 3", "Ada Brown"]


def test_two_turns_at_one_time_that_get_one_speaker_become_one() -> None:
    team = meetings.team()
    both = (meetings.say(1.0, 6.0, "s1", "Yes."), meetings.say(1.0, 6.0, "s2", "No."))
    minutes = after(Assign(Place(Span(1.0, 6.0), "s2"), "s1"), of=replace(team, utterances=both))

    assert [u.text for u in minutes.utterances] == ["Yes. No."]


@pytest.mark.parametrize(
    ("words", "texts"),
    [
        (None, ("Good afternoon. Let us", "begin with the budget.")),
        (1, ("Good", "afternoon. Let us begin with the budget.")),
    ],
)
def test_a_turn_is_split_by_time_or_by_words(words: int | None, texts: tuple[str, str]) -> None:
    minutes = after(Split(turn(0), 3.5, words))

    assert [(u.span, u.text) for u in minutes.utterances[:2]] == [
        (Span(1.0, 3.5), texts[0]),
        (Span(3.5, 6.0), texts[1]),
    ]


@given(st.floats(1.01, 5.99))
def test_what_was_split_and_joined_says_what_it_said(at: float) -> None:
    whole = turn(0)
    first, second = Place(Span(1.0, at), "s1"), Place(Span(at, 6.0), "s1")

    minutes = after(Split(whole, at), Join(first, second))

    assert minutes == meetings.team()


def test_joining_across_speakers_keeps_the_first_ones() -> None:
    minutes = after(Join(turn(2), turn(3)))

    joined = minutes.utterances[2]
    assert (joined.speaker, joined.span) == ("s2", Span(12.0, 24.0))
    assert joined.text == "We spent four thousand, most of it on paper. On paper? Really?"


def test_a_text_keeps_what_stayed_in_its_time() -> None:
    minutes = after(Write(turn(2), "We spent five thousand, most of it on paper."))

    before, words = meetings.team().utterances[2].words, minutes.utterances[2].words
    assert [w.text for w in words][:4] == [" We", " spent", " five", " thousand,"]
    assert words[:2] == before[:2]
    assert words[3].probability == 0.3  # unsure before, and still
    assert words[2].probability == 1.0  # a person wrote it
    assert words[2].span == before[2].span


def test_checking_ends_all_doubt_of_a_turn_and_can_be_taken_back() -> None:
    checked = after(Check(turn(2))).utterances[2]

    assert (checked.checked, checked.confidence) == (True, 1.0)
    assert not after(Check(turn(2)), Check(turn(2), checked=False)).utterances[2].checked


def test_a_turn_goes_and_another_comes() -> None:
    missed = Place(Span(33.5, 36.0), "s2")
    minutes = after(Delete(turn(5)), Insert(missed, "About two hundred."))

    assert turn(5) not in {Place.of(u) for u in minutes.utterances}
    assert [u.text for u in minutes.utterances if u.span == missed.span] == ["About two hundred."]


def test_what_somebody_new_said_can_be_added_even_where_nobody_was_heard() -> None:
    missed = Place(Span(1.0, 3.0), "s7")
    nobody = replace(meetings.team(), speakers=(), utterances=())

    minutes = after(Insert(missed, "Hello."), of=nobody)
    among = after(Insert(missed, "Hello."))

    assert [(s.id, s.number, s.named_by) for s in minutes.speakers] == [("s7", 1, UNKNOWN)]
    assert [(u.speaker, u.text) for u in minutes.utterances] == [("s7", "Hello.")]
    assert among.speaker("s7").number == 1 + max(s.number for s in meetings.team().speakers)


def test_notes_are_put_replaced_and_dropped() -> None:
    buy = Note("n1", ACTION, 45.0, "Buy a printer", "Joon Lee", "Friday")
    say = Note("n2", DECISION, 41.0, "A new printer")

    minutes = after(PutNote(buy), PutNote(say), PutNote(replace(buy, until="Monday")))

    assert [(n.id, n.until) for n in minutes.notes] == [("n2", ""), ("n1", "Monday")]
    assert after(PutNote(buy), DropNote("n1")).notes == ()


def test_the_meeting_itself_can_be_described() -> None:
    minutes = after(
        Describe("title", "Board"), Describe("date", "2026-11-21T14:00"), Describe("agenda", "One\n\n Two ")
    )

    assert (minutes.title, minutes.date, minutes.agenda) == ("Board", datetime(2026, 11, 21, 14), ("One", "Two"))


NOWHERE = Place(Span(500.0, 501.0), "s1")


@pytest.mark.parametrize(
    ("correction", "why"),
    [
        (Rename("s9", "X"), "no speaker 's9'"),
        (Merge("s1", "s1"), "one with itself"),
        (Write(NOWHERE, "x"), "no turn of speaker 's1' from 500.00 to 501.00 s"),
        (Split(turn(0), 1.0), "cannot be split at 1.00"),
        (Split(turn(0), 2.0, 99), "has 8 words, not 99"),
        (Join(turn(1), turn(0)), "comes after"),
        (Join(turn(1), turn(1)), "with itself"),
        (Insert(Place(Span(59.0, 61.0), "s1"), "x"), "in the recording, which is 60.00 s"),
        (Insert(turn(0), "x"), "already"),
        (DropNote("n7"), "no note 'n7'"),
        (Describe("date", "yesterday"), "not written as"),
        (Assign(turn(0), ""), "needs an id"),
        (Insert(Place(Span(1.0, 2.0), ""), "x"), "needs an id"),
    ],
)
def test_what_does_not_fit_is_told_and_the_rest_holds(correction: Correction, why: str) -> None:
    minutes, unfit = corrected(meetings.team(), [correction, Rename("s3", "Tom Ford")])

    assert [each.correction for each in unfit] == [correction]
    assert why in unfit[0].why
    assert minutes == after(Rename("s3", "Tom Ford"))


@given(st.data())
def test_corrections_leave_minutes_that_are_minutes(data: st.DataObject) -> None:
    minutes = data.draw(any_minutes.minutes())
    corrections = data.draw(any_minutes.corrections(minutes))

    together, unfit = corrected_in_steps(minutes, [[correction] for correction in corrections])

    one_by_one = minutes
    for correction in corrections:
        one_by_one, _ = corrected(one_by_one, [correction])
    assert together == one_by_one  # and neither raised: every invariant holds
    assert {u.speaker for u in together.utterances} <= {s.id for s in together.speakers}
    assert len(unfit) <= len(corrections)
