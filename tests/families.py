"""Families that tests share: voices with traits and without, their turns laid one after the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bigvoice.minutes.minutes import GIVEN, Maker, Minutes, Source, Speaker, Utterance
from bigvoice.span import Span
from bigvoice.traits import Traits

WOMAN, MAN, CHILD = Traits(0.97, 0.01, 0.02), Traits(0.01, 0.97, 0.02), Traits(0.04, 0.02, 0.94)
UNSURE = Traits(0.5, 0.1, 0.4)

Voice = Traits | str | None
"""What is known of a voice: what it sounds like, or the role that somebody gave it, or nothing."""


def voices(**known: Voice) -> tuple[Speaker, ...]:
    """Speakers with these ids, numbered in order; those with a role are called by their id."""
    return tuple(
        Speaker(name, number, name.title(), each, GIVEN, 1.0)
        if isinstance(each, str)
        else Speaker(name, number, traits=each)
        for number, (name, each) in enumerate(known.items(), start=1)
    )


def table_talk(turns: Sequence[tuple[str, float]], speakers: Sequence[Speaker], pause: float = 0.5) -> Minutes:
    """Minutes in which these speak for so many seconds, one after the other."""
    clock, said = 0.0, []
    for speaker, seconds in turns:
        said.append(Utterance(Span(clock, clock + seconds), speaker))
        clock += seconds + pause
    maker = Maker("0", (("voices", "given"),))
    return Minutes(Source("x.wav", "", clock), maker, speakers=tuple(speakers), utterances=tuple(said))


def talk(seconds: Mapping[str, float], turns: int = 10, **known: Voice) -> Minutes:
    """Everybody speaks in so many turns, by turns; in all for so many seconds each."""
    once = [(name, whole / turns) for name, whole in seconds.items()]
    return table_talk(once * turns, voices(**known))
