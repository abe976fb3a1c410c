"""Listening: which stretches of a meeting are best heard to know a voice, by a person or by an encoder."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from bigvoice.minutes.minutes import Minutes, Utterance
from bigvoice.span import Span

SHORTEST, LONGEST = 2.0, 10.0
"""Seconds of a sample: a person knows a voice from two or three, and ten are enough."""
MARGIN = 0.15
"""Seconds at a border with another speaker that may be either's."""


def alone(minutes: Minutes, speaker: str) -> list[tuple[Utterance, Span]]:
    """The speaker's turns, each with its longest stretch in which nobody else speaks; turns without one are not there.

    A stretch keeps MARGIN seconds away from where somebody else speaks.
    """
    return _all_alone(minutes).get(speaker, [])


def samples(minutes: Minutes, n: int = 3) -> dict[str, list[Span]]:
    """Of every speaker by id, up to `n` stretches from which they can be known by ear, in order of time.

    From each n-th of a speaker's turns comes the best: long enough, and surely theirs. Where all are shorter than
    SHORTEST, the longest there are.
    """
    stretches = _all_alone(minutes)
    return {speaker.id: _best(stretches.get(speaker.id, []), n) for speaker in minutes.speakers}


def beside(utterances: Sequence[Utterance], margin: float = 0.0) -> list[list[Utterance]]:
    """For each utterance those of others that are heard with it, or less than `margin` seconds from it; by time.

    utterances: in order of time; one sweep over them.
    """
    found: list[list[Utterance]] = [[] for _ in utterances]
    near: list[int] = []
    for i, new in enumerate(utterances):
        near = [j for j in near if utterances[j].span.end + margin > new.span.start]
        for j in near:
            if utterances[j].speaker != new.speaker:
                found[i].append(utterances[j])
                found[j].append(new)
        near.append(i)
    return found


def _all_alone(minutes: Minutes) -> dict[str, list[tuple[Utterance, Span]]]:
    found: dict[str, list[tuple[Utterance, Span]]] = defaultdict(list)
    for utterance, others in zip(minutes.utterances, beside(minutes.utterances, MARGIN), strict=True):
        if free := _longest_free(utterance.span, [other.span for other in others]):
            found[utterance.speaker].append((utterance, free))
    return found


def _longest_free(span: Span, others: Sequence[Span]) -> Span | None:
    """The longest part of a span, MARGIN away from the others, which are in order of time; the first of equals."""
    best, clock = (0.0, 0.0), span.start
    for start, end in [*((other.start - MARGIN, other.end + MARGIN) for other in others), (span.end, span.end)]:
        if start - clock > best[1] - best[0]:
            best = clock, start
        clock = max(clock, end)
    return Span(*best) if best[1] > best[0] else None


def _best(stretches: Sequence[tuple[Utterance, Span]], n: int) -> list[Span]:
    if not stretches:
        return []
    n = min(n, len(stretches))
    parts = [stretches[i * len(stretches) // n : (i + 1) * len(stretches) // n] for i in range(n)]
    return [_cut(max(part, key=_goodness)[1]) for part in parts]


def _goodness(stretch: tuple[Utterance, Span]) -> tuple[float, ...]:
    """What a person said is right comes first; then seconds, of which more than LONGEST are no use, and certainty."""
    utterance, span = stretch
    seconds = min(span.duration, LONGEST)
    return (seconds >= SHORTEST, utterance.checked, seconds * utterance.confidence)


def _cut(span: Span) -> Span:
    """At most LONGEST seconds: its middle."""
    spare = max(0.0, span.duration - LONGEST) / 2
    return Span(span.start + spare, span.end - spare)
