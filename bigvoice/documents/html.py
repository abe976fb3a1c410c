"""HTML (.html): a page to read, search and listen to, whole in one file; it asks nothing of any network.

The page is filled from templates/page.html, and its style and scripts are put into it. It is written to be read as it
is, on paper as well: the scripts only add to it. A policy in its head lets nothing run or load but what it was written
with, so that markup in a name or a word could do nothing even if it were taken for markup.
"""

from __future__ import annotations

import base64
import hashlib
from bisect import bisect
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

from jinja2 import Environment, FunctionLoader, StrictUndefined

from bigvoice.documents.dialogue import Block, clock
from bigvoice.documents.line import one_line
from bigvoice.documents.page_sound import Sound, sound_of
from bigvoice.documents.page_wording import page_wording
from bigvoice.documents.ratio_view import among_line
from bigvoice.documents.recording_file import located
from bigvoice.documents.spoken import Spoken, spoken
from bigvoice.documents.view import View, view_of
from bigvoice.errors import DocumentError
from bigvoice.minutes.minutes import ACTION, AGENDA, DECISION, Minutes, paragraphs
from bigvoice.minutes.whole_file import why_not_written, write_whole
from bigvoice.progress import Hook, silent
from bigvoice.settings import DocumentOptions

SCRIPTS = ("time", "turns", "sound", "follow", "links", "search", "speakers", "keys", "start")
"""templates/page_NAME.js, put one after another into one module: a page on a disk may not import others."""

COLOURS = 8
"""Speakers that page.css tells apart by colour; after them the colours begin again."""


@dataclass(frozen=True, slots=True)
class NoteRow:
    """A note as it is read; `clock` is also where a link to its time goes."""

    clock: str
    text: str
    who: str
    until: str


@dataclass(frozen=True, slots=True)
class Turn:
    """A block of the dialogue, as the page shows it.

    anchor: what a link to its time names, "" where one before it began in the same second. points: agenda points that
    begin with it. start, end: as `stamp` writes them. colour: of its speaker, from 1 to COLOURS.
    """

    block: Block
    anchor: str
    points: tuple[str, ...]
    start: str
    end: str
    colour: int
    words: tuple[Spoken, ...]


def render(minutes: Minutes, options: DocumentOptions, *, hook: Hook = silent) -> str:
    """The page, with its sound in it; sound beside it is only named. Raises RecordingError."""
    return _page(minutes, options, sound_of(minutes, options, hook=hook))


def write_page(minutes: Minutes, path: Path, options: DocumentOptions, *, hook: Hook = silent) -> None:
    """Write the page, and its sound beside it where that is wanted; each file whole or not at all.

    A recording that the options do not name is looked for beside the page. Progress as `sound_of`. Raises
    DocumentError, RecordingError.
    """
    sound = sound_of(minutes, located(options, minutes, path.parent), hook=hook)
    page = _page(minutes, options, sound)
    if sound.file:
        _write(path.with_name(sound.file), sound.data)
    _write(path, page.encode())


def _write(path: Path, data: bytes) -> None:
    try:
        write_whole(path, data)
    except OSError as error:
        raise DocumentError(why_not_written(path, error)) from error


def stamp(seconds: float) -> str:
    """A time in hundredths of a second, written to base 36: short, for a page has many.

    >>> stamp(0.0), stamp(754.2), stamp(10800)
    ('0', '1m70', 'n5c0')
    """
    number, digits = max(0, round(seconds * 100)), ""
    while number or not digits:
        number, digit = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[digit] + digits
    return digits


def _page(minutes: Minutes, options: DocumentOptions, sound: Sound) -> str:
    view = view_of(minutes, options)
    colours = _colours(view)
    style, script = _asset("page.css"), "\n".join(_asset(f"page_{name}.js") for name in SCRIPTS)
    return (
        _environment()
        .get_template("page.html")
        .render(
            view=view,
            words=view.wording,
            page=page_wording(view.wording.language),
            policy=_policy(style, script, sound),
            style=style,
            script=script,
            sound=sound,
            spoken_language=minutes.language or "",
            colours=colours,
            notes=_notes(minutes),
            among=among_line(view.ratio),
            turns=_turns(minutes, view, colours, mark_unsure=options.mark_unsure),
        )
    )


@cache
def _environment() -> Environment:
    """What fills the page: every value is escaped but for style and scripts; one that is missing is an error."""
    found = Environment(
        loader=FunctionLoader(_asset), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    found.filters |= {"stamp": stamp, "percent": lambda fraction: f"{100 * fraction:.2f}"}
    return found


@cache
def _asset(name: str) -> str:
    return files("bigvoice.templates").joinpath(name).read_text(encoding="utf-8")


def _policy(style: str, script: str, sound: Sound) -> str:
    """The Content-Security-Policy: this style and this script run, this sound plays, and nothing else does anything."""
    media = "" if not sound.address else "media-src data: blob:; " if not sound.file else "media-src 'self' file:; "
    return f"default-src 'none'; {media}style-src {_source(style)}; script-src {_source(script)}; " + (
        "base-uri 'none'; form-action 'none'"
    )


def _source(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _colours(view: View) -> dict[str, int]:
    """A colour for each speaker, by id."""
    heard = [row.speaker for row in view.attendees if row.heard]
    return {speaker: i % COLOURS + 1 for i, speaker in enumerate(heard)}


def _notes(minutes: Minutes) -> Mapping[str, list[NoteRow]]:
    """The decisions and the actions."""
    found: dict[str, list[NoteRow]] = {DECISION: [], ACTION: []}
    for note in minutes.notes:
        if note.kind in found:
            row = NoteRow(clock(note.time), one_line(note.text), one_line(note.who), one_line(note.until))
            found[note.kind].append(row)
    return found


def _turns(minutes: Minutes, view: View, colours: Mapping[str, int], *, mark_unsure: bool) -> list[Turn]:
    points = _points(minutes, view.blocks)
    seen: set[str] = set()
    found = []
    for i, (block, utterances) in enumerate(zip(view.blocks, paragraphs(minutes.utterances), strict=True)):
        anchor = "" if block.clock in seen else block.clock
        seen.add(block.clock)
        words = spoken(utterances, mark_unsure=mark_unsure)
        colour = colours[block.speaker]
        found.append(Turn(block, anchor, tuple(points[i]), stamp(block.start), stamp(block.end), colour, words))
    return found


def _points(minutes: Minutes, blocks: Sequence[Block]) -> Mapping[int, list[str]]:
    """The agenda points by the number of the block with which they begin: the one whose beginning is nearest."""
    starts = [block.start for block in blocks]
    found = defaultdict(list)
    for note in minutes.notes:
        if note.kind == AGENDA and starts:
            after = min(bisect(starts, note.time), len(starts) - 1)
            nearest = min((max(0, after - 1), after), key=lambda i: abs(starts[i] - note.time))
            found[nearest].append(one_line(note.text))
    return found
