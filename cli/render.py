"""bigvoice render: documents of minutes that are there, at any time again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bigvoice.cli.options import Force, Output, takes_settings
from bigvoice.settings import Settings

# Called `recording` because the settings file that holds is the one beside it.
_Minutes = Annotated[
    Path, typer.Argument(metavar="MINUTES", help="Minutes file (.json).", show_default=False, readable=False)
]
_More = Annotated[list[Path] | None, typer.Argument(metavar="[FILE]...", help="More files to write.", readable=False)]


@takes_settings("document")
def render(
    recording: _Minutes, settings: Settings, more: _More = None, output: Output = None, force: Force = False
) -> None:
    """Make documents of a minutes file: MINUTES.docx, or the FILEs of -o."""
    from bigvoice.cli.screen import Screen
    from bigvoice.documents import renderer, write
    from bigvoice.documents.filled_in import refuse_filled_in
    from bigvoice.documents.recording_file import located
    from bigvoice.minutes.store import copy, read

    files = [*(output or []), *(more or [])] or [recording.with_suffix(".docx")]
    minutes = read(recording)
    options = located(settings.document, minutes, recording.parent)
    for file in files:
        renderer(file)
        if not force:
            refuse_filled_in(file)
    with Screen() as screen:
        for file in files:
            if file.suffix.lower() == ".json":
                copy(recording, file, force=force)
            else:
                write(minutes, file, options=options, force=force, hook=screen.hook)
    for file in files:
        typer.echo(file)
