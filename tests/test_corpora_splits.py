from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bigvoice.corpora.manifest import Entry
from bigvoice.corpora.splits import DEV, FOLDERS, TEST, TRAIN, Groups, Placing, assign, by_hash
from bigvoice.errors import CorpusError

HOURS = st.dictionaries(st.text(min_size=1, max_size=4), st.floats(0.01, 50), min_size=3, max_size=40)
SHARES = st.fixed_dictionaries({TEST: st.floats(0.01, 0.4), DEV: st.floats(0.01, 0.4)})


def placed(entries: list[Entry], shares: dict[str, float]) -> dict[str, list[Entry]]:
    groups = Groups()
    list(groups.watch(entries))
    place, parts = Placing(groups, shares), {TRAIN: [], DEV: [], TEST: []}
    for entry in entries:
        parts[place(entry)].append(entry)
    return parts


@settings(max_examples=50)
@given(st.lists(st.tuples(st.sampled_from("abcdefgh"), st.floats(0.1, 9)), min_size=1, max_size=60), SHARES)
def test_no_speaker_is_in_two_parts(spoken, shares):
    entries = [Entry(Path(f"/{i}.wav"), "x", seconds, who) for i, (who, seconds) in enumerate(spoken)]
    if len({who for who, _ in spoken}) < 3:
        with pytest.raises(CorpusError, match=r"too few speakers .* for 3 parts"):
            placed(entries, shares)
        return

    speakers = [{entry.speaker for entry in part} for part in placed(entries, shares).values()]

    assert all(speakers)
    assert sum(map(len, speakers)) == len(set.union(*speakers))


@settings(max_examples=30)
@given(HOURS, SHARES)
def test_every_group_has_one_part_whatever_the_order(hours, shares):
    found = assign(hours, shares)

    assert found.keys() == hours.keys()
    assert set(found.values()) == {TRAIN, DEV, TEST}
    assert assign(dict(sorted(hours.items())), shares) == assign(dict(reversed(hours.items())), shares) == found


@settings(max_examples=50)
@given(st.dictionaries(st.text(min_size=1, max_size=4), st.floats(0.5, 1), min_size=20, max_size=40), SHARES)
def test_a_share_is_missed_by_at_most_half_of_the_smallest_group(hours, shares):
    found = assign(hours, {TEST: shares[TEST]})

    got = sum(length for group, length in hours.items() if found[group] == TEST)
    smallest_left = min(length for group, length in hours.items() if found[group] == TRAIN)
    one = min(hours.values())  # a part has at least one
    assert abs(got - shares[TEST] * sum(hours.values())) <= max(smallest_left / 2, one) + 1e-9


def test_of_four_speakers_one_with_most_of_the_hours_learns():
    found = assign({"whale": 9.0, "a": 1.0, "b": 1.0, "c": 1.0}, {TEST: 0.1, DEV: 0.1})

    assert found["whale"] == TRAIN
    assert sorted(found.values()) == [DEV, TEST, TRAIN, TRAIN]


def test_parts_that_are_not_wanted_get_nothing():
    assert assign({"a": 1.0}, {TEST: 0.0, DEV: 0.0}) == {"a": TRAIN}


def test_too_few_speakers_are_told_with_a_way_out():
    with pytest.raises(CorpusError, match=r"too few speakers \(1\) for 2 parts.*--dev 0"):
        assign({"a": 1.0}, {DEV: 0.1})


def test_by_the_hash_alone_shares_come_near():
    places = [by_hash(f"{i}.wav", {TEST: 0.1, DEV: 0.2}) for i in range(20_000)]

    assert places.count(TEST) / len(places) == pytest.approx(0.1, abs=0.01)
    assert places.count(DEV) / len(places) == pytest.approx(0.2, abs=0.01)


def nobodys(n_folders: int, each: int) -> list[Entry]:
    return [Entry(Path(f"/c/{f}/{i}.wav"), "x", 1.0) for f in range(n_folders) for i in range(each)]


def test_of_recordings_without_a_speaker_a_folder_stays_together():
    parts = placed(nobodys(FOLDERS, 5), {TEST: 0.1, DEV: 0.1})

    folders = [{entry.path.parent for entry in part} for part in parts.values()]
    assert sum(map(len, folders)) == FOLDERS
    assert len(parts[TEST]) == len(parts[DEV]) == 5


def test_where_there_are_few_folders_each_recording_goes_by_itself():
    parts = placed(nobodys(1, 1000), {TEST: 0.1, DEV: 0.1})

    assert len(parts[TEST]) == pytest.approx(100, abs=40)
    assert sum(map(len, parts.values())) == 1000


def test_what_recordings_without_a_speaker_go_by_is_said():
    few, many, known = Groups(), Groups(), Groups()
    list(few.watch(nobodys(1, 3)))
    list(many.watch(nobodys(FOLDERS, 1)))
    list(known.watch([Entry(Path("a.wav"), "x", 1.0, "mina")]))

    assert "3 recordings have no speaker: each went by itself" in few.grouping
    assert "each went by its folder" in many.grouping
    assert known.grouping == ""
