"""History as JSON: the value of "corrections" in a minutes file, one object an entry.

{"when": "2026-11-21T14:05:00+00:00", "who": "Sora", "by": "review", "do": [{"do": "rename", ...}]}
{"when": "2026-11-21T14:06:10+00:00", "who": "Sora", "by": "review", "move": "undo"}
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from bigvoice.minutes import corrections_json
from bigvoice.minutes.correcting import Unfit
from bigvoice.minutes.history import History, Move, Step
from bigvoice.minutes.json_view import JsonView


def to_json(history: History) -> list[dict[str, Any]]:
    """The entries as values that `json` writes."""
    return [entry_to_json(entry) for entry in history.entries]


def from_json(view: JsonView) -> History:
    """The history that `to_json` was given. Raises ValueError, naming the place, for what it cannot have written."""
    return History(tuple(each.build(_entry) for each in view.each()))


def entry_to_json(entry: Step | Move) -> dict[str, Any]:
    """An entry as values that `json` writes."""
    head = {"when": entry.when.isoformat(), "who": entry.who, "by": entry.by}
    if isinstance(entry, Move):
        return head | {"move": entry.move}
    done = {"do": [corrections_json.to_json(correction) for correction in entry.corrections]}
    return head | done | ({"left": _left_to_json(entry.left)} if entry.left else {})


def _left_to_json(left: Sequence[Unfit]) -> list[dict[str, Any]]:
    return [{"why": each.why, "correction": corrections_json.to_json(each.correction)} for each in left]


def _entry(view: JsonView) -> Step | Move:
    who, by = view["who"].as_(str), view["by"].as_(str)
    if view.has("move"):
        return Move(view["move"].as_(str), who, _time(view["when"]), by)
    left = view["left"].each() if view.has("left") else []
    return Step(
        tuple(corrections_json.from_json(each) for each in view["do"].each()),
        who,
        _time(view["when"]),
        by,
        tuple(Unfit(corrections_json.from_json(each["correction"]), each["why"].as_(str)) for each in left),
    )


def _time(view: JsonView) -> datetime:
    text = view.as_(str)
    try:
        moment = datetime.fromisoformat(text)
        moment.astimezone(UTC)
    except (ValueError, OverflowError):  # the year 1, further east
        raise ValueError(f"{view.place}: {text!r} is not written as 2026-11-21T14:00:00+00:00") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
