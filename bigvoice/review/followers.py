"""Followers: the documents beside the minutes during a review, which of them would be made anew, and making them.

Judging a text takes as long as making it (half a second for three hours), so a judgement is kept until a file changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from bigvoice.documents.following import Follower, follow, followers
from bigvoice.minutes.history import Reviewed
from bigvoice.settings import DocumentOptions


@dataclass(frozen=True, slots=True)
class Beside:
    """A document. why: it will not be written, with the next step; "" if it will, or was."""

    file: str
    why: str


class Followers:
    """Safe to use from several threads."""

    def __init__(self, path: Path, reviewed: Reviewed, options: DocumentOptions) -> None:
        """reviewed: as the review begins, when documents were last made."""
        self._path, self._options = path, options
        self._made_of = reviewed.minutes
        self._lock = Lock()
        self._known: dict[str, tuple[object, Sequence[Beside]]] = {}

    def judged(self, reviewed: Reviewed, language: str) -> Sequence[Beside]:
        """All of them; what was known last while another thread is looking."""
        there = self._there()
        known = self._known.get(language, (None, ()))
        if known[0] != there and self._lock.acquire(blocking=False):
            try:
                earlier = (reviewed.minutes, reviewed.machine)
                found = followers(self._path, self._made_of, self._options, earlier=earlier, language=language)
                known = self._known[language] = there, [*map(_beside, found)]
            finally:
                self._lock.release()
        return known[1]

    def write(self, reviewed: Reviewed, language: str) -> Sequence[Beside]:
        """Make them anew, of the minutes as they are; those with a reason were left as they are."""
        minutes = reviewed.minutes
        with self._lock:
            earlier = (minutes, reviewed.machine)
            done = follow(self._path, self._made_of, minutes, self._options, earlier=earlier, language=language)
            self._made_of = minutes
            self._known.clear()
        return [*map(_beside, done)]

    def _there(self) -> object:
        """Changes when a document does."""
        try:
            files = [each for each in self._path.absolute().parent.iterdir() if each.stem == self._path.stem]
            stats = [(each.name, each.stat()) for each in files if each.suffix != self._path.suffix]
        except OSError:  # the folder is gone, or a file is, just now
            return None
        return sorted((name, stat.st_ino, stat.st_size, stat.st_mtime_ns) for name, stat in stats)


def _beside(follower: Follower) -> Beside:
    return Beside(follower.path.name, follower.why)
