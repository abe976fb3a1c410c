"""The parts that can be swapped: what each one is called with and gives back, and the table of their names.

A part is something one calls. A plain function that fits its Protocol is a good part; `make` finds the shipped ones by
name and imports them on use, so that nothing heavy is loaded before it is needed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from bigvoice.errors import ModelError
from bigvoice.progress import Hook
from bigvoice.recording import Recording, Samples
from bigvoice.span import Span
from bigvoice.traits import Traits
from bigvoice.turn import Turn
from bigvoice.voices.background import Background
from bigvoice.word import Word

if TYPE_CHECKING:
    from bigvoice.diarization.segmentation import Segmentation

Embeddings = NDArray[np.float32]
Labels = NDArray[np.intp]


class Detector(Protocol):
    """Finds speech."""

    def __call__(self, samples: Samples, hook: Hook) -> list[Span]:
        """Samples (n,) at 16 kHz -> disjoint spans of speech in order of time; [] where there is none."""


class Segmenter(Protocol):
    """Hears who of up to three people speaks when, in short overlapping chunks of a recording."""

    name: str
    """With the version in it."""

    def __call__(self, samples: Samples, hook: Hook) -> Segmentation:
        """Samples (n,) at 16 kHz -> who speaks when, chunk by chunk."""


class Encoder(Protocol):
    """Turns speech into numbers that lie close for one voice and far apart for two."""

    @property
    def name(self) -> str:
        """With the version in it ("mfcc-1"): prints of encoders with different names are never compared."""

    @property
    def dim(self) -> int:
        """Numbers a voice."""

    @property
    def background(self) -> Background:
        """What it knows of voices in general: strangers, and how sure a score makes one."""

    def __call__(self, samples: Samples, spans: Sequence[Span], hook: Hook) -> Embeddings:
        """Samples (n,) at 16 kHz and n_spans spans of it -> float32 (n_spans, dim), unit rows."""


class Diarizer(Protocol):
    """Finds who speaks when, in one go and without names."""

    name: str

    def __call__(self, samples: Samples, fewest: int, most: int, hook: Hook) -> list[Turn]:
        """Samples (n,) at 16 kHz -> turns in order of time, which may overlap, of `fewest` to `most` speakers."""


class Clusterer(Protocol):
    """Tells voices apart that nobody has named."""

    def __call__(self, embeddings: Embeddings, alike: float, fewest: int, most: int) -> Labels:
        """(n, dim) unit rows -> a label 0, 1, ... for each; between `fewest` and `most` different ones.

        alike: the encoder's `Background.alike`. Fewer than `fewest` only where there are fewer rows.
        """


class Judge(Protocol):
    """Tells from the sound alone whether a woman, a man or a child speaks."""

    name: str
    """With the version in it."""
    dependence: float
    """How alike its errors on the turns of one voice are, from 0 to 1 (see `bigvoice.voices.traits_vote.vote`)."""

    def __call__(self, samples: Samples, spans: Sequence[Span], hook: Hook) -> list[Traits | None]:
        """Samples (n,) at 16 kHz and spans of it, each of one voice -> calibrated; None where it cannot be told."""


@dataclass(frozen=True, slots=True)
class Transcript:
    """What a recogniser wrote: words in order of time, the language (ISO 639-1), and how good to expect it to be."""

    words: tuple[Word, ...]
    language: str | None
    model: str
    notice: str = ""


class Transcriber(Protocol):
    """Writes down what is said."""

    name: str
    """With the model in it ("whisper:small"): a cached transcript of another name is not reused."""

    def __call__(
        self, recording: Recording, speech: Sequence[Span], language: str | None, hotwords: Sequence[str], hook: Hook
    ) -> Transcript:
        """speech: where to listen. language: None means find out. hotwords: names and terms likely to be said."""


_SHIPPED: Mapping[str, Mapping[str, str]] = {
    "detector": {
        "silero": "bigvoice.diarization.detection:SileroDetector",
    },
    "segmenter": {"powerset": "bigvoice.diarization.segmentation:segmenter"},
    "encoder": {
        "neural": "bigvoice.voices.neural:neural_encoder",
        "mfcc": "bigvoice.voices.encoder:mfcc_encoder",
        "pyannote": "bigvoice.voices.pyannote_encoder:pyannote_encoder",
    },
    "diarizer": {
        "pyannote": "bigvoice.diarization.pyannote_diarizer:pyannote_diarizer",
    },
    "clustering": {
        "agglomerative": "bigvoice.diarization.clustering:Agglomerative",
        "kmeans": "bigvoice.diarization.clustering:KMeans",
    },
    "judge": {"neural": "bigvoice.voices.traits:neural_judge"},
    "asr": {
        "whisper": "bigvoice.transcription.whisper:WhisperTranscriber",
        "deepspeech2": "bigvoice.transcription.deepspeech2:DeepSpeech2Transcriber",
        "sphinx": "bigvoice.transcription.sphinx:SphinxTranscriber",
        "none": "bigvoice.transcription.none:NoTranscriber",
        "auto": "bigvoice.transcription.auto:best_available",
    },
}


def names(kind: str) -> list[str]:
    """The shipped parts of a kind, by name."""
    return list(_SHIPPED[kind])


def make(kind: str, name: str) -> Any:
    """The part of that kind and name; what follows a colon ("whisper:small") is handed to the part.

    Raises ModelError for a name that is not known.
    """
    base, _, model = name.partition(":")
    try:
        module, _, attribute = _SHIPPED[kind][base].partition(":")
    except KeyError:
        raise ModelError(f"no {kind} called {base!r}: there are {', '.join(names(kind))}") from None
    factory: Callable[..., Any] = getattr(import_module(module), attribute)
    return factory(model) if model else factory()
