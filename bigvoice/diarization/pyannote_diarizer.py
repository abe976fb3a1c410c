"""pyannote's diarization pipelines as finders of turns: an adapter.

    bigvoice minutes board.m4a --diarizer pyannote:pyannote/speaker-diarization-community-1

Who the voices are is found afterwards, by `bigvoice.diarization.given_turns`.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from bigvoice.errors import ModelError, SettingsError
from bigvoice.progress import Hook, Progress, silent
from bigvoice.recording import RATE, Samples
from bigvoice.span import Span
from bigvoice.turn import Turn
from bigvoice.voices.pyannote_files import PLDA_FILES, PipelineFiles, pipeline_files
from bigvoice.voices.pyannote_library import (
    check_harmless,
    check_installed,
    device,
    library,
    one_line,
    quietly,
    tell_trust,
)

_STAGES = {"segmentation": "diarize", "embeddings": "embed"}
"""What pyannote's long steps are called here."""


class PyannoteDiarizer:
    """A SpeakerDiarization pipeline; it is loaded when it is first needed.

    files: all of it. The name has the first digits of its content's digest, so that what is kept of one version is not
    taken for what another would find.
    """

    def __init__(self, files: PipelineFiles) -> None:
        self.files = files
        self.name = f"pyannote-1@{files.digest[:12]}"
        self._loaded: Any = None

    def __call__(self, samples: Samples, fewest: int, most: int, hook: Hook = silent) -> list[Turn]:
        """Samples (n,) at 16 kHz -> turns in order of time; those of different speakers may overlap.

        Between `fewest` and `most` speakers, as far as pyannote finds so many. Raises ModelError; SettingsError for a
        pipeline that must be told how many speakers there are, and is not.
        """
        tell_trust(hook)
        if not len(samples):
            return []
        pipeline = self._pipeline()
        if pipeline._expects_num_speakers and fewest != most:
            raise SettingsError(f"the pipeline in {self.files.folder} must know how many people speak: --speakers N")
        torch = import_module("torch")
        # a copy: torch warns of arrays that are read-only, and must not write into the caller's
        sound = {"waveform": torch.tensor(samples[None]), "sample_rate": RATE, "uri": "recording"}
        bounds = {"num_speakers": most} if fewest == most else {"min_speakers": fewest, "max_speakers": most}
        try:
            with quietly():
                found = pipeline(sound, **bounds, hook=_reporting(hook))
        except Exception as error:  # clustering, torch and numpy fail in ways of their own
            raise ModelError(
                f"the pipeline in {self.files.folder} failed: {one_line(error)};"
                " CUDA_VISIBLE_DEVICES=-1 does without a GPU, --diarizer bigvoice without pyannote"
            ) from error
        return _turns(getattr(found, "speaker_diarization", found), len(samples) / RATE)

    def _pipeline(self) -> Any:
        if self._loaded is None:
            self._loaded = _load(self.files)
        return self._loaded


def pyannote_diarizer(model: str = "") -> PyannoteDiarizer:
    """The pipeline in a folder, or in the cache under an ID; "" tells what to give. Raises ModelError."""
    check_installed()
    return PyannoteDiarizer(pipeline_files(model))


def _load(files: PipelineFiles) -> Any:
    """The pipeline on `device()`.

    Its networks are handed over as mappings: of a plain path, pyannote guesses the kind by the words in it, and takes
    a folder called wespeaker for a network in ONNX.
    """
    library()
    for file in (files.segmentation, files.embedding):
        check_harmless(file)
    if files.plda:
        _check_arrays([files.plda / name for name in PLDA_FILES])
    params = {
        **files.params,
        "segmentation": {"checkpoint": str(files.segmentation)},
        "embedding": {"checkpoint": str(files.embedding)},
        "plda": str(files.plda) if files.plda else _no_plda(),
    }
    try:
        with quietly():
            kind = import_module("pyannote.audio.pipelines").SpeakerDiarization
            pipeline = kind(**params).instantiate(dict(files.tuned))
            return pipeline.to(device())
    except Exception as error:  # of a damaged part each fails in its own way
        raise ModelError(
            f"the pipeline in {files.folder} does not load: {one_line(error)}; get its folder anew"
        ) from error


def _check_arrays(paths: Sequence[Path]) -> None:
    """Raises ModelError for an npz file that is damaged, which numpy would leave open."""
    for path in paths:
        try:
            with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as arrays:
                _ = [arrays[name].shape for name in arrays.files]
        except (OSError, ValueError, EOFError, AttributeError, zipfile.BadZipFile) as error:
            raise ModelError(f"{path} is damaged: get the pipeline's folder anew") from error


def _no_plda() -> Any:
    """What stands where a pipeline uses no PLDA; for want of one, pyannote would ask the network for a gated one."""
    plda: Any = import_module("pyannote.audio.core.plda").PLDA
    return object.__new__(plda)


def _reporting(hook: Hook) -> Callable[..., None]:
    """A hook of pyannote's that tells ours."""

    def report(step: str, *_: object, total: int | None = None, completed: int | None = None, **__: object) -> None:
        if step in _STAGES and total:
            hook(Progress(_STAGES[step], completed or 0, total))

    return report


def _turns(annotation: Any, duration: float) -> list[Turn]:
    """The turns of a pyannote.core.Annotation, cut to the recording: the last chunk pyannote hears is filled up."""
    tracks = [
        (max(0.0, float(segment.start)), min(duration, float(segment.end)), str(label))
        for segment, _, label in annotation.itertracks(yield_label=True)
    ]
    return sorted(Turn(Span(start, end), label) for start, end, label in tracks if start < end)
