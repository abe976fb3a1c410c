"""Scene: how what is heard is laid out before anybody is told apart, and how turns are made of it afterwards.

Windows of two seconds lie over the speech, each heard as one voice; a change of speaker is found by how the windows
around it sound. A window cannot tell two voices at once; where a segmenter hears two, see `overlap`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from bigvoice.diarization.clustering import unit
from bigvoice.diarization.overlap import together, with_second
from bigvoice.diarization.smoothing import FRAME_S, lay_over_frames, turns_of, viterbi
from bigvoice.diarization.windows import slide
from bigvoice.parts import Embeddings, Encoder, Segmenter
from bigvoice.progress import Hook
from bigvoice.recording import RATE, Samples
from bigvoice.span import Span
from bigvoice.turn import Turn

CHANGE_COST = 1.0
"""What a change of speaker costs, in units of a frame's cosine: a voice must be better by 0.1 for a second."""
SURENESS = (0.12, 5.8)
"""Log-odds that a turn is its voice's: at no margin, and for each unit of it. A logistic regression on 1,188 turns of
meetings made of held-out speakers, nine tenths of whose speech was rightly given."""
TELLING = 1.5
"""Seconds of speech that tell a new voice; shorter ones go where they sound most alike."""


@dataclass(frozen=True, eq=False)
class Scene:
    """Windows over the speech, and what each sounds like.

    embeddings (n, dim); telling (n,): which are long enough to make a voice of their own. together: where two speak at
    once.
    """

    speech: Sequence[Span]
    windows: Sequence[Span]
    embeddings: Embeddings
    duration: float
    together: Sequence[Span] = ()

    @property
    def telling(self) -> NDArray[np.bool_]:
        """Which are long enough; all, where none is."""
        long = np.array([window.duration >= TELLING for window in self.windows])
        return long | ~long.any()

    def turns(self, voices: NDArray[np.floating]) -> list[Turn]:
        """The turns of voices that sound so, (n_voices, dim): speakers "v0", "v1", ... in order of time.

        Each frame of speech goes to the voice it sounds most like, changes of voice made rare. A turn's confidence is
        the calibrated probability that it is this voice's and no other's.
        """
        scores = self.embeddings @ unit(voices).T
        frames = lay_over_frames(self.windows, scores, int(np.ceil(self.duration / FRAME_S)) + 1)
        number = {f"v{voice}": voice for voice in range(len(voices))}
        turns = with_second(turns_of(viterbi(frames, CHANGE_COST), self.speech, list(number)), self.together)
        return [replace(turn, confidence=confidence(frames, turn.span, number[turn.speaker])) for turn in turns]


def confidence(frames: NDArray[np.floating], span: Span, voice: int) -> float:
    """That the speech of a span is a voice's, from how much more the frames sound like it than like the next best.

    frames (n_frames, n_voices): cosines. Alone, a voice is sure of its speech.
    """
    first = int(span.start / FRAME_S)
    here = frames[first : max(first + 1, int(span.end / FRAME_S))]
    if here.shape[1] == 1:
        return 1.0
    margin = (here[:, voice] - np.delete(here, voice, axis=1).max(axis=1)).mean()
    return float(1 / (1 + np.exp(-(SURENESS[0] + SURENESS[1] * margin))))


def scene(samples: Samples, speech: Sequence[Span], encoder: Encoder, segmenter: Segmenter | None, hook: Hook) -> Scene:
    """The scene of `speech`, at least one span of it."""
    windows = slide(speech)
    at_once = together(segmenter(samples, hook)) if segmenter else ()
    return Scene(speech, windows, encoder(samples, windows, hook), len(samples) / RATE, at_once)
