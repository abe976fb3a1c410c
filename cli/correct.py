"""bigvoice correct: minutes mended by a script, or by a document that was edited."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bigvoice.cli.options import Command, takes_settings, with_parameters
from bigvoice.minutes.phrases import VERBS
from bigvoice.settings import Settings

if TYPE_CHECKING:
    from bigvoice.revision import Revision

Minutes = Annotated[
    Path, typer.Argument(metavar="MINUTES", help="Minutes file (.json).", show_default=False, readable=False)
]
_Source = Annotated[
    Path | None,
    typer.Option(
        "--from",
        metavar="FILE",
        help="Take over what was changed in a document of it: .docx, .xlsx, .csv.",
        readable=False,
    ),
]
_Deletions = Annotated[bool, typer.Option("--deletions", help="With --from: what was deleted there goes, too.")]
_Overrule = Annotated[
    bool, typer.Option("--overrule", help="With --from: it holds where the minutes were changed as well.")
]
_Follow = Annotated[bool, typer.Option("--follow/--no-follow", help="Make the documents beside the minutes anew.")]
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
@takes_settings("document")
def correct(
    recording: Minutes,
    phrases: Sequence[tuple[str, str]],
    settings: Settings,
    source: _Source = None,
    deletions: _Deletions = False,
    overrule: _Overrule = False,
    undo: _Undo = False,
    redo: _Redo = False,
    who: _Who = None,
    log: _Log = False,
    follow: _Follow = True,
) -> None:
    """Correct minutes: say who somebody is, mend words, split and join turns, note decisions.

    TIME is that before a paragraph in a document ("12:31") and means all of it; where two speak at once, with the
    speaker after it ("12:31 Mina Park"). The machine's result stays in the file, so everything can be undone.
    """
    from bigvoice.revision import Source, revise

    move = "undo" if undo else "redo" if redo else None
    edited = Source(source, deletions, overrule) if source else None
    revision = revise(
        recording, phrases, source=edited, move=move, who=who, options=settings.document, following=follow
    )
    _show(revision)
    if log:
        _show_log(revision)


def _show(revision: Revision) -> None:
    from bigvoice.minutes.wording_of_corrections import told, told_in_turn

    if revision.overtaken:
        typer.echo("Another program changed the minutes meanwhile: its corrections are kept, these stand on top.")
    for line in told_in_turn(revision.made, revision.before):
        typer.echo(line)
    for line in revision.told:
        typer.echo(f"Not taken over: {line}")
    for unfit in revision.reviewed.unfit:
        typer.echo(f"A correction no longer fits: {told(unfit.correction, revision.before)} ({unfit.why})")
    for document in revision.documents:
        typer.echo(f"{document.path.name} {document.why}" if document.why else f"-> {document.path}")


def _show_log(revision: Revision) -> None:
    from bigvoice.minutes.history import Move
    from bigvoice.minutes.log import Log

    for told in Log().follow(revision.reviewed).entries:
        entry, said = told.entry, "; ".join(told.lines("en"))
        when = entry.when.astimezone().strftime("%Y-%m-%d %H:%M")
        what = f"{entry.move}: {said}" if isinstance(entry, Move) else said
        typer.echo(f"{when}  {entry.who or '?'} ({entry.by or '?'}): {what}")
