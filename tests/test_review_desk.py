from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import pytest
from any_minutes import minutes as any_minutes
from hypothesis import given, settings
from meetings import say, team

from bigvoice.errors import MinutesError
from bigvoice.minutes.corrections import Assign, Check, Delete, Merge, Place, Rename, Split, Write
from bigvoice.minutes.history import Reviewed, Step
from bigvoice.minutes.listening import beside, samples
from bigvoice.minutes.minutes import Minutes
from bigvoice.minutes.minutes_file import MinutesFile
from bigvoice.minutes.shares import talk_shares
from bigvoice.minutes.store import save
from bigvoice.minutes.todo import todo
from bigvoice.review import state_json, turns
from bigvoice.review.desk import Change, Desk
from bigvoice.review.findings import Finder
from bigvoice.review.state_json import Around
from bigvoice.review.turns import TurnTexts
from bigvoice.span import Span

PRINTER = Place(Span(25.0, 31.0), "s3")
PAPER = Place(Span(20.0, 24.0), "s4")
AROUND = Around("board.json", {"name": "board.m4a", "state": "missing", "told": "", "decoded": 0.0}, ["Mina Park"])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "board.json"
    save(team(), path)
    return path


@pytest.fixture
def desk(path: Path) -> Desk:
    return Desk(MinutesFile(path), who="Sora")


def state_of(desk: Desk, language: str = "en") -> dict[str, Any]:
    return json.loads(state_json.state(desk.seen, AROUND, language))


def change_of(change: Change, language: str = "en") -> dict[str, Any]:
    return json.loads(state_json.change(change, AROUND, language))


def applied(state: dict[str, Any], change: dict[str, Any]) -> dict[str, Any]:
    """What a page makes of a change."""
    there = {tuple(turn["turn"]): turn for turn in state["turns"]}
    for place in change["turns"]["gone"]:
        del there[tuple(place)]
    there |= {tuple(turn["turn"]): turn for turn in change["turns"]["now"]}
    return {**change, "turns": sorted(there.values(), key=lambda turn: turn["turn"])}


def test_a_state_says_what_the_minutes_say(desk: Desk) -> None:
    state = state_of(desk)

    assert (state["revision"], state["file"], state["title"]) == (1, "board.json", "Weekly meeting")
    assert state["date"] == "2026-03-02T14:05:00"
    assert [speaker["label"] for speaker in state["speakers"]] == ["Mina Park", "Joon Lee", "Speaker 3", "Ada Brown"]
    assert state["speakers"][2]["samples"] == [[25.0, 31.0]]
    assert state["turns"][2] == {
        "turn": [12.0, 22.0, "s2"],
        "words": [[w.span.start, w.span.end, w.text, w.probability] for w in team().utterances[2].words],
        "confidence": 0.9,
        "checked": False,
        "edited": False,
        "with": ["s4"],
    }
    assert [share["speaker"] for share in state["shares"]] == ["s1", "s2", "s3", "s4"]
    assert sum(share["share"] for share in state["shares"]) == pytest.approx(1)
    assert [doubt["kind"] for doubt in state["doubts"]] == ["name", "name", "word"]
    assert (state["undo"], state["redo"], state["history"], state["unfit"]) == (None, None, [], [])


def test_a_change_holds_the_turns_that_differ_and_no_others(desk: Desk) -> None:
    change = change_of(desk.correct([Write(PRINTER, "The printer is very old.", "The printer is old.")]))

    assert change["revision"] == 2
    assert change["turns"]["gone"] == []
    (turn,) = change["turns"]["now"]
    assert "".join(word[2] for word in turn["words"]).strip() == "The printer is very old."
    assert turn["edited"]


def test_a_turn_given_away_is_gone_here_and_new_there(desk: Desk) -> None:
    change = change_of(desk.correct([Assign(PRINTER, "s9")]))

    assert change["turns"]["gone"] == [[25.0, 31.0, "s3"]]
    assert [turn["turn"] for turn in change["turns"]["now"]] == [[25.0, 31.0, "s9"]]


def test_who_speaks_at_the_same_time_changes_with_the_neighbour(desk: Desk) -> None:
    change = change_of(desk.correct([Delete(PAPER)]))

    assert change["turns"]["gone"] == [[20.0, 24.0, "s4"]]
    assert [(turn["turn"], turn["with"]) for turn in change["turns"]["now"]] == [([12.0, 22.0, "s2"], [])]


def test_changes_applied_one_by_one_come_to_the_state(desk: Desk) -> None:
    state = state_of(desk)
    for correction in [
        Rename("s3", "Kim"),
        Split(PRINTER, 28.0),
        Check(PAPER),
        Assign(Place(Span(28.0, 31.0), "s3"), "s4"),
        Merge("s4", "s2"),
    ]:
        state = applied(state, change_of(desk.correct([correction])))
    for move in (desk.undo, desk.undo, desk.redo, desk.undo, desk.undo):
        state = applied(state, change_of(move()))

    whole = state_of(desk)
    assert state == {**whole, "turns": sorted(whole["turns"], key=lambda turn: turn["turn"])}
    assert len(state["turns"]) == 8  # one was split


def test_a_step_that_does_not_fit_changes_nothing_and_is_told(desk: Desk) -> None:
    before = desk.seen

    with pytest.raises(MinutesError, match="no speaker 's7'"):
        desk.correct([Check(PRINTER), Rename("s7", "Kim")])

    assert desk.seen is before


def test_a_checked_turn_is_not_an_edited_one(desk: Desk) -> None:
    (turn,) = change_of(desk.correct([Check(PRINTER)]))["turns"]["now"]

    assert (turn["checked"], turn["edited"]) == (True, False)


def test_another_program_is_noticed(desk: Desk, path: Path) -> None:
    assert not desk.look()

    MinutesFile(path).correct([Rename("s3", "Kim")], who="Joon", by="correct")

    assert desk.look()
    assert not desk.look()
    state = state_of(desk)
    assert (state["revision"], state["speakers"][2]["name"]) == (2, "Kim")
    assert [(entry["who"], entry["by"]) for entry in state["history"]] == [("Joon", "correct")]


def test_what_another_program_saved_is_part_of_the_next_change(desk: Desk, path: Path) -> None:
    state = state_of(desk)
    MinutesFile(path).correct([Delete(PAPER)])

    change = change_of(desk.correct([Check(PRINTER)]))

    assert change["turns"]["gone"] == [[20.0, 24.0, "s4"]]
    assert applied(state, change)["turns"] == state_of(desk)["turns"]


def test_ones_own_saving_is_nobody_elses(desk: Desk) -> None:
    desk.correct([Check(PRINTER)])

    assert not desk.look()
    assert desk.seen.revision == 2


@pytest.mark.parametrize("content", [b"{", b'{"format": "bigvoice minutes", "version": 4}', None])
def test_a_file_that_is_broken_or_gone_is_told_and_what_was_read_stays(
    desk: Desk, path: Path, content: bytes | None
) -> None:
    good = path.read_bytes()
    path.unlink()
    if content:
        path.write_bytes(content)

    assert desk.look()
    assert "board.json" in desk.seen.trouble
    assert desk.seen.minutes == team()
    with pytest.raises(MinutesError, match=r"board\.json"):
        desk.correct([Check(PRINTER)])

    path.write_bytes(good)
    assert desk.look()
    assert desk.seen.trouble == ""
    desk.correct([Check(PRINTER)])
    assert MinutesFile(path).minutes.utterances[4].checked


def test_many_at_once_take_turns_and_nothing_is_lost(desk: Desk, path: Path) -> None:
    def work(number: int) -> None:
        for step in range(5):
            desk.correct([Rename(f"s{number}", f"Name {number} {step}")])

    threads = [threading.Thread(target=work, args=(number,)) for number in (1, 2, 3, 4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert desk.seen.revision == 21
    kept = MinutesFile(path)
    assert len(kept.reviewed.history.entries) == 20
    assert [speaker.name for speaker in kept.minutes.speakers] == [f"Name {n} 4" for n in (1, 2, 3, 4)]


def test_what_is_offered_to_be_undone_is_short(desk: Desk) -> None:
    places = [Place.of(utterance) for utterance in team().utterances]

    change = change_of(desk.correct([Check(place) for place in places]))

    assert change["undo"].count(";") == 3
    assert change["undo"].endswith("; …")
    assert len(change["history"][0]["what"]) == 7


def test_unfit_corrections_are_listed(path: Path) -> None:
    file = MinutesFile(path)
    file.correct([Rename("s3", "Kim"), Check(PRINTER)])
    content = json.loads(path.read_text())
    content["utterances"] = [u for u in content["utterances"] if u["speaker"] != "s3"]
    path.write_text(json.dumps(content))

    unfit = state_of(Desk(MinutesFile(path)))["unfit"]

    assert unfit == [{"what": "0:25 Kim checked", "why": "there is no turn of speaker 's3' from 25.00 to 31.00 s"}]


@given(any_minutes())
@settings(max_examples=25)
def test_texts_kept_are_texts_made_anew(minutes: Minutes) -> None:
    texts, finder = TurnTexts(), Finder()
    reviewed = Reviewed(minutes)
    texts.of(reviewed), finder.of(reviewed.minutes)
    for utterance in reviewed.minutes.utterances[::2]:
        place = Place.of(utterance)
        if place in map(Place.of, reviewed.minutes.utterances):
            reviewed = reviewed.grown(Step((Assign(place, "s1"),)))

        assert texts.of(reviewed) == TurnTexts().of(reviewed)
        found = finder.of(reviewed.minutes)
        assert (found.shares, found.doubts) == (talk_shares(reviewed.minutes), todo(reviewed.minutes))
        assert found.samples == samples(reviewed.minutes)


def test_a_turn_of_another_time_or_words_is_gone_or_new() -> None:
    before = {(0.0, 1.0, "s1"): "a", (1.0, 2.0, "s2"): "b", (2.0, 3.0, "s1"): "c"}
    after = {(0.0, 1.0, "s1"): "a", (1.0, 2.0, "s2"): "B", (2.0, 3.5, "s1"): "c"}

    assert turns.gone(before, after) == [(2.0, 3.0, "s1")]
    assert turns.now(before, after) == ["B", "c"]


def test_beside_a_turn_are_those_of_others_who_speak_meanwhile() -> None:
    long, short, other, later = (
        say(0, 10, "s1", "a"),
        say(1, 2, "s2", "b"),
        say(2, 3, "s1", "c"),
        say(10.1, 11, "s3", "d"),
    )

    assert beside([long, short, other, later]) == [[short], [long], [], []]
    assert beside([long, short, other, later], 0.2) == [[short, later], [long, other], [short], [long]]
