"""The made meetings that the other scripts measure on, kept under bench/work."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from bigvoice import VoiceBook
from bigvoice.documents.rttm import read as read_rttm
from bigvoice.turn import Turn

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"
WORK = ROOT / "bench" / "work"


@dataclass(frozen=True, slots=True)
class Meeting:
    """A made meeting: its recording, who really spoke, who is enrolled, and the clips of each (about 10 s)."""

    recording: Path
    reference: tuple[Turn, ...]
    enrolled: tuple[str, ...]
    clips: dict[str, tuple[Path, ...]]


def the_shared_folder(shared: Path) -> None:
    """Stop with a reason where the data is not there."""
    if not (shared / "data").is_dir():
        raise SystemExit(f"{shared} has no data/: this script measures on real speech that is not part of the project")


def made_meetings(shared: Path, *, count: int, minutes: float, seed: int) -> list[Path]:
    """Recordings of made meetings: four people of LibriSpeech dev-clean, three of them to be enrolled."""
    folder = WORK / f"made_{count}x{minutes:g}min_seed{seed}"
    if not (folder / f"m{count - 1:02d}.json").exists():
        tool = shared / "tools" / "make_meetings.py"
        what = ["--count", str(count), "--minutes", str(minutes), "--seed", str(seed), "--enrolled", "3"]
        command = [sys.executable, str(tool), str(folder), "--corpus", "librispeech/dev_clean_20", *what]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return sorted(folder.glob("m*.wav"))


def opened(recording: Path) -> Meeting:
    """What there is to know of a made meeting."""
    facts = json.loads(recording.with_suffix(".json").read_text(encoding="utf-8"))
    clips = {name: tuple(sorted(recording.with_suffix(".enrol").glob(f"{name}_*.wav"))) for name in facts["speakers"]}
    (reference,) = read_rttm(recording.with_suffix(".rttm")).values()
    return Meeting(recording, tuple(reference), tuple(facts["enrolled"]), clips)


def enrolled_book(recording: Path, clips: int = 3) -> Path:
    """A voice book with the people of a made meeting who are to be enrolled."""
    path = recording.with_suffix(f".{clips}clips.sqlite")
    if not path.exists():
        meeting = opened(recording)
        with VoiceBook.open(path) as book:
            for name in meeting.enrolled:
                book.enroll(name, *meeting.clips[name][:clips], force=True)
    return path
