from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bigvoice.documents.table import COLUMNS, harmless, render
from bigvoice.minutes.minutes import Minutes
from bigvoice.settings import DocumentOptions
from tests import any_minutes, meetings

OPTIONS = DocumentOptions()


def rows_of(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True))


def test_a_row_an_utterance() -> None:
    head, *rows = rows_of(render(meetings.family(), OPTIONS))

    assert head == list(COLUMNS)
    assert rows[1] == ["10.000", "14.000", "홍민수", "s3", "child", "0.90", "축구를 했어요. 재미있었어요!"]
    assert len(rows) == 6


def test_the_role_of_a_suggested_name_is_nobodys_yet() -> None:
    _, first, *_ = rows_of(render(meetings.guessed(), OPTIONS))

    assert first[2:5] == ["Mina Park?", "s1", ""]


def test_excel_sees_that_it_is_utf_8_and_lines_end_as_it_wants() -> None:
    data = render(meetings.family(), OPTIONS).encode()

    assert data.startswith(b"\xef\xbb\xbf")
    assert data.count(b"\r\n") == data.count(b"\n") == 7


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r\n=1", " =1", "\u202e=1", "＝1"])
def test_no_cell_begins_like_a_formula(text: str) -> None:
    assert harmless(text).startswith("'")


@given(st.text(max_size=20))
def test_harmless_text_is_left_alone_but_for_its_spaces(text: str) -> None:
    cell = harmless(text)

    assert not cell.startswith(("=", "+", "-", "@"))
    assert "\n" not in cell
    assert "\r" not in cell


@given(any_minutes.minutes())
@settings(deadline=None, max_examples=40)
def test_any_minutes_make_a_table_that_is_read_again(minutes: Minutes) -> None:
    rows = rows_of(render(minutes, OPTIONS))

    assert len(rows) == len(minutes.utterances) + 1
    assert {len(row) for row in rows} == {len(COLUMNS)}
    assert [row[3] for row in rows[1:]] == [utterance.speaker for utterance in minutes.utterances]
