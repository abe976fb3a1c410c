"""Naming: speakers as people call them, and what it means to name one."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable
from itertools import count

from bigvoice.errors import MinutesError
from bigvoice.minutes.corrections import Correction, Merge, Rename
from bigvoice.minutes.minutes import Minutes, Speaker

NUMBERED = ("speaker", "참석자")
"""What an unnamed speaker is called in documents, before its number."""


def speaker_called(minutes: Minutes, label: str) -> Speaker:
    """The speaker of that id, name or number ("s2", "Mina Park", "Speaker 2", "참석자 2").

    Capitals and spaces do not matter, nor does the question mark of a suggested name. Raises MinutesError, with who
    there is, where nobody or more than one is called so.
    """
    wanted = plain(label)
    found = [speaker for speaker in minutes.speakers if wanted in _calls(speaker)]
    if len(found) == 1:
        return found[0]
    there = ", ".join(f"{speaker.label()} ({speaker.id})" for speaker in minutes.speakers)
    what = f"several speakers are called {label!r}: take an id" if found else f"no speaker is called {label!r}"
    raise MinutesError(f"{what}: there are {there or 'none'}")


def name_corrections(minutes: Minutes, speaker: str, name: str, role: str | None = None) -> tuple[Correction, ...]:
    """What it takes to say that a speaker is this person; where another one bears the name surely, both are one."""
    named = [s for s in minutes.speakers if s.id != speaker and s.sure and s.name and plain(s.name) == plain(name)]
    if not named:
        return (Rename(speaker, " ".join(name.split()), role),)
    into = named[0]
    kept: tuple[Correction, ...] = () if role is None else (Rename(into.id, into.name or "", role),)
    return (Merge(speaker, into.id), *kept)


def free_id(letters: str, taken: Collection[str], first: int = 1) -> str:
    """An id that nothing has: the letters and a number, from `first` on.

    >>> free_id("s", ["s1", "s2"])
    's3'
    """
    return next(new for number in count(first) if (new := f"{letters}{number}") not in taken)


def next_number(speakers: Iterable[Speaker]) -> int:
    """The number of one speaker more."""
    return 1 + max((speaker.number for speaker in speakers), default=0)


def plain(name: str) -> str:
    """A name as it is compared.

    >>> plain(" Mina  PARK? ")
    'mina park'
    """
    return " ".join(unicodedata.normalize("NFC", name).casefold().removesuffix("?").rstrip().removesuffix("?").split())


def _calls(speaker: Speaker) -> set[str]:
    numbered = {f"{word} {speaker.number}" for word in NUMBERED} | {f"{word}{speaker.number}" for word in NUMBERED}
    return {speaker.id.casefold(), *numbered, *([plain(speaker.name)] if speaker.name else [])}
