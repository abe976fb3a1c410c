from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bigvoice.documents import markdown, shares_table, text
from bigvoice.documents.shares_table import as_csv, as_json, bar, json_text, lines_of, parents_line, percents
from bigvoice.documents.wording import ENGLISH, KOREAN
from bigvoice.minutes.minutes import KNOWN, SUGGESTED, Maker, Minutes, Source, Speaker, Utterance
from bigvoice.minutes.shares import role_of, talk_shares
from bigvoice.settings import DocumentOptions
from tests import any_minutes, meetings
from tests.meetings import say


def minutes_of(utterances: Sequence[Utterance], duration: float, roles: dict[str, str] | None = None) -> Minutes:
    """Minutes of these utterances, with a speaker for each id; those with a role have a name."""
    roles = roles or {}
    ids = dict.fromkeys([*(u.speaker for u in utterances), *roles])
    voices = [
        Speaker(id_, i, id_.upper(), roles[id_], KNOWN, 0.9) if id_ in roles else Speaker(id_, i)
        for i, id_ in enumerate(ids, 1)
    ]
    return Minutes(Source("x.wav", "", duration), Maker("0"), speakers=tuple(voices), utterances=tuple(utterances))


def test_the_family_in_closed_form() -> None:
    shares = talk_shares(meetings.family())

    assert [row.seconds for row in shares.speakers] == [20, 10, 8, 2]
    assert [row.share for row in shares.speakers] == [0.5, 0.25, 0.2, 0.05]
    assert [row.turns for row in shares.speakers] == [2, 1, 2, 1]
    assert [row.longest for row in shares.speakers] == [10, 10, 4, 2]
    assert [row.words for row in shares.speakers] == [8, 4, 7, 1]
    assert (shares.duration, shares.silence, shares.overlap, shares.seconds) == (60, 24, 4, 40)


def test_the_role_of_a_suggested_name_counts_as_not_known() -> None:
    family = meetings.family()
    mother = replace(family.speakers[0], named_by=SUGGESTED, confidence=0.7)

    shares = talk_shares(replace(family, speakers=(mother, *family.speakers[1:])))

    assert [(row.role, row.seconds) for row in shares.by_role()] == [("father", 10), ("child", 8), (None, 22)]
    assert [row.role for row in shares.parents()] == ["father"]
    assert parents_line(shares, KOREAN) == ""
    assert lines_of(shares, "speaker", KOREAN)[0][0] == "김영희?"


def test_speech_is_counted_and_not_the_clock_between_first_and_last_word() -> None:
    shares = talk_shares(minutes_of([say(0, 1, "a"), say(10, 20, "b"), say(99, 100, "a")], 100))

    assert [row.seconds for row in shares.speakers] == [2, 10]


def test_a_turn_is_counted_without_its_pauses() -> None:
    shares = talk_shares(minutes_of([say(0, 2, "a"), say(50, 53, "a"), say(60, 61, "b")], 100))

    assert (shares.speakers[0].turns, shares.speakers[0].longest) == (1, 5)


def test_speaking_at_the_same_time_counts_for_each_and_once_as_overlap() -> None:
    # a |------------------|   b |------|   c     |------|   : two or more speak from 2 to 6
    shares = talk_shares(minutes_of([say(0, 9, "a"), say(2, 5, "b"), say(4, 6, "c")], 10))

    assert [row.seconds for row in shares.speakers] == [9, 3, 2]
    assert (shares.overlap, shares.silence) == (4, 1)
    assert sum(row.share for row in shares.speakers) == pytest.approx(1)


def test_a_speakers_own_overlapping_utterances_count_once() -> None:
    shares = talk_shares(minutes_of([say(0, 6, "a"), say(4, 8, "a")], 10))

    assert (shares.speakers[0].seconds, shares.overlap) == (8, 0)


def test_nobody_speaks() -> None:
    shares = talk_shares(meetings.empty())

    assert (shares.speakers, shares.silence, shares.overlap, shares.seconds) == ((), 2, 0, 0)
    assert shares.by_role() == shares.parents() == ()


def test_a_listed_speaker_who_says_nothing_has_no_share() -> None:
    (row,) = talk_shares(minutes_of([], 5, {"a": "chair"})).speakers

    assert (row.seconds, row.share, row.turns, row.longest, row.words) == (0, 0, 0, 0, 0)


def test_one_speaker_has_everything() -> None:
    shares = talk_shares(minutes_of([say(1, 2, "a")], 5))

    assert shares.speakers[0].share == 1
    assert [row.role for row in shares.by_role()] == [None]


def test_by_role_families_speak_every_language_and_the_unknown_come_last() -> None:
    utterances = [say(0, 1, "x"), say(1, 5, "son"), say(5, 7, "mum"), say(7, 8, "daughter")]
    roles = {"son": "아들", "mum": "Mum", "daughter": "child"}

    rows = talk_shares(minutes_of(utterances, 8, roles)).by_role()

    assert [(row.role, row.seconds, row.turns, row.longest) for row in rows] == [
        ("child", 5, 2, 4),
        ("mother", 2, 1, 2),
        (None, 1, 1, 1),
    ]
    assert [len(row.speakers) for row in rows] == [2, 1, 1]


def test_the_parents_among_themselves() -> None:
    mother, father = talk_shares(meetings.family()).parents()

    assert (mother.role, mother.share) == ("mother", pytest.approx(2 / 3))
    assert (father.role, father.share) == ("father", pytest.approx(1 / 3))


def test_one_parent_alone_and_no_parents() -> None:
    alone = talk_shares(minutes_of([say(0, 1, "a"), say(1, 5, "b")], 5, {"a": "dad"})).parents()

    assert [(row.role, row.share) for row in alone] == [("father", 1.0)]
    assert talk_shares(meetings.team()).parents() == ()


@pytest.mark.parametrize(
    ("written", "meant"), [("엄마", "mother"), (" DAD ", "father"), ("자녀", "child"), ("Chair", "Chair"), (" ", None)]
)
def test_roles(written: str, meant: str | None) -> None:
    assert role_of(Speaker("s", 1, "N", written, KNOWN)) == meant


centiseconds = st.tuples(st.integers(0, 300), st.integers(0, 300), st.sampled_from("abc"))


@given(st.lists(centiseconds, max_size=12))
@settings(deadline=None, max_examples=60)
def test_against_a_grid_of_10_ms(cells: list[tuple[int, int, str]]) -> None:
    grid = {who: np.zeros(300, dtype=bool) for who in "abc"}
    for start, end, who in cells:
        grid[who][min(start, end) : max(start, end)] = True
    speaking = np.sum(list(grid.values()), axis=0)
    utterances = sorted((say(min(a, b) / 100, max(a, b) / 100, who) for a, b, who in cells), key=lambda u: u.span)

    shares = talk_shares(minutes_of(utterances, 3.0))

    for row in shares.speakers:
        assert row.seconds == pytest.approx(grid[row.speakers[0].id].sum() / 100, abs=1e-9)
        assert row.share == pytest.approx(grid[row.speakers[0].id].sum() / max(1, speaking.sum()), abs=1e-9)
    assert shares.silence == pytest.approx((speaking == 0).sum() / 100, abs=1e-9)
    assert shares.overlap == pytest.approx((speaking > 1).sum() / 100, abs=1e-9)


@given(any_minutes.minutes())
@settings(deadline=None, max_examples=60)
def test_laws(minutes: Minutes) -> None:
    shares = talk_shares(minutes)

    total = sum(row.share for row in shares.speakers)
    assert total == pytest.approx(1) if shares.seconds > 0 else total == 0
    for by in "speaker", "role":
        rows = shares_table.rows_by(shares, by)
        assert sum(row.seconds for row in rows) == pytest.approx(shares.seconds)
        assert sum(percents([row.share for row in rows])) == (100 if shares.seconds > 0 else 0)
        json.loads(json_text(shares, KOREAN, by=by))
        assert len(list(csv.reader(io.StringIO(as_csv(shares, ENGLISH, by=by))))) == len(rows) + 3


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=9).filter(lambda parts: sum(parts) > 0))
@settings(deadline=None, max_examples=100)
def test_percents_add_up_and_are_never_off_by_one(parts: list[float]) -> None:
    exact = [part / sum(parts) for part in parts]

    shown = percents(exact)

    assert sum(shown) == 100
    assert all(abs(percent - 100 * share) < 1 + 1e-6 for percent, share in zip(shown, exact, strict=True))


def test_bars_have_one_width_and_show_the_smallest_share() -> None:
    assert [bar(share, 4) for share in (0, 0.001, 0.5, 1)] == ["░░░░", "█░░░", "██░░", "████"]


def test_csv_by_role_is_one_that_spreadsheets_open() -> None:
    text = as_csv(talk_shares(meetings.family()), KOREAN, by="role")

    assert text.startswith("\ufeffname,")
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert [(row["name"], row["seconds"], row["share"], row["share_of_parents"]) for row in rows] == [
        ("어머니", "20.0", "0.5", "0.6667"),
        ("아버지", "10.0", "0.25", "0.3333"),
        ("아이", "8.0", "0.2", ""),
        ("미상", "2.0", "0.05", ""),
        ("무음", "24.0", "", ""),
        ("동시 발언", "4.0", "", ""),
    ]


def test_csv_runs_no_formula() -> None:
    minutes = meetings.team().rename("s3", '=HYPERLINK("http://x")', "@role")

    text = as_csv(talk_shares(minutes), ENGLISH)

    rows = list(csv.reader(io.StringIO(text)))
    assert rows[3][0] == '\'=HYPERLINK("http://x")'
    assert rows[3][2] == "'@role"


@pytest.mark.parametrize("silent", [False, True])
def test_one_parent_has_no_share_of_parents_for_programs(silent: bool) -> None:
    roles = {"a": "mother", "b": "father"} if silent else {"a": "mother"}
    shares = talk_shares(minutes_of([say(0, 3, "a"), say(3, 4, "c")], 5, roles))

    rows = list(csv.DictReader(io.StringIO(as_csv(shares, ENGLISH, by="role").removeprefix("\ufeff"))))

    assert {row["share_of_parents"] for row in rows} == {""}
    assert as_json(shares, ENGLISH, by="role")["parents"] == {}
    assert parents_line(shares, ENGLISH) == ""


def test_json_holds_exact_numbers() -> None:
    found = as_json(talk_shares(meetings.family()), ENGLISH, by="role")

    assert (found["speech"], found["silence"], found["overlap"]) == (40, 24, 4)
    assert found["parents"] == {"mother": 2 / 3, "father": 1 / 3}
    assert found["rows"][3]["name"] == "not known"


def test_lines_for_the_screen() -> None:
    shares = talk_shares(meetings.family())

    assert lines_of(shares, "role", ENGLISH)[1] == ("father", "██░░░░░░░░  25 %", "10 s", "1", "10 s", "4")
    assert parents_line(shares, ENGLISH) == "Of what the parents said: mother 67 %, father 33 %"
    assert parents_line(talk_shares(meetings.team()), ENGLISH) == ""


def test_a_parent_alone_has_no_ratio():
    family = meetings.family()
    unknown_mother = replace(family, speakers=(Speaker("s1", 1), *family.speakers[1:]))

    assert parents_line(talk_shares(unknown_mother), ENGLISH) == ""
    for document in (text.render, markdown.render):
        assert ENGLISH.parents in (told := document(unknown_mother, DocumentOptions(language="en")))
        assert ENGLISH.among_parents not in told
