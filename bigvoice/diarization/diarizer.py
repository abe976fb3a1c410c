"""Diarizer: who spoke when, by name where a voice is known.

Speech is cut into pieces that sound alike (k-means); a piece that is surely somebody enrolled gets the name; what stays
unknown is clustered; then each frame goes to the voice it sounds most like. Naming whole pieces, not single windows,
lets the evidence add up; naming before clustering keeps apart two enrolled people whom clustering would join. (On made
meetings, `bench/diarization.py`: the right name for 80 % of the speech of those enrolled and a wrong one for 2.5 %;
with names given after clustering 68 and 12 %.)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bigvoice.diarization.clustering import join, unit
from bigvoice.diarization.naming import Evidence, named, recognise, scrap, settle, without
from bigvoice.diarization.smoothing import FRAME_S, lay_over_frames, turns_of, viterbi
from bigvoice.diarization.windows import slide
from bigvoice.parts import Clusterer, Embeddings, Encoder, Labels, make
from bigvoice.progress import Hook, silent
from bigvoice.recording import RATE, Samples
from bigvoice.settings import DiarizationOptions
from bigvoice.span import Span, merge
from bigvoice.turn import Turn
from bigvoice.voices.identification import Identifier
from bigvoice.voices.person import Person

EXPECTED = 0.1
"""How much more alike voices must be to become fewer than there are people on the list of attendees; what a list does
for the count is in bench/diarization.py."""
CHANGE_COST = 1.0
"""What a change of speaker costs, in units of a frame's cosine: a voice must be better by 0.1 for a second."""


@dataclass(frozen=True, slots=True)
class Naming:
    """Whom a voice belongs to, and how probably."""

    name: str
    role: str | None
    probability: float


@dataclass(frozen=True)
class Diarization:
    """Turns in order of time, and the voices among them that are known: speaker id -> Naming."""

    turns: tuple[Turn, ...]
    names: Mapping[str, Naming]


def diarize(
    samples: Samples,
    speech: Sequence[Span],
    *,
    encoder: Encoder,
    people: Sequence[Person] = (),
    options: DiarizationOptions | None = None,
    attendees: Sequence[str] = (),
    hook: Hook = silent,
) -> Diarization:
    """Who spoke when in `speech` (spans of `samples`), under the names of `people` where they are known.

    A name is given where it is wrong with a probability of at most `options.false_names`, and to one voice only.
    attendees: who is expected; others are named more reluctantly. No speech, no turns.
    """
    options = options or DiarizationOptions()
    speech = merge(speech)
    if not speech:
        return Diarization((), {})
    windows = slide(speech)
    embeddings = encoder(samples, windows, hook)
    identifier = Identifier(people, encoder.background, attendees)
    heard = Evidence(embeddings, identifier.margins(embeddings), identifier, encoder.background.alike)
    fewest, most = bounds(options, len(attendees))
    labels = _voices(heard, options.clustering, 1 - options.false_names, fewest, most, len(attendees))
    while True:
        turns = _turns(speech, windows, embeddings, labels, len(samples) / RATE)
        known = named(heard, labels, 1 - options.false_names)
        shares = _shares(turns, int(labels.max()) + 1)
        if (faint := scrap(shares, known, fewest, len(attendees) or most)) is None:
            break
        labels = without(heard, labels, faint)
    names = {
        _id(voice): Naming(identifier.people[person].name, identifier.people[person].role, probability)
        for voice, (person, probability) in known.items()
        if shares[voice] > 0
    }
    return Diarization(tuple(turns), names)


def _voices(heard: Evidence, clustering: str, sure: float, fewest: int, most: int, n_attendees: int) -> Labels:
    """A voice for every window: known people first, then what clustering finds in the rest."""
    labels = recognise(heard, sure)
    rest = np.flatnonzero(labels < 0)
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


def _turns(
    speech: Sequence[Span], windows: Sequence[Span], embeddings: Embeddings, labels: Labels, duration: float
) -> list[Turn]:
    """Each frame of speech given to the voice whose mean it is nearest to, changes of voice made rare."""
    means = np.zeros((labels.max() + 1, embeddings.shape[1]))
    np.add.at(means, labels, embeddings)
    scores = embeddings @ unit(means).T
    frames = lay_over_frames(windows, scores, int(np.ceil(duration / FRAME_S)) + 1)
    return turns_of(viterbi(frames, CHANGE_COST), speech, [_id(voice) for voice in range(len(means))])


def _shares(turns: Sequence[Turn], n_voices: int) -> dict[int, float]:
    """Voice -> its share of the speech."""
    spoken = {_id(voice): 0.0 for voice in range(n_voices)}
    for turn in turns:
        spoken[turn.speaker] += turn.span.duration
    whole = sum(spoken.values())
    return {voice: spoken[_id(voice)] / whole for voice in range(n_voices)}


def _id(voice: int) -> str:
    return f"v{voice}"
