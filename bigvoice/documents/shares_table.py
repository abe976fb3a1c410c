"""Shares table: talk shares as rows of text, as CSV and as JSON, percents that add up, bars for black and white."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import Any

from bigvoice.documents.line import one_line
from bigvoice.documents.table import csv_of
from bigvoice.documents.wording import Wording
from bigvoice.minutes.shares import PARENTS, Share, TalkShares

FULL, EMPTY = "█", "░"


def percents(shares: Sequence[float]) -> list[int]:
    """Whole percents that add up to 100 where the shares add up to 1: the largest remainders are rounded up.

    >>> percents([1 / 3, 1 / 3, 1 / 3])
    [34, 33, 33]
    """
    # Nine digits, so that a share such as 0.29 (times 100: 28.999...96) is not cut down by what binary cannot hold.
    exact = [round(100 * share, 9) for share in shares]
    whole = [math.floor(percent) for percent in exact]
    missing = round(sum(exact)) - sum(whole)
    for i in sorted(range(len(exact)), key=lambda i: whole[i] - exact[i])[:missing]:
        whole[i] += 1
    return whole


def bar(share: float, width: int = 20) -> str:
    """A share as a bar of characters; one that is not nothing shows at least one full cell.

    >>> bar(0.5, 8)
    '████░░░░'
    """
    cells = min(width, max(round(width * share), 1 if share > 0 else 0))
    return FULL * cells + EMPTY * (width - cells)


def rows_by(shares: TalkShares, by: str) -> tuple[Share, ...]:
    """The rows by "speaker" or by "role"."""
    return shares.by_role() if by == "role" else shares.speakers


def name_of(row: Share, by: str, wording: Wording) -> str:
    """What a row is called: the speaker's label, or the role's name."""
    if by == "speaker":
        return wording.label(row.speakers[0])
    return wording.role_name(row.role) or wording.not_known


def lines_of(shares: TalkShares, by: str, wording: Wording) -> list[tuple[str, ...]]:
    """The rows as text: name, share with its bar, time, turns, longest turn, words."""
    rows = rows_by(shares, by)
    return [
        (
            one_line(name_of(row, by, wording)),
            f"{bar(row.share, 10)} {percent:>3} %",
            wording.duration(row.seconds),
            str(row.turns),
            wording.duration(row.longest),
            str(row.words),
        )
        for row, percent in zip(rows, percents([row.share for row in rows]), strict=True)
    ]


def parents_line(shares: TalkShares, wording: Wording) -> str:
    """The parents' talk ratio between the two, as a sentence; "" unless both are known: one has no ratio."""
    shown = among_parents(shares)
    among = zip(shown, percents([*shown.values()]), strict=True)
    told = ", ".join(f"{wording.role_name(role)} {percent} %" for role, percent in among)
    return f"{wording.among_parents}: {told}" if told else ""


def among_parents(shares: TalkShares) -> dict[str, float]:
    """Mother's and father's shares of what the two say; {} unless both are known to speak: one has no ratio."""
    rows = [row for row in shares.parents() if row.seconds > 0]
    return {row.role or "": row.share for row in rows} if len(rows) == 2 else {}


def as_json(shares: TalkShares, wording: Wording, *, by: str = "speaker") -> dict[str, Any]:
    """The shares as values that `json` writes; times in seconds, shares between 0 and 1."""
    return {
        "by": by,
        "duration": shares.duration,
        "speech": shares.seconds,
        "silence": shares.silence,
        "overlap": shares.overlap,
        "rows": [_row(row, by, wording) for row in rows_by(shares, by)],
        "parents": among_parents(shares),
        "note": wording.share_note,
    }


def json_text(shares: TalkShares, wording: Wording, *, by: str = "speaker") -> str:
    """`as_json` as text."""
    return json.dumps(as_json(shares, wording, by=by), ensure_ascii=False, indent=2) + "\n"


_COLUMNS = ("name", "id", "role", "seconds", "share", "turns", "longest_turn", "words", "share_of_parents")


def as_csv(shares: TalkShares, wording: Wording, *, by: str = "speaker") -> str:
    """The shares as CSV that Excel opens: a row a speaker or role, then silence and overlap, which have no share."""
    parents = among_parents(shares)
    table = []
    for row in rows_by(shares, by):
        line = _row(row, by, wording)
        # Among the parents only a whole role has a share: two mothers' rows by speaker would each show the sum.
        line["share_of_parents"] = parents.get(row.role or "") if by == "role" and row.role in PARENTS else None
        table.append(line)
    table += [
        {"name": wording.silence, "seconds": shares.silence},
        {"name": wording.overlap, "seconds": shares.overlap},
    ]
    return csv_of(_COLUMNS, table)


def _row(row: Share, by: str, wording: Wording) -> dict[str, Any]:
    identity = {"id": row.speakers[0].id} if by == "speaker" else {}
    return {
        "name": name_of(row, by, wording),
        **identity,
        "role": row.role,
        "seconds": row.seconds,
        "share": row.share,
        "turns": row.turns,
        "longest_turn": row.longest,
        "words": row.words,
    }
