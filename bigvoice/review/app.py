"""App: the addresses of the review. Everything lies below /TOKEN/; the gate stands before it.

    GET  ""                 the page                     GET page/NAME         its modules and styles
    GET  state              State (see `state_json`)     GET events            server-sent events
    GET  sound              a WAV file, in ranges        GET peaks?from=N      the waveform from its N-th byte on
    POST steps              {"revision": 12, "corrections": [...]}  -> Change
    POST undo, redo         {"revision": 12}                        -> Change
    POST reject             {"revision", "speaker", "name"}         -> Change
    POST remember           {"speaker", "confirm": false}           -> {"name", "spans", "seconds", "why_not"}
                            {"speaker", "confirm": true, "consent": "2026-11-21" or null}
                                                                    -> {"clip", "seconds", "warnings": [..]}
    POST forget             {"clip"}                                -> {"name"}
    POST documents          {}                  -> {"written": ["meeting.docx"], "left": [{"file", "why"}]}
    POST close              {"documents": true} -> {"closed": true}, and with documents what `POST documents` gives
    POST ticket             {}                  -> a path that leads to the page once, as text: see `gate`

What has an Idempotency-Key is done once, however often it is asked for: a page that heard no answer asks again.
Sentences are in the language of the meeting, or in that of `?language=en` (or ko). What does not fit, or cannot be
done, is answered with 409 and {"error": "a sentence", "state": State}; what is no sense with 422 and {"error": ...}.
Events: "revision" {"revision": 13} when anything changed, "sound" {"decoded": seconds, "state": "decoding"}.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from datetime import date
from pathlib import Path
from typing import Final, TypeVar

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from bigvoice.errors import BigvoiceError
from bigvoice.minutes import corrections_json
from bigvoice.minutes.corrections import Correction
from bigvoice.minutes.json_view import JsonView
from bigvoice.review.gate import MOST, Gate
from bigvoice.review.once import Once
from bigvoice.review.ranges import UnsatisfiableError, wanted
from bigvoice.review.room import Room

T = TypeVar("T")

PAGE: Final = Path(__file__).parent / "page"
_TYPES: Final = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".json": "application/json",
}
"""Own ones: what the system says of a suffix differs from machine to machine."""
_LOOK_EVERY = 1.0
"""Seconds between two looks whether another program saved the file."""
_ASK_AGAIN = 0.05
"""Seconds between two looks whether more is decoded."""
_MOST_AHEAD = 2 * 1024 * 1024
"""Bytes of sound for a player that says only where it begins: 65 s."""
_PIECE = 256 * 1024
"""Bytes of sound that are sent at once: 8 s."""


def app(room: Room, *, token: str, hosts: Iterable[str], close: Callable[[], None] = lambda: None) -> Gate:
    """The review as an ASGI app. token, hosts: as `Gate` takes them. close: ends the server."""
    routes = _Routes(room, close)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        room.start()
        looking = asyncio.create_task(routes.keep_looking())
        yield
        looking.cancel()
        with suppress(asyncio.CancelledError):
            await looking
        room.stop()
        await run_in_threadpool(room.close)

    inside = Starlette(routes=routes.all(), lifespan=lifespan, exception_handlers={_NonsenseError: _nonsense})
    return Gate(inside, token=token, hosts=hosts)


class _Routes:
    """A method an address."""

    def __init__(self, room: Room, close: Callable[[], None]) -> None:
        self._room, self._close = room, close
        self._once: Once[Response] = Once()

    def all(self) -> list[Route]:
        """What is served where."""
        gets = {"": self.index, "page/{name}": self.page, "state": self.state, "events": self.events}
        gets |= {"sound": self.sound, "peaks": self.peaks}
        posts = {"steps": self.steps, "undo": self.undo, "redo": self.redo, "close": self.close}
        posts |= {"reject": self.reject, "remember": self.remember, "forget": self.forget, "documents": self.documents}
        return [
            *(Route(f"/{path}", endpoint) for path, endpoint in gets.items()),
            *(Route(f"/{path}", endpoint, methods=["POST"]) for path, endpoint in posts.items()),
        ]

    async def keep_looking(self) -> None:
        """Whether another program saved the file."""
        while True:
            await asyncio.sleep(_LOOK_EVERY)
            await run_in_threadpool(self._room.look)

    async def index(self, _: Request) -> Response:
        return _static("index.html")

    async def page(self, request: Request) -> Response:
        return _static(request.path_params["name"])

    async def state(self, request: Request) -> Response:
        return _json(await run_in_threadpool(self._room.state, _language(request)))

    async def steps(self, request: Request) -> Response:
        revision, corrections = await _read(request, _steps)
        return await self._changed(request, lambda language: self._room.correct(corrections, revision, language))

    async def undo(self, request: Request) -> Response:
        revision = await _read(request, _revision)
        return await self._changed(request, lambda language: self._room.undo(revision, language))

    async def redo(self, request: Request) -> Response:
        revision = await _read(request, _revision)
        return await self._changed(request, lambda language: self._room.redo(revision, language))

    async def reject(self, request: Request) -> Response:
        revision, speaker, name = await _read(request, _rejected)
        return await self._changed(request, lambda language: self._room.reject(speaker, name, revision, language))

    async def remember(self, request: Request) -> Response:
        speaker, confirmed, consent = await _read(request, _remembered)
        if confirmed:
            return await self._changed(request, lambda language: self._room.remember(speaker, consent, language))
        return await self._changed(request, lambda language: self._room.propose(speaker, language))

    async def forget(self, request: Request) -> Response:
        clip = await _read(request, lambda body: body["clip"].as_(str))
        return await self._changed(request, lambda _: self._room.forget(clip))

    async def documents(self, request: Request) -> Response:
        return await self._changed(request, self._room.documents)

    async def close(self, request: Request) -> Response:
        documents = await _read(request, lambda body: body.has("documents") and body["documents"].as_(bool))
        answer = await self._changed(request, self._room.last_documents if documents else lambda _: '{"closed":true}')
        self._close()
        return answer

    async def events(self, _: Request) -> Response:
        return StreamingResponse(self._room.events.stream(), media_type="text/event-stream")

    async def sound(self, request: Request) -> Response:
        sound = self._room.sound
        headers = {"accept-ranges": "bytes"}
        try:
            part = wanted(request.headers.get("range"), sound.size, _MOST_AHEAD)
        except UnsatisfiableError:
            return Response(status_code=416, headers={**headers, "content-range": f"bytes */{sound.size}"})
        start, end = (part.start, part.end) if part else (0, sound.size)
        headers |= {"content-length": str(end - start)} | ({"content-range": part.told} if part else {})
        code = 206 if part else 200
        if request.method == "HEAD":
            return Response(status_code=code, headers=headers, media_type="audio/wav")
        return StreamingResponse(self._pieces(request, start, end), code, headers, media_type="audio/wav")

    async def peaks(self, request: Request) -> Response:
        start = request.query_params.get("from", "0")
        if not (start.isascii() and start.isdecimal() and len(start) < 10):
            raise HTTPException(422)
        return Response(self._room.sound.levels(int(start)), media_type="application/octet-stream")

    async def _pieces(self, request: Request, start: int, end: int) -> AsyncIterator[bytes]:
        """The bytes as soon as they are decoded, as long as somebody wants them: who seeks hangs up."""
        for at in range(start, end, _PIECE):
            last = min(end, at + _PIECE)
            while not self._room.sound.has(last) and not await request.is_disconnected():
                await asyncio.sleep(_ASK_AGAIN)
            if await request.is_disconnected():
                return
            yield self._room.sound.read(at, last)

    async def _changed(self, request: Request, change: Callable[[str | None], str]) -> Response:
        key = request.headers.get("idempotency-key", "")
        return await self._once(key, lambda: self._change(request, change))

    async def _change(self, request: Request, change: Callable[[str | None], str]) -> Response:
        language = _language(request)
        try:
            return _json(await run_in_threadpool(change, language))
        except (BigvoiceError, OSError) as error:
            state = await run_in_threadpool(self._room.state, language)
            return _json(f'{{"error":{json.dumps(_told(error))},"state":{state}}}', 409)


def _static(name: str) -> Response:
    """A file of the page, by its bare name."""
    known = {file.name: file for file in PAGE.iterdir()} if PAGE.is_dir() else {}
    if name not in known or known[name].suffix not in _TYPES:
        raise HTTPException(404)
    return Response(known[name].read_bytes(), media_type=_TYPES[known[name].suffix])


def _told(error: BigvoiceError | OSError) -> str:
    if isinstance(error, BigvoiceError):
        return str(error)
    return f"{error.filename or 'a file'} cannot be used: {error.strerror}; check that it may be read and written"


def _language(request: Request) -> str | None:
    return request.query_params.get("language")


def _json(text: str, status: int = 200) -> Response:
    return Response(text, status, media_type="application/json")


async def _read(request: Request, take: Callable[[JsonView], T]) -> T:
    """What a POST holds, as `take` reads it."""
    data = bytearray()
    async for piece in request.stream():
        data += piece
        if len(data) > MOST:
            raise HTTPException(413)
    try:
        return take(JsonView(json.loads(data)))
    except (ValueError, RecursionError) as error:
        raise _NonsenseError(str(error)) from error


def _revision(body: JsonView) -> int:
    return body["revision"].as_(int)


def _steps(body: JsonView) -> tuple[int, list[Correction]]:
    return _revision(body), [corrections_json.from_json(each) for each in body["corrections"].each()]


def _rejected(body: JsonView) -> tuple[int, str, str]:
    return _revision(body), body["speaker"].as_(str), body["name"].as_(str)


def _remembered(body: JsonView) -> tuple[str, bool, date | None]:
    consent = body["consent"].maybe(str) if body.has("consent") else None
    confirmed = body["confirm"].as_(bool) if body.has("confirm") else False
    return body["speaker"].as_(str), confirmed, date.fromisoformat(consent) if consent else None


class _NonsenseError(Exception):
    """A request that no page of ours sends."""


async def _nonsense(_: Request, error: Exception) -> Response:
    return _json(json.dumps({"error": str(error)}), 422)
