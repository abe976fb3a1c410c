"""Listening: which stretches of a meeting are best heard to know a voice, by a person or by an encoder."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from bigvoice.minutes.minutes import Minutes, Utterance
from bigvoice.span import Span, subtract

SHORTEST, LONGEST = 2.0, 10.0
"""Seconds of a sample: a person knows a voice from two or three, and ten are enough."""
MARGIN = 0.15
"""Seconds at a border with another speaker that may be either's."""


def alone(minutes: Minutes, speaker: str) -> list[tuple[Utterance, Span]]:
    """The speaker's turns, each with its longest stretch in which nobody else speaks; turns without one are not there.

    A stretch keeps MARGIN seconds away from where somebody else speaks.
    """
    others = [
        Span(max(0.0, u.span.start - MARGIN), u.span.end + MARGIN) for u in minutes.utterances if u.speaker != speaker
    ]
    found = []
    for utterance, near in _beside([u for u in minutes.utterances if u.speaker == speaker], others):
        if free := subtract([utterance.span], near):
            found.append((utterance, max(free, key=lambda span: span.duration)))
    return found


def samples_of(minutes: Minutes, speaker: str, n: int = 3) -> list[Span]:
    """Up to `n` stretches from which the speaker can be known by ear, in order of time.

    From each n-th of the speaker's turns comes the best: long enough, and surely theirs. Where all are shorter than
    SHORTEST, the longest there are.
    """
    stretches = alone(minutes, speaker)
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


def _beside(turns: Sequence[Utterance], others: Sequence[Span]) -> list[tuple[Utterance, list[Span]]]:
    """Each turn with those of the others that touch it; one sweep, as both are in order of time."""
    found: list[tuple[Utterance, list[Span]]] = []
    buckets: dict[int, list[Span]] = defaultdict(list)
    for span in others:
        for bucket in range(int(span.start // _BUCKET), int(span.end // _BUCKET) + 1):
            buckets[bucket].append(span)
    for turn in turns:
        first, last = int(turn.span.start // _BUCKET), int(turn.span.end // _BUCKET)
        near = {span for bucket in range(first, last + 1) for span in buckets.get(bucket, ())}
        found.append((turn, sorted(near)))
    return found


_BUCKET = 30.0
"""Seconds of the recording in which overlapping turns are looked for together."""
