"""JsonView: a value of a JSON file that knows its place in it, so that an error can name the place."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

T = TypeVar("T")
MOST = 1e12
"""The largest number: 30,000 years in seconds. One written by hand with a slip need not be computed with."""
_KINDS = {
    str: "text",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    list: "a list",
    dict: "an object",
}


@dataclass(frozen=True, slots=True)
class JsonView:
    """`place` is the way to it: "speakers[2].name"; "" for the whole file. All errors are ValueErrors that name it.

    >>> JsonView({"speakers": [{"name": 3}]})["speakers"].items(1)[0]["name"].as_(str)
    Traceback (most recent call last):
    ValueError: speakers[0].name is a whole number, where text belongs
    """

    value: Any
    place: str = ""

    def __getitem__(self, key: str) -> JsonView:
        """The value of a key."""
        place = f"{self.place}.{key}" if self.place else key
        if key not in self.as_(dict):
            raise ValueError(f"{place} is missing")
        return JsonView(self.value[key], place)

    def has(self, key: str) -> bool:
        """It is an object with that key."""
        return key in self.as_(dict)

    def as_(self, kind: type[T]) -> T:
        """The value itself; a whole number will do for a number, true and false are neither."""
        value = _as_float(self.value) if kind is float and type(self.value) is int else self.value
        if type(value) is not kind:
            raise ValueError(f"{self.place or 'the file'} is {_name_of(self.value)}, where {_KINDS[kind]} belongs")
        if isinstance(value, float) and not -MOST <= value <= MOST:  # nor is it NaN
            raise ValueError(f"{self.place} is {value}, where a number belongs")
        return value

    def maybe(self, kind: type[T]) -> T | None:
        """The value itself, or None for null."""
        return None if self.value is None else self.as_(kind)

    def each(self) -> list[JsonView]:
        """The values of a list."""
        return [JsonView(value, f"{self.place}[{i}]") for i, value in enumerate(self.as_(list))]

    def items(self, count: int) -> list[JsonView]:
        """The values of a list that has `count` of them."""
        if len(found := self.each()) != count:
            raise ValueError(f"{self.place} has {len(found)} values, where {count} belong")
        return found

    def build(self, make: Callable[[JsonView], T]) -> T:
        """What `make` makes of this; an error of the value made (a probability of 3) names this place."""
        try:
            return make(self)
        except ValueError as error:
            named = str(error).startswith(self.place)
            raise ValueError(str(error) if named else f"{self.place}: {error}") from error


def _name_of(value: object) -> str:
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return _KINDS[type(value)]


def _as_float(number: int) -> float:
    try:
        return float(number)
    except OverflowError:
        return math.inf
