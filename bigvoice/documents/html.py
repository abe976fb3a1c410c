"""HTML (.html): a page to read, search and listen to, whole in one file; it asks nothing of any network.

The page is filled from templates/page.html, and its style and scripts are put into it. It is written to be read as it
is, on paper as well: the scripts only add to it. A policy in its head lets nothing run or load but what it was written
with, so that markup in a name or a word could do nothing even if it were taken for markup.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib.resources import files
from pathlib import Path

from jinja2 import Environment, FunctionLoader, StrictUndefined

from bigvoice.documents.page_sound import Sound, sound_kept, sound_of
from bigvoice.documents.page_view import colours_of, stamp, turns_of
from bigvoice.documents.page_wording import page_wording
from bigvoice.documents.ratio_view import among_line
from bigvoice.documents.recording_file import located
from bigvoice.documents.view import view_of
from bigvoice.errors import DocumentError
from bigvoice.minutes.minutes import Minutes
from bigvoice.minutes.whole_file import why_not_written, write_whole
from bigvoice.progress import Hook, silent
from bigvoice.settings import DocumentOptions

SCRIPTS = ("time", "turns", "sound", "follow", "links", "search", "speakers", "keys", "start")
"""templates/page_NAME.js, put one after another into one module: a page on a disk may not import others."""


def render(minutes: Minutes, options: DocumentOptions, *, hook: Hook = silent) -> str:
    """The page, with its sound in it; sound beside it is only named. Raises RecordingError."""
    return _page(minutes, options, sound_of(minutes, options, hook=hook))


def write_page(minutes: Minutes, path: Path, options: DocumentOptions, *, hook: Hook = silent) -> None:
    """Write the page, and its sound beside it where that is wanted; each file whole or not at all.

    The sound of a page that is there is kept, if it is of the same recording. A recording that the options do not name
    is looked for beside the page. Progress as `sound_of`. Raises DocumentError, RecordingError.
    """
    sound = sound_kept(path, minutes, options)
    if sound is None:
        sound = sound_of(minutes, located(options, minutes, path.parent), hook=hook)
    page = _page(minutes, options, sound)
    if sound.data:
        _write(path.with_name(sound.file), sound.data)
    _write(path, page.encode())


def _write(path: Path, data: bytes) -> None:
    try:
        write_whole(path, data)
    except OSError as error:
        raise DocumentError(why_not_written(path, error)) from error


def _page(minutes: Minutes, options: DocumentOptions, sound: Sound) -> str:
    view = view_of(minutes, options)
    colours = colours_of(view)
    style, script = _asset("page.css"), "\n".join(_asset(f"page_{name}.js") for name in SCRIPTS)
    template = _environment().get_template("page.html")
    page: str = template.render(
        view=view,
        words=view.wording,
        page=page_wording(view.wording.language),
        policy=_policy(style, script, sound),
        style=style,
        script=script,
        sound=sound,
        spoken_language=minutes.language or "",
        colours=colours,
        among=among_line(view.ratio),
        turns=turns_of(minutes, view, colours, mark_unsure=options.mark_unsure),
    )
    return page.encode("utf-8", "replace").decode()  # an id that no UTF-8 can hold, written into the minutes by hand


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
    rules = ["default-src 'none'", "base-uri 'none'", "form-action 'none'"]
    rules += [f"style-src {_source(style)}", f"script-src {_source(script)}"]
    if sound.address:
        rules.append("media-src 'self' file:" if sound.file else "media-src data: blob:")
    return "; ".join(rules)


def _source(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
