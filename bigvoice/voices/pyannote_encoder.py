"""pyannote's embedding networks as encoders of voices: an adapter.

    bigvoice minutes board.m4a --encoder pyannote:pyannote/wespeaker-voxceleb-resnet34-LM

The checkpoint is named by its folder, its file, its ID in the Hugging Face cache, or the pipeline it is part of. What
bigvoice knows of voices in general was learnt with its own encoder and holds for no other: until somebody learns it
for this one (`bigvoice.voices.backgrounds`), names are only suggested.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from bigvoice.diarization.clustering import unit
from bigvoice.errors import ModelError
from bigvoice.parts import Embeddings
from bigvoice.progress import Hook, Progress, silent
from bigvoice.recording import RATE, Samples
from bigvoice.span import Span
from bigvoice.voices import backgrounds
from bigvoice.voices.background import Background
from bigvoice.voices.pyannote_files import digest, embedding_file
from bigvoice.voices.pyannote_library import check_installed, device, load_network, one_line, quietly, tell_trust

SHORTEST = RATE // 2
"""Samples: pyannote takes it that every one of its networks can hear so much; shorter speech is heard again."""
ROUND = RATE // 10
"""Samples: lengths are made multiples of this in the same way, so that many spans go through the network at once."""
BATCH = 32


@dataclass(frozen=True, eq=False)
class PyannoteEncoder:
    """A checkpoint of an embedding network; see parts.Encoder. It is loaded when it is first needed.

    The name is made from the file's content: the same network is the same encoder wherever it lies.
    """

    file: Path

    @cached_property
    def name(self) -> str:
        """With the first digits of the checkpoint's sha256."""
        return f"pyannote-1@{digest(self.file)[:12]}"

    @cached_property
    def network(self) -> Any:
        """The network, a pyannote.audio.Model. Raises ModelError."""
        network = load_network(self.file)
        problem = getattr(network.specifications, "problem", None)  # a network of several tasks has several
        if getattr(problem, "name", "") != "REPRESENTATION":
            raise ModelError(f"{self.file} holds a network that tells no voices apart: give an embedding network's")
        if (rate := network.hparams.sample_rate) != RATE:
            raise ModelError(f"{self.file} holds a network for sound at {rate} Hz: take one for {RATE} Hz")
        return network

    @property
    def dim(self) -> int:
        """Numbers a voice."""
        return int(self.network.dimension)

    @cached_property
    def background(self) -> Background:
        """What was learnt for this checkpoint, or else what is assumed. Raises ModelError."""
        return backgrounds.find(self.name, self.dim)

    def __call__(self, samples: Samples, spans: Sequence[Span], hook: Hook = silent) -> Embeddings:
        """Spans of one length go through the network together."""
        tell_trust(hook)
        rows = np.zeros((len(spans), self.dim), np.float32)
        done = 0
        for chosen in _batches(spans):
            hook(Progress("embed", done, len(spans)))
            rows[chosen] = self._heard(np.stack([_piece(samples, spans[i]) for i in chosen]))
            done += len(chosen)
        hook(Progress("embed", done, len(spans)))
        return unit(np.nan_to_num(rows))

    def _heard(self, pieces: Samples) -> Embeddings:
        torch = import_module("torch")
        try:
            with quietly(), torch.inference_mode():
                heard: Embeddings = self.network(torch.from_numpy(pieces[:, None]).to(device())).float().cpu().numpy()
        except RuntimeError as error:  # torch's for a GPU that is full, above all
            mend = "CUDA_VISIBLE_DEVICES=-1 does without a GPU"
            raise ModelError(f"{self.file} failed: {one_line(error)}; {mend}") from error
        return heard


def pyannote_encoder(model: str = "") -> PyannoteEncoder:
    """The encoder in a folder, in a file, or in the cache under an ID; "" tells what to give. Raises ModelError."""
    check_installed()
    return PyannoteEncoder(embedding_file(model))


def _length(span: Span) -> int:
    return max(SHORTEST, -(-round(span.duration * RATE) // ROUND) * ROUND)


def _piece(samples: Samples, span: Span) -> Samples:
    """The samples of a span, heard again until they are as many as `_length` says; silence where there are none."""
    first = round(span.start * RATE)
    piece = samples[first : first + max(1, round(span.duration * RATE))]
    return np.resize(piece, _length(span)) if len(piece) else np.zeros(_length(span), np.float32)


def _batches(spans: Sequence[Span]) -> Iterator[list[int]]:
    by_length: dict[int, list[int]] = {}
    for i, span in enumerate(spans):
        by_length.setdefault(_length(span), []).append(i)
    for alike in by_length.values():
        yield from (alike[first : first + BATCH] for first in range(0, len(alike), BATCH))
