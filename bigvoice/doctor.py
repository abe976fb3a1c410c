"""Doctor: what bigvoice needs and may use on this machine, what of it is missing, and the command that mends it.

Each check answers with one Finding. What is native or heavy is tried in a process of its own, so that a broken library
is a finding and not the doctor's end.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from importlib import metadata, resources
from pathlib import Path
from typing import Literal

from platformdirs import user_config_path

from bigvoice.errors import BigvoiceError
from bigvoice.processors import n_processors
from bigvoice.progress import Hook, Progress, silent
from bigvoice.settings import FILE_NAME, read_settings
from bigvoice.transcription import store

State = Literal["ok", "missing", "optional", "broken"]

PATIENCE = 120
"""Seconds that a check in a process of its own may take: a cold disk takes twenty to read torch."""

LEAST_FREE = 500_000_000
"""Bytes: an eight-hour recording's finished stages, with room to spare."""

DECODERS = {
    "wav": "pcm_s16le",
    "flac": "flac",
    "mp3": "mp3",
    "m4a, mp4, mov, aac": "aac",
    "ogg": "vorbis",
    "opus, webm": "opus",
    "wma": "wmav2",
    "3gp": "amrnb",
}
"""What decodes the sound that files of these kinds commonly hold."""

_MODULES = {"python-docx": "docx", "pyyaml": "yaml", "scikit-learn": "sklearn"}
"""Where a package is imported under quite another name than its own."""

_TRY_DECODERS = """
import av
from av.codec.codec import UnknownCodecError
for kinds, name in {decoders!r}.items():
    try:
        av.Codec(name, "r")
    except UnknownCodecError:
        print(kinds, end=", ")
"""
_TRY_DETECTOR = """
import numpy
from bigvoice.parts import make
make("detector", "silero")(numpy.zeros(16_000, "f4"), lambda _: None)
"""
_TRY_SPHINX = "from pocketsphinx import Decoder; Decoder(loglevel='FATAL')"

_LIBRARY = re.compile(r"lib(?P<name>[\w+-]+)\.so(?:\.(?P<version>\d+))?[.\d]*(?=: cannot open shared object file)")


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found.

    state: "ok"; "missing" or "broken", and bigvoice needs it; "optional": not there or not usable, and not needed.
    mend: the command, or else the step, that mends it; empty where there is nothing to mend or `detail` says it.
    """

    name: str
    state: State
    detail: str
    mend: str = ""


Check = Callable[[], Finding]


def examine(book: Path | None = None, hook: Hook = silent) -> tuple[Finding, ...]:
    """All checks, in the order of a reader's interest. book: the voice book; else the one of the settings.

    Nothing is left behind: that a folder takes files is tried with one that has no name. hook: stage "examine", in
    checks.
    """
    checks = [*_checks(book)]
    found: list[Finding] = []
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for finding in pool.map(lambda check: check(), checks):
            found.append(finding)
            hook(Progress("examine", len(found), len(checks), finding.name))
    return tuple(found)


def healthy(findings: Iterable[Finding]) -> bool:
    """Whether all that is needed is there."""
    return all(finding.state in ("ok", "optional") for finding in findings)


def _checks(book: Path | None) -> Iterator[Check]:
    yield _python
    yield from (partial(_package, requirement) for requirement in requirements())
    yield _decoders
    yield _detector
    yield _sphinx
    yield _whisper
    yield _templates
    yield _user_settings
    yield partial(_voice_book, book)
    yield partial(_folder, "cache folder", _cache_folder)
    yield partial(_folder, "models folder", store.models_folder)
    yield partial(_folder, "settings folder", lambda: user_config_path("bigvoice"))
    yield from (partial(_extra, extra) for extra in ("torch", "lm", "pyannote"))
    yield _machine


def requirements(extra: str | None = None) -> list[str]:
    """What bigvoice's own package data asks for ("av>=14"), or asks for in addition with an extra."""
    try:
        asked = [line.partition(";") for line in metadata.requires("bigvoice") or []]
    except metadata.PackageNotFoundError:
        return ["bigvoice"]
    marker = f'extra == "{extra}"' if extra else ""
    return [name.strip() for name, _, condition in asked if condition.strip() == marker]


def _python() -> Finding:
    return Finding("Python", "ok", f"{sys.version.split()[0]} at {sys.executable}")


def _package(requirement: str) -> Finding:
    name, _, least = requirement.partition(">=")
    try:
        version = metadata.version(name)
    except metadata.PackageNotFoundError:
        return Finding(name, "missing", "not installed", f'pip install "{requirement}"')
    if _numbers(version) < _numbers(least):
        return Finding(name, "broken", f"{version} is too old", f'pip install --upgrade "{requirement}"')
    return _tried(Finding(name, "ok", version), f"import {_MODULES.get(name, name.replace('-', '_'))}", package=name)


def _numbers(version: str) -> list[int]:
    """The release as numbers: "2.13.0+cpu" -> [2, 13, 0]."""
    return [int(number) for number in re.findall(r"\d+", version.partition("+")[0])]


def _tried(finding: Finding, code: str, *, package: str) -> Finding:
    """The finding; or where the code does not run, a broken one with the reason and how to mend the package."""
    ok, said = _run(code)
    if ok:
        return finding
    if lacking := _LIBRARY.search(said):
        return replace(finding, state="broken", detail=f"{lacking[0]} is missing", mend=_library(lacking))
    mend = f"pip install --force-reinstall --no-deps {package}"
    return replace(finding, state="broken", detail=f"does not load: {said}", mend=mend)


def _library(lacking: re.Match[str]) -> str:
    """How to get a native library: Debian names its package after it, with a hyphen between two digits."""
    name, version = lacking["name"].lower().replace("_", "-"), lacking["version"] or ""
    package = f"lib{name}{'-' if name[-1].isdigit() and version else ''}{version}"
    return f"apt-get install {package}" if shutil.which("apt-get") else f"install the package that holds {lacking[0]}"


def _run(code: str) -> tuple[bool, str]:
    """Run Python code with this process's import path: whether it ended well, and the last line it wrote."""
    try:
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", f"import sys; sys.path[:] = {sys.path!r}\n{code}"],
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return False, f"no answer within {PATIENCE} s"
    if done.returncode == 0:
        return True, done.stdout.strip()
    return False, (done.stderr.strip().splitlines() or [f"its process ended with {done.returncode}"])[-1]


def _decoders() -> Finding:
    ok, said = _run(_TRY_DECODERS.format(decoders=DECODERS))
    if ok and not said:
        return Finding("decoders", "ok", ", ".join(DECODERS))
    detail = f"none for {said.rstrip(',')}" if ok else f"cannot be asked: {said}"
    return Finding("decoders", "broken", detail, "pip install --force-reinstall --no-deps av")


def _detector() -> Finding:
    finding = Finding("speech detection", "ok", "Silero's model loads and runs")
    return _tried(finding, _TRY_DETECTOR, package="faster-whisper onnxruntime")


def _sphinx() -> Finding:
    finding = Finding("pocketsphinx model", "ok", "English, weak: for want of a Whisper model")
    return _tried(finding, _TRY_SPHINX, package="pocketsphinx")


def _whisper() -> Finding:
    there = [model.name for model in store.installed()]
    if there:
        return Finding("Whisper models", "ok", ", ".join(there))
    return Finding("Whisper models", "optional", "none on this machine", "bigvoice models fetch small")


def _templates() -> Finding:
    there = sorted(file.name for file in resources.files("bigvoice.templates").iterdir() if file.name.endswith(".docx"))
    if there:
        return Finding("templates", "ok", ", ".join(there))
    return Finding("templates", "missing", "no Word template", "pip install --force-reinstall --no-deps bigvoice")


def _user_settings() -> Finding:
    file = user_config_path("bigvoice") / FILE_NAME
    try:
        read_settings()
    except BigvoiceError as error:
        return Finding("settings", "broken", str(error), f"correct {file}, or take it away")
    return Finding("settings", "ok", str(file) if file.exists() else f"the defaults: there is no {file}")


def _voice_book(path: Path | None) -> Finding:
    try:
        # here, because it imports numpy, without which the doctor must still be able to speak
        from bigvoice.voices.book import VoiceBook, default_path

        path = path or read_settings().book or default_path()
        if not path.exists():
            return Finding("voice book", "optional", f"none yet at {path}", "bigvoice voices enroll NAME CLIP")
        with VoiceBook.open(path, create=False) as book:
            return Finding("voice book", "ok", f"{len(book.list())} people in {path}")
    except (BigvoiceError, ImportError) as error:
        return Finding("voice book", "broken", str(error))


def _cache_folder() -> Path | None:
    return read_settings().cache


def _folder(name: str, where: Callable[[], Path | None]) -> Finding:
    try:
        folder = where()
    except BigvoiceError as error:
        return Finding(name, "broken", str(error))
    if folder is None:
        return Finding(name, "ok", "none wanted")
    there = next(place for place in (folder, *folder.absolute().parents) if place.exists())
    try:
        with tempfile.TemporaryFile(dir=there):
            free = shutil.disk_usage(there).free
    except OSError as error:
        return Finding(name, "broken", f"{folder} cannot be written: {error.strerror}", f"chmod u+rwx {there}")
    if free < LEAST_FREE:
        return Finding(name, "broken", f"{folder} has {free / 1e6:.0f} MB left", f"free space on the disk of {there}")
    return Finding(name, "ok", f"{folder}, {free / 1e9:.1f} GB free")


def _extra(extra: str) -> Finding:
    found = [_package(requirement) for requirement in requirements(extra)]
    name, versions = f"bigvoice[{extra}]", ", ".join(f"{part.name} {part.detail}" for part in found)
    if found and all(part.state == "ok" for part in found):
        return Finding(name, "ok", versions)
    mends = [part.mend for part in found if part.state == "broken"]
    return Finding(name, "optional", f"{versions}; not needed", mends[0] if mends else f'pip install "{name}"')


def _machine() -> Finding:
    detail = f"{n_processors()} CPU threads"
    if hasattr(os, "sysconf"):
        detail += f", {os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 1e9:.1f} GB memory"
    return Finding("machine", "ok", detail)
