"""Left out: recordings that nothing is learnt from, and why, so that nobody wonders."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from bigvoice.errors import TrainingError


@dataclass(frozen=True, slots=True)
class LeftOut:
    """One of them."""

    path: Path
    reason: str


def write_left_out(path: Path, reasons: dict[str, str]) -> None:
    """The list as CSV: path, reason. Raises TrainingError where it cannot be written."""
    try:
        with path.open("w", encoding="utf-8", newline="") as stream:
            rows = csv.writer(stream, lineterminator="\n")
            rows.writerow(("path", "reason"))
            rows.writerows(reasons.items())
    except OSError as error:
        raise TrainingError(f"the list {path} cannot be written: {error.strerror}") from error
