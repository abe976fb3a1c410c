"""Overlap: where two speak at once, and who the second is.

A network hears that there are two, frame by frame (`segmentation`). Who the second is, it cannot say over a whole
recording; but people who talk at once mostly have just spoken or are about to: the second voice is whoever else speaks
nearest in time (Otterson and Ostendorf, 2007). On meetings made of held-out speakers that found the second voice better
than the second-best embedding, and far better than stitching the network's own people together by how they sound.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from bigvoice.diarization.segmentation import Segmentation, overlap
from bigvoice.diarization.smoothing import spans_where
from bigvoice.span import Span, intersect, merge
from bigvoice.turn import Turn

TOGETHER = 0.5
"""Probability from which on two speak at once. From 0.4 to 0.6 made meetings do not tell which is best."""


def together(segmentation: Segmentation) -> list[Span]:
    """Where two people or more speak at once."""
    return spans_where(overlap(segmentation) >= TOGETHER, segmentation.frame)


def with_second(turns: Sequence[Turn], together: Sequence[Span]) -> list[Turn]:
    """Turns that do not overlap, in order of time -> the same with a second voice where two speak at once.

    Within a turn, what lies nearer to the last turn of somebody else goes to them too, the rest to whoever is next.
    """
    if not together:
        return list(turns)
    said: dict[str, list[Span]] = defaultdict(list)
    for turn, before, after in _between(turns):
        said[turn.speaker].append(turn.span)
        for span, second in _halves(turn, before, after):
            said[second] += intersect([span], together)
    return sorted(Turn(span, speaker) for speaker, spans in said.items() for span in merge(spans))


def _between(turns: Sequence[Turn]) -> Iterator[tuple[Turn, Turn | None, Turn | None]]:
    """Each turn with the last before it and the first after it that are somebody else's."""
    after: list[Turn | None] = [None] * len(turns)
    for i in range(len(turns) - 2, -1, -1):
        after[i] = after[i + 1] if turns[i + 1].speaker == turns[i].speaker else turns[i + 1]
    before = None
    for i, turn in enumerate(turns):
        if i and turns[i - 1].speaker != turn.speaker:
            before = turns[i - 1]
        yield turn, before, after[i]


def _halves(turn: Turn, before: Turn | None, after: Turn | None) -> Iterator[tuple[Span, str]]:
    """A turn's halves, the one nearer to `before` and the one nearer to `after`, with who speaks there."""
    if before and after:
        middle = min(max((before.span.end + after.span.start) / 2, turn.span.start), turn.span.end)
    else:
        middle = turn.span.end if before else turn.span.start
    if before:
        yield Span(turn.span.start, middle), before.speaker
    if after:
        yield Span(middle, turn.span.end), after.speaker
