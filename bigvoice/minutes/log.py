"""Log: the history of a minutes file in words, each entry with the names that the speakers had when it was made."""

from __future__ import annotations

from dataclasses import dataclass, field

from bigvoice.minutes.history import UNDO, Move, Reviewed, Step
from bigvoice.minutes.minutes import Minutes
from bigvoice.minutes.wording_of_corrections import cast_after, cast_of, told_in_turn


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """An entry, and the step that it made, took back or did again. cast: who was who before it (see `cast_of`)."""

    entry: Step | Move
    step: Step
    cast: Minutes
    _lines: dict[str, tuple[str, ...]] = field(default_factory=dict, repr=False)

    def lines(self, language: str) -> tuple[str, ...]:
        """What the step says, a line a correction; made once."""
        if language not in self._lines:
            self._lines[language] = told_in_turn(self.step.corrections, self.cast, language)
        return self._lines[language]


@dataclass(frozen=True, slots=True)
class Told:
    """A history: its entries, the oldest first, and what would be undone or done again."""

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
        return Told(tuple(self._entries), undo, redo)

    def _restart(self) -> None:
        self._entries: list[Entry] = []
        self._done: list[Entry] = []
        self._undone: list[Entry] = []

    def _take(self, entry: Step | Move) -> None:
        if isinstance(entry, Step):
            self._entries.append(Entry(entry, entry, self._cast()))
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
            return cast_after(self._done[-1].cast, self._done[-1].step.corrections)
        assert self._machine
        return cast_of(self._machine)
