"""Utterance: a recording and its text as a corpus has them, before anything is made of either; and how one is read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Set
from dataclasses import dataclass
from pathlib import Path

from bigvoice.corpora.ledger import Ledger

NO_SOUND = "text without a recording"
NO_TEXT = "recording without a text"
AMBIGUOUS = "several recordings of that name"


@dataclass(frozen=True, slots=True)
class Utterance:
    """speaker: "" where the corpus does not say. seconds: None where nobody has measured it."""

    path: Path
    text: str
    speaker: str = ""
    seconds: float | None = None


Read = Callable[[Path, Ledger], Iterator[Utterance]]
"""A folder, or one list of it -> its utterances, one by one; the ledger gets what is left out. Raises CorpusError."""


@dataclass(frozen=True, slots=True)
class Layout:
    """A way in which corpora come.

    sign: whether a file tells that its folder is laid out so, given the names of all files in that folder.
    """

    name: str
    about: str
    sign: Callable[[Path, Set[str]], bool]
    read: Read


def one_of(found: list[Path], what: str, ledger: Ledger) -> Path | None:
    """The one recording found for `what`; None, and why, where there is none or nobody can tell which."""
    if len(found) != 1:
        ledger.skip(AMBIGUOUS if found else NO_SOUND, what)
        return None
    return found[0]
