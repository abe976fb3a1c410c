"""What people read: one file a format.

A format is a function `render(minutes, options)` that gives the whole document as text or bytes; `write` finds it by
the file's suffix and imports its module on use.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from types import MappingProxyType

from bigvoice.errors import DocumentError
from bigvoice.minutes.minutes import Minutes
from bigvoice.minutes.store import save
from bigvoice.minutes.whole_file import why_not_written, write_whole
from bigvoice.progress import Hook, silent
from bigvoice.settings import DocumentOptions

Render = Callable[[Minutes, DocumentOptions], str | bytes]

FORMATS: Mapping[str, str] = MappingProxyType(
    {
        ".docx": "bigvoice.documents.docx:render",
        ".html": "bigvoice.documents.html:render",
        ".md": "bigvoice.documents.markdown:render",
        ".txt": "bigvoice.documents.text:render",
        ".json": "bigvoice.documents.record:render",
        ".srt": "bigvoice.documents.subtitles:render_srt",
        ".vtt": "bigvoice.documents.subtitles:render_vtt",
        ".rttm": "bigvoice.documents.rttm:render",
        ".stm": "bigvoice.documents.stm:render",
        ".csv": "bigvoice.documents.table:render",
    }
)


def renderer(path: str | Path) -> Render:
    """What renders the format of that suffix. Raises DocumentError for a suffix that is not known."""
    suffix = Path(path).suffix.lower()
    try:
        module, _, attribute = FORMATS[suffix].partition(":")
    except KeyError:
        what = f"no format {suffix!r}" if suffix else "a document needs a suffix"
        raise DocumentError(f"{path}: {what}: choose one of {', '.join(FORMATS)}") from None
    render: Render = getattr(import_module(module), attribute)
    return render


def write(
    minutes: Minutes,
    path: str | Path,
    *,
    options: DocumentOptions | None = None,
    force: bool = False,
    hook: Hook = silent,
) -> None:
    """Write the minutes as a document, in the format of the file's suffix; whole or not at all.

    A minutes file (.json) that was edited is overwritten with `force` only. The sound of a page (.html) is made of the
    recording that the options name, else of the one beside the page; the hook is told how far it is, and if there is
    none. Raises DocumentError, for .json MinutesError, and for .html RecordingError.
    """
    path = Path(path)
    render = renderer(path)
    options = options or DocumentOptions()
    if path.suffix.lower() == ".json":
        save(minutes, path, force=force)
    elif path.suffix.lower() == ".html":
        from bigvoice.documents.html import write_page

        write_page(minutes, path, options, hook=hook)
    else:
        write_document(path, render(minutes, options))


def write_document(path: Path, document: str | bytes) -> None:
    """Write a document that is made already; whole or not at all. Raises DocumentError."""
    try:
        write_whole(path, document.encode() if isinstance(document, str) else document)
    except OSError as error:
        raise DocumentError(why_not_written(path, error)) from error
