"""MinutesFile: a minutes file while somebody corrects it. Every correction is on the disk when it is told as done.

Two programs may have one file open. Each save is made under a lock and looks whether the file is still what this one
read or wrote last; if another saved meanwhile, its corrections stay and this one's go on top of them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from bigvoice.errors import MinutesError
from bigvoice.minutes.corrections import Correction
from bigvoice.minutes.file_lock import alone
from bigvoice.minutes.history import REDO, UNDO, History, Move, Reviewed, Step
from bigvoice.minutes.minutes import Minutes
from bigvoice.minutes.store import entry_text, parse, taken_apart, with_history
from bigvoice.minutes.whole_file import why_not_written, write_whole


class MinutesFile:
    """An open minutes file.

    overtaken: the last save found that another program had changed the file, and went on from there.
    """

    def __init__(self, path: str | Path) -> None:
        """Read the file. Raises MinutesError, as `store.read` does."""
        self.path = Path(path)
        self.overtaken = False
        self._digest = ""
        self._machine: str
        self._texts: dict[int, tuple[Step | Move, str]] = {}  # of a long history, kept as they stand there
        self._reviewed: Reviewed
        self._read()

    @property
    def reviewed(self) -> Reviewed:
        """What the file holds."""
        return self._reviewed

    @property
    def minutes(self) -> Minutes:
        """The corrected minutes."""
        return self._reviewed.minutes

    def correct(self, corrections: Sequence[Correction], *, who: str = "", by: str = "") -> Minutes:
        """Make corrections, all or none, as one step, unless there are none.

        Raises MinutesError where one does not fit or cannot be saved.
        """
        if not corrections:
            return self.minutes
        return self._grow(Step(tuple(corrections), who, by=by))

    def undo(self, *, who: str = "", by: str = "") -> Minutes:
        """Take the last step back. Raises MinutesError where there is none, or it cannot be saved."""
        return self._grow(Move(UNDO, who, by=by))

    def redo(self, *, who: str = "", by: str = "") -> Minutes:
        """Do again what was undone last. Raises MinutesError where there is none, or it cannot be saved."""
        return self._grow(Move(REDO, who, by=by))

    def refresh(self) -> bool:
        """Take over what another program saved meanwhile; whether there was anything. Raises MinutesError."""
        before = self._digest
        self._read()
        return self._digest != before

    def _grow(self, entry: Step | Move) -> Minutes:
        with alone(self.path):
            self.overtaken = self.refresh()
            grown = self._reviewed.grown(entry)
            if isinstance(entry, Step):
                _refuse_unfit(grown, entry)
            self._write(grown.history)
            self._reviewed = grown
        return grown.minutes

    def _read(self) -> None:
        try:
            data = self.path.read_bytes()
        except OSError as error:
            raise MinutesError(f"{self.path} cannot be read: {error.strerror}") from error
        digest = _digest(data)
        if digest != self._digest:
            self._reviewed = parse(self.path, data)
            self._machine, texts = taken_apart(data.decode("utf-8-sig"))
            entries = self._reviewed.history.entries
            texts = texts if len(texts) == len(entries) else [*map(entry_text, entries)]  # blank lines, by hand
            self._texts = {id(entry): (entry, text) for entry, text in zip(entries, texts, strict=True)}
            self._digest = digest

    def _write(self, history: History) -> None:
        data = with_history(self._machine, history, self._text_of).encode()
        try:
            write_whole(self.path, data)
        except OSError as error:
            raise MinutesError(why_not_written(self.path, error)) from error
        self._digest = _digest(data)

    def _text_of(self, entry: Step | Move) -> str:
        """By the object itself, which is kept with its text so that no other gets its id."""
        if id(entry) not in self._texts:
            self._texts[id(entry)] = entry, entry_text(entry)
        return self._texts[id(entry)][1]


def _refuse_unfit(grown: Reviewed, step: Step) -> None:
    """Raises MinutesError where a correction of the last step does not fit."""
    for unfit in grown.unfit:
        if any(unfit.correction is each for each in step.corrections):
            raise MinutesError(f"{unfit.why}: the minutes may have changed meanwhile; look at them again")


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
