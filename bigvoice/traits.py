"""Traits: what a voice alone tells of who speaks: that it is a woman's, a man's or a child's."""

from __future__ import annotations

from dataclasses import astuple, dataclass

FEMALE, MALE, CHILD = "female", "male", "child"
KINDS = (FEMALE, MALE, CHILD)


@dataclass(frozen=True, slots=True)
class Traits:
    """Calibrated probabilities that a voice is a woman's, a man's, a child's; they add up to 1.

    Of ten voices called a woman's with 0.9, nine are. What cannot be told has no Traits: None, and not three thirds.
    """

    female: float
    male: float
    child: float

    def __post_init__(self) -> None:
        if min(astuple(self)) < 0 or abs(sum(astuple(self)) - 1) > 1e-6:
            raise ValueError(f"probabilities that do not add up to 1: {self}")

    @property
    def likeliest(self) -> str:
        """FEMALE, MALE or CHILD.

        >>> Traits(0.9, 0.02, 0.08).likeliest
        'female'
        """
        return max(KINDS, key=lambda kind: self.of(kind))

    def of(self, kind: str) -> float:
        """The probability of FEMALE, MALE or CHILD."""
        return float(getattr(self, kind))
