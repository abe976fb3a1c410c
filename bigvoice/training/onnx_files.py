"""ONNX files: what becomes of a traced network on its way into a file that ships."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import onnx

from bigvoice.errors import ModelError

LARGE = 1024
"""Numbers; a smaller weight is not worth storing in half precision."""


def halve(graph: onnx.GraphProto) -> None:
    """Store large weights in half precision; onnxruntime turns them back once, when the file is opened."""
    casts = []
    for weights in graph.initializer:
        numbers = onnx.numpy_helper.to_array(weights)
        if numbers.dtype == np.float32 and numbers.size >= LARGE:
            name = weights.name
            weights.CopyFrom(onnx.numpy_helper.from_array(numbers.astype(np.float16), f"{name}.half"))
            casts.append(onnx.helper.make_node("Cast", [f"{name}.half"], [name], to=onnx.TensorProto.FLOAT))
    for cast in reversed(casts):
        graph.node.insert(0, cast)


def write(model: onnx.ModelProto, out: Path, facts: Mapping[str, str]) -> None:
    """Write it with its metadata, whole or not at all. Raises ModelError."""
    onnx.helper.set_model_props(model, dict(facts))
    onnx.checker.check_model(model)
    partial = out.with_name(out.name + ".partial")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        partial.write_bytes(model.SerializeToString())
        partial.replace(out)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise ModelError(f"the model {out} cannot be written: {error.strerror}") from error
