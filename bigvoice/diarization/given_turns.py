"""Given turns: names for turns that another diarizer has found.

Whose voice a speaker's is, is heard where that speaker speaks alone: windows of two voices at once belong to neither.
What is found there is laid together over all turns of the speaker, as in bigvoice's own diarizer, and each name goes to
one speaker. The turns themselves stay as they were given.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from bigvoice.diarization.diarizer import Diarization, Naming
from bigvoice.diarization.naming import LIKELY
from bigvoice.diarization.windows import slide
from bigvoice.parts import Encoder
from bigvoice.progress import Hook, silent
from bigvoice.recording import Samples
from bigvoice.settings import DiarizationOptions
from bigvoice.span import Span, merge, overlapped, subtract, total
from bigvoice.turn import Turn
from bigvoice.voices import backgrounds
from bigvoice.voices.identification import Identifier, exclusive
from bigvoice.voices.person import Person

SHORTEST = 0.5
"""Seconds: shorter speech is heard only where a speaker has nothing longer."""


def name_turns(
    samples: Samples,
    turns: Sequence[Turn],
    encoder: Encoder,
    people: Sequence[Person] = (),
    *,
    options: DiarizationOptions | None = None,
    attendees: Sequence[str] = (),
    hook: Hook = silent,
) -> Diarization:
    """The turns, under the names of `people` where they are known.

    turns: of samples (n,) at 16 kHz; they may overlap. people: with prints of that encoder. attendees: who is expected;
    others are named more reluctantly. A name is sure where it is wrong with a probability of at most
    `options.false_names` and the encoder's background was learnt; else it is a suggestion.

    A speaker who is never heard alone stays unknown. Raises what the encoder raises.
    """
    options = options or DiarizationOptions()
    turns = tuple(sorted(turn for turn in turns if turn.span.duration > 0))
    identifier = Identifier(people, encoder.background, attendees, options.naming) if people else None
    if not turns or identifier is None or not identifier.people:
        return Diarization(turns, {})
    windows = {speaker: heard for speaker, spans in alone(turns).items() if (heard := _windows(spans))}
    if not windows:
        return Diarization(turns, {})
    embeddings = encoder(samples, [window for heard in windows.values() for window in heard], hook)
    borders = np.cumsum([len(heard) for heard in windows.values()])[:-1]
    margins = dict(zip(windows, np.split(identifier.margins(embeddings), borders), strict=True))
    notice = backgrounds.notice(encoder.name, encoder.background)
    names = _namings(windows, margins, identifier, 1.0 if notice else 1 - options.false_names)
    return Diarization(turns, names, (notice,) if notice else ())


def alone(turns: Sequence[Turn]) -> dict[str, list[Span]]:
    """Each speaker's speech without that of others, in the order of first speaking.

    >>> alone([Turn(Span(0, 5), "a"), Turn(Span(4, 8), "b")])
    {'a': [Span(start=0, end=4)], 'b': [Span(start=5, end=8)]}
    """
    spans: dict[str, list[Span]] = {}
    for turn in sorted(turns):
        spans.setdefault(turn.speaker, []).append(turn.span)
    crossed = overlapped([span for own in spans.values() for span in merge(own)])
    return {speaker: subtract(own, crossed) for speaker, own in spans.items()}


def _windows(spans: Sequence[Span]) -> list[Span]:
    every = slide(spans)
    return [window for window in every if window.duration >= SHORTEST] or every


def _namings(
    windows: Mapping[str, Sequence[Span]],
    margins: Mapping[str, NDArray[np.float64]],
    identifier: Identifier,
    least: float,
) -> dict[str, Naming]:
    """Speaker -> name, for those where it is at least likely; each name once, the surest first."""
    shares = np.array([identifier.probabilities(margins[who], total(windows[who]))[:-1] for who in windows])
    names = {}
    for row, person in exclusive(shares, LIKELY).items():
        speaker, probability = [*windows][row], float(shares[row, person])
        sure = probability >= least and not _mixed(windows[speaker], margins[speaker], person, identifier, least)
        whose = identifier.people[person]
        names[speaker] = Naming(whose.name, whose.role, probability, sure)
    return names


def _mixed(
    windows: Sequence[Span], margins: NDArray[np.float64], person: int, identifier: Identifier, least: float
) -> bool:
    """Whether a speaker is a person in part only: the windows that sound more like somebody else surely are theirs."""
    for other in range(len(identifier.people)):
        theirs = margins[:, other] > margins[:, person]
        if theirs.any():
            seconds = total([window for window, chosen in zip(windows, theirs, strict=True) if chosen])
            if identifier.probabilities(margins[theirs], seconds)[other] >= least:
                return True
    return False
