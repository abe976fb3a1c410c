"""Record (.json): the minutes file itself, which `bigvoice.minutes.store` reads again."""

from __future__ import annotations

from bigvoice.minutes.minutes import Minutes
from bigvoice.minutes.store import dump
from bigvoice.settings import DocumentOptions


def render(minutes: Minutes, options: DocumentOptions) -> str:  # noqa: ARG001  # the record has one look
    """The text of a minutes file."""
    return dump(minutes)
