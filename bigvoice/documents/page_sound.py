"""Page sound: what a page plays, in it or beside it."""

from __future__ import annotations

import base64
import os
from dataclasses import dataclass
from urllib.parse import quote

from bigvoice import opus
from bigvoice.documents.recording_file import CHANGED, MISSING, why_not
from bigvoice.minutes.minutes import Minutes
from bigvoice.progress import Hook, Progress, silent
from bigvoice.settings import DocumentOptions

EMBEDDED, BESIDE, WITHOUT = "embedded", "beside", "none"

_TOLD = {
    MISSING: "{file} was not found, so the page has none; --sound-file says where the recording is",
    CHANGED: "{file} was changed after the minutes were made of it, so the page has none; --sound-file names another",
}


@dataclass(frozen=True, slots=True)
class Sound:
    """What a page plays.

    address: of its <audio>; "" where there is none, and why_not then tells MISSING or CHANGED, or "" where nobody
    wanted any. file, data: what is to lie beside the page; "" where the sound is in it.
    """

    address: str = ""
    why_not: str = ""
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
    data = opus.encode(recording, options.bitrate, hook=hook)
    if options.sound == EMBEDDED:
        return Sound(f"data:{opus.MEDIA_TYPE};base64,{base64.b64encode(data).decode()}")
    file = f"{recording.stem}.sound{opus.SUFFIX}"  # a name that a recording itself hardly has
    return Sound(quote(os.fsencode(file)), file=file, data=data)
