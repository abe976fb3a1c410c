"""Figures: how well a voice was told apart when the book was checked, so that the next check can tell what changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Figures:
    """What a check found of one person; see `checking.Checked`. Numbers are rounded: equal means nothing changed."""

    clips: int
    speech_seconds: float
    right: int
    total: int
    similarity: float


@dataclass(frozen=True, slots=True)
class Check:
    """A check of a whole book, by name. number: counts checks; clips that came later have it or a greater one."""

    number: int
    day: date
    figures: Mapping[str, Figures]
