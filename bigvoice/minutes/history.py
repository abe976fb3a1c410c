"""History: who corrected what and when, as a log that only grows; and Reviewed, the machine's minutes with its history.

Taking a step back is an entry of its own, so nothing anybody did is lost: what holds is found by replaying the log.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property

from bigvoice.errors import MinutesError
from bigvoice.minutes.correcting import Unfit, corrected, corrected_in_steps
from bigvoice.minutes.corrections import Correction
from bigvoice.minutes.minutes import Minutes

UNDO, REDO = "undo", "redo"
MOST_STATES = 50
"""Earlier states that are worth looking at: a document that is older is told to be so."""


def now() -> datetime:
    """The time of an entry that is made now: UTC, whole seconds."""
    return datetime.now(UTC).replace(microsecond=0)


@dataclass(frozen=True, slots=True)
class Step:
    """Corrections made at once, and so undone at once.

    who: the name of the person. by: with what ("review", "correct", or the file they came back in). left: those of an
    earlier result of the machine for which there was no place in the present one; they are kept, and told.
    """

    corrections: tuple[Correction, ...]
    who: str = ""
    when: datetime = field(default_factory=now)
    by: str = ""
    left: tuple[Unfit, ...] = ()


@dataclass(frozen=True, slots=True)
class Move:
    """`move` is "undo", which takes the last step that holds back, or "redo", which does it again."""

    move: str
    who: str = ""
    when: datetime = field(default_factory=now)
    by: str = ""

    def __post_init__(self) -> None:
        if self.move not in (UNDO, REDO):
            raise ValueError(f"a move is {UNDO} or {REDO}, not {self.move!r}")


@dataclass(frozen=True, slots=True)
class History:
    """The log, oldest entry first.

    >>> History().grown(Step(())).grown(Move("undo")).undone
    (Step(...),)
    """

    entries: tuple[Step | Move, ...] = ()

    @property
    def steps(self) -> tuple[Step, ...]:
        """What holds, in its order."""
        return self._replayed()[0]

    @property
    def undone(self) -> tuple[Step, ...]:
        """What was undone and can be done again, the last of it first; a new step ends that."""
        return self._replayed()[1]

    def grown(self, entry: Step | Move) -> History:
        """With one more entry. Raises MinutesError for a move where there is nothing to undo, or to do again."""
        grown = History((*self.entries, entry))
        if isinstance(entry, Move) and len(grown.steps) == len(self.steps):
            raise MinutesError(f"there is nothing to {entry.move}")
        return grown

    def _replayed(self) -> tuple[tuple[Step, ...], tuple[Step, ...]]:
        done: list[Step] = []
        undone: list[Step] = []
        for entry in self.entries:
            if isinstance(entry, Step):
                done.append(entry)
                undone.clear()
            elif entry.move == UNDO and done:
                undone.append(done.pop())
            elif entry.move == REDO and undone:
                done.append(undone.pop())
        return tuple(done), tuple(reversed(undone))


@dataclass(frozen=True)
class Reviewed:
    """What a minutes file holds: the machine's minutes, and what people corrected in them.

    before: what it was without its last step, where that is known: to take it back, nothing need be replayed.
    """

    machine: Minutes
    history: History = History()
    before: Reviewed | None = field(default=None, repr=False, compare=False)

    @cached_property
    def _result(self) -> tuple[Minutes, tuple[Unfit, ...]]:
        return corrected_in_steps(self.machine, [step.corrections for step in self.history.steps])

    @property
    def minutes(self) -> Minutes:
        """The machine's, with all corrections that fit: what every document shows."""
        return self._result[0]

    @property
    def unfit(self) -> tuple[Unfit, ...]:
        """Corrections that are left over from an earlier result, then those that do not fit this one."""
        return (*(left for step in self.history.steps for left in step.left), *self._result[1])

    def grown(self, entry: Step | Move) -> Reviewed:
        """With one more entry of the history. Raises MinutesError, as `History.grown` does."""
        history = self.history.grown(entry)
        if isinstance(entry, Move) and entry.move == UNDO:
            known = self.before
            return replace(self, history=history, before=known.before if known else None)._known(
                known._result if known else None
            )
        # On top of what is known already; a long history need not be replayed.
        step = entry if isinstance(entry, Step) else self.history.undone[0]
        minutes, unfit = corrected(self.minutes, step.corrections)
        return replace(self, history=history, before=self)._known((minutes, (*self._result[1], *unfit)))

    def _known(self, result: tuple[Minutes, tuple[Unfit, ...]] | None) -> Reviewed:
        """The same, whose result need not be found any more if there is one."""
        if result is not None:
            self.__dict__["_result"] = result
        return self


def earlier_states(reviewed: Reviewed, most: int = MOST_STATES) -> Iterator[Minutes]:
    """What the minutes were after each entry but the last, the latest `most` of them; then the machine's.

    Documents may have been made of any of them. They are found when the first is asked for.
    """
    *entries, _ = reviewed.history.entries or (None,)
    first = max(0, len(entries) - most)
    state = Reviewed(reviewed.machine, History(reviewed.history.entries[:first]))
    found = [state.minutes]
    for entry in reviewed.history.entries[first : len(entries)]:
        state = state.grown(entry)
        found.append(state.minutes)
    yield from reversed(found)
    yield reviewed.machine
