"""Scenes: two ways to lay out what is heard before anybody is told apart, and to make turns of it afterwards.

`WindowScene`: windows of two seconds over the speech, each heard as one voice; a change of speaker is found by how the
windows around it sound. `LocalScene`: a small network hears who of up to three people speaks in each ten seconds, two
at once included. On real recordings the first is better by far (`bench/diarization.py`): the network learnt from made
conversations, and hears a second voice there that is none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from bigvoice.diarization.clustering import unit
from bigvoice.diarization.local import LocalVoice, embed, local_voices, seconds_of
from bigvoice.diarization.segmentation import Segmentation, overlap
from bigvoice.diarization.smoothing import FRAME_S, lay_over_frames, viterbi
from bigvoice.diarization.smoothing import turns_of as turns_along
from bigvoice.diarization.stitching import speaking, stitched, turns_of
from bigvoice.diarization.windows import STEP, slide
from bigvoice.parts import Embeddings, Encoder, Segmenter
from bigvoice.progress import Hook
from bigvoice.recording import RATE, Samples
from bigvoice.span import Span
from bigvoice.turn import Turn

CHANGE_COST = 1.0
"""What a change of speaker costs, in units of a frame's cosine: a voice must be better by 0.1 for a second."""
TELLING = 1.5
"""Seconds of speech that tell a new voice; shorter ones go where they sound most alike."""
TOGETHER = 0.4
"""Probability from which on two speak at once."""
LONGER = 0.15
"""How much more alike two local voices of one person are than two windows: they are longer, and hold one voice."""


class Scene(Protocol):
    """What was heard in n places.

    embeddings (n, dim); seconds (n,): of the recording that each stands for; telling (n,): which are long enough to
    make a voice of their own; alike: mean cosine from which on two groups of them are one voice.
    """

    @property
    def embeddings(self) -> Embeddings:
        """What each sounds like."""

    @property
    def seconds(self) -> NDArray[np.float64]:
        """How much each stands for."""

    @property
    def telling(self) -> NDArray[np.bool_]:
        """Which are long enough."""

    @property
    def alike(self) -> float:
        """From where on two are one."""

    def turns(self, voices: NDArray[np.floating]) -> list[Turn]:
        """The turns of voices that sound so, (n_voices, dim): speakers "v0", "v1", ... in order of time."""


@dataclass(frozen=True, eq=False)
class WindowScene:
    """Windows over the speech."""

    speech: Sequence[Span]
    windows: Sequence[Span]
    embeddings: Embeddings
    seconds: NDArray[np.float64]
    telling: NDArray[np.bool_]
    alike: float
    duration: float

    def turns(self, voices: NDArray[np.floating]) -> list[Turn]:
        """Each frame of speech given to the voice it sounds most like, changes of voice made rare."""
        scores = self.embeddings @ unit(voices).T
        frames = lay_over_frames(self.windows, scores, int(np.ceil(self.duration / FRAME_S)) + 1)
        return turns_along(viterbi(frames, CHANGE_COST), self.speech, voice_ids(len(voices)))


@dataclass(frozen=True, eq=False)
class LocalScene:
    """Local voices of the segmentation. at_once (n_frames,): how many people speak in each frame."""

    speech: Sequence[Span]
    segmentation: Segmentation
    local: Sequence[LocalVoice]
    embeddings: Embeddings
    seconds: NDArray[np.float64]
    telling: NDArray[np.bool_]
    alike: float
    at_once: NDArray[np.integer]

    def turns(self, voices: NDArray[np.floating]) -> list[Turn]:
        """The chunks stitched together."""
        activity = stitched(self.segmentation, self.local, self.embeddings, unit(voices))
        speaks = speaking(activity, self.at_once)
        return turns_of(speaks, activity, self.segmentation.frame, self.speech, voice_ids(len(voices)))


def in_windows(samples: Samples, speech: Sequence[Span], encoder: Encoder, hook: Hook) -> WindowScene:
    """The scene of windows over `speech`, at least one span of it."""
    windows = slide(speech)
    embeddings = encoder(samples, windows, hook)
    telling = _some(np.array([window.duration >= TELLING for window in windows]))
    seconds = np.full(len(windows), STEP)
    alike = encoder.background.alike
    return WindowScene(speech, windows, embeddings, seconds, telling, alike, len(samples) / RATE)


def in_chunks(
    samples: Samples, speech: Sequence[Span], encoder: Encoder, segmenter: Segmenter, hook: Hook
) -> LocalScene | None:
    """The scene of local voices; None where nobody is heard long enough alone."""
    segmentation = segmenter(samples, hook)
    there = framed(speech, segmentation)
    local = local_voices(segmentation, there)
    if not local:
        return None
    return LocalScene(
        speech=speech,
        segmentation=segmentation,
        local=local,
        embeddings=embed(encoder, samples, local, hook),
        seconds=seconds_of(local, segmentation),
        telling=_some(np.array([voice.seconds >= TELLING for voice in local])),
        alike=encoder.background.alike + LONGER,
        at_once=np.where(there, 1 + (overlap(segmentation) > TOGETHER), 0),
    )


def _some(telling: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """All, where there would be none."""
    return telling | ~telling.any()


def framed(speech: Sequence[Span], segmentation: Segmentation) -> NDArray[np.bool_]:
    """Which of the segmentation's frames lie in speech: (n_frames,)."""
    frames = np.zeros(segmentation.n_frames, bool)
    for span in speech:
        frames[int(span.start / segmentation.frame) : int(np.ceil(span.end / segmentation.frame))] = True
    return frames


def voice_ids(n: int) -> list[str]:
    """The speakers' ids: "v0", "v1", ..."""
    return [f"v{voice}" for voice in range(n)]
