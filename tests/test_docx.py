"""Word documents: read back with python-docx, and opened by LibreOffice where it is installed."""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import av
import docx
import families
import meetings
import numpy as np
import pytest
from docx.oxml.ns import qn
from docx.shared import Mm
from docx.table import Table
from docx.text.paragraph import Paragraph
from hypothesis import given, settings
from hypothesis import strategies as st

from bigvoice.documents import docx_fields
from bigvoice.documents.docx import SHIPPED, render
from bigvoice.documents.docx_bars import PATTERNS, Segment, dots, fill, paint, png
from bigvoice.documents.docx_marks import Picture
from bigvoice.documents.view import view_of
from bigvoice.errors import DocumentError
from bigvoice.minutes.minutes import DECISION, GIVEN, SUGGESTED, Minutes, Note, Speaker, Utterance
from bigvoice.settings import DocumentOptions
from bigvoice.span import Span
from bigvoice.word import Word
from tests import edited_documents

ROOT = Path(__file__).parent.parent
GOLDEN = Path(__file__).parent / "golden"


def opened(minutes: Minutes, **options: Any) -> Any:
    return docx.Document(io.BytesIO(render(minutes, DocumentOptions(**options))))


def text_of(document: Any) -> str:
    """What a reader reads, top to bottom: a line a paragraph or a table row."""
    lines = []
    for block in document.iter_inner_content():
        if isinstance(block, Table):
            rows = ([cell.text.replace("\n", "") for cell in row.cells] for row in block.rows)
            lines += [f"| {' | '.join(row)} |" for row in rows]
        elif isinstance(block, Paragraph):
            lines.append(f"{block.style.name}: {block.text}" if block.style.name != "Dialogue Text" else block.text)
    return "\n".join([*lines, *(f"Footer: {p.text}" for p in document.sections[0].footer.paragraphs)]) + "\n"


def section(document: Any, heading: str) -> list[Any]:
    """The paragraphs and tables below a heading, to the next one."""
    found: list[Any] | None = None
    for block in document.iter_inner_content():
        if isinstance(block, Paragraph) and block.style.name.startswith("Heading"):
            if found is not None:
                return found
            found = [] if block.text == heading else None
        elif found is not None:
            found.append(block)
    assert found is not None, f"no heading {heading}"
    return found


def table(document: Any, heading: str) -> Table:
    return next(block for block in section(document, heading) if isinstance(block, Table))


def spoken(document: Any) -> list[str]:
    return [p.text for p in document.paragraphs if p.style.name == "Dialogue Text"]


def marked(document: Any) -> list[str]:
    return [run.text for p in document.paragraphs for run in p.runs if run.style.name == "Unsure"]


def unsure_in(minutes: Minutes) -> list[str]:
    return [run.text for block in view_of(minutes, DocumentOptions()).blocks for run in block.runs if run.unsure]


def own_template(tmp_path: Path, *paragraphs: str, footer: str = "") -> str:
    document = docx.Document()
    for paragraph in paragraphs:
        document.add_paragraph().add_run(paragraph).bold = True
    document.sections[0].footer.paragraphs[0].text = footer
    document.save(str(tmp_path / "own.docx"))
    return str(tmp_path / "own.docx")


def one_word(text: str) -> Minutes:
    """A meeting in which one speaker says one text."""
    return replace(
        meetings.empty(),
        speakers=(Speaker("s1", 1, "Ann", None, GIVEN, 1.0),),
        utterances=(Utterance(Span(0, 1), "s1", (Word(Span(0, 1), text, 0.9),)),),
    )


def at_home() -> Minutes:
    """A mother who was enrolled, a guessed father and children, and a voice of which nothing is known; ten minutes."""
    seconds = {"helen": 240.0, "he": 120.0, "she": 150.0, "it": 60.0}
    return families.talk(seconds, helen="mother", he=families.MAN, she=families.CHILD, it=None)


def crowd(n_speakers: int, n_turns: int) -> Minutes:
    speakers = tuple(
        Speaker(f"s{i}", i, f"{'Very' * i} long name {i}", "x" * 200, GIVEN, 1.0) for i in range(1, n_speakers + 1)
    )
    turns = (
        meetings.say(4.0 * i, 4.0 * i + 3, f"s{1 + i % n_speakers}", f"What is said in turn {i}.", unsure=("turn",))
        for i in range(n_turns)
    )
    return replace(meetings.empty(), speakers=speakers, utterances=tuple(turns))


# --- what it says ---


@pytest.mark.parametrize(
    ("name", "minutes", "template"),
    [
        ("docx_minutes_en", meetings.team(), None),
        ("docx_minutes_ko", meetings.family(), None),
        ("docx_transcript_ko", meetings.family(), "transcript"),
        ("docx_talk_ratio_ko", meetings.family(), "talk_ratio"),
        ("docx_talk_ratio_en", at_home(), "talk_ratio_en"),
    ],
)
def test_text_is_golden(name: str, minutes: Minutes, template: str | None) -> None:
    """Renew with BIGVOICE_RENEW_GOLDEN=1 and read the difference."""
    golden = GOLDEN / f"{name}.txt"

    text = text_of(opened(minutes, template=template))

    if os.environ.get("BIGVOICE_RENEW_GOLDEN"):
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("minutes", [meetings.team(), meetings.family(), meetings.hostile()])
def test_dialogue_is_that_of_the_minutes(minutes: Minutes) -> None:
    view = view_of(minutes, DocumentOptions())

    document = opened(minutes)

    assert spoken(document) == [block.text or view.wording.no_words for block in view.blocks]
    labels = [p.text for p in document.paragraphs if p.style.name == "Dialogue Speaker"]
    assert len(labels) == len(view.blocks)
    assert all(label.startswith(f"[{b.clock}] {b.label}") for label, b in zip(labels, view.blocks, strict=True))


@given(
    st.text(st.one_of(st.characters(), st.sampled_from("{}%_#&<>'\"\t\n\ufdd0\ufdd2\ufdd4")), min_size=1, max_size=30)
)
@settings(deadline=None, max_examples=25)
def test_any_text_stands_as_it_was_said(text: str) -> None:
    minutes = one_word(text)
    (block,) = view_of(minutes, DocumentOptions()).blocks

    document = opened(minutes, language="en")

    assert spoken(document) == [block.text or "(nothing transcribed)"]


def test_hostile_text_is_text() -> None:
    view = view_of(meetings.hostile(), DocumentOptions())

    document = opened(meetings.hostile())

    assert "<b>Tom</b> &" in view.title
    assert view.title in [p.text for p in document.paragraphs]
    assert document.core_properties.title == view.title
    assert "{% if %} {{ x }}" in table(document, "Attendees").cell(1, 1).text


def test_decisions_actions_and_next_meeting_are_left_to_hand() -> None:
    document = opened(meetings.team())

    for heading in ("Decisions", "Actions", "Next meeting"):
        rows = [[cell.text for cell in row.cells] for row in table(document, heading).rows[1:]]
        assert rows
        assert all(text == "" or text.isdecimal() for row in rows for text in row)


def test_what_was_noted_stands_in_the_tables_and_rows_are_left_to_hand() -> None:
    document = opened(edited_documents.team())

    decisions, actions = (
        [[cell.text for cell in row.cells] for row in table(document, heading).rows]
        for heading in ("Decisions", "Actions")
    )

    assert decisions[1:] == [["1", "Buy a <new> printer", "00:00:45"], ["2", "", ""], ["3", "", ""]]
    assert actions[1] == ["1", "Order it", "Joon Lee", "Friday", "00:00:46"]
    assert actions[2:] == [["2", "", "", "", ""], ["3", "", "", "", ""]]


def test_more_notes_than_rows_leave_no_row_blank() -> None:
    notes = tuple(Note(f"d{i}", DECISION, float(i), f"Decision {i}") for i in range(5))

    rows = table(opened(replace(meetings.team(), notes=notes)), "Decisions").rows

    assert [row.cells[1].text for row in rows[1:]] == [f"Decision {i}" for i in range(5)]
    assert [row.cells[2].text for row in rows[1:3]] == ["", "00:00:01"]  # at 0 s: nobody said when


def test_agenda_points_are_headings_in_the_dialogue() -> None:
    minutes = edited_documents.team()

    headings = [p.text for p in opened(minutes).paragraphs if p.style.name == "Heading 2"]
    rows = [row.cells[0].text for row in table(opened(minutes, template="transcript"), "What was said").rows]

    points = ["[00:00:00] Budget", "[00:00:08] The numbers", "[00:00:59] Any other business"]
    assert headings == points
    assert rows == ["No.", points[0], "1", points[1], "2", "3", "4", "5", "6", "7", points[2]]


def test_nothing_said() -> None:
    for template in ("minutes", "transcript"):
        document = opened(meetings.empty(), template=template)

        assert spoken(document) == ["No speech was found in the recording."]
        assert [cell.text for cell in table(document, "Attendees").rows[1].cells] == [""] * len(
            table(document, "Attendees").columns
        )


def test_a_listed_speaker_who_never_speaks() -> None:
    nobody = replace(one_word("x"), utterances=(), source=replace(meetings.empty().source, duration=0.0))

    row = table(opened(nobody, language="en"), "Talk shares").rows[1]

    assert [cell.text for cell in row.cells] == ["Ann", "", "0 %", "0 s"]
    assert inlines(row._tr) == []


def test_a_thousand_blocks_and_thirty_speakers_are_all_there() -> None:
    minutes = crowd(n_speakers=30, n_turns=1000)

    document = opened(minutes, template="transcript")

    rows = table(document, "What was said").rows
    assert len(rows) == 1 + 1000
    assert [cell.text for cell in rows[1000].cells] == [
        "1000", "01:06:36", f"{'Very' * 10} long name 10", "What is said in turn 999."
    ]  # fmt: skip
    assert len(table(document, "Attendees").rows) == 1 + 30


# --- marks ---


def test_unsure_words_are_marked_and_explained() -> None:
    document = opened(meetings.team())

    assert marked(document) == ["Dotted underline:", *unsure_in(meetings.team())]
    assert document.styles["Unsure"].element.rPr.find(qn("w:u")).get(qn("w:val")) == "dotted"


def test_marks_can_be_left_out() -> None:
    with_marks, without = (opened(meetings.team(), mark_unsure=mark) for mark in (True, False))

    assert marked(without) == []
    assert spoken(without) == spoken(with_marks)
    assert "underline" not in text_of(without)


def test_no_mark_characters_are_left_behind() -> None:
    with ZipFile(io.BytesIO(render(meetings.family(), DocumentOptions()))) as parts:
        xml = "".join(parts.read(name).decode() for name in parts.namelist() if name.endswith(".xml"))

    assert not re.search("[\ufdd0-\ufdef]|{[{%]", xml)


# --- how it looks ---


@pytest.mark.parametrize("template", SHIPPED)
def test_page_fonts_and_language(template: str) -> None:
    document = opened(meetings.team(), template=template)

    page = document.sections[0]
    assert (round(page.page_width.mm), round(page.page_height.mm)) == (210, 297)
    assert all(round(margin.mm) == 20 for margin in (page.left_margin, page.right_margin, page.top_margin))
    default = document.styles.element.find(f".//{qn('w:rPrDefault')}/{qn('w:rPr')}")
    assert default.find(qn("w:lang")).get(qn("w:eastAsia")) == "ko-KR"
    looks = [default, *(style.element.rPr for style in document.styles if style.type == 1)]
    fonts = [look.find(qn("w:rFonts")) for look in looks]
    assert {font.get(qn("w:eastAsia")) for font in fonts} == {"Malgun Gothic"}
    assert not any("Theme" in key for font in fonts for key in font.attrib)


@pytest.mark.parametrize("template", SHIPPED)
def test_footer_counts_pages_and_names_the_recording(template: str) -> None:
    footer = opened(meetings.team(), template=template).sections[0].footer

    codes = [code.text.strip() for code in footer._element.iter(qn("w:instrText"))]
    assert codes == ["PAGE", "NUMPAGES"]
    assert "board.m4a" in footer.paragraphs[0].text


def first_row(table: Table) -> list[Paragraph]:
    return [cell.paragraphs[0] for cell in table.rows[0].cells]


@pytest.mark.parametrize("template", SHIPPED)
def test_header_rows_are_repeated_and_rows_stay_whole(template: str) -> None:
    document = opened(meetings.family(), template=template)

    headed = [t for t in document.tables if all(p.style.name == "Table Heading" for p in first_row(t))]
    assert len(headed) == {"minutes": 6, "transcript": 2, "talk_ratio": 3}[template[:-3]]
    assert all(t.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None for t in headed)
    assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in headed[0].rows)
    assert sum(row._tr.trPr.find(qn("w:tblHeader")) is not None for row in headed[0].rows) == 1


def test_headings_are_real_headings() -> None:
    document = opened(meetings.family())

    headings = [(p.style.name, p.text) for p in document.paragraphs if p.style.name.startswith("Heading")]
    assert headings == [
        *(("Heading 1", text) for text in ("참석자", "안건", "결정 사항", "할 일", "향후 일정", "발언 비율")),
        ("Heading 2", "부모 발화 비율"),
        *(("Heading 1", text) for text in ("회의 내용", "작성 정보")),
    ]


def test_properties() -> None:
    properties = opened(meetings.team()).core_properties

    assert (properties.title, properties.author, properties.language) == ("Weekly meeting", "bigvoice", "en-GB")
    assert datetime.now(UTC) - properties.created.replace(tzinfo=UTC) < timedelta(minutes=5)


def test_a_shipped_template_brings_its_language() -> None:
    korean = opened(meetings.team(), template="minutes_ko")
    asked_for = opened(meetings.team(), template="minutes_ko", language="en")

    assert table(korean, "참석자").cell(1, 3).text == "등록 음성 (98 %)"
    assert table(asked_for, "참석자").cell(1, 3).text == "enrolled voice (98 %)"


# --- bars ---


def inlines(element: Any) -> list[Any]:
    return list(element.iter(qn("wp:inline")))


def test_bars_are_as_long_as_the_shares() -> None:
    bars = table(opened(meetings.family()), "발언 비율")

    lengths = [inlines(row._tr)[0].extent.cx for row in bars.rows[1:]]

    seconds = np.array([20, 10, 8, 2, 24, 4])  # four speakers, silence, overlap
    np.testing.assert_allclose(np.array(lengths) / lengths[4], seconds / 24, atol=0.002)


def test_parents_have_a_bar_of_distinct_patterns() -> None:
    document = opened(meetings.family())
    keys = [inlines(row._tr)[0] for row in table(document, "부모 발화 비율").rows[1:]]

    links = [key.find(f".//{qn('a:blip')}").get(qn("r:embed")) for key in keys]
    assert len(set(links)) == 4
    assert [key.docPr.get("descr") for key in keys] == ["어머니", "아버지", "아이", "미상"]
    whole = inlines(section(document, "부모 발화 비율")[0]._p)[0]
    assert whole.docPr.get("descr") == "어머니 50 %, 아버지 25 %, 아이 20 %, 미상 5 %"
    assert whole.extent.cx <= Mm(170)


def test_a_suggested_parent_is_shown_and_counted_as_not_known() -> None:
    family = meetings.family()
    mother = replace(family.speakers[0], named_by=SUGGESTED, confidence=0.74)

    document = opened(replace(family, speakers=(mother, *family.speakers[1:])))

    first, ratio = table(document, "참석자").rows[1], table(document, "부모 발화 비율")
    assert {"김영희?", "어머니?", "추정 (74 %)"} <= {cell.text for cell in first.cells}
    assert "김영희?, 참석자 4" in [cell.text for cell in ratio.rows[-1].cells]
    assert "이름 뒤의 물음표는 추정을 뜻합니다" in text_of(document)


def test_no_parents_no_ratio() -> None:
    assert "Parents" not in text_of(opened(meetings.team()))


def test_every_drawing_has_its_own_id() -> None:
    drawings = list(opened(meetings.family()).element.iter(qn("wp:docPr")))

    assert len(drawings) == 4 + 6 + 1 + 4  # attendees, shares with silence and overlap, the parents' bar and its keys
    assert len({drawing.get("id") for drawing in drawings}) == len(drawings)


def test_png_is_read_back_by_a_decoder() -> None:
    pixels = paint([Segment(5.0, "stripes"), Segment(3.0, "dots")], 2.0)

    with av.open(io.BytesIO(png(pixels))) as file:
        grey = next(file.decode(video=0)).to_ndarray(format="gray")

    np.testing.assert_array_equal(grey < 128, pixels)
    assert pixels.shape == (dots(2.0), dots(5.0) + dots(3.0))


def test_patterns_are_told_apart_without_colour() -> None:
    inked = {pattern: fill(pattern, 200, 600) for pattern in PATTERNS}

    different = [np.mean(inked[a] != inked[b]) for a in PATTERNS for b in PATTERNS if a < b]
    assert min(different) > 0.1
    with pytest.raises(ValueError, match="no pattern 'plaid'"):
        Segment(1.0, "plaid")


def test_a_picture_is_its_own_description() -> None:
    picture = Picture((Segment(1.25, "grid"), Segment(0.5, "blank")), 2.6, "a; b: c")

    assert Picture.parse(str(picture)[1:-1]) == picture


# --- templates of one's own ---


def test_own_template_keeps_its_looks_around_marks(tmp_path: Path) -> None:
    template = own_template(
        tmp_path, "Held in {{ place }} & elsewhere", "{%p for block in dialogue %}", "{{ block.text }}", "{%p endfor %}"
    )

    document = opened(meetings.team(), template=template)

    texts = [p.text for p in document.paragraphs]
    assert texts[0] == "Held in Room 4 & elsewhere"
    assert texts[2] == "We spent four thousand, most of it on paper."
    assert marked(document) == unsure_in(meetings.team()) != []  # the template has no such style: it is added
    assert all(run.bold for p in document.paragraphs for run in p.runs)


@pytest.mark.parametrize("template", SHIPPED)
def test_shipped_template_as_a_file(template: str) -> None:
    shipped = opened(meetings.team(), template=template, language="en")

    own = opened(meetings.team(), template=str(ROOT / "templates" / f"{template}.docx"), language="en")

    assert text_of(own) == text_of(shipped)


@pytest.mark.parametrize(
    ("paragraphs", "complaint"),
    [
        (["Led by {{ chairman }}"], r"'chairman' is undefined, in \"Led by {{ chairman }}\": there are title, date"),
        (
            ["{%p for person in attendees %}", "{{ person.age }}", "{%p endfor %}"],
            r"a Person has no attribute 'age', in \"{{ person.age }}\": there are number, name, role",
        ),
        (["Fine", "{{ title"], r"unexpected .*, in \"{{ title\": mend it"),
        (["In {{ place }}", "{% if title %}Only {{ title }}"], r"'endif'.*, in \"{% if title %}Only {{ title }}\""),
        (["{{ title.__class__.__mro__ }}"], r"unsafe"),
        (["{{ 1 / 0 }}"], r"division by zero"),
        (["{{ title | shout }}"], r"'shout'"),
    ],
)
def test_a_broken_template_is_named_with_the_place(tmp_path: Path, paragraphs: list[str], complaint: str) -> None:
    template = own_template(tmp_path, *paragraphs)

    with pytest.raises(DocumentError, match=complaint) as told:
        opened(meetings.team(), template=template)

    assert "own.docx" in str(told.value)
    assert "\n" not in str(told.value)


def test_a_loop_that_begins_outside_a_table_and_ends_in_it(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("{% for item in agenda %}")
    document.add_table(1, 1).cell(0, 0).text = "{{ item }}{% endfor %}"
    document.save(str(tmp_path / "own.docx"))

    with pytest.raises(DocumentError, match=r"own\.docx: .* write {%p \.\.\. %} or {%tr"):
        opened(meetings.team(), template=str(tmp_path / "own.docx"))


def test_an_unknown_field_in_the_footer(tmp_path: Path) -> None:
    template = own_template(tmp_path, "{{ title }}", footer="File no. {{ file_number }}")

    with pytest.raises(DocumentError, match=r"'file_number' is undefined, in \"File no. {{ file_number }}\""):
        opened(meetings.team(), template=template)


def test_what_is_no_template(tmp_path: Path) -> None:
    text, archive = tmp_path / "a.docx", tmp_path / "b.docx"
    text.write_text("only text")
    with ZipFile(archive, "w") as parts:
        parts.writestr("hello.txt", "hello")

    for path in (text, archive):
        with pytest.raises(DocumentError, match=rf"{path.name} is not a Word document"):
            opened(meetings.team(), template=str(path))
    with pytest.raises(DocumentError, match=r"no template .*none\.docx: give a \.docx file, or one of minutes"):
        opened(meetings.team(), template=str(tmp_path / "none.docx"))
    with pytest.raises(DocumentError, match="cannot be read"):
        opened(meetings.team(), template=str(tmp_path))


# --- the files that ship ---


def test_templates_are_what_their_script_makes() -> None:
    from bigvoice.templates.build_templates import templates

    made = templates()

    assert {name.removesuffix(".docx") for name in made} == set(SHIPPED)
    for name, content in made.items():
        with ZipFile(ROOT / "templates" / name) as shipped, ZipFile(io.BytesIO(content)) as new:
            for part in ("word/document.xml", "word/footer1.xml", "word/styles.xml"):
                assert shipped.read(part) == new.read(part), f"{name}: run python -m bigvoice.templates.build_templates"


def offered() -> set[str]:
    """Every field that a template may name, as README.md writes it."""
    rows = {
        "person": docx_fields.Person,
        "speaker": docx_fields.Row,
        "parent": docx_fields.Parent,
        "stretch": docx_fields.Stretch,
        "after": docx_fields.Next,
        "block": docx_fields.Spoken,
        "point": docx_fields.Heading,
        "row": docx_fields.Noted,
    }
    of_rows = {f"{row}.{field.name}" for row, kind in rows.items() for field in fields(kind)}
    return of_rows | {field.name for field in fields(docx_fields.Fields)}


def test_readme_names_every_field_and_no_other() -> None:
    readme = (ROOT / "templates" / "README.md").read_text(encoding="utf-8")

    listed = re.findall(r"^\| `([\w.]+)` \|", readme.partition("## Fields")[2], re.MULTILINE)

    assert set(listed) == offered()
    assert len(listed) == len(set(listed))


def test_every_field_can_be_filled_in(tmp_path: Path) -> None:
    loops = {"person": "attendees", "speaker": "shares", "parent": "parents", "block": "dialogue"}
    loops |= {"stretch": "course", "after": "following", "row": "decision_rows", "point": "last_points"}
    lines = [f"{{{{ {name} }}}}" for name in sorted(offered()) if "." not in name]
    for row, of in loops.items():
        named = " ".join(f"{{{{ {name} }}}}" for name in sorted(offered()) if name.startswith(f"{row}."))
        lines += [f"{{%p for {row} in {of} %}}", named, "{%p endfor %}"]

    document = opened(meetings.family(), template=own_template(tmp_path, *lines))

    assert "{{" not in text_of(document)
    assert "삼 대 이로 이겼어요." in text_of(document)


def test_libreoffice_opens_it(tmp_path: Path) -> None:
    office, reader = shutil.which("soffice"), shutil.which("pdftotext")
    if not (office and reader):
        pytest.skip("LibreOffice (soffice) or pdftotext is not installed")
    (tmp_path / "회의록.docx").write_bytes(
        render(crowd(n_speakers=3, n_turns=120), DocumentOptions(template="transcript"))
    )

    subprocess.run(
        [office, f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless", "--convert-to", "pdf",
         "--outdir", str(tmp_path), str(tmp_path / "회의록.docx")],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    pages = subprocess.run(
        [reader, "-layout", tmp_path / "회의록.pdf", "-"], check=True, capture_output=True, timeout=30
    )

    first, *others = pages.stdout.decode().split("\f")[:-1]
    assert f"Page 1 / {1 + len(others)}" in first
    in_dialogue = [page for page in others if "What is said in turn" in page]
    assert len(in_dialogue) > 2
    assert all(re.search(r"No\.\s+Time\s+Speaker\s+Words", page) for page in in_dialogue)


def test_a_page_of_the_talk_ratio_asks_the_voices_and_minutes_do_not() -> None:
    minutes = families.talk({"a": 9, "b": 5}, a=families.WOMAN, b=families.MAN)

    page, record = (text_of(opened(minutes, template=name)) for name in ("talk_ratio_en", "minutes_en"))

    assert "mother (guess)" in page
    assert "mother" not in record
