"""Page sound: what a page plays, in it or beside it."""

from __future__ import annotations

import base64
import os
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, unquote_to_bytes

from bigvoice import opus
from bigvoice.documents.recording_file import CHANGED, MISSING, why_not
from bigvoice.minutes.minutes import Minutes
from bigvoice.progress import Hook, Progress, silent
from bigvoice.settings import DocumentOptions

EMBEDDED, BESIDE, WITHOUT = "embedded", "beside", "none"

_EMBEDDED = f"data:{opus.MEDIA_TYPE};base64,"
_AUDIO = re.compile(
    r'<audio controls preload="none" data-of="(?P<of>[0-9a-f]{64} \d+)" src="(?P<address>[\w%./+:;,=~-]+)">'
)

_TOLD = {
    MISSING: "{file} was not found, so the page has none; --sound-file says where the recording is",
    CHANGED: "{file} was changed after the minutes were made of it, so the page has none; --sound-file names another",
}


@dataclass(frozen=True, slots=True)
class Sound:
    """What a page plays.

    address: of its <audio>; "" where there is none, and why_not then tells MISSING or CHANGED, or "" where nobody
    wanted any. of: the recording's digest and the bit rate, by which the sound is known again. file: what lies beside
    the page; "" where the sound is in it. data: what is to be written there, if it is not there already.
    """

    address: str = ""
    why_not: str = ""
    of: str = ""
    file: str = ""
    data: bytes = b""


def sound_of(minutes: Minutes, options: DocumentOptions, *, hook: Hook = silent) -> Sound:
    """The sound of the page, made of the recording that the options name.

    Progress: stage "sound", in seconds of sound, with a note where the recording cannot be played. Raises
    RecordingError for one that cannot be read.
    """
    if options.sound == WITHOUT:
        return Sound()
    recording = options.sound_file
    reason = why_not(recording, minutes)
    if recording is None or reason:
        hook(Progress("sound", 1, 1, _TOLD[reason].format(file=recording or minutes.source.file)))
        return Sound(why_not=reason)
    data, of = opus.encode(recording, options.bitrate, hook=hook), _of(minutes, options)
    if options.sound == EMBEDDED:
        return Sound(f"{_EMBEDDED}{base64.b64encode(data).decode()}", of=of)
    file = f"{recording.stem}.sound{opus.SUFFIX}"  # a name that a recording itself hardly has
    return Sound(quote(os.fsencode(file)), of=of, file=file, data=data)


def sound_kept(page: Path, minutes: Minutes, options: DocumentOptions) -> Sound | None:
    """The sound that a page already has; None where there is none, or it is not what the options want.

    So a page is made again after every correction without the sound being made again, and where the recording lies
    elsewhere by now.
    """
    try:
        text = page.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None
    found = _AUDIO.match(text, max(0, text.rfind("<audio ")))
    if not found or found["of"] != _of(minutes, options):
        return None
    address, file = found["address"], os.fsdecode(unquote_to_bytes(found["address"]))
    if address.startswith(_EMBEDDED):
        return Sound(address, of=found["of"]) if options.sound == EMBEDDED else None
    there = options.sound == BESIDE and Path(file).name == file and page.with_name(file).is_file()
    return Sound(address, of=found["of"], file=file) if there else None


def _of(minutes: Minutes, options: DocumentOptions) -> str:
    return f"{minutes.source.sha256} {options.bitrate}"
