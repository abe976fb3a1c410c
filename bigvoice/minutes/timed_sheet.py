"""Timed sheet: a sheet in which turns are also found by when they are, without looking at all of them."""

from __future__ import annotations

from collections import defaultdict

from bigvoice.minutes.correcting import Sheet
from bigvoice.minutes.corrections import Place
from bigvoice.minutes.minutes import Minutes, Utterance
from bigvoice.span import Span

DRAWER_S = 60.0
"""Seconds of one drawer, in which all turns lie that are heard then: a few dozen."""
LAST = 10_000
"""The drawer of all that is later than a week: only a time that was written by hand."""


class TimedSheet(Sheet):
    """As `Sheet`."""

    def __init__(self, minutes: Minutes) -> None:
        self._drawers: dict[int, dict[Place, None]] = defaultdict(dict)
        super().__init__(minutes)

    def near(self, span: Span) -> list[Place]:
        """The turns that have some time, or a border, in common with a span; in order of time."""
        found = {place for number in _drawers(span) if number in self._drawers for place in self._drawers[number]}
        return sorted(p for p in found if p.span.start <= span.end and span.start <= p.span.end)

    def _put(self, utterance: Utterance) -> None:
        super()._put(utterance)
        for number in _drawers(utterance.span):
            self._drawers[number][Place.of(utterance)] = None

    def _take(self, place: Place) -> Utterance:
        for number in _drawers(place.span):
            del self._drawers[number][place]
        return super()._take(place)


def _drawers(span: Span) -> range:
    first, last = (int(min(time // DRAWER_S, LAST)) for time in (span.start, span.end))
    return range(first, last + 1)
