"""Enrolment: recordings of one person are looked at, and kept in the voice book if they are fit.

What makes a clip unfit was measured with the shipped encoder ("mfcc-1") on people it had not learnt from: LibriSpeech
test-other and dev-clean and Korean TEDx talks, 5 s of speech and more (bench/enrolment.py prints it).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import numpy as np

from bigvoice import parts
from bigvoice.decoding import load
from bigvoice.diarization.windows import slide
from bigvoice.errors import EnrolmentError
from bigvoice.parts import Detector, Encoder
from bigvoice.progress import Hook, silent
from bigvoice.recording import Recording
from bigvoice.voices.book import VoiceBook
from bigvoice.voices.clip import Clip, embed, to_pcm, windows
from bigvoice.voices.person import Person, key
from bigvoice.voices.quality import clipped_share, snr_db
from bigvoice.voices.telling import Split, confusion, split

LEAST_SPEECH, GOOD_SPEECH = 1.0, 5.0
"""Seconds: under the first a clip is refused, under the second there is a warning."""
LONGEST = 600.0
"""Seconds: more is a meeting, not a clip of one person."""
NOISY_DB = 10.0
"""Read and lecture speech has 27 to 33 dB (the middle clip), the worst clip in twenty 14 to 24."""
CLIPPED = 1e-3
"""Unclipped speech has at most 0.0006; cut off at half its peak it has 0.004 to 0.006 (the middle clip)."""
SPLIT_LENGTH, SPLIT_STEP = 1.5, 0.75
"""Windows in which two voices are looked for, whatever those of the prints are: `order` grows with their overlap."""
SUSPECT = Split(gap=0.15, order=2.0, minority=0.1)
"""Two voices, perhaps: so in 90 to 97 % of clips of two people, one after the other, in 78 to 95 % where they take
turns, and in 1 to 8 % of clips of one."""
CLEAR = Split(gap=0.2, order=2.0, minority=0.1)
"""Two voices, clearly: so in 73 to 94 % and 52 to 85 % of clips of two, and in 0 to 2 % of clips of one."""
CONFUSED = 0.25
"""Share of windows that sound more like the other: so much in 65 to 84 % of pairs of clips of one person, and in 0 to
2 % of pairs of two."""


@dataclass(frozen=True, eq=False)
class Look:
    """A clip, with prints by the encoder that looked, and what is to be said of it.

    objections: why it should not be enrolled, unless it is forced. warnings: what would make naming surer.
    """

    clip: Clip
    warnings: tuple[str, ...] = ()
    objections: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What was enrolled: whether the name is new to the book, and the files with their seconds of speech."""

    name: str
    is_new: bool
    clips: tuple[tuple[str, float], ...]
    warnings: tuple[str, ...] = field(default=())


def enroll(
    book: VoiceBook,
    name: str,
    paths: Sequence[str | Path],
    *,
    role: str | None = None,
    consent: date | None = None,
    force: bool = False,
    detector: Detector | None = None,
    encoder: Encoder | None = None,
    hook: Hook = silent,
) -> Enrolment:
    """Keep recordings of one person in the book: all of them, or none if one is unfit.

    Somebody who is in the book gets the clips in addition; without any, only `role` and `consent` (the day on which
    the person agreed) are put on record. force: take clips in which there seem to be two voices.
    detector, encoder: None for the shipped ones. Progress comes from them and from decoding.

    Raises EnrolmentError for a clip that is unfit or known, RecordingError for a file that cannot be read,
    VoiceBookError for a book that cannot be written.
    """
    detector, encoder = detector or parts.make("detector", "silero"), encoder or parts.make("encoder", "mfcc")
    people = book.people(encoder, hook) if paths else ()
    looks = [look(load(path, hook=hook), detector=detector, encoder=encoder, hook=hook) for path in paths]
    if not force and (objections := [line for each in looks for line in each.objections]):
        advice = "cut out where one of them speaks alone, or take it all the same with --force"
        raise EnrolmentError(f"{objections[0]}, nothing was enrolled: {advice}")
    warnings = [line for each in looks for line in (*each.objections, *each.warnings)]
    warnings += likenesses(name, [each.clip for each in looks], people, encoder)
    is_new = key(name) not in {key(person.name) for person in book.list()}
    person = book.add(name, [each.clip for each in looks], role=role, consent=consent)
    if person.consent is None:
        warnings.append(f"no consent of {person.name} on record: add it with --consent DATE")
    clips = tuple((each.clip.source, each.clip.speech_seconds) for each in looks)
    return Enrolment(person.name, is_new, clips, tuple(warnings))


def look(recording: Recording, *, detector: Detector, encoder: Encoder, hook: Hook = silent) -> Look:
    """Find speech in a recording of one person, take prints and judge it.

    Raises EnrolmentError where there is less than a second of speech, or more than ten minutes of sound.
    """
    name = recording.name
    if recording.duration > LONGEST:
        raise EnrolmentError(f"{name} is longer than {LONGEST / 60:.0f} minutes: cut out where one person speaks alone")
    clip = Clip(name, to_pcm(recording.samples), (), date.today())
    clip = replace(clip, speech=tuple(detector(clip.samples, hook)))
    if clip.speech_seconds < LEAST_SPEECH:
        found = f"only {clip.speech_seconds:.1f} s of speech" if clip.speech else "no speech"
        raise EnrolmentError(f"there is {found} in {name}: take 10 s or more of one person speaking alone")
    short = slide(clip.speech, SPLIT_LENGTH, SPLIT_STEP)
    parted = split(short, encoder(clip.samples, short, hook))
    twofold = f"two people seem to speak in {name}"
    return Look(
        replace(clip, prints={encoder.name: embed(clip, encoder, hook)}),
        warnings=(*flaws(clip), *([twofold] if _two(parted, SUSPECT) and not _two(parted, CLEAR) else [])),
        objections=(twofold,) if _two(parted, CLEAR) else (),
    )


def flaws(clip: Clip, *, enough: bool = False) -> list[str]:
    """What is wrong with a clip's sound: noise, clipping, and, unless there is `enough` besides, too little speech."""
    seconds, snr, clipped = clip.speech_seconds, snr_db(clip.samples, clip.speech), clipped_share(clip.samples)
    told = []
    if seconds < GOOD_SPEECH and not enough:
        told.append(f"{clip.source} has {seconds:.1f} s of speech: 10 s or more make naming surer")
    if snr < NOISY_DB:
        told.append(f"{clip.source} is noisy, speech is {snr:.0f} dB above the noise: record closer to the microphone")
    if clipped > CLIPPED:
        told.append(f"{clip.source} is clipped ({clipped:.1%} of it): record it again at a lower level")
    return told


def likenesses(name: str, clips: Sequence[Clip], people: Sequence[Person], encoder: Encoder) -> list[str]:
    """Whom somebody's new clips sound like, of all who are enrolled: clips with prints by that encoder.

    Nothing is said before there are 5 s of speech: until then the voice itself is hardly known.
    """
    prints = [clip.prints[encoder.name] for clip in clips]
    known = [person.prints for person in people if key(person.name) == key(name)]
    if not known and sum(clip.speech_seconds for clip in clips) < GOOD_SPEECH:
        return []
    told = []
    for i, clip in enumerate(clips):
        own = np.concatenate([np.zeros((0, encoder.dim), np.float32), *known, *prints[:i], *prints[i + 1 :]])
        for other in people:
            alike = confusion(windows(clip.speech), prints[i], own, other.prints) >= CONFUSED
            if alike and key(other.name) != key(name):
                told.append(f"{clip.source} sounds like {other.name}, who is enrolled already")
    return told


def _two(found: Split, least: Split) -> bool:
    return found.gap >= least.gap and found.order >= least.order and found.minority >= least.minority
