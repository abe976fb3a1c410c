"""Corrections as JSON: in the minutes file, and between the review page and its server.

An object a correction: "do" says which one it is, the other keys are its fields; a turn is [start, end, speaker].

    {"do": "rename", "speaker": "s2", "name": "Mina Park"}
    {"do": "write", "turn": [12.31, 15.8, "s2"], "was": "helo everyone", "text": "Hello, everyone."}
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields
from types import MappingProxyType
from typing import Any

from bigvoice.minutes import corrections
from bigvoice.minutes.corrections import Correction, Place
from bigvoice.minutes.json_view import JsonView
from bigvoice.minutes.minutes import Note
from bigvoice.minutes.minutes_json import note, note_to_json
from bigvoice.span import Span

_VERBS: Mapping[str, type[Correction]] = MappingProxyType(
    {
        "rename": corrections.Rename,
        "reject": corrections.Reject,
        "merge": corrections.Merge,
        "assign": corrections.Assign,
        "split": corrections.Split,
        "join": corrections.Join,
        "write": corrections.Write,
        "check": corrections.Check,
        "delete": corrections.Delete,
        "insert": corrections.Insert,
        "note": corrections.PutNote,
        "drop note": corrections.DropNote,
        "describe": corrections.Describe,
    }
)
_VERB_OF = {kind: verb for verb, kind in _VERBS.items()}


def to_json(correction: Correction) -> dict[str, Any]:
    """A correction as values that `json` writes; what stands in no minutes (None) is left out."""
    values = {field.name: getattr(correction, field.name) for field in fields(correction)}
    return {"do": verb_of(correction)} | {key: _plain(v) for key, v in values.items() if v is not None}


def from_json(view: JsonView) -> Correction:
    """The correction that `to_json` was given. Raises ValueError, naming the place, for what it cannot have written."""
    verb = view["do"].as_(str)
    if verb not in _VERBS:
        raise ValueError(f"{view.place}.do is {verb!r}: there are {', '.join(_VERBS)}")
    kind = _VERBS[verb]
    known = {field.name: field for field in fields(kind)}
    if unknown := [key for key in view.as_(dict) if key not in known and key != "do"]:
        raise ValueError(f"{view.place}.{unknown[0]} is unknown: {verb} has {', '.join(known)}")
    given = {name: _READ[str(field.type)](view[name]) for name, field in known.items() if _needed(field, view)}
    return view.build(lambda _: kind(**given))


def verb_of(correction: Correction) -> str:
    """What a correction does, in a word: its "do"."""
    return _VERB_OF[type(correction)]


def place(view: JsonView) -> Place:
    """A turn as [start, end, speaker]."""
    start, end, speaker = view.items(3)
    return view.build(lambda _: Place(Span(start.as_(float), end.as_(float)), speaker.as_(str)))


def place_to_json(turn: Place) -> list[Any]:
    """A turn as [start, end, speaker]."""
    return [turn.span.start, turn.span.end, turn.speaker]


def _needed(field: Field[Any], view: JsonView) -> bool:
    """What has a default may be left out."""
    return field.default is MISSING or view.has(field.name)


_READ: Mapping[str, Callable[[JsonView], Any]] = MappingProxyType(
    {
        "str": lambda view: view.as_(str),
        "str | None": lambda view: view.maybe(str),
        "float": lambda view: view.as_(float),
        "int | None": lambda view: view.maybe(int),
        "bool": lambda view: view.as_(bool),
        "Place": place,
        "Note": lambda view: view.build(note),
    }
)
"""By the annotation of a field."""


def _plain(value: Any) -> Any:
    if isinstance(value, Place):
        return place_to_json(value)
    return note_to_json(value) if isinstance(value, Note) else value
