"""Traits from sound: whether a woman, a man or a child speaks, by a small network and with pitch as its witness.

The adapter to onnxruntime. One file holds the network, which gives calibrated probabilities, and what belongs to it.
`bigvoice.training.traits` makes such files; the card beside the shipped one says from whom it was learnt and how well
it does.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from bigvoice.errors import ModelError
from bigvoice.features.mel import log_mel
from bigvoice.features.pitch import pitch
from bigvoice.features.spectrogram import HOP
from bigvoice.progress import Hook, Progress, silent
from bigvoice.recording import RATE, Samples
from bigvoice.span import Span
from bigvoice.traits import Traits
from bigvoice.voices.neural import ROUND, batches
from bigvoice.voices.traits_vote import LONGEST, SHORTEST, calibrated, witnessed

TOGETHER = 64
"""Turns whose features are held at a time."""
FACTS = "bigvoice.traits"
"""Key of the file's metadata: a JSON object with name, n_mels, calibration and dependence."""


@dataclass(frozen=True, eq=False)
class NeuralJudge:
    """A traits file, opened; see parts.Judge."""

    session: onnxruntime.InferenceSession
    name: str
    n_mels: int
    calibration: tuple[float, float]
    dependence: float

    def __call__(self, samples: Samples, spans: Sequence[Span], hook: Hook = silent) -> list[Traits | None]:
        """Only spans that are long enough are heard, TOGETHER at a time."""
        found: list[Traits | None] = [None] * len(spans)
        heard = {i: piece for i, span in enumerate(spans) if len(piece := _middle(samples, span)) >= SHORTEST * RATE}
        order = list(heard)
        for first in range(0, len(order), TOGETHER):
            hook(Progress("traits", first, len(order)))
            group = order[first : first + TOGETHER]
            for i, traits in self._told({i: heard[i] for i in group}).items():
                found[i] = witnessed(traits, pitch(heard[i]))
        hook(Progress("traits", len(order), len(order)))
        return found

    def _told(self, heard: dict[int, Samples]) -> dict[int, Traits]:
        """What the network says of each."""
        mels = {i: _whole_rounds(log_mel(piece, self.n_mels)) for i, piece in heard.items()}
        told: dict[int, Traits] = {}
        for chosen, batch in batches(mels):
            logits = self.session.run(None, {"mels": batch})[0]
            seconds = np.full(len(chosen), batch.shape[1] * HOP / RATE)
            rows = calibrated(logits, seconds, self.calibration)
            told.update(zip(chosen, (Traits(*row) for row in rows.tolist()), strict=True))
        return told


def _middle(samples: Samples, span: Span) -> Samples:
    """At most LONGEST seconds of it."""
    rest = max(0.0, span.duration - LONGEST) / 2
    return samples[max(0, round((span.start + rest) * RATE)) : max(0, round((span.end - rest) * RATE))]


def _whole_rounds(mels: NDArray[np.float32]) -> NDArray[np.float32]:
    """Cut to a multiple of ROUND frames, so that many turns go through the network at once."""
    return mels[: len(mels) // ROUND * ROUND]


def _one_thread() -> onnxruntime.SessionOptions:
    """So small a network gains nothing from a second thread, which waits for work by turning in circles."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return options


def read(path: Path) -> NeuralJudge:
    """The judge in a file. Raises ModelError for a file that is none."""
    retrain = "make one with `bigvoice train traits`"
    try:
        session = onnxruntime.InferenceSession(path.read_bytes(), _one_thread(), providers=["CPUExecutionProvider"])
    except FileNotFoundError as error:
        raise ModelError(f"{path}: no such file; check the name, or {retrain}") from error
    except Exception as error:  # onnxruntime has an exception class for every way a file can be broken
        raise ModelError(f"{path} is no network that can be read: {retrain}") from error
    try:
        facts = json.loads(session.get_modelmeta().custom_metadata_map[FACTS])
        sure, longer = map(float, facts["calibration"])
        name, n_mels, dependence = str(facts["name"]), int(facts["n_mels"]), float(facts["dependence"])
    except (KeyError, ValueError, TypeError) as error:
        raise ModelError(f"{path} is a network, but not one that tells traits: {retrain}") from error
    return NeuralJudge(session, name, n_mels, (sure, longer), dependence)


def neural_judge(file: str = "") -> NeuralJudge:
    """The judge as shipped, or that in a file. Raises ModelError."""
    return read(Path(file)) if file else _shipped()


@cache
def _shipped() -> NeuralJudge:
    with resources.as_file(resources.files("bigvoice.models") / "traits.onnx") as path:
        return read(path)
