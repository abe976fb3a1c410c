"""Every sample meeting is whole: its parts are there, they agree with each other, and with what is heard."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bigvoice.decoding import load
from bigvoice.documents import rttm
from bigvoice.recording import RATE, Recording
from bigvoice.settings import FILE_NAME, Settings
from bigvoice.span import Span, complement, merge
from bigvoice.turn import Turn

SAMPLES = Path(__file__).parents[1] / "sample_meetings"
SYNTHESISERS = ("flite", "text2wave", "espeak-ng")


@dataclass(frozen=True)
class Row:
    """A row of an STM file."""

    span: Span
    speaker: str
    text: str


class Sample:
    """A folder of sample_meetings, read on use."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.plan: dict[str, Any] = tomllib.loads((folder / "meeting.toml").read_text(encoding="utf-8"))
        self.people = [person["name"] for person in self.plan["people"]]
        self.enrolled = [person["name"] for person in self.plan["people"] if person["enrolled"]]

    @property
    def file(self) -> Path:
        [file] = self.folder.glob("recording.*")
        return file

    @property
    def clips(self) -> list[Path]:
        return sorted((self.folder / "enrolment").iterdir())

    @cached_property
    def recording(self) -> Recording:
        return load(self.file)

    @cached_property
    def turns(self) -> list[Turn]:
        return rttm.read(self.folder / "reference.rttm")["recording"]

    @cached_property
    def rows(self) -> list[Row]:
        lines = (self.folder / "reference.stm").read_text(encoding="utf-8").splitlines()
        fields = [line.split(" ", 5) for line in lines]
        return [Row(Span(float(start), float(end)), who, text) for _, _, who, start, end, text in fields]

    def script(self, chapter: str) -> list[tuple[str, str]]:
        """(who, text) of every line under a heading of script.md."""
        whole = (self.folder / "script.md").read_text(encoding="utf-8")
        part = whole.partition(f"## {chapter}\n")[2].partition("\n## ")[0]
        lines = [line.removeprefix("- **").partition(": ") for line in part.splitlines() if line]
        return [(who.partition("**")[0], text) for who, _, text in lines]


@pytest.fixture(scope="module", params=sorted(path.parent.name for path in SAMPLES.glob("*/meeting.toml")))
def sample(request: pytest.FixtureRequest) -> Sample:
    return Sample(SAMPLES / request.param)


def test_there_are_a_team_a_family_and_a_korean_meeting() -> None:
    plans = {path.parent.name: Sample(path.parent).plan for path in SAMPLES.glob("*/meeting.toml")}

    roles = {name: {person["role"] for person in plan["people"]} for name, plan in plans.items()}
    assert roles["family_evening"] == {"mother", "father", "child"}
    assert [person["enrolled"] for person in plans["team_weekly"]["people"]].count(False) == 1
    assert plans["korean_board"]["sound"]["language"] == "ko"


def test_a_recording_is_small_and_of_some_minutes(sample: Sample) -> None:
    assert sample.file.suffix in {".m4a", ".mp3", ".ogg"}
    assert sample.file.stat().st_size < 1_000_000
    assert 120 < sample.recording.duration < 240


def test_every_enrolled_person_and_nobody_else_has_clips(sample: Sample) -> None:
    owners = [clip.stem.rpartition("_")[0] for clip in sample.clips]

    assert set(owners) == set(sample.enrolled)
    assert sorted(owners) == sorted(who for who, _ in sample.script("Enrolment"))
    for clip in sample.clips:
        assert 10 < load(clip).duration < 22, clip


def test_what_is_said_in_clips_is_not_said_in_the_meeting(sample: Sample) -> None:
    said = {text for _, text in sample.script("Meeting")}

    assert said
    assert not said & {text for _, text in sample.script("Enrolment")}


def test_stm_is_the_script_in_order_of_time(sample: Sample) -> None:
    assert sorted((row.speaker, row.text) for row in sample.rows) == sorted(sample.script("Meeting"))
    assert [row.span.start for row in sample.rows] == sorted(row.span.start for row in sample.rows)


def test_references_lie_within_the_recording(sample: Sample) -> None:
    for span in [turn.span for turn in sample.turns] + [row.span for row in sample.rows]:
        assert span.duration > 0
        assert span.start >= 0
        assert span.end <= sample.recording.duration


def test_rttm_is_stm_without_its_long_pauses(sample: Sample) -> None:
    for row in sample.rows:
        own = [t.span for t in sample.turns if t.speaker == row.speaker and t.span.overlap(row.span) > 0.002]
        assert own[0].start == pytest.approx(row.span.start, abs=0.0015)
        assert own[-1].end == pytest.approx(row.span.end, abs=0.0015)
        assert all(a.gap(b) > 0.5 for a, b in pairwise(own))
    assert {turn.speaker for turn in sample.turns} == set(sample.people)


def test_some_talk_at_once_but_not_most(sample: Sample) -> None:
    spoken = sum(turn.span.duration for turn in sample.turns)
    covered = sum(span.duration for span in merge(turn.span for turn in sample.turns))

    assert 0.01 < (spoken - covered) / covered < 0.15


def test_speech_begins_where_the_reference_says(sample: Sample) -> None:
    """Also that the encoder's own delay is not in the file: 43 ms for AAC at 24 kHz."""
    voiced = merge(turn.span for turn in sample.turns)
    late = [_onset(sample.recording, after.start) for before, after in pairwise(voiced) if before.gap(after) > 0.3]

    assert len(late) > 10
    assert abs(np.median(late)) < 0.012


def _onset(recording: Recording, time: float) -> float:
    """How much later than `time` the sound rises out of the quiet before it, in seconds."""
    quiet = np.abs(recording.cut(Span(time - 0.15, time - 0.05)))
    around = np.abs(recording.cut(Span(time - 0.05, time + 0.25)))
    return float(np.argmax(around > max(2 * quiet.max(), 0.02 * around.max()))) / RATE - 0.05


def test_speech_is_well_above_the_room(sample: Sample) -> None:
    voiced = merge(turn.span for turn in sample.turns)
    echoing = merge(Span(span.start, span.end + 0.2) for span in voiced)

    speech = _level_db(sample.recording, voiced)
    room = _level_db(sample.recording, complement(echoing, sample.recording.span))

    assert 12 < speech - room < 40


def _level_db(recording: Recording, spans: list[Span]) -> float:
    power = np.concatenate([recording.cut(span) for span in spans]).astype(np.float64) ** 2
    return float(10 * np.log10(np.median(power.reshape(-1)[: len(power) // 160 * 160].reshape(-1, 160).mean(axis=1))))


def test_bigvoice_reads_what_is_known_of_the_meeting(sample: Sample) -> None:
    known = tomllib.loads((sample.folder / FILE_NAME).read_text(encoding="utf-8"))

    meeting = Settings().updated(known).meeting

    assert known == {"meeting": sample.plan["meeting"]}
    assert set(meeting.attendees) == set(sample.people)
    assert meeting.began is not None
    assert meeting.agenda


def test_the_start_of_a_meeting_comes_out_the_same_again(tmp_path: Path) -> None:
    pytest.importorskip("pydub")
    if missing := [command for command in SYNTHESISERS if shutil.which(command) is None]:
        pytest.skip(f"the sample meetings' synthesisers are not installed: {', '.join(missing)}")
    shipped = Sample(SAMPLES / "family_evening")
    folder = tmp_path / "family_evening"
    folder.mkdir()
    for module in SAMPLES.glob("*.py"):
        shutil.copy(module, tmp_path)
    shutil.copy(shipped.folder / "meeting.toml", folder)
    meeting, enrolment = (shipped.script(chapter) for chapter in ("Meeting", "Enrolment"))
    (folder / "script.md").write_text(_script(meeting[:5], enrolment[:1]), encoding="utf-8")

    subprocess.run([sys.executable, str(tmp_path / "make.py"), "family_evening"], check=True, capture_output=True)

    made = Sample(folder)
    assert made.rows == shipped.rows[:5]
    assert made.turns == [turn for turn in shipped.turns if turn.span.end <= made.rows[-1].span.end]
    assert [clip.name for clip in made.clips] == ["Helen_1.mp3"]
    assert made.clips[0].stat().st_size == pytest.approx(shipped.clips[0].stat().st_size, rel=0.02)
    assert made.recording.duration == pytest.approx(made.rows[-1].span.end + 1, abs=0.05)
    assert (folder / FILE_NAME).read_text("utf-8") == (shipped.folder / FILE_NAME).read_text("utf-8")


def _script(meeting: list[tuple[str, str]], enrolment: list[tuple[str, str]]) -> str:
    chapters = {"Meeting": meeting, "Enrolment": enrolment}
    return "\n".join(
        f"## {chapter}\n\n" + "".join(f"- **{who}**: {text}\n" for who, text in lines)
        for chapter, lines in chapters.items()
    )
