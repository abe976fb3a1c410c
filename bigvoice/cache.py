"""Cache: finished stages on disk, so that a killed run goes on and a run with other options does not start over.

A stage's result is one JSON file, named by a hash of everything the result depends on. It is written whole or not at
all, readable by its owner only (it holds what was said); a file that cannot be read counts as absent.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from bigvoice.progress import Hook, Progress, silent
from bigvoice.stages import Stage

T = TypeVar("T")

KEPT_DAYS = 30
KEPT_BYTES = 500_000_000
"""An hour's stages take about 1 MB, so this is some hundred meetings."""
_OWN_FILE = re.compile(r"(speech|turns|traits|words)-[0-9a-f]{40}\.json(\.\d+\.part)?")


@dataclass(frozen=True)
class Cache:
    """A `Keep` that keeps in a folder, made when it is first needed.

    version: of the program that computes; another one's results are not taken over.
    """

    folder: Path
    version: str
    hook: Hook = silent

    def __call__(self, stage: Stage[T], key: Mapping[str, Any], compute: Callable[[], T]) -> T:
        """The result kept under this key, or a new one, which then is kept.

        A folder that cannot be written to costs the next run time, not this one its result: the hook is told.
        """
        file = self.folder / f"{stage.name}-{self._digest(stage.name, key)}.json"
        with suppress(OSError, ValueError, TypeError, KeyError):  # absent, broken or foreign: compute it
            result = stage.from_json(json.loads(file.read_text(encoding="utf-8")))
            os.utime(file)  # used now: pruned last
            self.hook(Progress(stage.name, 1, 1, "kept from an earlier run"))
            return result
        result = compute()
        try:
            self._write(file, json.dumps(stage.to_json(result), ensure_ascii=False))
        except OSError as error:
            self.hook(Progress(stage.name, 1, 1, f"cannot be kept in {self.folder}: {error.strerror}"))
        return result

    def _digest(self, stage: str, key: Mapping[str, Any]) -> str:
        text = json.dumps([stage, self.version, key], sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()[:40]

    def _write(self, file: Path, text: str) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        part = file.with_name(f"{file.name}.{os.getpid()}.part")
        try:
            with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as out:
                out.write(text)
                out.flush()
                os.fsync(out.fileno())
            part.replace(file)
        finally:
            part.unlink(missing_ok=True)

    def prune(self, *, days: float = KEPT_DAYS, n_bytes: int = KEPT_BYTES) -> None:
        """Remove what was not used for `days`, then the longest unused until at most `n_bytes` are left.

        Only files that a Cache wrote are touched: the folder may hold other things.
        """
        oldest = time.time() - days * 86_400
        left = n_bytes
        for file, used, size in sorted(self._files(), key=lambda entry: -entry[1]):
            left -= size
            if used < oldest or left < 0:
                with suppress(OSError):  # another run was faster, or it is not ours to remove
                    file.unlink()

    def _files(self) -> list[tuple[Path, float, int]]:
        found: list[tuple[Path, float, int]] = []
        with suppress(OSError), os.scandir(self.folder) as entries:
            for entry in entries:
                if _OWN_FILE.fullmatch(entry.name):
                    state = entry.stat()
                    found.append((Path(entry.path), state.st_mtime, state.st_size))
        return found
