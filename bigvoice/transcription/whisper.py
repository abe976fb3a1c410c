"""Whisper, by faster-whisper on CTranslate2: an adapter.

It listens only to chunks of speech, a batch of them at once; a batch's features are made when its turn comes, so that
memory stays flat over hours. Word times come from its attention. The words then pass the guards.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from math import exp
from pathlib import Path
from typing import Any

import ctranslate2
from faster_whisper import BatchedInferencePipeline, WhisperModel

from bigvoice.errors import ModelError, SettingsError
from bigvoice.parts import Transcript
from bigvoice.progress import Hook, Progress
from bigvoice.recording import Recording
from bigvoice.span import Span, intersect, total
from bigvoice.transcription import guards, store
from bigvoice.transcription.chunks import chunks, quietest
from bigvoice.transcription.guards import Passage
from bigvoice.word import Word

BATCH = 8
"""Chunks decoded at once."""

HOTWORD_TERMS = 60
HOTWORD_TOKENS = 223
"""What of the hotwords goes into a prompt: Whisper's decoder has 448 places, half of them for what stands before."""

SAMPLED_CHUNKS = 5
"""So many chunks are asked for the language, the longest ones: one chunk may be a greeting or a name."""

_AGAIN = {"repetition_penalty": 1.1, "no_repeat_ngram_size": 4}
"""How a chunk is heard a second time that came out as a loop."""

_WORLDLY = 769
"""Millions of parameters below which Whisper is clearly worse outside English (Radford et al. 2022, appendix D)."""

_UNSPACED = {"zh", "ja", "th", "lo", "my", "yue"}
"""Languages written without spaces between words, as faster-whisper's tokenizer has them."""


class WhisperTranscriber:
    """Writes down what is said with a Whisper model; fits parts.Transcriber.

    model: a name that `store.locate` finds, or a folder; None: the best on this machine. Raises ModelError.
    """

    def __init__(self, model: str | None = None, *, device: str = "auto", batch: int = BATCH) -> None:
        chosen = model or _best_name()
        self.folder = store.locate(chosen)
        self.model = chosen if chosen in store.KNOWN else f"{self.folder.name}@{_fingerprint(self.folder)}"
        self.name = f"whisper:{self.model}"
        self._device = device
        self._batch = batch
        self._loaded: WhisperModel | None = None

    def __call__(
        self, recording: Recording, speech: Sequence[Span], language: str | None, hotwords: Sequence[str], hook: Hook
    ) -> Transcript:
        """The words in `speech`; raises SettingsError for a language the model does not know, ModelError."""
        listened = intersect(speech, [recording.span])
        pieces = [c & recording.span or c for c in chunks(listened, cut=quietest(recording.samples))]
        if not pieces:
            return Transcript((), _code(language), self.name, self._notice())
        engine = self._engine()
        spoken = _check(language, engine, self.model) or _detect(engine, recording, pieces)
        options = {"language": spoken, "hotwords": fitting(hotwords, _counter(engine)) or None}
        words: list[Word] = []
        done, whole = 0.0, total(pieces)
        hook(Progress("transcribe", 0.0, whole))
        for batch in _batches(pieces, self._batch):
            for passage in self._hear(recording, batch, options):
                words += _guarded(passage, recording, listened, spoken)
            done += total(batch)
            hook(Progress("transcribe", done, whole))
        return Transcript(tuple(sorted(words, key=lambda word: word.span)), spoken, self.name, self._notice(spoken))

    def _hear(self, recording: Recording, batch: Sequence[Span], options: dict[str, Any]) -> Iterator[Passage]:
        """What is heard in each chunk of the batch; a loop is heard again, and the better one of both taken."""
        for passage in _decode(self._engine(), recording, batch, options):
            if not guards.looping(passage):
                yield passage
                continue
            again = _decode(self._engine(), recording, [passage.span], {**options, **_AGAIN})
            yield min([passage, *again], key=lambda heard: (guards.looping(heard), -heard.logprob))

    def _engine(self) -> WhisperModel:
        if self._loaded is None:
            self._loaded = _load(self.folder, self._device)
        return self._loaded

    def _notice(self, language: str | None = None) -> str:
        known = store.KNOWN.get(self.model)
        expect = known.expect if known else "how good it is, is known to those who made it: check the text"
        if known and known.parameters < _WORLDLY and language not in (None, "en"):
            expect += "; models of this size are weaker in other languages than English"
        return f"The text was written by Whisper ({self.model.partition('@')[0]}); {expect}."


def fitting(
    terms: Iterable[str], count: Callable[[str], int], *, most: int = HOTWORD_TERMS, room: int = HOTWORD_TOKENS
) -> str:
    """The first terms, each once, that fit a prompt together; a long one that does not is left out, not cut.

    count: tokens of a text.

    >>> fitting(["Mina Park", "budget", "Mina Park", "a very long item"], lambda text: len(text.split()), room=4)
    'Mina Park, budget'
    """
    taken: list[str] = []
    for term in dict.fromkeys(" ".join(term.split()) for term in terms):
        if term and len(taken) < most and count(" " + ", ".join([*taken, term])) <= room:
            taken.append(term)
    return ", ".join(taken)


def _best_name() -> str:
    if (model := store.best()) is None:
        raise ModelError("no Whisper model on this machine: `bigvoice models fetch small` gets one")
    return model.name


def _fingerprint(folder: Path) -> str:
    """Eight hex digits that tell two models apart whose folders have one name: of the sizes and the first megabyte."""
    digest = hashlib.sha256()
    for file in sorted(f for name in store.NEEDED for f in folder.glob(name)):
        with file.open("rb") as stream:
            digest.update(f"{file.name} {file.stat().st_size}\n".encode() + stream.read(1 << 20))
    return digest.hexdigest()[:8]


def _load(folder: Path, device: str) -> WhisperModel:
    """int8 on the CPU, float16 on a GPU that CTranslate2 sees. The folder is whole: no network is touched."""
    if device == "auto":
        device = "cuda" if ctranslate2.get_cuda_device_count() else "cpu"
    try:
        return WhisperModel(str(folder), device=device, compute_type="int8" if device == "cpu" else "float16")
    # CTranslate2 raises RuntimeError or ValueError, tokenizers a bare Exception; each for a file it cannot read.
    except Exception as error:
        raise ModelError(f"cannot load the model in {folder}: {_line(error)}; fetch or convert it anew") from error


def _decode(
    engine: WhisperModel, recording: Recording, batch: Sequence[Span], options: dict[str, Any]
) -> list[Passage]:
    """A passage for each chunk in which there is text. The pipeline works while its generator is read: it is drained.

    Without time stamp tokens: with them, the batched pipeline loses what follows the last one in a chunk.
    """
    clips = [{"start": span.start, "end": span.end} for span in batch]
    try:
        segments, _ = BatchedInferencePipeline(engine).transcribe(
            recording.samples,
            clip_timestamps=clips,
            batch_size=len(clips),
            word_timestamps=True,
            without_timestamps=True,
            condition_on_previous_text=False,
            **options,
        )
        heard = list(segments)
    except RuntimeError as error:
        if "memory" in str(error) and len(batch) > 1:
            half = len(batch) // 2
            return [p for part in (batch[:half], batch[half:]) for p in _decode(engine, recording, part, options)]
        mend = (
            "take a smaller model" if engine.model.device == "cpu" else "set CUDA_VISIBLE_DEVICES=-1 to do without GPU"
        )
        where = f"{recording.name} at {batch[0].start:.0f} s"
        raise ModelError(f"the model failed on {where}: {_line(error)}; {mend}") from error
    return [_passage(segment, batch) for segment in heard if segment.text.strip()]


def _passage(segment: Any, batch: Sequence[Span]) -> Passage:
    """faster-whisper's segment as a value; `seek`, in hundredths of a second, tells of which chunk it is."""
    chunk = min(batch, key=lambda span: abs(100 * span.start - segment.seek))
    words = [_word(w.word, float(w.start), float(w.end), float(w.probability)) for w in segment.words]
    # Where a text ends with half a character, faster-whisper's word splitting loses the whole last word.
    if rest := guards.lost(segment.text, words):
        since = words[-1].span.end if words else chunk.start
        words.append(_word(rest, since, chunk.end, exp(segment.avg_logprob)))
    return Passage(chunk, tuple(words), segment.avg_logprob, segment.no_speech_prob)


def _word(text: str, start: float, end: float, probability: float) -> Word:
    return Word(Span(start, max(start, end)), text, min(1.0, max(0.0, probability)))


def _guarded(passage: Passage, recording: Recording, speech: Sequence[Span], language: str) -> list[Word]:
    """The passage's words that pass the guards, at times that can be."""
    near = [span for span in speech if span.overlap(passage.span) > 0]
    heard = replace(passage, words=tuple(guards.unlooped(guards.repaired(passage.words))))
    if not guards.believable(heard, near):
        return []
    kept = [
        word
        for sentence in guards.sentences(heard)
        if guards.audible(sentence, near, guards.level_db(recording.cut(sentence.span)))
        for word in sentence.words
    ]
    return guards.timed(_apart(kept, language), near)


def _apart(words: Sequence[Word], language: str) -> list[Word]:
    """The words with a space before the first: Whisper leaves it out at times, and chunks would run together."""
    if not words or language in _UNSPACED or words[0].text[0].isspace():
        return list(words)
    return [replace(words[0], text=" " + words[0].text), *words[1:]]


def _counter(engine: WhisperModel) -> Callable[[str], int]:
    return lambda text: len(engine.hf_tokenizer.encode(text, add_special_tokens=False).ids)


def _code(language: str | None) -> str | None:
    """The first part of a language tag: ko of ko-KR."""
    return language.strip().lower().replace("_", "-").partition("-")[0] if language else None


def _check(language: str | None, engine: WhisperModel, model: str) -> str | None:
    """The language's code, "en" where the model knows nothing else. Raises SettingsError for one it does not know."""
    code = _code(language)
    if code is None:
        return None if engine.model.is_multilingual else "en"
    if code in engine.supported_languages:
        return code
    if not engine.model.is_multilingual:
        raise SettingsError(f"Whisper {model} understands English only, not {language!r}: take a model without .en")
    raise SettingsError(f"Whisper knows no language {language!r}: give its code, as en, ko, de, ja (ISO 639-1)")


def _detect(engine: WhisperModel, recording: Recording, pieces: Sequence[Span]) -> str:
    """The language most of the speech is in: probabilities of the longest chunks, weighed by their lengths."""
    votes: Counter[str] = Counter()
    for span in sorted(pieces, key=lambda span: -span.duration)[:SAMPLED_CHUNKS]:
        _, _, probabilities = engine.detect_language(recording.cut(span))
        for code, probability in probabilities:
            votes[code] += probability * span.duration
    return max(votes, key=votes.__getitem__)


def _line(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__


def _batches(spans: Sequence[Span], size: int) -> Iterator[list[Span]]:
    rest = iter(spans)
    while batch := list(islice(rest, size)):
        yield batch
