"""bigvoice minutes, diarize, transcribe: the whole way from a recording, or the first part of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from bigvoice.cli.options import AsJson, Force, Output, Quiet, Recording, takes_settings
from bigvoice.settings import Settings

if TYPE_CHECKING:
    from bigvoice.targets import Targets


@takes_settings("meeting", "diarization", "transcription", "document", "")
def minutes(
    recording: Recording,
    settings: Settings,
    output: Output = None,
    force: Force = False,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Make the minutes of a recording: who said what, and how much of the talking was whose.

    Writes RECORDING.docx, or the FILEs of -o, and beside it a .json of which all documents can be made again.
    """
    from bigvoice.targets import targets_of

    targets = targets_of(recording, output or [], default=".docx", force=force)
    _work("minutes_of", recording, settings, targets, quiet=quiet, as_json=as_json)


@takes_settings("meeting", "diarization", "")
def diarize(
    recording: Recording,
    settings: Settings,
    output: Output = None,
    force: Force = False,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Find out who spoke when, and write no words: RECORDING.rttm, or the FILEs named with -o."""
    from bigvoice.targets import targets_of

    targets = targets_of(recording, output or [], default=".rttm", home=False, force=force)
    _work("turns_of", recording, settings, targets, quiet=quiet, as_json=as_json)


@takes_settings("meeting", "transcription", "")
def transcribe(
    recording: Recording,
    settings: Settings,
    output: Output = None,
    force: Force = False,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Write down what was said, without telling voices apart: RECORDING.srt, or the FILEs named with -o."""
    from bigvoice.targets import targets_of

    targets = targets_of(recording, output or [], default=".srt", home=False, force=force)
    _work("transcript_of", recording, settings, targets, quiet=quiet, as_json=as_json)


def _work(way: str, recording: Path, settings: Settings, targets: Targets, *, quiet: bool, as_json: bool) -> None:
    """`way`: the function of bigvoice.run that does it."""
    from bigvoice import run
    from bigvoice.cli.screen import Screen, show

    targets.check(recording, settings.document)
    with Screen(quiet=quiet) as screen:
        found = getattr(run, way)(recording, settings, hook=screen.hook)
        reviewed = targets.write(found, settings.document, recording=recording, hook=screen.hook)
    show(reviewed.minutes, targets.files, unfit=reviewed.unfit, quiet=quiet, as_json=as_json)
