"""Transfer: what merging one voice book into another would do. Nothing that is on record is ever replaced."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bigvoice.voices.person import Enrolled, key


@dataclass(frozen=True, slots=True)
class Merge:
    """What an import does, by name.

    new: people who were not in the book. grown: people who were, and get clips, a role or a consent that they lacked.
    same: people about whom it brings nothing. conflicts: sentences on what is left as it is in the book, because the
    two disagree.
    """

    new: tuple[str, ...] = ()
    grown: tuple[str, ...] = ()
    same: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()


def merged(mine: Sequence[Enrolled], theirs: Sequence[Enrolled]) -> Merge:
    """Their people among mine. Somebody whose clip is another person's here is left out: one of the two is wrong."""
    here = {key(person.name): person for person in mine}
    owner = {clip.sha256: person.name for person in mine for clip in person.clips}
    found: dict[str, list[str]] = {"new": [], "grown": [], "same": [], "conflicts": []}
    for person in theirs:
        if claimed := _claimed(person, owner):
            found["conflicts"].append(claimed)
        elif (known := here.get(key(person.name))) is None:
            found["new"].append(person.name)
        else:
            found["grown" if _brings_something(person, known) else "same"].append(person.name)
            found["conflicts"] += _disagreements(person, known)
    return Merge(**{kind: tuple(lines) for kind, lines in found.items()})


def _claimed(person: Enrolled, owner: dict[str, str]) -> str | None:
    for clip in person.clips:
        name = owner.get(clip.sha256, person.name)
        if key(name) != key(person.name):
            return f"{person.name}: left out, the clip {clip.source} is enrolled as {name} here"
    return None


def _brings_something(person: Enrolled, known: Enrolled) -> bool:
    clips = {clip.sha256 for clip in person.clips} - {clip.sha256 for clip in known.clips}
    role, consent = person.role and not known.role, person.consent and not known.consent
    return bool(clips or role or consent)


def _disagreements(person: Enrolled, known: Enrolled) -> list[str]:
    told = []
    if person.role and known.role and person.role != known.role:
        told.append(f"{known.name}: stays {known.role}, not {person.role}")
    if person.consent and known.consent and person.consent != known.consent:
        told.append(f"{known.name}: consent stays {known.consent}, not {person.consent}")
    return told
