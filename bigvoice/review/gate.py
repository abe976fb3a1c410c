"""Gate: what every request has to pass before the review answers, and what every answer carries.

The server listens on this machine only, but so do other users' programs, and any page that is open in the browser can
send requests to 127.0.0.1. So: a token in the path that nobody can guess; the Host header must be our own, or a foreign
name that points here (DNS rebinding) would be let in; a foreign Origin is refused; and what changes anything needs a
header that no form of another site can send.

A review that is started again has the token that it had, so that a page left open goes on. While it is away anybody may
listen at its port and wait for the token: so whoever comes back to it (the page, or a second `bigvoice review`) first
asks /proof/NONCE, which tells that the token is known here, but not what it is. (What cannot be held back: a reload by
hand, and what a player asks for while the program ends.) The token is in no command line: a browser is started with a
ticket, which leads to the page once.
"""

from __future__ import annotations

import hmac
import re
import secrets
from collections.abc import Iterable
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MARK = "x-bigvoice"
MOST = 4 * 1024 * 1024
"""Bytes of a request: a thousand corrections have 200 kB."""

_NONCE = re.compile(r"[\w-]{20,64}", re.ASCII)

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


def proof(token: str, nonce: str) -> str:
    """That somebody knows the token: the HMAC-SHA256 of the nonce under it, in hexadecimal digits."""
    return hmac.digest(token.encode(), nonce.encode(), "sha256").hex()


class Gate:
    """An ASGI app around another. What it lets in has the root path "/TOKEN"."""

    def __init__(self, app: ASGIApp, *, token: str, hosts: Iterable[str]) -> None:
        """hosts: "127.0.0.1:PORT" and its like, one of which every request must name."""
        self._app, self._token, self._hosts = app, token, frozenset(hosts)
        self._tickets: set[str] = set()

    def ticket(self) -> str:
        """A path that leads to the page once: other users of the machine see with what a browser is started."""
        self._tickets.add(ticket := secrets.token_urlsafe(24))
        return ticket

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As ASGI has it."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            answer = self._refused(scope) or self._own(scope)
            inside = {**scope, "root_path": f"/{self._token}"}
            await (answer or self._app)(scope if answer else inside, receive, _with_headers(send))

    def _own(self, scope: Scope) -> Response | None:
        """What the gate answers to somebody who may come in."""
        if (scope["method"], scope["path"]) == ("POST", f"/{self._token}/ticket"):
            return PlainTextResponse(self.ticket())
        return None

    def _refused(self, scope: Scope) -> Response | None:
        """What somebody is told who may not, or not yet."""
        headers = Headers(scope=scope)
        origin = headers.get("origin")
        if headers.get("host") not in self._hosts:
            return PlainTextResponse("not the address of this page", 403)
        if origin is not None and origin not in {f"http://{host}" for host in self._hosts}:
            return PlainTextResponse("asked for by another page", 403)
        token, slash, rest = scope["path"].removeprefix("/").partition("/")
        if token in self._tickets and not slash:
            self._tickets.remove(token)
            return RedirectResponse(f"/{self._token}/", 303)
        if token == "proof" and _NONCE.fullmatch(rest):
            return PlainTextResponse(proof(self._token, rest))
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
