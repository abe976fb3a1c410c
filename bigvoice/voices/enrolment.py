"""Enrolment: recordings of one person are looked at, and kept in the voice book if they are fit.

What makes a clip unfit was measured with the shipped encoder on people it had not learnt from: LibriSpeech test-other
and dev-clean and Korean TEDx talks, 5 s of speech and more (bench/enrolment.py prints it).
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
from bigvoice.minutes.minutes import DOUBT
from bigvoice.parts import Detector, Encoder
from bigvoice.progress import Hook, silent
from bigvoice.recording import Recording
from bigvoice.settings import DiarizationOptions
from bigvoice.voices.book import VoiceBook
from bigvoice.voices.clip import Clip, embed, to_pcm
from bigvoice.voices.likeness import SURE, Likeness, likeness, twins
from bigvoice.voices.person import Person, key, written
from bigvoice.voices.quality import clipped_share, snr_db
from bigvoice.voices.telling import Split, split

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
"""Two voices, perhaps: so in 89 to 98 % of clips of two people, one after the other, in 73 to 93 % where they take
turns, and in 2 to 6 % of clips of one."""
CLEAR = Split(gap=0.2, order=2.0, minority=0.1)
"""Two voices, clearly: so in 72 to 96 % and 53 to 87 % of clips of two, and in 0 to 1 % of clips of one."""
FOREIGN = 0.5
"""A clip that is its owner's with a smaller probability is rather somebody else's, and would spoil the voice. So were
62 (Korean) to 100 % of other people's clips and none of the owner's (bench/enrolment.py)."""


@dataclass(frozen=True, eq=False)
class Look:
    """A clip, with prints by the encoder that looked, and what is to be said of it.

    objections: why it should not be enrolled, unless it is forced. warnings: what would make naming surer, or should
    be looked at.
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
    the person agreed) are put on record. force: take clips in which there seem to be two voices, or that do not sound
    like the person's other ones, so that nobody's voice is spoiled by mistake. A name comes from people only: one that
    bigvoice suggested ("Mina Park?") is refused. detector, encoder: None for the shipped ones. Progress comes from them
    and from decoding.

    Raises EnrolmentError for a clip that is unfit or known, RecordingError for a file that cannot be read,
    VoiceBookError for a book that cannot be written.
    """
    refuse_suggestion(name)
    detector = detector or parts.make("detector", "silero")
    encoder = encoder or parts.make("encoder", DiarizationOptions.encoder)
    people = book.people(encoder, hook) if paths else ()
    looks = [look(load(path, hook=hook), detector=detector, encoder=encoder, hook=hook) for path in paths]
    return keep(book, name, looks, people, encoder, role=role, consent=consent, force=force)


def refuse_suggestion(name: str) -> None:
    """Raises EnrolmentError for a name with a question mark: nobody has said that it is right."""
    if written(name).endswith(DOUBT):
        plain = written(name).rstrip(DOUBT).strip()
        raise EnrolmentError(f"{name} is a suggestion, not a name: listen to who it is, then enrol {plain} or another")


def keep(
    book: VoiceBook,
    name: str,
    looks: Sequence[Look],
    people: Sequence[Person],
    encoder: Encoder,
    *,
    role: str | None = None,
    consent: date | None = None,
    force: bool = False,
) -> Enrolment:
    """Put clips that were looked at in the book, all or none; people: everybody in it. Else as `enroll`."""
    looks = compared(name, looks, people, encoder)
    if not force and (objections := [line for each in looks for line in each.objections]):
        advice = "enrol a clip of this person alone, or take it all the same with --force"
        raise EnrolmentError(f"{objections[0]}, nothing was enrolled: {advice}")
    warnings = [line for each in looks for line in (*each.objections, *each.warnings)]
    warnings += alike(name, [each.clip for each in looks], people, encoder)
    is_new = key(name) not in {key(person.name) for person in book.list()}
    person = book.add(name, [each.clip for each in looks], role=role, consent=consent)
    if person.consent is None:
        warnings.append(f"no consent of {person.name} on record: add it with --consent DATE")
    clips = tuple((each.clip.source, each.clip.speech_seconds) for each in looks)
    return Enrolment(person.name, is_new, clips, tuple(warnings))


def look(
    recording: Recording, *, detector: Detector, encoder: Encoder, clear: Split = CLEAR, hook: Hook = silent
) -> Look:
    """Find speech in a recording of one person, take prints and judge it; from `clear` on, two voices are an objection.

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
        warnings=(*flaws(clip), *([twofold] if _two(parted, SUSPECT) and not _two(parted, clear) else [])),
        objections=(twofold,) if _two(parted, clear) else (),
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


def compared(name: str, looks: Sequence[Look], people: Sequence[Person], encoder: Encoder) -> list[Look]:
    """The looks at somebody's new clips, with what is to be said where one does not sound like that person.

    Each is compared with all other clips of the person, those on record (`people`) and the new ones; an only clip has
    none, and nothing is said of it.
    """
    owner, others = _parted(name, people, encoder.dim)
    prints = [each.clip.prints[encoder.name] for each in looks]
    if not len(owner.prints) and len(looks) < 2:
        return [*looks]
    found = []
    for i, each in enumerate(looks):
        rest = np.concatenate([owner.prints, *prints[:i], *prints[i + 1 :]])
        like = likeness(prints[i], replace(owner, prints=rest), others, encoder.background)
        found.append(_judged(each, like, owner.name))
    return found


def _judged(look: Look, like: Likeness, name: str) -> Look:
    if like.own < FOREIGN:
        rival = f"like {like.rival}, not like" if like.rival else "unlike"
        strange = f"{look.clip.source} sounds {rival} the other clips of {name}"
        return replace(look, objections=(*look.objections, strange))
    if like.own < SURE:
        doubt = f"{look.clip.source} may not be {name} (probability {like.own:.0%}): listen to it"
        return replace(look, warnings=(*look.warnings, doubt))
    return look


def alike(name: str, clips: Sequence[Clip], people: Sequence[Person], encoder: Encoder) -> list[str]:
    """Who of all enrolled people cannot be told from somebody with new clips, as sentences.

    Nothing is said before there are 5 s of speech: until then the voice itself is hardly known.
    """
    owner, others = _parted(name, people, encoder.dim)
    if not clips or (not len(owner.prints) and sum(clip.speech_seconds for clip in clips) < GOOD_SPEECH):
        return []
    mine = replace(owner, prints=np.concatenate([owner.prints, *(clip.prints[encoder.name] for clip in clips)]))
    pairs = twins([mine, *others], encoder.background)
    return [twinned(one, other) for one, other in pairs if one == mine.name]


def _parted(name: str, people: Sequence[Person], dim: int) -> tuple[Person, list[Person]]:
    """The person of that name, without prints where the book has none, and everybody else."""
    nobody = Person(written(name), None, np.zeros((0, dim), np.float32))
    owner = next((person for person in people if key(person.name) == key(name)), nobody)
    return owner, [person for person in people if person is not owner]


def twinned(one: str, other: str) -> str:
    """What follows for two people who cannot be told apart."""
    what = f"{one} and {other} cannot be told apart by their voices, so that meetings suggest them and do not name them"
    return f"{what}: enrol more or longer clips of both, or forget one if they are one person"


def _two(found: Split, least: Split) -> bool:
    return found.gap >= least.gap and found.order >= least.order and found.minority >= least.minority
