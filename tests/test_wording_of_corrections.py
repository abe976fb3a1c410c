from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bigvoice.minutes.corrections import Assign, Correction, Merge, Place, Rename, Split, Write
from bigvoice.minutes.wording_of_corrections import told_in_turn
from tests import any_minutes, meetings

PRINTER = Place.of(meetings.team().utterances[4])


@pytest.mark.parametrize(
    ("language", "lines"),
    [
        (
            "en",
            (
                "Speaker 3 is Kim",
                "Kim: chair",
                "0:25 Kim is Speaker 5's",
                "Speaker 5 is Lee",
                "Kim and Mina Park are one",
            ),
        ),
        ("ko", ("참석자 3 → Kim", "Kim: chair", "0:25 Kim → 참석자 5", "참석자 5 → Lee", "Kim + Mina Park 합침")),
    ],
)
def test_each_line_calls_speakers_as_those_before_it_left_them(language: str, lines: tuple[str, ...]) -> None:
    """Also who has no turns left by then, and who is made on the way."""
    corrections = [
        Rename("s3", "Kim"), Rename("s3", "Kim", "chair"), Assign(PRINTER, "s5"), Rename("s5", "Lee"), Merge("s3", "s1")
    ]  # fmt: skip

    assert told_in_turn(corrections, meetings.team(), language) == lines


def test_a_name_or_a_text_can_neither_begin_a_line_nor_command_a_terminal() -> None:
    hostile = "Tom\nFord\x1b[2J \u202eevil"

    lines = told_in_turn([Rename("s3", hostile), Write(PRINTER, hostile), Split(PRINTER, 26.0)], meetings.team())

    assert lines == (
        "Speaker 3 is Tom Ford[2J evil",
        "0:25 Tom Ford[2J evil says: Tom Ford[2J evil",
        "0:25 Tom Ford[2J evil split at 0:26",
    )


@given(st.data(), st.sampled_from(["en", "ko", "de"]))
def test_whatever_is_corrected_is_told_on_one_line(data: st.DataObject, language: str) -> None:
    minutes = data.draw(any_minutes.minutes())
    corrections: tuple[Correction, ...] = data.draw(any_minutes.corrections(minutes))

    lines = told_in_turn(corrections, minutes, language)

    assert len(lines) == len(corrections)
    assert all(line and line.isprintable() for line in lines)
