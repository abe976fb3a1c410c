"""Subtitles (.srt, .vtt): what is said, over the video. Where the text is cut is in cues.py."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from itertools import zip_longest

from bigvoice.documents.cue_times import Cue
from bigvoice.documents.cues import DASH, breadth, cues_of
from bigvoice.documents.line import cut, one_line
from bigvoice.documents.wording import wording_for
from bigvoice.minutes.minutes import DOUBT, Minutes
from bigvoice.settings import DocumentOptions

NAME_COLUMNS = 16
"""Of a line, for the name in SubRip: a longer one is cut, so that most of the line is left for what is said."""

# SubRip cannot quote what players take for markup, so that is written with signs of the same width that look alike.
_HARMLESS = str.maketrans({"<": "‹", ">": "›", "{": "("})


def render_vtt(minutes: Minutes, options: DocumentOptions) -> str:
    """WebVTT, each cue with the voice tags of its speakers. Source: W3C, WebVTT: The Web Video Text Tracks Format."""
    names = _names(minutes, options)
    return "\n".join(["WEBVTT\n", *(_vtt(cue, [names[each] for each in cue.speakers]) for cue in cues_of(minutes))])


def render_srt(minutes: Minutes, options: DocumentOptions) -> str:
    """SubRip; a name stands before what is said whenever another person speaks."""
    names = {key: f"{_short(name)}: " if name else "" for key, name in _names(minutes, options).items()}
    cues = cues_of(minutes, name=max(names.values(), key=breadth, default=""))
    before = ["", *(cue.speakers[-1] for cue in cues)]
    labels = [
        [names[each] if each != last else "" for each in cue.speakers] for cue, last in zip(cues, before, strict=False)
    ]
    return "\n".join(_srt(i, cue, label) for i, (cue, label) in enumerate(zip(cues, labels, strict=True), 1))


def _names(minutes: Minutes, options: DocumentOptions) -> dict[str, str]:
    labels = wording_for(minutes, options).labels(minutes)
    return {speaker: one_line(label) for speaker, label in labels.items()}


def _short(name: str) -> str:
    """As much of a name as there is room for; a suggestion stays one.

    >>> _short("Alexandra Constantinou?")
    'Alexandra Cons…?'
    """
    whole = name.removesuffix(DOUBT)
    doubt = name[len(whole) :]
    return cut(whole, NAME_COLUMNS - len(doubt)) + doubt


def _vtt(cue: Cue, names: Sequence[str]) -> str:
    said = [escape(line, quote=False) for line in cue.lines]
    voices = [f"<v {escape(name, quote=False)}>" if name else "" for name in names]
    if cue.other:
        said = [f"{voice}{DASH}{line}</v>" for voice, line in zip(voices, said, strict=True)]
        voices = [""]
    text = "\n".join(said)
    return f"{_time(cue.start, '.')} --> {_time(cue.end, '.')}\n{voices[0]}{text}\n"


def _srt(number: int, cue: Cue, labels: Sequence[str]) -> str:
    dash = DASH if cue.other else ""
    said = [f"{dash}{label}{line}" for label, line in zip_longest(labels, cue.lines, fillvalue="")]
    text = "\n".join(said).translate(_HARMLESS)
    return f"{number}\n{_time(cue.start, ',')} --> {_time(cue.end, ',')}\n{text}\n"


def _time(seconds: float, mark: str) -> str:
    """HH:MM:SS and milliseconds.

    >>> _time(3725.0625, ",")
    '01:02:05,062'
    """
    rest, milliseconds = divmod(round(seconds * 1000), 1000)
    minutes, rest = divmod(rest, 60)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest:02}{mark}{milliseconds:03}"
