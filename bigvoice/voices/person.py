"""Person: someone whose voice is known, as naming takes them (Person) and as the voice book lists them (Enrolled).

And how a name is written so that it is found again, however it was typed.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date

from bigvoice.errors import EnrolmentError
from bigvoice.parts import Embeddings

LONGEST_NAME = 200


@dataclass(frozen=True, eq=False)
class Person:
    """`prints`: float32 (n, dim), unit rows, one for each window of speech (about 1.5 s) of the enrolment clips."""

    name: str
    role: str | None
    prints: Embeddings


@dataclass(frozen=True, slots=True)
class KeptClip:
    """An enrolment clip as it is listed, without its sound; durations in seconds."""

    source: str
    sha256: str
    duration: float
    speech_seconds: float
    added: date


@dataclass(frozen=True, slots=True)
class Enrolled:
    """Somebody in the book; `consent` is the day on which they agreed, None where none is on record."""

    name: str
    role: str | None
    consent: date | None
    added: date
    clips: tuple[KeptClip, ...]

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
