"""Ledger: what was left out of a corpus, and what else there is to know of it: counted, with a few examples.

What is left out may run into thousands: each is also written to a file as it comes, so that the list never stands in
memory.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any, Protocol

EXAMPLES = 3
"""Of each reason: enough to see what is meant."""


class Rows(Protocol):
    """What `csv.writer` gives."""

    def writerow(self, row: list[str], /) -> Any:
        """Write one row."""


@dataclass(frozen=True, slots=True)
class Remark:
    """left_out: entries were lost by it. examples: files, or lines of lists."""

    reason: str
    count: int
    examples: tuple[str, ...]
    left_out: bool


class Ledger:
    """Counts by reason, in the order in which reasons first came up."""

    def __init__(self, rows: Rows | None = None) -> None:
        """rows: where each (reason, what) that is left out is written."""
        self._rows = rows
        self._counts: Counter[tuple[str, bool]] = Counter()
        self._examples: dict[tuple[str, bool], list[str]] = {}

    def skip(self, reason: str, what: object) -> None:
        """Something is left out."""
        self._count(reason, str(what), left_out=True)
        if self._rows:
            self._rows.writerow([reason, str(what)])

    def note(self, reason: str, what: object) -> None:
        """Something is kept, and is worth knowing."""
        self._count(reason, str(what), left_out=False)

    def remarks(self) -> tuple[Remark, ...]:
        """What came up so far."""
        return tuple(
            Remark(reason, count, tuple(self._examples[reason, left_out]), left_out)
            for (reason, left_out), count in self._counts.items()
        )

    def _count(self, reason: str, what: str, *, left_out: bool) -> None:
        self._counts[reason, left_out] += 1
        examples = self._examples.setdefault((reason, left_out), [])
        if len(examples) < EXAMPLES and what not in examples:
            examples.append(what)
