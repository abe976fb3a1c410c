"""Export: a trained DeepSpeech2 as one ONNX file, which `bigvoice.transcription.deepspeech2` opens, and its card.

Matrix products and LSTMs work on 8-bit weights; what remains in floating point is stored in half precision.
"""

from __future__ import annotations

import hashlib
import io
import json
import warnings
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.quantization.shape_inference import quant_pre_process
from torch import Tensor, nn

from bigvoice.corpora.vocabulary import Vocabulary
from bigvoice.errors import ModelError
from bigvoice.features.log_spectrogram import N_BANDS
from bigvoice.training.deepspeech2_config import ModelOptions
from bigvoice.training.deepspeech2_network import DeepSpeech2
from bigvoice.training.onnx_files import halve, write
from bigvoice.transcription.deepspeech2_file import FACTS

PIECE = 8
"""Steps of the piece that a stream's graph is traced with; any number may be given later."""


class _Stream(nn.Module):
    """`DeepSpeech2.listen` with its states one by one, as a graph has them."""

    def __init__(self, network: DeepSpeech2) -> None:
        super().__init__()
        self.network = network

    def forward(self, frames: Tensor, *states: Tensor) -> tuple[Tensor, ...]:
        told, after = self.network.listen(frames, list(states))
        return told, *after


def export(kept: dict[str, Any], out: Path, *, eight_bit: bool = True) -> Path:
    """Write the network of a training's `best.pt` as a model file. Raises ModelError."""
    network, facts = opened(kept)
    model = onnx.load_from_string(_traced(network))
    if eight_bit:
        model = _in_eight_bits(model)
    halve(model.graph)
    digest = hashlib.sha256(model.SerializeToString()).hexdigest()[:8]
    write(model, out, {FACTS: json.dumps({"name": f"deepspeech2-{digest}", **facts})})
    return out


def opened(kept: dict[str, Any]) -> tuple[DeepSpeech2, dict[str, Any]]:
    """The network of `best.pt`, ready to read, and what its file says of it but for the name. Raises ModelError."""
    try:
        config = json.loads(kept["config"])
        shape = ModelOptions(**config["model"]).shape
        vocabulary = Vocabulary.from_json(kept["vocabulary"])
        network = DeepSpeech2(shape, len(vocabulary))
        network.load_state_dict(kept["network"])
    except (KeyError, TypeError, RuntimeError) as error:
        raise ModelError(f"this is not what a training of DeepSpeech2 keeps: {error}; train it anew") from error
    facts = {
        "language": config["data"]["language"],
        "vocabulary": vocabulary.to_json(),
        "stride": shape.stride,
        "streaming": shape.streaming,
        "normalization": "corpus" if shape.streaming else "utterance",
        "mean": kept["mean"],
        "deviation": kept["deviation"],
        "tail": shape.tail if shape.streaming else 0,
        "expect": config["data"].get("expect")
        or f"trained on {kept['hours']:.1f} hours, it got {100 * kept['cer']:.0f} % of the characters wrong that"
        " other people read to it",
    }
    return network.eval(), facts


def _in_eight_bits(model: onnx.ModelProto) -> onnx.ModelProto:
    """Weights of products and LSTMs as 8-bit numbers; what goes in, as each piece needs it (there is no such GRU)."""
    with TemporaryDirectory() as folder:
        whole, ready, small = (Path(folder) / f"{name}.onnx" for name in ("whole", "ready", "small"))
        onnx.save(model, whole)
        quant_pre_process(whole, ready, skip_symbolic_shape=True)
        quantize_dynamic(ready, small, op_types_to_quantize=["MatMul", "LSTM"], weight_type=QuantType.QInt8)
        return onnx.load(small)


def _traced(network: DeepSpeech2) -> bytes:
    """The graph: the tracing exporter is the one that makes an LSTM of an LSTM."""
    axes = {"spectrogram": {0: "n", 1: "n_frames"}, "log_probabilities": {0: "n", 1: "n_steps"}}
    frames, given, inputs, outputs = torch.zeros(2, 400, N_BANDS), [], ["spectrogram"], ["log_probabilities"]
    traced: nn.Module = network
    if network.shape.streaming:
        traced, given = _Stream(network), network.start()
        frames = torch.zeros(1, PIECE * network.shape.stride, N_BANDS)
        axes = {"spectrogram": {1: "n_frames"}, "log_probabilities": {1: "n_steps"}}
        inputs += [f"state_{i}" for i in range(len(given))]
        outputs += [f"next_state_{i}" for i in range(len(given))]
    buffer = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            traced,
            (frames, *given),
            buffer,  # type: ignore[arg-type]  # it takes a file as well as a path
            input_names=inputs,
            output_names=outputs,
            dynamic_axes=axes,
            opset_version=17,
            dynamo=False,
        )
    return buffer.getvalue()
