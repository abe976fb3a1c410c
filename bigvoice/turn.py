"""Turn: one speaker's speech without a change of speaker. Its `speaker` is an id that is unique in the recording."""

from __future__ import annotations

from dataclasses import dataclass

from bigvoice.span import Span


@dataclass(frozen=True, slots=True, order=True)
class Turn:
    """`speaker` (an id such as "s1") speaks during `span`; turns of two speakers may overlap."""

    span: Span
    speaker: str
    confidence: float = 1.0

    def __post_init__(self) -> None:
        if not 0.0 <= self.confidence <= 1.0:
            raise ValueError(f"a turn's confidence lies between 0 and 1, not at {self.confidence}")
