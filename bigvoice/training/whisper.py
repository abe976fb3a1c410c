"""Whisper's recipe: a checkpoint tuned on one's own speech, and turned into a model that writes down meetings.

    bigvoice train whisper openai/whisper-small --language ko --train train.csv --dev dev.csv --out korean

The folder holds

    checkpoint.pt best.pt      what the same command goes on from; the best state, by the character error rate on DEV
    log.csv learning.png       how it learnt; tensorboard/ has the same
    left_out.csv               recordings that nothing was learnt from, and why
    transformers/              the tuned checkpoint, to be tuned further or converted in another precision
    korean-int8/               the same for the fast engine: --asr whisper:korean/korean-int8
    report.md                  the untouched and the tuned model on the same recordings
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import torch

from bigvoice.corpora import manifest
from bigvoice.errors import TrainingError
from bigvoice.evaluation.conditions import QUIET, Condition
from bigvoice.evaluation.recognising import evaluate
from bigvoice.evaluation.recognition_report import notes, tables
from bigvoice.evaluation.report import table_markdown
from bigvoice.progress import Hook, silent
from bigvoice.training.whisper_recipe import Recipe
from bigvoice.training.whisper_trainer import Trainer
from bigvoice.transcription.convert import check_precision, convert
from bigvoice.transcription.whisper import WhisperTranscriber
from bigvoice.transcription.whisper_folder import checked

TUNED, REPORT = "transformers", "report.md"


@dataclass(frozen=True, slots=True)
class Made:
    """What came of it: the tuned checkpoint, the model for the fast engine, and how both read, as Markdown."""

    checkpoint: Path
    model: Path
    report: str


def make(
    folder: Path,
    train: Path,
    dev: Path,
    out: Path,
    recipe: Recipe,
    *,
    test: Path | None = None,
    precision: str = "int8",
    tell: Callable[[str], None],
    hook: Hook = silent,
) -> Made:
    """The whole recipe, from a checkpoint's folder to a model; goes on from what is in `out`.

    test: the manifest that the untouched and the tuned model are compared on; None: `dev`, by which the tuned one was
    chosen. precision: of the converted model. hook: told how far that comparison is.
    Raises ModelError, CorpusError, SettingsError, TrainingError.
    """
    check_precision(precision)
    trained = Trainer(checked(folder), train, dev, out, recipe, tell)()
    tuned = trained.save(out / TUNED)
    del trained
    torch.cuda.empty_cache()  # the fast engine, too, may need the GPU
    model = convert(tuned, out / f"{out.absolute().name}-{precision}", precision, replace=True)
    tell(f"{model}: made; the untouched and the tuned model now read {test or dev}")
    report = compared(folder, model, test or dev, recipe.language or "en", precision, hook)
    if test is None:
        report += "- the tuned model was chosen by these recordings, so others are a little harder: --test measures\n"
    _write(out / REPORT, report)
    return Made(tuned, model, report)


def compared(
    checkpoint: Path, model: Path, recordings: Path, language: str, precision: str, hook: Hook = silent
) -> str:
    """How an untouched checkpoint and a converted model read a manifest, both in the fast engine: Markdown."""
    with TemporaryDirectory(dir=model.parent, prefix=".") as work:
        before = convert(checkpoint, Path(work) / "untouched", precision)
        parts = [WhisperTranscriber(str(folder)) for folder in (before, model)]
        found = evaluate(list(manifest.read(recordings)), parts, [Condition(QUIET)], language=language, hook=hook)
    return table_markdown(tables(found)[0]) + "\n" + "".join(f"- {note}\n" for note in notes(found))


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise TrainingError(f"{path} cannot be written: {error.strerror}") from error
