"""Captions: the words of a subtitle file (.srt, .vtt). Their times are made for reading and measure nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import unescape

from bigvoice.documents.line import one_line
from bigvoice.errors import DocumentError

_TIME = r"(?:\d+:)?\d{1,2}:\d{2}[.,]\d{1,3}"
_TIMES = re.compile(rf"^\s*{_TIME}\s+-->\s+{_TIME}(\s|$)")
_VOICE = re.compile(r"<v(?:\.[^\s>]*)?\s+([^>]*)>")
_TAG = re.compile(r"</?[a-zA-Z/\d][^>]*>|\{\\[^}]*\}")


@dataclass(frozen=True, slots=True)
class Caption:
    """What is shown at once. voice: "" where the file does not tell whose it is."""

    text: str
    voice: str = ""


def parse(text: str) -> list[Caption]:
    r"""The captions of SubRip or WebVTT, markup removed, in the order of the file.

    Raises DocumentError, naming the line, for times that are none, and for a file without captions that is not empty.

    >>> parse("WEBVTT\n\n00:00.000 --> 00:02.000\n<v Mina>Good\nmorning.")
    [Caption(text='Good morning.', voice='Mina')]
    """
    found = list(_captions(enumerate(text.splitlines(), 1)))
    if not found and text.strip() and not text.lstrip().startswith("WEBVTT"):
        raise DocumentError("line 1 is no subtitle file: no line has times, as 00:00:01,000 --> 00:00:02,000")
    return found


def _captions(lines: Iterable[tuple[int, str]]) -> Iterator[Caption]:
    shown: list[str] | None = None  # None: outside a caption
    for number, line in [*lines, (0, "")]:
        if "-->" in line and not _TIMES.match(line):
            raise DocumentError(f"line {number} is no time of a subtitle: 00:00:01,000 --> 00:00:02,000 belongs there")
        if _TIMES.match(line):
            shown = []
        elif shown is not None and line.strip():
            shown.append(line)
        elif shown is not None:
            yield _caption(" ".join(shown))
            shown = None


def _caption(markup: str) -> Caption:
    voice = _VOICE.search(markup)
    return Caption(one_line(unescape(_TAG.sub("", markup))), one_line(unescape(voice[1])) if voice else "")
