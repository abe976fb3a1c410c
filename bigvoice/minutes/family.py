"""Family: which voice is the mother's, which the father's, which a child's; told where somebody said so, else guessed.

A role that a person gave wins: one of `--parents`, or of a name that was enrolled or given. Where there is none, that
of a suggested name is taken, and else the voice alone is asked (`Speaker.traits`): a woman at home is the mother, a man
the father, a child a child. Both are guesses, made where they are sure enough, and shown as guesses. Of two women's
voices nobody is made the mother, unless one of them is a crumb beside the other, such as a diarizer leaves.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from bigvoice.errors import MinutesError
from bigvoice.minutes.minutes import KNOWN, SUGGESTED, Minutes, Speaker
from bigvoice.minutes.shares import CHILD, FATHER, MOTHER, PARENTS, role_named, role_of, talk_shares
from bigvoice.traits import CHILD as A_CHILD
from bigvoice.traits import FEMALE as A_WOMAN
from bigvoice.traits import MALE as A_MAN

PARENT = "parent"
"""A parent of whom it is not known whether mother or father, or who is what the other one is too."""
ANY_PARENT = (*PARENTS, PARENT)
SURE = 0.8
"""From this probability on a guess is made; it is as sure as the ratio's intervals are."""
CRUMB = 0.25
"""A second woman's voice that says less than this part of what the first says does not make it doubtful who is the
mother: it is counted as not known, and said."""
ASTRAY = 0.5
"""The chance that a voice nobody knows is one of the family's, split off by the diarizer. How often strangers come to a
table no made meeting can tell: even odds, so that the intervals hold both."""

ROLES_OF_KINDS = MappingProxyType({A_WOMAN: MOTHER, A_MAN: FATHER, A_CHILD: CHILD})


@dataclass(frozen=True, slots=True)
class Place:
    """A row of the ratio: a role, None for not known; `person` (a speaker's id) where several people have that role."""

    role: str | None
    person: str = ""

    @property
    def is_parents(self) -> bool:
        """A parent's."""
        return self.role in ANY_PARENT


NOT_KNOWN = Place(None)


@dataclass(frozen=True, slots=True)
class Member:
    """A voice and its place. guessed: nobody told it. chances: of each place, adding up to 1."""

    speaker: Speaker
    place: Place
    guessed: bool
    chances: Mapping[Place, float]


UNDIVIDED, NOBODY, SEVERAL, CRUMBS, BESIDE, EITHER = "undivided", "nobody", "several", "crumbs", "beside", "either"
"""Voices were not told apart. Nobody's role is known. Several women's (men's) voices, none of them the mother's for
sure. Small ones beside hers that is guessed; ones beside a mother's that is told. Parents who may be either."""


@dataclass(frozen=True, slots=True)
class Remark:
    """Something that could not be told: what, of which role ("" for none), of whose voices."""

    what: str
    role: str = ""
    speakers: tuple[Speaker, ...] = ()


@dataclass(frozen=True, slots=True)
class Family:
    """The members, in the order of the minutes' speakers, and what could not be told of them."""

    members: tuple[Member, ...]
    remarks: tuple[Remark, ...] = ()

    @property
    def places(self) -> tuple[Place, ...]:
        """Parents, children, other roles as they come, and last those not known; only places somebody may have."""
        found = dict.fromkeys(place for member in self.members for place in (member.place, *member.chances))
        order = {MOTHER: 0, FATHER: 1, PARENT: 2, CHILD: 3, None: 5}
        return tuple(sorted(found, key=lambda place: order.get(place.role, 4)))

    @property
    def knows_anybody(self) -> bool:
        """At least one parent or child has a place."""
        return any(_in_family(member.place) for member in self.members)


def _in_family(place: Place) -> bool:
    return place.is_parents or place.role == CHILD


def family_of(minutes: Minutes, parents: Mapping[str, str | None] | None = None) -> Family:
    """Who is who.

    parents: speaker id -> role of those who were named as the parents (`parents_named`); None: find out which.
    """
    if minutes.undivided:
        nobody = tuple(Member(s, NOT_KNOWN, False, {NOT_KNOWN: 1.0}) for s in minutes.speakers)
        return Family(nobody, (Remark(UNDIVIDED),))
    told = _told(minutes, parents or {})
    looking = not parents and len({_person(s) for s in minutes.speakers if told.get(s.id) in ANY_PARENT}) < 2
    by_voice = _which_parent(minutes, told)
    guessed, remarks = _guessed(minutes, told | by_voice, looking=looking)
    places = _places(minutes.speakers, told | by_voice | guessed)
    vacant = _vacant([*places.values()], looking=looking)
    claimed = {place.role for place in places.values()} | {remark.role for remark in remarks}
    members = tuple(
        _told_member(s, places[s.id])
        if s.id in told.keys() - by_voice.keys()
        else Member(s, places[s.id], places[s.id] != NOT_KNOWN, _chances(s, places[s.id], vacant, claimed))
        for s in minutes.speakers
    )
    if either := tuple(m.speaker for m in members if m.place.role == PARENT):
        remarks.append(Remark(EITHER, PARENT, either))
    family = Family(members, tuple(remarks))
    return family if family.knows_anybody or not members else replace(family, remarks=(*remarks, Remark(NOBODY)))


def _told(minutes: Minutes, parents: Mapping[str, str | None]) -> dict[str, str]:
    """Speaker id -> the role that somebody gave; PARENT for one of `parents` of whom nobody said which of the two."""
    told = {s.id: role for s in minutes.speakers if (role := role_of(s))}
    return told | {voice: role or PARENT for voice, role in parents.items() if role or told.get(voice) not in PARENTS}


def family_told(minutes: Minutes) -> Family:
    """Who is who where some voice's role in a family was told, or goes with its name; else nobody is anything.

    What voices sound like is asked only beside a role that is known.
    """
    if any(role_named(s.role) in (*ANY_PARENT, CHILD) for s in minutes.speakers):
        return family_of(minutes)
    return family_of(replace(minutes, speakers=tuple(replace(s, traits=None) for s in minutes.speakers)))


def parents_named(
    minutes: Minutes, text: str, patterns: Sequence[str] = ("Speaker {number}",)
) -> dict[str, str | None]:
    """Who the parents are, from "Mina, Speaker 3" or "Mina=mother, Speaker 3=father": speaker id -> role.

    A name stands for every voice that has it. patterns: how those without one are called. Raises MinutesError, on one
    line, for somebody who is not among the speakers and for what is no parent.
    """
    found: dict[str, str | None] = {}
    for item in filter(None, map(str.strip, text.split(","))):
        name, _, word = (part.strip() for part in item.partition("="))
        role = role_named(word)
        if role not in (None, *ANY_PARENT):
            raise MinutesError(f"{item!r}: a parent is a mother or a father, as in {name + '=mother'!r}")
        ids = [s.id for s in minutes.speakers if name.casefold() in map(str.casefold, _called(s, patterns))]
        if not ids:
            there = ", ".join(_called(s, patterns)[0] for s in minutes.speakers) or "nobody"
            raise MinutesError(f"no {name!r} among the speakers, who could be a parent: there is {there}")
        found |= dict.fromkeys(ids, None if role == PARENT else role)
    return found


def _called(speaker: Speaker, patterns: Sequence[str]) -> list[str]:
    named = [speaker.label(), speaker.name] if speaker.name else []
    return [*named, *(pattern.format(number=speaker.number) for pattern in patterns), speaker.id]


def _person(speaker: Speaker) -> str:
    """Two voices under one name are one person."""
    return speaker.name if speaker.name and speaker.sure else speaker.id


def _kind(speaker: Speaker) -> str | None:
    """The role that the voice has; None where that is not sure enough."""
    traits = speaker.traits
    return ROLES_OF_KINDS[traits.likeliest] if traits and traits.of(traits.likeliest) >= SURE else None


def _which_parent(minutes: Minutes, told: Mapping[str, str]) -> dict[str, str]:
    """Mother or father, of the parents of whom nobody said it, where the voices differ: speaker id -> role."""
    heard = {s.id: kind for s in minutes.speakers if told.get(s.id) == PARENT and (kind := _kind(s)) in PARENTS}
    taken = [*told.values(), *heard.values()]
    return {voice: role for voice, role in heard.items() if taken.count(role) == 1}


def _guessed(minutes: Minutes, told: Mapping[str, str], *, looking: bool) -> tuple[dict[str, str], list[Remark]]:
    """The roles of those whom nobody told, by speaker id; and what could not be. looking: for parents, too."""
    seconds = {row.speakers[0].id: row.seconds for row in talk_shares(minutes).speakers}
    rest = sorted((s for s in minutes.speakers if s.id not in told), key=lambda s: -seconds[s.id])
    guessed = {s.id: role for s in rest if (role := _suggested(s)) and s.confidence >= SURE}
    voices = [s for s in rest if not _suggested(s) and seconds[s.id] > 0]
    guessed |= {s.id: CHILD for s in voices if _kind(s) == CHILD}
    remarks = []
    for role in PARENTS if looking else ():
        alike = tuple(s for s in voices if _kind(s) == role)
        if role in (*told.values(), *guessed.values()):
            remarks += [Remark(BESIDE, role, alike)] if alike else []
        elif len(alike) > 1 and seconds[alike[1].id] > CRUMB * seconds[alike[0].id]:
            remarks.append(Remark(SEVERAL, role, alike))
        elif alike:
            guessed[alike[0].id] = role
            remarks += [Remark(CRUMBS, role, alike[1:])] if alike[1:] else []
    return guessed, remarks


def _suggested(speaker: Speaker) -> str | None:
    """The role of a name that is only suggested."""
    return role_named(speaker.role) if speaker.named_by == SUGGESTED else None


def _places(speakers: Iterable[Speaker], roles: Mapping[str, str]) -> dict[str, Place]:
    """Speaker id -> place. Two mothers of different names are two people, and have a place each; so has each PARENT.

    Voices without a name that were given one role are one person's, whom the diarizer took for two.
    """
    people: dict[str, dict[str, str]] = defaultdict(dict)
    places = {}
    for speaker in speakers:
        role = roles.get(speaker.id)
        person = _person(speaker) if role == PARENT or (speaker.name and speaker.sure) else ""
        if role in ANY_PARENT:
            places[speaker.id] = Place(role, people[role or ""].setdefault(person, speaker.id))
        else:
            places[speaker.id] = Place(role)
    alone = {role for role, whose in people.items() if len(whose) == 1}
    return {voice: Place(place.role) if place.role in alone else place for voice, place in places.items()}


def _told_member(speaker: Speaker, place: Place) -> Member:
    """A name that a voice was recognised by is right with a probability; what a person said is."""
    recognised = speaker.named_by == KNOWN and role_of(speaker) == place.role
    return Member(speaker, place, False, _either(place, speaker.confidence if recognised else 1.0))


def _either(place: Place, chance: float) -> dict[Place, float]:
    return {place: chance, NOT_KNOWN: 1 - chance} if chance < 1 else {place: 1.0}


def _vacant(taken: Sequence[Place], *, looking: bool) -> list[Place]:
    """Where in the family a voice may belong that nobody told: with those there are, or in a place of its own.

    Nowhere where there is no family.
    """
    there = [place for place in dict.fromkeys(taken) if place.is_parents]
    if looking:
        there += [Place(role) for role in PARENTS if role not in [place.role for place in there]]
    return [*there, Place(CHILD)] if any(map(_in_family, taken)) else []


def _chances(
    speaker: Speaker, place: Place, vacant: Sequence[Place], claimed: Collection[str | None]
) -> dict[Place, float]:
    """Of each place, for a voice that nobody told. claimed: roles that have somebody, or several who may.

    A child's voice is a child's; a woman's is the mother's, but where others claim to be her only with the chance
    ASTRAY. A voice of which nothing is known belongs to the family with that chance.
    """
    if role := _suggested(speaker):
        return _either(place if place.role else Place(role), speaker.confidence)
    chances: dict[Place, float] = defaultdict(float)
    if not speaker.traits:
        chances |= dict.fromkeys(vacant, ASTRAY / max(1, len(vacant)))
    for kind, role in ROLES_OF_KINDS.items():
        there = [place] if place.role == role else [each for each in vacant if each.role == role]
        alone = role in (CHILD, place.role) or role not in claimed
        p = speaker.traits.of(kind) if speaker.traits else 0.0
        for each in there:
            chances[each] += p * (1.0 if alone else ASTRAY) / len(there)
    chances[NOT_KNOWN] += max(0.0, 1.0 - sum(chances.values()))
    return {each: p for each, p in chances.items() if p > 0}
