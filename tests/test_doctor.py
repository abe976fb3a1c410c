"""Each way in which a machine can be wrong is made, and found again with the command that mends it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tomllib
from collections import namedtuple
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path

import pytest

from bigvoice import doctor
from bigvoice.cli import app
from bigvoice.doctor import Finding, examine, healthy, requirements
from bigvoice.progress import Progress
from bigvoice.transcription.store import NEEDED
from bigvoice.voices.book import VoiceBook

PROJECT = Path(__file__).parents[1]
Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's folders, empty."""
    for kind in ("config", "data", "cache"):
        monkeypatch.setenv(f"XDG_{kind.upper()}_HOME", str(tmp_path / kind))
        (tmp_path / kind / "bigvoice").mkdir(parents=True)
    return tmp_path


def asking_for(monkeypatch: pytest.MonkeyPatch, *required: str) -> None:
    """bigvoice's package data ask for these packages and no others."""
    monkeypatch.setattr(metadata, "requires", lambda _: list(required))


def install(site: Path, name: str, code: str) -> None:
    """A package `name` 1.0 that runs `code` when it is imported."""
    (site / name).mkdir(parents=True)
    (site / name / "__init__.py").write_text(code)
    (site / f"{name}-1.0.dist-info").mkdir()
    (site / f"{name}-1.0.dist-info" / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")


def named(findings: Sequence[Finding], name: str) -> Finding:
    return next(finding for finding in findings if finding.name == name)


def tree(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*"))


def test_this_environment_is_healthy(home: Path) -> None:
    before, reports = tree(home), list[Progress]()

    findings = examine(hook=reports.append)

    assert healthy(findings), [f for f in findings if f.state in ("missing", "broken")]
    assert {named(findings, package.partition(">=")[0]).state for package in requirements()} == {"ok"}
    assert named(findings, "numpy").detail == metadata.version("numpy")
    assert named(findings, "voice book").state == named(findings, "Whisper models").state == "optional"
    assert all(f.mend for f in findings if f.state != "ok")
    assert tree(home) == before, "something was left behind"
    assert [report.note for report in reports] == [f.name for f in findings]
    assert reports[-1].fraction == 1.0


def test_what_is_asked_for_is_what_pyproject_says() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

    assert sorted(requirements()) == sorted(project["dependencies"])
    for extra in ("torch", "pyannote"):
        assert requirements(extra) == project["optional-dependencies"][extra]


def test_packages_that_are_absent_old_or_do_not_load(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(home / "site", "crashing", "import os; os.abort()")
    install(home / "site", "failing", "raise ValueError('torn in two')")
    install(home / "site", "sound", "")
    monkeypatch.syspath_prepend(home / "site")
    asking_for(monkeypatch, "absent-package>=2.0", "sound>=1.0.1", "sound>=0.9", "failing>=1", "crashing>=1.0")

    absent, old, fine, failing, crashing = examine()[1:6]

    assert absent == Finding("absent-package", "missing", "not installed", 'pip install "absent-package>=2.0"')
    assert old == Finding("sound", "broken", "1.0 is too old", 'pip install --upgrade "sound>=1.0.1"')
    assert fine == Finding("sound", "ok", "1.0")
    assert (failing.state, failing.detail) == ("broken", "does not load: ValueError: torn in two")
    assert failing.mend == "pip install --force-reinstall --no-deps failing"
    assert crashing.state == "broken"
    assert "ended with" in crashing.detail


def test_a_missing_library_is_named_with_its_debian_package(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packages = {
        "libgomp.so.1": "libgomp1",
        "libstdc++.so.6": "libstdc++6",
        "libX11.so.6": "libx11-6",
        "libGL.so": "libgl",
    }
    for n, library in enumerate(packages):
        said = f"{library}: cannot open shared object file: No such file or directory"
        install(home / "site", f"native{n}", f"raise ImportError({said!r})")
    monkeypatch.syspath_prepend(home / "site")
    asking_for(monkeypatch, *(f"native{n}>=1.0" for n in range(len(packages))))

    monkeypatch.setattr(shutil, "which", lambda _: "/usr/bin/apt-get")
    on_debian = examine()[1:5]
    monkeypatch.setattr(shutil, "which", lambda _: None)
    elsewhere = examine()[1]

    assert [found.detail for found in on_debian] == [f"{library} is missing" for library in packages]
    assert [found.mend for found in on_debian] == [f"apt-get install {package}" for package in packages.values()]
    assert {found.state for found in on_debian} == {"broken"}
    assert elsewhere.mend == "install the package that holds libgomp.so.1"


def test_a_decoder_that_is_not_there(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asking_for(monkeypatch)
    monkeypatch.setattr(doctor, "DECODERS", {"wav": "pcm_s16le", "tape": "no_such_codec"})

    found = named(examine(), "decoders")

    assert (found.state, found.detail) == ("broken", "none for tape")


def test_an_extra_counts_as_there_only_when_all_of_it_loads(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(home / "site", "half", "raise ImportError('a wing is missing')")
    monkeypatch.syspath_prepend(home / "site")
    asking_for(
        monkeypatch, 'numpy>=1; extra == "torch"', 'numpy>=1; extra == "pyannote"', 'half>=1; extra == "pyannote"'
    )

    findings = examine()

    assert named(findings, "bigvoice[torch]").state == "ok"
    assert named(findings, "bigvoice[pyannote]").state == "optional"
    assert "a wing is missing" in named(findings, "bigvoice[pyannote]").detail
    assert named(findings, "bigvoice[pyannote]").mend == "pip install --force-reinstall --no-deps half"
    assert healthy(findings)


def test_a_full_house(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asking_for(monkeypatch)
    model = home / "data/bigvoice/models/small"
    model.mkdir(parents=True)
    for file in NEEDED:
        (model / file.replace("*", "json")).write_text("there")
    (home / "config/bigvoice/bigvoice.toml").write_text(f'book = "{home}/team.voices"\ncache = "none"\n')
    VoiceBook.open(home / "team.voices").close()

    findings = examine()

    assert named(findings, "Whisper models") == Finding("Whisper models", "ok", "small")
    assert named(findings, "voice book") == Finding("voice book", "ok", f"0 people in {home / 'team.voices'}")
    assert named(findings, "cache folder") == Finding("cache folder", "ok", "none wanted")
    assert str(home / "config") in named(findings, "settings").detail


def test_a_house_in_disorder(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asking_for(monkeypatch)
    (home / "config/bigvoice/bigvoice.toml").write_text("[meeting")
    (home / "book").write_text("no database at all, but long enough to be looked at" * 20)
    shutil.rmtree(home / "data/bigvoice")
    (home / "data/bigvoice").write_text("a file where a folder should be")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(10**9, 10**9 - 1_000_000, 1_000_000))

    findings = examine(home / "book")

    assert named(findings, "settings").state == named(findings, "voice book").state == "broken"
    assert "not valid TOML" in named(findings, "settings").detail
    assert "not a voice book" in named(findings, "voice book").detail
    assert "not valid TOML" in named(findings, "cache folder").detail
    assert "cannot be written" in named(findings, "models folder").detail
    assert "1 MB left" in named(findings, "settings folder").detail
    assert not healthy(findings)


def test_without_numpy_the_doctor_can_still_speak(home: Path) -> None:
    install(home / "site", "numpy", "raise ImportError('libgfortran.so.5: cannot open shared object file: gone')")
    code = f"import sys; sys.path.insert(0, {str(home / 'site')!r}); from bigvoice.cli.app import main; main()"

    done = subprocess.run([sys.executable, "-c", code, "doctor", "--json"], capture_output=True, text=True, check=False)

    findings = {f["name"]: f for f in json.loads(done.stdout)}
    assert done.returncode == 1
    assert findings["numpy"]["state"] == findings["scipy"]["state"] == findings["voice book"]["state"] == "broken"
    assert "libgfortran" in findings["speech detection"]["detail"]


@pytest.mark.parametrize(("required", "code"), [((), 0), (("absent-package>=2.0",), 1)])
def test_on_the_command_line(
    required: tuple[str, ...],
    code: int,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    asking_for(monkeypatch, *required)

    assert app.run(["doctor"]) == code
    shown = capsys.readouterr().out
    assert app.run(["doctor", "--json"]) == code
    listed = json.loads(capsys.readouterr().out)

    assert [line.split()[0] for line in shown.splitlines() if not line.startswith(" ")] == [f["state"] for f in listed]
    assert all(f"mend: {f['mend']}" in shown for f in listed if f["mend"])
    assert set(listed[0]) == {"name", "state", "detail", "mend"}
