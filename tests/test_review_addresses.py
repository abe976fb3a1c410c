"""Where the review of a minutes file was last, and for how long that is known."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from bigvoice.review import addresses
from bigvoice.review.addresses import KEPT_DAYS, Address, known, new_token

DAY = 86400


@pytest.fixture
def minutes(tmp_path: Path) -> Path:
    path = tmp_path / "회의 1.json"
    path.touch()
    return path


def kept(home: Path) -> list[Path]:
    return sorted((home / ".local/state/bigvoice/reviews").iterdir())


def aged(file: Path, days: float) -> None:
    then = file.stat().st_mtime - days * DAY
    os.utime(file, (then, then))


def test_an_address_is_kept_for_the_minutes_by_whatever_way_they_are_named(
    minutes: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = Address(40123, new_token())

    addresses.keep(minutes, address)
    monkeypatch.chdir(minutes.parent)

    assert known(Path(minutes.name)) == address
    assert known(minutes.with_name("other.json")) is None
    (file,) = kept(home)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_it_is_forgotten_after_a_while_and_with_the_minutes(minutes: Path, home: Path) -> None:
    addresses.keep(minutes, Address(40123, new_token()))
    aged(kept(home)[0], KEPT_DAYS - 1)
    assert known(minutes)
    aged(kept(home)[0], 2)
    assert known(minutes) is None

    gone = minutes.with_name("gone.json")
    gone.touch()
    addresses.keep(gone, Address(40124, new_token()))
    gone.unlink()
    addresses.keep(minutes.with_name("new.json"), Address(40125, new_token()))

    assert kept(home) == []  # the last one's minutes are not there, either


@pytest.mark.parametrize(
    "text",
    ["", "{}", "[1]", '{"port": "1", "token": "x"}', '{"port": 70000, "token": "%s"}' % ("t" * 32), '{"port": 1}'],
)
def test_a_file_that_makes_no_sense_is_as_none(minutes: Path, home: Path, text: str) -> None:
    addresses.keep(minutes, Address(40123, new_token()))
    kept(home)[0].write_text(text)

    assert known(minutes) is None
    addresses.keep(minutes, address := Address(40126, new_token()))
    assert known(minutes) == address


def test_a_state_folder_that_cannot_be_written_costs_only_the_address(minutes: Path, home: Path) -> None:
    (home / ".local").write_text("a file")

    addresses.keep(minutes, Address(40123, new_token()))

    assert known(minutes) is None


def test_nobody_there_gives_no_ticket() -> None:
    assert Address(1, new_token()).ticket() is None
