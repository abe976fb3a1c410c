"""Made families at table: a woman, a man and a child speak in the turns of real meetings; kept under bench/work.

The turns are those of AMI (who spoke when, overlaps included), of three of its people; each gets the voice of a mother,
a father or a child, a seat in one room, and a share of the talking that nobody chose. What is enrolled is never heard
in the meeting, and nothing is said twice but where a cast says so.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import av
import numpy as np
from made_meetings import WORK

from bigvoice import load
from bigvoice.documents import rttm
from bigvoice.features.augmentation import at_level, coloured_noise, decaying_room, in_room, with_noise
from bigvoice.recording import RATE, Samples
from bigvoice.span import Span, merge, total
from bigvoice.training.corpus import held_out, sound_files
from bigvoice.training.mixtures import without_pauses
from bigvoice.turn import Turn

MOTHER, FATHER, CHILD = ROLES = ("mother", "father", "child")
GROWN, YOUNG = 18, 12
"""Years: adults are this old at least, children at most."""
CLIPS_S: Mapping[str, float] = {MOTHER: 20.0, FATHER: 20.0, CHILD: 12.0}
"""Seconds enrolled of each."""
ROOM_S, SNR_DB, LEVEL_DB = 0.3, 20.0, -26.0
ONE_ROOM = "env=AnechoicChamber;dist=0;dev=0"
LEAST = 0.04
"""Everybody speaks at least this share of the time."""

Voices = Mapping[str, Sequence[Path]]
"""Speaker -> their files."""


@dataclass(frozen=True)
class Cast:
    """Whose voices play the roles. rounds: how often they say all they have to say, after the enrolment."""

    name: str
    players: Mapping[str, Voices]
    rounds: int = 1


@dataclass(frozen=True, eq=False)
class Family:
    """A made meeting: the recording, who of the family really spoke when, and a clip of each role to enrol."""

    recording: Path
    reference: tuple[Turn, ...]
    clips: Mapping[str, Path]

    def seconds(self) -> dict[str, float]:
        """Role -> seconds really spoken."""
        return {role: total(turn.span for turn in self.reference if turn.speaker == role) for role in ROLES}


def reported(data: Path) -> Cast:
    """Whom the tables report on: LibriSpeech dev-clean, and children of speechocean762 that nothing was trained on."""
    return Cast("reported", {**_adults(data), CHILD: _half(_read_aloud(data, None, range(YOUNG + 1)), odd=True)})


def chosen_on(data: Path, rounds: int = 1) -> Cast:
    """Whom constants are measured on: other people, all of speechocean762 and never trained on."""
    women, men = (_read_aloud(data, gender, range(GROWN, 100)) for gender in "FM")
    return Cast(
        "chosen_on" if rounds == 1 else f"chosen_on_{rounds}_rounds",
        {MOTHER: women, FATHER: men, CHILD: _half(_read_aloud(data, None, range(YOUNG + 1)), odd=False)},
        rounds,
    )


def korean(data: Path) -> Cast:
    """A Korean mother and her son of five, in one room and not singing, and men who speak at TEDx."""
    home, talks = data / "korean" / "parent_child", data / "korean" / "pansori_tedxkr"
    told = {row["utterance"]: row["remarks"] for row in _table(home / "utterances.csv")}
    own = [name for name, what in told.items() if ONE_ROOM in what and "singing" not in what]
    at_home = {
        role: {name: [file for file in sound_files(home / name) if file.stem in own]}
        for role, name in ((MOTHER, "sub3004a"), (CHILD, "sub3004b"))
    }
    men = [row["speaker"] for row in _table(talks / "speakers.csv") if row["gender"] == "M"]
    return Cast("korean", {**at_home, FATHER: {name: sound_files(talks / name) for name in sorted(men)}})


def _adults(data: Path) -> dict[str, Voices]:
    lines = (data / "librispeech" / "SPEAKERS.TXT").read_text(encoding="utf-8").splitlines()
    gender = {f[0].strip(): f[1].strip() for f in (line.split("|") for line in lines if not line.startswith(";"))}
    folders = sorted(folder for folder in (data / "librispeech" / "dev_clean_20").iterdir() if folder.is_dir())
    return {
        role: {folder.name: sound_files(folder) for folder in folders if gender[folder.name] == letter}
        for role, letter in ((MOTHER, "F"), (FATHER, "M"))
    }


def _read_aloud(data: Path, gender: str | None, ages: range) -> Voices:
    """Speakers of speechocean762 that were held out of every training, of that gender (None: any) and age."""
    folder = data / "speechocean762"
    rows = {row["speaker"]: row for row in _table(folder / "utterances.csv")}
    names = [n for n, row in sorted(rows.items()) if int(row["age"]) in ages and gender in (None, row["gender"])]
    return {name: sound_files(folder / name) for name in names if held_out(f"speechocean762:{name}")}


def _half(voices: Voices, *, odd: bool) -> Voices:
    return {name: files for i, (name, files) in enumerate(voices.items()) if i % 2 == odd}


def _table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def made_families(data: Path, cast: Cast, *, count: int, minutes: float, seed: int) -> Iterator[Family]:
    """So many meetings of a cast, made where they are not there yet. The same arguments give the same meetings."""
    folder = WORK / f"family_{cast.name}_{minutes:g}min_seed{seed}"
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        name = f"f{number:02d}"
        if not (folder / f"{name}.json").exists():
            _make(folder, name, data, cast, 60 * minutes, np.random.default_rng([seed, number]))
        clips = {role: folder / f"{name}_{role}.wav" for role in ROLES}
        (reference,) = rttm.read(folder / f"{name}.rttm").values()
        yield Family(folder / f"{name}.wav", tuple(reference), clips)


def _make(folder: Path, name: str, data: Path, cast: Cast, seconds: float, rng: np.random.Generator) -> None:
    players, speech = _drawn(cast, rng)
    enrolled = {role: round(CLIPS_S[role] * RATE) for role in ROLES}
    says = {role: np.tile(speech[role][enrolled[role] :], cast.rounds) for role in ROLES}
    spoken = _turns(data, seconds, {role: len(says[role]) / RATE for role in ROLES}, rng)
    sound = np.zeros(round(seconds * RATE), np.float32)
    for role in ROLES:
        clip = speech[role][: enrolled[role]]
        _write(folder / f"{name}_{role}.wav", in_room(clip, decaying_room(rng, ROOM_S, rng.uniform(3, 9))))
        track = _track([turn.span for turn in spoken if turn.speaker == role], says[role], len(sound))
        sound += in_room(track, decaying_room(rng, ROOM_S, rng.uniform(3, 9))) * 10 ** (rng.uniform(-4, 4) / 20)
    sound = with_noise(sound, coloured_noise(rng, len(sound)), SNR_DB)
    _write(folder / f"{name}.wav", sound * np.float32(0.5 / np.abs(sound).max()))
    lines = (
        f"SPEAKER {name} 1 {t.span.start:.3f} {t.span.duration:.3f} <NA> <NA> {t.speaker} <NA> <NA>\n" for t in spoken
    )
    (folder / f"{name}.rttm").write_text("".join(lines), encoding="utf-8")
    (folder / f"{name}.json").write_text(json.dumps(players), encoding="utf-8")


def _drawn(cast: Cast, rng: np.random.Generator) -> tuple[dict[str, str], dict[str, Samples]]:
    """Who plays whom, and all that they have to say, in an order by chance."""
    players = {role: str(rng.choice(sorted(cast.players[role]))) for role in ROLES}
    speech = {}
    for role, name in players.items():
        files = [cast.players[role][name][i] for i in rng.permutation(len(cast.players[role][name]))]
        speech[role] = np.concatenate([_said(file) for file in files[:60]])
    return players, speech


@cache
def _said(file: Path) -> Samples:
    return at_level(without_pauses(load(file).samples), LEVEL_DB)


def _turns(data: Path, seconds: float, has: Mapping[str, float], rng: np.random.Generator) -> list[Turn]:
    """A stretch of an AMI meeting in which three people say no more than their players have to say."""
    sources = sorted((data / "ami_turns").glob("*.rttm"))
    for _ in range(2000):
        (turns,) = rttm.read(sources[rng.integers(len(sources))]).values()
        start = rng.uniform(0, max(0.0, max(turn.span.end for turn in turns) - seconds))
        heard = _within(turns, Span(start, start + seconds))
        who = sorted({turn.speaker for turn in heard})
        if len(who) < len(ROLES):
            continue
        part = dict(zip(rng.permutation(who)[: len(ROLES)].tolist(), ROLES, strict=True))
        spoken = [Turn(turn.span, part[turn.speaker]) for turn in heard if turn.speaker in part]
        says = {role: sum(turn.span.duration for turn in spoken if turn.speaker == role) for role in ROLES}
        if all(LEAST * seconds <= says[role] <= has[role] for role in ROLES):
            return spoken
    raise SystemExit(f"no stretch of {seconds:.0f} s of AMI is short enough for what these voices have to say")


def _within(turns: Sequence[Turn], stretch: Span) -> list[Turn]:
    """Moved to start at 0; what one person says in one go is one turn."""
    speakers = {turn.speaker for turn in turns}
    inside = [
        Turn(span.shift(-stretch.start), who)
        for who in speakers
        for turn in merge(t.span for t in turns if t.speaker == who)
        if (span := turn & stretch) and span.duration > 0.1
    ]
    return sorted(inside)


def _track(spans: Sequence[Span], speech: Samples, n_samples: int) -> Samples:
    """The speech laid into the spans in order, faded at the cuts."""
    track, used = np.zeros(n_samples, np.float32), 0
    for span in spans:
        first = round(span.start * RATE)
        piece = speech[used : used + min(round(span.duration * RATE), n_samples - first)].copy()
        used += len(piece)
        fade = np.linspace(0, 1, min(160, len(piece) // 2), dtype=np.float32)
        piece[: len(fade)] *= fade
        piece[len(piece) - len(fade) :] *= fade[::-1]
        track[first : first + len(piece)] = piece
    return track


def _write(path: Path, samples: Samples) -> None:
    """16 kHz mono, 16 bit."""
    with av.open(str(path), "w") as out:
        stream = out.add_stream("pcm_s16le", rate=RATE, layout="mono")
        frame = av.AudioFrame.from_ndarray((np.clip(samples, -1, 1) * 32767).astype(np.int16)[None], "s16", "mono")
        frame.sample_rate = RATE
        for packet in (*stream.encode(frame), *stream.encode(None)):
            out.mux(packet)
