from __future__ import annotations

import os
from pathlib import Path

import docx
import meetings
import pytest

from bigvoice.documents import write
from bigvoice.documents.filled_in import refuse_filled_in, stamp
from bigvoice.errors import DocumentError


@pytest.fixture
def board(tmp_path: Path) -> Path:
    """A Word document as bigvoice writes it."""
    write(meetings.team(), tmp_path / "board.docx")
    return tmp_path / "board.docx"


def save_again(file: Path, change: str | None) -> None:
    """As Word does, which lays the content out anew, or a script, which does not."""
    document = docx.Document(str(file))
    if change == "body":
        document.add_paragraph("Decided: we buy it.")
    if change == "cell":
        document.tables[0].rows[0].cells[-1].text = "Mina Park"
    if change == "footer":
        document.sections[0].footer.paragraphs[0].text = "confidential"
    document.save(str(file))


def test_a_word_document_that_nobody_changed_may_be_made_again_whenever_it_is_touched(board):
    later = board.stat().st_mtime + 3600
    os.utime(board, (later, later))

    refuse_filled_in(board)
    save_again(board, None)
    refuse_filled_in(board)


@pytest.mark.parametrize("change", ["body", "cell", "footer"])
def test_a_word_document_with_changes_is_refused_whatever_its_time(board, change):
    before = board.stat()
    save_again(board, change)
    os.utime(board, (before.st_atime, before.st_mtime))

    with pytest.raises(DocumentError, match=r"board\.docx may hold changes of yours .*--force"):
        refuse_filled_in(board)


@pytest.mark.parametrize("content", [b"", b"no Word document", None])
def test_a_word_document_that_bigvoice_did_not_write_is_refused(tmp_path, content):
    file = tmp_path / "ours.docx"
    docx.Document().save(str(file)) if content is None else file.write_bytes(content)

    with pytest.raises(DocumentError, match="may hold changes of yours"):
        refuse_filled_in(file)


def test_a_text_is_told_by_its_time(tmp_path):
    text, minutes = tmp_path / "board.md", tmp_path / "board.json"
    text.write_text("decided: yes")
    minutes.write_text("{}")
    written = minutes.stat().st_mtime

    os.utime(text, (written - 10, written - 10))
    refuse_filled_in(text, since=minutes)
    os.utime(text, (written + 10, written + 10))
    for since in (minutes, None, tmp_path / "absent.json"):
        with pytest.raises(DocumentError, match=r"board\.md may hold changes"):
            refuse_filled_in(text, since=since)


def test_documents_for_programs_and_absent_ones_are_never_refused(tmp_path):
    (tmp_path / "board.srt").write_text("1")

    refuse_filled_in(tmp_path / "board.srt")
    refuse_filled_in(tmp_path / "absent.docx")


def test_a_stamp_is_of_the_content_and_not_of_the_properties_or_of_the_order():
    parts = [("word/document.xml", b"a"), ("word/footer1.xml", b"b")]

    assert stamp(parts) == stamp([*reversed(parts), ("docProps/core.xml", b"c")])
    assert stamp(parts) != stamp([("word/document.xml", b"ab"), ("word/footer1.xml", b"")])
