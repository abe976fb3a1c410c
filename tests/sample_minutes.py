"""Minutes of the sample meetings with their words, from the references: a recogniser's work without a recogniser."""

from __future__ import annotations

import hashlib
from datetime import datetime
from functools import cache
from pathlib import Path

import av

from bigvoice.documents import stm
from bigvoice.minutes.minutes import (
    ACTION,
    AGENDA,
    DECISION,
    KNOWN,
    UNKNOWN,
    Maker,
    Minutes,
    Note,
    Source,
    Speaker,
)
from tests.meetings import say

SAMPLES = Path(__file__).parents[1] / "sample_meetings"
LANGUAGES = {"team_weekly": "en", "korean_board": "ko"}


def recording_of(name: str) -> Path:
    (recording,) = (SAMPLES / name).glob("recording.*")
    return recording


@cache
def sample(name: str) -> Minutes:
    """Everybody but the second speaker has a name; in each utterance of four words and more the fourth is unsure."""
    recording = recording_of(name)
    (said,) = stm.read(SAMPLES / name / "reference.stm").values()
    ids = {each.speaker: f"s{i}" for i, each in enumerate({each.speaker: each for each in said}.values(), 1)}
    names = [None if i == 1 else name for i, name in enumerate(ids)]
    with av.open(str(recording)) as container:
        duration = container.duration / 1e6
    return Minutes(
        source=Source(recording.name, hashlib.sha256(recording.read_bytes()).hexdigest(), duration),
        maker=Maker("0.1.0", (("voices", "neural"), ("text", "whisper:small"))),
        title="<Weekly> & 회의",
        date=datetime(2026, 11, 21, 14, 0),
        language=LANGUAGES[name],
        attendees=tuple(each for each in names if each),
        agenda=("Budget",),
        speakers=tuple(
            Speaker(f"s{i}", i, name, None, KNOWN if name else UNKNOWN, 0.9 if name else 0.0)
            for i, name in enumerate(names, 1)
        ),
        utterances=tuple(
            say(each.span.start, each.span.end, ids[each.speaker], each.text, unsure=each.text.split()[3:4])
            for each in said
        ),
        notes=(
            Note("n1", AGENDA, 0.0, "Release date"),
            Note("n2", DECISION, 62.0, "The release moves to March."),
            Note("n3", ACTION, 70.0, "Call the newspaper", "Paul", "Wednesday"),
        ),
    )
