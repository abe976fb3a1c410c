"""Addresses: where a minutes file was reviewed last, so that a page that was left open finds its server again.

A file for each, in the user's state folder, which only she may read: who knows an address may read and change the
minutes. Before a token is sent to a port, who listens there has to prove that it knows it: see `gate`.
"""

from __future__ import annotations

import json
import re
import secrets
import time
from contextlib import closing, suppress
from dataclasses import asdict, dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from platformdirs import user_state_path

from bigvoice.file_digest import place_digest
from bigvoice.minutes.json_view import JsonView
from bigvoice.minutes.whole_file import write_whole
from bigvoice.review.gate import MARK, proof

HOST = "127.0.0.1"
KEPT_DAYS = 30
"""Since the review was last started."""
_TOKEN = re.compile(r"[\w-]{32}", re.ASCII)
"""As `new_token` makes them."""
_PATIENCE = 2.0
"""Seconds for a program on this machine to answer."""
_MOST = 1000
"""Bytes of an answer that are read."""


def new_token() -> str:
    """What nobody can guess."""
    return secrets.token_urlsafe(24)


@dataclass(frozen=True, slots=True)
class Address:
    """Of a page. Raises ValueError for what is none."""

    port: int
    token: str

    def __post_init__(self) -> None:
        if not (0 < self.port < 2**16 and _TOKEN.fullmatch(self.token)):
            raise ValueError("a port or a token that no review has")

    def __str__(self) -> str:
        return f"http://{HOST}:{self.port}/{self.token}/"

    def way_in(self, ticket: str) -> str:
        """The address that leads to the page once."""
        return f"http://{HOST}:{self.port}/{ticket}"

    def ticket(self) -> str | None:
        """A path that leads to the page once, from the review that runs there; None where none does."""
        nonce = new_token()
        with suppress(OSError, HTTPException, ValueError):
            if secrets.compare_digest(self._ask("GET", f"/proof/{nonce}"), proof(self.token, nonce)):
                return self._ask("POST", f"/{self.token}/ticket")
        return None

    def _ask(self, method: str, path: str) -> str:
        with closing(HTTPConnection(HOST, self.port, timeout=_PATIENCE)) as connection:
            connection.request(method, path, headers={MARK: "1"})
            answer = connection.getresponse()
            text = answer.read(_MOST).decode("ascii")
        if answer.status != 200:
            raise ValueError(answer.status)
        return text


def known(minutes: Path) -> Address | None:
    """The address of the last review of a minutes file, if it is not too long ago."""
    with suppress(OSError, ValueError):
        file = _file(minutes)
        if not _is_old(file):
            view = JsonView(json.loads(file.read_text("utf-8")))
            return Address(view["port"].as_(int), view["token"].as_(str))
    return None


def keep(minutes: Path, address: Address) -> None:
    """For the next review of these minutes, and forget what is too old or of minutes that are gone.

    A folder that cannot be written to costs the next review its address, and nothing else.
    """
    file = _file(minutes)
    with suppress(OSError):
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_whole(file, json.dumps({"minutes": str(minutes.resolve()), **asdict(address)}).encode(), mode=0o600)
        for each in file.parent.glob("*.json"):
            if _is_over(each):
                each.unlink(missing_ok=True)


def _is_over(file: Path) -> bool:
    try:
        minutes = Path(JsonView(json.loads(file.read_text("utf-8")))["minutes"].as_(str))
        return not minutes.exists() or _is_old(file)
    except ValueError:
        return True


def _is_old(file: Path) -> bool:
    return file.stat().st_mtime <= time.time() - KEPT_DAYS * 86400


def _file(minutes: Path) -> Path:
    return user_state_path("bigvoice", appauthor=False) / "reviews" / f"{place_digest(minutes)}.json"
