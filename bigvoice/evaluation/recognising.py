"""Recognising: recordings with known texts, under each condition, through each recogniser: an adapter.

Recognisers are made for meetings: Whisper decodes several stretches of one recording at once, pocketsphinx starts a
process a core for each recording. So recordings are put on a tape of some minutes, with pauses between them that no
recogniser bridges, and each is told to listen where a recording lies; what it wrote goes back by time. A tape is
decoded and mixed once and heard by all, so that memory holds one tape, however long the list is.

A first tape with a second of next to nothing has models loaded before the clock runs.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path

import numpy as np

from bigvoice.corpora import manifest
from bigvoice.corpora.manifest import Entry
from bigvoice.decoding import load
from bigvoice.errors import CorpusError, RecordingError, SettingsError
from bigvoice.evaluation.conditions import Condition, conditions
from bigvoice.evaluation.recognition import Heard, Recognition, Run, Skipped, TextErrors, language_of
from bigvoice.evaluation.surroundings import Surroundings
from bigvoice.evaluation.words import normalise
from bigvoice.parts import Transcriber, make
from bigvoice.progress import Hook, Progress, silent
from bigvoice.recording import RATE, Recording, Samples
from bigvoice.span import Span
from bigvoice.transcription.chunks import BRIDGED
from bigvoice.transcription.words import give_words
from bigvoice.turn import Turn
from bigvoice.word import Word, join

STAGE = "measure"

PAUSE = BRIDGED + 1.0
"""Seconds between recordings, so that each is a chunk (or several) of its own."""

HISS = 3e-4
"""Level of the pauses, -70 dB: too faint for a word, but no digital silence, which networks have never heard; chunks
reach into the pauses by a tenth of a second."""

TAPE = 300.0
"""Seconds of speech on a tape: some batches of chunks, 20 MB."""


def evaluate_manifest(
    path: Path,
    names: Sequence[str],
    under: Sequence[Condition],
    surroundings: Surroundings,
    *,
    language: str | None = None,
    hook: Hook = silent,
) -> Recognition:
    """As `evaluate`, of the recordings in a manifest and the recognisers of these names (`parts.make`).

    Raises besides CorpusError for a manifest that cannot be read or has no texts.
    """
    recognisers = [make("asr", name) for name in dict.fromkeys(names)]
    entries = list(manifest.read(path))
    if not any(normalise(entry.text) for entry in entries):
        raise CorpusError(f"{path} has no texts to compare with: fill its column text; `bigvoice corpus` does")
    return evaluate(entries, recognisers, under, surroundings, language=language, hook=hook)


def evaluate(
    entries: Sequence[Entry],
    recognisers: Sequence[Transcriber],
    under: Sequence[Condition] | None = None,
    surroundings: Surroundings | None = None,
    *,
    language: str | None = None,
    hook: Hook = silent,
) -> Recognition:
    """Have each recogniser write down each recording under each condition, and count what is wrong.

    language: told to recognisers, and scored as; None: Korean where the texts are, else recognisers find it out.
    Recordings that cannot be read or have no text are left out and listed. Progress comes as stage "measure", in
    recordings. Raises CorpusError where none is left, SettingsError for two recognisers of one name, and what
    recognisers raise.
    """
    under, surroundings = tuple(dict.fromkeys(under or conditions())), surroundings or Surroundings()
    _check(recognisers)
    language = language or language_of(entry.text for entry in entries)
    for part in recognisers:
        part(Recording(_hiss(1.0)), [Span(0.0, 1.0)], language, [], silent)
    runs = [_Running(part, condition) for part, condition in product(recognisers, under)]
    skipped: list[Skipped] = []
    done, whole = 0, len(entries) * len(runs)
    for tape in _tapes(entries):
        skipped += tape.skipped
        for condition in under if tape.entries else ():
            recording, spans = tape.under(condition, surroundings)
            for run in (run for run in runs if run.condition == condition):
                run.hear(tape.entries, recording, spans, language, _part_of(hook, done, len(tape.entries), whole))
                done += len(tape.entries)
        done += len(tape.skipped) * len(runs)
    if len(skipped) == len(entries):
        raise CorpusError(f"none of {len(entries)} recordings can be used{f': {skipped[0].why}' if skipped else ''}")
    hook(Progress(STAGE, whole, whole))
    return Recognition(language, tuple(run.done() for run in runs), str(surroundings), tuple(skipped))


@dataclass(frozen=True, eq=False)
class Tape:
    """Recordings with their samples, and those beside them in the list that are left out."""

    entries: tuple[Entry, ...]
    samples: tuple[Samples, ...]
    skipped: tuple[Skipped, ...] = ()

    def under(self, condition: Condition, surroundings: Surroundings) -> tuple[Recording, list[Span]]:
        """The tape under that condition, and where on it the recordings lie."""
        named = zip(self.samples, self.entries, strict=True)
        return joined([surroundings.heard(samples, condition, entry.path.name) for samples, entry in named])


def joined(pieces: Iterable[Samples]) -> tuple[Recording, list[Span]]:
    """One recording of several, PAUSE after each; and where on it they lie."""
    pause = _hiss(PAUSE)
    parts: list[Samples] = []
    spans: list[Span] = []
    clock = 0
    for samples in pieces:
        spans.append(Span(clock / RATE, (clock + len(samples)) / RATE))
        parts += [samples, pause]
        clock += len(samples) + len(pause)
    return Recording(np.concatenate(parts)), spans


def texts_of(words: Iterable[Word], spans: Sequence[Span]) -> list[str]:
    """What was written for each of the spans, which are disjoint and in order of time; no word is lost."""
    turns = [Turn(span, str(i)) for i, span in enumerate(spans)]
    return [join(said) for _, said in give_words(turns, words)]


class _Running:
    """A run that is still going on."""

    def __init__(self, part: Transcriber, condition: Condition) -> None:
        self.condition = condition
        self.heard: list[Heard] = []
        self._part = part
        self._waited = 0.0

    def hear(
        self, entries: Sequence[Entry], recording: Recording, spans: Sequence[Span], language: str | None, hook: Hook
    ) -> None:
        began = time.perf_counter()
        written = self._part(recording, spans, language, [], hook)
        self._waited += time.perf_counter() - began
        for entry, text in zip(entries, texts_of(written.words, spans), strict=True):
            self.heard.append(Heard(entry, text, TextErrors.between(entry.text, text)))

    def done(self) -> Run:
        return Run(self._part.name, self.condition, tuple(self.heard), self._waited)


def _check(recognisers: Sequence[Transcriber]) -> None:
    names = [part.name for part in recognisers]
    if not names:
        raise SettingsError("no recogniser is named: --asr names one")
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise SettingsError(f"two recognisers are called {twice}: give each --asr once")


def _tapes(entries: Iterable[Entry]) -> Iterator[Tape]:
    """Tapes of about TAPE seconds, which together have all entries, in order."""
    taken: list[Entry] = []
    strips: list[Samples] = []
    skipped: list[Skipped] = []
    for entry in entries:
        try:
            samples = _readable(entry)
        except RecordingError as error:
            skipped.append(Skipped(entry.path, str(error)))
            continue
        taken.append(replace(entry, seconds=len(samples) / RATE))
        strips.append(samples)
        if sum(map(len, strips)) >= TAPE * RATE:
            yield Tape(tuple(taken), tuple(strips), tuple(skipped))
            taken, strips, skipped = [], [], []
    yield Tape(tuple(taken), tuple(strips), tuple(skipped))


def _readable(entry: Entry) -> Samples:
    """The samples. Raises RecordingError for a recording without a text, or that cannot be read."""
    if not normalise(entry.text):
        raise RecordingError(f"{entry.path}: no text to compare with")
    return load(entry.path).samples


def _part_of(hook: Hook, done: int, more: int, whole: int) -> Hook:
    """What a recogniser tells of a tape, as part of the whole work."""
    return lambda report: hook(Progress(STAGE, done + more * report.fraction, whole, report.note))


def _hiss(seconds: float) -> Samples:
    """Faint noise, always the same."""
    return (HISS * np.random.default_rng(0).standard_normal(round(seconds * RATE))).astype(np.float32)
