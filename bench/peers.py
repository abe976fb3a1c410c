"""Resemblyzer (GE2E: Wan et al., 2018), the encoder that can be installed without a network: a yardstick.

pip install webrtcvad-wheels librosa && pip install --no-deps resemblyzer
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from plain import by_window
from sklearn.cluster import KMeans
from sklearn.metrics import silhouette_score

from bigvoice.diarization.clustering import unit
from bigvoice.diarization.windows import slide
from bigvoice.parts import Embeddings
from bigvoice.progress import Hook, silent
from bigvoice.recording import RATE, Samples
from bigvoice.span import Span
from bigvoice.turn import Turn

try:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from resemblyzer import VoiceEncoder
        from resemblyzer.audio import normalize_volume
except ImportError:
    VoiceEncoder = None


class Resemblyzer:
    """As its documentation has it: each stretch at -30 dB through `embed_utterance`."""

    name, dim = "resemblyzer", 256

    def __init__(self) -> None:
        torch.set_num_threads(1)  # more only wait for each other: it hears one stretch at a time
        self._encoder = VoiceEncoder("cpu", verbose=False)

    def __call__(self, samples: Samples, spans: Sequence[Span], _: Hook = silent) -> Embeddings:
        """As parts.Encoder says."""
        return unit(np.array([self._embedded(samples[round(s.start * RATE) : round(s.end * RATE)]) for s in spans]))

    def _embedded(self, sound: Samples) -> NDArray[np.float32]:
        heard = normalize_volume(sound, -30, increase_only=True) if np.any(sound) else sound
        row: NDArray[np.float32] = self._encoder.embed_utterance(heard)
        return row


def diarize(encoder: Resemblyzer, samples: Samples, speech: Sequence[Span], *, most: int = 10) -> list[Turn]:
    """Windows of 1.6 s, k-means, the number of speakers by silhouette."""
    windows = slide(speech, 1.6, 0.8)
    rows = encoder(samples, windows)
    return by_window(windows, [str(label) for label in clustered(rows, most)], speech)


def clustered(rows: Embeddings, most: int) -> NDArray[np.intp]:
    """The k-means clustering with the best silhouette."""
    if len(rows) < 4:
        return np.zeros(len(rows), np.intp)
    tried = [KMeans(k, n_init=10, random_state=0).fit_predict(rows) for k in range(2, min(most, len(rows) - 1) + 1)]
    best: NDArray[np.intp] = max(tried, key=lambda found: silhouette_score(rows, found))
    return best
