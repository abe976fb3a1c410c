"""Speed and memory of who-spoke-when on long meetings, as whole processes; a Markdown table on stdout.

    python bench/speed.py [--hours 0.5 1 4] [--shared ../shared]

A long meeting is made of ten-minute ones (see made_meetings.py), encoded to mp3; three people are enrolled. Nothing is
cached and nothing transcribed. Peak memory is what the operating system counted for the process.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import av
from made_meetings import SHARED, WORK, enrolled_book, made_meetings, the_shared_folder

from bigvoice import load
from bigvoice.recording import RATE

BIGVOICE = [sys.executable, "-m", "bigvoice"]


@dataclass(frozen=True, slots=True)
class Run:
    """One process: wall and processor seconds, and its peak memory in MB."""

    wall: float
    cpu: float
    peak_mb: float


def run(*command: str) -> Run:
    begun = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    error = process.stderr.read()  # type: ignore[union-attr]
    _, status, usage = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status):
        raise SystemExit(f"{' '.join(command)} failed: {error.decode()}")
    return Run(time.monotonic() - begun, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def long_meeting(meetings: list[Path], hours: float) -> Path:
    """Ten-minute meetings one after the other, as a mono mp3 of 64 kbit/s."""
    path = WORK / f"long_{hours:g}h.mp3"
    if path.exists():
        return path
    sound = [(load(meeting).samples * 32767).astype("<i2") for meeting in meetings]
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libmp3lame", rate=RATE, layout="mono")
        stream.bit_rate = 64_000
        left, number = round(hours * 3600 * RATE), 0
        while left > 0:
            block = sound[number % len(sound)][:left]
            frame = av.AudioFrame.from_ndarray(block[None], format="s16p", layout="mono")
            frame.rate = RATE
            for packet in stream.encode(frame):
                out.mux(packet)
            left, number = left - len(block), number + 1
        out.mux(stream.encode(None))
    return path


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hours", type=float, nargs="+", default=[0.5, 1.0, 2.0, 4.0])
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--shared", type=Path, default=SHARED)
    args = parser.parse_args()
    the_shared_folder(args.shared)
    meetings = made_meetings(args.shared, count=6, minutes=10, seed=42)
    book = enrolled_book(meetings[0])
    print(
        f"{os.cpu_count()} processors; processes whole, start-up and decoding included; {args.runs} run(s), median.\n"
    )
    print("| meeting | wall s | processor s | times real time | wall s an hour | peak MB |\n|---|---|---|---|---|---|")
    for hours in args.hours:
        recording = long_meeting(meetings, hours)
        out = WORK / "long.rttm"
        command = [*BIGVOICE, "diarize", str(recording), "-o", str(out), "--book", str(book), "--cache", "none"]
        runs = [run(*command, "--quiet", "--force") for _ in range(args.runs)]
        wall = statistics.median(r.wall for r in runs)
        cpu, peak = statistics.median(r.cpu for r in runs), max(r.peak_mb for r in runs)
        print(
            f"| {hours:g} h | {wall:.0f} | {cpu:.0f} | {hours * 3600 / wall:.0f} | {wall / hours:.0f} | {peak:.0f} |",
            flush=True,
        )
    helps = [run(*BIGVOICE, "--help") for _ in range(7)]
    bare = [run(sys.executable, "-c", "pass") for _ in range(7)]
    print(
        f"\n`bigvoice --help`: {statistics.median(r.wall for r in helps):.2f} s "
        f"(the interpreter alone: {statistics.median(r.wall for r in bare):.2f} s); median of 7."
    )


if __name__ == "__main__":
    main()
