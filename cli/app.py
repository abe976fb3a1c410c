"""App: all commands under one name, and the one place where errors become a line on the screen and an exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from bigvoice.cli import (
    corpus,
    correct,
    doctor,
    evaluate,
    export,
    minutes,
    models,
    render,
    review,
    talk_ratio,
    train,
    voices,
)
from bigvoice.errors import BigvoiceError, SettingsError
from bigvoice.version import version

DONE, FAILED, MISUSED, INTERRUPTED = 0, 1, 2, 130
"""Exit codes; 130 is the shell's own for a program ended by Ctrl-C (128 + SIGINT)."""

app = typer.Typer(
    name="bigvoice",
    help="From a meeting recording to minutes that say who said what.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command()(minutes.minutes)
app.command()(minutes.diarize)
app.command()(minutes.transcribe)
app.command()(render.render)
app.command()(correct.correct)
app.command()(review.review)
app.command()(export.export)
app.command(cls=talk_ratio.TalkRatioCommand)(talk_ratio.talk_ratio)
app.add_typer(voices.app)
app.add_typer(models.app)
app.add_typer(corpus.app)
app.add_typer(train.app)
app.add_typer(evaluate.app)
app.command()(doctor.doctor)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"bigvoice {version()}")
        raise typer.Exit


_Version = Annotated[bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version.")]


@app.callback()
def _root(_: _Version = False) -> None:
    """From a meeting recording to minutes that say who said what."""


def run(arguments: Sequence[str] | None = None) -> int:
    """Run a command line (None: the program's own) and give its exit code; what goes wrong on purpose is one line."""
    try:
        code = app(arguments, prog_name="bigvoice", standalone_mode=False)
    except BigvoiceError as error:
        _say(str(error))
        return MISUSED if isinstance(error, SettingsError) else FAILED
    except BrokenPipeError:  # whoever read the results, such as `head`, has enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or Python complains when it flushes at its end
        return FAILED
    except OSError as error:  # a file that nobody thought of
        _say(f"{error.filename or 'a file'} cannot be used: {error.strerror}; check that it may be read and written")
        return FAILED
    except (KeyboardInterrupt, typer.Abort):
        code = INTERRUPTED
    except typer.TyperException as error:  # wrong usage: an unknown option, a missing argument
        if said := error.format_message():  # nothing where help was shown instead
            _say(f"{said} (see {_command_of(error)} --help)")
        return error.exit_code
    if code == INTERRUPTED:
        _say("stopped: what was finished is kept, the same command goes on from there")
    return code if isinstance(code, int) else DONE


def _say(line: str) -> None:
    """On stderr, on one line whatever it holds."""
    print("bigvoice:", *line.split("\n"), file=sys.stderr)


def _command_of(error: typer.TyperException) -> str:
    context = getattr(error, "ctx", None)
    return context.command_path if context else "bigvoice"


def main() -> None:
    """The program `bigvoice`."""
    sys.exit(run())
