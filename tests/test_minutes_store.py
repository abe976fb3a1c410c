from __future__ import annotations

import errno
import hashlib
import json
import os
import stat
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from bigvoice.errors import MinutesError
from bigvoice.minutes import minutes_json, store, whole_file
from bigvoice.minutes.corrections import Rename
from bigvoice.minutes.minutes import Minutes
from bigvoice.minutes.minutes_file import MinutesFile
from tests import any_minutes, meetings


@given(any_minutes.minutes())
@settings(deadline=None, max_examples=60)
def test_what_was_written_is_read_again(minutes: Minutes) -> None:
    text = store.dump(minutes)

    content = json.loads(text)

    assert minutes_json.from_json(content) == minutes
    assert content.pop("digest") == store._digest(content)


@pytest.mark.parametrize("minutes", [meetings.team(), meetings.family(), meetings.empty(), meetings.hostile()])
def test_a_file_is_read_as_it_was_saved(minutes: Minutes, tmp_path: Path) -> None:
    file = tmp_path / "회의 1.json"

    store.save(minutes, file)

    assert store.read(file) == minutes
    assert not store.is_edited(file)
    assert [each.name for each in tmp_path.iterdir()] == ["회의 1.json"]


def test_the_file_can_be_read_by_people() -> None:
    lines = store.dump(meetings.family()).splitlines()

    assert lines[1:3] == ['  "format": "bigvoice minutes",', '  "version": 4,']
    assert '  "title": "저녁 식사 대화",' in lines
    assert '        [0.0, 2.0, " 오늘", 0.95],' in lines


def test_a_file_name_that_is_no_utf8_survives(tmp_path: Path) -> None:
    minutes = Minutes(meetings.Source("caf\udce9.wav", "", 1.0), meetings.Maker("0"))

    store.save(minutes, tmp_path / "m.json")

    assert store.read(tmp_path / "m.json") == minutes


def test_what_nobody_edited_is_replaced(tmp_path: Path) -> None:
    file = tmp_path / "m.json"
    store.save(meetings.team(), file)

    store.save(meetings.family(), file)

    assert store.read(file) == meetings.family()


def test_what_a_person_edited_is_left_as_it_is_unless_forced(tmp_path: Path) -> None:
    file = tmp_path / "m.json"
    store.save(meetings.team(), file)
    file.write_text(file.read_text().replace("Joon Lee", "Joon Li"))
    edited = file.read_bytes()

    with pytest.raises(MinutesError, match=r"m\.json was edited.*--force"):
        store.save(meetings.team(), file)
    assert file.read_bytes() == edited

    store.save(meetings.team(), file, force=True)
    assert store.read(file) == meetings.team()


def test_another_layout_is_no_edit(tmp_path: Path) -> None:
    file = tmp_path / "m.json"
    store.save(meetings.team(), file)
    file.write_text(json.dumps(json.loads(file.read_text()), sort_keys=True))

    store.save(meetings.family(), file)

    assert store.read(file) == meetings.family()


def test_a_file_of_the_first_version_is_read_and_replaced(tmp_path: Path) -> None:
    """As 0.1.0 wrote it: all but the number of the version, and so the digest, is the same."""
    file = tmp_path / "m.json"
    content = {**minutes_json.to_json(meetings.team()), "version": 1}
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"))
    digest = "sha256:" + hashlib.sha256(canonical.encode()).hexdigest()
    file.write_text(json.dumps({**content, "digest": digest}))

    assert not store.is_edited(file)
    assert store.read(file) == meetings.team()
    store.save(meetings.guessed(), file)

    assert store.read(file) == meetings.guessed()


def test_a_file_without_a_digest_counts_as_edited(tmp_path: Path) -> None:
    file = tmp_path / "m.json"
    file.write_text(json.dumps(minutes_json.to_json(meetings.team())))

    assert store.is_edited(file)


@pytest.mark.parametrize("text", ['{"my": "own file"}', "no JSON", '{"format": "bigvoice minutes", "version": 9}'])
def test_what_is_no_minutes_file_is_not_overwritten(text: str, tmp_path: Path) -> None:
    file = tmp_path / "m.json"
    file.write_text(text)

    with pytest.raises(MinutesError, match=r"left as it is.*--force"):
        store.save(meetings.team(), file)

    assert file.read_text() == text


def _changed(*path: str | int, to: Any) -> str:
    """A minutes file with one value changed; the value ... takes the key away."""
    content: Any = minutes_json.to_json(meetings.team())
    inner = content
    for key in path[:-1]:
        inner = inner[key]
    if to is ...:
        del inner[path[-1]]
    else:
        inner[path[-1]] = to
    return json.dumps(content)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "not valid JSON"),
        ('{"format": ', "not valid JSON"),
        ("[" * 100_000, "not valid JSON"),
        ("[]", "does not say"),
        ('{"format": "other"}', "does not say"),
        (_changed("version", to=5), "newer bigvoice.*update"),
        (_changed("version", to="1"), "version '1' of the format does not exist"),
        (_changed("title", to=...), "title is missing"),
        (_changed("title", to=7), "title is a whole number, where text belongs"),
        (_changed("agenda", to="Budget"), "agenda is text, where a list belongs"),
        (_changed("date", to="tomorrow"), "date: 'tomorrow' is not written as"),
        (_changed("speakers", 2, "number", to=True), r"speakers\[2\]\.number is true, where a whole number belongs"),
        (_changed("speakers", 0, "named_by", to="guess"), r"speakers\[0\]: named_by is"),
        (_changed("speakers", 0, to=None), r"speakers\[0\] is null, where an object belongs"),
        (_changed("utterances", 1, "start", to=12.5), r"utterances\[1\]: a span needs"),
        (_changed("utterances", 0, "words", 3, to=[0, 1, " x"]), r"utterances\[0\]\.words\[3\] has 3 values, where 4"),
        (_changed("utterances", 0, "words", 3, 3, to=1.5), r"utterances\[0\]\.words\[3\]: a word's probability"),
        (_changed("utterances", 0, "words", 3, 1, to=float("nan")), r"words\[3\]\[1\] is nan"),
        (_changed("utterances", 0, "end", to=10**400), r"utterances\[0\]\.end is inf"),
        (_changed("utterances", 0, "end", to=1e308), r"utterances\[0\]\.end is 1e\+308"),
        (_changed("utterances", 0, "speaker", to="s9"), "not listed"),
        (_changed("speakers", 0, "traits", to=[0.5, 0.5]), r"speakers\[0\]\.traits has 2 values, where 3"),
        (_changed("utterances", 0, "traits", to=[0.5, 0.9, 0]), r"utterances\[0\]\.traits: .*add up to 1"),
        (_changed("utterances", 1, "confidence", to=-1), r"utterances\[1\]: a confidence lies between"),
        (_changed("speakers", 1, "confidence", to=2), r"speakers\[1\]: a confidence lies between"),
        (_changed("source", "duration", to=...), r"source\.duration is missing"),
        (_changed("maker", "parts", 0, to=["one"]), r"maker\.parts\[0\] has 1 values"),
    ],
)
def test_a_broken_file_is_told_with_the_place(text: str, said: str, tmp_path: Path) -> None:
    file = tmp_path / "m.json"
    file.write_text(text)

    with pytest.raises(MinutesError, match=said) as caught:
        store.read(file)

    assert str(file) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    file = tmp_path / "m.json"
    file.write_bytes(b"\xff\xfe\x00")

    with pytest.raises(MinutesError, match="not valid JSON"):
        store.read(file)


def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    file = tmp_path / "m.json"
    file.write_text(store.dump(meetings.team()), encoding="utf-8-sig")

    assert store.read(file) == meetings.team()


def test_absent_file_and_folder(tmp_path: Path) -> None:
    with pytest.raises(MinutesError, match="No such file"):
        store.read(tmp_path / "absent.json")
    with pytest.raises(MinutesError, match="Is a directory"):
        store.read(tmp_path)
    with pytest.raises(MinutesError, match=r"there is no folder .*absent: create it"):
        store.save(meetings.team(), tmp_path / "absent" / "m.json")
    with pytest.raises(MinutesError, match="it is a folder: add a file name"):
        store.save(meetings.team(), tmp_path, force=True)


@pytest.mark.parametrize(
    ("code", "said"), [(errno.ENOSPC, "disk is full"), (errno.EROFS, "read-only"), (errno.EIO, "error")]
)
def test_a_failed_write_leaves_the_old_file_and_nothing_else(
    code: int, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "m.json"
    store.save(meetings.team(), file)
    before = file.read_bytes()

    def fail(_: int) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(whole_file.os, "fsync", fail)
    with pytest.raises(MinutesError, match=said):
        store.save(meetings.family(), file)

    assert file.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == ["m.json"]


def test_a_read_only_file_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "m.json"
    store.save(meetings.team(), file)
    monkeypatch.setattr(whole_file.os, "access", lambda *_: False)  # root may write where others may not

    with pytest.raises(MinutesError, match="read-only"):
        store.save(meetings.family(), file)

    assert store.read(file) == meetings.team()


def test_mode_and_links_are_kept(tmp_path: Path) -> None:
    file, link = tmp_path / "m.json", tmp_path / "link.json"
    store.save(meetings.team(), file)
    file.chmod(0o600)
    link.symlink_to(file)

    store.save(meetings.family(), link)

    assert link.is_symlink()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert store.read(file) == meetings.family()


def test_a_name_as_long_as_the_file_system_takes(tmp_path: Path) -> None:
    file = tmp_path / ("회" * 83 + ".json")

    store.save(meetings.team(), file)

    assert store.read(file) == meetings.team()


def test_what_cannot_be_read_is_kept_aside_when_minutes_are_made_again(tmp_path: Path) -> None:
    file = tmp_path / "m.json"
    file.write_text("{ a slip")

    with pytest.raises(MinutesError, match="not valid JSON"):
        store.save_anew(meetings.team(), file)
    store.save_anew(meetings.team(), file, force=True)

    assert store.read(file) == meetings.team()
    assert (tmp_path / "m.json.bak").read_text() == "{ a slip"


def test_corrections_of_another_recording_are_put_to_none(tmp_path: Path) -> None:
    file = tmp_path / "m.json"
    store.save(meetings.team(), file)
    MinutesFile(file).correct([Rename("s3", "Tom Ford")])
    before = file.read_bytes()
    other = replace(meetings.team(), source=replace(meetings.team().source, sha256="1" * 64))

    with pytest.raises(MinutesError, match=r"m\.json holds corrections of another recording"):
        store.save_anew(other, file)
    assert file.read_bytes() == before
    store.save_anew(other, file, force=True)

    assert store.read(file) == other
    assert (tmp_path / "m.json.bak").read_bytes() == before
