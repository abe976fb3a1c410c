"""Serving: the review of a minutes file on this machine, until the person closes it.

serve("meeting.json", on_address=print)
"""

from __future__ import annotations

import errno
import gc
import os
import socket
import time
import webbrowser
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from threading import Thread

import uvicorn

from bigvoice.errors import SettingsError
from bigvoice.review import addresses
from bigvoice.review.addresses import HOST, Address
from bigvoice.review.app import app
from bigvoice.review.room import Room
from bigvoice.revision import user
from bigvoice.settings import Settings, read_settings


def serve(
    path: str | Path,
    *,
    recording: str | Path | None = None,
    port: int = 0,
    settings: Settings | None = None,
    who: str | None = None,
    browser: bool = True,
    on_address: Callable[[str], None] = lambda _: None,
) -> bool:
    """Serve the review page of a minutes file; returns when it was closed, there or with Ctrl-C.

    Where a review of these minutes runs already, and nothing else is asked for, its page is opened and False returned.
    recording: None is the one beside the minutes. port: 0 takes the one of the last review of these minutes, so that a
    page that was left open goes on, or a free one. settings: None reads the settings files that hold for the minutes.
    who: the person, for the history; None is the user's name. browser: open it. on_address: told the page's address,
    which nobody else knows. Raises MinutesError and RecordingError for files that cannot be read, SettingsError for a
    port that is in use.
    """
    path, given, last = Path(path), Path(recording) if recording else None, addresses.known(Path(path))
    ticket = last.ticket() if last else None
    if last and ticket and port in (0, last.port) and not (recording or settings or who):
        on_address(str(last))
        if browser:
            webbrowser.open(last.way_in(ticket))
        return False
    settings, who = settings or read_settings(path), user() if who is None else who
    listener, token = _place(port, last)
    with listener, closing(Room(path, recording=given, settings=settings, who=who, first=_first_revision())) as room:
        address = Address(listener.getsockname()[1], token)
        server = _Server(room, address)
        if not ticket:  # else the other review keeps its address
            addresses.keep(path, address)
        on_address(str(address))
        if browser:  # in a thread: a browser that runs in the terminal comes back when it is closed
            Thread(target=webbrowser.open, args=(address.way_in(server.ticket()),), daemon=True).start()
        with suppress(KeyboardInterrupt), _undisturbed():
            server.run([listener])
    return True


def _first_revision() -> int:
    """Above all that the last review of the minutes counted, as no change takes less than a millisecond."""
    return time.time_ns() // 1_000_000


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

    def __init__(self, room: Room, address: Address) -> None:
        self._room = room
        hosts = (f"{HOST}:{address.port}", f"localhost:{address.port}")
        gate = app(room, token=address.token, hosts=hosts, close=self._end)
        self.ticket = gate.ticket
        config = uvicorn.Config(
            gate,
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
        self._room.stop()
        await super().shutdown(sockets)


def _place(port: int, last: Address | None) -> tuple[socket.socket, str]:
    """Where to listen, and the token: the last ones, unless another port is asked for or somebody else has that one.

    Raises SettingsError.
    """
    if last and port in (0, last.port):
        with suppress(SettingsError):
            return _listening(last.port), last.token
    return _listening(port), addresses.new_token()


def _listening(port: int) -> socket.socket:
    """A socket at which only this machine can knock. Raises SettingsError."""
    # Named as TCP, or asyncio would leave Nagle's algorithm on: an answer's last piece would wait 40 ms.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    # A port whose server was killed would not be free for a minute; on other systems the option means other things.
    if os.name == "posix":
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
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
