"""Golden files: what people read, kept to be compared; BIGVOICE_RENEW_GOLDEN=1 writes them anew, to be looked at."""

from __future__ import annotations

import os
from pathlib import Path

FOLDER = Path(__file__).parent / "golden"


def same_as_golden(text: str, name: str) -> bool:
    """Whether a text is that of the golden file."""
    file = FOLDER / name
    if os.environ.get("BIGVOICE_RENEW_GOLDEN"):
        file.write_text(text, encoding="utf-8", newline="")
    with file.open(encoding="utf-8", newline="") as kept:
        return kept.read() == text
