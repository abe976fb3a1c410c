"""Channels: who speaks into which microphone, for recordings that keep one channel a person.

Every microphone hears the others a little (cross-talk), and speech detection is made to find faint speech. So a channel
speaks only while it is not far below the loudest channel at that moment.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bigvoice.diarization.smoothing import spans_where
from bigvoice.recording import RATE, Samples
from bigvoice.span import Span, intersect, merge

FRAME = 0.1
"""Seconds: ten pitch periods of a deep voice, and shorter than a syllable."""
CROSS_TALK_DB = 10.0
"""A voice 20 cm away is 20 log10(5) = 14 dB louder than one 1 m away; 4 of them are left for a quiet speaker."""
SHORTEST = 0.3
"""Seconds: speech, or a pause in it, that is shorter comes from single frames near the threshold."""


def own_speech(tracks: Sequence[Samples], speech: Sequence[Sequence[Span]]) -> list[list[Span]]:
    """Of each track's speech, what is spoken into that track.

    tracks: (n,) float32 each, one a channel, of one length. speech: found in each. Returns as many lists of spans.
    """
    n_frames = min(len(track) for track in tracks) // round(FRAME * RATE)
    levels = np.stack([_levels_db(track, n_frames) for track in tracks])
    near = levels >= levels.max(axis=0) - CROSS_TALK_DB
    return [
        [
            span
            for span in merge(intersect(found, spans_where(frames, FRAME)), gap=SHORTEST)
            if span.duration >= SHORTEST
        ]
        for found, frames in zip(speech, near, strict=True)
    ]


def _levels_db(track: Samples, n_frames: int) -> NDArray[np.float64]:
    """(n_frames,): RMS of each frame in dB of full scale, silence at -100."""
    hop = round(FRAME * RATE)
    frames = track[: n_frames * hop].reshape(n_frames, hop)
    power = np.einsum("ij,ij->i", frames, frames, dtype=np.float64) / hop
    return np.asarray(10 * np.log10(np.maximum(power, 1e-10)))
