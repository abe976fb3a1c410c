"""Person: someone whose voice is known, as naming takes them (Person) and as the voice book lists them (Enrolled).

And how a name is written so that it is found again, however it was typed.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from bigvoice.errors import EnrolmentError
from bigvoice.parts import Embeddings

LONGEST_NAME = 200


@dataclass(frozen=True, eq=False)
class Person:
    """`prints`: float32 (n, dim), unit rows, one for each window of speech (about 1.5 s) of the enrolment clips.

    counter: the same of speech that a person said is not theirs, though it may sound so; no rows where there is none.
    """

    name: str
    role: str | None
    prints: Embeddings
    counter: Embeddings = field(default_factory=lambda: np.zeros((0, 0), np.float32))


@dataclass(frozen=True, slots=True)
class KeptClip:
    """A clip as it is listed, without its sound; durations in seconds.

    meeting: the sha256 of the recording it was cut out of when its voice was remembered; "" of a clip that was
    enrolled. checks: the number of the last check before it came.
    """

    source: str
    sha256: str
    duration: float
    speech_seconds: float
    added: date
    meeting: str = ""
    checks: int = 0


@dataclass(frozen=True, slots=True)
class CounterExample:
    """Speech that is not somebody's, as it is listed: prints by one encoder are all that is kept of it.

    sha256: of the sound that was heard. seconds: of that.
    """

    source: str
    sha256: str
    seconds: float
    added: date
    encoder: str


@dataclass(frozen=True, slots=True)
class Enrolled:
    """Somebody in the book; `consent` is the day on which they agreed, None where none is on record."""

    name: str
    role: str | None
    consent: date | None
    added: date
    clips: tuple[KeptClip, ...]
    counter_examples: tuple[CounterExample, ...] = ()

    @property
    def speech_seconds(self) -> float:
        """Seconds of speech in all clips."""
        return sum(clip.speech_seconds for clip in self.clips)


def written(name: str) -> str:
    """The name as the book keeps it: composed (NFC: macOS hands Hangul over in pieces), on one line, single spaces.

    Raises EnrolmentError for a name that is empty, longer than 200 characters or has control characters in it.

    >>> written("  Mina   Park ")
    'Mina Park'
    """
    kept = " ".join(unicodedata.normalize("NFC", name).split())
    if not kept:
        raise EnrolmentError("a person needs a name: give one that is not empty")
    if not kept.isprintable() or len(kept) > LONGEST_NAME:
        raise EnrolmentError(f"{kept[:40]!r} cannot be a name: use plain letters, at most {LONGEST_NAME} characters")
    return kept


def key(name: str) -> str:
    """What two spellings of one name share.

    >>> key("MINA Park") == key("mina park")
    True
    """
    # Folding can take a composed letter apart again, so it is composed once more (Unicode 15, section 3.13, D145).
    return unicodedata.normalize("NFC", written(name).casefold())
