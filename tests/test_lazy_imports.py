"""`import bigvoice` and `bigvoice --help` are quick, because nothing heavy is imported before it is needed."""

import subprocess
import sys

import pytest

import bigvoice

HEAVY = (
    "sklearn",
    "scipy",
    "onnxruntime",
    "torch",
    "ctranslate2",
    "faster_whisper",
    "av",
    "docx",
    "docxtpl",
    "pocketsphinx",
)

SHOW = "print(*sorted(set(sys.modules) & set({heavy!r})))"


def imported_by(code: str) -> list[str]:
    """The heavy packages that some code imports, in a fresh Python."""
    program = "\n".join(["import sys", code, SHOW.format(heavy=HEAVY)])
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return done.stdout.splitlines()[-1].split()


@pytest.mark.parametrize(
    "code",
    [
        "import bigvoice; dir(bigvoice); bigvoice.__version__",
        "from bigvoice import Minutes, Settings, Span, BigvoiceError, Recording, talk_shares, read, read_settings",
        "from bigvoice.cli.app import run; run(['--help'])",
        "from bigvoice.cli.app import run; run(['--version'])",
        "from bigvoice.cli.app import run; run(['minutes', '--help'])",
        "from bigvoice.cli.app import run; run(['voices', '--help'])",
        "from bigvoice.cli.app import run; run(['models', 'where'])",
    ],
)
def test_nothing_heavy_is_imported(code):
    assert imported_by(code) == []


def test_the_check_sees_what_is_imported():
    assert "av" in imported_by("from bigvoice import load")


def test_every_public_name_is_there():
    for name in bigvoice.__all__:
        assert getattr(bigvoice, name) is not None
        assert name in dir(bigvoice)


def test_what_type_checkers_see_is_what_is_there():
    """The names under TYPE_CHECKING and those of the table are written twice; they must not drift apart."""
    import ast
    from pathlib import Path

    tree = ast.parse(Path(bigvoice.__file__).read_text(encoding="utf-8"))
    imports = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("bigvoice")
    ]
    seen = {alias.asname: node.module for node in imports for alias in node.names if alias.asname}

    assert seen == {name: f"bigvoice.{home}" for name, home in bigvoice._HOME.items()}


def test_an_unknown_name_is_told_as_python_does():
    with pytest.raises(AttributeError, match="module 'bigvoice' has no attribute 'minuets'"):
        bigvoice.minuets  # noqa: B018
