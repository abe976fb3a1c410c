"""Line: text from outside (names, titles, what was said) made safe to stand on one line of any format."""

from __future__ import annotations

import re
from functools import lru_cache
from unicodedata import combining, east_asian_width

_SPACES = re.compile(r"\s+")
# What no document may hold: control characters, halves of surrogate pairs and non-characters (XML, so Word, refuses
# them), and the marks that turn the direction of all text after them, which let a name rewrite the line it stands on.
# The harmless U+200E and U+200F stay; line ends and tabs are white space.
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef\ufeff"
    + "".join(chr(plane * 0x10000 + last) for plane in range(17) for last in (0xFFFE, 0xFFFF))
    + "]"
)


def piece(text: str) -> str:
    r"""A part of a line: every run of white space is one space, what no format may hold is gone; ends are kept.

    >>> piece(" Tom\n\tFord\b ")
    ' Tom Ford '
    """
    return _SPACES.sub(" ", _FORBIDDEN.sub("", text))


def one_line(text: str) -> str:
    """A whole line: a piece without white space at its ends."""
    return piece(text).strip()


def width(text: str) -> int:
    """How many columns a text takes where a Latin letter takes one: two for a Hangul syllable, none for an accent.

    Source: Unicode Standard Annex 11, East Asian Width.

    >>> width("abc"), width("회의")
    (3, 4)
    """
    return len(text) if text.isascii() else sum(map(_columns, text))


@lru_cache(maxsize=4096)
def _columns(char: str) -> int:
    if combining(char) or char in "\u200e\u200f":
        return 0
    return 2 if east_asian_width(char) in "WF" else 1


def pad(text: str, columns: int) -> str:
    """The text with spaces after it, up to so many columns."""
    return text + " " * (columns - width(text))


def cut(text: str, columns: int) -> str:
    """As much of the text as fits, with an ellipsis where some is left out.

    >>> cut("홍길동 부장", 8)
    '홍길동…'
    """
    if width(text) <= columns:
        return text
    while width(text) > columns - 1:
        text = text[:-1]
    return text.rstrip() + "…"
