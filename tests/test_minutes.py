from __future__ import annotations

from dataclasses import replace

import pytest

from bigvoice.errors import MinutesError
from bigvoice.minutes.minutes import (
    GIVEN,
    KNOWN,
    SUGGESTED,
    UNKNOWN,
    Maker,
    Minutes,
    Source,
    Speaker,
    Utterance,
    blocks,
)
from bigvoice.span import Span
from tests import meetings
from tests.meetings import say


def test_an_unnamed_speaker_is_shown_by_its_number() -> None:
    assert Speaker("s2", 2).label() == "Speaker 2"
    assert Speaker("s2", 2).label("참석자 {number}") == "참석자 2"
    assert Speaker("s2", 2, "Mina Park", None, KNOWN, 0.9).label() == "Mina Park"


def test_a_suggested_name_has_a_question_mark_and_is_not_sure() -> None:
    assert Speaker("s2", 2, "김영희", None, SUGGESTED, 0.7).label("참석자 {number}") == "김영희?"
    sure = {named_by: Speaker("s1", 1, name, None, named_by).sure for name, named_by in _KINDS}
    assert sure == {KNOWN: True, GIVEN: True, SUGGESTED: False, UNKNOWN: False}


_KINDS = [("Mina", KNOWN), ("Mina", GIVEN), ("Mina", SUGGESTED), (None, UNKNOWN)]


@pytest.mark.parametrize("wrong", [{"name": "Mina"}, {"named_by": GIVEN}, {"name": "Mina", "named_by": "guessed"}])
def test_a_name_and_who_gave_it_go_together(wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"named_by|go together"):
        Speaker("s1", 1, **wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("speakers", "utterances", "said"),
    [
        ((Speaker("s1", 1), Speaker("s1", 2)), (), "share an id"),
        ((Speaker("s1", 1),), (say(0, 1, "s2"),), "not listed"),
        ((Speaker("s1", 1),), (say(2, 3, "s1"), say(0, 1, "s1")), "order of time"),
    ],
)
def test_minutes_check_themselves(speakers: tuple[Speaker, ...], utterances: tuple[Utterance, ...], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Minutes(Source("a.wav", "", 9.0), Maker("0"), speakers=speakers, utterances=utterances)


def test_present_are_the_attendees_and_then_who_was_recognised() -> None:
    minutes = Minutes(
        Source("a.wav", "", 1.0),
        Maker("0"),
        attendees=("Tom", "Mina"),
        speakers=(Speaker("s1", 1, "Mina", None, KNOWN), Speaker("s2", 2), Speaker("s3", 3, "Joon", None, KNOWN)),
    )

    assert minutes.present == ("Tom", "Mina", "Joon")


def test_a_suggestion_is_present_with_its_question_mark_unless_that_person_was_expected_or_recognised() -> None:
    minutes = meetings.guessed()

    assert minutes.present == ("Joon Lee", "Ada Brown", "Mina Park?")
    assert replace(minutes, attendees=("Mina Park",)).present == ("Mina Park", "Joon Lee", "Ada Brown")


def test_renaming_by_the_suggested_name_confirms_it_with_its_role() -> None:
    after = meetings.guessed().rename("s1", "Mina Park")

    assert after.speaker("s1") == Speaker("s1", 1, "Mina Park", "chair", GIVEN, 1.0)
    assert after.present == ("Mina Park", "Joon Lee", "Ada Brown")


def test_the_role_of_a_suggestion_that_was_wrong_goes_with_it() -> None:
    assert meetings.guessed().rename("s1", "Eve").speaker("s1") == Speaker("s1", 1, "Eve", None, GIVEN, 1.0)
    assert meetings.guessed().rename("s1", "Eve", "guest").speaker("s1").role == "guest"


def test_renaming_gives_new_minutes_in_which_a_person_named_the_speaker() -> None:
    before = meetings.team()

    after = before.rename("s3", "Eve Adams", "guest")

    assert after.speaker("s3") == Speaker("s3", 3, "Eve Adams", "guest", GIVEN, 1.0)
    assert before.speaker("s3").name is None
    assert after.utterances == before.utterances


def test_renaming_keeps_the_role_unless_another_is_given() -> None:
    assert meetings.team().rename("s1", "Mina Kim").speaker("s1").role == "chair"


def test_an_unknown_speaker_is_named_with_those_there_are() -> None:
    with pytest.raises(MinutesError, match=r"no speaker 's9'.*s1, s2, s3, s4"):
        meetings.team().rename("s9", "Nobody")


def test_blocks_are_neighbouring_utterances_of_one_speaker() -> None:
    a, b, c, d = say(0, 1, "x"), say(1, 2, "x"), say(2, 3, "y"), say(3, 4, "x")

    assert blocks([a, b, c, d]) == [[a, b], [c], [d]]
    assert blocks([]) == []


def test_a_long_pause_starts_a_block() -> None:
    a, b, c = say(0, 1, "x"), say(1.5, 2, "x"), say(9, 10, "x")

    assert blocks([a, b, c], gap=1.0) == [[a, b], [c]]


def test_the_text_of_an_utterance_is_its_words_joined() -> None:
    assert say(0, 2, "x", "회의를 시작합니다.").text == "회의를 시작합니다."
    assert Utterance(Span(0, 1), "x").text == ""
