"""Segmentation: who of up to three people speaks in each 20 ms of a chunk, two at once included; on onnxruntime.

The network that ships was taught by `bigvoice.training.segmentation`; the card beside it says with what. It hears ten
seconds at a time and knows nobody: person 1 of one chunk may be person 2 of the next. What does not depend on names
(does anybody speak, do two?) is averaged over the chunks here, and that is what the diarizer takes from it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from bigvoice.diarization import powerset
from bigvoice.errors import ModelError
from bigvoice.features.mel import log_mel
from bigvoice.features.spectrogram import FRAME, HOP
from bigvoice.progress import Hook, Progress, silent
from bigvoice.recording import RATE, Samples

CHUNK = 10.0
"""Seconds the network hears at a time; it was taught with no more."""
STEP = 2.5
"""Seconds between chunks: every second is heard four times."""
N_MELS = 64
LABEL = 2
"""Frames of features a label stands for."""
BATCH = 16
"""Chunks that go through the network together: 48 s of sound at this step, 4 MB."""
FACTS = "bigvoice.segmentation"
"""Key of the file's metadata: a JSON object with name and frame."""

Probabilities = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Segmentation:
    """Who speaks when, chunk by chunk.

    probabilities: (n_chunks, n_frames, n_classes), of the powerset's classes; the order of people means nothing.
    first: (n_chunks,), the frame of the recording that a chunk starts with: `step` seconds after the one before, but
    for the last, which ends with the recording.
    frame: seconds a frame. n_frames: of the whole recording.
    """

    probabilities: Probabilities
    first: NDArray[np.intp]
    n_frames: int
    step: float = STEP
    frame: float = LABEL * HOP / RATE

    def together(self, n: int) -> Probabilities:
        """How probably `n` people or more speak: (n_chunks, n_frames)."""
        enough: Probabilities = self.probabilities @ (n <= powerset.N_TOGETHER).astype(np.float32)
        return enough


def speech(segmentation: Segmentation) -> Probabilities:
    """How probably anybody speaks: (n_frames,) over the whole recording, the mean of the chunks that heard it."""
    return overlaid(segmentation, segmentation.together(1))


def overlap(segmentation: Segmentation) -> Probabilities:
    """How probably two people or more speak at once: (n_frames,), likewise."""
    return overlaid(segmentation, segmentation.together(2))


def edges(length: int) -> NDArray[np.float32]:
    """How much each frame of a chunk counts: (length,), least at both ends, where the network heard least around."""
    return np.minimum(np.arange(1, length + 1), np.arange(length, 0, -1)).astype(np.float32)


def overlaid(segmentation: Segmentation, values: Probabilities) -> Probabilities:
    """Values of the chunks' frames (n_chunks, n_frames_a_chunk) -> for each of the recording's, the chunks' mean."""
    length = values.shape[1]
    weights = edges(length)
    total = np.zeros(segmentation.n_frames, np.float32)
    weight = np.zeros(segmentation.n_frames, np.float32)
    for first, chunk in zip(segmentation.first, values, strict=True):
        total[first : first + length] += weights * chunk
        weight[first : first + length] += weights
    return (total / np.maximum(weight, 1)).astype(np.float32)


@dataclass(frozen=True, eq=False)
class Segmenter:
    """The network, opened. name: with the version in it; step: seconds between chunks, a multiple of 20 ms."""

    session: onnxruntime.InferenceSession
    name: str
    step: float = STEP

    def __call__(self, samples: Samples, hook: Hook = silent) -> Segmentation:
        """Samples (n,) at 16 kHz, of any length -> who speaks when. Progress: "segment", in seconds.

        What is held at a time is features of some minutes; the result takes 0.2 MB a minute.
        """
        n_frames = -(-len(samples) // (LABEL * HOP))
        length = min(n_frames, round(CHUNK * RATE) // (LABEL * HOP))
        first = chunk_starts(n_frames, length, round(self.step * RATE) // (LABEL * HOP))
        length += length % 2  # the network halves the frame rate once more
        found = [np.empty((0, length, len(powerset.SETS)), np.float32)]
        for at in range(0, len(first), BATCH):
            group = first[at : at + BATCH]
            found.append(self._heard(samples, group, length))
            done = min((int(group[-1]) + length) * LABEL * HOP, len(samples))
            hook(Progress("segment", done / RATE, len(samples) / RATE))
        probabilities = np.concatenate(found)[:, : min(length, n_frames)]
        return Segmentation(probabilities, first, n_frames, self.step)

    def _heard(self, samples: Samples, first: NDArray[np.intp], length: int) -> Probabilities:
        """The classes' probabilities in some neighbouring chunks: (n, length, n_classes)."""
        origin = int(first[0])
        start, end = origin * LABEL * HOP, (int(first[-1]) + length) * LABEL * HOP + FRAME - HOP
        sound = samples[start:end]
        mels = log_mel(np.pad(sound, (0, end - start - len(sound))), N_MELS)
        places = [slice((f - origin) * LABEL, (f - origin + length) * LABEL) for f in first.tolist()]
        found: Probabilities = self.session.run(None, {"mels": np.stack([mels[place] for place in places])})[0]
        return np.exp(found)


def chunk_starts(n_frames: int, length: int, step: int) -> NDArray[np.intp]:
    """The first frames of chunks that cover n_frames: `step` apart, the last one ending with the recording.

    >>> chunk_starts(25, length=10, step=5).tolist()
    [0, 5, 10, 15]
    >>> chunk_starts(26, length=10, step=5).tolist()
    [0, 5, 10, 15, 16]
    """
    if n_frames == 0:
        return np.empty(0, np.intp)
    starts = np.arange(0, n_frames - length + 1, step)
    last = n_frames - length
    return starts if starts[-1] == last else np.append(starts, last)


def read(path: Path) -> Segmenter:
    """The segmenter in a file. Raises ModelError for a file that is none."""
    remedy = "make one with `python -m bigvoice.training.segmentation`"
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4
    try:
        session = onnxruntime.InferenceSession(path.read_bytes(), options, providers=["CPUExecutionProvider"])
    except OSError as error:
        raise ModelError(f"{path} cannot be read: {error.strerror}; check the name of the file") from error
    except Exception as error:  # onnxruntime has an exception class for every way a file can be broken
        raise ModelError(f"{path} is no network that can be read: {remedy}") from error
    try:
        name = str(json.loads(session.get_modelmeta().custom_metadata_map[FACTS])["name"])
    except (KeyError, ValueError, TypeError) as error:
        raise ModelError(f"{path} is a network, but no segmentation of bigvoice: {remedy}") from error
    return Segmenter(session, name)


@cache
def segmenter() -> Segmenter:
    """The segmenter as shipped."""
    with resources.as_file(resources.files("bigvoice.models") / "segmentation.onnx") as path:
        return read(path)
