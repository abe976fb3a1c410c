"""Word documents that were edited, and what comes back of it."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import docx
import meetings
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from bigvoice.documents.docx import SHIPPED
from bigvoice.documents.docx_keys import LABEL, TEXT, note_key, turn_key
from bigvoice.documents.line import one_line
from bigvoice.documents.view import Block, view_of
from bigvoice.errors import DocumentError
from bigvoice.minutes.correcting import corrected
from bigvoice.minutes.corrections import (
    Assign,
    Check,
    Correction,
    Delete,
    Describe,
    DropNote,
    Merge,
    Place,
    PutNote,
    Rename,
    Split,
    Write,
)
from bigvoice.minutes.history import Reviewed, Step, earlier_states
from bigvoice.minutes.minutes import ACTION, AGENDA, DECISION, Minutes, Note
from bigvoice.minutes.naming import plain
from bigvoice.returning.coming_back import corrections_in, returned_from
from bigvoice.settings import DocumentOptions
from bigvoice.span import Span
from tests import any_minutes
from tests.edited_documents import (
    copied,
    edited,
    family,
    fill,
    in_paragraphs,
    in_runs,
    made,
    paragraph_with,
    paragraphs,
    run,
    team,
    tracked,
)  # fmt: skip

WITH_DIALOGUE = [name for name in SHIPPED if not name.startswith("talk_ratio")]


def place(minutes: Minutes, number: int) -> Place:
    return Place.of(minutes.utterances[number])


def after(minutes: Minutes, corrections: tuple[Correction, ...]) -> Minutes:
    """The minutes with the corrections, all of which fit."""
    new, unfit = corrected(minutes, corrections)
    assert unfit == ()
    return new


def spoken(minutes: Minutes, **options: Any) -> list[tuple[str, str]]:
    """Who says which word, in order."""
    blocks = view_of(minutes, DocumentOptions(**options)).blocks
    return [(plain(block.label), word) for block in blocks for word in block.text.split()]


# --- what was not changed ---


@pytest.mark.parametrize(
    ("minutes", "template"),
    [
        (team(), "minutes_en"),
        (family(), "minutes_ko"),
        (team(), "transcript_ko"),
        (meetings.guessed(), "transcript_en"),
        (meetings.hostile(), "minutes_ko"),
        (meetings.empty(), "minutes_en"),
    ],
)
def test_a_document_that_nobody_changed_changes_nothing(tmp_path: Path, minutes: Minutes, template: str) -> None:
    document = edited(made(minutes, tmp_path / "a.docx", template), lambda _: None)

    returned = returned_from(document, minutes)

    assert (returned.corrections, returned.told) == ((), ())


def test_a_template_of_ones_own_comes_back(tmp_path: Path) -> None:
    own = docx.Document()
    for text in (
        "{%p for block in dialogue %}",
        "{{ block.clock }} — {{ block.speaker }}: {{ block.text }}",
        "----",
        "{%p endfor %}",
        "End.",
    ):
        own.add_paragraph(text)
    own.save(str(tmp_path / "own.docx"))
    document = made(team(), tmp_path / "a.docx", str(tmp_path / "own.docx"))

    assert corrections_in(document, team()) == ()
    edited(document, lambda d: (in_runs(d, "The printer", "Our printer"), in_runs(d, "Speaker 3", "Rita Moss")))

    turn = place(team(), 4)
    assert corrections_in(document, team()) == (
        Write(turn, "Our printer is old.", "The printer is old."), Rename("s3", "Rita Moss")
    )  # fmt: skip


def test_a_field_that_a_template_writes_otherwise_is_no_change(tmp_path: Path) -> None:
    own = docx.Document()
    for text in ("{%p for block in dialogue %}", "[{{ block.clock }}] {{ block.speaker | upper }}", "{{ block.text }}"):
        own.add_paragraph(text)
    own.add_paragraph("{%p endfor %}")
    own.save(str(tmp_path / "own.docx"))
    document = made(team(), tmp_path / "a.docx", str(tmp_path / "own.docx"))

    assert returned_from(document, team()).corrections == ()
    edited(document, lambda d: in_runs(d, "is old", "is new"))

    assert corrections_in(document, team()) == (Write(place(team(), 4), "The printer is new.", "The printer is old."),)


# --- words ---


@pytest.mark.parametrize(
    ("template", "how"),
    [
        ("minutes_en", in_runs),
        ("minutes_ko", in_paragraphs),
        ("transcript_en", in_paragraphs),
        ("transcript_ko", in_runs),
    ],
)
def test_words_names_and_facts_come_back(tmp_path: Path, template: str, how: Callable[..., None]) -> None:
    document = made(team(), tmp_path / "a.docx", template, language="en")

    def edit(d: Any) -> None:
        for old, new in (
            ("is old", "is very old"),
            ("Speaker 3", "Rita Moss"),
            ("Room 4", "Room 5"),
            ("14:05", "15:30"),
        ):
            how(d, old, new)

    corrections = corrections_in(edited(document, edit), team())

    assert set(corrections) == {
        Write(place(team(), 4), "The printer is very old.", "The printer is old."),
        Rename("s3", "Rita Moss"),
        Describe("place", "Room 5"),
        Describe("date", "2026-03-02T15:30"),
    }


def test_a_block_of_several_turns_gives_each_its_own_words(tmp_path: Path) -> None:
    minutes = meetings.team()
    document = made(minutes, tmp_path / "a.docx")

    edited(document, lambda d: in_runs(d, "budget. Joon, you have", "accounts, please. Joon, do you have"))

    assert corrections_in(document, minutes) == (
        Write(place(minutes, 0), "Good afternoon. Let us begin with the accounts, please.", minutes.utterances[0].text),
        Write(place(minutes, 1), "Joon, do you have the numbers.", minutes.utterances[1].text),
    )


def test_text_typed_beside_a_bookmark_belongs_to_it(tmp_path: Path) -> None:
    minutes = meetings.team()
    document = made(minutes, tmp_path / "a.docx")

    def edit(d: Any) -> None:
        paragraph_with(d, "The printer is old").append(run(" Very old."))
        paragraph_with(d, "Speaker 3").append(run(" (Rita)"))

    assert corrections_in(edited(document, edit), minutes) == (
        Write(place(minutes, 4), "The printer is old. Very old.", "The printer is old."),
        Rename("s3", "Speaker 3 (Rita)"),
    )


def test_a_paragraph_that_was_divided_or_typed_anew_is_still_the_blocks(tmp_path: Path) -> None:
    minutes = meetings.team()
    document = made(minutes, tmp_path / "a.docx")

    def edit(d: Any) -> None:
        said = paragraph_with(d, "The printer is old")
        new = copied(said)
        for each in list(new)[1:]:
            new.remove(each)
        new.append(run("It must go."))
        next(p for p in d.paragraphs if "On paper?" in p.text).text = "In May?"

    assert set(corrections_in(edited(document, edit), minutes)) == {
        Write(place(minutes, 4), "The printer is old. It must go.", "The printer is old."),
        Write(place(minutes, 3), "In May?", "On paper? Really?"),
    }


def test_tracked_changes_are_taken_as_accepted(tmp_path: Path) -> None:
    minutes = meetings.team()
    document = made(minutes, tmp_path / "a.docx")

    def edit(d: Any) -> None:
        tracked(paragraph_with(d, "The printer is old"), "printer", "copier")
        name = paragraph_with(d, "Speaker 3")
        tracked(name, "Speaker 3", "Rita Moss")
        row = next(r for t in d.tables for r in t.rows if "Speaker 3" in [c.text for c in r.cells])
        tracked(row.cells[1].paragraphs[0]._p, "Speaker 3", "Rita Moss")

    assert corrections_in(edited(document, edit), minutes) == (
        Write(place(minutes, 4), "The copier is old.", "The printer is old."), Rename("s3", "Rita Moss")
    )  # fmt: skip


def test_a_deleted_paragraph_mark_joins_lines_and_moved_text_counts_once(tmp_path: Path) -> None:
    minutes = meetings.team()
    document = made(minutes, tmp_path / "a.docx")

    def edit(d: Any) -> None:
        said = paragraph_with(d, "The printer is old")
        change = f'{nsdecls("w")} w:id="901" w:author="Ann" w:date="2026-11-21T10:00:00Z"'
        said.get_or_add_pPr().append(parse_xml(f"<w:rPr {nsdecls('w')}><w:del {change}/></w:rPr>"))
        new = copied(said)
        for each in list(new)[1:]:
            new.remove(each)
        new.pPr.remove(new.pPr.find(qn("w:rPr")))
        new.append(run(" Indeed."))
        gone, here = parse_xml(f"<w:moveFrom {change}/>"), parse_xml(f"<w:moveTo {change}/>")
        gone.append(run("Twice?"))
        here.append(run(" Once."))
        new.extend([gone, here])

    (write,) = corrections_in(edited(document, edit), minutes)

    assert write == Write(place(minutes, 4), "The printer is old. Indeed. Once.", "The printer is old.")


# --- names ---


def test_a_name_in_the_list_of_attendees_is_the_speakers(tmp_path: Path) -> None:
    document = made(meetings.team(), tmp_path / "a.docx")

    edited(document, lambda d: setattr(d.tables[1].cell(1, 1), "text", "Mina Parks"))

    assert corrections_in(document, meetings.team()) == (Rename("s1", "Mina Parks"),)


def test_all_blocks_with_the_name_of_another_speaker_make_one_of_two(tmp_path: Path) -> None:
    document = made(meetings.team(), tmp_path / "a.docx", "transcript")

    edited(document, lambda d: in_runs(d, "Speaker 3", "Ada Brown"))

    assert corrections_in(document, meetings.team()) == (Merge("s3", "s4"),)


def test_two_who_were_called_by_each_others_names_are_renamed_and_not_merged(tmp_path: Path) -> None:
    document = made(meetings.team(), tmp_path / "a.docx", "transcript")

    def edit(d: Any) -> None:
        for old, new in (("Joon Lee", "@"), ("Ada Brown", "Joon Lee"), ("@", "Ada Brown")):
            in_runs(d, old, new)

    assert set(corrections_in(edited(document, edit), meetings.team())) == {
        Rename("s2", "Ada Brown"),
        Rename("s4", "Joon Lee"),
    }


def test_a_name_at_some_blocks_gives_these_to_that_speaker_or_to_a_new_one(tmp_path: Path) -> None:
    minutes = meetings.team()
    blocks = view_of(minutes, DocumentOptions()).blocks
    document = made(minutes, tmp_path / "a.docx")

    def edit(d: Any) -> None:
        for block, name in ((blocks[4], "Ada Brown"), (blocks[5], "Rita Moss")):
            fill(d, LABEL, key(block, "label"), name)

    corrections = corrections_in(edited(document, edit), minutes)

    assert corrections == (Assign(place(minutes, 5), "s4"), Assign(place(minutes, 6), "s5"), Rename("s5", "Rita Moss"))
    assert spoken(after(minutes, corrections))[-1] == ("rita moss", "May.")


def key(block: Block, part: str) -> str:
    return turn_key(part, Span(block.start, block.end), block.speaker).partition("_")[2]


@pytest.mark.parametrize("how", [in_runs, in_paragraphs])
def test_a_suggested_name_without_its_question_mark_is_confirmed(tmp_path: Path, how: Callable[..., None]) -> None:
    minutes = meetings.guessed()
    document = made(minutes, tmp_path / "a.docx")

    edited(document, lambda d: how(d, "Mina Park?", "Mina Park"))

    assert corrections_in(document, minutes) == (Rename("s1", "Mina Park"),)


# --- notes and facts ---


def test_decisions_and_actions_typed_into_the_tables_come_back(tmp_path: Path) -> None:
    minutes = team()
    document = made(minutes, tmp_path / "a.docx")

    def edit(d: Any) -> None:
        decisions, actions = (t for t in d.tables if t.rows[0].cells[1].text in ("Decision", "Action"))
        in_runs(d, "Buy a <new>", "Buy two <new>")
        decisions.cell(2, 1).text = "=Trip in May"
        decisions.cell(2, 2).text = "00:00:48"
        for at, text in ((1, "Book the bus"), (2, "Ada Brown"), (3, "April")):
            actions.cell(2, at).text = text
        actions.add_row().cells[1].text = "Tell all"

    corrections = corrections_in(edited(document, edit), minutes)

    assert corrections == (
        PutNote(Note("d1", DECISION, 45.0, "Buy two <new> printer")),
        PutNote(Note("decision-2", DECISION, 48.0, "=Trip in May")),
        PutNote(Note("action-2", ACTION, 0.0, "Book the bus", "Ada Brown", "April")),
        PutNote(Note("action-4", ACTION, 0.0, "Tell all")),
    )
    new = after(minutes, corrections)
    assert corrections_in(document, new, earlier=[minutes]) == ()


def test_agenda_points_are_changed_and_added(tmp_path: Path) -> None:
    minutes = team()
    document = made(minutes, tmp_path / "a.docx")

    def edit(d: Any) -> None:
        in_runs(d, "The numbers", "What was spent")
        next(p for p in d.paragraphs if p.text.endswith("Any other business")).text = "[00:00:59] Other business"
        new = copied(paragraph_with(d, "What was spent"))
        for each in list(new)[1:]:
            new.remove(each)
        new.append(run("[00:00:20] Paper"))

    assert set(corrections_in(edited(document, edit), minutes)) == {
        PutNote(Note("a2", AGENDA, 8.0, "What was spent")),
        PutNote(Note("a3", AGENDA, 59.0, "Other business")),
        PutNote(Note("agenda point-00:00:20", AGENDA, 20.0, "Paper")),
    }


@pytest.mark.parametrize("template", ["minutes_en", "transcript_ko"])
def test_a_title_typed_anew_comes_back(tmp_path: Path, template: str) -> None:
    document = made(team(), tmp_path / "a.docx", template)

    edited(document, lambda d: in_paragraphs(d, "Weekly meeting", "Monthly meeting"))

    assert corrections_in(document, team()) == (Describe("title", "Monthly meeting"),)


def test_a_date_that_nobody_understands_is_told(tmp_path: Path) -> None:
    document = made(team(), tmp_path / "a.docx")

    edited(document, lambda d: in_runs(d, "Monday 2 March 2026, 14:05", "next week"))

    returned = returned_from(document, team())
    assert returned.corrections == ()
    assert returned.told == ('The date "next week" is not understood: write it as 2026-11-21 14:00',)


# --- what was deleted ---


def test_what_was_deleted_is_told_and_deleted_on_request_only(tmp_path: Path) -> None:
    minutes = team()
    document = made(minutes, tmp_path / "a.docx")

    def edit(d: Any) -> None:
        for text in ("[00:00:25]", "The printer is old"):
            each = paragraph_with(d, text)
            each.getparent().remove(each)
        row = next(r for t in d.tables for r in t.rows if "Order it" in r.cells[1].text)._tr
        row.getparent().remove(row)

    edited(document, edit)

    told = returned_from(document, minutes)
    assert told.corrections == ()
    assert [line.partition(" was")[0] for line in told.told] == ["[00:00:25]", 'The action "Order it"']
    assert corrections_in(document, minutes, deletions=True) == (
        Delete(place(minutes, 4), "The printer is old."), DropNote("t1")
    )  # fmt: skip


def divide(d: Any, before: str, heading: str) -> None:
    """Presses Enter before some words and types a heading, as Word writes that: the bookmark goes on over all three."""
    paragraph = paragraph_with(d, before)
    text = next(t for t in paragraph.iter(qn("w:t")) if before in (t.text or ""))
    head, tail = text.text.split(before)
    second, third = copy.deepcopy(paragraph), copy.deepcopy(paragraph)
    text.text = head
    for end in [*paragraph.iter(qn("w:bookmarkEnd"))]:
        paragraph.remove(end)
    paragraph.addnext(second)
    second.addnext(third)
    for new, said in ((second, heading), (third, before + tail)):
        for each in [each for each in new if each.tag not in (qn("w:pPr"), qn("w:bookmarkEnd"))]:
            new.remove(each)
        new.insert(1, run(said))
    for end in [*second.iter(qn("w:bookmarkEnd"))]:
        second.remove(end)


@pytest.mark.parametrize("template", ["minutes_en", "transcript_ko"])
@pytest.mark.parametrize(("who", "to"), [("Ada Brown", "s4"), ("Rita Moss", "s5")])
def test_a_block_into_which_a_heading_was_typed_is_split_there(
    tmp_path: Path, template: str, who: str, to: str
) -> None:
    minutes = meetings.team()
    document = made(minutes, tmp_path / "a.docx", template)
    edited(document, lambda d: divide(d, "The trip can", f"[00:00:45] {who}"))

    returned = returned_from(document, minutes)

    new = (Rename("s5", "Rita Moss"),) if to == "s5" else ()
    last = place(minutes, 6)
    assert returned.corrections == (Split(last, 45.0, 6), Assign(Place(Span(45.0, 50.0), "s1"), to), *new)
    assert returned.told == ()
    turns = after(minutes, returned.corrections).utterances
    assert [turn.text for turn in turns[6:]] == ["Then we buy a new one.", "The trip can wait until May."]


@pytest.mark.parametrize("template", ["minutes_ko", "transcript_en"])
def test_a_heading_divides_a_block_without_bookmarks_and_styles_too(tmp_path: Path, template: str) -> None:
    """As an online editor leaves a document that keeps neither."""
    minutes = meetings.team()

    def edit(d: Any) -> None:
        divide(d, "The trip can", "[00:00:45] Ada Brown")
        without_marks(d)
        for paragraph in paragraphs(d):
            paragraph.style = paragraph.style if paragraph.style.name.startswith("Heading") else d.styles["Normal"]

    returned = returned_from(edited(made(minutes, tmp_path / "a.docx", template), edit), minutes)

    last = place(minutes, 6)
    assert returned.corrections == (Split(last, 45.0, 6), Assign(Place(Span(45.0, 50.0), "s1"), "s4"))
    assert returned.told == ()


def test_a_row_that_was_added_to_a_transcript_divides_the_one_above(tmp_path: Path) -> None:
    minutes = meetings.team()

    def edit(d: Any) -> None:
        in_runs(d, " The trip can wait until May.", "")
        table = next(table for table in d.tables if len(table.columns) == 4 and "Then we buy" in table._tbl.xml)
        row = next(row for row in table.rows if "Then we buy" in row.cells[3].text)
        copied(row._tr)
        new = table.rows[[each._tr for each in table.rows].index(row._tr) + 1]
        for cell, text in zip(new.cells, ("8", "00:00:45", "Ada Brown", "The trip can wait until May."), strict=True):
            cell.text = text

    returned = returned_from(edited(made(minutes, tmp_path / "a.docx", "transcript_en"), edit), minutes)

    last = place(minutes, 6)
    assert returned.corrections == (Split(last, 45.0, 6), Assign(Place(Span(45.0, 50.0), "s1"), "s4"))


def test_a_row_that_was_copied_with_its_bookmarks_is_told(tmp_path: Path) -> None:
    """The first is the block; its text does not go on to the copy."""
    minutes = meetings.team()

    def edit(d: Any) -> None:
        rows = next(table for table in d.tables if "Then we buy" in table._tbl.xml).rows
        row = next(row for row in rows if "The printer is old" in row.cells[-1].text)
        rows[-1]._tr.addnext(copy.deepcopy(row._tr))

    returned = returned_from(edited(made(minutes, tmp_path / "a.docx", "transcript_en"), edit), minutes)

    assert returned.corrections == ()
    assert returned.told == ("[00:00:25] is no block of the minutes: add or split turns in the review page",)


def test_words_may_be_changed_where_a_block_is_divided(tmp_path: Path) -> None:
    """In a block of two turns, three of which it becomes."""
    minutes = meetings.team()
    document = made(minutes, tmp_path / "a.docx")

    def edit(d: Any) -> None:
        in_runs(d, "Good afternoon", "Good morning")
        in_runs(d, "Joon, you", "Joon, do you")
        divide(d, "with the budget", "[00:00:04] Ada Brown")

    corrections = corrections_in(edited(document, edit), minutes)

    turns = after(minutes, corrections).utterances
    assert [(turn.speaker, turn.text) for turn in turns[:3]] == [
        ("s1", "Good morning. Let us begin"),
        ("s4", "with the budget."),
        ("s4", "Joon, do you have the numbers."),
    ]


def test_what_was_divided_comes_back_once(tmp_path: Path) -> None:
    """Also when the words before it were corrected since."""
    document = made(meetings.team(), tmp_path / "a.docx")
    edited(document, lambda d: divide(d, "The trip can", "[00:00:45] Rita Moss"))
    reviewed = Reviewed(meetings.team()).grown(
        Step((Write(place(meetings.team(), 6), "So then we buy a new one. The trip can wait until May."),))
    )

    first = corrections_in(document, reviewed.minutes, earlier=earlier_states(reviewed))
    reviewed = reviewed.grown(Step(first))
    again = returned_from(document, reviewed.minutes, earlier=earlier_states(reviewed))

    assert reviewed.unfit == ()
    assert [turn.text for turn in reviewed.minutes.utterances[6:]] == [
        "So then we buy a new one.",
        "The trip can wait until May.",
    ]
    assert (again.corrections, again.told) == ((), ())


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", ("is no block of the minutes: add or split turns in the review page", "was divided in the document")),
        ("ko", ("회의록에 없는 발언입니다. 검토 페이지에서 발언을 추가하거나 나누십시오", "문서에서 나눈 발언입니다")),
    ],
)
def test_a_division_that_the_words_do_not_tell_is_told(tmp_path: Path, language: str, told: tuple[str, str]) -> None:
    """Everything was typed anew."""
    minutes = meetings.team()
    document = made(minutes, tmp_path / "a.docx")

    def edit(d: Any) -> None:
        divide(d, "The trip can", "[00:00:45] Ada Brown")
        in_runs(d, "Then we buy a new one.", "Nothing of it")
        in_runs(d, "The trip can wait until May.", "was said like this")

    returned = returned_from(edited(document, edit), minutes, language=language)

    assert returned.corrections == ()
    assert returned.told[0] == f"[00:00:45] {told[0]}"
    assert returned.told[1].startswith(f"[00:00:40] {told[1]}")


def test_a_block_that_lost_its_heading_is_told(tmp_path: Path) -> None:
    """To a reader, its words are those of the speaker before."""
    minutes = meetings.team()

    def edit(d: Any) -> None:
        heading = paragraph_with(d, "[00:00:25]")
        heading.getparent().remove(heading)

    returned = returned_from(edited(made(minutes, tmp_path / "a.docx"), edit), minutes)

    assert returned.corrections == ()
    assert returned.told == ('"The printer is old." has lost its name in the document, and keeps the one it had',)


def test_a_block_that_was_pasted_between_a_heading_and_its_words_is_none_of_them(tmp_path: Path) -> None:
    minutes = meetings.team()

    def edit(d: Any) -> None:
        for text in ("[00:00:25]", "The printer is old"):
            paragraph_with(d, "Then we buy").addprevious(paragraph_with(d, text))
        in_runs(d, "Then we buy", "So we buy")

    returned = returned_from(edited(made(minutes, tmp_path / "a.docx"), edit), minutes)

    was = "Then we buy a new one. The trip can wait until May."
    assert returned.corrections == (Write(place(minutes, 6), was.replace("Then", "So"), was),)
    assert returned.told == ()


def test_a_number_in_place_of_a_name_is_no_name(tmp_path: Path) -> None:
    """Unless it is what somebody is called, who is the same person then."""
    minutes = meetings.team()
    document = edited(made(minutes, tmp_path / "a.docx"), lambda d: in_runs(d, "Ada Brown", "Speaker 4"))
    heading = LABEL, turn_key("label", Span(20.0, 24.0), "s4").partition("_")[2]
    other = edited(made(minutes, tmp_path / "b.docx"), lambda d: fill(d, *heading, "Speaker 3"))

    returned = returned_from(document, minutes)

    assert returned.corrections == ()
    assert {line.partition(" has")[0] for line in returned.told} == {"[00:00:20]", "Ada Brown"}
    assert corrections_in(other, minutes) == (Merge("s4", "s3"),)


def test_a_turn_that_went_to_somebody_new_goes_there_once(tmp_path: Path) -> None:
    document = made(meetings.team(), tmp_path / "a.docx")
    heading = LABEL, turn_key("label", Span(40.0, 50.0), "s1").partition("_")[2]
    edited(document, lambda d: fill(d, *heading, "Rita Moss"))
    reviewed = Reviewed(meetings.team())

    reviewed = reviewed.grown(Step(corrections_in(document, reviewed.minutes)))
    again = returned_from(document, reviewed.minutes, earlier=earlier_states(reviewed))

    assert reviewed.minutes.speaker(reviewed.minutes.utterances[6].speaker).name == "Rita Moss"
    assert (again.corrections, again.told) == ((), ())


# --- the tables of notes and of attendees ---


def row_with(d: Any, text: str) -> Any:
    """The first row of a table that holds a text in a cell of its own."""
    return next(row for table in d.tables for row in table.rows if text in [cell.text for cell in row.cells])


def added(row: Any, texts: dict[int, str], *, above: bool = False) -> None:
    """A new row of plain cells beside another."""
    new = copy.deepcopy(row._tr)
    for tag in ("w:bookmarkStart", "w:bookmarkEnd", "w:r"):
        for each in [*new.iter(qn(tag))]:
            each.getparent().remove(each)
    for column, paragraph in enumerate(new.iter(qn("w:p"))):
        paragraph.append(run(texts.get(column, "")))
    (row._tr.addprevious if above else row._tr.addnext)(new)


@pytest.mark.parametrize("marked", [True, False])
@pytest.mark.parametrize(
    ("minutes", "text", "template"), [(team(), "Order it", "minutes_en"), (family(), "설거지", "minutes_ko")]
)
def test_rows_that_a_person_put_above_and_below_are_notes(
    tmp_path: Path, minutes: Minutes, text: str, template: str, marked: bool
) -> None:
    """Also where bookmarks are lost: the headings tell what a table holds."""

    def edit(d: Any) -> None:
        row = row_with(d, text)
        added(row, {1: "First", 2: "Ada"}, above=True)
        added(row, {1: "Last", 3: "Monday"})
        if not marked:
            without_marks(d)

    returned = returned_from(edited(made(minutes, tmp_path / "a.docx", template), edit), minutes)

    assert returned.corrections == (
        PutNote(Note("action-1", ACTION, 0.0, "First", "Ada")),
        PutNote(Note("action-3", ACTION, 0.0, "Last", until="Monday")),
    )
    assert returned.told == ()


def test_a_note_that_is_written_anew_in_a_table_without_bookmarks_is_the_one_in_its_place(tmp_path: Path) -> None:
    minutes = team()

    def edit(d: Any) -> None:
        in_runs(d, "Buy a <new> printer", "Sell the old one")
        without_marks(d)

    assert corrections_in(edited(made(minutes, tmp_path / "a.docx"), edit), minutes) == (
        PutNote(Note("d1", DECISION, 45.0, "Sell the old one")),
    )


def test_a_new_note_takes_no_others_place(tmp_path: Path) -> None:
    """The second row was typed last week, and the first is gone since: what is typed into the second now is another."""
    minutes = replace(team(), notes=(Note("decision-2", DECISION, 0.0, "Paint the door"), *team().notes[:2]))
    document = made(minutes, tmp_path / "a.docx")

    edited(document, lambda d: fill(d, "n", note_key("text", DECISION, "", 2).partition("_")[2], "Close the window"))

    assert corrections_in(document, minutes) == (PutNote(Note("decision-2-2", DECISION, 0.0, "Close the window")),)


def test_an_agenda_point_that_was_deleted_is_told(tmp_path: Path) -> None:
    minutes = team()

    def edit(d: Any) -> None:
        heading = paragraph_with(d, "[00:00:08] The numbers")
        heading.getparent().remove(heading)

    returned = returned_from(edited(made(minutes, tmp_path / "a.docx"), edit), minutes)

    told = 'The agenda point "The numbers" was deleted in the document, and stays unless deletions are asked for'
    assert (returned.corrections, returned.told) == ((), (told,))


@pytest.mark.parametrize("template", ["minutes_en", "transcript_ko"])
def test_roles_beside_the_names_come_back(tmp_path: Path, template: str) -> None:
    """One that could go with no name is told."""
    minutes = meetings.team()

    def edit(d: Any) -> None:
        for name, role in (("Joon Lee", "treasurer"), ("Speaker 3" if template[-1] == "n" else "참석자 3", "guest")):
            row_with(d, name).cells[2].paragraphs[0].add_run(role)

    returned = returned_from(edited(made(minutes, tmp_path / "a.docx", template), edit), minutes)

    assert returned.corrections == (Rename("s2", "Joon Lee", "treasurer"),)
    assert returned.told == ('Speaker 3 has no name that the role "guest" could go with: write the name as well',)


@pytest.mark.parametrize(
    ("minutes", "template", "name"), [(team(), "minutes_en", "Speaker 3"), (family(), "minutes_ko", "참석자 4")]
)
def test_a_name_in_a_list_without_bookmarks_is_the_speakers_of_its_row(
    tmp_path: Path, minutes: Minutes, template: str, name: str
) -> None:
    def edit(d: Any) -> None:
        without_marks(d)
        row_with(d, name).cells[1].paragraphs[0].text = "Rita Moss"

    returned = returned_from(edited(made(minutes, tmp_path / "a.docx", template), edit), minutes)

    speaker = next(each.id for each in minutes.speakers if each.name is None)
    assert (returned.corrections, returned.told) == ((Rename(speaker, "Rita Moss"),), ())


def test_people_who_were_added_to_the_attendees_come_back(tmp_path: Path) -> None:
    minutes = meetings.team()

    def edit(d: Any) -> None:
        added(row_with(d, "Tom Ford"), {1: "Eve Hall"})
        in_runs(d, "Tom Ford", "Tim Ford")

    document = edited(made(minutes, tmp_path / "a.docx"), edit)
    gone = edited(
        made(minutes, tmp_path / "b.docx"),
        lambda d: row_with(d, "Tom Ford")._tr.getparent().remove(row_with(d, "Tom Ford")._tr),
    )

    (described,) = corrections_in(document, minutes)
    assert after(minutes, (described,)).attendees == ("Mina Park", "Joon Lee", "Ada Brown", "Tim Ford", "Eve Hall")
    told = 'The attendee "Tom Ford" was deleted in the document, and stays unless deletions are asked for'
    assert (returned_from(gone, minutes).corrections, returned_from(gone, minutes).told) == ((), (told,))
    (described,) = corrections_in(gone, minutes, deletions=True)
    assert after(minutes, (described,)).attendees == ("Mina Park", "Joon Lee", "Ada Brown")


# --- minutes that were corrected meanwhile ---


def test_an_older_document_undoes_no_correction(tmp_path: Path) -> None:
    machine = team()
    document = made(machine, tmp_path / "a.docx")
    reviewed = Reviewed(machine)
    for correction in (
        Write(place(machine, 3), "On paper?", "On paper? Really?"),
        Rename("s3", "Rita Moss"),
        Describe("place", "Room 9"),
    ):
        reviewed = reviewed.grown(Step((correction,)))

    assert corrections_in(document, reviewed.minutes, earlier=earlier_states(reviewed)) == ()
    edited(document, lambda d: in_runs(d, "The printer", "Our printer"))

    assert corrections_in(document, reviewed.minutes, earlier=earlier_states(reviewed)) == (
        Write(place(machine, 4), "Our printer is old.", "The printer is old."),
    )


def without_marks(d: Any) -> None:
    """As a program saves it that keeps neither bookmarks nor properties."""
    for tag in ("w:bookmarkStart", "w:bookmarkEnd"):
        for each in [*d.element.body.iter(qn(tag))]:
            each.getparent().remove(each)
    d.core_properties.identifier = ""


def test_a_document_without_any_mark_tells_of_which_state_it_is_by_what_it_says(tmp_path: Path) -> None:
    machine = team()
    reviewed = Reviewed(machine)
    for correction in (Write(place(machine, 0), "Good morning."), Rename("s3", "Kim"), Check(place(machine, 4))):
        reviewed = reviewed.grown(Step((correction,)))
    states = machine, reviewed.minutes
    documents = [made(state, tmp_path / f"{n}.docx") for n, state in enumerate(states)]
    for document in documents:
        edited(document, lambda d: (without_marks(d), in_runs(d, "On paper", "In paper")))

    old, new = (returned_from(each, reviewed.minutes, earlier=earlier_states(reviewed)) for each in documents)

    write = Write(place(machine, 3), "In paper? Really?", "On paper? Really?")
    assert (old.corrections, old.told) == ((write,), ())
    assert (new.corrections, new.told) == ((write,), ())


def test_an_agenda_point_that_moved_meanwhile_is_no_change_of_the_blocks_that_it_cut(tmp_path: Path) -> None:
    machine = team()
    document = edited(made(machine, tmp_path / "a.docx"), lambda d: in_runs(d, "is old", "is quite old"))
    moved = PutNote(replace(machine.notes[1], time=30.0))
    reviewed = Reviewed(machine).grown(Step((moved,)))

    returned = returned_from(document, reviewed.minutes, earlier=earlier_states(reviewed))

    assert returned.corrections == (Write(place(machine, 4), "The printer is quite old.", "The printer is old."),)
    assert returned.told == ()


@pytest.mark.parametrize("known", [True, False])
def test_where_both_were_changed_the_minutes_hold_unless_overruled(tmp_path: Path, known: bool) -> None:
    machine = team()
    document = made(machine, tmp_path / "a.docx")
    reviewed = Reviewed(machine).grown(Step((Write(place(machine, 4), "The copier is old.", "The printer is old."),)))
    edited(document, lambda d: in_runs(d, "is old", "is quite old"))
    earlier = [machine] if known else []

    returned = returned_from(document, reviewed.minutes, earlier=earlier)

    assert returned.corrections == ()
    assert returned.told == (
        '[00:00:25] "The printer is quite old." is not taken over: '
        "the minutes were changed there since the document was made",
    )
    (write,) = corrections_in(document, reviewed.minutes, earlier=earlier, overrule=True)
    assert write == Write(place(machine, 4), "The printer is quite old.", "The copier is old.")


def test_a_turn_that_changed_hands_meanwhile_takes_its_words(tmp_path: Path) -> None:
    machine = team()
    document = edited(made(machine, tmp_path / "a.docx"), lambda d: in_runs(d, "is old", "is quite old"))
    now = after(machine, (Assign(place(machine, 4), "s1"),))

    (write,) = corrections_in(document, now, earlier=[machine])

    assert write == Write(Place(machine.utterances[4].span, "s1"), "The printer is quite old.", "The printer is old.")


# --- documents that cannot come back ---


def test_a_document_of_another_meeting_is_refused(tmp_path: Path) -> None:
    document = made(family(), tmp_path / "dinner.docx")
    scripted = edited(
        made(family(), tmp_path / "script.docx"), lambda d: [setattr(p, "text", p.text) for p in paragraphs(d)]
    )

    for path in (document, scripted):
        with pytest.raises(DocumentError, match=rf"{path.name}: only \d of \d blocks .* make it anew"):
            corrections_in(path, replace(team(), notes=()))


@pytest.mark.parametrize("template", ["minutes_en", "transcript_en"])
def test_a_document_without_its_dialogue_is_refused(tmp_path: Path, template: str) -> None:
    document = made(team(), tmp_path / "a.docx", template)

    def edit(d: Any) -> None:
        body = d.element.body
        at = next(p for p in d.paragraphs if p.text == "What was said")._p
        for each in list(at.itersiblings()):
            if each.tag != qn("w:sectPr"):
                body.remove(each)

    edited(document, edit)

    with pytest.raises(DocumentError, match=r"a\.docx holds no dialogue that is known here"):
        corrections_in(document, team())


def test_what_is_no_document_or_locked_is_refused_with_the_next_step(tmp_path: Path) -> None:
    contents = {
        "text.docx": b"only text",
        "empty.docx": b"",
        "locked.docx": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
    }
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    cut = made(team(), tmp_path / "cut.docx")
    cut.write_bytes(cut.read_bytes()[:5000])

    for name, advice in (
        ("text", "save it as .docx"),
        ("empty", "save it as .docx"),
        ("cut", "save it as .docx"),
        ("locked", "password"),
    ):
        with pytest.raises(DocumentError, match=rf"{name}\.docx .*{advice}"):
            corrections_in(tmp_path / f"{name}.docx", team())
    with pytest.raises(DocumentError, match=r"none\.docx cannot be read"):
        corrections_in(tmp_path / "none.docx", team())
    with pytest.raises(DocumentError, match=r"a\.odt: corrections come back in \.docx, \.xlsx, \.csv"):
        corrections_in(tmp_path / "a.odt", team())


def test_a_page_of_the_talk_ratio_holds_no_dialogue(tmp_path: Path) -> None:
    document = made(family(), tmp_path / "a.docx", "talk_ratio_ko")

    with pytest.raises(DocumentError, match="holds no dialogue"):
        corrections_in(document, family())


def test_no_text_that_was_said_is_kept_in_a_document_once_it_is_deleted(tmp_path: Path) -> None:
    """Who deletes a sentence and gives the document away gives it to nobody."""
    from zipfile import ZipFile

    document = edited(made(team(), tmp_path / "a.docx"), lambda d: in_runs(d, "The printer is old.", ""))

    with ZipFile(document) as parts:
        assert not [name for name in parts.namelist() if b"printer is old" in parts.read(name)]


# --- the law ---

WORDS = st.lists(
    st.sampled_from(["hello", "회의를", "시작합니다.", "=1+1", "<b>", "[00:00:01]", "&amp;", "{{x}}", "(at", "x?"]),
    min_size=1,
    max_size=6,
).map(" ".join)
EDITS = st.lists(st.tuples(st.integers(0, 7), st.sampled_from(["text", "label"]), WORDS, st.integers(0, 5)), max_size=5)
NAMES = ("Rita Moss", "박민아")


@given(any_minutes.minutes(), EDITS, st.sampled_from(WITH_DIALOGUE))
@settings(
    max_examples=6,
    phases=[Phase.explicit, Phase.generate],  # a document takes its time: an example is shown as it was found
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_an_edited_document_comes_back_whole(tmp_path: Path, minutes: Minutes, edits: Any, template: str) -> None:
    spans = [(round(1000 * u.span.start), round(1000 * u.span.end)) for u in minutes.utterances]
    assume(len(set(spans)) == len(spans))
    language = template[-2:]
    document = made(minutes, tmp_path / "law.docx", template)
    blocks = list(view_of(minutes, DocumentOptions(language=language)).blocks)
    assume(blocks)
    wanted = {i: [block.label, block.text] for i, block in enumerate(blocks)}
    names = [*NAMES, *{block.label for block in blocks if block.label}]

    def edit(d: Any) -> None:
        for at, what, text, name in edits:
            i = at % len(blocks)
            if what == "text":
                wanted[i][1] = text
                fill(d, TEXT, key(blocks[i], "text"), text)
            elif not minutes.undivided:
                wanted[i][0] = names[name % len(names)]
                fill(d, LABEL, key(blocks[i], "label"), wanted[i][0])

    returned = returned_from(edited(document, edit), minutes)

    assert returned.told == ()
    expected = [(plain(label), word) for label, text in wanted.values() for word in one_line(text).split()]
    assert spoken(after(minutes, returned.corrections), language=language) == expected
