"""bigvoice correct: minutes mended by a script, or by a document that was edited."""

from __future__ import annotations

import inspect
from functools import wraps
from pathlib import Path
from typing import Annotated, Any

import typer

from bigvoice.cli.options import Command, with_parameters
from bigvoice.minutes.phrases import VERBS

Minutes = Annotated[
    Path, typer.Argument(metavar="MINUTES", help="Minutes file (.json).", show_default=False, readable=False)
]
_Undo = Annotated[bool, typer.Option("--undo", help="Take the last step back.")]
_Redo = Annotated[bool, typer.Option("--redo", help="Do again what was undone last.")]
_Who = Annotated[str | None, typer.Option("--who", metavar="NAME", help="Who corrects, for the log; else the user.")]


def _takes_phrases(command: Command) -> Command:
    """Give a command, in place of its parameter `phrases`, one option for each verb, which may be given again."""

    @wraps(command)
    def run(**given: Any) -> None:
        said = {verb: given.pop(f"{verb}_") or [] for verb in VERBS}
        command(phrases=[(verb, each) for verb, every in said.items() for each in every], **given)

    return with_parameters(run, command, "phrases", map(_option, VERBS))


def _option(verb: str) -> inspect.Parameter:
    about = typer.Option(
        f"--{verb}", metavar=VERBS[verb].form, help=VERBS[verb].help, show_default=False, rich_help_panel="Corrections"
    )
    keyword = inspect.Parameter.KEYWORD_ONLY
    return inspect.Parameter(f"{verb}_", keyword, default=None, annotation=Annotated[list[str] | None, about])


@_takes_phrases
def correct(
    recording: Minutes,
    phrases: Any,
    undo: _Undo = False,
    redo: _Redo = False,
    who: _Who = None,
) -> None:
    """Correct minutes: say who somebody is, mend words, split and join turns, note decisions.

    A turn is named by the time at which it begins, as documents show it ("12:31", where two speak at once "12:31 Mina
    Park"). The machine's result stays in the file, so that everything can be undone.
    """
    from bigvoice.minutes.wording_of_corrections import told
    from bigvoice.revision import revise

    move = "undo" if undo else "redo" if redo else None
    revision = revise(recording, phrases, move=move, who=who)
    for correction in revision.made:
        typer.echo(told(correction, revision.before))
