"""Serving: the review of a minutes file on this machine, until the person closes it.

serve("meeting.json", on_address=print)
"""

from __future__ import annotations

import errno
import gc
import secrets
import socket
import webbrowser
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread

import uvicorn

from bigvoice.errors import SettingsError
from bigvoice.review.app import app
from bigvoice.review.room import Room

HOST = "127.0.0.1"


def serve(
    path: str | Path,
    *,
    recording: str | Path | None = None,
    port: int = 0,
    who: str = "",
    browser: bool = True,
    on_address: Callable[[str], None] = lambda _: None,
) -> None:
    """Serve the review page of a minutes file; returns when it was closed, there or with Ctrl-C.

    recording: None is the one beside the minutes. port: 0 takes a free one. who: the person, for the history. browser:
    open it. on_address: told the page's address, which nobody else knows. Raises MinutesError and RecordingError for
    files that cannot be read, SettingsError for a port that is in use.
    """
    room = Room(Path(path), recording=Path(recording) if recording else None, who=who)
    token = secrets.token_urlsafe(24)
    with _listening(port) as listener:
        own = listener.getsockname()[1]
        server = _Server(room, token, own)
        address = f"http://{HOST}:{own}/{token}/"
        on_address(address)
        if browser:
            Thread(target=webbrowser.open, args=(address,), daemon=True).start()
        with suppress(KeyboardInterrupt), _undisturbed():
            server.run([listener])


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Objects that are there already are not looked at for garbage: those of a long meeting would take 50 ms a time."""
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


class _Server(uvicorn.Server):
    """uvicorn, without a word on the screen; streams are ended before it waits for open connections."""

    def __init__(self, room: Room, token: str, port: int) -> None:
        self._room = room
        hosts = (f"{HOST}:{port}", f"localhost:{port}")
        config = uvicorn.Config(
            app(room, token=token, hosts=hosts, close=self._end),
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            lifespan="on",
            timeout_graceful_shutdown=2,
        )
        super().__init__(config)

    def _end(self) -> None:
        self.should_exit = True

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._room.events.close()
        await super().shutdown(sockets)


def _listening(port: int) -> socket.socket:
    """A socket at which only this machine can knock. Raises SettingsError."""
    listener = socket.socket()
    try:
        listener.bind((HOST, port))
    except OSError as error:
        listener.close()
        advice = "leave --port out to take a free one, or choose another"
        if error.errno == errno.EADDRINUSE:
            raise SettingsError(f"port {port} is in use by another program: {advice}") from error
        raise SettingsError(f"port {port} cannot be taken ({error.strerror}): {advice}") from error
    listener.listen()
    return listener
