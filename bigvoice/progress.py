"""Progress: how far a stage is, told to one hook that the caller passes.

Library code never prints. A stage that takes time calls the hook with a `Progress`; the command line draws a bar with
it, a program logs it, a test collects it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Progress:
    """One report: `done` of `total` (any unit, usually seconds of sound) of a stage."""

    stage: str
    done: float
    total: float
    note: str = ""

    @property
    def fraction(self) -> float:
        """Between 0 and 1; a stage with nothing to do is done."""
        return min(1.0, self.done / self.total) if self.total > 0 else 1.0


Hook = Callable[[Progress], None]


def silent(_: Progress) -> None:
    """The hook that tells nobody."""
