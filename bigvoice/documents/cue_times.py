"""Cue times: from when to when a cue is shown: long enough to be read, and never two of one speaker at once.

A cue begins when its words do. Where a speaker's next cue would come before the last could be read, it comes later; so
does another speaker's, if it only answers and need not wait long. Who speak at the same time are shown at that time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

LONGEST, SHORTEST = 7.0, 1.0
"""Seconds a cue is shown."""
WAIT = 0.5
"""Seconds that an answer may come after its words, so that what it answers is read first."""


@dataclass(frozen=True, slots=True)
class Cue:
    """One or two lines of one speaker, or a line each of two, shown from `start` to `end`.

    other: who says the second line, where that is not the speaker of the first.
    """

    start: float
    end: float
    speaker: str
    lines: tuple[str, ...]
    other: str = ""

    @property
    def speakers(self) -> tuple[str, ...]:
        """Whose it is: one, or two."""
        return (self.speaker, self.other) if self.other else (self.speaker,)


def shown(cues: Sequence[Cue]) -> list[Cue]:
    """Cues that stand from when to when their words are said, in that order -> the same, when they are shown.

    The order stays. Times are whole milliseconds, as files have them.
    """
    found = [replace(cue, start=start) for cue, start in zip(cues, _starts(cues), strict=True)]
    following: dict[str, float] = {}
    for i, cue in reversed(list(enumerate(found))):
        said = min(max(cue.end, cue.start + SHORTEST), cue.start + LONGEST)
        end = min([said, *(following[each] for each in cue.speakers if each in following)])
        found[i] = replace(cue, end=round(end, 3))
        following |= dict.fromkeys(cue.speakers, cue.start)
    return found


def _starts(cues: Sequence[Cue]) -> list[float]:
    """When each is shown: never before the one before it, nor before the same speaker's last was shown SHORTEST."""
    found: list[float] = []
    free: dict[str, float] = {}
    for i, cue in enumerate(cues):
        start = max([cue.start, *found[-1:], *(free[each] for each in cue.speakers if each in free)])
        if i and cues[i - 1].end <= cue.start:  # it answers
            start = max(start, min(found[-1] + SHORTEST, cue.start + WAIT))
        found.append(round(start, 3))
        free |= dict.fromkeys(cue.speakers, found[-1] + SHORTEST)
    return found
