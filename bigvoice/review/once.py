"""Once: what a page asks for again, as it heard no answer, is not done again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Generic, TypeVar

T = TypeVar("T")
KEPT = 10
"""Answers: a page asks for one thing after the other, and again for the one that was not answered."""


class Once(Generic[T]):
    """Used in the event loop only."""

    def __init__(self) -> None:
        self._asked: dict[str, asyncio.Task[T]] = {}

    async def __call__(self, key: str, do: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """What `do` gives, or gave under the same key before; "" is no key. What failed may be tried again."""
        if not key:
            return await do()
        if key not in self._asked:
            self._asked[key] = asyncio.create_task(do())
            for old in [*self._asked][:-KEPT]:
                del self._asked[old]
        try:
            return await asyncio.shield(self._asked[key])
        except Exception:
            self._asked.pop(key, None)
            raise
