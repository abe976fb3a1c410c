"""pocketsphinx: weak, English only, and there right after the install, as its wheel holds its model: an adapter.

It holds Python's lock while it decodes, so that threads do not help. Chunks are handed to worker processes
(`python -m bigvoice.transcription.sphinx`), one a core; a plain pipe instead of multiprocessing, which would run the
caller's own script again in each worker.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from queue import SimpleQueue
from typing import BinaryIO

import numpy as np
from pocketsphinx import Decoder

from bigvoice.errors import ModelError
from bigvoice.parts import Transcript
from bigvoice.progress import Hook, Progress
from bigvoice.recording import Recording, Samples
from bigvoice.span import Span, intersect, total
from bigvoice.transcription import guards
from bigvoice.transcription.chunks import chunks, quietest
from bigvoice.word import Word

NOTICE = (
    "The text was written by pocketsphinx, the fallback for English: weak. It gets about four words in ten of clear"
    " read speech wrong, and more of harder speech; `bigvoice models fetch small` gets a much better one."
)
"""Measured by bench/asr.py: 41.8 % of the words of 101 utterances of LibriSpeech dev-clean are wrong."""

_FRAMES = 100
"""Frames a second, as the model was trained."""


class SphinxTranscriber:
    """Writes down English with pocketsphinx; fits parts.Transcriber. Hotwords are of no use to it.

    workers: processes; one a core, but at most eight, if None.
    """

    name = "sphinx"

    def __init__(self, workers: int | None = None) -> None:
        self._workers = workers or min(8, os.cpu_count() or 1)

    def __call__(
        self,
        recording: Recording,
        speech: Sequence[Span],
        language: str | None,
        hotwords: Sequence[str],  # noqa: ARG002
        hook: Hook,
    ) -> Transcript:
        """The words in `speech`, with posterior probabilities. Raises ModelError for a language other than English."""
        if language and not language.lower().startswith("en"):
            raise ModelError(
                f"pocketsphinx writes English only, not {language!r}: `bigvoice models fetch small` gets a model for it"
                " (then --asr whisper:small); --asr none makes minutes without text"
            )
        listened = intersect(speech, [recording.span])
        pieces = [c & recording.span or c for c in chunks(listened, cut=quietest(recording.samples))]
        words: list[Word] = []
        done, whole = 0.0, total(pieces)
        hook(Progress("transcribe", 0.0, whole))
        for piece, heard in zip(pieces, self._hear(recording, pieces), strict=True):
            words += _guarded(heard, recording, [span for span in listened if span.overlap(piece) > 0])
            done += piece.duration
            hook(Progress("transcribe", done, whole))
        return Transcript(tuple(words), "en", self.name, NOTICE)

    def _hear(self, recording: Recording, pieces: Sequence[Span]) -> Iterator[list[Word]]:
        """The words of each piece, in order; pieces are decoded side by side."""
        with ExitStack() as stack:
            idle: SimpleQueue[subprocess.Popen[bytes]] = SimpleQueue()
            n_workers = min(self._workers, len(pieces))
            # The pool is left after the workers: they are killed first, so that nothing is waited for on Ctrl-C.
            pool = stack.enter_context(ThreadPoolExecutor(max(1, n_workers)))
            for _ in range(n_workers):
                idle.put(stack.enter_context(_worker()))

            def hear(piece: Span) -> list[Word]:
                worker = idle.get()
                try:
                    return _ask(worker, recording.cut(piece), piece.start)
                finally:
                    idle.put(worker)

            yield from pool.map(hear, pieces)


def _guarded(words: Sequence[Word], recording: Recording, speech: Sequence[Span]) -> list[Word]:
    """The words at times that can be, without those it invents in digital silence, with full confidence."""
    loud = [word for word in words if guards.level_db(recording.cut(word.span)) >= guards.QUIET_DB]
    return guards.timed(loud, speech)


def decode(decoder: Decoder, samples: Samples) -> list[tuple[str, float, float, float]]:
    """(word, start, end, probability) of each word in samples (n,) at 16 kHz; seconds from the first sample.

    The decoder forgets what noise it heard before, so that a text does not hang on which worker heard which piece.
    """
    decoder.reinit_feat()
    decoder.start_utt()
    decoder.process_raw((np.clip(samples, -1.0, 1.0) * 32767).astype("<i2").tobytes(), full_utt=True)
    decoder.end_utt()
    if decoder.hyp() is None:
        return []
    return [
        (_spelt(s.word), s.start_frame / _FRAMES, (s.end_frame + 1) / _FRAMES, min(1.0, max(0.0, s.prob)))
        for s in decoder.seg()
        if s.word[0] not in "<[+"  # silence and noises
    ]


def _spelt(word: str) -> str:
    """The dictionary's "our(2)", a second way to say it, as "our"; "i" and "i'm" with their capital."""
    plain = word.partition("(")[0]
    return plain.capitalize() if plain == "i" or plain.startswith("i'") else plain


@contextmanager
def _worker() -> Iterator[subprocess.Popen[bytes]]:
    """A process that decodes; ended on leaving, whatever it is doing."""
    process = subprocess.Popen([sys.executable, "-m", __name__], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    with process:
        try:
            yield process
        finally:
            process.kill()


def _ask(worker: subprocess.Popen[bytes], samples: Samples, start: float) -> list[Word]:
    """Has the worker decode samples (n,) that begin at `start`."""
    assert worker.stdin and worker.stdout
    try:
        worker.stdin.write(len(samples).to_bytes(8, "little") + samples.astype("<f4").tobytes())
        worker.stdin.flush()
        answer = json.loads(worker.stdout.readline())
    except (OSError, ValueError) as error:
        raise ModelError(f"pocketsphinx stopped at {start:.0f} s of the recording: try again, or --asr none") from error
    return [Word(Span(start + a, start + b), f" {text}", probability) for text, a, b, probability in answer]


def _serve(questions: BinaryIO, answers: BinaryIO) -> None:
    """A worker's life: a count of samples and the samples in, one line of JSON out, until the pipe is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches every process of the terminal; the parent ends us
    decoder = Decoder(loglevel="FATAL")
    while header := questions.read(8):
        samples = np.frombuffer(questions.read(4 * int.from_bytes(header, "little")), "<f4")
        answers.write(json.dumps(decode(decoder, samples)).encode() + b"\n")
        answers.flush()


if __name__ == "__main__":
    _serve(sys.stdin.buffer, sys.stdout.buffer)
