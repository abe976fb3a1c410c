"""Log: the history of a minutes file in words, each entry with the names that the speakers had when it was made."""

from __future__ import annotations

from dataclasses import dataclass, field

from bigvoice.minutes.correcting import corrected
from bigvoice.minutes.corrections import Assign, Correction, Insert, Merge, Reject, Rename
from bigvoice.minutes.history import UNDO, Move, Reviewed, Step
from bigvoice.minutes.minutes import Minutes, Speaker
from bigvoice.minutes.wording_of_corrections import told

LAST = 200
"""Entries that are told."""


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """An entry, and the step that it made, took back or did again. cast: minutes without turns, who was who then."""

    entry: Step | Move
    step: Step
    cast: Minutes
    _lines: dict[str, tuple[str, ...]] = field(default_factory=dict, repr=False)

    def lines(self, language: str) -> tuple[str, ...]:
        """What the step says, a line a correction; made once."""
        if language not in self._lines:
            self._lines[language] = tuple(told(each, self.cast, language) for each in self.step.corrections)
        return self._lines[language]


@dataclass(frozen=True, slots=True)
class Told:
    """A history: its last entries, the oldest first, and what would be undone or done again."""

    entries: tuple[Entry, ...]
    undo: Entry | None
    redo: Entry | None


class Log:
    """Follows a history: what it knows of it already is not looked at again, as a history only grows."""

    def __init__(self) -> None:
        self._machine: Minutes | None = None
        self._restart()

    def follow(self, reviewed: Reviewed) -> Told:
        """The history as it is now."""
        entries, known = reviewed.history.entries, len(self._entries)
        grown = len(entries) >= known and (not known or entries[known - 1] is self._entries[-1].entry)
        if reviewed.machine is not self._machine or not grown:
            self._machine = reviewed.machine
            self._restart()
        for entry in entries[len(self._entries) :]:
            self._take(entry)
        undo, redo = ([None, *those][-1] for those in (self._done, self._undone))
        return Told(tuple(self._entries[-LAST:]), undo, redo)

    def _restart(self) -> None:
        self._entries: list[Entry] = []
        self._done: list[Entry] = []
        self._undone: list[Entry] = []

    def _take(self, entry: Step | Move) -> None:
        if isinstance(entry, Step):
            self._entries.append(Entry(entry, entry, _with_new(self._cast(), entry)))
            self._done.append(self._entries[-1])
            self._undone.clear()
            return
        source, target = (self._done, self._undone) if entry.move == UNDO else (self._undone, self._done)
        if source:  # else somebody wrote it into the file by hand: it moves nothing
            target.append(source.pop())
            self._entries.append(Entry(entry, target[-1].step, target[-1].cast))
        else:
            self._entries.append(Entry(entry, Step(()), self._cast()))

    def _cast(self) -> Minutes:
        """Who is who now."""
        if self._done:
            return _after(self._done[-1].cast, self._done[-1].step)
        assert self._machine
        return Minutes(self._machine.source, self._machine.maker, speakers=self._machine.speakers)


def _with_new(cast: Minutes, step: Step) -> Minutes:
    """With the speakers whom the step makes, by giving a turn to somebody who has none yet."""
    ids = {speaker.id for speaker in cast.speakers}
    speak = dict.fromkeys(_who_speaks(each) for each in step.corrections)
    new = [each for each in speak if each and each not in ids]
    if not new:
        return cast
    first = 1 + max((speaker.number for speaker in cast.speakers), default=0)
    made = (Speaker(new_id, first + i) for i, new_id in enumerate(new))
    return Minutes(cast.source, cast.maker, speakers=(*cast.speakers, *made))


def _who_speaks(correction: Correction) -> str | None:
    """To whom it gives a turn."""
    if isinstance(correction, Insert):
        return correction.turn.speaker
    return correction.to if isinstance(correction, Assign) else None


def _after(cast: Minutes, step: Step) -> Minutes:
    """Who is who once the step is done: as `corrected` has it, without the turns."""
    naming = [each for each in step.corrections if isinstance(each, Rename | Reject | Merge)]
    return corrected(cast, naming)[0] if naming else cast
