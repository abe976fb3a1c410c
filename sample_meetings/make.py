"""Makes the sample meetings: `python sample_meetings/make.py [NAME ...]` writes again what it wrote before.

A folder with a `script.md` (who says what) and a `meeting.toml` (who is who, and how it sounds) is a meeting; the
recording, the enrolment clips, reference.rttm, reference.stm and bigvoice.toml are made of the two. Needs the Debian
packages flite, festival, festvox-kallpc16k and espeak-ng, and bigvoice's `dev` extra.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from audio import mix, piece, write
from rooms import impulse_response, noise
from scipy.signal import fftconvolve
from voices import ENGINES, LOUDNESS, RATE, Speech, speak

from bigvoice.span import Span

HERE = Path(__file__).parent
_LINE = re.compile(r"- \*\*(?P<who>.+?)\*\*(?: \((?P<after>-?[\d.]+)\))?: (?P<text>.+)")
_PAUSES = (0.25, 0.8)
"""Seconds between two lines where the script says nothing."""
_MARGIN = 1.0
"""Seconds before the first word and after the last."""
_BOOTH: Mapping[str, Any] = {
    "room": (3.2, 2.6, 2.4),
    "microphone": (1.5, 1.2, 1.2),
    "mouth": (1.8, 1.4, 1.3),
    "reverberation": 0.2,
}
"""Where enrolment clips are recorded: near the microphone, in a small office."""


@dataclass(frozen=True)
class Person:
    """A row of meeting.toml's [[people]]."""

    name: str
    role: str
    enrolled: bool
    voice: Sequence[str]
    seat: Sequence[float]
    size: float = 1.0
    level_db: float = 0.0

    def say(self, text: str) -> Speech:
        """The text in this person's voice."""
        return speak(text, self.voice, size=self.size)


@dataclass(frozen=True)
class Line:
    """A line of the script: `after` seconds after the end of all before it; None where the script does not say."""

    who: str
    text: str
    after: float | None = None


@dataclass(frozen=True)
class Utterance:
    """A line, spoken from `start` (seconds, whole milliseconds) on."""

    line: Line
    speech: Speech
    start: float

    @property
    def span(self) -> Span:
        """From its first sound to its last."""
        return Span(self.start, self.start + self.speech.duration)


def read_script(path: Path, chapter: str) -> list[Line]:
    """The lines under the heading `## chapter`."""
    part = path.read_text(encoding="utf-8").partition(f"## {chapter}\n")[2].partition("\n## ")[0]
    found = [_LINE.fullmatch(row) for row in part.splitlines() if row]
    if not found or None in found:
        raise ValueError(
            f"{path}: every line under '## {chapter}' is '- **Name**: text' or '- **Name** (seconds): text'"
        )
    return [Line(m["who"], m["text"], float(m["after"]) if m["after"] else None) for m in found if m]


def perform(lines: Sequence[Line], cast: Mapping[str, Person], generator: np.random.Generator) -> list[Utterance]:
    """Every line spoken, and placed in time."""
    spoken: list[Utterance] = []
    end = _MARGIN
    for line in lines:
        pause = generator.uniform(*_PAUSES) if spoken else 0.0
        start = round(end + (pause if line.after is None else line.after), 3)
        spoken.append(Utterance(line, cast[line.who].say(line.text), start))
        end = max(end, spoken[-1].span.end)
    return sorted(spoken, key=lambda utterance: utterance.start)


def record(spoken: Sequence[Utterance], cast: Mapping[str, Person], sound: Mapping[str, Any], path: Path) -> None:
    """The meeting as the microphone on the table hears it."""
    duration = max(utterance.span.end for utterance in spoken) + _MARGIN
    echo = {
        who: impulse_response(sound["room"], cast[who].seat, sound["microphone"], sound["reverberation"])
        for who in cast
    }
    voices = [
        (
            round(u.start * 1000),
            piece(fftconvolve(u.speech.samples, echo[u.line.who]), gain_db=cast[u.line.who].level_db),
        )
        for u in spoken
    ]
    generator = np.random.default_rng(sound["seed"])
    room = noise(sound["noise"], round(duration * RATE), generator) * LOUDNESS * 10 ** (sound["noise_db"] / 20)
    track = mix([(0, piece(room)), *voices], round(duration * 1000), peak_db=sound["peak_db"])
    write(track, path, bit_rate=sound["bit_rate"])


def enrol(lines: Sequence[Line], cast: Mapping[str, Person], sound: Mapping[str, Any], folder: Path) -> None:
    """NAME_1, NAME_2, ...: one person a clip, recorded elsewhere; the second in more noise than the first."""
    folder.mkdir(exist_ok=True)
    echo = impulse_response(_BOOTH["room"], _BOOTH["mouth"], _BOOTH["microphone"], _BOOTH["reverberation"])
    taken: Counter[str] = Counter()
    for line in lines:
        taken[line.who] += 1
        speech = fftconvolve(cast[line.who].say(line.text).samples, echo) / 2
        duration_ms = round(len(speech) / RATE * 1000) + 600
        generator = np.random.default_rng([sound["seed"], taken[line.who]])
        room = noise(["air"], duration_ms * RATE // 1000, generator) * LOUDNESS * 10 ** (-2.5 + 0.5 * taken[line.who])
        clip = mix([(0, piece(room, fade_ms=100)), (300, piece(speech))], duration_ms)
        write(clip, folder / f"{line.who}_{taken[line.who]}{sound['suffix']}", bit_rate=sound["bit_rate"])


def rttm(spoken: Sequence[Utterance]) -> Iterator[str]:
    """A row a stretch of speech without a pause of more than half a second."""
    spans = sorted((span.shift(u.start), u.line.who) for u in spoken for span in u.speech.spans)
    for span, who in spans:
        yield f"SPEAKER recording 1 {span.start:.3f} {span.duration:.3f} <NA> <NA> {who} <NA> <NA>\n"


def stm(spoken: Sequence[Utterance]) -> Iterator[str]:
    """A row a line of the script."""
    for u in spoken:
        yield f"recording 1 {u.line.who} {u.span.start:.3f} {u.span.end:.3f} {u.line.text}\n"


def make(folder: Path) -> None:
    """All of a meeting that is made."""
    source = (folder / "meeting.toml").read_text(encoding="utf-8")
    plan = tomllib.loads(source)
    cast = {row["name"]: Person(**row) for row in plan["people"]}
    sound = plan["sound"]
    spoken = perform(read_script(folder / "script.md", "Meeting"), cast, np.random.default_rng(sound["seed"]))
    record(spoken, cast, sound, folder / f"recording{sound['suffix']}")
    enrol(read_script(folder / "script.md", "Enrolment"), cast, sound, folder / "enrolment")
    (folder / "reference.rttm").write_text("".join(rttm(spoken)), encoding="utf-8")
    (folder / "reference.stm").write_text("".join(stm(spoken)), encoding="utf-8")
    (folder / "bigvoice.toml").write_text("[meeting]\n" + _section(source, "meeting"), encoding="utf-8")
    for person in cast.values():
        print(f"{folder.name}: {person.name} speaks with {' '.join(person.voice)}. {ENGINES[person.voice[0]]}")


def _section(source: str, name: str) -> str:
    """The keys of a TOML section as they are written."""
    return source.partition(f"[{name}]\n")[2].partition("\n\n")[0] + "\n"


if __name__ == "__main__":
    wanted = sys.argv[1:] or sorted(plan.parent.name for plan in HERE.glob("*/meeting.toml"))
    for name in wanted:
        make(HERE / name)
