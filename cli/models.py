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
