from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from bigvoice.errors import ModelError
from bigvoice.parts import make
from bigvoice.progress import Progress
from bigvoice.transcription import store
from bigvoice.transcription.sphinx import SphinxTranscriber
from bigvoice.transcription.whisper import WhisperTranscriber

FILES = ("model.bin", "config.json", "tokenizer.json", "vocabulary.txt")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user who has nothing yet."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
    monkeypatch.delenv("HF_HUB_CACHE", raising=False)
    return tmp_path


def put(folder: Path, *files: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name in files or FILES:
        (folder / name).write_text("{}")
    return folder


def cached(home: Path, name: str, *files: str, main: bool = True) -> Path:
    """A snapshot as huggingface_hub lays it."""
    repository = home / "hf" / "hub" / ("models--" + store.KNOWN[name].repository.replace("/", "--"))
    if main:
        (repository / "refs").mkdir(parents=True, exist_ok=True)
        (repository / "refs" / "main").write_text("abc123")
    return put(repository / "snapshots" / "abc123", *files)


def test_nothing_is_installed_at_first() -> None:
    assert store.installed() == []
    assert store.best() is None
    assert all(row.folder is None for row in store.overview())


def test_a_folder_given_is_taken(home: Path) -> None:
    assert store.locate(str(put(home / "my model 회의"))) == home / "my model 회의"


def test_a_model_is_found_in_the_cache_but_our_own_goes_first(home: Path) -> None:
    there = cached(home, "small")
    assert store.locate("small") == there
    ours = put(store.models_folder() / "small")
    assert store.locate("small") == ours


@pytest.mark.parametrize("main", [True, False])
def test_half_a_model_in_the_cache_is_none(home: Path, main: bool) -> None:
    cached(home, "small", "config.json", "tokenizer.json", "vocabulary.txt", main=main)
    assert store.installed() == []
    with pytest.raises(ModelError, match="bigvoice models fetch small"):
        store.locate("small")


def test_an_empty_file_counts_as_lacking(home: Path) -> None:
    folder = put(home / "m")
    (folder / "model.bin").write_bytes(b"")
    with pytest.raises(ModelError, match=r"lacks model\.bin"):
        store.locate(str(folder))


def test_a_folder_that_is_not_there_and_a_name_nobody_knows_say_what_there_is(home: Path) -> None:
    with pytest.raises(ModelError, match=r"no folder .*nowhere"):
        store.locate(str(home / "nowhere"))
    with pytest.raises(ModelError, match=r"no model called 'smal': there are tiny\.en, tiny, .*models fetch NAME"):
        store.locate("smal")


def test_the_users_own_model_is_known_by_its_folder() -> None:
    folder = put(store.models_folder() / "my-korean")
    assert store.locate("my-korean") == folder
    assert [model.name for model in store.installed()] == ["my-korean"]
    assert [row.name for row in store.overview()][-1] == "my-korean"


def test_the_best_is_the_largest_known(home: Path) -> None:
    for name in ("tiny", "medium", "small.en", "mine"):
        put(store.models_folder() / name)
    cached(home, "turbo", "config.json")
    best = store.best()
    assert best is not None
    assert best.name == "medium"


def test_auto_takes_whisper_where_there_is_one_else_sphinx() -> None:
    assert isinstance(make("asr", "auto"), SphinxTranscriber)
    put(store.models_folder() / "tiny")
    part = make("asr", "auto")
    assert isinstance(part, WhisperTranscriber)
    assert part.name == "whisper:tiny"


def test_whisper_without_a_model_says_how_to_get_one() -> None:
    with pytest.raises(ModelError, match="bigvoice models fetch small"):
        make("asr", "whisper")


class _Hub(BaseHTTPRequestHandler):
    """As much of a model server as a download needs. `files`: what the one repository lists; b"" is not given out."""

    files: dict[str, bytes]
    sha = "0123456789abcdef0123456789abcdef01234567"

    def do_HEAD(self) -> None:
        self._answer(body=False)

    def do_GET(self) -> None:
        self._answer(body=True)

    def _answer(self, *, body: bool) -> None:
        name = self.path.partition("?")[0].rsplit("/", 1)[-1]
        if self.path.startswith("/api/"):
            self._send(json.dumps(self._listing()).encode(), "application/json", body=body)
        elif "/resolve/" in self.path and self.files.get(name):
            self._send(self.files[name], "application/octet-stream", body=body)
        else:
            self.send_error(404)

    def _listing(self) -> object:
        if "/tree/" in self.path:
            return [
                {"type": "file", "path": name, "size": len(data), "oid": "0" * 40} for name, data in self.files.items()
            ]
        return {"id": "x", "sha": self.sha, "siblings": [{"rfilename": name} for name in self.files]}

    def _send(self, data: bytes, kind: str, *, body: bool) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("ETag", f'"{hash(data) & 0xFFFFFFFF:08x}"')
        self.send_header("X-Repo-Commit", self.sha)
        self.end_headers()
        if body:
            self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, dict[str, bytes]]]:
    """(address, files) of a server on this machine; the files may be changed."""
    files = {name: name.encode() * 1000 for name in (*FILES, "README.md")}
    handler = type("Hub", (_Hub,), {"files": files})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", files
        server.shutdown()


def test_fetch_puts_a_whole_model_in_its_place_and_tells_how_far_it_is(hub: tuple[str, dict[str, bytes]]) -> None:
    address, files = hub
    told: list[Progress] = []
    folder = store.fetch("tiny", told.append, endpoint=address)
    assert folder == store.models_folder() / "tiny" == store.locate("tiny")
    assert {f.name: f.read_bytes() for f in folder.iterdir()} == {name: files[name] for name in FILES}
    assert told[-1] == Progress("fetch", told[-1].total, sum(len(files[name]) for name in FILES))
    assert [p.done for p in told] == sorted(p.done for p in told)
    assert [f.name for f in store.models_folder().iterdir()] == ["tiny"]


def test_a_broken_download_leaves_no_model_and_is_taken_up_again(hub: tuple[str, dict[str, bytes]]) -> None:
    address, files = hub
    model, files["model.bin"] = files["model.bin"], b""
    with pytest.raises(ModelError, match=r"cannot fetch Systran/faster-whisper-tiny .*404"):
        store.fetch("tiny", endpoint=address)
    assert store.installed() == []
    files["model.bin"] = model
    assert store.fetch("tiny", endpoint=address) == store.locate("tiny")


def test_a_model_that_is_there_is_not_fetched_again() -> None:
    folder = put(store.models_folder() / "tiny")
    assert store.fetch("tiny", endpoint="http://127.0.0.1:9") == folder


def test_without_a_network_fetch_says_so_in_one_line() -> None:
    with pytest.raises(ModelError, match=r"cannot fetch Systran/faster-whisper-tiny .*check the network") as told:
        store.fetch("tiny", endpoint="http://127.0.0.1:9")
    assert "\n" not in str(told.value)
    assert store.installed() == []


def test_only_known_names_are_fetched() -> None:
    with pytest.raises(ModelError, match="no model called 'huge' to fetch: there are tiny"):
        store.fetch("huge")


def test_a_place_that_cannot_be_written_is_named(home: Path) -> None:
    (home / "data").write_text("a file where a folder should be")
    with pytest.raises(ModelError, match="cannot write the model 'tiny' to"):
        store.fetch("tiny", endpoint="http://127.0.0.1:9")
