"""Golden minutes: `python sample_meetings/golden.py [NAME ...]` writes each sample's minutes.md anew, to be looked at;
of a family its talk_ratio.docx, too.

What a secretary does, done here in one go: the people who have clips are enrolled in a voice book of their own, with
their roles, and the recording goes the whole way. English is written down by pocketsphinx, which every installation
has; there is no Korean in it, so the Korean minutes say who spoke when. A test runs the way again, without
transcription.
"""

from __future__ import annotations

import sys
import tomllib
from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bigvoice import Minutes, Settings, VoiceBook, minutes_of
from bigvoice.documents import write
from bigvoice.minutes.family import family_told
from bigvoice.settings import FILE_NAME, DocumentOptions

HERE = Path(__file__).parent
ASR = {"en": "sphinx", "ko": "none"}
CONSENT = date(2026, 2, 9)
PAGE = "talk_ratio.docx"


def plan_of(folder: Path) -> dict[str, Any]:
    """A sample's meeting.toml."""
    return tomllib.loads((folder / "meeting.toml").read_text(encoding="utf-8"))


def enrol(folder: Path, book: Path) -> None:
    """Everybody who has clips, from all of them."""
    with VoiceBook.open(book) as opened:
        for person in plan_of(folder)["people"]:
            if clips := sorted((folder / "enrolment").glob(f"{person['name']}_*")):
                opened.enroll(person["name"], *clips, role=person["role"], consent=CONSENT)


def minutes_anew(folder: Path, *, asr: str | None = None) -> Minutes:
    """A sample's minutes. asr: None for the part that writes its language."""
    language = plan_of(folder)["sound"]["language"]
    known = tomllib.loads((folder / FILE_NAME).read_text(encoding="utf-8"))
    settings = replace(Settings().updated(known), cache=None)
    [recording] = folder.glob("recording.*")
    with TemporaryDirectory() as scratch:
        book = Path(scratch) / "voices.sqlite"
        enrol(folder, book)
        return minutes_of(recording, settings, book=book, asr=asr or ASR[language], language=language)


def write_all(folder: Path) -> list[str]:
    """A sample's documents; their names."""
    minutes = minutes_anew(folder)
    write(minutes, folder / "minutes.md", force=True)
    if not family_told(minutes).knows_anybody:
        return ["minutes.md"]
    write(minutes, folder / PAGE, options=DocumentOptions(template=Path("talk_ratio")), force=True)
    return ["minutes.md", PAGE]


if __name__ == "__main__":
    for name in sys.argv[1:] or sorted(plan.parent.name for plan in HERE.glob("*/meeting.toml")):
        print(f"{name}: {', '.join(write_all(HERE / name))}")
