"""What tests of the review page share: minutes with a real recording, a server in a process of its own, a browser."""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from bigvoice.minutes.minutes import KNOWN, SUGGESTED, Maker, Minutes, Source, Speaker, Utterance
from bigvoice.minutes.store import dump
from bigvoice.span import Span
from bigvoice.word import Word

ROOT = Path(__file__).parent.parent
TEAM = ROOT / "sample_meetings" / "team_weekly"
BROWSER, DRIVER = "/usr/bin/chromium", "/usr/bin/chromedriver"
OPTIONS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--proxy-server=direct://",
    "--autoplay-policy=no-user-gesture-required",
    "--mute-audio",
    "--window-size=1400,900",
]
UNSURE = {"Mm-hm.", "electricity", "advertisements"}


def team_minutes(folder: Path) -> Path:
    """Minutes of the sample meeting, made of its script, beside a copy of its recording: nobody has a sure name."""
    recording = folder / "recording.m4a"
    shutil.copy(TEAM / recording.name, recording)
    lines = [line.split(maxsplit=5) for line in (TEAM / "reference.stm").read_text("utf-8").splitlines()]
    names = list(dict.fromkeys(name for _, _, name, *_ in lines))
    said = [
        _utterance(float(start), float(end), f"s{names.index(name) + 1}", text)
        for _, _, name, start, end, text in lines
    ]
    minutes = Minutes(
        source=Source(recording.name, hashlib.sha256(recording.read_bytes()).hexdigest(), _length(recording)),
        maker=Maker("0.1.0", (("speech", "silero"), ("voices", "mfcc-1 + kmeans"), ("text", "whisper:small"))),
        title="Weekly team meeting",
        date=datetime(2026, 2, 16, 9, 30),
        language="en",
        attendees=("Laura", "Martin", "Duncan", "Paul"),
        agenda=("Release date", "Budget for the next quarter"),
        speakers=(
            Speaker("s1", 1, "Laura", "chair", KNOWN, 0.97),
            Speaker("s2", 2),
            Speaker("s3", 3, "Duncan", None, SUGGESTED, 0.71),
            *(Speaker(f"s{n}", n) for n in range(4, len(names) + 1)),
        ),
        utterances=tuple(sorted(said, key=lambda utterance: utterance.span)),
    )
    return _written(minutes, folder)


def long_minutes(folder: Path, *, hours: float = 3.0, n_speakers: int = 9, seed: int = 3, korean: bool = False) -> Path:
    """Minutes of a long meeting that never was: about 730 turns and 9,000 words an hour; there is no recording."""
    rng = random.Random(seed)
    vocabulary = (_KOREAN if korean else _ENGLISH).split()
    said, at = [], 1.0
    while at < hours * 3600 - 40:
        length = min(30.0, rng.expovariate(1 / 4.2) + 0.6)
        text = " ".join(rng.choice(vocabulary) for _ in range(max(1, round(length * 2.6))))
        who = f"s{1 + min(int(rng.expovariate(0.45)), n_speakers - 1)}"
        unsure = {rng.choice(text.split())} if rng.random() < 0.3 else set()
        said.append(_utterance(at, at + length, who, text.capitalize() + ".", unsure, rng.choice([0.9, 0.95, 0.45])))
        at += max(0.2, length + rng.gauss(0.1, 0.5))
    minutes = Minutes(
        source=Source("long.m4a", "0" * 64, hours * 3600),
        maker=Maker("0.1.0", (("voices", "mfcc-1 + kmeans"), ("text", "whisper:small"))),
        title="정기 이사회" if korean else "Board meeting",
        date=datetime(2026, 11, 20, 14, 0),
        language="ko" if korean else "en",
        speakers=tuple(Speaker(f"s{n}", n, *_name(n, korean)) for n in range(1, n_speakers + 1)),
        utterances=tuple(sorted(said, key=lambda utterance: utterance.span)),
    )
    return _written(minutes, folder)


def _name(n: int, korean: bool) -> tuple[Any, ...]:
    names = ["박민아", "이준호", "김서연"] if korean else ["Mina Park", "Joon Lee", "Ada Brown"]
    return (names[n - 1], None, KNOWN, 0.97) if n <= len(names) else ()


def _written(minutes: Minutes, folder: Path) -> Path:
    path = folder / "meeting.json"
    path.write_text(dump(minutes), "utf-8")
    return path


def _utterance(
    start: float, end: float, speaker: str, text: str, unsure: Iterable[str] = UNSURE, confidence: float = 0.93
) -> Utterance:
    """Words share the time by their lengths."""
    words, whole, at = text.split(), max(1, sum(len(word) + 1 for word in text.split())), 0
    found = []
    for word in words:
        spans = [round(start + (end - start) * edge / whole, 3) for edge in (at, at + len(word))]
        found.append(Word(Span(*spans), " " + word, 0.31 if word in unsure else 0.96))
        at += len(word) + 1
    return Utterance(Span(start, end), speaker, tuple(found), confidence)


def _length(recording: Path) -> float:
    import av

    with av.open(str(recording)) as file:
        return float(file.duration or 0) / 1e6


@dataclass
class Server:
    """`bigvoice review` of a minutes file; it can be killed and started again, and has the same address then."""

    path: Path
    address: str = ""
    process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Start, and wait until it listens."""
        command = [sys.executable, "-m", "bigvoice", "review", str(self.path), "--no-browser", "--who", "Sora"]
        state = str(self.path.parent / "state")
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", "XDG_STATE_HOME": state}
        self.process = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout
        self.address = self.process.stdout.readline().strip()
        if not self.address:
            raise RuntimeError(f"the review of {self.path} does not start")

    def send(self, signal: signal.Signals) -> None:
        """To the process."""
        assert self.process
        self.process.send_signal(signal)

    def kill(self) -> None:
        """As a crash does it."""
        self.send(signal.SIGKILL)
        assert self.process
        assert self.process.stdout
        self.process.wait()
        self.process.stdout.close()


@contextmanager
def serving(path: Path) -> Iterator[Server]:
    """The review of a minutes file."""
    server = Server(path)
    server.start()
    try:
        yield server
    finally:
        server.kill()


@contextmanager
def browser(*more: str) -> Iterator[Any]:
    """A browser without a window that logs what it is asked for and what its pages complain of."""
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    for option in (*OPTIONS, *more):
        options.add_argument(option)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(DRIVER))
    driver.set_script_timeout(30)
    try:
        yield driver
    finally:
        driver.quit()


def why_no_browser() -> str:
    """Why no browser can be driven here; "" where one can."""
    missing = [path for path in (BROWSER, DRIVER) if not Path(path).exists()]
    if missing:
        return f"{', '.join(missing)} is not installed"
    try:
        import selenium  # noqa: F401
    except ImportError:
        return "selenium is not installed"
    return ""


_ENGLISH = (
    "we the release budget think that should before summer who has seen numbers and from last quarter agency new "
    "please write down move it to next week because nobody agrees about printer costs travel plan customers"
)
_KOREAN = (
    "그러면 이번 예산은 지난 분기보다 조금 줄었습니다 그래서 회의 자료를 다음 주까지 정리해 주시면 좋겠습니다 네 저는 "
    "그 부분이 확실하지 않다고 생각합니다 안건으로 올려서 함께 검토하겠습니다 위원장님 말씀대로"
)
