"""bigvoice talk-ratio: who speaks how much, by speaker or by role; and with --parents, the ratio of a family."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperCommand

from bigvoice.cli.options import AsJson, Force, Output, Quiet, takes_settings
from bigvoice.errors import SettingsError
from bigvoice.settings import Settings

if TYPE_CHECKING:
    from bigvoice.documents.wording import Wording
    from bigvoice.minutes.minutes import Minutes
    from bigvoice.minutes.shares import TalkShares

MINUTES = ".json"
PARENTS = "--parents"
ANYBODY = "*"
"""The value of --parents that was given without one."""

_MinutesOrRecording = Annotated[
    Path,
    typer.Argument(metavar="FILE", help="Minutes file (.json), or a recording.", show_default=False, readable=False),
]


class By(StrEnum):
    """What a row of talk shares stands for."""

    speaker = "speaker"
    role = "role"


_By = Annotated[By, typer.Option("--by", help="A row a speaker, or a row a role (mother, father, child).")]
_Csv = Annotated[
    Path | None, typer.Option("--csv", metavar="FILE", help="Write them for a spreadsheet.", readable=False)
]
_Parents = Annotated[
    str | None,
    typer.Option(
        PARENTS,
        metavar="[WHO]",
        help='The talk ratio of mother, father and child, with intervals; "Mina, Speaker 3" or "Mina=mother, '
        'Speaker 3=father" says who the parents are.',
    ),
]


class TalkRatioCommand(TyperCommand):
    """The command, with an option that may stand without a value, which Typer does not know."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """As Typer does, after --parents without a value got one."""
        return super().parse_args(ctx, with_value(args))


def with_value(args: Sequence[str]) -> list[str]:
    """The arguments; --parents that ends them, or stands before an option or the file, gets the value ANYBODY.

    >>> with_value(["family.json", "--parents", "--json"])
    ['family.json', '--parents', '*', '--json']
    """
    found: list[str] = []
    for argument, following in zip(args, [*args[1:], "-"], strict=True):
        found.append(argument)
        if argument == PARENTS and (following.startswith("-") or _is_file(following)):
            found.append(ANYBODY)
    return found


def _is_file(text: str) -> bool:
    try:
        return text.lower().endswith(MINUTES) or Path(text).is_file()
    except OSError:  # too long for a file's name, as a list of parents may be
        return False


@takes_settings("meeting", "diarization", "document", "")
def talk_ratio(
    recording: _MinutesOrRecording,
    settings: Settings,
    by: _By = By.speaker,
    parents: _Parents = None,
    output: Output = None,
    csv: _Csv = None,
    as_json: AsJson = False,
    force: Force = False,
    quiet: Quiet = False,
) -> None:
    """Show who spoke how much: by speaker, or by role; with --parents, the parents' talk ratio with its intervals.

    -o writes the latter as a page (.docx), or for a spreadsheet (.csv).
    """
    if output and parents is None:
        raise SettingsError("-o writes the parents' talk ratio: add --parents, or write the shares with --csv")
    if parents is not None:
        from bigvoice.cli.parents import show_parents, writers

        files = writers(output or [], csv, force=force)
        asked = replace(settings, diarization=replace(settings.diarization, traits=True))
        minutes = minutes_of(recording, asked, quiet=quiet)
        named = "" if parents == ANYBODY else parents
        show_parents(minutes, named, settings, files, as_json=as_json, quiet=quiet)
        return
    _shares(minutes_of(recording, settings, quiet=quiet), settings, by, csv, as_json=as_json, quiet=quiet)


def minutes_of(file: Path, settings: Settings, *, quiet: bool = False) -> Minutes:
    """The minutes in a minutes file; of a recording, minutes without words, which shares of time do not need."""
    if file.suffix.lower() == MINUTES:
        from bigvoice.minutes.store import read

        return read(file)
    from bigvoice.cli.screen import Screen
    from bigvoice.run import turns_of

    with Screen(quiet=quiet) as screen:
        return turns_of(file, settings, hook=screen.hook)


def _shares(minutes: Minutes, settings: Settings, by: By, csv: Path | None, *, as_json: bool, quiet: bool) -> None:
    from bigvoice.documents import shares_table, write_document
    from bigvoice.documents.wording import wording_for
    from bigvoice.minutes.shares import talk_shares

    shares, wording = talk_shares(minutes), wording_for(minutes, settings.document)
    if csv:
        write_document(csv, shares_table.as_csv(shares, wording, by=by))
    if as_json:
        typer.echo(shares_table.json_text(shares, wording, by=by), nl=False)
    elif not quiet:
        _show(shares, by, wording)


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
