"""Desk: a minutes file lies on it while a person corrects it; what lies there has a number that grows with each change.

Whoever looks gets a `Seen`, which stays as it is. All that changes goes through one lock, so two tabs of a browser take
turns; another program that saves the file is noticed by `look`, and at each change.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Lock

from bigvoice.errors import MinutesError
from bigvoice.minutes.corrections import Correction
from bigvoice.minutes.history import Reviewed
from bigvoice.minutes.log import Log, Told
from bigvoice.minutes.minutes import Minutes
from bigvoice.minutes.minutes_file import MinutesFile
from bigvoice.review.findings import Finder, Findings
from bigvoice.review.turns import Turns, TurnTexts

BY = "review"
"""With what a correction was made, in the history."""


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """What lay on the desk at a time. trouble: why the file could not be read again since; "" if it could."""

    revision: int
    reviewed: Reviewed
    turns: Turns
    log: Told
    findings: Findings
    trouble: str = ""

    @property
    def minutes(self) -> Minutes:
        """The corrected minutes."""
        return self.reviewed.minutes


@dataclass(frozen=True, slots=True)
class Change:
    """What was seen before and after."""

    before: Seen
    after: Seen


class Desk:
    """Safe to use from several threads."""

    def __init__(self, file: MinutesFile, *, who: str = "", first: int = 1) -> None:
        """who: the person, for the history. first: the revision; a page may be left from a desk that counted before."""
        self._file, self._who = file, who
        self._lock = Lock()
        self._texts = TurnTexts()
        self._stamp = self._stamp_now()
        self._log = Log()
        self._finder = Finder()
        self._seen = self._look_at(first)

    @property
    def seen(self) -> Seen:
        """What lies there now."""
        return self._seen

    def correct(self, corrections: Sequence[Correction]) -> Change:
        """Make corrections as one step, on the disk when this returns. Raises MinutesError; `seen` is then the truth.

        What another program saved meanwhile is part of the change.
        """
        return self._change(lambda: self._file.correct(corrections, who=self._who, by=BY))

    def undo(self) -> Change:
        """Take the last step back. Raises MinutesError, as `correct` does."""
        return self._change(lambda: self._file.undo(who=self._who, by=BY))

    def redo(self) -> Change:
        """Do again what was undone last. Raises MinutesError, as `correct` does."""
        return self._change(lambda: self._file.redo(who=self._who, by=BY))

    def look(self) -> bool:
        """Whether what is seen changed: another program saved the file, or it cannot be read any more."""
        stamp = self._stamp_now()  # before the file is read: a save that falls between the two is noticed next time
        if stamp == self._stamp:
            return False
        before = self._seen
        with self._lock:
            self._refresh()
            self._stamp = stamp
        return self._seen is not before

    def _change(self, change: Callable[[], Minutes]) -> Change:
        with self._lock:
            before = self._seen
            try:
                change()
            except MinutesError:
                self._refresh()
                raise
            self._see()
            return Change(before, self._seen)

    def _refresh(self) -> None:
        try:
            self._file.refresh()
        except MinutesError as error:
            self._see(str(error))
        else:
            self._see()

    def _see(self, trouble: str = "") -> None:
        reviewed, seen = self._file.reviewed, self._seen
        if reviewed is not seen.reviewed or trouble != seen.trouble:
            self._seen = self._look_at(seen.revision + 1, trouble)

    def _look_at(self, revision: int, trouble: str = "") -> Seen:
        reviewed = self._file.reviewed
        findings = self._finder.of(reviewed.minutes)
        return Seen(revision, reviewed, self._texts.of(reviewed), self._log.follow(reviewed), findings, trouble)

    def _stamp_now(self) -> tuple[int, int, int] | None:
        """Changes with every save: each is a new file with a new time."""
        try:
            found = self._file.path.stat()
        except OSError:
            return None
        return found.st_ino, found.st_mtime_ns, found.st_size
