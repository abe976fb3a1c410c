"""Every test gets an empty home of its own, and one thread: nothing on this machine changes a result or is changed."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

# read by numpy and its friends when they are imported, which is after this file
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

# Librosa's compiled functions, each test process its own: numba writes one in two files, and two processes that fill a
# cache at once may leave a pair that does not fit, which crashes whoever loads it (numba issue 10128).
_WORKER = os.environ.get("PYTEST_XDIST_WORKER", "alone")
os.environ["NUMBA_CACHE_DIR"] = str(Path(__file__).parent.parent / ".pytest_cache" / "numba" / _WORKER)

# In CI the examples of laws are the same each time, so that a change fails by its own fault; elsewhere they are new.
settings.register_profile(
    "bigvoice", deadline=None, max_examples=50, database=None, derandomize=bool(os.environ.get("CI"))
)
settings.load_profile("bigvoice")

_FOLDERS = {
    "HOME": "",
    "XDG_CONFIG_HOME": ".config",
    "XDG_CACHE_HOME": ".cache",
    "XDG_DATA_HOME": ".local/share",
    "XDG_STATE_HOME": ".local/state",
    "HF_HOME": ".cache/huggingface",
}


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch):
    """The test's own home folder, empty; programs that the test starts see it too."""
    folder = tmp_path_factory.mktemp("home")
    for name, place in _FOLDERS.items():
        monkeypatch.setenv(name, str(folder / place))
    monkeypatch.delenv("HF_HUB_CACHE", raising=False)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    return folder


@pytest.fixture(autouse=True, scope="session")
def durable():
    """Voice books that do not wait for the disk: no test cuts the power. The value is what they do otherwise."""
    from bigvoice.voices import schema

    shipped = schema.SYNCHRONOUS
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(schema, "SYNCHRONOUS", "OFF")
        yield shipped


@dataclass(frozen=True)
class Ran:
    """What a command line gave."""

    code: int
    out: str
    err: str


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str]):
    """Runs a command line as the program does, in this process: cli("minutes", path, "--quiet")."""
    from bigvoice.cli.app import run

    def call(*arguments: object) -> Ran:
        capsys.readouterr()
        code = run([str(argument) for argument in arguments])
        return Ran(code, *capsys.readouterr())

    return call


@pytest.fixture
def fake_parts(monkeypatch: pytest.MonkeyPatch):
    """Puts parts of `fakes` in the place of the shipped ones, whatever name the settings give; returns them by kind."""
    from fakes import LevelDetector, PitchEncoder, ScriptTranscriber

    from bigvoice import run

    parts: dict[str, Any] = {
        "detector": LevelDetector(),
        "encoder": PitchEncoder(),
        "clustering": None,
        "asr": ScriptTranscriber([(1.0, 1.5, "good"), (1.5, 2.0, "morning"), (12.0, 12.5, "hello")]),
    }
    monkeypatch.setattr(run, "make", lambda kind, name: parts[kind])
    return parts


_LONG = ("test_browser_", "test_cli_review", "test_coming_back_office", "test_doctor", "test_golden_", "test_sphinx")
"""Files of tests that drive whole programs: a browser, a server, LibreOffice, pocketsphinx, all of bigvoice."""


@pytest.hookimpl(tryfirst=True)  # before those that are not asked for are left out
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What runs apart is told by its name: what trains networks, and what takes long."""
    for item in items:
        if "training" in item.path.name or "[recognisers.md]" in item.nodeid:
            item.add_marker(pytest.mark.training)
        elif item.path.name.startswith(_LONG) or "test_what_it_shows_is_what_happens[" in item.nodeid:
            item.add_marker(pytest.mark.long)
