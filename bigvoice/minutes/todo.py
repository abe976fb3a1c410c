"""To do: what in minutes a person had best look at, the most doubtful first.

Three kinds of doubt lie on one scale from 0 to 1, the probability that something is wrong as far as the machine knows:
a name that is only suggested or missing, a turn that may be another speaker's, and a word the recogniser was unsure of.
What a person checked is in no doubt.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from bigvoice.minutes.corrections import Place
from bigvoice.minutes.minutes import GIVEN, KNOWN, Minutes, Speaker, Utterance
from bigvoice.word import Word, join

WORD, TURN, NAME = "word", "turn", "name"
UNSURE = 0.5
"""Words and turns are listed from this doubt on: they are as likely wrong as right. So documents mark them, too."""
SURE_NAME = 0.95
"""A recognised name less probable than this is listed: a wrong name is worse than a wrong word."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something to look at: a word of a turn, a turn's speaker, or a speaker's name (turn: the first of its turns).

    word, n_words: which of the turn's words, neighbours that are unsure taken together. text: what they say, the
    whole turn, or the name.
    """

    kind: str
    doubt: float
    turn: Place
    speaker: str
    text: str
    word: int | None = None
    n_words: int = 0


def todo(minutes: Minutes, doubts: Callable[[Utterance], Sequence[Doubt]] | None = None) -> tuple[Doubt, ...]:
    """All doubts: names first, as one answer settles many turns; then turns and words, the greatest doubt first.

    doubts: as `doubts_in`, where somebody remembers what it said.
    """
    found = [*_names(minutes)]
    for utterance in minutes.utterances:
        found += (doubts or doubts_in)(utterance)
    return tuple(sorted(found, key=lambda each: (each.kind != NAME, -round(each.doubt, 2), each.turn)))


def doubts_in(utterance: Utterance) -> tuple[Doubt, ...]:
    """Those about a turn and its words, in their order; none where a person checked it."""
    return () if utterance.checked else tuple(_in_turn(utterance))


def _in_turn(utterance: Utterance) -> Iterator[Doubt]:
    place = Place.of(utterance)
    if (doubt := 1 - utterance.confidence) >= UNSURE:
        yield Doubt(TURN, doubt, place, utterance.speaker, utterance.text)
    for first, words in _unsure(utterance.words):
        text = join(words)
        if any(map(str.isalnum, text)):
            doubt = 1 - min(word.probability for word in words)
            yield Doubt(WORD, doubt, place, utterance.speaker, text, first, len(words))


def _unsure(words: Sequence[Word]) -> Iterator[tuple[int, Sequence[Word]]]:
    """Runs of unsure words, each with the index of its first."""
    unsure = [i for i, word in enumerate(words) if 1 - word.probability > UNSURE]
    for _, run in groupby(enumerate(unsure), key=lambda each: each[1] - each[0]):  # the same for neighbours
        numbers = [number for _, number in run]
        yield numbers[0], words[numbers[0] : numbers[-1] + 1]


def _names(minutes: Minutes) -> Iterator[Doubt]:
    """Speakers whose name is not sure, or who have none."""
    first = {u.speaker: u for u in reversed(minutes.utterances)}
    for speaker in minutes.speakers:
        doubt = _of_name(speaker)
        if doubt > 1 - SURE_NAME and speaker.id in first and not minutes.undivided:
            yield Doubt(NAME, doubt, Place.of(first[speaker.id]), speaker.id, speaker.name or "")


def _of_name(speaker: Speaker) -> float:
    if speaker.named_by == GIVEN:
        return 0.0
    return 1 - speaker.confidence if speaker.named_by == KNOWN or speaker.name else 1.0
