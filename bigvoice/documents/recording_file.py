"""Recording file: where the recording of some minutes is, and whether it still is the one they were made of.

The minutes name it and hold a digest of its bytes. One that has changed since is not listened to with them: its words
would be heard at the wrong times, or be somebody else's.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from bigvoice.errors import RecordingError
from bigvoice.file_digest import sha256_of
from bigvoice.minutes.minutes import Minutes
from bigvoice.settings import DocumentOptions

MISSING, CHANGED = "missing", "changed"


def located(options: DocumentOptions, minutes: Minutes, folder: Path) -> DocumentOptions:
    """The options, which name the recording if it lies in that folder and nobody said before where it is."""
    beside = folder / (Path(minutes.source.file).name or ".")
    return replace(options, sound_file=beside) if options.sound_file is None and _is_file(beside) else options


def why_not(recording: Path | None, minutes: Minutes) -> str:
    """Why a file is not the recording of these minutes: MISSING or CHANGED, or "" if it is. Raises RecordingError."""
    if recording is None or not _is_file(recording):
        return MISSING
    return "" if _sha256(recording) == minutes.source.sha256 else CHANGED


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # a name too long for the file system, or one that no file can have
        return False


def _sha256(path: Path) -> str:
    try:
        return sha256_of(path)
    except OSError as error:
        raise RecordingError(f"{path} cannot be read ({error.strerror}): check its permissions") from error
