"""Base: the state of the minutes that a document was made of. What differs from it was changed in the document.

A document names its state, in a bookmark and in its properties. Where a program has lost both, it is the state of which
most blocks say what they say in the document.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain

from bigvoice.documents.docx_keys import state_of
from bigvoice.documents.line import one_line
from bigvoice.minutes.minutes import Minutes
from bigvoice.returning.came_back import CameBack
from bigvoice.returning.comparison import expected_of

Look = frozenset[tuple[str, str]]
"""What stands at each clock time: names and texts."""


def base_of(back: CameBack, minutes: Minutes, earlier: Iterable[Minutes]) -> tuple[Minutes, bool]:
    """The state that a document was made of, and whether that is certain. earlier: the latest first."""
    states = chain([minutes], earlier)
    if back.state:
        found = next((state for state in states if state_of(state) == back.state), None)
        return found or minutes, found is not None
    looks: dict[Look, Minutes] = {}
    for state in states:
        looks.setdefault(_look_of(state), state)  # the latest of those that look alike
    now = _look_of_document(back)
    best, *others = sorted(looks, key=lambda look: -len(look & now))  # the latest of equals first
    return looks[best], not others or len(best & now) > len(others[0] & now)


def _look_of(minutes: Minutes) -> Look:
    blocks = expected_of(minutes, by_turn=False)
    return frozenset((each.clock, text) for each in blocks for text in (*each.labels, *each.texts))


def _look_of_document(back: CameBack) -> Look:
    said = [(each.clock, part) for each in back.passages for part in (each.label, each.text) if part]
    return frozenset((clock, one_line(part.text)) for clock, part in said)
