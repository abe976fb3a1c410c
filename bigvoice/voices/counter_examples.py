"""Counter-examples: speech of which a person said "this is not NAME", so that the same voice is not named so again.

Whoever it is may not have agreed to anything, so as little as possible is kept: prints of half a minute or so, by the
encoder in use. Nobody can listen to them, no name stands with them, they name nobody, are never exported, and go when
NAME is forgotten. The price: another encoder cannot use them, and has to be told again.

Naming takes them as strangers of NAME's own (`identification`); everybody else is named as before.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from bigvoice import parts
from bigvoice.diarization.windows import slide
from bigvoice.errors import EnrolmentError
from bigvoice.minutes.minutes import GIVEN, Minutes
from bigvoice.parts import Encoder
from bigvoice.progress import Hook, silent
from bigvoice.recording import Recording
from bigvoice.settings import DiarizationOptions
from bigvoice.voices.background import Background
from bigvoice.voices.book import VoiceBook
from bigvoice.voices.clip import to_pcm
from bigvoice.voices.likeness import twins
from bigvoice.voices.person import CounterExample, Person, key
from bigvoice.voices.remembering import fit, joined, refuse_other
from bigvoice.voices.stretches import spread, stretches, times


@dataclass(frozen=True, slots=True)
class KeptCounterExample:
    """What was kept, and of whom it is none; `example.sha256` forgets it again."""

    name: str
    example: CounterExample
    warnings: tuple[str, ...] = ()


def keep_counter_example(
    book: VoiceBook,
    recording: Recording,
    minutes: Minutes,
    speaker: str,
    name: str,
    source: str = "",
    *,
    encoder: Encoder | None = None,
    hook: Hook = silent,
) -> KeptCounterExample:
    """Keep that the speaker of that id is not the person of this name, who is in the book.

    source: what it is called; else the recording's name and the times. encoder: None for the shipped one. The same
    speech again replaces what is kept of it.

    Raises VoiceBookError for a name that is not in the book, EnrolmentError where a person gave the speaker that very
    name, where the same speech is kept as the person's own, or where the speaker is nowhere heard alone;
    RecordingError where the recording is not the minutes'.
    """
    person = book.show(name)
    who = minutes.speaker(speaker)
    if who.named_by == GIVEN and who.name and key(who.name) == key(name):
        raise EnrolmentError(f"{who.name} is the name that was given to this speaker: take it away first")
    refuse_other(recording, minutes.source.sha256)
    encoder = encoder or parts.make("encoder", DiarizationOptions.encoder)
    found, _ = fit(recording, spread(stretches(minutes, speaker)), encoder, hook)
    spans = [stretch.span for stretch in found]
    if not spans:
        raise EnrolmentError(f"speaker {speaker} is nowhere heard alone and clearly: nothing of it can be kept")
    sha256 = hashlib.sha256(to_pcm(joined(recording, spans)).astype("<i2").tobytes()).hexdigest()
    if sha256 in {clip.sha256 for clip in person.clips}:
        undo = f"bigvoice voices forget '{person.name}' --clip {sha256[:12]}"
        raise EnrolmentError(f"this very speech is kept as {person.name}'s own: take it out first with `{undo}`")
    prints = encoder(recording.samples, slide(spans), hook)
    told = source or f"{recording.name} {times(spans)}"
    example = CounterExample(told, sha256, sum(span.duration for span in spans), date.today(), encoder.name)
    book.add_counter_example(person.name, example, prints)
    people = book.people(encoder, hook)
    return KeptCounterExample(person.name, example, tuple(spoilt(person.name, people, encoder.background)))


def spoilt(name: str, people: Sequence[Person], background: Background) -> list[str]:
    """What is to be said where what is kept as not somebody's voice cannot be told from it: it may be theirs after all.

    Asked as of two enrolled people (`likeness.twins`); bench/remembering.py has how often it is said, and rightly.
    """
    owner = next((person for person in people if person.name == name), None)
    if owner is None or not len(owner.counter):
        return []
    plain = replace(owner, counter=np.zeros((0, 0), np.float32))
    if not twins([plain, Person(f"not {name}", None, owner.counter)], background):
        return []
    look = f"`bigvoice voices show '{name}'` lists it, `bigvoice voices forget '{name}' --clip SHA-256` takes it out"
    return [f"what is kept as not {name} sounds like {name}, who is named less often now: if it was {name}, {look}"]
