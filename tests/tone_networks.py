"""DeepSpeech2 files that hear tones: a pitch for each symbol; and the sound of texts in them.

The networks are real ones of the shipped form, small enough to be written by hand: the band of a symbol's pitch counts
for it, and the blank wins where no band stands out. One that hears a stream has two states: the scores it still waits
with, as it listens ahead, and those of a recurrent layer.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from onnx import TensorProto, helper, numpy_helper, save

from bigvoice.corpora.vocabulary import Vocabulary
from bigvoice.recording import RATE, Samples

N_BANDS, STRIDE, AHEAD = 161, 4, 2
"""AHEAD: steps that a streaming network listens ahead."""

LETTERS = Vocabulary.of(["the quick brown fox jumps over a lazy dog"])
SYLLABLES = Vocabulary.of(["해야 회의를 시작합니다"], "syllables")


def band(number: int) -> int:
    """The band of 50 Hz that a symbol sounds in: four from the next, so that none hears its neighbour."""
    return 8 + 4 * number


def say(text: str, vocabulary: Vocabulary, *, tone: float = 0.08, gap: float = 0.08, level: float = 0.3) -> Samples:
    """A text as tones, seconds long, with silence behind each: "해야야야" is one 해 and three 야."""
    sounds = [np.zeros(round(gap * RATE))]
    time = np.arange(round(tone * RATE)) / RATE
    for number in vocabulary.encode(text):
        sounds += [level * np.sin(2 * np.pi * 50 * band(number) * time), sounds[0]]
    return np.concatenate(sounds).astype(np.float32)


def silence(seconds: float) -> Samples:
    """Nothing."""
    return np.zeros(round(seconds * RATE), np.float32)


def facts(vocabulary: Vocabulary, *, streaming: bool = False, **others: Any) -> dict[str, Any]:
    """What the file says of itself."""
    by_corpus = {"normalization": "corpus", "mean": [-10.0] * N_BANDS, "deviation": [4.0] * N_BANDS}
    by_utterance = {"normalization": "utterance", "mean": [], "deviation": []}
    return {
        "name": "deepspeech2-0123abcd",
        "language": "ko",
        "vocabulary": vocabulary.to_json(),
        "stride": STRIDE,
        "streaming": streaming,
        "tail": AHEAD * STRIDE if streaming else 0,
        "expect": "hears tones only",
        **(by_corpus if streaming else by_utterance),
        **others,
    }


def write(path: Path, vocabulary: Vocabulary, *, streaming: bool = False, about: dict[str, Any] | None = None) -> Path:
    """A file that hears tones. about: its facts, if others than `facts`; {} for none."""
    about = facts(vocabulary, streaming=streaming) if about is None else about
    n = len(vocabulary)
    weights = np.zeros((N_BANDS, n), np.float32)
    for number in range(1, n):
        weights[band(number), number] = 4.0
    bias = np.zeros(n, np.float32)
    bias[0] = 4.0
    constants = {"weights": weights, "bias": bias, "zero": [0], "one": [1], "many": [2**31 - 1], "stride": [STRIDE]}
    nodes = [
        helper.make_node("Slice", ["spectrogram", "zero", "many", "one", "stride"], ["kept"]),
        helper.make_node("MatMul", ["kept", "weights"], ["products"]),
        helper.make_node("Add", ["products", "bias"], ["scores"]),
    ]
    put, got = [_value("spectrogram", 1 if streaming else None, None, N_BANDS)], []
    if streaming:
        more, constants_more, states = _stateful(n)
        nodes, constants = nodes + more, constants | constants_more
        put += [_value(name, *shape) for name, shape in states.items()]
        got = [_value(f"next_{name}", *shape) for name, shape in states.items()]
    nodes.append(
        helper.make_node("LogSoftmax", ["remembered" if streaming else "scores"], ["log_probabilities"], axis=2)
    )
    got = [_value("log_probabilities", 1 if streaming else None, None, n), *got]
    stored = [numpy_helper.from_array(_array(value), name) for name, value in constants.items()]
    graph = helper.make_graph(nodes, "tones", put, got, stored)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    if about:
        helper.set_model_props(model, {"bigvoice.deepspeech2": json.dumps(about, ensure_ascii=False)})
    save(model, path)
    return path


def _stateful(n: int) -> tuple[list[Any], dict[str, Any], dict[str, tuple[int, ...]]]:
    """scores -> remembered: the mean of a step and the one AHEAD of it, then a leaky sum over the steps before."""
    nodes = [
        helper.make_node("Concat", ["state_0", "scores"], ["waiting"], axis=1),
        helper.make_node("Slice", ["waiting", "zero", "minus_ahead", "one"], ["now"]),
        helper.make_node("Slice", ["waiting", "ahead", "many", "one"], ["later"]),
        helper.make_node("Slice", ["waiting", "minus_ahead", "many", "one"], ["next_state_0"]),
        helper.make_node("Mul", ["now", "most"], ["mostly"]),
        helper.make_node("Mul", ["later", "little"], ["a_little"]),
        helper.make_node("Add", ["mostly", "a_little"], ["mixed"]),
        helper.make_node("Transpose", ["mixed"], ["by_time"], perm=[1, 0, 2]),
        helper.make_node(
            "RNN",
            ["by_time", "input", "recurrence", "", "", "state_1"],
            ["hidden", "next_state_1"],
            hidden_size=n,
            activations=["Affine"],
            activation_alpha=[1.0],
            activation_beta=[0.0],
        ),
        helper.make_node("Squeeze", ["hidden", "one"], ["sums"]),
        helper.make_node("Transpose", ["sums"], ["remembered"], perm=[1, 0, 2]),
    ]
    constants = {
        "ahead": [AHEAD],
        "minus_ahead": [-AHEAD],
        "most": np.float32(0.85),
        "little": np.float32(0.15),
        "input": np.eye(n, dtype=np.float32)[None],
        "recurrence": 0.2 * np.eye(n, dtype=np.float32)[None],
    }
    return nodes, constants, {"state_0": (1, AHEAD, n), "state_1": (1, 1, n)}


def _value(name: str, *shape: int | None) -> Any:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)


def _array(value: Any) -> np.ndarray:
    return np.array(value, np.int64) if isinstance(value, list) else np.asarray(value)
