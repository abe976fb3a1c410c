"""Ratio table: the parents' talk ratio for programs, as CSV and as JSON; times in seconds, shares between 0 and 1."""

from __future__ import annotations

import json
from typing import Any

from bigvoice.documents.ratio_view import RatioView
from bigvoice.documents.table import csv_of
from bigvoice.minutes.ratio import COVERS, Estimate, Part, TalkRatio

_COLUMNS = (
    "table", "name", "next", "start", "end", "role", "guessed", "speakers", "seconds", "turns",
    "share", "low", "high", "share_of_parents", "parents_low", "parents_high",
)  # fmt: skip


def as_json(ratio: TalkRatio, view: RatioView) -> dict[str, Any]:
    """The ratio as values that `json` writes. A share that cannot be told is null."""
    names = [row.role for row in view.rows]
    return {
        "duration": ratio.shares.duration,
        "speech": ratio.shares.seconds,
        "silence": ratio.shares.silence,
        "overlap": ratio.shares.overlap,
        "intervals_hold": COVERS,
        "rows": [_row(part, name) for part, name in zip(ratio.parts, names, strict=True)],
        "course": [
            {
                "start": stretch.span.start,
                "end": stretch.span.end,
                "seconds": dict(zip(names, stretch.seconds, strict=True)),
                "shares": dict(zip(names, stretch.shares, strict=True)),
            }
            for stretch in ratio.course
        ],
        "next": [
            {"after": row.role, "turns": row.turns, "counts": dict(zip(names, row.counts, strict=True))}
            for row in view.following
        ],
        "remarks": list(view.remarks),
        "notes": list(view.notes),
    }


def json_text(ratio: TalkRatio, view: RatioView) -> str:
    """`as_json` as text."""
    return json.dumps(as_json(ratio, view), ensure_ascii=False, indent=2) + "\n"


def as_csv(ratio: TalkRatio, view: RatioView) -> str:
    """The ratio as CSV that Excel opens, three tables in one, told apart by the first column.

    "shares" has a row a role, "course" one for each role in each part of the recording, "next" one for each role after
    each: in how many turns it spoke next, and which share of those after that role.
    """
    names = [row.role for row in view.rows]
    table = [{"table": "shares", **_flat(_row(part, name))} for part, name in zip(ratio.parts, names, strict=True)]
    for stretch in ratio.course:
        when = {"table": "course", "start": stretch.span.start, "end": stretch.span.end}
        said = zip(names, stretch.seconds, stretch.shares, strict=True)
        table += [when | {"name": name, "seconds": seconds, "share": share} for name, seconds, share in said]
    table += [
        {"table": "next", "name": row.role, "next": name, "turns": count, "share": share}
        for row in view.following
        for name, count, share in zip(names, row.counts, row.fractions, strict=True)
    ]
    return csv_of(_COLUMNS, table)


def _row(part: Part, name: str) -> dict[str, Any]:
    return {
        "name": name,
        "role": part.place.role,
        "guessed": part.guessed,
        "speakers": [speaker.id for speaker in part.speakers],
        "seconds": part.seconds,
        "turns": part.turns,
        "share": _estimate(part.share) if part.speakers else {**_estimate(part.share), "value": None},
        "share_of_parents": _estimate(part.among) if part.among else None,
    }


def _estimate(estimate: Estimate) -> dict[str, float | None]:
    return {"value": estimate.value, "low": estimate.low, "high": estimate.high}


def _flat(row: dict[str, Any]) -> dict[str, Any]:
    """The row with a column for each number."""
    share, among = row["share"], row["share_of_parents"] or {}
    return row | {
        "speakers": " ".join(row["speakers"]),
        "share": share["value"],
        "low": share["low"],
        "high": share["high"],
        "share_of_parents": among.get("value"),
        "parents_low": among.get("low"),
        "parents_high": among.get("high"),
    }
