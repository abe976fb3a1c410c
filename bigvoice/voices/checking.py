"""Checking: how well the enrolled voices are told apart, and which clips spoil it.

Each clip is taken out once and its mean print compared, by cosine, with the mean prints of everybody, its owner's made
of the other clips (of somebody with one clip, one half is compared with the other). Naming in a meeting does otherwise,
with support vector machines and strangers in mind (`identification`); the cosine is taken here because it needs no
training for each clip held out. Who cannot be told from whom is asked as naming asks (`likeness`).

What a check finds is kept in the book, so that the next one shows what has become better or worse since.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from bigvoice.parts import Embeddings, Encoder
from bigvoice.progress import Hook, silent
from bigvoice.voices.background import Background
from bigvoice.voices.book import VoiceBook
from bigvoice.voices.clip import Clip, embed, windows
from bigvoice.voices.counter_examples import spoilt
from bigvoice.voices.enrolment import GOOD_SPEECH, flaws, twinned
from bigvoice.voices.figures import Figures
from bigvoice.voices.likeness import twins
from bigvoice.voices.person import KeptClip, Person
from bigvoice.voices.quality import Envelope, alikeness, envelope
from bigvoice.voices.telling import mean_print

COPY, COPY_SECONDS = 0.9, 2.0
"""Correlation of envelopes: two different clips have at most 0.71; a clip and its copy as an mp3 of 32 kbit/s 0.99 and
more, and 3 s cut out of it 0.91 (bench/enrolment.py). Clips shorter than this are not compared: too little rises and
falls in them."""


@dataclass(frozen=True, eq=False)
class Voice:
    """A person's clips, with their envelopes and prints (n_windows, dim), clip by clip."""

    name: str
    clips: tuple[Clip, ...]
    prints: tuple[Embeddings, ...]
    envelopes: tuple[Envelope, ...]

    @property
    def speech_seconds(self) -> float:
        """Of all clips."""
        return sum(clip.speech_seconds for clip in self.clips)


@dataclass(frozen=True, slots=True)
class Checked:
    """How well one voice is known.

    right of total: how many held-out clips (or halves) were nearest to their owner. nearest: who of the others sounds
    most alike (None where there are none), similarity: the cosine of the two mean prints, -1 to 1. kept: the clips as
    they are listed; counter_examples: how many there are.

    before: what the last check found that found anything else in the book, on the day `since`; None of somebody who was
    not in the book then. new: which clips came after it.
    """

    name: str
    clips: int
    speech_seconds: float
    right: int
    total: int
    nearest: str | None
    similarity: float
    warnings: tuple[str, ...]
    kept: tuple[KeptClip, ...] = ()
    counter_examples: int = 0
    before: Figures | None = None
    since: date | None = None
    new: tuple[str, ...] = ()

    @property
    def figures(self) -> Figures:
        """What the next check compares with."""
        seconds, similarity = round(self.speech_seconds, 2), round(self.similarity, 3)
        return Figures(self.clips, seconds, self.right, self.total, similarity)


def check(book: VoiceBook, encoder: Encoder, hook: Hook = silent) -> tuple[Checked, ...]:
    """Everybody in the book, by name; what is found is kept there for the next check. Raises VoiceBookError."""
    people = book.people(encoder, hook)  # so that every clip has been heard, and what was heard is kept
    listed = book.list()
    voices = [_voice(person.name, book.clips(person.name), encoder) for person in listed]
    rows = [
        replace(
            row,
            kept=person.clips,
            counter_examples=len(person.counter_examples),
            warnings=(*row.warnings, *spoilt(row.name, people, encoder.background)),
        )
        for row, person in zip(compare(voices, encoder.background), listed, strict=True)
    ]
    return _since_last(book, rows, encoder.name)


def compare(voices: Sequence[Voice], background: Background) -> tuple[Checked, ...]:
    """Each voice against all others; background: of the encoder that made the prints."""
    # A voice of which there is less is hardly known itself, and a warning says so.
    known = [Person(v.name, None, np.concatenate(v.prints)) for v in voices if v.speech_seconds >= GOOD_SPEECH]
    pairs = twins(known, background)
    return tuple(_checked(voice, [other for other in voices if other is not voice], pairs) for voice in voices)


def _since_last(book: VoiceBook, rows: Sequence[Checked], encoder: str) -> tuple[Checked, ...]:
    last = book.record_check(encoder, {row.name: row.figures for row in rows})
    if last is None:
        return tuple(rows)
    return tuple(
        replace(
            row,
            before=last.figures.get(row.name),
            since=last.day,
            new=tuple(clip.source for clip in row.kept if clip.checks >= last.number),
        )
        for row in rows
    )


def _checked(voice: Voice, others: Sequence[Voice], pairs: Sequence[tuple[str, str]]) -> Checked:
    means = {other.name: _mean(other.prints) for other in others}
    like = {name: float(_mean(voice.prints) @ mean) for name, mean in means.items()}
    nearest = max(like, key=like.__getitem__, default=None)
    trials = _trials(voice)
    alike = [twinned(one, other) for one, other in pairs if one == voice.name]
    undo = {clip.source: _undo(voice.name, clip) for clip in voice.clips if clip.meeting}
    nearer = [(what, name) for what, held, rest in trials if (name := _rival(held, rest, means))]
    wrong = [f"{what} sounds more like {name}{undo.get(what, '')}" for what, name in nearer]
    return Checked(
        name=voice.name,
        clips=len(voice.clips),
        speech_seconds=voice.speech_seconds,
        right=len(trials) - len(wrong),
        total=len(trials),
        nearest=nearest,
        similarity=like[nearest] if nearest is not None else 0.0,
        warnings=(*_flaws(voice), *_copies(voice, others), *wrong, *alike),
    )


def _undo(name: str, clip: Clip) -> str:
    """The way out where a remembered clip seems to be somebody else's."""
    return f": listen to it, or take it out with `bigvoice voices forget '{name}' --clip {clip.sha256[:12]}`"


def _trials(voice: Voice) -> list[tuple[str, Embeddings, Embeddings]]:
    """(what is held out, its prints, the owner's other prints)."""
    if len(voice.clips) > 1:
        return [
            (clip.source, held, np.concatenate([*voice.prints[:i], *voice.prints[i + 1 :]]))
            for i, (clip, held) in enumerate(zip(voice.clips, voice.prints, strict=True))
        ]
    half = len(voice.prints[0]) // 2
    first, second = voice.prints[0][:half], voice.prints[0][half:]
    source = voice.clips[0].source
    return [(f"half of {source}", first, second), (f"half of {source}", second, first)] if half else []


def _rival(held: Embeddings, rest: Embeddings, means: dict[str, NDArray[np.float32]]) -> str | None:
    """Who else is nearer to what is held out than its owner."""
    own = float(mean_print(held) @ mean_print(rest))
    nearer = {name: score for name, mean in means.items() if (score := float(mean_print(held) @ mean)) > own}
    return max(nearer, key=nearer.__getitem__, default=None)


def _flaws(voice: Voice) -> list[str]:
    enough = voice.speech_seconds >= GOOD_SPEECH
    return [line for clip in voice.clips for line in flaws(clip, enough=enough)]


def _copies(voice: Voice, others: Sequence[Voice]) -> list[str]:
    told = []
    for i, clip in enumerate(voice.clips):
        candidates = [(voice, j) for j in range(i)] + [(other, j) for other in others for j in range(len(other.clips))]
        for other, j in candidates:
            long_enough = min(clip.duration, other.clips[j].duration) >= COPY_SECONDS
            if long_enough and alikeness(voice.envelopes[i], other.envelopes[j]) >= COPY:
                whose = "" if other is voice else f" of {other.name}"
                same = f"{clip.source} is the same recording as {other.clips[j].source}{whose}"
                told.append(f"{same}: forget one with --clip")
    return told


def _voice(name: str, clips: tuple[Clip, ...], encoder: Encoder) -> Voice:
    prints = tuple(_prints(clip, encoder) for clip in clips)
    return Voice(name, clips, prints, tuple(envelope(clip.samples) for clip in clips))


def _prints(clip: Clip, encoder: Encoder) -> Embeddings:
    # A read-only book keeps no new prints; and an older bigvoice may have laid its windows otherwise.
    kept = clip.prints.get(encoder.name)
    return kept if kept is not None and len(kept) == len(windows(clip.speech)) else embed(clip, encoder)


def _mean(prints: Sequence[Embeddings]) -> NDArray[np.float32]:
    return mean_print(np.concatenate(prints))
