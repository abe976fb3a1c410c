"""bigvoice render, talk-ratio: what can be made of minutes that are there, at any time again."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bigvoice.cli.options import AsJson, Force, Output, Quiet, takes_settings
from bigvoice.settings import Settings

if TYPE_CHECKING:
    from bigvoice.documents.wording import Wording
    from bigvoice.minutes.minutes import Minutes
    from bigvoice.minutes.shares import TalkShares

MINUTES = ".json"

# Called `recording` because the settings file that holds is the one beside it.
_Minutes = Annotated[
    Path, typer.Argument(metavar="MINUTES", help="Minutes file (.json).", show_default=False, readable=False)
]
_MinutesOrRecording = Annotated[
    Path,
    typer.Argument(metavar="FILE", help="Minutes file (.json), or a recording.", show_default=False, readable=False),
]
_More = Annotated[list[Path] | None, typer.Argument(metavar="[FILE]...", help="More files to write.", readable=False)]


class By(StrEnum):
    """What a row of talk shares stands for."""

    speaker = "speaker"
    role = "role"


_By = Annotated[By, typer.Option("--by", help="A row a speaker, or a row a role (mother, father, child).")]
_Csv = Annotated[
    Path | None, typer.Option("--csv", metavar="FILE", help="Write them for a spreadsheet.", readable=False)
]


@takes_settings("document")
def render(
    recording: _Minutes, settings: Settings, more: _More = None, output: Output = None, force: Force = False
) -> None:
    """Make documents of a minutes file: MINUTES.docx, or the FILEs of -o."""
    from bigvoice.documents import renderer, write
    from bigvoice.documents.filled_in import refuse_filled_in
    from bigvoice.minutes.store import read

    files = [*(output or []), *(more or [])] or [recording.with_suffix(".docx")]
    minutes = read(recording)
    for file in files:
        renderer(file)
        if not force:
            refuse_filled_in(file)
    for file in files:
        write(minutes, file, options=settings.document, force=force)
        typer.echo(file)


@takes_settings("meeting", "diarization", "")
def talk_ratio(
    recording: _MinutesOrRecording,
    settings: Settings,
    by: _By = By.speaker,
    csv: _Csv = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Show who spoke how much: by speaker, or by role, which gives the parents' talk ratio."""
    from bigvoice.documents import shares_table, write_document
    from bigvoice.documents.wording import wording_for
    from bigvoice.minutes.shares import talk_shares

    minutes = minutes_of(recording, settings, quiet=quiet)
    shares, wording = talk_shares(minutes), wording_for(minutes, settings.document)
    if csv:
        write_document(csv, shares_table.as_csv(shares, wording, by=by))
    if as_json:
        typer.echo(shares_table.json_text(shares, wording, by=by), nl=False)
    elif not quiet:
        _show(shares, by, wording)


def minutes_of(file: Path, settings: Settings, *, quiet: bool = False) -> Minutes:
    """The minutes in a minutes file; of a recording, minutes without words, which shares of time do not need."""
    if file.suffix.lower() == MINUTES:
        from bigvoice.minutes.store import read

        return read(file)
    from bigvoice.cli.screen import Screen
    from bigvoice.run import turns_of

    with Screen(quiet=quiet) as screen:
        return turns_of(file, settings, hook=screen.hook)


def _show(shares: TalkShares, by: str, wording: Wording) -> None:
    """The table, with bars that read in black and white."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    from bigvoice.documents.shares_table import lines_of, parents_line

    table = Table(wording.speaker if by == By.speaker else wording.role)
    table.add_column(wording.share, no_wrap=True)
    for heading in (wording.time, wording.turns, wording.longest_turn, wording.words):
        table.add_column(heading, justify="right")
    for line in lines_of(shares, by, wording):
        table.add_row(*map(escape, line))
    table.add_section()
    table.add_row(wording.silence, "", wording.duration(shares.silence))
    table.add_row(wording.overlap, "", wording.duration(shares.overlap))
    console = Console(highlight=False)
    console.print(table)
    for note in (parents_line(shares, wording), wording.share_note):
        if note:
            console.print(note, markup=False)
