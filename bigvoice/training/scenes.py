"""Scenes: who speaks when in a few seconds of a meeting, taken from the turns of real ones (AMI's reference, as RTTM).

In that reference a pause of less than half a second inside somebody's speech is speech. What is taught with these
scenes learns the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from bigvoice.documents.rttm import read
from bigvoice.span import Span, overlapped, total
from bigvoice.turn import Turn

Scene = Sequence[Turn]
"""Turns within [0, seconds)."""

SHORTEST = 0.1
"""Seconds: what is left of a turn at the edge of a scene, if shorter, is no speech anybody would hear as such."""


def meetings(folder: Path) -> dict[str, list[Turn]]:
    """The turns of all meetings of a folder, by name."""
    return {name: turns for path in sorted(folder.glob("*.rttm")) for name, turns in read(path).items()}


def held_out(meeting: str) -> bool:
    """One series of meetings in five, always the same: those of a series ("ES2002a" to "d") have the same people."""
    return hashlib.sha256(meeting[:6].encode()).digest()[0] % 5 == 0


def excerpt(turns: Scene, start: float, seconds: float, most: int) -> list[Turn]:
    """What is said in [start, start + seconds), moved to 0, by the `most` people who say most there."""
    window = Span(start, start + seconds)
    inside = [Turn(part.shift(-start), t.speaker) for t in turns if (part := t.span & window)]
    inside = [t for t in inside if t.span.duration > SHORTEST]
    spoken = {t.speaker: total(u.span for u in inside if u.speaker == t.speaker) for t in inside}
    kept = sorted(spoken, key=lambda name: -spoken[name])[:most]
    return [t for t in inside if t.speaker in kept]


def scene(told: Mapping[str, Scene], seconds: float, most: int, rng: np.random.Generator) -> list[Turn]:
    """A scene such as meetings have.

    Seven in ten are any moment in which somebody speaks; one in six is picked for people who talk at once, as that is
    the hardest and only a tenth of a meeting; in one in ten a single person speaks, and in the rest nobody does.
    """
    kind = rng.random()
    if kind < 0.05:
        return []
    if kind < 0.15:
        return _moment(told, seconds, 1, rng)
    if kind < 0.32:
        return max((_moment(told, seconds, most, rng) for _ in range(6)), key=_at_once)
    return _moment(told, seconds, most, rng)


def _moment(told: Mapping[str, Scene], seconds: float, most: int, rng: np.random.Generator) -> list[Turn]:
    """Of some meeting, with somebody speaking."""
    names = list(told)
    while True:
        turns = told[names[int(rng.integers(len(names)))]]
        start = rng.uniform(0, turns[-1].span.end - seconds)
        if found := excerpt(turns, start, seconds, most):
            return found


def _at_once(turns: Scene) -> float:
    return total(overlapped([t.span for t in turns]))
