"""Documents that follow corrections, and those that are left alone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import docx
import families
import meetings
import pytest

from bigvoice.documents import FORMATS, write, write_document
from bigvoice.documents import docx as word
from bigvoice.documents.docx_made import made_of
from bigvoice.documents.following import follow, followers
from bigvoice.minutes.correcting import corrected
from bigvoice.minutes.corrections import Rename
from bigvoice.minutes.minutes import Minutes
from bigvoice.returning.review_table import write_review
from bigvoice.settings import DocumentOptions
from tests.edited_documents import edited, in_runs

BEFORE = meetings.team()
NAMES = ("Speaker 3", "Rita Moss")


def renamed(minutes: Minutes) -> Minutes:
    return corrected(minutes, [Rename("s3", "Rita Moss")])[0]


def text_of(path: Path) -> str:
    if path.suffix != ".docx":
        return path.read_text(encoding="utf-8")
    document = docx.Document(str(path))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def test_every_format_follows_and_other_names_do_not(tmp_path: Path) -> None:
    home = tmp_path / "board.json"
    for suffix in FORMATS:
        write(BEFORE, home.with_suffix(suffix))
    write(BEFORE, tmp_path / "other.srt")

    followed = follow(home, BEFORE, renamed(BEFORE))

    assert {each.path.suffix for each in followed} == set(FORMATS) - {".json"}
    assert [each.why for each in followed] == [""] * len(followed)
    for each in followed:
        assert "Rita" in text_of(each.path).replace("_", " ")
        assert "Speaker 3" not in text_of(each.path).replace("_", " ")
    assert "Speaker 3" in text_of(tmp_path / "other.srt")


@pytest.mark.parametrize(
    "options",
    [
        DocumentOptions(template="transcript_ko"),
        DocumentOptions(template="minutes", language="ko", mark_unsure=False),
        DocumentOptions(template="talk_ratio_en"),
    ],
)
def test_a_word_document_stays_what_it_is(tmp_path: Path, options: DocumentOptions) -> None:
    home = tmp_path / "board.json"
    write(BEFORE, tmp_path / "board.docx", options=options)
    write(renamed(BEFORE), tmp_path / "wanted.docx", options=options)

    (followed,) = follow(home, BEFORE, renamed(BEFORE), DocumentOptions(language="en"))

    assert followed.why == ""
    assert text_of(tmp_path / "board.docx") == text_of(tmp_path / "wanted.docx")
    assert made_of(tmp_path / "board.docx") == made_of(tmp_path / "wanted.docx")


@pytest.mark.parametrize("suffix", [".docx", ".md", ".txt"])
def test_what_a_person_changed_is_left_alone_with_the_next_step(tmp_path: Path, suffix: str) -> None:
    home, document = tmp_path / "board.json", tmp_path / f"board{suffix}"
    write(BEFORE, document)
    if suffix == ".docx":
        edited(document, lambda d: in_runs(d, "is old", "is new"))
    else:
        document.write_text(document.read_text().replace("is old", "is new"))
    before = document.read_bytes()

    (left,) = follow(home, BEFORE, renamed(BEFORE))
    (korean,) = followers(home, BEFORE, language="ko")

    step = f"bigvoice correct board.json --from board{suffix}" if suffix == ".docx" else f"-o board{suffix} --force"
    assert step in left.why
    assert step in korean.why
    assert document.read_bytes() == before


def test_a_text_follows_however_it_was_made_and_of_whatever_state(tmp_path: Path) -> None:
    home = tmp_path / "board.json"
    write(BEFORE, tmp_path / "board.md", options=DocumentOptions(language="ko", mark_unsure=False))
    write(replace(BEFORE, title="Old"), tmp_path / "board.txt")

    followed = follow(home, BEFORE, renamed(BEFORE), earlier=[replace(BEFORE, title="Old")])

    assert [each.why for each in followed] == ["", ""]
    assert "Rita Moss" in text_of(tmp_path / "board.md")
    assert "회의록" in text_of(tmp_path / "board.md") or "참석자" in text_of(tmp_path / "board.md")
    assert "four?" not in text_of(tmp_path / "board.md")
    assert "Weekly meeting" in text_of(tmp_path / "board.txt")


def test_a_template_of_ones_own_is_asked_for_unless_the_settings_name_it(tmp_path: Path) -> None:
    own = docx.Document()
    own.add_paragraph("{%p for block in dialogue %}")
    own.add_paragraph("{{ block.speaker }}: {{ block.text }}")
    own.add_paragraph("{%p endfor %}")
    own.save(str(tmp_path / "우리 서식.docx"))
    options = DocumentOptions(template=str(tmp_path / "우리 서식.docx"))
    write(BEFORE, tmp_path / "board.docx", options=options)

    (left,) = followers(tmp_path / "board.json", BEFORE)
    (followed,) = follow(tmp_path / "board.json", BEFORE, renamed(BEFORE), options)

    assert "--template 우리 서식.docx" in left.why
    assert followed.why == ""
    assert "Rita Moss: The printer is old." in text_of(tmp_path / "board.docx")


def test_who_is_who_told_for_one_document_alone_is_not_forgotten(tmp_path: Path) -> None:
    from bigvoice.minutes.family import family_of

    minutes = families.talk({"a": 9, "b": 5}, a=families.WOMAN, b=families.MAN)
    page = word.render(minutes, DocumentOptions(template="talk_ratio_en"), family_of(minutes))
    write_document(tmp_path / "board.docx", page)

    (left,) = followers(tmp_path / "board.json", minutes)

    assert "talk-ratio" in left.why


def test_a_table_in_which_somebody_says_what_a_review_table_is_headed_with_follows(tmp_path: Path) -> None:
    said = replace(BEFORE.utterances[0], words=meetings.words(1, 6, "Key points of the budget, please"))
    before = replace(BEFORE, utterances=(said, *BEFORE.utterances[1:]))
    write(before, tmp_path / "board.csv")

    (followed,) = follow(tmp_path / "board.json", before, renamed(before))

    assert followed.why == ""
    assert "Rita Moss" in text_of(tmp_path / "board.csv")


def test_a_review_table_is_left_alone(tmp_path: Path) -> None:
    for minutes in (BEFORE, meetings.family()):
        write_review(minutes, tmp_path / "board.csv", force=True)

        (left,) = followers(tmp_path / "board.json", minutes)

        assert "correct board.json --from board.csv" in left.why


def test_one_that_cannot_be_written_is_told_and_the_others_follow(tmp_path: Path) -> None:
    for suffix in (".srt", ".vtt"):
        write(BEFORE, tmp_path / f"board{suffix}")
    (tmp_path / "board.srt").chmod(0o444)

    srt, vtt = follow(tmp_path / "board.json", BEFORE, renamed(BEFORE))

    assert vtt.why == ""
    assert "Rita Moss" in text_of(vtt.path)
    if "Rita Moss" not in text_of(srt.path):  # root may write anything
        assert "board.srt" in srt.why


def test_nothing_is_beside_it(tmp_path: Path) -> None:
    assert followers(tmp_path / "board.json", BEFORE) == ()
    assert followers(tmp_path / "none" / "board.json", BEFORE) == ()
