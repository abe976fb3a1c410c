"""Stage: a step of the way whose result can be kept, and how that result is written as JSON and read again.

`take_minutes` hands every step to a `Keep`, which decides whether it must be done: `compute_anew` always does it,
`bigvoice.cache.Cache` first looks whether an earlier run has.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from bigvoice.diarization.diarizer import Diarization, Naming
from bigvoice.parts import Transcript
from bigvoice.span import Span
from bigvoice.traits import Traits
from bigvoice.turn import Turn
from bigvoice.word import Word

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Stage(Generic[T]):
    """from_json(to_json(result)) == result; from_json raises KeyError, TypeError or ValueError for anything else."""

    name: str
    to_json: Callable[[T], Any]
    from_json: Callable[[Any], T]


class Keep(Protocol):
    """Gives a stage's result, computed now or kept from before."""

    def __call__(self, stage: Stage[T], key: Mapping[str, Any], compute: Callable[[], T]) -> T:
        """key: everything the result depends on, as JSON values."""


def compute_anew(stage: Stage[T], key: Mapping[str, Any], compute: Callable[[], T]) -> T:  # noqa: ARG001
    """The Keep that keeps nothing."""
    return compute()


def _spans_to_json(spans: list[Span]) -> Any:
    return [[span.start, span.end] for span in spans]


def _spans_from_json(found: Any) -> list[Span]:
    return [Span(start, end) for start, end in found]


def _diarization_to_json(diarization: Diarization) -> Any:
    return {
        "turns": [[t.span.start, t.span.end, t.speaker, t.confidence] for t in diarization.turns],
        "names": {voice: [n.name, n.role, n.probability, n.sure] for voice, n in diarization.names.items()},
        "notices": list(diarization.notices),
    }


def _diarization_from_json(found: Any) -> Diarization:
    return Diarization(
        turns=tuple(Turn(Span(start, end), speaker, sure) for start, end, speaker, sure in found["turns"]),
        names={
            voice: Naming(name, role, probability, sure)  # unpacked: what was kept before there were suggestions fails
            for voice, (name, role, probability, sure) in found["names"].items()
        },
        notices=tuple(found["notices"]),
    )


def _traits_to_json(found: list[Traits | None]) -> Any:
    return [traits and [traits.female, traits.male, traits.child] for traits in found]


def _traits_from_json(found: Any) -> list[Traits | None]:
    return [None if three is None else Traits(*three) for three in found]


def _transcript_to_json(transcript: Transcript) -> Any:
    return {
        "words": [[w.span.start, w.span.end, w.text, w.probability] for w in transcript.words],
        "language": transcript.language,
        "model": transcript.model,
        "notice": transcript.notice,
    }


def _transcript_from_json(found: Any) -> Transcript:
    words = tuple(Word(Span(start, end), text, sure) for start, end, text, sure in found["words"])
    return Transcript(words, found["language"], found["model"], found["notice"])


SPEECH = Stage("speech", _spans_to_json, _spans_from_json)
TURNS = Stage("turns", _diarization_to_json, _diarization_from_json)
TRAITS = Stage("traits", _traits_to_json, _traits_from_json)
"""Of each of a track's turns, in their order."""
WORDS = Stage("words", _transcript_to_json, _transcript_from_json)
