"""Store: the JSON file that is the home of Minutes.

The file is made to be read, compared line by line and, with care, edited: keys in one order, a word a line as [start,
end, text, probability]. It carries a digest of its content as bigvoice wrote it, which tells whether a person has
changed it since: such a file is never overwritten unasked.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from bigvoice.errors import MinutesError
from bigvoice.minutes.json_view import JsonView
from bigvoice.minutes.minutes import Maker, Minutes, Source, Speaker, Utterance
from bigvoice.minutes.whole_file import why_not_written, write_whole
from bigvoice.span import Span
from bigvoice.traits import Traits
from bigvoice.word import Word

FORMAT, VERSION = "bigvoice minutes", 3
"""2 has suggested names, which 1 had not; 3 may have traits. So files of versions 1 and 2 are read as they are."""
OLDEST = 1


def read(path: str | Path) -> Minutes:
    """The minutes that a file holds.

    Raises MinutesError, naming the file and the place in it, for a file that is absent, broken, of a newer version or
    no minutes file.
    """
    path = Path(path)
    content = _content(path)
    try:
        return from_json(content)
    except ValueError as error:
        raise MinutesError(f"{path}: {error}: correct it, or make the minutes again with --force") from error


def save(minutes: Minutes, path: str | Path, *, force: bool = False) -> None:
    """Write the minutes, whole or not at all.

    A file that bigvoice wrote and nobody changed is replaced. Raises MinutesError where the file cannot be written and,
    without `force`, where it was edited or is no minutes file that can be read.
    """
    path = Path(path)
    try:
        if not force and path.exists():
            _refuse_edited(path)
        write_whole(path, dump(minutes).encode())
    except OSError as error:
        raise MinutesError(why_not_written(path, error)) from error


def is_edited(path: str | Path) -> bool:
    """Whether a person changed the content of a minutes file since bigvoice wrote it; layout does not count.

    Raises MinutesError for what is no minutes file that can be read.
    """
    content = _content(Path(path))
    digest = content.pop("digest", None)
    return bool(digest != _digest(content))


def dump(minutes: Minutes) -> str:
    """The text of a minutes file."""
    content = to_json(minutes)
    head = {key: content.pop(key) for key in ("format", "version")}
    return _layout({**head, "digest": _digest({**head, **content}), **content}) + "\n"


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
    )


def _utterance(view: JsonView) -> Utterance:
    return Utterance(
        span=Span(view["start"].as_(float), view["end"].as_(float)),
        speaker=view["speaker"].as_(str),
        words=tuple(each.build(_word) for each in view["words"].each()),
        confidence=view["confidence"].as_(float),
        traits=_traits(view),
    )


def _traits(view: JsonView) -> Traits | None:
    """[female, male, child], which stands only where the voice told anything."""
    if "traits" not in view.as_(dict):
        return None
    return view["traits"].build(lambda each: Traits(*(value.as_(float) for value in each.items(3))))


def _word(view: JsonView) -> Word:
    start, end, text, probability = view.items(4)
    return Word(Span(start.as_(float), end.as_(float)), text.as_(str), probability.as_(float))


def _speaker_to_json(speaker: Speaker) -> dict[str, Any]:
    plain = asdict(speaker)
    del plain["traits"]
    return plain | _traits_to_json(speaker.traits)


def _traits_to_json(traits: Traits | None) -> dict[str, Any]:
    return {} if traits is None else {"traits": [traits.female, traits.male, traits.child]}


def _utterance_to_json(utterance: Utterance) -> dict[str, Any]:
    return {
        "start": utterance.span.start,
        "end": utterance.span.end,
        "speaker": utterance.speaker,
        "confidence": utterance.confidence,
        **_traits_to_json(utterance.traits),
        "words": [[w.span.start, w.span.end, w.text, w.probability] for w in utterance.words],
    }


def _content(path: Path) -> dict[str, Any]:
    """A minutes file of a version that can be read, as `json` reads it. Raises MinutesError."""
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise MinutesError(f"{path} cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise MinutesError(f"{path} is no minutes file, it is not valid JSON: {error}") from error
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise MinutesError(f'{path} is no minutes file: it does not say "format": "{FORMAT}"')
    version = content.get("version")
    if isinstance(version, int) and version > VERSION:
        raise MinutesError(f"{path} was written by a newer bigvoice (version {version} of the format): update bigvoice")
    if version not in range(OLDEST, VERSION + 1):
        raise MinutesError(f"{path} is no minutes file: version {version!r} of the format does not exist")
    return content


def _refuse_edited(path: Path) -> None:
    spared = "it is left as it is: choose another name, or overwrite it with --force"
    try:
        edited = is_edited(path)
    except MinutesError as error:
        raise MinutesError(f"{error}; {spared}") from error
    if edited:
        raise MinutesError(f"{path} was edited since bigvoice wrote it; {spared}")


def _digest(content: Mapping[str, Any]) -> str:
    """Of the values, so that a program that lays the file out anew has not edited it."""
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return "sha256:" + hashlib.sha256(canonical.encode()).hexdigest()


def _layout(value: Any, indent: str = "") -> str:
    """JSON with a line for each thing: a list of plain values (a word) stands on one line, all else is indented."""
    inner = indent + "  "
    if isinstance(value, dict) and value:
        lines = [f"{_text(key)}: {_layout(item, inner)}" for key, item in value.items()]
        return "{\n" + inner + f",\n{inner}".join(lines) + f"\n{indent}}}"
    if isinstance(value, list) and any(isinstance(item, list | dict) for item in value):
        return "[\n" + inner + f",\n{inner}".join(_layout(item, inner) for item in value) + f"\n{indent}]"
    if isinstance(value, list):
        return "[" + ", ".join(map(_text, value)) + "]"
    return _text(value)


def _text(value: Any) -> str:
    """A plain value; text as it is read, but for what UTF-8 cannot hold (a file name of unknown encoding)."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(value)
    return text
