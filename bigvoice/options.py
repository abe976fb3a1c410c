"""Option: one thing that can be chosen, as the dataclasses of `bigvoice.settings` declare it and all others read it.

A field made with `option(...)` is an option: its default, help and range stand there once. `options_of` lists those of
a dataclass for the TOML reader and the command line, which take a value in with `Option.read`.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, Field, dataclass, field, fields
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from bigvoice.errors import SettingsError


@dataclass(frozen=True, slots=True)
class About:
    """What an option means and may be.

    least, most: bounds of a number, both included. choices: the only values of a text. flag: how the command line
    writes it, where that is not the field's name. separator: what stands between the items of a list written as one
    text. is_path: a text that may be a path; in a TOML file it is looked for from that file's folder.
    """

    help: str
    least: float | None = None
    most: float | None = None
    choices: tuple[str, ...] = ()
    flag: str = ""
    separator: str = ""
    is_path: bool = False

    def check(self, label: str, value: object) -> None:
        """Raise SettingsError, naming the option by `label`, for a value outside range or choices."""
        if value is None:
            return
        if self.choices and value not in self.choices:
            raise SettingsError(f"{label} must be {' or '.join(self.choices)}, not {value!r}")
        if isinstance(value, int | float) and not self._within(value):
            raise SettingsError(f"{label} must be {self.range}, not {value}")

    def _within(self, value: float) -> bool:
        # written so that NaN is outside
        return (self.least is None or value >= self.least) and (self.most is None or value <= self.most)

    @property
    def range(self) -> str:
        """In words: "between 1 and 50", "at least 1"; empty where there is none."""
        if self.least is not None and self.most is not None:
            return f"between {self.least:g} and {self.most:g}"
        if self.least is not None:
            return f"at least {self.least:g}"
        return f"at most {self.most:g}" if self.most is not None else ""


def option(default: Any, help: str, **about: Any) -> Any:
    """A dataclass field that is an option; `about` as in `About`. A callable default is called for each new value."""
    metadata = {"about": About(help, **about)}
    if callable(default):
        return field(default_factory=default, metadata=metadata)
    return field(default=default, metadata=metadata)


class Options:
    """Base of the option dataclasses: checks every field against what is said about it."""

    def __post_init__(self) -> None:
        for chosen in options_of(type(self)):
            chosen.about.check(chosen.name, getattr(self, chosen.name))


@dataclass(frozen=True, slots=True)
class Option:
    """One option as the command line and the TOML reader see it. kind: its type, without the None it may also be."""

    section: str
    name: str
    kind: Any
    optional: bool
    default: Any
    about: About

    @property
    def flag(self) -> str:
        """How it is written on the command line."""
        return self.about.flag or "--" + self.name.replace("_", "-")

    @property
    def keyword(self) -> str:
        """How it is written in Python: `language` of a document is `document_language`, as on the command line."""
        return self.name if "/" in self.flag else self.flag.removeprefix("--").replace("-", "_")

    def label(self, source: Path | None) -> str:
        """How a message names it."""
        if source is None:
            return self.flag.partition("/")[0]
        return f"{source}: {self.section}.{self.name}" if self.section else f"{source}: {self.name}"

    def read(self, value: object, source: Path | None) -> Any:
        """The value as its type, checked. Raises SettingsError."""
        if self.optional and (value is None or value == "none"):
            return None
        found = _READERS[self.kind](self, value, source.parent if source else Path())
        if found is None:
            raise SettingsError(f"{self.label(source)} must be {_IN_WORDS[self.kind]}, not {value!r}")
        self.about.check(self.label(source), found)
        return found


def _read_text(which: Option, value: object, folder: Path) -> str | None:
    if isinstance(value, datetime | date | time):  # TOML has dates of its own
        return value.isoformat()
    if not isinstance(value, str):
        return None
    beside = folder / value
    return str(beside) if which.about.is_path and beside.is_file() else value


def _read_list(which: Option, value: object, _: Path) -> tuple[str, ...] | None:
    # a text is split; the items of a list are whole, so that there a name may hold the separator
    items = value.split(which.about.separator) if isinstance(value, str) else value
    if not isinstance(items, Sequence) or not all(isinstance(item, str) for item in items):
        return None
    return tuple(item.strip() for item in items if item.strip())


def _read_path(_: Option, value: object, folder: Path) -> Path | None:
    return folder / Path(value).expanduser() if isinstance(value, str | Path) and str(value) else None


def _read_number(which: Option, value: object, _: Path) -> float | None:
    allowed = int | float if which.kind is float else int
    return which.kind(value) if isinstance(value, allowed) and not isinstance(value, bool) else None


def _read_switch(_: Option, value: object, __: Path) -> bool | None:
    return value if isinstance(value, bool) else None


_READERS: Mapping[Any, Any] = {
    str: _read_text,
    tuple[str, ...]: _read_list,
    Path: _read_path,
    int: _read_number,
    float: _read_number,
    bool: _read_switch,
}
_IN_WORDS: Mapping[Any, str] = {
    str: "a text",
    tuple[str, ...]: "a list of texts",
    Path: "a path",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
}


def options_of(group: type[Options], section: str = "") -> tuple[Option, ...]:
    """The options of a dataclass, in its order."""
    hints = typing.get_type_hints(group)
    return tuple(_describe(f, hints[f.name], section) for f in fields(group) if "about" in f.metadata)  # type: ignore[arg-type]


def _describe(f: Field[Any], hint: Any, section: str) -> Option:
    optional = isinstance(hint, types.UnionType) and types.NoneType in typing.get_args(hint)
    kind = typing.get_args(hint)[0] if optional else hint
    default = f.default if f.default_factory is MISSING else f.default_factory()
    return Option(section, f.name, kind, optional, default, f.metadata["about"])
