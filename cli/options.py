"""Options: command-line parameters made of the option dataclasses, so that a default and its help are written once."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from functools import wraps
from pathlib import Path
from typing import Annotated, Any

import typer

from bigvoice.options import Option, Options, options_of
from bigvoice.settings import all_options, read_settings

Recording = Annotated[
    Path,
    # not checked for being readable by typer (nor is any other file): `load` says it, as for all else a file can be
    typer.Argument(metavar="RECORDING", help="Sound or video file.", show_default=False, readable=False),
]
Output = Annotated[
    list[Path] | None,
    typer.Option(
        "--output",
        "-o",
        metavar="FILE",
        help="Where to; the suffix chooses the format. Again for more.",
        readable=False,
    ),
]
Force = Annotated[bool, typer.Option("--force", help="Overwrite files that you may have changed.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Show errors only.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")]

Command = Callable[..., None]


def takes_settings(*sections: str) -> Callable[[Command], Command]:
    """Give a command, in place of its parameter `settings`, one option for each field of these sections.

    The command is called with `settings`: the settings files that hold for its `recording`, and over them what was
    given on the command line. "" is the section of the top (`--book`, `--cache`).
    """
    chosen = [each for each in all_options() if each.section in sections]

    def decorate(command: Command) -> Command:
        @wraps(command)
        def run(**given: Any) -> None:
            values = {each.keyword: _value(each, given.pop(each.keyword)) for each in chosen}
            options = {keyword: value for keyword, value in values.items() if value is not None}
            command(settings=read_settings(given.get("recording"), **options), **given)

        return with_parameters(run, command, "settings", map(_parameter, chosen))

    return decorate


def takes(group: type[Options], parameter: str) -> Callable[[Command], Command]:
    """Give a command, in place of this parameter, one option for each field of an option dataclass.

    The command is called with the dataclass made of them. Raises SettingsError for a value that one cannot have.
    """
    chosen = options_of(group)

    def decorate(command: Command) -> Command:
        @wraps(command)
        def run(**given: Any) -> None:
            values = {each: _value(each, given.pop(each.keyword)) for each in chosen}
            read = {each.name: each.read(value, None) for each, value in values.items() if value is not None}
            command(**{parameter: group(**read)}, **given)

        return with_parameters(run, command, parameter, map(_parameter, chosen))

    return decorate


def with_parameters(run: Command, command: Command, instead: str, more: Iterable[inspect.Parameter]) -> Command:
    """`run`, for typer: with the parameters of `command`, and others instead of one of them."""
    signature = inspect.signature(command, eval_str=True)
    own = [parameter for parameter in signature.parameters.values() if parameter.name != instead]
    parameters = [*own, *more]
    run.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    del run.__wrapped__  # type: ignore[attr-defined]  # whose annotations would be taken instead
    return run


def _parameter(which: Option) -> inspect.Parameter:
    """None where it is not given: then the settings files say, or the default."""
    kind: Any = list[str] if which.about.separator else str if which.kind is Path else which.kind
    about = typer.Option(
        which.flag,
        help=_help(which),
        show_default=False,
        metavar=_METAVARS.get(which.kind),
        rich_help_panel=(which.section or "files").capitalize(),
    )
    annotation = Annotated[kind | None, about]
    return inspect.Parameter(which.keyword, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=annotation)


_METAVARS = {Path: "PATH", str: "TEXT", tuple[str, ...]: "TEXT", int: "N", float: "NUMBER"}


def _help(which: Option) -> str:
    """What it means, what it may be, and what it is unless given."""
    remarks = [" or ".join(which.about.choices) or which.about.range]
    if isinstance(which.default, str | int | float) and which.default != "" and which.kind is not bool:
        remarks.append(f"default {which.default}")
    told = "; ".join(remark for remark in remarks if remark)
    return f"{which.about.help} ({told})" if told else which.about.help


def _value(which: Option, given: Any) -> Any:
    """None where it is not given; what may be given again is one text, as if all of it had been given at once."""
    if isinstance(given, list):
        return which.about.separator.join(given) if given else None
    return given
