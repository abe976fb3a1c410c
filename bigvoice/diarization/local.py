"""Local voices: the people whom the segmentation hears in each chunk, where they speak alone.

The same person is another local voice in every chunk; who is who over the whole recording is found by how they sound.
What is heard of a local voice is all of its speech in the chunk that nobody else speaks into, cut together: it is
longer than a window of fixed length, and never two people at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from bigvoice.diarization.segmentation import Segmentation
from bigvoice.parts import Embeddings, Encoder
from bigvoice.progress import Hook, Progress, silent
from bigvoice.recording import RATE, Samples
from bigvoice.span import Span, total

SPEAKS = 0.5
"""Probability from which on somebody speaks."""
SHORTEST = 0.4
"""Seconds: who has less speech of their own in a chunk is not heard there."""
LONGEST = 6.0
"""Seconds: more of it makes no surer."""
AT_A_TIME = 16
"""Local voices whose speech is cut together at a time: 6 MB."""


@dataclass(frozen=True, slots=True)
class LocalVoice:
    """One person of one chunk. spans: where they speak alone, in order of time."""

    chunk: int
    person: int
    spans: tuple[Span, ...]

    @property
    def seconds(self) -> float:
        """How much there is to hear."""
        return total(self.spans)


def local_voices(segmentation: Segmentation, speech: NDArray[np.bool_]) -> list[LocalVoice]:
    """Everybody with at least SHORTEST seconds of speech alone in a chunk; speech (n_frames,): where to listen."""
    return list(_found(segmentation, speech))


def _found(segmentation: Segmentation, speech: NDArray[np.bool_]) -> Iterator[LocalVoice]:
    frame = segmentation.frame
    for chunk, (first, activity) in enumerate(zip(segmentation.first.tolist(), segmentation.activity, strict=True)):
        here = speech[first : first + len(activity)]
        active = (activity[: len(here)] > SPEAKS) & here[:, None]
        alone = active & (active.sum(axis=1) == 1)[:, None]
        for person in np.flatnonzero(alone.sum(axis=0) * frame >= SHORTEST).tolist():
            frames = _middle(np.flatnonzero(alone[:, person]), round(LONGEST / frame)) + first
            yield LocalVoice(chunk, person, tuple(Span(a * frame, b * frame) for a, b in runs(frames)))


def _middle(frames: NDArray[np.intp], n: int) -> NDArray[np.intp]:
    """The n frames in the middle, or all."""
    spare = max(0, len(frames) - n) // 2
    return frames[spare : spare + n]


def runs(frames: NDArray[np.intp]) -> list[tuple[int, int]]:
    """Rising frame numbers as stretches [first, last).

    >>> runs(np.array([2, 3, 4, 8, 9]))
    [(2, 5), (8, 10)]
    """
    cuts = [0, *(np.flatnonzero(np.diff(frames) > 1) + 1).tolist(), len(frames)]
    return [(int(frames[a]), int(frames[b - 1]) + 1) for a, b in pairwise(cuts) if b > a]


def embed(encoder: Encoder, samples: Samples, voices: Sequence[LocalVoice], hook: Hook = silent) -> Embeddings:
    """What each sounds like: unit rows (n_voices, dim). Progress: "embed", in local voices."""
    rows = np.empty((len(voices), encoder.dim), np.float32)
    for first in range(0, len(voices), AT_A_TIME):
        hook(Progress("embed", first, len(voices)))
        sounds = [_cut(samples, voice) for voice in voices[first : first + AT_A_TIME]]
        borders = np.concatenate(([0], np.cumsum([len(sound) for sound in sounds]))) / RATE
        spans = [Span(float(a), float(b)) for a, b in pairwise(borders)]
        rows[first : first + len(sounds)] = encoder(np.concatenate(sounds), spans, silent)
    hook(Progress("embed", len(voices), len(voices)))
    return rows


def _cut(samples: Samples, voice: LocalVoice) -> Samples:
    return np.concatenate([samples[round(span.start * RATE) : round(span.end * RATE)] for span in voice.spans])


def seconds_of(voices: Sequence[LocalVoice], segmentation: Segmentation) -> NDArray[np.float64]:
    """Seconds of the recording that each stands for: what lies in several chunks counts once. (n_voices,)."""
    heard = segmentation.probabilities.shape[0] * segmentation.probabilities.shape[1]
    seconds = np.array([voice.seconds for voice in voices], np.float64)
    seconds *= segmentation.n_frames / heard
    return seconds
