"""Meetings of tone voices whose minutes were corrected: what voices are learnt from in tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from test_enrolment import voice

from bigvoice.minutes.minutes import GIVEN, KNOWN, SUGGESTED, Maker, Minutes, Source, Speaker, Utterance
from bigvoice.recording import RATE, Recording
from bigvoice.span import Span

MINA, JOON = 220.0, 110.0
"""Pitches, far apart."""
TALK = ((MINA, "s1"), (JOON, "s2"), (MINA, "s1"), (JOON, "s2"))


def meeting(
    spoken: Sequence[tuple[float, str]] = TALK,
    *,
    names: Mapping[str, str] | None = None,
    named_by: str = GIVEN,
    seconds: float = 10.0,
    confidence: float = 0.9,
    seed: int = 100,
) -> tuple[Minutes, Recording]:
    """Turns of (pitch, speaker), one after the other, of so many seconds; names: by speaker, else "s1" is Mina Park."""
    pieces = [voice(pitch, seconds, seed=seed + i) for i, (pitch, _) in enumerate(spoken)]
    recording = Recording(np.concatenate(pieces), path=Path("board.wav"), sha256=f"{seed:064d}")
    names = {"s1": "Mina Park"} if names is None else names
    return minutes_of(recording, [speaker for _, speaker in spoken], names, named_by, seconds, confidence), recording


def minutes_of(
    recording: Recording,
    order: Sequence[str],
    names: Mapping[str, str],
    named_by: str = GIVEN,
    seconds: float = 10.0,
    confidence: float = 0.9,
) -> Minutes:
    """Turns of so many seconds, in that order of speakers."""
    sure = {GIVEN: 1.0, KNOWN: 0.995, SUGGESTED: 0.7}[named_by]
    return Minutes(
        Source(recording.name, recording.sha256, len(recording.samples) / RATE),
        Maker("0.1.0"),
        speakers=tuple(
            Speaker(who, n, names[who], "chair", named_by, sure) if who in names else Speaker(who, n)
            for n, who in enumerate(sorted(set(order)), start=1)
        ),
        utterances=tuple(
            Utterance(Span(i * seconds, (i + 1) * seconds), speaker, confidence=confidence)
            for i, speaker in enumerate(order)
        ),
    )
