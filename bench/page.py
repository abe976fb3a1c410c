"""Every figure there is, on one Markdown page: each script of this folder is run, one after the other.

    python bench/page.py [bench/work/figures.md]

A script that cannot run here (what it measures is not installed, or not there) says so in its place on the page.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).parent


def scripts() -> Iterator[tuple[Path, str]]:
    """The scripts that print tables, and what they say of themselves."""
    for path in sorted(HERE.glob("*.py")):
        source = path.read_text()
        if path != Path(__file__) and '__name__ == "__main__"' in source:
            yield path, (ast.get_docstring(ast.parse(source)) or "").partition("\n")[0]


def section(script: Path, title: str) -> str:
    """What a script prints, under its title; of one that failed the last line of why."""
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, check=False)
    if done.returncode:
        last = (done.stderr.strip() or "no reason given").splitlines()[-1]
        said = f"{done.stdout}\nnot measured to its end: {last}"
    else:
        said = done.stdout
    return f"## {title}\n\n`{script.relative_to(HERE.parent)}`\n\n{said.strip()}\n"


def main() -> None:
    page = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "work" / "figures.md"
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text("# Figures\n\n")
    for script, title in scripts():
        found = section(script, title)
        with page.open("a") as text:
            text.write(found + "\n")
        print(found, flush=True)
    print(f"all of it: {page}")


if __name__ == "__main__":
    main()
