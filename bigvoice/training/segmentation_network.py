"""The segmentation network, in torch, and its export to ONNX.

Two convolutions take log-mel features from 10 to 40 ms a frame; three bidirectional LSTMs listen to the whole chunk;
what they heard is laid back over frames of 20 ms, where the first convolution's output tells the borders. LSTMs won
over attention here: as many steps take half the time on a CPU, in training and in use.
"""

from __future__ import annotations

import io
import warnings
from pathlib import Path

import onnx
import torch
from torch import Tensor, nn
from torch.nn import functional

from bigvoice.diarization.powerset import SETS
from bigvoice.training.mixture_store import N_MELS
from bigvoice.training.onnx_files import halve, write

WIDTH = 128
BORDER = 64
"""Features a frame of 20 ms has of its own."""
N_LAYERS = 3
FLOOR_DB = -55.0
"""Power this far under a chunk's mean is added to every band: under it there is a recorder, and no voice."""
SCALE = 0.4
"""Brings levelled features to a variance of about 1."""


class Segmentation(nn.Module):
    """Log-mel (n, n_frames, N_MELS) at 10 ms -> logarithms of the classes' probabilities (n, n_frames / 2, 7).

    n_frames: a multiple of 4.
    """

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Conv1d(N_MELS, WIDTH, 5, stride=2, padding=2)
        self.second = nn.Conv1d(WIDTH, WIDTH, 5, stride=2, padding=2)
        sizes = [WIDTH] + [2 * WIDTH] * (N_LAYERS - 1)
        self.layers = nn.ModuleList(nn.LSTM(size, WIDTH, batch_first=True, bidirectional=True) for size in sizes)
        self.spread = nn.Linear(2 * WIDTH, 2 * BORDER)
        self.border = nn.Conv1d(WIDTH, BORDER, 3, padding=1)
        self.classes = nn.Linear(BORDER, len(SETS))

    def forward(self, mels: Tensor) -> Tensor:
        """The classes' log-probabilities."""
        return self.heard(mels)[0]

    def heard(self, mels: Tensor) -> tuple[Tensor, Tensor]:
        """And what the second layer made of it (n, n_frames / 4, 2 * WIDTH), for a second thing to be taught."""
        fine = functional.gelu(self.first(levelled(mels).transpose(1, 2)))
        x = functional.gelu(self.second(fine)).transpose(1, 2)
        middle = x
        for number, layer in enumerate(self.layers):
            x = layer(x)[0]
            middle = x if number == 1 else middle
        spread = self.spread(x).reshape(x.shape[0], -1, BORDER)
        both = functional.gelu(spread + self.border(fine).transpose(1, 2))
        return functional.log_softmax(self.classes(both).float(), dim=-1), middle


def levelled(mels: Tensor) -> Tensor:
    """Without the level and the colour of the line: a floor is added, then each band's mean over time taken."""
    loudest = mels.amax(dim=(1, 2), keepdim=True)
    power = torch.exp(mels - loudest)
    x = torch.log(power / power.mean(dim=(1, 2), keepdim=True) + 10 ** (FLOOR_DB / 10))
    return (x - x.mean(dim=1, keepdim=True)) * SCALE


def export(network: nn.Module, out: Path, facts: dict[str, str]) -> None:
    """Write the network as one ONNX file: "mels" -> "log_probabilities", any number of chunks of any length.

    facts: what goes into the file's metadata. Weights are stored in half precision and used in single.
    """
    buffer = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the exporter by tracing is the one that makes an LSTM of an LSTM
        torch.onnx.export(
            network.eval(),
            (torch.zeros(2, 1000, N_MELS),),
            buffer,  # type: ignore[arg-type]  # it takes a file as well as a path
            input_names=["mels"],
            output_names=["log_probabilities"],
            dynamic_axes={"mels": {0: "n", 1: "n_frames"}, "log_probabilities": {0: "n", 1: "n_labels"}},
            opset_version=17,
            dynamo=False,
        )
    model = onnx.load_from_string(buffer.getvalue())
    halve(model.graph)
    write(model, out, facts)
