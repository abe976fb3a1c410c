"""AI-Hub's labels: one JSON file a recording, which lies beside it or in a folder of its own (원천데이터).

Each of AI-Hub's speech corpora has keys of its own. Known are free talk (발화정보), commands and voices for synthesis
(전사정보), numbers (script), lectures (transcription), and long talks (utterance), if they were cut into a recording
for each utterance. A key may be numbered ("06_transcription").
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Set
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from bigvoice.corpora import text_files
from bigvoice.corpora.ledger import Ledger
from bigvoice.corpora.names import SOUND, Names, walk
from bigvoice.corpora.utterance import AMBIGUOUS, NO_TEXT, Layout, Utterance, one_of
from bigvoice.errors import CorpusError

UNCUT = "utterance of a long recording: cut it into one file an utterance, named by its id"


@dataclass(frozen=True, slots=True)
class Schema:
    """Where a kind of label keeps what is wanted: keys parted by dots; of several, the first that holds something.

    speaker: of all keys what they hold, joined, for one alone may be initials. written: the text with its numbers as
    digits, where `text` spells them.
    """

    text: tuple[str, ...]
    file: str = ""
    speaker: tuple[str, ...] = ()
    written: str = ""


SCHEMAS = (
    Schema(("발화정보.stt",), "발화정보.fileNm", ("녹음자정보.recorderId",)),
    Schema(
        ("전사정보.RefinedLabelText", "전사정보.TransLabelText", "전사정보.LabelText", "전사정보.OrgLabelText"),
        "파일정보.FileName",
        ("기본정보.NumberOfSpeaker", "화자정보.SpeakerName"),
    ),
    Schema(("script.scriptTN",), "audio.fileName", ("recordPerson.recorderID",), "script.scriptITN"),
    Schema(("transcription.text",)),
)
_NUMBER = re.compile(r"\d+_")
_NO_BRACKETS = str.maketrans("", "", "[]()")


def read(root: Path, ledger: Ledger) -> Iterator[Utterance]:
    """Label by label, in order of their paths."""
    with closing(Names(root, SOUND)) as names:
        for path in walk(root, {".json"}):
            if value := _value(path, ledger):
                yield from _of_talk(value, path, names, ledger) if _talk(value) else _of_one(value, path, names, ledger)
        for sound in names.unused():
            ledger.skip(NO_TEXT, sound)


def _of_one(label: Mapping[str, object], path: Path, names: Names, ledger: Ledger) -> Iterator[Utterance]:
    schema = next((schema for schema in SCHEMAS if _first(label, schema.text)), None)
    if schema is None:
        ledger.skip("label of an unknown kind, or without a text", path)
        return
    called = Path(_at(label, schema.file).replace("\\", "/")).name or path.stem
    found = names.find(called, beside=path.parent) or names.find(path.stem, beside=path.parent)
    if sound := one_of(found, f"{path}: {called}", ledger):
        names.use(sound)
        speaker = "-".join(filter(None, (_at(label, key) for key in schema.speaker)))
        yield Utterance(sound, _text(label, schema), speaker)


def _text(label: Mapping[str, object], schema: Schema) -> str:
    """Spoken; with its written side as KsponSpeech has it, where there is one. Brackets mark words of numbers."""
    spoken = _first(label, schema.text)
    if not schema.written:
        return spoken
    spoken, written = (side.translate(_NO_BRACKETS) for side in (spoken, _at(label, schema.written)))
    return f"({written})/({spoken})" if written else spoken


def _of_talk(label: Mapping[str, object], path: Path, names: Names, ledger: Ledger) -> Iterator[Utterance]:
    """What was cut of a long talk: a recording an utterance, called by its id."""
    for each in _talk(label):
        name = str(each.get("id", ""))
        found = names.find(name, beside=path.parent) or names.find(name.replace(".", "_"), beside=path.parent)
        if len(found) != 1 or not name:
            ledger.skip(AMBIGUOUS if name and found else UNCUT, f"{path}: {name}")
            continue
        names.use(found[0])
        text = _first(each, ("dialect_form", "form", "original_form"))
        yield Utterance(found[0], text, f"{path.stem}-{speaker}" if (speaker := _at(each, "speaker_id")) else "")


def _value(path: Path, ledger: Ledger) -> Mapping[str, object] | None:
    try:
        with text_files.opened(path, ledger) as stream:
            value = json.load(stream)
    except (ValueError, CorpusError) as error:
        ledger.skip("label that cannot be read", f"{path}: {error}")
        return None
    return _plain(value) if isinstance(value, dict) else {}


def _plain(value: Mapping[str, object]) -> Mapping[str, object]:
    """Keys without the numbers that some corpora put before them, down to the second storey."""
    return {
        _NUMBER.sub("", key, count=1): _plain(below) if isinstance(below, dict) else below
        for key, below in value.items()
    }


def _talk(label: Mapping[str, object]) -> list[Mapping[str, object]]:
    found = label.get("utterance")
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _first(label: Mapping[str, object], keys: tuple[str, ...]) -> str:
    return next(filter(None, (_at(label, key) for key in keys)), "")


def _at(label: Mapping[str, object], key: str) -> str:
    """What stands there as text; "" where nothing does, or "N/A"."""
    value: object = label
    for part in key.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return str(value).strip() if isinstance(value, str | int) and value != "N/A" else ""


def _is_label(path: Path, _: Set[str]) -> bool:
    if path.suffix.lower() != ".json":
        return False
    value = _value(path, Ledger()) or {}
    return bool(_talk(value)) or any(_first(value, schema.text) for schema in SCHEMAS)


LAYOUT = Layout("aihub", "AI-Hub's labels, a JSON file a recording", _is_label, read)
