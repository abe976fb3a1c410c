"""Neural encoder: speech to numbers that lie close for one voice and far apart for two, by a small network.

The adapter to onnxruntime. One file holds the network and what belongs to it: its name, how many mel bands it hears,
its background (cohort, calibration), and how much the MFCC encoder has to say beside it: what the two get wrong is not
the same, and together they get less of it wrong than either. `bigvoice.training.encoder` makes such files; the card
beside the shipped one says from whom it was learnt and how well it does.
"""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from bigvoice.diarization.clustering import unit
from bigvoice.diarization.windows import STRETCH, nearby
from bigvoice.errors import ModelError
from bigvoice.features.mel import log_mel
from bigvoice.features.spectrogram import FRAME, HOP, n_frames
from bigvoice.parts import Embeddings
from bigvoice.progress import Hook, Progress, silent
from bigvoice.recording import RATE, Samples
from bigvoice.span import Span
from bigvoice.voices.background import Background
from bigvoice.voices.encoder import mfcc_encoder

SHORTEST = 120
"""Frames: shorter speech is heard again until it is as long, as in training."""
ROUND = 20
"""Frames: lengths are made multiples of this in the same way, so that many spans go through the network at once."""
BATCH = 32
FACTS, BACKGROUND = "bigvoice.encoder", "bigvoice.background"
"""Keys of the file's metadata: a JSON object with name, n_mels and mfcc; an npz file as base64."""

Mels = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class NeuralEncoder:
    """An encoder file, opened; see parts.Encoder. mfcc: the MFCC encoder's share in how alike two voices are."""

    session: onnxruntime.InferenceSession
    name: str
    n_mels: int
    background: Background
    mfcc: float = 0.0

    @property
    def dim(self) -> int:
        """Numbers a voice."""
        return int(self.background.cohort.shape[1])

    @property
    def network_dim(self) -> int:
        """Those of them that are the network's; they come first."""
        return int(self.session.get_outputs()[0].shape[1])

    def __call__(self, samples: Samples, spans: Sequence[Span], hook: Hook = silent) -> Embeddings:
        """Features are made once for neighbouring spans together, and only where there are spans."""
        rows = unit(self._heard_by_network(samples, spans, hook))
        if not self.mfcc:
            return rows
        return np.hstack([np.sqrt(1 - self.mfcc) * rows, np.sqrt(self.mfcc) * mfcc_encoder()(samples, spans)])

    def _heard_by_network(self, samples: Samples, spans: Sequence[Span], hook: Hook) -> Embeddings:
        rows = np.empty((len(spans), self.network_dim), np.float32)
        order = sorted(range(len(spans)), key=lambda i: spans[i])
        done = 0
        while done < len(order):
            group = nearby(spans, order, done, STRETCH)
            hook(Progress("embed", done, len(order)))
            for chosen, mels in batches(dict(self._heard(samples, spans, group))):
                rows[chosen] = self.session.run(None, {"mels": mels})[0]
            done += len(group)
        hook(Progress("embed", done, len(order)))
        return rows

    def _heard(self, samples: Samples, spans: Sequence[Span], group: list[int]) -> Iterator[tuple[int, Mels]]:
        """Each span's features, of one of the lengths that go through the network."""
        origin = max(0, min(round(spans[group[0]].start * RATE), len(samples) - FRAME)) // HOP
        end = round(max(spans[i].end for i in group) * RATE)
        sound = samples[origin * HOP : end]
        mels = log_mel(np.pad(sound, (0, max(0, FRAME - len(sound)))), self.n_mels)
        for i in group:
            first = min(round(spans[i].start * RATE) // HOP - origin, len(mels) - 1)
            heard = mels[first : first + max(1, n_frames(round(spans[i].duration * RATE)))]
            length = max(SHORTEST, -(-len(heard) // ROUND) * ROUND)
            yield i, np.resize(heard, (length, self.n_mels))


def batches(heard: Mapping[int, Mels]) -> Iterator[tuple[list[int], Mels]]:
    """Spans of one length together, at most BATCH: (which, (n, n_frames, n_mels))."""
    by_length: dict[int, list[int]] = {}
    for i, mels in heard.items():
        by_length.setdefault(len(mels), []).append(i)
    for alike in by_length.values():
        for first in range(0, len(alike), BATCH):
            chosen = alike[first : first + BATCH]
            yield chosen, np.stack([heard[i] for i in chosen])


def read(path: Path) -> NeuralEncoder:
    """The encoder in a file. Raises ModelError for a file that is none."""
    retrain = "make one with `bigvoice train encoder`, or leave the option out"
    try:
        session = onnxruntime.InferenceSession(path.read_bytes(), providers=["CPUExecutionProvider"])
    except FileNotFoundError as error:
        raise ModelError(f"{path}: no such file; check the name of the encoder") from error
    except Exception as error:  # onnxruntime has an exception class for every way a file can be broken
        raise ModelError(f"{path} is no network that can be read: {retrain}") from error
    stored = session.get_modelmeta().custom_metadata_map
    try:
        facts = json.loads(stored[FACTS])
        background = _background(stored[BACKGROUND])
        name, n_mels, mfcc = str(facts["name"]), int(facts["n_mels"]), float(facts.get("mfcc", 0.0))
        name += f"+{mfcc_encoder().name}" if mfcc else ""
    except (KeyError, ValueError, TypeError) as error:
        raise ModelError(f"{path} is a network, but no encoder of bigvoice: {retrain}") from error
    return NeuralEncoder(session, name, n_mels, background, mfcc)


def _background(packed: str) -> Background:
    with np.load(io.BytesIO(base64.b64decode(packed)), allow_pickle=False) as arrays:
        cohort, cosine = unit(arrays["cohort"].astype(np.float32)), arrays["cosine"]
        return Background(cohort, arrays["calibration"], float(arrays["alike"]), cosine if len(cosine) else None)


def packed(background: Background) -> str:
    """A background as it stands in a file's metadata."""
    buffer = io.BytesIO()
    np.savez_compressed(
        buffer,
        cohort=background.cohort.astype(np.float16),
        calibration=background.calibration,
        alike=background.alike,
        cosine=np.empty(0) if background.cosine is None else background.cosine,
    )
    return base64.b64encode(buffer.getvalue()).decode()


def neural_encoder(file: str = "") -> NeuralEncoder:
    """The encoder as shipped, or that in a file. Raises ModelError."""
    return _read_once(Path(file)) if file else _shipped()


@cache
def _read_once(path: Path) -> NeuralEncoder:
    return read(path)


@cache
def _shipped() -> NeuralEncoder:
    with resources.as_file(resources.files("bigvoice.models") / "encoder.onnx") as path:
        return read(path)
