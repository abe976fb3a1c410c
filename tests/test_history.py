from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bigvoice.errors import MinutesError
from bigvoice.minutes import history_json, store
from bigvoice.minutes.correcting import corrected
from bigvoice.minutes.corrections import Rename
from bigvoice.minutes.history import REDO, UNDO, History, Move, Reviewed, Step, earlier_states
from bigvoice.minutes.json_view import JsonView
from tests import any_minutes, meetings

moves = st.lists(st.sampled_from(["step", UNDO, REDO]), max_size=12)


def grown(kinds: Sequence[str]) -> tuple[History, list[str], list[str]]:
    """A history, and what it should come to, kept the plain way: two lists of names."""
    history, done, undone = History(), [], []
    for number, kind in enumerate(kinds):
        if kind == "step":
            history = history.grown(Step((Rename("s1", f"name {number}"),)))
            done, undone = [*done, f"name {number}"], []
        elif not (done if kind == UNDO else undone):
            with pytest.raises(MinutesError, match=f"nothing to {kind}"):
                history.grown(Move(kind))
        else:
            history = history.grown(Move(kind))
            source, target = (done, undone) if kind == UNDO else (undone, done)
            target.append(source.pop())
    return history, done, undone


def names(steps: Sequence[Step]) -> list[str]:
    return [c.name for step in steps for c in step.corrections if isinstance(c, Rename)]


@given(moves)
def test_undo_and_redo_are_two_piles(kinds: Sequence[str]) -> None:
    history, done, undone = grown(kinds)

    assert names(history.steps) == done
    assert names(history.undone) == undone[::-1]


@given(moves)
def test_the_log_only_grows_and_says_who(kinds: Sequence[str]) -> None:
    history, _, _ = grown(kinds)

    written = json.loads(json.dumps(history_json.to_json(history)))

    assert history_json.from_json(JsonView(written, "corrections")) == history
    assert len(written) == len(history.entries)


@given(st.data(), st.lists(st.sampled_from(["step", "step", UNDO, REDO]), max_size=6))
@settings(max_examples=30)
def test_one_more_entry_is_as_good_as_all_again(data: st.DataObject, kinds: Sequence[str]) -> None:
    minutes = data.draw(any_minutes.minutes())
    reviewed = Reviewed(minutes)
    for kind in kinds:
        entry = Step(data.draw(any_minutes.corrections(minutes))) if kind == "step" else Move(kind)
        with suppress(MinutesError):  # there is nothing to undo, or to do again
            reviewed = reviewed.grown(entry)
        again = Reviewed(minutes, reviewed.history)

        assert (reviewed.minutes, reviewed.unfit) == (again.minutes, again.unfit)


@given(st.data())
def test_corrections_are_read_as_they_were_written(data: st.DataObject) -> None:
    minutes = data.draw(any_minutes.minutes())
    history = History((Step(data.draw(any_minutes.corrections(minutes)), "소라", by="review"),))

    text = store.dump(minutes, history)

    content = json.loads(text)
    assert history_json.from_json(JsonView(content.get("corrections", []), "corrections")) == history
    assert content["digest"] == store._digest(content)  # corrections are no edits
    apart = store.machine_text(minutes), [store.entry_text(entry) for entry in history.entries]
    assert store.taken_apart(text) == apart
    assert store.taken_apart(json.dumps(content)) == apart


NONSENSE = [
    ({"do": "fly"}, r"corrections\[0\].do\[0\].do is 'fly': there are rename"),
    ({"do": "rename", "speaker": "s1"}, r"do\[0\].name is missing"),
    ({"do": "rename", "speaker": "s1", "name": 3}, r"name is a whole number, where text belongs"),
    (
        {"do": "rename", "speaker": "s1", "name": "x", "colour": "red"},
        "colour is unknown: rename has speaker, name, role",
    ),
    ({"do": "write", "turn": [1, 2], "text": ""}, r"turn has 2 values, where 3 belong"),
    ({"do": "write", "turn": [2, 1, "s1"], "text": ""}, r"a span needs finite start <= end"),
    ({"do": "check", "turn": [1, 2, "s1"], "checked": "yes"}, "checked is text, where true or false belongs"),
    ({"do": "describe", "field": "weather", "value": ""}, "not 'weather'"),
]


@pytest.mark.parametrize(("correction", "told"), NONSENSE)
def test_nonsense_in_the_log_is_told_with_its_place(correction: object, told: str, tmp_path: object) -> None:
    file = tmp_path / "m.json"  # type: ignore[operator]
    content = json.loads(store.dump(meetings.team()))
    content["corrections"] = [{"when": "2026-11-21T14:00:00", "who": "", "by": "", "do": [correction]}]
    file.write_text(json.dumps(content))

    with pytest.raises(MinutesError, match=told) as error:
        store.read(file)
    assert str(file) in str(error.value)


def test_a_time_that_is_none_anywhere_is_told(tmp_path: Path) -> None:
    file = tmp_path / "m.json"
    content = json.loads(store.dump(meetings.team()))
    for when in ("yesterday", "0001-01-01T00:00:00+14:00"):
        content["corrections"] = [{"when": when, "who": "", "by": "", "do": []}]
        file.write_text(json.dumps(content))

        with pytest.raises(MinutesError, match=r"corrections\[0\].when: .* is not written as 2026"):
            store.read(file)


def test_what_does_not_fit_is_kept_and_told() -> None:
    reviewed = Reviewed(meetings.team(), History((Step((Rename("s9", "X"), Rename("s3", "Tom Ford"))),)))

    assert [u.why for u in reviewed.unfit] == ["there is no speaker 's9'"]
    assert reviewed.minutes == corrected(meetings.team(), [Rename("s3", "Tom Ford")])[0]
    assert len(reviewed.history.steps[0].corrections) == 2


@given(moves, st.integers(1, 4))
def test_earlier_states_are_what_each_entry_left(kinds: Sequence[str], most: int) -> None:
    history, _, _ = grown(kinds)
    reviewed = Reviewed(meetings.team(), history)

    found = tuple(earlier_states(reviewed, most))

    plain = [Reviewed(meetings.team(), History(history.entries[:n])).minutes for n in range(len(history.entries))]
    latest = plain[::-1][: most + 1]
    assert found == (*(latest or [meetings.team()]), meetings.team())
