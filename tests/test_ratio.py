"""The talk ratio: its figures, its intervals, what could not be told; and how formats for programs show it."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import pytest
from hypothesis import given, settings

from bigvoice.documents.ratio_table import as_csv, as_json, json_text
from bigvoice.documents.ratio_view import RatioView, among_line, ratio_view
from bigvoice.documents.ratio_wording import ENGLISH as ENGLISH_RATIO
from bigvoice.documents.ratio_wording import KOREAN as KOREAN_RATIO
from bigvoice.documents.ratio_wording import RatioWording
from bigvoice.documents.wording import ENGLISH, KOREAN, Wording
from bigvoice.minutes.doubt import CERTAIN
from bigvoice.minutes.family import BESIDE, CRUMBS, EITHER, NOBODY, SEVERAL, UNDIVIDED, family_of
from bigvoice.minutes.minutes import Maker, Minutes
from bigvoice.minutes.ratio import (
    LITTLE,
    LITTLE_S,
    NO_CHILD,
    NO_SPEECH,
    ONE_PARENT,
    ONLY_CHILDREN,
    Estimate,
    TalkRatio,
    talk_ratio,
)
from bigvoice.minutes.shares import talk_shares
from tests import any_minutes, meetings
from tests.families import CHILD, MAN, WOMAN, talk


def seen(minutes: Minutes, words: Wording = ENGLISH, ratio: TalkRatio | None = None) -> RatioView:
    return ratio_view(minutes, ratio or talk_ratio(minutes), words)


def told(ratio: TalkRatio) -> list[str]:
    return [remark.what for remark in ratio.remarks]


# --- figures ---


def test_the_figures_are_those_of_the_shares() -> None:
    ratio = talk_ratio(meetings.family())

    assert [(p.place.role, p.seconds, p.share.value, p.turns) for p in ratio.parts] == [
        ("mother", 20, 0.5, 2),
        ("father", 10, 0.25, 1),
        ("child", 8, 0.2, 2),
        (None, 2, 0.05, 1),
    ]
    assert [p.among and p.among.value for p in ratio.parts] == [pytest.approx(2 / 3), pytest.approx(1 / 3), None, None]
    assert ratio.remarks == ()
    assert not ratio.guessed


def test_one_parent_has_no_ratio() -> None:
    ratio = talk_ratio(talk({"a": 60, "b": 30}, a="mother", b="child"))

    assert all(part.among is None for part in ratio.parts)
    assert told(ratio) == [ONE_PARENT]


def test_a_second_parent_who_says_nothing_makes_no_ratio() -> None:
    minutes = talk({"a": 60, "b": 30, "c": 20}, a="mother", b="child", c="father")
    silent = replace(minutes, utterances=tuple(u for u in minutes.utterances if u.speaker != "c"))

    ratio = talk_ratio(silent)

    assert [part.among for part in ratio.parts if part.place.role == "mother"] == [None]
    assert told(ratio) == [ONE_PARENT]


def test_two_mothers_are_compared() -> None:
    minutes = talk({"a": 60, "b": 30, "c": 10}, a=WOMAN, b=WOMAN, c=CHILD)

    view = seen(minutes, ratio=talk_ratio(minutes, family_of(minutes, {"a": None, "b": None})))

    assert [(row.role, row.among) for row in view.rows[:2]] == [
        ("parent (Speaker 1)", "67 %"),
        ("parent (Speaker 2)", "33 %"),
    ]
    assert "not known of a parent (Speaker 1, Speaker 2)" in view.remarks[-1]


# --- intervals ---


def test_what_is_certain_has_no_width() -> None:
    ratio = talk_ratio(talk({"a": 60, "b": 30, "c": 10}, a="mother", b="father", c="child"), model=CERTAIN)

    for part in ratio.parts:
        assert part.share.low == pytest.approx(part.share.high)
    assert ratio.parts[0].among.low == pytest.approx(ratio.parts[0].among.high) == pytest.approx(2 / 3)


def test_a_longer_meeting_of_the_same_people_is_surer() -> None:
    widths = []
    for turns in (5, 20, 80):
        minutes = talk({"a": 6.0 * turns, "b": 3.0 * turns, "c": 1.0 * turns}, turns, a="mother", b="father", c="child")
        mother = talk_ratio(minutes).parts[0].share
        widths.append(mother.high - mother.low)

    assert widths[0] > 1.3 * widths[1] > 1.3**2 * widths[2]


def test_a_guess_is_less_sure_than_what_is_told() -> None:
    seconds = {"a": 60.0, "b": 30.0, "c": 30.0}
    (guess, *_), (known, *_) = (
        talk_ratio(talk(seconds, **who)).parts
        for who in ({"a": WOMAN, "b": MAN, "c": None}, {"a": "mother", "b": "father", "c": "child"})
    )

    assert guess.guessed
    assert not known.guessed
    assert guess.share.high - guess.share.low > 1.3 * (known.share.high - known.share.low)


def test_a_voice_that_may_be_hers_widens_the_mothers_share_upwards() -> None:
    parts = talk_ratio(talk({"a": 60, "b": 40, "c": 30}, a="mother", b="father", c=WOMAN)).parts

    mother = parts[0].share
    assert mother.value == pytest.approx(60 / 130)
    assert mother.low == pytest.approx(mother.value, abs=0.08)
    assert mother.high > 85 / 130


def test_of_two_women_the_mother_has_no_share_but_an_interval() -> None:
    minutes = talk({"a": 60, "b": 40, "c": 30}, a=WOMAN, b=WOMAN, c=CHILD)
    ratio = talk_ratio(minutes)

    mother = ratio.parts[0]
    assert (mother.place.role, mother.speakers, mother.share.value) == ("mother", (), 0)
    assert mother.share.high > 0.6
    assert (seen(minutes).rows[0].share, seen(minutes).rows[0].time) == ("–", "")


@given(any_minutes.minutes())
@settings(max_examples=60)
def test_laws(minutes: Minutes) -> None:
    ratio, shares = talk_ratio(minutes), talk_shares(minutes)

    assert sum(p.share.value for p in ratio.parts) == pytest.approx(1 if shares.seconds else 0)
    assert sum(p.seconds for p in ratio.parts) == pytest.approx(shares.seconds)
    assert sum(p.turns for p in ratio.parts) == sum(row.turns for row in shares.speakers)
    assert sorted(s.id for p in ratio.parts for s in p.speakers) == sorted(s.id for s in minutes.speakers)
    for estimate in (e for p in ratio.parts for e in (p.share, p.among) if e):
        assert 0 <= estimate.low <= estimate.value <= estimate.high <= 1 + 1e-9
    among = [p.among.value for p in ratio.parts if p.among]
    assert not among or (len(among) >= 2 and sum(among) == pytest.approx(1))
    for words in (ENGLISH, KOREAN):
        view = seen(minutes, words, ratio)
        json.loads(json_text(ratio, view))
        assert all("\n" not in remark for remark in view.remarks)


# --- what could not be told ---


def test_almost_no_speech() -> None:
    ratio = talk_ratio(talk({"a": LITTLE_S / 2, "b": 5, "c": 5}, a="mother", b="father", c="child"))

    assert told(ratio) == [LITTLE]
    assert seen(talk({"a": 9}, a="mother")).remarks[0] == (
        "There is only 9 s of speech: too little for the shares to mean much."
    )


def test_no_speech_at_all() -> None:
    ratio = talk_ratio(meetings.empty())

    assert (ratio.parts, ratio.course, ratio.following) == ((), (), ())
    assert told(ratio) == [NO_SPEECH]


def test_no_child() -> None:
    assert told(talk_ratio(talk({"a": 60, "b": 30}, a="mother", b="father"))) == [NO_CHILD]


def test_only_children() -> None:
    assert told(talk_ratio(talk({"a": 60, "b": 30}, a=CHILD, b="아들"))) == [ONLY_CHILDREN]


def test_nobodys_voice_is_told() -> None:
    minutes = talk({"a": 60, "b": 30}, a=None, b=None)

    view = seen(minutes)

    assert told(talk_ratio(minutes)) == [NOBODY]
    assert [(row.role, row.share, row.range) for row in view.rows] == [("not known", "100 %", "")]
    assert (view.known, view.course, view.following, view.notes) == (False, (), (), ())


def test_voices_that_were_not_told_apart() -> None:
    assert told(talk_ratio(replace(talk({"a": 60}, a=None), maker=Maker("0")))) == [UNDIVIDED]


def test_every_remark_is_a_sentence_in_both_languages() -> None:
    kinds = {NO_SPEECH, LITTLE, ONE_PARENT, ONLY_CHILDREN, NO_CHILD}
    kinds |= {NOBODY, SEVERAL, CRUMBS, BESIDE, EITHER, UNDIVIDED}

    for wording in (ENGLISH_RATIO, KOREAN_RATIO):
        assert set(wording.remarks) == kinds
        assert all(said.endswith(".") for said in wording.remarks.values())


@pytest.mark.parametrize("name", [name for name in RatioWording.__slots__ if name not in ("remarks", "a_kind")])
def test_both_languages_fill_the_same_patterns(name: str) -> None:
    english, korean = getattr(ENGLISH_RATIO, name), getattr(KOREAN_RATIO, name)

    assert english.strip()
    assert korean.strip()
    assert english.count("{") == korean.count("{")


# --- as it is read ---


def test_a_guess_is_shown_as_one() -> None:
    minutes = talk({"a": 60, "b": 30, "c": 10}, a="mother", b=MAN, c=CHILD)

    english, korean = seen(minutes), seen(minutes, KOREAN)

    assert [row.role for row in english.rows] == ["mother", "father (guess)", "child (guess)"]
    assert [row.role for row in korean.rows] == ["어머니", "아버지(추정)", "아이(추정)"]
    assert [row.short for row in english.rows] == ["mother", "father?", "child?"]
    assert english.notes[-1].startswith("A guess was made from the sound of the voice")
    assert len(seen(meetings.family()).notes) == 1


def test_the_line_between_the_parents() -> None:
    view = seen(meetings.family())

    assert among_line(view).startswith("Of what the parents said: mother 67 % (")
    assert among_line(seen(talk({"a": 60}, a="mother"))) == ""


@pytest.mark.parametrize(
    ("estimate", "said"), [((0.5, 0.449, 0.5701), "44–58 %"), ((0.3, 0.29, 0.3), "29–30 %"), ((1, 1, 1), "100–100 %")]
)
def test_nothing_of_an_interval_is_cut_off(estimate: tuple[float, float, float], said: str) -> None:
    assert ENGLISH_RATIO.range(Estimate(*estimate)) == said


def test_who_speaks_next_in_percent_of_a_row() -> None:
    mother, father, child = seen(meetings.family()).following

    assert (mother.role, mother.turns, mother.counts) == ("mother", 2, (0, 0, 1, 1))
    assert mother.shares == ("0 %", "0 %", "50 %", "50 %")
    assert (father.counts, child.counts) == ((0, 0, 1, 0), (0, 1, 0, 0))


def test_the_course_has_the_hour_only_where_there_is_one() -> None:
    short = talk({"a": 200, "b": 100}, a="mother", b="father")
    long = talk({"a": 3000, "b": 1500}, a="mother", b="father")

    assert seen(short).course[1].clock == "01:00–02:00"
    assert seen(long).course[1].clock == "00:05:00–00:10:00"


# --- for programs ---


def test_json_has_what_the_page_has_with_exact_numbers() -> None:
    minutes = talk({"a": 60, "b": 40, "c": 30}, a=WOMAN, b=WOMAN, c="child")
    ratio = talk_ratio(minutes)

    found = as_json(ratio, seen(minutes))

    mother, child, unknown = found["rows"]
    assert (mother["role"], mother["speakers"], mother["share"]["value"]) == ("mother", [], None)
    assert (child["name"], child["guessed"], child["share"]["value"]) == ("child", False, pytest.approx(30 / 130))
    assert (unknown["role"], unknown["speakers"], unknown["seconds"]) == (None, ["a", "b"], pytest.approx(100))
    assert [row["share_of_parents"] for row in found["rows"]] == [None, None, None]
    assert sum(stretch["seconds"]["child"] for stretch in found["course"]) == pytest.approx(30)
    assert found["next"][0] == {"after": "child", "turns": 9, "counts": {"mother": 0, "child": 0, "not known": 9}}
    assert found["intervals_hold"] == 0.8
    assert "several women's voices (Speaker 1, Speaker 2)" in found["remarks"][0]


def test_csv_is_three_tables_that_spreadsheets_open() -> None:
    minutes = meetings.family()
    ratio = talk_ratio(minutes)

    text = as_csv(ratio, seen(minutes, KOREAN, ratio))

    assert text.startswith("\ufefftable,name,")
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    shares = [row for row in rows if row["table"] == "shares"]
    assert [(row["name"], row["seconds"], row["share"], row["share_of_parents"]) for row in shares] == [
        ("어머니", "20.0", "0.5", "0.6667"),
        ("아버지", "10.0", "0.25", "0.3333"),
        ("아이", "8.0", "0.2", ""),
        ("미상", "2.0", "0.05", ""),
    ]
    assert all(float(row["low"]) <= float(row["share"]) <= float(row["high"]) for row in shares)
    course = [row for row in rows if row["table"] == "course" and row["start"] == "0.0"]
    assert [(row["name"], row["seconds"]) for row in course][:3] == [
        ("어머니", "10.0"),
        ("아버지", "10.0"),
        ("아이", "8.0"),
    ]
    after = {(row["name"], row["next"]): row["turns"] for row in rows if row["table"] == "next"}
    assert (after["어머니", "아이"], after["아이", "어머니"]) == ("1", "0")


def test_csv_runs_no_formula() -> None:
    minutes = meetings.family().rename("s3", "=1+1", "@child")
    ratio = talk_ratio(minutes)

    rows = list(csv.DictReader(io.StringIO(as_csv(ratio, seen(minutes, ENGLISH, ratio)))))

    assert "'@child" in [row["name"] for row in rows]
