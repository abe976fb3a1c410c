"""The log: the history of a minutes file in words."""

from __future__ import annotations

from dataclasses import replace

from meetings import team

from bigvoice.minutes.corrections import Assign, Check, Insert, Place, Reject, Rename
from bigvoice.minutes.history import Move, Reviewed, Step
from bigvoice.minutes.log import Log
from bigvoice.span import Span

PRINTER = Place(Span(25.0, 31.0), "s3")
PAPER = Place(Span(20.0, 24.0), "s4")


def test_the_history_is_told_with_the_names_of_its_time() -> None:
    reviewed = Reviewed(team())
    for entry in [
        Step((Rename("s3", "Kim"),)),
        Step((Assign(PRINTER, "s9"),)),
        Step((Rename("s9", "Lee"), Check(PAPER))),
        Move("undo"),
    ]:
        reviewed = reviewed.grown(entry)

    told = Log().follow(reviewed)

    assert [entry.lines("en") for entry in told.entries] == [
        ("Speaker 3 is Kim",),
        ("0:25 Kim is Speaker 5's",),
        ("Speaker 5 is Lee", "0:20 Ada Brown checked"),
        ("Speaker 5 is Lee", "0:20 Ada Brown checked"),
    ]
    assert told.undo is not None
    assert told.undo.lines("ko") == ("0:25 Kim → 참석자 5",)
    assert told.redo is not None
    assert told.redo.lines("en")[0] == "Speaker 5 is Lee"


def test_somebody_who_was_missed_is_told_by_her_number_and_then_by_her_name() -> None:
    reviewed = Reviewed(team())
    for step in (Step((Insert(Place(Span(55.0, 56.0), "s10"), "Bye."),)), Step((Rename("s10", "Mia"),))):
        reviewed = reviewed.grown(step)

    told = Log().follow(reviewed)

    number = 1 + max(speaker.number for speaker in team().speakers)
    assert [entry.lines("en") for entry in told.entries] == [
        (f"0:55 Speaker {number} added: Bye.",),
        (f"Speaker {number} is Mia",),
    ]


def test_a_log_followed_step_by_step_is_the_log_read_at_once() -> None:
    log, reviewed = Log(), Reviewed(team())
    moves = [Step((Rename("s3", "Kim"),)), Step((Reject("s2", "Joon Lee"),)), Move("undo"), Move("redo"), Move("undo")]
    for entry in moves:
        reviewed = reviewed.grown(entry)
        log.follow(reviewed)

    followed, read = log.follow(reviewed), Log().follow(reviewed)

    assert [entry.lines("en") for entry in followed.entries] == [entry.lines("en") for entry in read.entries]
    assert followed.undo.lines("en") == read.undo.lines("en") == ("Speaker 3 is Kim",)  # type: ignore[union-attr]


def test_a_move_that_somebody_wrote_into_the_file_by_hand_moves_nothing() -> None:
    reviewed = Reviewed(team(), history=replace(Reviewed(team()).history, entries=(Move("undo"),)))

    told = Log().follow(reviewed)

    assert (told.undo, told.redo, told.entries[0].lines("en")) == (None, None, ())
