"""Corpora of tones, as small as they come, in the layouts in which corpora are found."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from bigvoice.corpora.ledger import Ledger
from bigvoice.corpora.utterance import Read, Utterance
from bigvoice.recording import RATE
from tests.fakes import write_wav


def sound(path: Path, seconds: float = 0.5) -> Path:
    """A recording: .wav, or raw for .pcm."""
    path.parent.mkdir(parents=True, exist_ok=True)
    samples = 0.1 * np.sin(np.arange(round(seconds * RATE)) / 7).astype(np.float32)
    if path.suffix == ".pcm":
        path.write_bytes((samples * 32767).astype("<i2").tobytes())
        return path
    return write_wav(path, samples)


def note(path: Path, text: str, encoding: str = "utf-8") -> Path:
    """A text file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode(encoding))
    return path


def label(path: Path, value: object) -> Path:
    """A JSON file."""
    return note(path, json.dumps(value, ensure_ascii=False))


def read(layout: Read, source: Path) -> tuple[list[Utterance], dict[str, int], dict[str, int]]:
    """What a layout reads; how often it left something out, and noticed something, by reason."""
    ledger = Ledger()
    found = list(layout(source, ledger))
    remarks = ledger.remarks()
    counts = [{each.reason: each.count for each in remarks if each.left_out is left_out} for left_out in (True, False)]
    return found, counts[0], counts[1]


def librispeech(root: Path, speakers: int = 6, each: int = 2) -> Path:
    """speakers x each recordings of half a second, with texts in capitals."""
    for n in range(speakers):
        place = root / "train" / str(100 + n) / "7"
        lines = []
        for i in range(each):
            sound(place / f"{100 + n}-7-{i:04}.wav")
            lines.append(f"{100 + n}-7-{i:04} IT'S WORD {'ABCDEFGHIJKLMNOP'[n]}")
        note(place / f"{100 + n}-7.trans.txt", "\n".join(lines) + "\n")
    return root
