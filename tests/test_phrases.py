from __future__ import annotations

from dataclasses import replace

import pytest

from bigvoice.errors import MinutesError
from bigvoice.minutes.correcting import corrected
from bigvoice.minutes.corrections import Merge, Rename
from bigvoice.minutes.minutes import Minutes, Utterance
from bigvoice.minutes.naming import name_corrections, speaker_called
from bigvoice.minutes.phrases import corrections_of, turns_at
from tests import meetings


def after(*phrases: tuple[str, str]) -> Minutes:
    minutes, unfit = corrected(meetings.team(), corrections_of(meetings.team(), phrases))
    assert unfit == ()
    return minutes


@pytest.mark.parametrize("label", ["s3", "S3", "Speaker 3", "speaker  3", "참석자 3", "참석자3"])
def test_a_speaker_without_a_name_is_called_by_number(label: str) -> None:
    assert speaker_called(meetings.team(), label).id == "s3"


@pytest.mark.parametrize("label", ["Mina Park", " mina  PARK ", "Mina Park?"])
def test_a_speaker_with_a_name_is_called_by_it(label: str) -> None:
    assert speaker_called(meetings.team(), label).id == "s1"


def test_who_is_not_there_is_told_with_who_is() -> None:
    with pytest.raises(MinutesError, match=r"no speaker is called 'Bob': there are Mina Park \(s1\), Joon Lee \(s2\)"):
        speaker_called(meetings.team(), "Bob")


def test_two_of_one_name_are_asked_for_by_id() -> None:
    both = corrected(meetings.team(), [Rename("s3", "Joon Lee")])[0]
    with pytest.raises(MinutesError, match="several speakers are called 'Joon Lee': take an id"):
        speaker_called(both, "Joon Lee")


def test_the_name_of_another_speaker_makes_both_one() -> None:
    assert name_corrections(meetings.team(), "s3", "mina park") == (Merge("s3", "s1"),)
    assert name_corrections(meetings.team(), "s3", "Tom  Ford", "guest") == (Rename("s3", "Tom Ford", "guest"),)


def test_phrases_build_on_one_another() -> None:
    minutes = after(("rename", "Speaker 3=Tom Ford"), ("role", "Tom Ford=guest"), ("give", "0:40=Tom Ford"))

    assert minutes.speaker("s3").role == "guest"
    assert minutes.utterances[-1].speaker == "s3"


def test_everything_a_script_may_say() -> None:
    minutes = after(
        ("title", "Board"),
        ("not", "Ada Brown"),
        ("split", "45"),
        ("give", "0:45=Paul"),
        ("text", "0:01=a = b"),
        ("check", "0:01"),
        ("join", "0:25 Speaker 3"),
        ("decision", "0:40=A new printer"),
        ("action", "0:41.5=Buy it | Joon Lee | Friday"),
        ("agenda", "0:01=Budget"),
    )

    assert minutes.title == "Board"
    assert minutes.speaker("s4").rejected == ("Ada Brown",)
    assert minutes.utterances[-1].speaker == next(s.id for s in minutes.speakers if s.name == "Paul")
    assert (minutes.utterances[0].text, minutes.utterances[0].checked) == ("a = b", True)
    assert [u.span.start for u in minutes.utterances] == [1.0, 12.0, 20.0, 25.0, 40.0, 45.0]
    assert minutes.utterances[3].span.end == 33.0
    assert [(n.kind, n.time, n.text, n.who, n.until) for n in minutes.notes] == [
        ("agenda point", 1.0, "Budget", "", ""),
        ("decision", 40.0, "A new printer", "", ""),
        ("action", 41.5, "Buy it", "Joon Lee", "Friday"),
    ]


def turn_at(minutes: Minutes, said: str) -> Utterance:
    (turn,) = turns_at(minutes, said)
    return turn


def test_a_time_is_where_a_turn_begins_or_within_it() -> None:
    team = meetings.team()
    assert turn_at(team, "0:25").speaker == "s3"
    assert turn_at(team, "00:00:25").speaker == "s3"
    assert turn_at(team, "27.5").speaker == "s3"
    assert turn_at(team, "0:21 Joon Lee").speaker == "s2"
    assert turn_at(team, "0:06").text == "Joon, you have the numbers."  # within a paragraph
    begun = replace(team, utterances=(meetings.say(1.9, 6.0, "s4", "x"), *team.utterances[1:]))
    assert turn_at(begun, "0:01").text == "x"


def test_the_time_of_a_paragraph_means_all_of_it() -> None:
    assert [u.span.start for u in turns_at(meetings.team(), "0:01")] == [1.0, 6.5]

    given, written = after(("give", "0:01=Paul"), ("check", "0:01")), after(("text", "0:01=Good afternoon."))

    assert [(u.speaker, u.checked) for u in given.utterances[:2]] == [("s5", True)] * 2
    assert [(u.span.start, u.span.end) for u in written.utterances if u.text == "Good afternoon."] == [(1.0, 11.0)]


@pytest.mark.parametrize(
    ("verb", "said", "told"),
    [
        ("rename", "Speaker 3", "has no '='"),
        ("rename", "=X", "has no '='"),
        ("text", "noon=x", "'noon' is no time of the recording: write it as 12:31"),
        ("text", "0:59=x", "nobody speaks at '0:59'"),
        ("text", "0:21=x", r"several turns are at '0:21' \(Joon Lee, Ada Brown\)"),
        ("split", "0:35", "nobody speaks before and after at '0:35'"),
        ("split", "0:21", "several speak at '0:21'"),
        ("join", "0:40", "no turn after"),
        ("not", "Speaker 3", "Speaker 3 has no name that could be wrong"),
        ("role", "Speaker 3=chair", "has no name, which a role goes with"),
        ("date", "yesterday", "date 'yesterday': the date 'yesterday' is not written as"),
        ("merge", "s1=s1", "one with itself"),
    ],
)
def test_what_cannot_be_meant_is_told(verb: str, said: str, told: str) -> None:
    with pytest.raises(MinutesError, match=told):
        corrections_of(meetings.team(), [(verb, said)])
