"""How fast the review page is served: a Markdown table, and how much memory and disk the recording takes meanwhile.

    python bench/review.py [--hours 0.25,1,3] [--corrections 0,1000] [--edits 60]

The meetings are made up: six people, a turn of 4 s on average, 150 words a minute. The server is a process of its own,
asked over HTTP, with a recording (m4a, 44.1 kHz) of the meeting's length that it begins to decode; "page to state" is
the time from asking for the page of a server that has just begun to having read the whole state, while it decodes.
"""

from __future__ import annotations

import argparse
import hashlib
import http.client
import itertools
import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import av
import numpy as np

from bigvoice.minutes.corrections import Assign, Check, Correction, Place, Rename, Split, Write
from bigvoice.minutes.corrections_json import to_json
from bigvoice.minutes.history import History, Reviewed, Step
from bigvoice.minutes.minutes import Maker, Minutes, Source, Speaker, Utterance
from bigvoice.minutes.minutes_file import MinutesFile
from bigvoice.minutes.store import dump
from bigvoice.minutes.whole_file import write_whole
from bigvoice.span import Span
from bigvoice.word import Word

VOICES, TURN, WORDS_A_SECOND = 6, 4.0, 2.5
LEXICON = [
    "we",
    "the",
    "budget",
    "of",
    "meeting",
    "agreed",
    "that",
    "printer",
    "old",
    "paper",
    "next",
    "spring",
    "trip",
    "Mina",
    "said",
    "회의를",
    "시작합니다",
    "예산",
]


def meeting(hours: float, sha256: str, rng: random.Random) -> Minutes:
    """Made-up minutes."""
    utterances, clock = [], 0.0
    while clock < hours * 3600 - 20:
        length = round(rng.uniform(0.5, 2 * TURN), 2)
        n_words = max(1, round(length * WORDS_A_SECOND))
        times = [round(clock + i * length / n_words, 3) for i in range(n_words + 1)]
        words = tuple(
            Word(Span(a, b), f" {rng.choice(LEXICON)}", round(rng.betavariate(8, 1), 3))
            for a, b in itertools.pairwise(times)
        )
        utterances.append(Utterance(Span(times[0], times[-1]), f"s{rng.randint(1, VOICES)}", words, 0.9))
        clock = round(clock + length + rng.uniform(-0.5, 0.5), 2)
        clock = max(clock, times[0] + 0.1)
    speakers = tuple(Speaker(f"s{i}", i) for i in range(1, VOICES + 1))
    said = tuple(sorted(utterances, key=lambda u: u.span))
    source = Source("meeting.m4a", sha256, hours * 3600)
    return Minutes(source, Maker("bench"), "Bench", language="en", speakers=speakers, utterances=said)


def edit(minutes: Minutes, rng: random.Random) -> Correction:
    """What a secretary does next: mostly words, now and then a turn or a name."""
    utterance = rng.choice([u for u in minutes.utterances if u.words and u.span.duration > 1])
    place = Place.of(utterance)
    text = f"{utterance.text} {rng.choice(LEXICON)}"
    return rng.choices(
        [
            Write(place, text, utterance.text),
            Check(place),
            Split(place, utterance.span.middle),
            Assign(place, f"s{rng.randint(1, VOICES)}"),
            Rename(f"s{rng.randint(1, VOICES)}", rng.choice(["Mina Park", "Joon Lee", "Ada Brown"])),
        ],
        [50, 20, 10, 15, 5],
    )[0]


def write_meeting(folder: Path, hours: float, n_corrections: int) -> Path:
    """The minutes file, with so many corrections in its log, and its recording."""
    rng = random.Random(1)
    recording = folder / "meeting.m4a"
    write_recording(recording, hours)
    reviewed = Reviewed(meeting(hours, hashlib.sha256(recording.read_bytes()).hexdigest(), rng))
    machine = reviewed.machine
    for _ in range(n_corrections):
        reviewed = reviewed.grown(Step((edit(reviewed.minutes, rng),), "Sora", by="review"))
    path = folder / "meeting.json"
    write_whole(path, dump(machine, History(reviewed.history.entries)).encode())
    return path


def write_recording(path: Path, hours: float) -> None:
    """A minute of noise as AAC, over and over: the packets are written again, not made again."""
    minute = BytesIO()
    rng = np.random.default_rng(1)
    with av.open(minute, "w", format="mp4") as out:
        stream = out.add_stream("aac", rate=44100, layout="mono", bit_rate=64000)
        for _ in range(60):
            sound = (rng.normal(0, 0.05, (1, 44100))).astype(np.float32)
            frame = av.AudioFrame.from_ndarray(sound, "fltp", "mono")
            frame.sample_rate = 44100
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    minute.seek(0)
    with av.open(minute) as source, av.open(str(path), "w", format="mp4") as out:
        packets = [(bytes(p), p.duration) for p in source.demux(audio=0) if p.size]
        copy = out.add_stream_from_template(source.streams.audio[0])
        clock = 0
        for _ in range(round(hours * 60)):
            for data, duration in packets:
                packet = av.Packet(data)
                packet.stream, packet.pts, packet.dts, packet.duration = copy, clock, clock, duration
                packet.time_base = source.streams.audio[0].time_base
                clock += duration
                out.mux(packet)


@dataclass
class Server:
    """A review in a process of its own."""

    process: subprocess.Popen[str]
    base: str
    connection: http.client.HTTPConnection
    revision: int = 0

    def get(self, path: str) -> bytes:
        """What lies there."""
        return self._ask("GET", path, None)

    def post(self, path: str, values: dict[str, Any]) -> dict[str, Any]:
        """What came of it; the revision is known."""
        answer = json.loads(self._ask("POST", path, json.dumps({"revision": self.revision} | values)))
        self.revision = answer.get("revision", self.revision)
        return answer

    def state(self) -> dict[str, Any]:
        """The whole state."""
        return json.loads(self.get("state"))

    def processor(self) -> float:
        """Seconds of processor time so far, those of the system with it."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def most_memory(self) -> float:
        """MB, the highest so far."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.partition("VmHWM:")[2].split()[0]) / 1024

    def _ask(self, method: str, path: str, body: str | None) -> bytes:
        self.connection.request(method, self.base + path, body, {"X-Bigvoice": "1"})
        answer = self.connection.getresponse()
        data = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status} {data[:200]!r}")
        return data


@contextmanager
def serving(path: Path) -> Iterator[Server]:
    """A server that has just said its address."""
    command = [sys.executable, "-m", "bigvoice", "review", str(path), "--no-browser"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        address = process.stdout.readline().strip()
        host, _, base = address.removeprefix("http://").partition("/")
        try:
            yield Server(process, f"/{base}", http.client.HTTPConnection(host, timeout=60))
        finally:
            process.kill()


def timed(work: Callable[[], object]) -> float:
    """Milliseconds."""
    start = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - start)


def shown(times: list[float]) -> str:
    """Median / 95th percentile."""
    return f"{np.median(times):.0f} / {np.quantile(times, 0.95):.0f}"


COLUMNS = (
    "length",
    "turns",
    "corrections so far",
    "save alone, ms",
    "POST steps, ms",
    "POST undo, ms",
    "processor a step, ms",
    "GET state, ms",
    "page to state, ms",
    "program to address, s",
    "decoded after, s",
    "most memory, MB",
)


def row(hours: float, n_corrections: int, n_edits: int) -> list[object]:
    """A line of the table."""
    with TemporaryDirectory() as name:
        path = write_meeting(Path(name), hours, n_corrections)
        minutes = MinutesFile(path).minutes
        saves = saved_alone(path, n_edits)
        began = time.perf_counter()
        with serving(path) as server:
            up = time.perf_counter() - began
            first = timed(lambda: (server.get(""), server.get("state")))
            while server.state()["recording"]["state"] == "decoding":
                time.sleep(0.1)
            took = time.perf_counter() - began - up
            states = [timed(lambda: server.get("state")) for _ in range(n_edits)]
            steps, undos, used = edited(server, minutes, n_edits)
            memory = server.most_memory()
    cells = [f"{hours:g} h", len(minutes.utterances), n_corrections, shown(saves), shown(steps), shown(undos)]
    return [*cells, f"{used:.0f}", shown(states), f"{first:.0f}", f"{up:.1f}", f"{took:.1f}", f"{memory:.0f}"]


def saved_alone(path: Path, n_edits: int) -> list[float]:
    """Milliseconds of corrections in a copy of the file, with no server."""
    copy = path.with_name("copy.json")
    copy.write_bytes(path.read_bytes())
    file, rng = MinutesFile(copy), random.Random(2)
    return [timed(lambda: file.correct([edit(file.minutes, rng)])) for _ in range(n_edits)]


def edited(server: Server, minutes: Minutes, n_edits: int) -> tuple[list[float], list[float], float]:
    """Milliseconds of corrections, of taking each back, and of the server's processor time for one of them."""
    rng = random.Random(3)
    server.revision = server.state()["revision"]
    steps, undos, used = [], [], server.processor()
    for _ in range(n_edits):
        body = {"corrections": [to_json(edit(minutes, rng))]}
        steps.append(timed(lambda body=body: server.post("steps", body)))  # type: ignore[misc]
        undos.append(timed(lambda: server.post("undo", {})))
    return steps, undos, 1000 * (server.processor() - used) / (2 * n_edits)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--hours", default="0.25,1,3")
    options.add_argument("--corrections", default="0,1000")
    options.add_argument("--edits", type=int, default=60)
    given = options.parse_args()
    print(f"| {' | '.join(COLUMNS)} |\n|---{'|---:' * (len(COLUMNS) - 1)}|")
    for hours in map(float, given.hours.split(",")):
        for n_corrections in map(int, given.corrections.split(",")):
            print(f"| {' | '.join(map(str, row(hours, n_corrections, given.edits)))} |", flush=True)
    busy = f"{os.getloadavg()[1]:.1f} programs on {os.cpu_count()} processors"
    print(f"\nOf several times the median / the 95th percentile. At work meanwhile, these included: {busy}.")


if __name__ == "__main__":
    main()
