"""Revision: corrections of a minutes file, and the documents beside it that follow them.

revise("meeting.json", [("rename", "Speaker 2=Mina Park"), ("text", "12:31=We agreed.")])
"""

from __future__ import annotations

import getpass
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bigvoice.documents.following import Follower, follow
from bigvoice.errors import SettingsError
from bigvoice.minutes.correcting import corrected
from bigvoice.minutes.corrections import Correction
from bigvoice.minutes.history import REDO, UNDO, Reviewed, earlier_states
from bigvoice.minutes.minutes import Minutes
from bigvoice.minutes.minutes_file import MinutesFile
from bigvoice.minutes.phrases import corrections_of
from bigvoice.returning.coming_back import Returned, returned_from
from bigvoice.settings import DocumentOptions


@dataclass(frozen=True, slots=True)
class Revision:
    """What a revision came to.

    made: what was corrected. told: what a document held and was not taken over. overtaken: all of it stands on top of
    what another program saved meanwhile. documents: those beside the minutes, with why any was left as it is.
    """

    before: Minutes
    reviewed: Reviewed
    made: tuple[Correction, ...] = ()
    told: tuple[str, ...] = ()
    overtaken: bool = False
    documents: tuple[Follower, ...] = ()


def revise(
    path: str | Path,
    phrases: Sequence[tuple[str, str]] = (),
    *,
    source: Source | None = None,
    move: str | None = None,
    who: str | None = None,
    options: DocumentOptions | None = None,
    following: bool = True,
    language: str = "en",
) -> Revision:
    """Correct a minutes file, all as one step or nothing, and make the documents beside it anew.

    phrases: as `bigvoice.minutes.phrases` takes them, for the minutes as the source leaves them. move: "undo" or "redo"
    in place of corrections. who: the name in the log, else the user's. options: of documents that do not say how they
    were made. following: False leaves documents as they are. language: of what is told, "en" or "ko". Raises
    MinutesError for what does not fit or cannot be saved, DocumentError for a source that cannot be read, SettingsError
    for a move with corrections.
    """
    file = MinutesFile(path)
    was, before, who = file.reviewed, file.minutes, user() if who is None else who
    if move and (phrases or source):
        raise SettingsError(f"--{move} stands alone: correct with a command of its own")
    returned = source.read(was, language) if source else Returned(())
    made = (*returned.corrections, *corrections_of(corrected(before, returned.corrections)[0], phrases))
    if move:
        {UNDO: file.undo, REDO: file.redo}[move](who=who, by="correct")
    elif made:
        file.correct(made, who=who, by=source.path.name if source else "correct")
    changed = following and file.minutes != before
    documents = (
        follow(file.path, before, file.minutes, options, earlier=earlier_states(was), language=language)
        if changed
        else ()
    )
    if source:  # which may hold more than minutes do, and stays as its writer saved it
        documents = tuple(each for each in documents if each.path.resolve() != source.path.resolve())
    return Revision(before, file.reviewed, made, returned.told, file.overtaken, documents)


@dataclass(frozen=True, slots=True)
class Source:
    """An edited document of the minutes: .docx, .xlsx or .csv.

    deletions: what was deleted in it is deleted. overrule: where the minutes were changed as well, it holds.
    """

    path: Path
    deletions: bool = False
    overrule: bool = False

    def read(self, reviewed: Reviewed, language: str) -> Returned:
        """Its corrections. Raises DocumentError."""
        return returned_from(
            self.path,
            reviewed.minutes,
            earlier=earlier_states(reviewed),
            deletions=self.deletions,
            overrule=self.overrule,
            language=language,
        )


def user() -> str:
    """Who uses the machine, for the log; "" where it does not say."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # no such user, or a system without them
        return ""
