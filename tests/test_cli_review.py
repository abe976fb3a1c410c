from __future__ import annotations

import http.client
import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from fakes import LOW, sound, write_wav
from meetings import team

from bigvoice.documents import write
from bigvoice.minutes.corrections import Rename
from bigvoice.minutes.minutes_file import MinutesFile
from bigvoice.minutes.store import read, save

PATIENCE = 30.0
KIM = {"do": "rename", "speaker": "s3", "name": "Kim"}


@dataclass
class Running:
    """`bigvoice review` in a process of its own, and a browser's connection to it."""

    process: subprocess.Popen[str]
    address: str

    @property
    def host(self) -> str:
        return self.address.split("/")[2]

    def ask(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        connection = http.client.HTTPConnection(self.host, timeout=PATIENCE)
        base = self.address.removeprefix(f"http://{self.host}")
        connection.request(method, base + path, json.dumps(body), {"X-Bigvoice": "1"})
        answer = connection.getresponse()
        data = answer.read()
        connection.close()
        return answer.status, json.loads(data)

    @contextmanager
    def events(self) -> Iterator[http.client.HTTPResponse]:
        connection = http.client.HTTPConnection(self.host, timeout=PATIENCE)
        connection.request("GET", self.address.removeprefix(f"http://{self.host}") + "events")
        with closing(connection), connection.getresponse() as stream:
            yield stream

    def ended(self) -> tuple[int, str]:
        """Exit code, and what stood on stderr."""
        _, err = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, err


@contextmanager
def running(path: Path, *options: str) -> Iterator[Running]:
    command = [sys.executable, "-m", "bigvoice", "review", str(path), *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            yield Running(process, process.stdout.readline().strip())
        finally:
            process.kill()


def lines_until(stream: http.client.HTTPResponse, wanted: str) -> list[str]:
    found: list[str] = []
    while not found or not found[-1].startswith(wanted):
        found.append(stream.readline().decode().rstrip("\n"))
    return found


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "board.json"
    save(team(), path)
    write_wav(tmp_path / "board.m4a", sound([(1.0, 6.0, LOW)], 60.0))
    return path


def test_a_correction_outlives_the_program_that_was_killed(path: Path) -> None:
    with running(path, "--no-browser", "--who", "Sora") as first:
        _, before = first.ask("GET", "state")
        status, change = first.ask("POST", "steps", {"revision": before["revision"], "corrections": [KIM]})
        first.process.send_signal(signal.SIGKILL)
        code, err = first.ended()

    assert (status, change["revision"] - before["revision"], code, err) == (200, 1, -signal.SIGKILL, "")
    with running(path, "--no-browser") as again:
        _, state = again.ask("GET", "state")
        assert again.address == first.address  # a page that was left open goes on
        assert state["revision"] > change["revision"], "an answer would be put to a state of the last review"
        assert state["speakers"][2]["name"] == "Kim"
        assert [(entry["who"], entry["what"]) for entry in state["history"]] == [("Sora", ["Speaker 3 is Kim"])]


def test_a_port_that_somebody_took_is_left_to_him_with_the_token(path: Path) -> None:
    with running(path, "--no-browser") as first:
        pass
    first.process.wait()
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", int(first.host.split(":")[1])))
        other.listen()
        with running(path, "--no-browser") as second:
            asked = heard(other)
        second.process.wait()
    with running(path, "--no-browser") as third:
        pass

    token = first.address.split("/")[3]
    assert asked.startswith("GET /proof/")
    assert token not in asked
    assert first.host != second.host
    assert token not in second.address
    assert third.address == second.address


def heard(listener: socket.socket) -> str:
    """What the first who came asked for."""
    with listener.accept()[0] as connection:
        return connection.recv(4000).decode()


def test_a_second_review_opens_the_page_of_the_first(path: Path, browsers: Browsers) -> None:
    with running(path, "--no-browser") as first:
        with running(path) as second:
            code, err = second.ended()
            opened = browsers.wait()
        with running(path, "--no-browser", "--who", "Mina") as third:  # asks for something of its own
            assert third.ask("GET", "state")[0] == 200
        third.process.wait()
        with running(path, "--no-browser") as fourth:
            assert fourth.ended()[0] == 0

        assert (second.address, code) == (first.address, 0)
        assert err == f"{path} is under review already, at this address\n"
        assert redirected(first.host, opened)[0] == 303
        assert first.address.split("/")[3] not in opened
        assert third.address != first.address
        assert fourth.address == first.address


def test_two_tabs_another_program_and_an_interrupt(path: Path) -> None:
    with running(path, "--no-browser") as server, server.events() as tab:
        _, before = server.ask("GET", "state")
        first = before["revision"]
        server.ask("POST", "steps", {"revision": first, "corrections": [KIM]})
        assert lines_until(tab, 'data: {"revision"')[-1] == f'data: {{"revision": {first + 1}}}'

        MinutesFile(path).correct([Rename("s2", "Joon Yi")], by="correct")  # noticed without anybody asking
        assert lines_until(tab, 'data: {"revision"')[-1] == f'data: {{"revision": {first + 2}}}'

        _, late = server.ask("POST", "undo", {"revision": first})
        assert (late["stale"], late["redo"]) == (True, "Joon Lee is Joon Yi")

        for _ in range(3):
            hang_up(server)
        server.process.send_signal(signal.SIGINT)  # though a tab listens
        assert server.ended() == (0, "")
    assert read(path).speaker("s3").name == "Kim"


def test_it_ends_when_it_is_closed_and_documents_are_written_if_asked(path: Path) -> None:
    write(team(), path.with_suffix(".srt"))
    with running(path, "--no-browser") as server:
        server.ask("POST", "steps", {"revision": 1, "corrections": [KIM]})
        assert "Kim: " not in path.with_suffix(".srt").read_text()

        _, closed = server.ask("POST", "close", {"documents": True})

        assert closed == {"closed": True, "written": ["board.srt"], "left": []}
        assert server.ended() == (0, "")
    assert "Kim: " in path.with_suffix(".srt").read_text()


@dataclass
class Browsers:
    """What takes the place of the browser: it writes down with which address it was started."""

    told: Path

    def wait(self) -> str:
        end = time.monotonic() + PATIENCE
        while not self.told.exists() and time.monotonic() < end:
            time.sleep(0.02)
        return self.told.read_text()


@pytest.fixture
def browsers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Browsers:
    told, browser = tmp_path / "told", tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\nprintf %s "$1" > {told}.part && mv {told}.part {told}\n')
    browser.chmod(0o755)
    monkeypatch.setenv("BROWSER", str(browser))
    return Browsers(told)


def test_a_browser_is_opened_with_an_address_that_works_once_and_nobody_else_can_knock(
    path: Path, browsers: Browsers
) -> None:
    with running(path) as server:
        ticket = browsers.wait()
        locations = [redirected(server.host, ticket) for _ in range(2)]
        listening = Path("/proc/net/tcp")
        sockets = [line.split()[1] for line in listening.read_text().splitlines()[1:]] if listening.exists() else []

    assert ticket.startswith(f"http://{server.host}/")
    assert ticket not in server.address
    assert locations == [(303, server.address.removeprefix(f"http://{server.host}")), (404, None)]
    assert f"00000000:{int(server.host.split(':')[1]):04X}" not in sockets


def hang_up(server: Running) -> None:
    """As a player does that seeks: it asks for all the sound, and reads a little of it."""
    with closing(http.client.HTTPConnection(server.host, timeout=PATIENCE)) as connection:
        connection.request("GET", server.address.removeprefix(f"http://{server.host}") + "sound")
        with connection.getresponse() as answer:
            assert answer.read(4) == b"RIFF"


def redirected(host: str, address: str) -> tuple[int, str | None]:
    connection = http.client.HTTPConnection(host, timeout=PATIENCE)
    with closing(connection):
        connection.request("GET", address.removeprefix(f"http://{host}"))
        with connection.getresponse() as answer:
            return answer.status, answer.getheader("location")


def test_a_port_that_is_taken_is_told(cli: Any, path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        ran = cli("review", path, "--no-browser", "--port", port)

    advice = "leave --port out to take a free one, or choose another"
    assert ran.code == 2
    assert ran.err == f"bigvoice: port {port} is in use by another program: {advice}\n"


def test_what_is_not_there_is_told(cli: Any, path: Path, tmp_path: Path) -> None:
    no_minutes = cli("review", tmp_path / "none.json", "--no-browser")
    no_recording = cli("review", path, "--no-browser", "--recording", tmp_path / "none.m4a")

    assert (no_minutes.code, no_recording.code) == (1, 1)
    assert no_minutes.err == f"bigvoice: {tmp_path / 'none.json'} cannot be read: No such file or directory\n"
    assert no_recording.err == f"bigvoice: {tmp_path / 'none.m4a'}: no such file; check the name and the folder\n"
