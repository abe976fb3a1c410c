"""bigvoice evaluate: how far what was found is from what is true; and how well recognisers do."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from bigvoice.cli.options import Quiet
from bigvoice.cli.screen import Screen
from bigvoice.errors import SettingsError
from bigvoice.evaluation.conditions import ALL, RATIOS, chosen

if TYPE_CHECKING:
    from bigvoice.evaluation.files import Evaluation
    from bigvoice.evaluation.recognition import Recognition
    from bigvoice.evaluation.report import Table

FILES = "files"
"""The command that is meant where none is named."""

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
_Manifest = Annotated[
    Path,
    typer.Argument(metavar="MANIFEST", help="CSV of path, text, seconds, speaker.", show_default=False, readable=False),
]
_Recognisers = Annotated[
    list[str],
    typer.Option(
        "--asr",
        metavar="NAME",
        help="Which one: deepspeech2:FILE, whisper:NAME, whisper:FOLDER, sphinx. Again for more.",
        show_default=False,
    ),
]
_Conditions = Annotated[str, typer.Option(metavar="NAMES", help="Under which conditions.")]
_Snr = Annotated[str, typer.Option(metavar="DB,DB", help="How far above the noise speech is, near and far.")]
_Noise = Annotated[
    Path | None, typer.Option(metavar="FOLDER", help="Noise to lay under it; else pink noise is made.", readable=False)
]
_Rooms = Annotated[
    Path | None, typer.Option(metavar="FOLDER", help="Impulse responses of rooms; else one is made.", readable=False)
]
_Language = Annotated[
    str | None, typer.Option(metavar="CODE", help='The language spoken, as "en" or "ko"; else it is found out.')
]
_Worst = Annotated[int, typer.Option(metavar="N", min=0, help="Show so many of the worst recordings of each.")]
_Csv = Annotated[
    Path | None,
    typer.Option("--output", "-o", metavar="FILE", help="Write all recordings as a table (.csv).", readable=False),
]
_Json = Annotated[bool, typer.Option("--json", help="As JSON, for scripts.")]
_Markdown = Annotated[bool, typer.Option("--markdown", help="As Markdown tables.")]


class EvaluateGroup(TyperGroup):
    """Commands of which one need not be named: what begins with no command's name is for FILES."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """As Typer does, after FILES was named where nothing was."""
        named = not args or args[0] in self.commands or args[0] in ctx.help_option_names
        return super().parse_args(ctx, args if named else [FILES, *args])


app = typer.Typer(
    name="evaluate",
    cls=EvaluateGroup,
    help="Measure what was found against what is true; or recognisers, on recordings whose words are known.\n\n"
    f"`bigvoice evaluate REFERENCE HYPOTHESIS...` is short for `bigvoice evaluate {FILES} REFERENCE HYPOTHESIS...`.",
    no_args_is_help=True,
)


@app.command(FILES)
def files(
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
    from bigvoice.evaluation import report
    from bigvoice.evaluation.files import evaluate
    from bigvoice.evaluation.scores import Rules

    names = tuple(name.strip() for name in enrolled.split(",") if name.strip())
    found = evaluate(reference, hypotheses, Rules(collar, skip_overlap, names), regions=uem)
    if as_json:
        typer.echo(json.dumps([report.to_json(each) for each in found], ensure_ascii=False, indent=2))
    elif as_markdown:
        typer.echo(report.markdown(found), nl=False)
    else:
        _show(found)


@app.command()
def asr(
    manifest: _Manifest,
    recognisers: _Recognisers,
    conditions: _Conditions = ALL,
    snr: _Snr = RATIOS,
    noise: _Noise = None,
    rooms: _Rooms = None,
    language: _Language = None,
    worst: _Worst = 3,
    output: _Csv = None,
    as_json: _Json = False,
    as_markdown: _Markdown = False,
    quiet: Quiet = False,
) -> None:
    """Measure recognisers on recordings whose words are known, in quiet and in noise: WER, CER, speed.

    Recordings are heard as they are (quiet), with noise under them (near), and across a room with noise (far): the same
    noise and room for every recogniser, each time.
    """
    under = chosen(conditions, snr)
    if output and output.suffix.lower() != ".csv":
        raise SettingsError(f"-o writes a table of all recordings, as .csv: {output} ends otherwise")
    from bigvoice.documents import write_document
    from bigvoice.evaluation import recognition_report as report
    from bigvoice.evaluation.recognising import evaluate_manifest
    from bigvoice.evaluation.surroundings import Surroundings

    with Screen(quiet=quiet) as screen:
        around = Surroundings.of(noise, rooms)
        found = evaluate_manifest(manifest, recognisers, under, around, language=language, hook=screen.hook)
    if as_json:
        typer.echo(json.dumps(report.to_json(found, worst), ensure_ascii=False, indent=2))
    elif as_markdown:
        typer.echo(report.markdown(found, worst), nl=False)
    elif not quiet:
        _show_recognition(found, worst)
    if output:  # last: a disk that is full does not cost what took an hour
        write_document(output, report.as_csv(found))


def _show(evaluations: list[Evaluation]) -> None:
    from bigvoice.evaluation import report

    for evaluation in evaluations:
        typer.echo(evaluation.hypothesis)
        _print(report.tables(evaluation))
        _tell(evaluation.notes)


def _show_recognition(found: Recognition, most: int) -> None:
    from bigvoice.evaluation import recognition_report as report

    _print(report.tables(found))
    for line in report.worst(found, most):
        typer.echo(line)
    _tell(report.notes(found))


def _print(tables: Iterable[Table]) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table as Drawn

    console = Console(highlight=False, width=None if sys.stdout.isatty() else _COLUMNS)
    for each in tables:
        table = Drawn(title=escape(each.title), title_justify="left")
        table.add_column(each.headings[0], overflow="fold")
        for heading in each.headings[1:]:
            table.add_column(heading, justify="right")
        for row in each.rows:
            table.add_row(*map(escape, row))
        if each.total:
            table.add_section()
            table.add_row(*map(escape, each.total))
        console.print(table)


def _tell(notes: Iterable[str]) -> None:
    """On stderr: notes do not stand among the figures."""
    for note in notes:
        typer.echo(f"Note: {note}", err=True)
