"""Documents that went through LibreOffice, where it is installed."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from bigvoice.documents.docx_keys import parse
from bigvoice.documents.docx_lines import lines_of
from bigvoice.documents.filled_in import is_stamped
from bigvoice.minutes.corrections import Describe, Place, Rename, Write
from bigvoice.returning.coming_back import returned_from
from tests.edited_documents import edited, family, in_paragraphs, in_runs, made, team


def through_office(paths: list[Path], folder: Path) -> list[Path]:
    office = shutil.which("soffice")
    if not office:
        pytest.skip("LibreOffice (soffice) is not installed")
    command = [office, f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--convert-to", "docx"]
    subprocess.run(
        [*command, "--outdir", str(folder / "saved"), *map(str, paths)], check=True, capture_output=True, timeout=120
    )
    return [folder / "saved" / path.name for path in paths]


def test_documents_come_back_through_libreoffice(tmp_path: Path) -> None:
    """Untouched; edited in runs, where bookmarks stay; edited in paragraphs, where they are lost."""
    import docx

    untouched = made(team(), tmp_path / "untouched.docx")
    typed, scripted = made(family(), tmp_path / "typed.docx"), made(team(), tmp_path / "script.docx", "transcript_en")
    edited(typed, lambda d: (in_runs(d, "밥 먹자", "밥을 먹자"), in_runs(d, "참석자 4", "박민아")))
    edited(scripted, lambda d: (in_paragraphs(d, "is old", "is new"), in_paragraphs(d, "Room 4", "Room 5")))

    saved = through_office([untouched, typed, scripted], tmp_path)

    assert not is_stamped(saved[0])
    names = [
        [name for line in lines_of(docx.Document(str(path)).element.body) for name in line.starts if parse(name)]
        for path in (untouched, saved[0])
    ]
    assert names[0] == names[1] != []
    returned = [returned_from(path, minutes) for path, minutes in zip(saved, (team(), family(), team()), strict=True)]
    assert [each.told for each in returned] == [(), (), ()]
    dinner, meeting = family().utterances[4], team().utterances[4]
    assert [each.corrections for each in returned] == [
        (),
        (Write(Place.of(dinner), "잘했네. 밥을 먹자.", "잘했네. 밥 먹자."), Rename("s4", "박민아")),
        (Write(Place.of(meeting), "The printer is new.", "The printer is old."), Describe("place", "Room 5")),
    ]
