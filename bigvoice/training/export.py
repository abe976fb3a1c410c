"""Export: a trained network and its background as one ONNX file, which `bigvoice.voices.neural` opens.

The background is learnt with the file itself, so that it is of what is heard in the end: 8-bit numbers, and the MFCC
encoder beside them.
"""

from __future__ import annotations

import hashlib
import json
import warnings
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnxruntime.quantization import CalibrationDataReader, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process
from torch import nn

from bigvoice.diarization.windows import LENGTH
from bigvoice.training.encoder import FRAMES_A_SECOND, Recipe, train
from bigvoice.training.listening import shipped
from bigvoice.training.networks import DIM
from bigvoice.training.store import N_MELS, Store, make
from bigvoice.training.teacher import targets
from bigvoice.voices.background import Background
from bigvoice.voices.backgrounds import assumed
from bigvoice.voices.encoder import mfcc_encoder
from bigvoice.voices.neural import BACKGROUND, FACTS, packed, read

ALIKE = 0.33
"""Chosen on meetings made of held-out speakers (see the card)."""
MFCC = 0.25
"""The MFCC encoder's share; chosen on held-out speakers (see the card)."""


def export(network: nn.Module, out: Path, store: Store, mfcc: float = MFCC) -> None:
    """Write the file, with nothing known of strangers: mels (n, n_frames, N_MELS) -> rows (n, DIM), any n and n_frames.

    Convolutions and matrix products work on 8-bit numbers, ranges taken from the store's speech: half the time and a
    third of the size.
    """
    with TemporaryDirectory() as folder:
        whole, ready, small = (Path(folder) / name for name in ("whole.onnx", "ready.onnx", "small.onnx"))
        n, n_frames = torch.export.Dim("n"), torch.export.Dim("n_frames", min=8)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # of torch about itself
            program = torch.onnx.export(
                network.eval().cpu(),
                (torch.zeros(3, 200, N_MELS),),
                input_names=["mels"],
                output_names=["embeddings"],
                dynamic_shapes=({0: n, 1: n_frames},),
                dynamo=True,
                verbose=False,
            )
        assert program is not None
        program.save(whole)
        quant_pre_process(whole, ready, skip_symbolic_shape=True)
        quantize_static(ready, small, Speech(store), per_channel=True, op_types_to_quantize=["Conv", "Gemm", "MatMul"])
        model = without_traces(onnx.load(small))
    name = f"neural-{hashlib.sha256(model.SerializeToString() + str(mfcc).encode()).hexdigest()[:8]}"
    facts = json.dumps({"name": name, "n_mels": N_MELS, "mfcc": mfcc})
    dim = DIM + mfcc_encoder().dim if mfcc else DIM
    onnx.helper.set_model_props(model, {FACTS: facts, BACKGROUND: packed(assumed(dim))})
    out.write_bytes(model.SerializeToString())


def know(file: Path, background: Background) -> None:
    """Put a background into an encoder's file."""
    model = onnx.load(file)
    facts = {each.key: each.value for each in model.metadata_props}
    onnx.helper.set_model_props(model, facts | {BACKGROUND: packed(background)})
    file.write_bytes(model.SerializeToString())


def without_traces(model: onnx.ModelProto) -> onnx.ModelProto:
    """The same without what torch tells of the program that made it, such as the folders it lay in."""
    del model.metadata_props[:]
    for part in (*model.graph.node, *model.graph.value_info, *model.graph.input, *model.graph.output, model.graph):
        part.doc_string = ""
        del part.metadata_props[:]
    for stored in model.graph.initializer:
        stored.doc_string = ""
        del stored.metadata_props[:]
    return model


class Speech(CalibrationDataReader):  # type: ignore[misc]  # onnxruntime is untyped
    """Speech of the people it was taught with, from which the ranges of 8-bit numbers are taken."""

    def __init__(self, store: Store, n: int = 256, batch: int = 16) -> None:
        long = np.flatnonzero(~store.held & (store.length >= FRAMES_A_SECOND * LENGTH))
        chosen = np.random.default_rng(0).choice(long, min(n, len(long)), replace=False)
        self._left = iter([chosen[i : i + batch] for i in range(0, len(chosen), batch)])
        self._store = store

    def get_next(self) -> dict[str, NDArray[np.float32]] | None:
        """The next batch, by the network's input; None after the last."""
        if (rows := next(self._left, None)) is None:
            return None
        n = round(FRAMES_A_SECOND * LENGTH) - 2
        stretches = [self._store.features[first : first + n] for first in self._store.first[rows]]
        return {"mels": np.stack(stretches).astype(np.float32)}


def make_encoder(
    data: Path, work: Path, out: Path, recipe: Recipe, *, taught: bool, threads: int | None, tell: Callable[[str], None]
) -> Path:
    """The whole recipe: features, teacher, training, background, file. Each step is kept in `work` and not done twice.

    Raises ModelError (see `train`), RecordingError where the data folder holds no speech.
    """
    if threads:
        torch.set_num_threads(threads)
    store = make(data, work)
    tell(f"{len(store.features) / 360_000:.1f} h of {len(store.speakers)} speakers in {len(store.first)} stretches")
    teacher = targets(data, work, store) if taught else np.zeros((len(store.first), 1), np.float32)
    network = train(store, teacher, work, recipe, tell)
    export(network, out, store)
    know(out, shipped(read(out), data, ALIKE))
    return out
