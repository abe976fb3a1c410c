"""Minutes as JSON values, and back; `store` lays them out in a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from bigvoice.minutes.json_view import JsonView
from bigvoice.minutes.minutes import Maker, Minutes, Note, Source, Speaker, Utterance
from bigvoice.span import Span
from bigvoice.traits import Traits
from bigvoice.word import Word

FORMAT, VERSION = "bigvoice minutes", 4
"""2 has suggested names, which 1 had not; 3 may have traits, 4 corrections. So files of older versions are read as they
are."""


def to_json(minutes: Minutes) -> dict[str, Any]:
    """The minutes as values that `json` writes, without the digest; `from_json` gives them back."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "title": minutes.title,
        "date": minutes.date.isoformat() if minutes.date else None,
        "place": minutes.place,
        "language": minutes.language,
        "attendees": list(minutes.attendees),
        "agenda": list(minutes.agenda),
        "speakers": [_speaker_to_json(speaker) for speaker in minutes.speakers],
        "utterances": [_utterance_to_json(utterance) for utterance in minutes.utterances],
        **({"notes": [note_to_json(note) for note in minutes.notes]} if minutes.notes else {}),
        "source": asdict(minutes.source),
        "maker": {
            "version": minutes.maker.version,
            "parts": [list(part) for part in minutes.maker.parts],
            "notices": list(minutes.maker.notices),
        },
    }


def from_json(content: Mapping[str, Any]) -> Minutes:
    """The minutes that `to_json` was given. Raises ValueError, naming the place, for what it cannot have written."""
    view = JsonView(content)
    date = view["date"].maybe(str)
    try:
        began = datetime.fromisoformat(date) if date else None
    except ValueError:
        raise ValueError(f"date: {date!r} is not written as 2026-11-21T14:00") from None
    return Minutes(
        source=view["source"].build(_source),
        maker=view["maker"].build(_maker),
        title=view["title"].as_(str),
        date=began,
        place=view["place"].as_(str),
        language=view["language"].maybe(str),
        attendees=tuple(each.as_(str) for each in view["attendees"].each()),
        agenda=tuple(each.as_(str) for each in view["agenda"].each()),
        speakers=tuple(each.build(_speaker) for each in view["speakers"].each()),
        utterances=tuple(each.build(_utterance) for each in view["utterances"].each()),
        notes=tuple(each.build(note) for each in view["notes"].each()) if "notes" in content else (),
    )


def _source(view: JsonView) -> Source:
    return Source(view["file"].as_(str), view["sha256"].as_(str), view["duration"].as_(float))


def _maker(view: JsonView) -> Maker:
    parts = [each.items(2) for each in view["parts"].each()]
    return Maker(
        version=view["version"].as_(str),
        parts=tuple((name.as_(str), part.as_(str)) for name, part in parts),
        notices=tuple(each.as_(str) for each in view["notices"].each()),
    )


def _speaker(view: JsonView) -> Speaker:
    return Speaker(
        id=view["id"].as_(str),
        number=view["number"].as_(int),
        name=view["name"].maybe(str),
        role=view["role"].maybe(str),
        named_by=view["named_by"].as_(str),
        confidence=view["confidence"].as_(float),
        traits=_traits(view),
        rejected=tuple(each.as_(str) for each in view["rejected"].each()) if view.has("rejected") else (),
    )


def _utterance(view: JsonView) -> Utterance:
    return Utterance(
        span=Span(view["start"].as_(float), view["end"].as_(float)),
        speaker=view["speaker"].as_(str),
        words=tuple(each.build(_word) for each in view["words"].each()),
        confidence=view["confidence"].as_(float),
        traits=_traits(view),
        checked=view["checked"].as_(bool) if view.has("checked") else False,
    )


def note(view: JsonView) -> Note:
    """A note that `note_to_json` wrote. Raises ValueError, naming the place."""
    return Note(
        id=view["id"].as_(str),
        kind=view["kind"].as_(str),
        time=view["time"].as_(float),
        text=view["text"].as_(str),
        who=view["who"].as_(str),
        until=view["until"].as_(str),
    )


def note_to_json(note: Note) -> dict[str, Any]:
    """A note as values that `json` writes."""
    return asdict(note)


def _traits(view: JsonView) -> Traits | None:
    """[female, male, child], which stands only where the voice told anything."""
    if not view.has("traits"):
        return None
    return view["traits"].build(lambda each: Traits(*(value.as_(float) for value in each.items(3))))


def _word(view: JsonView) -> Word:
    start, end, text, probability = view.items(4)
    return Word(Span(start.as_(float), end.as_(float)), text.as_(str), probability.as_(float))


def _speaker_to_json(speaker: Speaker) -> dict[str, Any]:
    plain = asdict(speaker)
    del plain["traits"], plain["rejected"]
    return plain | _traits_to_json(speaker.traits) | ({"rejected": [*speaker.rejected]} if speaker.rejected else {})


def _traits_to_json(traits: Traits | None) -> dict[str, Any]:
    return {} if traits is None else {"traits": [traits.female, traits.male, traits.child]}


def _utterance_to_json(utterance: Utterance) -> dict[str, Any]:
    return {
        "start": utterance.span.start,
        "end": utterance.span.end,
        "speaker": utterance.speaker,
        "confidence": utterance.confidence,
        **_traits_to_json(utterance.traits),
        **({"checked": True} if utterance.checked else {}),
        "words": [[w.span.start, w.span.end, w.text, w.probability] for w in utterance.words],
    }
