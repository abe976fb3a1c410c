"""Events: what the open tabs are told as it happens (server-sent events)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping

PULSE = 15.0
"""Seconds between two signs of life: writing one is how a tab that was closed is noticed."""


class Events:
    """Told from any thread, heard in the event loop of `open`."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._listeners: set[asyncio.Queue[str | None]] = set()

    def open(self) -> None:
        """Begin: what was told before is lost, as nobody listened."""
        self._loop = asyncio.get_running_loop()

    def close(self) -> None:
        """End every stream; called in the event loop."""
        self._loop = None
        self._tell_all(None)

    def tell(self, name: str, values: Mapping[str, object]) -> None:
        """Tell every tab."""
        loop = self._loop
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(self._tell_all, f"event: {name}\ndata: {json.dumps(values)}\n\n")

    async def stream(self) -> AsyncIterator[str]:
        """What one tab is sent, until it goes or all ends."""
        mine: asyncio.Queue[str | None] = asyncio.Queue()
        self._listeners.add(mine)
        try:
            yield ": open\n\n"
            while self._loop is not None:
                try:
                    told = await asyncio.wait_for(mine.get(), PULSE)
                except TimeoutError:
                    told = ": still here\n\n"
                if told is None:
                    return
                yield told
        finally:
            self._listeners.discard(mine)

    def _tell_all(self, told: str | None) -> None:
        for listener in self._listeners:
            listener.put_nowait(told)
