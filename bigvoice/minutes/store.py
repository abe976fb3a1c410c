"""Store: the JSON file that is the home of Minutes.

The file is made to be read, compared line by line and, with care, edited: keys in one order, a word a line as [start,
end, text, probability]. First comes what the machine found, with a digest which tells whether a person has changed it
since: such a file is never overwritten unasked. Last come the corrections, as a log: reading a file applies them.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from bigvoice.errors import MinutesError
from bigvoice.minutes import history_json
from bigvoice.minutes.carrying import carried
from bigvoice.minutes.file_lock import alone
from bigvoice.minutes.history import History, Move, Reviewed, Step
from bigvoice.minutes.json_view import JsonView
from bigvoice.minutes.minutes import Minutes
from bigvoice.minutes.minutes_json import FORMAT, VERSION, from_json, to_json
from bigvoice.minutes.whole_file import why_not_written, write_whole

OLDEST = 1
NOTHING = History()
OTHER_SOUND = (
    "{path} holds corrections of another recording, or of this one before it was changed: choose another name, "
    "or use --force (it is kept as {name}.bak)"
)
SPARED = "it is left as it is: choose another name, or overwrite it with --force"
_CORRECTIONS = ',\n  "corrections": '
"""Begins the log: nowhere else in a file laid out here, as no text in JSON holds a line end."""
_FIRST, _LAST = "[\n    {", "\n  ]\n}\n"
_ENTRIES = re.compile(r",\n    (?=\{)")
_NEXT_KEY = '\n  "'


def read(path: str | Path) -> Minutes:
    """The minutes that a file holds, with the corrections made in them.

    Raises MinutesError, naming the file and the place in it, for a file that is absent, broken, of a newer version or
    no minutes file.
    """
    return read_reviewed(path).minutes


def read_reviewed(path: str | Path) -> Reviewed:
    """The machine's minutes and the history of their corrections. Raises MinutesError, as `read` does."""
    path = Path(path)
    return parse(path, _bytes(path))


def parse(path: Path, data: bytes) -> Reviewed:
    """What a minutes file holds; path: for the message. Raises MinutesError."""
    content = _content(path, data)
    try:
        history = history_json.from_json(JsonView(content.get("corrections", []), "corrections"))
        return Reviewed(from_json(content), history)
    except ValueError as error:
        advice = f"correct it, or make the minutes again with --force (this file is kept as {path.name}.bak)"
        raise MinutesError(f"{path}: {error}: {advice}") from error


def save(minutes: Minutes, path: str | Path, *, force: bool = False) -> None:
    """Write the minutes, whole or not at all.

    A file that bigvoice wrote and nobody changed is replaced. Raises MinutesError where the file cannot be written and,
    without `force`, where it was edited, holds corrections, or is no minutes file that can be read.
    """
    path = Path(path)
    try:
        if not force and path.exists():
            _refuse_changed(path)
        write_whole(path, dump(minutes).encode())
    except OSError as error:
        raise MinutesError(why_not_written(path, error)) from error


def copy(source: str | Path, path: str | Path, *, force: bool = False) -> None:
    """Write what a minutes file holds, corrections and all, under another name. Raises MinutesError, as `save` does."""
    source, path = Path(source), Path(path)
    data = _bytes(source)
    parse(source, data)
    try:
        if not force and path.exists():
            _refuse_changed(path)
        write_whole(path, data)
    except OSError as error:
        raise MinutesError(why_not_written(path, error)) from error


def save_anew(minutes: Minutes, path: str | Path, *, force: bool = False) -> Reviewed:
    """Write a new result of the machine in place of an earlier one, with the corrections made in that.

    Gives what the file holds now. Raises MinutesError as `save` does, but not for corrections, which are carried over.
    """
    path = Path(path)
    with alone(path):
        before = _reviewed_before(path, force=force)
        if before and before.history.entries and before.machine.source.sha256 != minutes.source.sha256:
            _set_aside_other(path, force=force)
            before = None
        reviewed = carried(before, minutes) if before else Reviewed(minutes)
        try:
            write_whole(path, dump(minutes, reviewed.history).encode())
        except OSError as error:
            raise MinutesError(why_not_written(path, error)) from error
    return reviewed


def _reviewed_before(path: Path, *, force: bool) -> Reviewed | None:
    """What the file holds that is to be replaced. Raises MinutesError for one that must not be, without `force`."""
    if not path.exists():
        return None
    try:
        reviewed, edited = read_reviewed(path), is_edited(path)
    except MinutesError as error:
        if force:
            _keep_aside(path)
            return None
        raise MinutesError(f"{error}; {SPARED}") from error
    if edited and not force:
        raise MinutesError(f"{path} was edited since bigvoice wrote it; {SPARED}")
    return reviewed


def _set_aside_other(path: Path, *, force: bool) -> None:
    """Corrections of another recording are put to none: their times mean other words. Raises MinutesError."""
    if not force:
        raise MinutesError(OTHER_SOUND.format(path=path, name=path.name))
    _keep_aside(path)


def _keep_aside(path: Path) -> None:
    """A copy of a file that cannot be read: whoever edited it may find the slip, and corrections with it."""
    try:
        write_whole(path.with_name(f"{path.name}.bak"), path.read_bytes())
    except OSError as error:
        raise MinutesError(why_not_written(path, error)) from error


def is_edited(path: str | Path) -> bool:
    """Whether a person changed the machine's minutes in a file since bigvoice wrote them; layout does not count.

    Nor do corrections, which stand beside them. Raises MinutesError for what is no minutes file that can be read.
    """
    path = Path(path)
    content = _content(path, _bytes(path))
    return content.get("digest") != _digest(content)


def dump(minutes: Minutes, history: History = NOTHING) -> str:
    """The text of a minutes file: the machine's minutes, and the history of what was corrected in them."""
    return with_history(machine_text(minutes), history)


def machine_text(minutes: Minutes) -> str:
    """The text of a minutes file without corrections: what `with_history` takes, again and again."""
    content = to_json(minutes)
    head = {key: content.pop(key) for key in ("format", "version")}
    return _layout({**head, "digest": _digest({**head, **content}), **content}) + "\n"


def entry_text(entry: Step | Move) -> str:
    """An entry of the history, laid out as it stands in the file."""
    return _layout(history_json.entry_to_json(entry), "    ")


def with_history(machine: str, history: History, text_of: Callable[[Step | Move], str] = entry_text) -> str:
    """The text of a minutes file, with its history as the last thing in it. text_of: as `entry_text`, if faster."""
    if not history.entries:
        return machine
    entries = ",\n    ".join(map(text_of, history.entries))
    return machine.removesuffix("\n}\n") + f"{_CORRECTIONS}[\n    {entries}\n  ]\n}}\n"


def taken_apart(text: str) -> tuple[str, list[str]]:
    """The text of a minutes file without its history, as `with_history` takes it, and the text of each entry.

    One that another program has laid out, with its keys in whatever order, is laid out here.
    """
    if text.startswith('{\n  "format": ') and text.endswith("\n}\n"):
        machine, mark, log = text.rpartition(_CORRECTIONS)
        if not mark:
            return text, []
        if log.startswith(_FIRST) and log.endswith(_LAST) and _NEXT_KEY not in log:
            return machine + "\n}\n", _ENTRIES.split(log[len(_FIRST) - 1 : -len(_LAST)])
    content = json.loads(text)
    entries = content.pop("corrections", [])
    return _layout(content) + "\n", [_layout(entry, "    ") for entry in entries]


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise MinutesError(f"{path} cannot be read: {error.strerror}") from error


def _content(path: Path, data: bytes) -> dict[str, Any]:
    """A minutes file of a version that can be read, as `json` reads it. Raises MinutesError."""
    try:
        content = json.loads(data.decode("utf-8-sig"))
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


def _refuse_changed(path: Path) -> None:
    before = _reviewed_before(path, force=False)
    if before and before.history.entries:
        raise MinutesError(f"{path} holds corrections; {SPARED}")


def _digest(content: Mapping[str, Any]) -> str:
    """Of the machine's values, so that a program that lays the file out anew has not edited it."""
    machine = {key: value for key, value in content.items() if key not in ("digest", "corrections")}
    canonical = json.dumps(machine, sort_keys=True, separators=(",", ":"))
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
