"""bigvoice export: minutes for the spreadsheet, to be corrected there and taken back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bigvoice.cli.options import Force, takes_settings
from bigvoice.settings import Settings

# Called `recording` because the settings file that holds is the one beside it.
_Minutes = Annotated[
    Path, typer.Argument(metavar="MINUTES", help="Minutes file (.json).", show_default=False, readable=False)
]
_Review = Annotated[
    Path | None,
    typer.Option("--review", metavar="FILE", help="The table, .xlsx or .csv; else MINUTES.xlsx.", readable=False),
]


@takes_settings("document")
def export(recording: _Minutes, settings: Settings, review: _Review = None, force: Force = False) -> None:
    """Write a table to correct minutes in: a row a turn, with who spoke, what was said and how doubtful it is.

    Change names, words and ticks in the spreadsheet, save it, and take the changes over with
    `bigvoice correct MINUTES --from FILE`.
    """
    from bigvoice.minutes.store import read
    from bigvoice.returning.review_table import write_review

    file = review or recording.with_suffix(".xlsx")
    write_review(read(recording), file, options=settings.document, force=force)
    typer.echo(file)
