"""bigvoice evaluate: how far what was found is from what is true."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from bigvoice.evaluation.files import Evaluation

_COLUMNS = 160
"""Of what is written to a file or a pipe, so that no name in a table is cut."""

_Reference = Annotated[
    Path,
    typer.Argument(
        metavar="REFERENCE",
        help="What is true: .rttm, .stm, .json, .vtt, .srt, .txt; or a folder of them.",
        show_default=False,
        readable=False,
    ),
]
_Hypotheses = Annotated[
    list[Path],
    typer.Argument(
        metavar="HYPOTHESIS",
        help="What was found, in the same formats; a folder's files are matched by their stems.",
        show_default=False,
        readable=False,
    ),
]
_Collar = Annotated[
    float,
    typer.Option("--collar", metavar="SECONDS", help="Not scored on each side of every border of the reference."),
]
_SkipOverlap = Annotated[bool, typer.Option("--skip-overlap", help="Do not score where several people speak at once.")]
_Uem = Annotated[
    Path | None,
    typer.Option("--uem", metavar="FILE", help="Score turns in these regions only (.uem).", readable=False),
]
_Enrolled = Annotated[
    str,
    typer.Option("--enrolled", metavar="TEXT", help='Measure names, too: whose could be given, "NAME, NAME".'),
]
_Json = Annotated[bool, typer.Option("--json", help="As JSON, for scripts.")]
_Markdown = Annotated[bool, typer.Option("--markdown", help="As Markdown tables.")]


def evaluate(
    reference: _Reference,
    hypotheses: _Hypotheses,
    collar: _Collar = 0.0,
    skip_overlap: _SkipOverlap = False,
    uem: _Uem = None,
    enrolled: _Enrolled = "",
    as_json: _Json = False,
    as_markdown: _Markdown = False,
) -> None:
    """Measure turns, names and words against true ones: DER, JER, wrong names, WER, CER, cpWER.

    What both sides tell is compared, recording by recording and in total.
    """
    from bigvoice.evaluation import files, report
    from bigvoice.evaluation.scores import Rules

    names = tuple(name.strip() for name in enrolled.split(",") if name.strip())
    found = files.evaluate(reference, hypotheses, Rules(collar, skip_overlap, names), regions=uem)
    if as_json:
        typer.echo(json.dumps([report.to_json(each) for each in found], ensure_ascii=False, indent=2))
    elif as_markdown:
        typer.echo(report.markdown(found), nl=False)
    else:
        _show(found)


def _show(evaluations: list[Evaluation]) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    from bigvoice.evaluation import report

    console = Console(highlight=False, width=None if sys.stdout.isatty() else _COLUMNS)
    for evaluation in evaluations:
        console.print(evaluation.hypothesis, markup=False, soft_wrap=True)
        for each in report.tables(evaluation):
            table = Table(title=escape(each.title), title_justify="left")
            table.add_column(each.headings[0], overflow="fold")
            for heading in each.headings[1:]:
                table.add_column(heading, justify="right")
            for row in each.rows:
                table.add_row(*map(escape, row))
            table.add_section()
            table.add_row(*map(escape, each.total))
            console.print(table)
        for note in evaluation.notes:
            typer.echo(f"Note: {note}", err=True)
