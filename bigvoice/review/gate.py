"""Gate: what every request has to pass before the review answers, and what every answer carries.

The server listens on this machine only, but so do other users' programs, and any page that is open in the browser can
send requests to 127.0.0.1. So: a token in the path that nobody can guess; the Host header must be our own, or a foreign
name that points here (DNS rebinding) would be let in; a foreign Origin is refused; and what changes anything needs a
header that no form of another site can send.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MARK = "x-bigvoice"
MOST = 4 * 1024 * 1024
"""Bytes of a request: a thousand corrections have 200 kB."""

_POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "media-src 'self' blob:",
        "connect-src 'self'",
        "img-src 'self' data:",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    ]
)
HEADERS: Final = {
    "content-security-policy": _POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
}


class Gate:
    """An ASGI app around another. What it lets in has the root path "/TOKEN"."""

    def __init__(self, app: ASGIApp, *, token: str, hosts: Iterable[str], ticket: str = "") -> None:
        """hosts: "127.0.0.1:PORT" and its like, one of which every request must name.

        ticket: a path that leads to the page once: other users of the machine see with what a browser is started.
        """
        self._app, self._token, self._hosts, self._ticket = app, token, frozenset(hosts), ticket

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As ASGI has it."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            refused = self._refused(scope)
            inside = {**scope, "root_path": f"/{self._token}"}
            await (refused or self._app)(scope if refused else inside, receive, _with_headers(send))

    def _refused(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        origin = headers.get("origin")
        if headers.get("host") not in self._hosts:
            return PlainTextResponse("not the address of this page", 403)
        if origin is not None and origin not in {f"http://{host}" for host in self._hosts}:
            return PlainTextResponse("asked for by another page", 403)
        token, slash, _ = scope["path"].removeprefix("/").partition("/")
        if self._ticket and not slash and _same(token, self._ticket):
            self._ticket = ""
            return RedirectResponse(f"/{self._token}/", 303)
        if not (_same(token, self._token) and slash):
            return PlainTextResponse("not found", 404)
        if scope["method"] == "POST" and headers.get(MARK) != "1":
            return PlainTextResponse(f"{MARK}: 1 is missing", 403)
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > MOST:
            return PlainTextResponse(f"more than {MOST} bytes", 413)
        return None


def _same(said: str, secret: str) -> bool:
    """Takes as long whatever is said."""
    return secrets.compare_digest(said.encode("utf-8", "surrogatepass"), secret.encode())


def _with_headers(send: Send) -> Send:
    async def answer(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers[name] = value
        await send(message)

    return answer
