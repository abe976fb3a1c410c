"""Bars of a Word document: small pictures, drawn without a plotting library, that read in black and white too.

A bar is a row of segments, each filled with a pattern of its own, so that a grey printer tells them apart as well as
a screen does. It becomes a two-colour PNG of 600 dots an inch: crisp on paper, a few hundred bytes, and shown alike
by Word, LibreOffice and Hangul (which disagree about shapes and about the patterns of table cells).
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.bool_]

DOTS_PER_INCH = 600
MM_PER_INCH = 25.4
_DOTS_PER_METRE = round(DOTS_PER_INCH * 1000 / MM_PER_INCH)
INK, PAPER = (0x1F, 0x38, 0x64), (0xFF, 0xFF, 0xFF)
PATTERNS = ("solid", "stripes", "dots", "blank", "grid", "lines")
_PERIOD_MM = 1.0  # of a pattern; at reading distance stripes this far apart are still seen one by one
_FRAME_MM = 0.2


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of a bar, `mm` long, filled with one of PATTERNS."""

    mm: float
    pattern: str = "solid"

    def __post_init__(self) -> None:
        if self.pattern not in PATTERNS:
            raise ValueError(f"a bar has no pattern {self.pattern!r}: there are {', '.join(PATTERNS)}")


def dots(mm: float) -> int:
    """Millimetres in dots."""
    return round(mm * DOTS_PER_INCH / MM_PER_INCH)


def fill(pattern: str, height: int, width: int) -> Pixels:
    """(height, width) dots of that pattern; True is ink."""
    y, x = np.mgrid[:height, :width]
    period = dots(_PERIOD_MM)
    off_centre = np.hypot(x % period - period / 2, y % period - period / 2)
    inked: Pixels = {
        "solid": np.ones((height, width), bool),
        "stripes": (x + y) % period < period * 0.4,
        "dots": off_centre < period * 0.2,
        "blank": np.zeros((height, width), bool),
        "grid": (x % period < period * 0.25) | (y % period < period * 0.25),
        "lines": y % (period // 2) < period * 0.15,
    }[pattern]
    return inked


def paint(segments: Sequence[Segment], height_mm: float) -> Pixels:
    """The bar, (height, width) dots, every segment framed; a segment too short to be framed is a line of ink."""
    height, frame = dots(height_mm), dots(_FRAME_MM)
    drawn = []
    for segment in segments:
        width = max(dots(segment.mm), 2 * frame)
        cell = np.ones((height, width), bool)
        inside = (slice(frame, height - frame), slice(frame, width - frame))
        cell[inside] = fill(segment.pattern, height, width)[inside]
        drawn.append(cell)
    return np.hstack(drawn)


def png(pixels: Pixels) -> bytes:
    """The picture as PNG: one bit a dot, ink on paper (ISO/IEC 15948: signature, IHDR, PLTE, pHYs, IDAT, IEND)."""
    height, width = pixels.shape
    rows = np.packbits(pixels, axis=1)
    lines = np.hstack([np.zeros((height, 1), np.uint8), rows])  # each line begins with its filter: 0, none
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        [
            _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 3, 0, 0, 0)),
            _chunk(b"PLTE", bytes([*PAPER, *INK])),
            _chunk(b"pHYs", struct.pack(">IIB", _DOTS_PER_METRE, _DOTS_PER_METRE, 1)),
            _chunk(b"IDAT", zlib.compress(lines.tobytes(), 9)),
            _chunk(b"IEND", b""),
        ]
    )


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
