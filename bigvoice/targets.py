"""Targets: the files a run writes, found wanting before the long work and not after it.

Minutes have a home, the .json file that all documents can be made of again; it stands beside the first document. What
a person may have changed is never overwritten unasked: neither an edited home, nor a document that was filled in.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

from bigvoice.documents import renderer, write
from bigvoice.documents.filled_in import CHOICE, refuse_filled_in
from bigvoice.documents.following import is_made_of
from bigvoice.errors import DocumentError, MinutesError
from bigvoice.file_digest import sha256_of
from bigvoice.minutes import store
from bigvoice.minutes.history import Reviewed, earlier_states
from bigvoice.minutes.minutes import Maker, Minutes, Source
from bigvoice.minutes.whole_file import why_not_written
from bigvoice.progress import Hook, silent
from bigvoice.settings import DocumentOptions

HOME = ".json"


@dataclass(frozen=True, slots=True)
class Targets:
    """home: of the minutes; None where only documents are wanted. force: overwrite what a person may have changed."""

    documents: tuple[Path, ...]
    home: Path | None = None
    force: bool = False

    @property
    def files(self) -> tuple[Path, ...]:
        """All of them, in the order in which they are written: first what cannot be made again."""
        return tuple(dict.fromkeys([*([self.home] if self.home else []), *self.documents]))

    def check(self, recording: Path, options: DocumentOptions) -> None:
        """Raises DocumentError or MinutesError for what could not be written, or must not be overwritten.

        Every format is tried on empty minutes, so that a template that does not work is told now.
        """
        if not os.access(recording, os.R_OK):
            return  # loading it comes next, and says so better than a target beside it could
        nothing = Minutes(Source(recording.name, "", 0.0), Maker(""))
        for file in self.files:
            renderer(file)(nothing, options)
            _refuse_unwritable(file)
        for file in () if self.force else self.files:
            if file.suffix.lower() == HOME:
                _refuse_other(file, recording)
            elif not self._follows(file, options):
                refuse_filled_in(file, since=self.home)

    def _follows(self, file: Path, options: DocumentOptions) -> bool:
        """It is what the minutes in the home gave, corrected since or not. Raises DocumentError for what is not.

        False where that cannot be told of such a file: each correction makes the home newer, so time tells nothing.
        """
        if file.suffix.lower() not in (".md", ".txt") or not file.exists() or not (self.home and self.home.exists()):
            return False
        reviewed = store.read_reviewed(self.home)
        if not reviewed.history.entries:
            return False
        if is_made_of(file, chain([reviewed.minutes], earlier_states(reviewed)), options):
            return True
        raise DocumentError(f"{file} may hold changes of yours and is left as it is: {CHOICE}")

    def write(
        self, minutes: Minutes, options: DocumentOptions, *, recording: Path | None = None, hook: Hook = silent
    ) -> Reviewed:
        """Each file whole or not at all; corrections in a home that was there hold in all of them.

        recording: what a page plays, unless the options name another. hook: as `bigvoice.documents.write` calls it.
        Gives what the home holds now. Raises DocumentError, MinutesError or RecordingError.
        """
        options = replace(options, sound_file=options.sound_file or recording)
        reviewed = store.save_anew(minutes, self.home, force=self.force) if self.home else Reviewed(minutes)
        for file in self.files:
            if file != self.home:
                write(reviewed.minutes, file, options=options, force=self.force, hook=hook)
        if self.home:
            os.utime(self.home)  # so that a document is newer only if it was changed
        return reviewed


def targets_of(
    recording: Path, outputs: Sequence[Path], *, default: str, home: bool = True, force: bool = False
) -> Targets:
    """The files for a recording: the `outputs`, else one beside it with the suffix `default`.

    home: minutes are kept as well, in the first .json of the outputs, else beside the first of them.

    >>> targets_of(Path("board.m4a"), [], default=".docx").files
    (PosixPath('board.json'), PosixPath('board.docx'))
    """
    documents = tuple(outputs) or (recording.with_suffix(default),)
    homes = [file for file in documents if file.suffix.lower() == HOME] or [documents[0].with_suffix(HOME)]
    return Targets(documents, homes[0] if home else None, force)


def _refuse_unwritable(file: Path) -> None:
    try:
        if file.is_dir():
            number = errno.EISDIR
        elif not os.access(file.absolute().parent, os.W_OK | os.X_OK):
            number = errno.EACCES  # or there is none, which `why_not_written` sees itself
        elif file.exists() and not os.access(file, os.W_OK):
            number = errno.EACCES
        else:
            return
    except OSError as error:  # a folder on the way may not be entered
        number = error.errno or errno.EACCES
    raise DocumentError(why_not_written(file, OSError(number, os.strerror(number))))


def _refuse_other(home: Path, recording: Path) -> None:
    """Raises MinutesError where the home was edited, is another recording's, or is no minutes file."""
    if not home.exists():
        return
    try:
        edited, reviewed = store.is_edited(home), store.read_reviewed(home)
    except MinutesError as error:
        raise MinutesError(f"{error}; it is left as it is: {CHOICE}") from error
    if edited:
        raise MinutesError(f"{home} was edited since bigvoice wrote it and is left as it is: {CHOICE}")
    source = reviewed.machine.source
    if source.file != recording.name:
        raise MinutesError(f"{home} holds the minutes of {source.file} and is left as it is: {CHOICE}")
    if reviewed.history.entries and source.sha256 != sha256_of(recording):  # an hour of sound takes a moment
        raise MinutesError(store.OTHER_SOUND.format(path=home, name=home.name))
