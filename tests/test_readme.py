"""What the documents show is run, in the order in which it is read, and what is printed is compared.

In README.md and docs/, all blocks of one document in one new folder, with empty user's folders:

    ```console     lines that begin with "$ " are run by bash; what stands below one is what it prints
    ```python      run as a script; a ```text block right below is what it prints
    ```toml        read as bigvoice.toml

"..." stands for any text and white space is not counted, as in doctest with ELLIPSIS and NORMALIZE_WHITESPACE.
`<!-- given: sample_meetings/x/recording.m4a as board.m4a -->` puts a file of the checkout, here under another name, in
the folder; `<!-- not run: REASON -->` right above a block leaves it out.
"""

from __future__ import annotations

import doctest
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

import pytest

from bigvoice.errors import SettingsError
from bigvoice.settings import Settings

PROJECT = Path(__file__).parents[1]
REFERENCE = PROJECT / "docs" / "commands.md"
DOCUMENTS = [PROJECT / "README.md", *sorted(file for file in PROJECT.glob("docs/*.md") if file != REFERENCE)]

_BLOCK = re.compile(
    r"(?:<!-- given: (?P<source>\S+)(?: as (?P<target>\S+))? -->)"
    r"|(?P<skip><!-- not run: .+? -->\n+)?^```(?P<kind>\w*)\n(?P<body>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
_LOOSE = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
_LINK = re.compile(r"\]\((?!\w+:|#)([^)#\s]+)")


@dataclass(frozen=True)
class Step:
    """Something a document tells to do: a command of bash or Python, and what it prints (None: not shown)."""

    program: tuple[str, ...]
    expected: str | None


def steps(text: str, folder: Path) -> Iterator[Step]:
    """What the document tells to do, in order; the files it is given are put into the folder on the way."""
    blocks = list(_BLOCK.finditer(text))
    for block, following in zip_longest(blocks, blocks[1:]):
        if block["source"]:
            shutil.copy(PROJECT / block["source"], folder / (block["target"] or Path(block["source"]).name))
        elif block["skip"]:
            continue
        elif block["kind"] == "console":
            yield from _commands(block["body"])
        elif block["kind"] == "python":
            shown = following if following and not text[block.end() : following.start()].strip() else None
            yield Step(
                (sys.executable, "-c", block["body"]), shown["body"] if shown and shown["kind"] == "text" else None
            )
        elif block["kind"] == "toml":
            Settings().updated(tomllib.loads(block["body"]), folder / "bigvoice.toml")


def _commands(body: str) -> Iterator[Step]:
    for part in re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]:
        command = re.match(r"(?:.*\\\n)*.*\n?", part)
        assert command is not None
        yield Step(("bash", "-euc", command[0]), part[command.end() :])


def run(text: str, folder: Path) -> int:
    """Do what a document tells to do; the number of steps. AssertionError where one fails or prints something else."""
    here, home = folder / "here", folder / "home"
    here.mkdir()
    home.mkdir()
    environment = {
        "HOME": str(home),
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        "LANG": "C.UTF-8",
        "COLUMNS": "100",
    }
    n_steps = 0
    for step in steps(text, here):
        done = subprocess.run(
            step.program,
            cwd=here,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            check=False,
        )
        expected = done.stdout if step.expected is None else step.expected
        same = doctest.OutputChecker().check_output(expected.strip() + "\n", done.stdout.strip() + "\n", _LOOSE)
        assert done.returncode == 0 and same, f"{step.program[-1]}\nprints ({done.returncode})\n{done.stdout}"
        n_steps += 1
    return n_steps


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda file: file.name)
def test_what_it_shows_is_what_happens(document: Path, tmp_path: Path) -> None:
    run(document.read_text(encoding="utf-8"), tmp_path)


def test_the_readme_shows_commands_python_and_settings() -> None:
    kinds = {block["kind"] for block in _BLOCK.finditer(DOCUMENTS[0].read_text(encoding="utf-8")) if not block["skip"]}

    assert {"console", "python"} <= kinds


@pytest.mark.parametrize("document", [*DOCUMENTS, REFERENCE], ids=lambda file: file.name)
def test_its_links_lead_somewhere(document: Path) -> None:
    links = _LINK.findall(document.read_text(encoding="utf-8"))

    assert [link for link in links if not (document.parent / link).exists()] == []


def test_the_command_reference_is_current() -> None:
    made = subprocess.run(
        [sys.executable, "-m", "typer", "bigvoice.cli.app", "utils", "docs", "--name", "bigvoice"],
        capture_output=True,
        encoding="utf-8",
        check=True,
    ).stdout

    assert REFERENCE.read_text(encoding="utf-8").strip() == made.strip(), "`make docs` renews it"


STORY = """
<!-- given: LICENSE as terms.txt -->
```console
$ head -n 1 terms.txt
MIT ...
$ echo one \\
    two
one two
$ touch left_behind
```
<!-- not run: it would fail -->
```console
$ false
```
```python
from pathlib import Path
print(Path("left_behind").exists())
```
```text
True
```
```toml
[transcription]
asr = "none"
```
"""


def test_a_true_document_is_run_from_its_first_line_to_its_last(tmp_path: Path) -> None:
    assert run(STORY, tmp_path) == 4


@pytest.mark.parametrize(
    ("true", "false"),
    [
        ("one two\n", "one three\n"),
        ("touch", "cat"),
        ("True", "False"),
        ("asr =", "aloud ="),
        ("it would fail -->", "-->"),
    ],
)
def test_an_untrue_one_fails(true: str, false: str, tmp_path: Path) -> None:
    assert true in STORY

    with pytest.raises((AssertionError, SettingsError)):
        run(STORY.replace(true, false), tmp_path)
