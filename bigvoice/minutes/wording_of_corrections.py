"""Wording of corrections: each as a line that people read, in English and in Korean."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from types import MappingProxyType

from bigvoice.minutes.correcting import corrected
from bigvoice.minutes.corrections import Assign, Check, Correction, Describe, Insert, Merge, Place, Reject, Rename
from bigvoice.minutes.corrections_json import verb_of
from bigvoice.minutes.minutes import Minutes, Note, Speaker
from bigvoice.minutes.naming import next_number
from bigvoice.span import clock

_NUMBERED = {"ko": "참석자 {number}", "en": "Speaker {number}"}
_MOST = 40
"""Letters of a text that are shown."""

_LINES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "en": {
            "rename": "{speaker} is {name}",
            "unname": "{speaker} has no name",
            "role": "{speaker}: {role}",
            "reject": "{speaker} is not {name}",
            "merge": "{speaker} and {into} are one",
            "assign": "{turn} is {to}'s",
            "split": "{turn} split at {at}",
            "join": "{turn} joined with {other}",
            "write": "{turn} says: {text}",
            "check": "{turn} checked",
            "uncheck": "{turn} no longer checked",
            "delete": "{turn} deleted: {was}",
            "insert": "{turn} added: {text}",
            "note": "{kind} at {time}: {text}",
            "drop note": "a note deleted",
            "describe": "{field}: {value}",
            "decision": "Decision",
            "action": "Action",
            "agenda point": "Agenda point",
            "title": "Title",
            "date": "Date",
            "place": "Place",
            "attendees": "Attendees",
            "agenda": "Agenda",
        },
        "ko": {
            "rename": "{speaker} → {name}",
            "unname": "{speaker} 이름 지움",
            "role": "{speaker}: {role}",
            "reject": "{speaker}: {name} 아님",
            "merge": "{speaker} + {into} 합침",
            "assign": "{turn} → {to}",
            "split": "{turn}, {at}에서 나눔",
            "join": "{turn} + {other} 이음",
            "write": "{turn} 고침: {text}",
            "check": "{turn} 확인함",
            "uncheck": "{turn} 확인 취소",
            "delete": "{turn} 지움: {was}",
            "insert": "{turn} 추가: {text}",
            "note": "{kind} {time}: {text}",
            "drop note": "메모 지움",
            "describe": "{field}: {value}",
            "decision": "결정 사항",
            "action": "실행 항목",
            "agenda point": "안건",
            "title": "회의명",
            "date": "일시",
            "place": "장소",
            "attendees": "참석자",
            "agenda": "안건",
        },
    }
)


def told(correction: Correction, minutes: Minutes, language: str = "en") -> str:
    """What a correction says, in "en" or "ko" (any other: English), with speakers called as the minutes have them.

    >>> from bigvoice.minutes.corrections import Rename
    >>> from bigvoice.minutes.minutes import Maker, Source, Speaker
    >>> minutes = Minutes(Source("a.wav", "", 1.0), Maker(""), speakers=(Speaker("s2", 2),))
    >>> told(Rename("s2", "Mina Park"), minutes)
    'Speaker 2 is Mina Park'
    """
    lines = _LINES.get(language, _LINES["en"])
    numbered = _NUMBERED.get(language, _NUMBERED["en"])
    labels = {speaker.id: _line(speaker.label(numbered)) for speaker in minutes.speakers}
    values = {field.name: getattr(correction, field.name) for field in fields(correction)}
    if isinstance(correction, Reject):  # "Mina Park is not Mina Park" would say nothing
        named = (speaker for speaker in minutes.speakers if speaker.label() == correction.name)
        labels |= {speaker.id: numbered.format(number=speaker.number) for speaker in named}
    if isinstance(correction, Describe):
        values["value"] = ", ".join(correction.value.splitlines())
    if isinstance(note := values.pop("note", None), Note):
        values |= {"kind": lines[note.kind], "time": _clock(note.time), "text": note.text}
    shown = {name: _shown(name, value, labels, lines) for name, value in values.items()}
    return lines[_line_of(correction, labels)].format(**shown)


def told_in_turn(corrections: Iterable[Correction], minutes: Minutes, language: str = "en") -> tuple[str, ...]:
    """What corrections say, each with speakers called as those before it left them."""
    lines = []
    cast = cast_of(minutes)
    for correction in corrections:
        lines.append(told(correction, _with_new(cast, correction), language))
        cast = cast_after(cast, [correction])
    return tuple(lines)


def cast_of(minutes: Minutes) -> Minutes:
    """Who is who: minutes without turns, which cost nothing to correct."""
    return Minutes(minutes.source, minutes.maker, speakers=minutes.speakers)


def cast_after(cast: Minutes, corrections: Iterable[Correction]) -> Minutes:
    """Who is who once the corrections are made; who has lost all turns is still known."""
    for correction in corrections:
        cast = _with_new(cast, correction)
        if isinstance(correction, Rename | Reject | Merge):
            cast, _ = corrected(cast, [correction])
    return cast


def _with_new(cast: Minutes, correction: Correction) -> Minutes:
    """With the speaker whom a correction makes, by giving a turn to somebody who has none yet."""
    speaks = _who_speaks(correction)
    if not speaks or speaks in {speaker.id for speaker in cast.speakers}:
        return cast
    return replace(cast, speakers=(*cast.speakers, Speaker(speaks, next_number(cast.speakers))))


def _who_speaks(correction: Correction) -> str | None:
    """To whom it gives a turn."""
    if isinstance(correction, Insert):
        return correction.turn.speaker
    return correction.to if isinstance(correction, Assign) else None


def _line_of(correction: Correction, labels: Mapping[str, str]) -> str:
    if isinstance(correction, Check) and not correction.checked:
        return "uncheck"
    if isinstance(correction, Rename) and not correction.name.strip():
        return "unname"
    if isinstance(correction, Rename) and correction.role and labels.get(correction.speaker) == _line(correction.name):
        return "role"
    return verb_of(correction)


def _shown(name: str, value: object, labels: Mapping[str, str], lines: Mapping[str, str]) -> str:
    if isinstance(value, Place):
        return f"{_clock(value.span.start)} {labels.get(value.speaker, value.speaker)}"
    if name in ("speaker", "into", "to"):
        return labels.get(str(value), str(value))
    if name == "field":
        return lines[str(value)]
    if isinstance(value, float | int) and name == "at":
        return _clock(value)
    return shortened(_line(str(value or "")))


def shortened(text: str) -> str:
    """So much of a text as shows which one it is."""
    return text if len(text) <= _MOST else f"{text[: _MOST - 1]}…"


def _line(text: str) -> str:
    """On one line, without what a terminal takes for a command."""
    return "".join(char for char in " ".join(text.split()) if char.isprintable())


def _clock(seconds: float) -> str:
    return clock(int(seconds))  # as documents show a time, its fraction cut off
