"""bigvoice doctor: what is installed, what is missing, and the command that mends it."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

_COLOURS = {"ok": "green", "optional": "yellow", "missing": "red", "broken": "red"}


def doctor(
    book: Annotated[
        Path | None, typer.Option("--book", help="The voice book; else the one of the settings.", readable=False)
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON, for scripts.")] = False,
) -> None:
    """Say what is installed, what is missing, and the command that mends it. Exit 1 if something needed is missing."""
    from rich.console import Console
    from rich.text import Text

    from bigvoice.doctor import examine, healthy

    findings = examine(book)
    if as_json:
        typer.echo(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False, indent=2))
    else:
        console = Console(soft_wrap=True)  # whole lines, so that a command can be copied
        for finding in findings:
            line = Text.assemble((f"{finding.state:10}", _COLOURS[finding.state]), f"{finding.name:20}", finding.detail)
            console.print(line + Text(f"\n{'':30}mend: {finding.mend}") if finding.mend else line)
    raise typer.Exit(0 if healthy(findings) else 1)
