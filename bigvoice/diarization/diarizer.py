"""Diarizer: who spoke when, by name where a voice is known.

Windows of speech are embedded (`scene`). Windows that sound alike make a piece; a piece that is surely somebody
enrolled gets the name; what stays unknown is clustered; then turns are made of it. Naming pieces lets the evidence of
single windows add up, and a piece is purer than a whole voice; naming before clustering keeps apart two enrolled people
whom clustering would join.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bigvoice.diarization.clustering import join
from bigvoice.diarization.naming import LIKELY, Evidence, named, recognise, scrap, settle, without
from bigvoice.diarization.scene import Scene, scene
from bigvoice.parts import Clusterer, Encoder, Labels, Segmenter, make
from bigvoice.progress import Hook, silent
from bigvoice.recording import Samples
from bigvoice.settings import DiarizationOptions
from bigvoice.span import Span, merge
from bigvoice.turn import Turn
from bigvoice.voices import backgrounds
from bigvoice.voices.identification import Identifier
from bigvoice.voices.likeness import twins
from bigvoice.voices.person import Person

EXPECTED = 0.1
"""How much more alike voices must be to become fewer than there are people on the list of attendees; what a list does
for the count is in bench/diarization.py."""


@dataclass(frozen=True, slots=True)
class Naming:
    """Whom a voice belongs to, and how probably; a suggestion where that is not sure enough."""

    name: str
    role: str | None
    probability: float
    sure: bool = True


@dataclass(frozen=True)
class Diarization:
    """Turns in order of time, the voices among them that are known (speaker id -> Naming), and what is to be told."""

    turns: tuple[Turn, ...]
    names: Mapping[str, Naming]
    notices: tuple[str, ...] = ()


def diarize(
    samples: Samples,
    speech: Sequence[Span],
    *,
    encoder: Encoder,
    people: Sequence[Person] = (),
    options: DiarizationOptions | None = None,
    attendees: Sequence[str] = (),
    segmenter: Segmenter | None = None,
    hook: Hook = silent,
) -> Diarization:
    """Who spoke when in `speech` (spans of `samples`), under the names of `people` where they are known.

    A name is given where it is wrong with a probability of at most `options.false_names`, and to one voice only; a
    name that is likelier right than wrong is suggested. attendees: who is expected; others are named more reluctantly.
    segmenter: who hears that two speak at once; None gives every moment one voice. No speech, no turns.
    """
    options = options or DiarizationOptions()
    speech = merge(speech)
    if not speech:
        return Diarization((), {})
    laid_out = scene(samples, speech, encoder, segmenter, hook)
    identifier = Identifier(people, encoder.background, attendees, options.naming)
    heard = Evidence(
        embeddings=laid_out.embeddings,
        telling=laid_out.telling,
        margins=identifier.margins(laid_out.embeddings),
        identifier=identifier,
        alike=encoder.background.alike,
    )
    certain = 1 - options.false_names
    fewest, most = bounds(options, len(attendees))
    recognised = recognise(heard, certain)
    labels = _labels(heard, recognised, options.clustering, fewest, most, len(attendees))
    voices = _voices(heard, laid_out, labels)
    while (faint := scrap(voices.shares, voices.known(certain), fewest, len(attendees) or most)) is not None:
        voices = _voices(heard, laid_out, without(heard, voices.labels, faint))
    alike = _twins(heard, voices, encoder, certain)
    unlearnt = backgrounds.notice(encoder.name, encoder.background) if people else None
    names = _names(heard, voices, 1.0 if unlearnt else certain, {name for pair in alike for name in pair})
    return Diarization(tuple(voices.turns), names, tuple(_notices(recognised, most, alike, unlearnt)))


@dataclass(frozen=True, eq=False)
class _Voices:
    """The voices of a recording: whose each window is, the turns that makes, and who they are likely to be.

    labels (n,): 0, 1, ...; shares: voice -> its share of the speech in turns; likely: voice -> (person, probability).
    """

    labels: Labels
    turns: Sequence[Turn]
    shares: Mapping[int, float]
    likely: Mapping[int, tuple[int, float]]

    def known(self, certain: float) -> list[int]:
        """The voices that are somebody with at least that probability."""
        return [voice for voice, (_, probability) in self.likely.items() if probability >= certain]

    @property
    def spoken(self) -> dict[int, tuple[int, float]]:
        """Of `likely`, the voices that have a turn."""
        return {voice: found for voice, found in self.likely.items() if self.shares[voice] > 0}


def _voices(heard: Evidence, laid_out: Scene, labels: Labels) -> _Voices:
    turns = laid_out.turns(np.array(list(heard.means(labels).values())))
    return _Voices(labels, turns, _shares(turns, int(labels.max()) + 1), named(heard, labels, LIKELY))


def _names(heard: Evidence, voices: _Voices, sure: float, doubted: Collection[str]) -> dict[str, Naming]:
    """A name for each voice that is likely somebody; only suggested where it is not sure, or in doubt."""
    names = {}
    for voice, (number, probability) in voices.spoken.items():
        person = heard.person(number)
        is_sure = probability >= sure and person.name not in doubted
        names[f"v{voice}"] = Naming(person.name, person.role, probability, is_sure)
    return names


def _twins(heard: Evidence, voices: _Voices, encoder: Encoder, certain: float) -> list[tuple[str, str]]:
    """Pairs of enrolled people who cannot be told apart, of whom one at least seems to be there."""
    there = {heard.person(number).name for number, _ in voices.spoken.values()}
    if not there or heard.n_people < 2:
        return []
    pairs = twins(heard.identifier.people, encoder.background, certain)
    return [pair for pair in pairs if there & set(pair)]


def _notices(recognised: Labels, most: int, alike: Sequence[tuple[str, str]], unlearnt: str | None) -> Iterator[str]:
    n = len(np.unique(recognised[recognised >= 0]))
    if n > most:
        yield (
            f"{n} enrolled people were heard, more than max_speakers ({most}) allows: those who said least have no "
            f"name; give a greater max_speakers"
        )
    for one, other in alike:
        yield (
            f"{one} and {other} cannot be told apart by their enrolled voices: they are suggested and not named; "
            f"enrol longer clips of both"
        )
    if unlearnt:
        yield unlearnt


def _labels(heard: Evidence, recognised: Labels, clustering: str, fewest: int, most: int, n_attendees: int) -> Labels:
    """A voice for every window: known people first, then what clustering finds in the rest that is long enough."""
    labels = recognised.copy()
    rest = np.flatnonzero((labels < 0) & heard.telling)
    n_known = len(np.unique(labels[labels >= 0]))
    if len(rest) and most > n_known:
        cluster: Clusterer = make("clustering", clustering)
        least, room = max(0, fewest - n_known), most - n_known
        expected = min(room, max(least, n_attendees - n_known))
        found = cluster(heard.embeddings[rest], heard.alike, expected, room)
        if expected > least:
            found = join(heard.embeddings[rest], found, heard.alike + EXPECTED, least, room)
        labels[rest] = heard.n_people + found
    return settle(heard, labels, fewest, most)


def bounds(options: DiarizationOptions, n_attendees: int) -> tuple[int, int]:
    """The fewest and the most voices there may be.

    A list of attendees is a strong hint and no limit: one person more than listed may be heard, unless the user said
    how many.

    >>> bounds(DiarizationOptions(max_speakers=10), n_attendees=4)
    (1, 5)
    """
    if options.speakers:
        return options.speakers, options.speakers
    most = options.max_speakers
    if n_attendees:
        most = max(options.min_speakers, min(most, n_attendees + 1))
    return options.min_speakers, most


def _shares(turns: Sequence[Turn], n_voices: int) -> dict[int, float]:
    """Voice -> its share of the speech."""
    spoken = {f"v{voice}": 0.0 for voice in range(n_voices)}
    for turn in turns:
        spoken[turn.speaker] += turn.span.duration
    whole = sum(spoken.values())
    return {voice: spoken[f"v{voice}"] / whole for voice in range(n_voices)}
