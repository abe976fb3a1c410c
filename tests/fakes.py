"""Parts that tests can see through, and the sound they hear: a voice is a tone, a text is read from a script."""

from __future__ import annotations

import wave
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.signal import lfilter

from bigvoice.diarization.powerset import SETS
from bigvoice.diarization.segmentation import Segmentation
from bigvoice.parts import Embeddings, Transcript
from bigvoice.progress import Hook, Progress
from bigvoice.recording import RATE, Recording, Samples
from bigvoice.span import Span, merge
from bigvoice.voices.background import Background
from bigvoice.voices.person import Person
from bigvoice.word import Word

LOW, MIDDLE, HIGH = 110.0, 220.0, 440.0
"""Pitches in Hz, far enough apart that PitchEncoder puts them at right angles."""

Spoken = tuple[float, float, float]
"""(start, end, pitch)."""


def sound(spoken: Sequence[Spoken], seconds: float, *, level: float = 0.3) -> Samples:
    """Tones with two overtones, silence elsewhere."""
    samples = np.zeros(round(seconds * RATE), np.float32)
    for start, end, pitch in spoken:
        place = slice(round(start * RATE), round(end * RATE))
        time = np.arange(place.stop - place.start) / RATE
        tone = sum(np.sin(2 * np.pi * pitch * n * time) / n for n in (1, 2, 3))
        samples[place] += (level / 2 * tone).astype(np.float32)
    return samples


_VOWELS = np.array([(730, 1090, 2440), (270, 2290, 3010), (300, 870, 2240), (530, 1840, 2480), (570, 840, 2410)])
"""Formants in Hz of a, i, u, e, o (Peterson and Barney, 1952, men)."""


def babble(seconds: float, *, pitch: float = 110.0, size: float = 1.0, seed: int = 1) -> Samples:
    """Vowels and puffs of noise in the rhythm of speech: Silero takes it for speech, and no text is in it.

    size: of formants against a man's; about 1.15 for a woman.
    """
    rng = np.random.default_rng(seed)
    pieces: list[Samples] = []
    while sum(map(len, pieces)) < seconds * RATE:
        pieces += [_vowel(rng, pitch, size * rng.choice(_VOWELS)), _puff(rng)]
    return np.concatenate(pieces)[: round(seconds * RATE)]


def _vowel(rng: np.random.Generator, pitch: float, formants: Samples) -> Samples:
    time = np.arange(int(rng.uniform(0.12, 0.25) * RATE)) / RATE
    f0 = pitch * (1 + 0.1 * rng.uniform(-1, 1) + 0.08 * np.sin(2 * np.pi * rng.uniform(2, 5) * time))
    pulses = np.diff(np.floor(np.cumsum(f0) / RATE), prepend=0) + 0.02 * rng.standard_normal(len(time))
    for formant, width in zip(formants, (80, 100, 140), strict=True):
        radius = np.exp(-np.pi * width / RATE)
        pulses = lfilter([1], [1, -2 * radius * np.cos(2 * np.pi * formant / RATE), radius**2], pulses)
    shaped = pulses * np.sqrt(np.hanning(len(time)))
    return (0.3 * shaped / np.abs(shaped).max()).astype(np.float32)


def _puff(rng: np.random.Generator) -> Samples:
    noise = rng.standard_normal(int(rng.uniform(0.03, 0.08) * RATE))
    return (0.025 * lfilter([1, -0.9], [1], noise)).astype(np.float32)


def recording(spoken: Sequence[Spoken], seconds: float, **more: object) -> Recording:
    """A recording of tones, as if of board.wav."""
    return Recording(sound(spoken, seconds), path=Path("board.wav"), sha256="5" * 64, **more)  # type: ignore[arg-type]


def write_wav(path: Path, *channels: Samples, rate: int = RATE) -> Path:
    """A 16-bit wav file."""
    frames = (np.stack(channels, axis=1) * 32767).clip(-32768, 32767).astype("<i2")
    with wave.open(str(path), "wb") as out:
        out.setnchannels(len(channels))
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes(frames.tobytes())
    return path


class LevelDetector:
    """Speech is what is louder than -60 dB, in frames of 50 ms."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, samples: Samples, hook: Hook) -> list[Span]:
        self.calls += 1
        hook(Progress("detect", 1, 1))
        size = RATE // 20
        loud = (samples[: len(samples) // size * size].reshape(-1, size) ** 2).mean(axis=1) > 1e-6
        return merge(Span(i / 20, (i + 1) / 20) for i in np.flatnonzero(loud).tolist())


class PitchEncoder:
    """Hears nothing but the strongest frequency: one of eight half octaves, as a unit vector."""

    name = "pitch-1"
    dim = 8
    background = Background(
        cohort=np.repeat(np.eye(8, dtype=np.float32)[[1, 3, 5, 6, 7]], 10, axis=0),  # strangers: no pitch that is used
        calibration=np.array([0.0, 8.0, 0.0, 0.0, 0.0, 0.0]),
        alike=0.5,
    )

    def __call__(self, samples: Samples, spans: Sequence[Span], hook: Hook) -> Embeddings:
        rows = np.zeros((len(spans), self.dim), np.float32)
        for row, span in zip(rows, spans, strict=True):
            piece = samples[round(span.start * RATE) : round(span.end * RATE)]
            strongest = np.abs(np.fft.rfft(piece))[1:].argmax() + 1
            pitch = strongest * RATE / len(piece)
            row[round(2 * np.log2(max(pitch, 1) / LOW)) % self.dim] = 1.0
        hook(Progress("embed", 1, 1))
        return rows

    def person(self, name: str, pitch: float, role: str | None = None) -> Person:
        """Somebody enrolled with half a minute of that pitch."""
        spans = [Span(i * 1.5, (i + 1) * 1.5) for i in range(20)]
        return Person(name, role, self(sound([(0, 30, pitch)], 30), spans, lambda _: None))


@dataclass(frozen=True)
class TogetherSegmenter:
    """Hears two at once where it is told to."""

    spans: Sequence[Span]
    name: str = "together-1"

    def __call__(self, samples: Samples, hook: Hook) -> Segmentation:
        n_frames = -(-len(samples) // (RATE // 50))
        times = (np.arange(n_frames) + 0.5) / 50
        two = np.any([(span.start <= times) & (times < span.end) for span in self.spans], axis=0)
        classes = np.where(two, SETS.index((0, 1)), SETS.index((0,)))
        return Segmentation(np.eye(len(SETS), dtype=np.float32)[classes][None], np.array([0]), n_frames)


class ScriptTranscriber:
    """Reads a script of (start, end, text): a word where its middle is listened to."""

    def __init__(self, script: Sequence[tuple[float, float, str]], name: str = "script") -> None:
        self.name = name
        self.script = script
        self.heard: list[tuple[str | None, tuple[str, ...]]] = []
        self.before: Callable[[], None] = lambda: None

    def __call__(
        self, recording: Recording, speech: Sequence[Span], language: str | None, hotwords: Sequence[str], hook: Hook
    ) -> Transcript:
        self.before()
        self.heard.append((language, tuple(hotwords)))
        words = [Word(Span(start, end), f" {text}", 0.9) for start, end, text in self.script]
        listened = [w for w in words if any(s.start <= w.span.middle < s.end for s in speech)]
        hook(Progress("transcribe", 1, 1))
        return Transcript(tuple(listened), language or "en", self.name, "Read from a script.")


class ForgetfulTranscriber:
    """Knows a recording by how many tenths of a second it lasts; the louder the noise, the more words it forgets.

    script: what it writes for each length, in full where the first tenth is silent. It forgets the last word where
    noise lies under the recording, and the last two where that is loud.
    """

    def __init__(self, script: dict[int, str], name: str = "forgetful") -> None:
        self.name = name
        self.script = script
        self.heard: list[Samples] = []
        self.languages: list[str | None] = []

    def __call__(
        self, recording: Recording, speech: Sequence[Span], language: str | None, hotwords: Sequence[str], hook: Hook
    ) -> Transcript:
        self.heard += [recording.cut(span) for span in speech]
        self.languages.append(language)
        words = [word for span in speech for word in self._words(span, recording.cut(span))]
        hook(Progress("transcribe", 1, 1))
        return Transcript(tuple(words), language or "en", self.name)

    def _words(self, span: Span, samples: Samples) -> list[Word]:
        texts = self.script.get(round(10 * span.duration), "").split()
        noise = float(np.std(samples[: RATE // 10]) / np.std(samples))
        kept = texts[: len(texts) - (noise > 0.01) - (noise > 0.3)]
        step = span.duration / max(1, len(kept))
        return [Word(Span(span.start + i * step, span.start + (i + 1) * step), f" {kept[i]}") for i in range(len(kept))]
