"""Streaming: words while they are said, with a DeepSpeech2 file that hears a stream.

    for heard in listen("korean.onnx", blocks):          # blocks: samples at 16 kHz, as they come
        print(join(heard.final), join(heard.provisional))

Final words never change; provisional ones are what it looks like so far. However the sound is cut into blocks, the
same words come, bit by bit the same: the network always hears hops of one length. A word can be told `latency` seconds
after its sound: as long as a hop and as far as the network listens ahead; it is final when the space behind it is
heard, or a pause; of a beam that does not agree on it, PATIENCE later.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bigvoice.corpora.statistics import n_steps_needed
from bigvoice.errors import ModelError
from bigvoice.features.log_spectrogram import HOP, WINDOW, Frames
from bigvoice.recording import RATE, Samples
from bigvoice.transcription.ctc import LogProbabilities, Symbol, align
from bigvoice.transcription.ctc_words import PAUSE, REACH, SPACE, is_space, pauses, spelt
from bigvoice.transcription.decoder import Decoding
from bigvoice.transcription.deepspeech2 import Choice, decoding_of
from bigvoice.transcription.deepspeech2_file import Network
from bigvoice.word import Word

HOP_SECONDS = 0.2
"""Of sound that the network hears at a time. Shorter ones are quicker to answer and cost more."""

PATIENCE = 1.0
"""Seconds that a beam's rivals may go on with other words before one: then it is final as the best of them has it."""

LONGEST = 20.0
"""Seconds that words may stay provisional: then what is likeliest is final. This bounds memory, whatever is heard."""


@dataclass(frozen=True, slots=True)
class Heard:
    """final: the words that became final with this block; provisional: what seems to follow them, likely to change.

    until: seconds from the stream's beginning that are understood so far.
    """

    final: tuple[Word, ...]
    provisional: tuple[Word, ...]
    until: float


def listen(model: str | Path, blocks: Iterable[Samples], *, hop: float = HOP_SECONDS) -> Iterator[Heard]:
    """What is heard after each block of samples (n,) at 16 kHz, of any lengths; at last the rest, all of it final.

    model: FILE[+LM][,NAME=NUMBER]..., as behind `--asr deepspeech2:`. Raises ModelError, SettingsError.
    """
    choice = Choice.of(str(model))
    network = Network(choice.file, threads=1)  # a hop is too little to be shared
    stream = Stream(network, decoding_of(choice, network.facts)[0], hop=hop)
    for block in blocks:
        yield stream.feed(block)
    yield stream.finish()


class Stream:
    """One stream of sound. Raises ModelError for a network that hears whole utterances only.

    hop: seconds that the network hears at a time, made a whole number of its steps.
    """

    def __init__(self, network: Network, decoding: Decoding | None = None, *, hop: float = HOP_SECONDS) -> None:
        facts = network.facts
        if not facts.streaming:
            raise ModelError(f"{network.path} hears whole utterances: take a file that was trained for streaming")
        self._network = network
        self._n_frames = max(1, round(hop / facts.step)) * facts.stride
        self._sound: Samples = np.empty(0, np.float32)
        self._state = network.silence()
        self._n_early = facts.delay
        self._open = _Open(network, decoding or Decoding())
        self._ended = False

    @property
    def latency(self) -> float:
        """Seconds from a sound to the answer it can be in: the hop, the frames ahead, the rest of the last window."""
        return ((self._n_frames + self._network.facts.tail - 1) * HOP + WINDOW) / RATE

    def feed(self, samples: Samples) -> Heard:
        """Hear the next samples, floats (n,) in [-1, 1] at 16 kHz. Raises ValueError once the stream has ended."""
        self._refuse_ended()
        if samples.ndim != 1 or samples.dtype.kind != "f":
            raise ValueError(f"a block is floats (n,) in [-1, 1], not {samples.dtype} {samples.shape}")
        sound = np.concatenate([self._sound, samples], dtype=np.float32)
        length, step = (self._n_frames - 1) * HOP + WINDOW, self._n_frames * HOP
        n_hops = max(0, 1 + (len(sound) - length) // step)
        final: list[Word] = []
        for first in range(0, n_hops * step, step):
            self._hear(self._network.facts.frames(sound[first : first + length]))
            final += self._open.close()
        self._sound = sound[n_hops * step :].copy()
        return Heard(tuple(final), tuple(self._open.words()), self._open.until)

    def finish(self) -> Heard:
        """Hear what is left, as the stream has ended: all of it is final. Raises ValueError the second time."""
        self._refuse_ended()
        frames = self._network.facts.frames(self._sound)
        if len(frames) or self._open.until or self._n_early < self._network.facts.delay:
            self._hear(self._network.facts.ended(frames))
        self._ended = True
        return Heard(tuple(self._open.words(ended=True)), (), self._open.until)

    def _refuse_ended(self) -> None:
        if self._ended:
            raise ValueError("this stream has ended: begin another")

    def _hear(self, frames: Frames) -> None:
        if len(frames):
            heard, self._state = self._network.run(frames, self._state)
            self._open.push(heard[self._n_early :])
            self._n_early = max(0, self._n_early - len(heard))


class _Open:
    """The words that are not final yet, and the steps of the network since the last that are."""

    def __init__(self, network: Network, decoding: Decoding) -> None:
        self._facts = network.facts
        self._decoder = decoding.begin()
        self._heard: LogProbabilities = np.empty((0, len(self._facts.vocabulary)), np.float32)
        self._origin = 0
        self._spaced = True

    @property
    def until(self) -> float:
        """Seconds that were heard."""
        return (self._origin + len(self._heard)) * self._facts.step

    def push(self, heard: LogProbabilities) -> None:
        """More steps: (n_steps, len(vocabulary))."""
        self._decoder.push(heard)
        self._heard = np.concatenate([self._heard, heard])

    def words(self, *, ended: bool = False) -> list[Word]:
        """What seems to be said in them; or was, as the stream has ended."""
        return self._spelt(self._aligned(self._decoder.best(ended=ended)))

    def close(self) -> list[Word]:
        """The words that are final now, and no longer open."""
        symbols = self._aligned(self._decoder.best())
        n = self._n_final(symbols)
        final = self._spelt(symbols[:n])
        if n:
            self._decoder.drop(n)
            self._forget(symbols[n - 1].end)
            space = is_space(symbols[n - 1].number, self._facts.vocabulary)
            self._spaced = space or SPACE not in self._facts.vocabulary.symbols
        elif not symbols:  # silence
            self._forget(len(self._heard) - self._steps(REACH))
        return final

    def _n_final(self, symbols: Sequence[Symbol]) -> int:
        """How many symbols there are up to the last space or pause that is settled, or long ago."""
        if len(self._heard) > self._steps(LONGEST):
            return len(symbols)
        n_settled, long_ago = self._decoder.n_settled(), len(self._heard) - self._steps(PATIENCE)
        return next(
            (
                n
                for n in range(len(symbols), 0, -1)
                if (n <= n_settled or symbols[n - 1].end <= long_ago) and self._ends_word(symbols, n)
            ),
            0,
        )

    def _ends_word(self, symbols: Sequence[Symbol], n: int) -> bool:
        """Whether a word ends with the n-th symbol; not while this one may still be going on."""
        vocabulary, pause = self._facts.vocabulary, PAUSE / self._facts.step
        if is_space(symbols[n - 1].number, vocabulary):
            return symbols[n - 1].end < len(self._heard)
        if n < len(symbols):
            return pauses(symbols[n - 1], symbols[n], vocabulary, pause)
        return len(self._heard) - symbols[n - 1].end >= pause

    def _aligned(self, numbers: Sequence[int]) -> list[Symbol]:
        """When each is said, by steps since the origin; before it where a beam found them crowded around a cut."""
        missing = max(0, n_steps_needed(numbers) - len(self._heard))
        heard = np.pad(self._heard, ((missing, 0), (0, 0)))
        return [Symbol(s.number, max(0, s.first - missing), max(0, s.end - missing)) for s in align(heard, numbers)]

    def _spelt(self, symbols: Sequence[Symbol]) -> list[Word]:
        start = self._origin * self._facts.step
        return spelt(
            symbols, self._heard, self._facts.vocabulary, step=self._facts.step, start=start, spaced=self._spaced
        )

    def _forget(self, n_steps: int) -> None:
        if n_steps > 0:
            self._heard = self._heard[n_steps:].copy()
            self._origin += n_steps

    def _steps(self, seconds: float) -> int:
        return round(seconds / self._facts.step)
