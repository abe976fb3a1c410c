"""DeepSpeech2's file: a network in ONNX, with what belongs to it in its metadata; the adapter to onnxruntime.

`bigvoice.training.deepspeech2` writes such files. A network hears a normalized log spectrogram, 161 bands every 10 ms,
and gives log probabilities of its vocabulary's symbols every `stride` frames. One that hears a stream is
unidirectional and hands its state on from piece to piece; it hears `tail` frames ahead, so that its answers come later
by as many.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from bigvoice.corpora.vocabulary import Vocabulary
from bigvoice.errors import CorpusError, ModelError
from bigvoice.features.log_spectrogram import HOP, N_BANDS, Frames, log_spectrogram, normalized
from bigvoice.processors import n_processors
from bigvoice.recording import RATE, Samples
from bigvoice.transcription.ctc import LogProbabilities

FACTS = "bigvoice.deepspeech2"
"""Key of the file's metadata: a JSON object, see Facts."""

THREADS = 4
"""At most: one sentence gives no more than so many something to do."""

_REMAKE = "`bigvoice train deepspeech2` makes one"

State = Mapping[str, NDArray[np.float32]]


@dataclass(frozen=True, eq=False)
class Facts:
    """What a file says of its network.

    name: with the version in it. stride: frames of 10 ms a step of the output. mean, deviation: (161,) of the corpus,
    by which frames are normalized; None: by those of each utterance. tail: frames that a stream's answers come later.
    expect: how good to expect it to be, in words.
    """

    name: str
    language: str
    vocabulary: Vocabulary
    stride: int
    streaming: bool
    mean: Frames | None
    deviation: Frames | None
    tail: int
    expect: str

    def __post_init__(self) -> None:
        if self.stride < 1 or self.tail < 0 or self.tail % self.stride:
            raise ValueError(f"stride {self.stride} and tail {self.tail} do not go together")
        for numbers in (self.mean, self.deviation):
            if numbers is not None and numbers.shape != (N_BANDS,):
                raise ValueError(f"normalization needs {N_BANDS} numbers")
        if self.streaming and self.mean is None:
            raise ValueError("a stream cannot be normalized by the utterance")

    @property
    def step(self) -> float:
        """Seconds a step of the output."""
        return self.stride * HOP / RATE

    @property
    def delay(self) -> int:
        """Steps that a stream's answers come later."""
        return self.tail // self.stride

    def frames(self, samples: Samples) -> Frames:
        """What the network hears of samples (n,) at 16 kHz: (n_frames, N_BANDS)."""
        return normalized(log_spectrogram(samples), self.mean, self.deviation)

    def ended(self, frames: Frames) -> Frames:
        """A stream's last frames, with zeros behind them up to a whole step, and its tail."""
        n_zeros = -len(frames) % self.stride + self.tail
        return np.concatenate([frames, np.zeros((n_zeros, N_BANDS), np.float32)])

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Facts:
        """As they stand in the file. Raises KeyError, ValueError, TypeError or CorpusError for anything else."""
        by_corpus = {"corpus": True, "utterance": False}[stored["normalization"]]
        return cls(
            name=str(stored["name"]),
            language=str(stored["language"]),
            vocabulary=Vocabulary.from_json(stored["vocabulary"]),
            stride=int(stored["stride"]),
            streaming=bool(stored["streaming"]),
            mean=np.array(stored["mean"], np.float32) if by_corpus else None,
            deviation=np.array(stored["deviation"], np.float32) if by_corpus else None,
            tail=int(stored.get("tail", 0)),
            expect=str(stored["expect"]),
        )


class Network:
    """A file that was opened. Raises ModelError for one that is no such network.

    threads: for onnxruntime; as many as processors, but at most THREADS, if None.
    """

    def __init__(self, path: Path, *, threads: int | None = None) -> None:
        self.path = path
        self._session = _open(path, threads or min(THREADS, n_processors()))
        self.facts = _facts(self._session, path)
        self._shapes = _state_shapes(self._session, self.facts, path)
        self._outputs = ["log_probabilities", *(f"next_{name}" for name in self._shapes)]

    def log_probabilities(self, samples: Samples) -> LogProbabilities:
        """What samples (n,) at 16 kHz say, heard whole: (ceil(n_frames / stride), len(vocabulary))."""
        frames = self.facts.frames(samples)
        if not len(frames):
            return np.empty((0, len(self.facts.vocabulary)), np.float32)
        if not self.facts.streaming:
            return self.run(frames, {})[0]
        return self.run(self.facts.ended(frames), self.silence())[0][self.facts.delay :]

    def run(self, frames: Frames, state: State) -> tuple[LogProbabilities, State]:
        """One pass: (n_frames, N_BANDS) and the state before them -> (n_steps, len(vocabulary)) and the state behind.

        A stream's n_frames is a multiple of its stride; its state begins as `silence`.
        """
        try:
            found, *states = self._session.run(self._outputs, {"spectrogram": frames[None], **state})
        except Exception as error:  # onnxruntime has an exception class for every way a graph can fail
            raise ModelError(f"the network in {self.path} failed: {_line(error)}; {_REMAKE}") from error
        if np.isnan(found).any():
            raise ModelError(f"the network in {self.path} gives what is no number: its training failed; {_REMAKE}")
        return found[0], dict(zip(self._shapes, states, strict=True))

    def silence(self) -> State:
        """The state at the beginning of a stream."""
        return {name: np.zeros(shape, np.float32) for name, shape in self._shapes.items()}


def _open(path: Path, threads: int) -> onnxruntime.InferenceSession:
    """Every piece of sound is of another length: plans and memory kept for each length would grow without end."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.enable_mem_pattern = False
    options.enable_cpu_mem_arena = False
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # idle threads leave the processor alone
    options.log_severity_level = 4  # what fails is told by its exception
    try:
        return onnxruntime.InferenceSession(path.read_bytes(), options, providers=["CPUExecutionProvider"])
    except OSError as error:
        raise ModelError(f"{path} cannot be read: {error.strerror}; give a DeepSpeech2 file, {_REMAKE}") from error
    except Exception as error:  # onnxruntime has an exception class for every way a file can be broken
        raise ModelError(f"{path} is no network that can be read; give a DeepSpeech2 file, {_REMAKE}") from error


def _facts(session: onnxruntime.InferenceSession, path: Path) -> Facts:
    stored = session.get_modelmeta().custom_metadata_map
    try:
        return Facts.from_json(json.loads(stored[FACTS]))
    except (KeyError, ValueError, TypeError, CorpusError) as error:
        missing = f"it lacks {error}" if isinstance(error, KeyError) else _line(error)
        raise ModelError(f"{path} is a network, but no DeepSpeech2 of bigvoice ({missing}); {_REMAKE}") from error


def _state_shapes(session: onnxruntime.InferenceSession, facts: Facts, path: Path) -> dict[str, list[int]]:
    """The state's names and shapes. Raises ModelError where the graph is not what the facts say."""
    hears = {put.name: put.shape for put in session.get_inputs()}
    gives = {put.name: put.shape for put in session.get_outputs()}
    shapes = {name: shape for name, shape in hears.items() if name != "spectrogram"}
    whole = (
        "spectrogram" in hears
        and set(gives) == {"log_probabilities", *(f"next_{name}" for name in shapes)}
        and all(isinstance(size, int) for shape in shapes.values() for size in shape)
        and bool(shapes) == facts.streaming
    )
    if not whole:
        raise ModelError(f"{path} hears {', '.join(hears)} and gives {', '.join(gives)}: no DeepSpeech2; {_REMAKE}")
    n_numbers = gives["log_probabilities"][-1]
    if isinstance(n_numbers, int) and n_numbers != len(facts.vocabulary):
        said = f"gives {n_numbers} numbers a step, and its vocabulary has {len(facts.vocabulary)}"
        raise ModelError(f"{path} {said}; {_REMAKE}")
    return shapes


def _line(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
