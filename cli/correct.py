"""bigvoice correct: minutes mended by a script, or by a document that was edited."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bigvoice.cli.options import Command, with_parameters
from bigvoice.minutes.phrases import VERBS

if TYPE_CHECKING:
    from bigvoice.revision import Revision

Minutes = Annotated[
    Path, typer.Argument(metavar="MINUTES", help="Minutes file (.json).", show_default=False, readable=False)
]
_Undo = Annotated[bool, typer.Option("--undo", help="Take the last step back.")]
_Redo = Annotated[bool, typer.Option("--redo", help="Do again what was undone last.")]
_Who = Annotated[str | None, typer.Option("--who", metavar="NAME", help="Who corrects, for the log; else the user.")]
_Log = Annotated[bool, typer.Option("--log", help="Show what was corrected, when and by whom.")]


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
    phrases: Sequence[tuple[str, str]],
    undo: _Undo = False,
    redo: _Redo = False,
    who: _Who = None,
    log: _Log = False,
) -> None:
    """Correct minutes: say who somebody is, mend words, split and join turns, note decisions.

    TIME is that before a paragraph in a document ("12:31") and means all of it; where two speak at once, with the
    speaker after it ("12:31 Mina Park"). The machine's result stays in the file, so everything can be undone.
    """
    from bigvoice.revision import revise

    move = "undo" if undo else "redo" if redo else None
    revision = revise(recording, phrases, move=move, who=who)
    _show(revision)
    if log:
        _show_log(revision)


def _show(revision: Revision) -> None:
    from bigvoice.minutes.wording_of_corrections import told

    if revision.overtaken:
        typer.echo("Another program changed the minutes meanwhile: its corrections are kept, these stand on top.")
    for correction in revision.made:
        typer.echo(told(correction, revision.before))
    for unfit in revision.reviewed.unfit:
        typer.echo(f"A correction no longer fits: {told(unfit.correction, revision.before)} ({unfit.why})")


def _show_log(revision: Revision) -> None:
    from bigvoice.minutes.history import Step
    from bigvoice.minutes.wording_of_corrections import told

    machine = revision.reviewed.machine
    for entry in revision.reviewed.history.entries:
        lines = [told(each, machine) for each in entry.corrections] if isinstance(entry, Step) else [entry.move]
        when = entry.when.astimezone().strftime("%Y-%m-%d %H:%M")
        typer.echo(f"{when}  {entry.who or '?'} ({entry.by or '?'}): {'; '.join(lines)}")
