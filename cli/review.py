"""bigvoice review: hear a meeting and correct its minutes, on a page of one's own browser."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

_Minutes = Annotated[
    Path, typer.Argument(metavar="MINUTES", help="Minutes file (.json).", show_default=False, readable=False)
]
_Recording = Annotated[
    Path | None,
    typer.Option("--recording", metavar="FILE", help="The recording; else the one beside the minutes.", readable=False),
]
_Port = Annotated[int, typer.Option(min=0, max=65535, metavar="N", help="Port of the page; 0 takes a free one.")]
_Browser = Annotated[bool, typer.Option("--browser/--no-browser", help="Open the page in the browser.")]
_Who = Annotated[str | None, typer.Option(metavar="NAME", help="Your name in the history; else the user's.")]


def review(
    minutes: _Minutes, recording: _Recording = None, port: _Port = 0, browser: _Browser = True, who: _Who = None
) -> None:
    """Hear a meeting and correct its minutes in the browser; nothing leaves this machine.

    Each correction is saved at once. Ctrl-C, or the page itself, ends it.
    """
    from bigvoice.review.serving import serve

    serve(minutes, recording=recording, port=port, who=who or "", browser=browser, on_address=typer.echo)
