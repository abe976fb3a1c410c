from __future__ import annotations

from dataclasses import replace

from hypothesis import given

from bigvoice.minutes.correcting import corrected
from bigvoice.minutes.corrections import Check, Place, Rename
from bigvoice.minutes.listening import LONGEST, alone, samples
from bigvoice.minutes.minutes import SUGGESTED, Minutes, Speaker
from bigvoice.minutes.todo import NAME, TURN, WORD, todo
from bigvoice.span import Span
from tests import any_minutes, meetings


def test_names_come_first_and_then_the_greatest_doubt() -> None:
    team = meetings.team()
    suggested = Speaker("s2", 2, "Joon Lee", None, SUGGESTED, 0.6)
    unsure_turn = replace(team.utterances[4], confidence=0.35)
    minutes = replace(
        team,
        speakers=(team.speakers[0], suggested, *team.speakers[2:]),
        utterances=(*team.utterances[:4], unsure_turn, *team.utterances[5:]),
    )

    doubts = todo(minutes)

    assert [(d.kind, round(d.doubt, 2), d.text) for d in doubts] == [
        (NAME, 1.0, ""),
        (NAME, 0.4, "Joon Lee"),
        (WORD, 0.7, "four thousand,"),
        (TURN, 0.65, "The printer is old."),
    ]
    assert (doubts[2].word, doubts[2].n_words, doubts[2].turn) == (2, 2, Place.of(team.utterances[2]))


def test_what_was_settled_is_gone() -> None:
    team = meetings.team()
    done, _ = corrected(team, [Rename("s3", "Tom Ford"), Rename("s2", "Joon Lee"), Check(Place.of(team.utterances[2]))])

    assert [d.kind for d in todo(team)] == [NAME, NAME, WORD]
    assert todo(done) == ()


def test_nobody_is_asked_who_everybody_together_is() -> None:
    undivided = Minutes(
        meetings.team().source, replace(meetings.team().maker, parts=()), speakers=(Speaker("s1", 1),),
        utterances=(meetings.say(0, 1, "s1", "hello"),),
    )  # fmt: skip
    assert todo(undivided) == ()


@given(any_minutes.minutes())
def test_every_doubt_is_at_a_turn_that_is_there(minutes: Minutes) -> None:
    for doubt in todo(minutes):
        there = [u for u in minutes.utterances if Place.of(u) == doubt.turn]
        assert 0 <= doubt.doubt <= 1
        assert there
        assert doubt.word is None or any(doubt.word + doubt.n_words <= len(u.words) for u in there)


def test_samples_are_heard_where_nobody_else_speaks() -> None:
    team = meetings.team()

    assert [span for _, span in alone(team, "s2")] == [Span(12.0, 19.85), Span(32.0, 33.0)]
    assert samples(team, 1)["s2"] == [Span(12.0, 19.85)]


def test_samples_come_from_all_over_and_are_no_longer_than_needed() -> None:
    utterances = tuple(meetings.say(60.0 * i, 60.0 * i + 30, "s1", "x") for i in range(9))
    minutes = replace(meetings.team(), utterances=utterances)

    found = samples(minutes, 3)["s1"]

    assert [span.duration for span in found] == [LONGEST] * 3
    assert [int(span.start // 180) for span in found] == [0, 1, 2]


@given(any_minutes.minutes())
def test_alone_is_alone(minutes: Minutes) -> None:
    for speaker in minutes.speakers:
        for utterance, span in alone(minutes, speaker.id):
            assert utterance.span.start <= span.start < span.end <= utterance.span.end
            assert all(span.overlap(u.span) == 0 for u in minutes.utterances if u.speaker != speaker.id)
