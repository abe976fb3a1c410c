"""Review tables, out and back however a spreadsheet saved them."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import meetings
import openpyxl
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from openpyxl.cell.rich_text import CellRichText, TextBlock

from bigvoice.errors import DocumentError
from bigvoice.minutes.correcting import corrected
from bigvoice.minutes.corrections import Assign, Check, Merge, Place, Rename, Write
from bigvoice.minutes.minutes import Minutes
from bigvoice.returning.coming_back import corrections_in, returned_from
from bigvoice.returning.review_table import review_table, write_review
from bigvoice.settings import DocumentOptions
from bigvoice.word import Word
from tests import any_minutes

NUMBER, START, END, CLOCK, SPEAKER, TEXT, CHECKED, DOUBT, KEY = range(9)


def place(minutes: Minutes, number: int) -> Place:
    return Place.of(minutes.utterances[number])


def workbook(minutes: Minutes, folder: Path) -> tuple[Any, Path]:
    path = folder / "review.xlsx"
    write_review(minutes, path, force=True)
    return openpyxl.load_workbook(path, rich_text=True), path


def rows(minutes: Minutes, folder: Path) -> tuple[list[list[str]], Path]:
    path = folder / "review.csv"
    write_review(minutes, path, force=True)
    return list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig")))), path


def saved(table: list[list[str]], path: Path, *, separator: str = ",", encoding: str = "utf-8-sig") -> Path:
    """As a spreadsheet saves it; a letter that the character set does not have becomes a question mark."""
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=separator).writerows(table)
    path.write_bytes(out.getvalue().encode(encoding, "replace"))
    return path


@pytest.mark.parametrize("suffix", [".xlsx", ".csv"])
@pytest.mark.parametrize(
    "minutes", [meetings.team(), meetings.family(), meetings.guessed(), meetings.hostile(), meetings.empty()]
)
def test_a_table_that_nobody_changed_changes_nothing(tmp_path: Path, minutes: Minutes, suffix: str) -> None:
    write_review(minutes, tmp_path / f"a{suffix}")

    returned = returned_from(tmp_path / f"a{suffix}", minutes)

    assert (returned.corrections, returned.told) == ((), ())


def test_a_row_is_an_utterance_with_its_doubt() -> None:
    table = review_table(meetings.team(), DocumentOptions())

    assert [(row.clock, row.speaker, row.checked) for row in table.rows[:3]] == [
        ("00:00:01", "Mina Park", False), ("00:00:06", "Mina Park", False), ("00:00:12", "Joon Lee", False)
    ]  # fmt: skip
    assert [row.doubt for row in table.rows] == [0, 0, 70, 0, 100, 0, 0]  # two words at 0.3; a voice without a name
    assert table.columns.turns[4] == "Speaker"
    assert review_table(meetings.family(), DocumentOptions()).columns.turns[4] == "발언자"


def test_a_workbook_is_made_to_be_worked_in(tmp_path: Path) -> None:
    book, path = workbook(meetings.team(), tmp_path)
    turns, speakers = book.worksheets

    assert (turns.freeze_panes, speakers.freeze_panes) == ("A2", "A2")
    assert turns.column_dimensions["I"].hidden
    assert [cell.value for cell in speakers["B"]] == ["Name", "Mina Park", "Joon Lee", "Speaker 3", "Ada Brown"]
    assert {str(each.sqref): each.formula1 for each in turns.data_validations.dataValidation}["E2:E8"] == (
        "'Speakers'!$B$2:$B$5"
    )
    text = turns["F4"].value
    assert isinstance(text, CellRichText)
    assert [part.text for part in text if isinstance(part, TextBlock)] == ["four thousand"]
    assert str(text) == "We spent four thousand, most of it on paper."
    with ZipFile(path) as parts:
        assert not [name for name in parts.namelist() if b"<f>" in parts.read(name)]


def test_no_cell_is_a_formula_and_none_becomes_one(tmp_path: Path) -> None:
    minutes = meetings.team()
    said = replace(minutes.utterances[0], words=(Word(minutes.utterances[0].span, "=1+1"),))
    minutes = replace(minutes, utterances=(said, *minutes.utterances[1:]))

    book, path = workbook(minutes, tmp_path)
    table, _ = rows(minutes, tmp_path)

    assert (book.worksheets[0]["F2"].value, book.worksheets[0]["F2"].data_type) == ("=1+1", "s")
    assert book.worksheets[0]["F2"].quotePrefix
    assert {book.worksheets[0].cell(2, 1 + column).number_format for column in (SPEAKER, TEXT, CHECKED)} == {"@"}
    assert {book.worksheets[1].cell(2, column).number_format for column in (2, 3)} == {"@"}
    assert table[1][TEXT] == "'=1+1"
    table[1][TEXT] = "'=1+2"
    assert corrections_in(saved(table, tmp_path / "a.csv"), minutes) == (Write(place(minutes, 0), "=1+2", "=1+1"),)
    assert corrections_in(path, minutes) == ()


def test_what_was_changed_in_a_workbook_comes_back(tmp_path: Path) -> None:
    minutes = meetings.team()
    book, path = workbook(minutes, tmp_path)
    turns, speakers = book.worksheets
    turns["F6"], turns["G2"], turns["E3"], turns["E6"], turns["F8"] = "The copier is old.", "x", "Ada Brown", "Rita", 42
    speakers["B2"], speakers["C2"], speakers["C5"] = "Mina Parks", "boss", "clerk"
    book.save(path)

    assert corrections_in(path, minutes) == (
        Write(place(minutes, 4), "The copier is old.", "The printer is old."),
        Write(place(minutes, 6), "42", minutes.utterances[6].text),
        Check(place(minutes, 0)),
        Assign(place(minutes, 1), "s4"),
        Rename("s1", "Mina Parks", "boss"),
        Rename("s3", "Rita"),
        Rename("s4", "Ada Brown", "clerk"),
    )


@pytest.mark.parametrize(
    ("separator", "encoding"),
    [(",", "utf-8-sig"), (";", "utf-8"), ("\t", "utf-16"), (",", "cp949"), (";", "utf-16")],
)
def test_korean_comes_back_however_excel_saved_it(tmp_path: Path, separator: str, encoding: str) -> None:
    minutes = meetings.family()
    table, path = rows(minutes, tmp_path)
    table[5][TEXT], table[6][SPEAKER], table[1][CHECKED] = "잘했네. 밥을 먹자.", "박민아", "o"
    table[1:] = reversed(table[1:])

    corrections = corrections_in(saved(table, path, separator=separator, encoding=encoding), minutes)

    assert corrections == (
        Write(place(minutes, 4), "잘했네. 밥을 먹자.", "잘했네. 밥 먹자."),
        Check(place(minutes, 0)),
        Rename("s4", "박민아"),
    )


def test_letters_that_a_code_page_lost_are_no_changes(tmp_path: Path) -> None:
    minutes = meetings.family()
    said = replace(minutes.utterances[4], words=meetings.words(30, 40, "카페 naïve 🎉 좋아요"))
    minutes = replace(minutes, utterances=(*minutes.utterances[:4], said, *minutes.utterances[5:]))
    table, path = rows(minutes, tmp_path)

    saved(table, path, encoding="cp949")

    assert "?" in path.read_bytes().decode("cp949")
    assert corrections_in(path, minutes) == ()


def test_western_letters_are_not_taken_for_korean_ones(tmp_path: Path) -> None:
    """An apostrophe of Windows and the letter after it are one Korean syllable to who reads them so."""
    minutes = meetings.team()
    said = replace(minutes.utterances[0], words=meetings.words(1, 6, "It\u2019s what \u201call\u201d say"))
    minutes = replace(minutes, utterances=(said, *minutes.utterances[1:]))
    table, path = rows(minutes, tmp_path)
    table[5][TEXT] = "The printer\u2019s old."

    returned = returned_from(saved(table, path, encoding="cp1252"), minutes)

    assert returned.corrections == (Write(place(minutes, 4), "The printer\u2019s old.", "The printer is old."),)
    assert returned.told == ()


def test_rows_may_be_missing_and_a_name_then_changes_hands_only_there(tmp_path: Path) -> None:
    minutes = meetings.team()
    table, path = rows(minutes, tmp_path)
    filtered = [table[0], table[7], table[3]]
    filtered[1][SPEAKER], filtered[2][SPEAKER] = "Ada Brown", "Ada Brown"

    assert corrections_in(saved(filtered, path), minutes) == (
        Assign(place(minutes, 6), "s4"), Assign(place(minutes, 2), "s4")
    )  # fmt: skip


def test_all_rows_of_a_speaker_with_anothers_name_make_one_of_two(tmp_path: Path) -> None:
    minutes = meetings.team()
    table, path = rows(minutes, tmp_path)
    table[5][SPEAKER] = "Ada Brown"

    assert corrections_in(saved(table, path), minutes) == (Merge("s3", "s4"),)


def test_a_broken_key_is_told_with_its_row(tmp_path: Path) -> None:
    minutes = meetings.team()
    table, path = rows(minutes, tmp_path)
    table[2][KEY], table[3] = "12", [*table[1]]
    table[4][TEXT] = "In May?"

    returned = returned_from(saved(table, path), minutes)

    assert returned.corrections == (Write(place(minutes, 3), "In May?", "On paper? Really?"),)
    assert [line.partition(" has")[0] for line in returned.told] == ["Row 3", "Row 4"]


def test_a_table_of_another_meeting_or_without_its_keys_is_refused(tmp_path: Path) -> None:
    table, path = rows(meetings.family(), tmp_path)

    with pytest.raises(DocumentError, match=r"review\.csv: only 0 of 6 rows .* make it anew"):
        corrections_in(path, meetings.team())
    for broken in ([row[:KEY] for row in table], [[]], [["a", "b"]]):
        with pytest.raises(DocumentError, match=r"has columns for speaker, text and key"):
            corrections_in(saved(broken, path), meetings.family())


def test_what_is_no_table_is_refused(tmp_path: Path) -> None:
    for name, content in {"a.xlsx": b"text", "b.xlsx": b"\xd0\xcf\x11\xe0", "c.csv": b"\xff\x80\xff,\x81"}.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(DocumentError, match=rf"{name} .*(save|password)"):
            corrections_in(tmp_path / name, meetings.team())
    with pytest.raises(DocumentError, match=r"ends in \.xlsx or \.csv"):
        write_review(meetings.team(), tmp_path / "a.ods")


def test_a_table_that_is_there_is_overwritten_on_request_only(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("mine")

    with pytest.raises(DocumentError, match=r"a\.csv is there .*--force"):
        write_review(meetings.team(), path)
    assert path.read_text() == "mine"
    write_review(meetings.team(), path, force=True)
    assert corrections_in(path, meetings.team()) == ()


@given(any_minutes.minutes(), st.data())
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@pytest.mark.parametrize("suffix", [".xlsx", ".csv"])
def test_any_text_typed_into_a_table_is_the_text(
    tmp_path: Path, suffix: str, minutes: Minutes, data: st.DataObject
) -> None:
    places = {(round(1000 * u.span.start), round(1000 * u.span.end), u.speaker) for u in minutes.utterances}
    assume(minutes.utterances and len(places) == len(minutes.utterances))
    number = data.draw(st.integers(0, len(minutes.utterances) - 1))
    text = " ".join(data.draw(st.lists(st.sampled_from(["회의", "=1", "a;b", "c,\td", '"', "'x", "+1"]), max_size=4)))
    if suffix == ".csv":
        table, path = rows(minutes, tmp_path)
        table[number + 1][TEXT] = text
        saved(table, path)
    else:
        book, path = workbook(minutes, tmp_path)
        cell = book.worksheets[0].cell(number + 2, TEXT + 1)
        cell.value, cell.data_type = text, "s"
        book.save(path)

    returned = returned_from(path, minutes)

    new, unfit = corrected(minutes, returned.corrections)
    assert (returned.told, unfit) == ((), ())
    assert review_table(new, DocumentOptions()).rows[number].text == " ".join(text.split())
