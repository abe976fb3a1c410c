"""What is shipped is whole, is what it says, and holds nothing of the machine it was made on."""

from __future__ import annotations

import ast
import fnmatch
import re
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest

from bigvoice.version import version

PROJECT = Path(__file__).parents[1]
PYPROJECT = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
SETUPTOOLS = PYPROJECT["tool"]["setuptools"]
FOLDERS = {"bigvoice": "bigvoice", "bigvoice.cli": "cli", "bigvoice.templates": "templates"}
"""The packages whose folder is not found by their name alone, and the root of the others."""

FOREIGN = [
    re.compile(r"(?<![\w.*~}])/(?:work|root|opt)/\w"),  # folders of one machine
    re.compile(r"\b(?:py" + r"pi|artifactory|nexus|devpi)[\w-]*\.[a-z]"),  # hosts that packages come from
    re.compile(r"python" + r"hosted|--(?:extra-)?index-url"),
]


def normal(name: str) -> str:
    """A distribution's name as comparisons want it: "huggingface_hub>=1" -> "huggingface-hub"."""
    return re.sub(r"[-_.]+", "-", re.split(r"[^\w.-]", name, maxsplit=1)[0]).lower()


def folder_of(package: str) -> Path:
    return PROJECT / SETUPTOOLS["package-dir"].get(package, package.replace(".", "/"))


def tracked() -> Iterator[Path]:
    """Every file that belongs to the project: what .gitignore does not name."""
    ignored = [line.strip("/") for line in (PROJECT / ".gitignore").read_text(encoding="utf-8").split()] + [".git"]
    for file in PROJECT.rglob("*"):
        parts = file.relative_to(PROJECT).parts
        names = {*parts, "/".join(parts[:2])}
        if file.is_file() and not any(fnmatch.filter(names, pattern) for pattern in ignored):
            yield file


def modules(*folders: str) -> Iterator[Path]:
    for folder in folders:
        yield from (PROJECT / folder).rglob("*.py")


def imported(file: Path) -> set[str]:
    """The top-level modules a file imports, wherever in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
    return found - set(sys.stdlib_module_names)


OURS = {"bigvoice", "sample_meetings", "tests"}
YARDSTICKS = {"resemblyzer"}
"""Imported where it is there, and asked for by nothing: pip cannot install it with what it asks for."""


def undeclared(files: Iterator[Path], declared: list[str]) -> set[tuple[str, str]]:
    """(file, module) of each import that no declared package, and no file beside it, provides."""
    providers, allowed = metadata.packages_distributions(), {normal(name) for name in declared}
    return {
        (str(file.relative_to(PROJECT)), module)
        for file in files
        for module in imported(file) - OURS - YARDSTICKS - {other.stem for other in file.parent.glob("*.py")}
        if not allowed & {normal(name) for name in providers.get(module, [module])}
    }


def test_every_folder_with_code_is_a_listed_package() -> None:
    found = {
        ".".join([package, *file.parent.relative_to(PROJECT / folder).parts])
        for package, folder in FOLDERS.items()
        for file in (PROJECT / folder).rglob("*.py")
    }

    assert sorted(SETUPTOOLS["packages"]) == sorted(found)
    assert [package for package in found if not (folder_of(package) / "__init__.py").is_file()] == []


def test_every_file_beside_the_code_is_package_data() -> None:
    left_out = [
        file.relative_to(PROJECT)
        for package in SETUPTOOLS["packages"]
        for file in folder_of(package).iterdir()
        if file.is_file() and file.suffix not in (".py", ".pyc")
        if not any(file.match(pattern) for pattern in SETUPTOOLS["package-data"].get(package, []))
    ]

    assert left_out == []


def test_what_the_package_imports_it_asks_for() -> None:
    project = PYPROJECT["project"]
    extras = project["optional-dependencies"]
    optional = [wanted for name in ("torch", "asr", "lm", "pyannote") for wanted in extras[name]]

    assert undeclared(modules(*FOLDERS.values()), project["dependencies"] + optional) == set()


def test_what_tests_and_scripts_import_the_dev_extra_asks_for() -> None:
    project = PYPROJECT["project"]
    declared = project["dependencies"] + project["optional-dependencies"]["dev"]

    assert undeclared(modules("tests", "bench", "sample_meetings"), declared) == set()


def test_a_missing_declaration_would_be_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules[__name__], "PROJECT", tmp_path)
    (tmp_path / "code.py").write_text("import os, numpy.linalg\ndef late():\n    from docx.shared import Mm\n")

    assert undeclared(modules("."), ["numpy>=1"]) == {("code.py", "docx")}


def test_constraints_pin_all_that_is_asked_for() -> None:
    lines = (PROJECT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    asked = [*PYPROJECT["project"]["dependencies"], *PYPROJECT["build-system"]["requires"]]
    for extra in PYPROJECT["project"]["optional-dependencies"].values():
        asked += extra

    assert [pin for pin in pins if not re.fullmatch(r"[\w.-]+==[\w.]+", pin)] == []
    assert len({normal(pin) for pin in pins}) == len(pins)
    assert {normal(name) for name in asked} - {normal(pin) for pin in pins} == {"bigvoice"}


def test_the_version_is_the_same_everywhere() -> None:
    changes = (PROJECT / "CHANGELOG.md").read_text(encoding="utf-8")

    newest = re.search(r"^## \[(\d[^\]]*)\] - \d{4}-\d\d-\d\d$", changes, re.MULTILINE)

    assert newest is not None
    assert newest[1] == PYPROJECT["project"]["version"] == version()


def text_of(file: Path) -> str:
    """What can be read in a file; of a Word document, in all its parts."""
    if file.suffix == ".docx":
        with zipfile.ZipFile(file) as parts:
            return "\n".join(parts.read(name).decode("utf-8", "ignore") for name in parts.namelist())
    return file.read_bytes().decode("utf-8", "ignore")


def test_nothing_of_the_machine_it_was_made_on_is_in_it() -> None:
    files = list(tracked())

    found = {
        f"{file.relative_to(PROJECT)}: {match[0]}"
        for file in files
        for kind in FOREIGN
        for match in kind.finditer(text_of(file))
    }

    assert len(files) > 100
    assert found == set()


@pytest.mark.parametrize("text", ["see /wor" + "k/main", "https://py" + "pi.org/x", "pip --index-" + "url"])
def test_such_a_trace_would_be_seen(text: str) -> None:
    assert any(kind.search(text) for kind in FOREIGN)
