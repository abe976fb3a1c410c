from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bigvoice.errors import MinutesError
from bigvoice.minutes.family import (
    ASTRAY,
    BESIDE,
    CRUMB,
    CRUMBS,
    EITHER,
    NOBODY,
    NOT_KNOWN,
    SEVERAL,
    SURE,
    UNDIVIDED,
    Family,
    Place,
    family_of,
    family_told,
    parents_named,
)
from bigvoice.minutes.minutes import KNOWN, SUGGESTED, Maker, Minutes, Speaker
from bigvoice.traits import Traits
from tests import any_minutes, meetings
from tests.families import CHILD, MAN, UNSURE, WOMAN, talk


def roles(family: Family) -> dict[str, str | None]:
    return {member.speaker.id: member.place.role for member in family.members}


def chance(family: Family, speaker: str, role: str | None) -> float:
    (member,) = (m for m in family.members if m.speaker.id == speaker)
    return sum(p for place, p in member.chances.items() if place.role == role)


def remarks(family: Family) -> list[tuple[str, str, list[str]]]:
    return [(r.what, r.role, [s.id for s in r.speakers]) for r in family.remarks]


def test_roles_that_somebody_gave_are_told_and_certain() -> None:
    family = family_of(talk({"a": 9, "b": 5, "c": 2, "d": 1}, a="엄마", b="father", c="Child", d="grandmother"))

    assert roles(family) == {"a": "mother", "b": "father", "c": "child", "d": "grandmother"}
    assert not any(member.guessed for member in family.members)
    assert all(member.chances == {member.place: 1.0} for member in family.members)
    assert family.remarks == ()


def test_without_them_the_voices_tell_and_that_is_a_guess() -> None:
    family = family_of(talk({"a": 9, "b": 5, "c": 2}, a=WOMAN, b=MAN, c=CHILD))

    assert roles(family) == {"a": "mother", "b": "father", "c": "child"}
    assert all(member.guessed for member in family.members)
    assert chance(family, "a", "mother") == pytest.approx(0.97)
    assert family.remarks == ()


def test_a_meeting_is_no_family_because_its_voices_were_asked() -> None:
    board = family_told(talk({"a": 9, "b": 5}, a=WOMAN, b=MAN))
    home = family_told(talk({"a": 9, "b": 5, "c": 2}, a=WOMAN, b=MAN, c="child"))

    assert not board.knows_anybody
    assert roles(home) == {"a": "mother", "b": "father", "c": "child"}


def test_a_told_role_wins_over_what_the_voice_sounds_like() -> None:
    minutes = talk({"a": 9, "b": 5}, a="father", b="mother")
    low_mother = tuple(replace(s, traits=WOMAN if s.id == "a" else MAN) for s in minutes.speakers)

    family = family_of(replace(minutes, speakers=low_mother))

    assert roles(family) == {"a": "father", "b": "mother"}
    assert not any(member.guessed for member in family.members)


def test_the_name_of_a_recognised_voice_is_as_sure_as_its_probability() -> None:
    minutes = talk({"a": 9}, a="mother")
    recognised = replace(minutes.speakers[0], named_by=KNOWN, confidence=0.96)

    family = family_of(replace(minutes, speakers=(recognised,)))

    assert chance(family, "a", "mother") == pytest.approx(0.96)
    assert chance(family, "a", None) == pytest.approx(0.04)


def test_a_voice_that_may_be_a_womans_or_a_childs_is_not_known() -> None:
    family = family_of(talk({"a": 9, "b": 5}, a=UNSURE, b=MAN))

    assert roles(family) == {"a": None, "b": "father"}
    assert chance(family, "a", "mother") == pytest.approx(0.5)
    assert chance(family, "a", "child") == pytest.approx(0.4)


@pytest.mark.parametrize(("sure", "role"), [(SURE + 0.01, "mother"), (SURE - 0.01, None)])
def test_a_guess_is_as_sure_as_the_intervals(sure: float, role: str | None) -> None:
    family = family_of(talk({"a": 9, "b": 5}, a=Traits(sure, 1 - sure, 0.0), b=CHILD))

    assert roles(family)["a"] == role


def test_of_two_women_nobody_is_made_the_mother() -> None:
    family = family_of(talk({"a": 9, "b": 5, "c": 4}, a=WOMAN, b=WOMAN, c=CHILD))

    assert roles(family) == {"a": None, "b": None, "c": "child"}
    assert remarks(family) == [(SEVERAL, "mother", ["a", "b"])]
    assert chance(family, "a", "mother") == pytest.approx(0.97 * ASTRAY)


def test_two_men_are_told_as_well() -> None:
    family = family_of(talk({"a": 9, "b": 5, "c": 4}, a=MAN, b=MAN, c=CHILD))

    assert remarks(family) == [(SEVERAL, "father", ["a", "b"])]


def test_a_crumb_beside_the_mother_is_said_and_no_part_of_hers() -> None:
    family = family_of(talk({"a": 10, "b": 10 * CRUMB - 0.1, "c": 4}, a=WOMAN, b=WOMAN, c=CHILD))

    assert roles(family) == {"a": "mother", "b": None, "c": "child"}
    assert remarks(family) == [(CRUMBS, "mother", ["b"])]
    assert chance(family, "b", "mother") == pytest.approx(0.97 * ASTRAY)


def test_an_aunt_beside_an_enrolled_mother_is_not_added_to_her() -> None:
    family = family_of(talk({"a": 5, "b": 9}, a="mother", b=WOMAN))

    assert roles(family) == {"a": "mother", "b": None}
    assert remarks(family) == [(BESIDE, "mother", ["b"])]


def test_children_are_all_children() -> None:
    family = family_of(talk({"a": 5, "b": 9}, a=CHILD, b=CHILD))

    assert roles(family) == {"a": "child", "b": "child"}
    assert family.places[0] == Place("mother")  # a woman's voice is not excluded


def test_nothing_is_known_of_a_voice() -> None:
    family = family_of(talk({"a": 9, "b": 5}, a="mother", b=None))

    assert roles(family)["b"] is None
    assert chance(family, "b", None) == pytest.approx(1 - ASTRAY)
    assert chance(family, "b", "mother") == chance(family, "b", "father") == chance(family, "b", "child") > 0


def test_a_meeting_is_no_family() -> None:
    family = family_of(meetings.team())

    assert not family.knows_anybody
    assert remarks(family) == [(NOBODY, "", [])]
    assert chance(family, "s3", None) == 1


def test_voices_that_were_not_told_apart() -> None:
    everybody = replace(talk({"a": 9}, a=WOMAN), maker=Maker("0"))

    family = family_of(everybody)

    assert roles(family) == {"a": None}
    assert remarks(family) == [(UNDIVIDED, "", [])]


@pytest.mark.parametrize(("probability", "role"), [(0.95, "mother"), (0.7, None)])
def test_the_role_of_a_suggested_name_is_a_guess_where_it_is_sure_enough(probability: float, role: str | None) -> None:
    minutes = talk({"a": 9, "b": 5}, a="mother", b="father")
    suggested = replace(minutes.speakers[0], named_by=SUGGESTED, confidence=probability)

    (member, _) = family_of(replace(minutes, speakers=(suggested, minutes.speakers[1]))).members

    assert (member.place.role, member.guessed) == (role, role is not None)
    assert member.chances[Place("mother")] == pytest.approx(probability)


# --- --parents ---


def test_parents_by_name_number_and_id() -> None:
    minutes = talk({"a": 9, "b": 5, "c": 2}, a="chair", b=None, c=None)

    assert parents_named(minutes, "A, speaker 2") == {"a": None, "b": None}
    assert parents_named(minutes, "참석자 2=아빠, c = mother", ["참석자 {number}"]) == {"b": "father", "c": "mother"}
    assert parents_named(minutes, "") == {}
    assert parents_named(meetings.guessed(), "Mina Park, joon lee=mother") == {"s1": None, "s2": "mother"}
    assert parents_named(meetings.guessed(), "Mina Park?") == {"s1": None}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Bob", "no 'Bob' among the speakers, who could be a parent: there is A, Speaker 2"),
        ("A=aunt", "'A=aunt': a parent is a mother or a father, as in 'A=mother'"),
        ("A=child", "'A=child': a parent is a mother or a father"),
    ],
)
def test_parents_who_are_none(text: str, said: str) -> None:
    with pytest.raises(MinutesError) as error:
        parents_named(talk({"a": 9, "b": 5}, a="chair", b=None), text)

    assert said in str(error.value)
    assert "\n" not in str(error.value)


def test_two_mothers_have_a_place_each() -> None:
    family = family_of(talk({"a": 9, "b": 5, "c": 3}, a=WOMAN, b=WOMAN, c=CHILD), {"a": None, "b": None})

    assert [member.place for member in family.members] == [Place("parent", "a"), Place("parent", "b"), Place("child")]
    assert remarks(family) == [(EITHER, "parent", ["a", "b"])]


def test_named_parents_whose_voices_differ_are_mother_and_father_and_that_is_a_guess() -> None:
    family = family_of(talk({"a": 9, "b": 5, "c": 9}, a=MAN, b=WOMAN, c=WOMAN), {"a": None, "b": None})

    assert roles(family) == {"a": "father", "b": "mother", "c": None}
    assert [member.guessed for member in family.members] == [True, True, False]


def test_named_parents_with_roles_are_told() -> None:
    family = family_of(talk({"a": 9, "b": 5, "c": 7}, a=None, b=None, c=MAN), {"a": "mother", "b": "father"})

    assert roles(family) == {"a": "mother", "b": "father", "c": None}
    assert not family.members[0].guessed


def test_who_is_named_as_the_only_parent_has_nobody_guessed_beside_her() -> None:
    family = family_of(talk({"a": 9, "b": 5}, a=None, b=MAN), {"a": "mother"})

    assert roles(family) == {"a": "mother", "b": None}
    assert chance(family, "b", "father") == 0


def test_voices_without_a_name_that_are_given_one_role_are_one_person() -> None:
    minutes = talk({"a": 9, "b": 5, "c": 7}, a=None, b=None, c=None)

    family = family_of(minutes, {"a": "mother", "b": "mother", "c": "father"})

    assert family.members[0].place == family.members[1].place == Place("mother")


def test_two_enrolled_mothers_are_two_people_and_nobody_looks_for_a_father() -> None:
    family = family_of(talk({"a": 9, "b": 5, "c": 4}, a="mother", b="엄마", c=MAN))

    assert [member.place for member in family.members[:2]] == [Place("mother", "a"), Place("mother", "b")]
    assert roles(family)["c"] is None


@given(any_minutes.minutes())
@settings(max_examples=60)
def test_chances_add_up_and_a_place_is_among_them(minutes: Minutes) -> None:
    family = family_of(minutes)

    assert [member.speaker for member in family.members] == list(minutes.speakers)
    for member in family.members:
        assert sum(member.chances.values()) == pytest.approx(1)
        assert member.place == NOT_KNOWN or member.place in member.chances
        assert set(member.chances) <= set(family.places)


@given(any_minutes.minutes(), st.data())
@settings(max_examples=40)
def test_whoever_is_named_has_a_parents_place(minutes: Minutes, data: st.DataObject) -> None:
    if minutes.undivided or not minutes.speakers:
        return
    named = data.draw(st.lists(st.sampled_from(minutes.speakers), min_size=1, unique_by=lambda s: s.id))

    family = family_of(minutes, {speaker.id: None for speaker in named})

    assert all(member.place.is_parents for member in family.members if member.speaker in named)


def test_a_speaker_who_says_nothing_is_nobody() -> None:
    minutes = talk({"a": 9}, a=CHILD)

    family = family_of(replace(minutes, speakers=(*minutes.speakers, Speaker("b", 2, traits=WOMAN))))

    assert roles(family) == {"a": "child", "b": None}
