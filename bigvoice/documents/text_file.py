"""Text file: one of a format of lines, read whole; what is wrong in it is told with the file's name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from bigvoice.errors import DocumentError

T = TypeVar("T")


def parsed(path: str | Path, parse: Callable[[str], T]) -> T:
    """What `parse` makes of the text in a file (UTF-8, with or without a mark).

    Raises DocumentError for a file that cannot be read, and with the file's name before it the one that `parse` raises.
    """
    try:
        return parse(Path(path).read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise DocumentError(f"{path} cannot be read: {reason}") from error
    except DocumentError as error:
        raise DocumentError(f"{path}: {error}") from error
