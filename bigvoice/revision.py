"""Revision: corrections of a minutes file, and the documents beside it that follow them.

revise("meeting.json", [("rename", "Speaker 2=Mina Park"), ("text", "12:31=We agreed.")])
"""

from __future__ import annotations

import getpass
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bigvoice.errors import SettingsError
from bigvoice.minutes.corrections import Correction
from bigvoice.minutes.history import REDO, UNDO, Reviewed
from bigvoice.minutes.minutes import Minutes
from bigvoice.minutes.minutes_file import MinutesFile
from bigvoice.minutes.phrases import corrections_of


@dataclass(frozen=True, slots=True)
class Revision:
    """What a revision came to. made: what was corrected; overtaken: on top of what another program saved meanwhile."""

    before: Minutes
    reviewed: Reviewed
    made: tuple[Correction, ...] = ()
    overtaken: bool = False


def revise(
    path: str | Path, phrases: Sequence[tuple[str, str]] = (), *, move: str | None = None, who: str | None = None
) -> Revision:
    """Correct a minutes file, all as one step or nothing.

    phrases: as `bigvoice.minutes.phrases` takes them. move: "undo" or "redo" in place of corrections. who: the name in
    the log, else the user's. Raises MinutesError for what does not fit or cannot be saved, SettingsError for a move
    with corrections.
    """
    file = MinutesFile(path)
    before, who = file.minutes, user() if who is None else who
    if move and phrases:
        raise SettingsError(f"--{move} stands alone: correct with a command of its own")
    made = corrections_of(before, phrases)
    if move:
        {UNDO: file.undo, REDO: file.redo}[move](who=who, by="correct")
    elif made:
        file.correct(made, who=who, by="correct")
    return Revision(before, file.reviewed, made, file.overtaken)


def user() -> str:
    """Who uses the machine, for the log; "" where it does not say."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # no such user, or a system without them
        return ""
