"""bigvoice review: hear a meeting and correct its minutes, on a page of one's own browser."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bigvoice.cli.correct import Minutes

_Recording = Annotated[
    Path | None,
    typer.Option("--recording", metavar="FILE", help="The recording; else the one beside the minutes.", readable=False),
]
_Port = Annotated[int, typer.Option("--port", min=0, max=65535, metavar="N", help="Port; 0 takes a free one.")]
_Book = Annotated[Path | None, typer.Option("--book", metavar="FILE", help="Voice book.", readable=False)]
_Browser = Annotated[bool, typer.Option("--browser/--no-browser", help="Open the page in the browser.")]
_Who = Annotated[str | None, typer.Option("--who", metavar="NAME", help="Who corrects, for the log; else the user.")]


def review(
    minutes: Minutes,
    recording: _Recording = None,
    port: _Port = 0,
    book: _Book = None,
    browser: _Browser = True,
    who: _Who = None,
) -> None:
    """Hear a meeting and correct its minutes in the browser; nothing leaves this machine.

    Prints the address of the page. Each correction is saved at once; Ctrl-C, or the page itself, ends it. Started again
    it is at the same address, and a page that was left open goes on.
    """
    from bigvoice.review.serving import serve
    from bigvoice.settings import read_settings

    served = serve(
        minutes,
        recording=recording,
        port=port,
        settings=read_settings(minutes, book=book) if book else None,
        who=who,
        browser=browser,
        on_address=lambda address: typer.echo(address),
    )
    if not served:
        typer.echo(f"{minutes} is under review already, at this address", err=True)
