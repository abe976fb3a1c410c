"""bigvoice models: the recognisers on this machine, and more of them."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TimeRemainingColumn
from rich.table import Table

from bigvoice import progress
from bigvoice.transcription import deepspeech2_store, store

app = typer.Typer(name="models", help="Models that write down what is said.", no_args_is_help=True)

_Json = Annotated[bool, typer.Option("--json", help="As JSON, for scripts.")]


@app.command("list")
def show_list(as_json: _Json = False) -> None:
    """Show the models there are: which are on this machine, how large, which languages."""
    rows = [*store.overview(), *deepspeech2_store.overview()]
    if as_json:
        as_dicts = [asdict(row) | {"folder": str(row.folder) if row.folder else None} for row in rows]
        typer.echo(json.dumps(as_dicts, ensure_ascii=False, indent=2))
        return
    table = Table("Name", "Here", "Size", "Languages", "What to expect")
    for row in rows:
        here, grade = "yes" if row.folder else "no", row.expect.partition(":")[0]
        table.add_row(row.name, here, f"{row.megabytes:,} MB", row.languages, grade)
    Console().print(table)


@app.command()
def fetch(
    name: Annotated[str, typer.Argument(help="Which one: see `bigvoice models list`.")], as_json: _Json = False
) -> None:
    """Download a model, once; everything else bigvoice does needs no network."""
    columns = "[progress.description]{task.description}", BarColumn(), DownloadColumn(), TimeRemainingColumn()
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=as_json or not console.is_terminal) as bars:
        bar = bars.add_task(name, total=None)

        def hook(report: progress.Progress) -> None:
            bars.update(bar, completed=report.done, total=report.total)

        folder = store.fetch(name, hook)
    typer.echo(json.dumps({"name": name, "folder": str(folder)}, ensure_ascii=False) if as_json else str(folder))


@app.command()
def where(
    name: Annotated[str | None, typer.Argument(help="Of which model; else the folder of all.")] = None,
    as_json: _Json = False,
) -> None:
    """Print the folder that a model, or all of them, lives in."""
    folder = store.locate(name) if name else store.models_folder()
    typer.echo(json.dumps({"name": name, "folder": str(folder)}, ensure_ascii=False) if as_json else str(folder))


@app.command()
def convert(
    checkpoint: Annotated[str, typer.Argument(help="Of Whisper, as transformers keeps it: a folder, or an ID.")],
    out: Annotated[str, typer.Option("--out", metavar="NAME-or-FOLDER", help="A bare name is shown by `models list`.")],
    precision: Annotated[str, typer.Option(help="Of the weights: int8, float16, int8_float16 or float32.")] = "int8",
    force: Annotated[bool, typer.Option("--force", help="Replace the model that is there.")] = False,
    download: Annotated[bool, typer.Option("--download", help="Fetch CHECKPOINT if it is not here.")] = False,
    as_json: _Json = False,
) -> None:
    """Convert a checkpoint of Whisper, tuned or from elsewhere, into a model for --asr whisper:NAME-or-FOLDER."""
    from bigvoice.transcription.whisper_folder import located, place_of

    place, folder = place_of(out), located(checkpoint, download=download)
    from bigvoice.transcription.convert import convert as converted  # takes some seconds: what is wrong is told before

    converted(folder, place, precision, replace=force)
    typer.echo(json.dumps({"name": out, "folder": str(place)}, ensure_ascii=False) if as_json else str(place))
