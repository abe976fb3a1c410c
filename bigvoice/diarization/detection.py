"""Speech detection with Silero VAD, whose small network comes with faster-whisper. The adapter to onnxruntime.

The network gives a probability of speech for every 32 ms; two thresholds make spans of them. It runs straight on the
samples, a minute or so at a time with its state carried over, so that memory does not grow with the recording.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np
import onnxruntime
from faster_whisper.utils import get_assets_path
from numpy.typing import NDArray

from bigvoice.errors import ModelError, SettingsError
from bigvoice.progress import Hook, Progress
from bigvoice.recording import RATE, Samples
from bigvoice.span import Span, merge

WINDOW = 512
"""Samples a probability stands for."""

CONTEXT = 64
"""Samples before a window that the network sees with it."""

STATE = (1, 1, 128)
"""Shape of each of the two states of its recurrent layer."""

BATCH = 2048
"""Windows a run: 65 s of sound, 5 MB."""

Probabilities = NDArray[np.float32]


@dataclass(frozen=True)
class SileroDetector:
    """Finds speech: samples (n,) at 16 kHz -> disjoint spans in order of time.

    threshold: probability from which speech starts, 0 to 1; lower finds more of faint speech, and more noise.
    release: how far under the threshold it must fall for speech to end.
    min_speech: seconds; shorter speech is left out.
    min_silence: seconds; a shorter pause is speech.
    pad: seconds added on either side.

    The defaults were chosen on meetings made of read speech in simulated rooms with 12 to 26 dB of noise, and on noise
    alone: the least of missed and false speech together that still leaves household noise alone. Silero's own (0.5,
    0.15, 0.25, 0.1, 0.03) cut the pauses out of sentences, which misses more and leaves turns in pieces.
    """

    name: ClassVar[str] = "silero"
    threshold: float = 0.4
    release: float = 0.15
    min_speech: float = 0.25
    min_silence: float = 0.5
    pad: float = 0.05

    def __post_init__(self) -> None:
        if not 0 < self.threshold < 1:
            raise SettingsError(f"detection threshold: {self.threshold} is not between 0 and 1")
        for name in ("release", "min_speech", "min_silence", "pad"):
            if getattr(self, name) < 0:
                raise SettingsError(f"detection {name}: {getattr(self, name)} is negative")

    def __call__(self, samples: Samples, hook: Hook) -> list[Span]:
        """The spans of speech in samples (n,) at 16 kHz; [] where there is none. Progress: "detect", in seconds."""
        return self.spans(probabilities(samples, hook), len(samples) / RATE)

    def spans(self, speech: Probabilities, duration: float) -> list[Span]:
        """Probabilities, one a window -> spans within [0, duration)."""
        found = []
        shortest = self.min_speech * RATE
        for first, last in self._stretches(speech):
            start, end = first * WINDOW, last * WINDOW
            if end - start > shortest:
                found.append(Span(max(0.0, start / RATE - self.pad), min(duration, end / RATE + self.pad)))
        return merge(found)

    def _stretches(self, speech: Probabilities) -> Iterator[tuple[int, int]]:
        """Windows [first, last) of speech: it starts at the threshold and ends where, below the release, it stays."""
        keep = max(self.threshold - self.release, 0.01)
        pause = self.min_silence * RATE / WINDOW
        start = fall = None
        for i, probability in enumerate(speech.tolist()):
            if probability >= self.threshold:
                start, fall = i if start is None else start, None
            elif probability < keep and start is not None:
                fall = i if fall is None else fall
                if i - fall >= pause:
                    yield start, fall
                    start = fall = None
        if start is not None:
            yield start, len(speech) if fall is None else fall


def probabilities(samples: Samples, hook: Hook) -> Probabilities:
    """The probability of speech for every 512 of samples (n,) at 16 kHz; the last ones are filled up with zeros.

    What faster-whisper's own run over the whole gives, without its copies of the whole.
    """
    session = _session()
    hidden, cell = np.zeros(STATE, np.float32), np.zeros(STATE, np.float32)
    n_windows = -(-len(samples) // WINDOW)
    found = np.empty(n_windows, np.float32)
    for first in range(0, n_windows, BATCH):
        windows = _windows(samples, first, min(first + BATCH, n_windows))
        found[first : first + len(windows)], hidden, cell = session.run(
            None, {"input": windows, "h": hidden, "c": cell}
        )
        done = min((first + len(windows)) * WINDOW, len(samples))
        hook(Progress("detect", done / RATE, len(samples) / RATE))
    return found


def _windows(samples: Samples, first: int, last: int) -> NDArray[np.float32]:
    """(last - first, CONTEXT + WINDOW): windows with what came before each, zeros where there is nothing."""
    strip = np.zeros(CONTEXT + (last - first) * WINDOW, np.float32)
    start = first * WINDOW - CONTEXT
    piece = samples[max(0, start) : last * WINDOW]
    at = max(0, -start)
    strip[at : at + len(piece)] = piece
    return np.lib.stride_tricks.sliding_window_view(strip, CONTEXT + WINDOW)[::WINDOW]


def _session() -> onnxruntime.InferenceSession:
    """The network on one thread: two share so little of the work that they mostly wait for each other."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4
    path = next(Path(get_assets_path()).glob("silero_vad*.onnx"), None)
    if path is None:
        raise ModelError(
            "no speech detector (silero_vad*.onnx) in faster-whisper: pip install --force-reinstall faster-whisper"
        )
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
