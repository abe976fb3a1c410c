"""How long a transcript page takes to make, with its sound in it, and how large it is: a Markdown table.

    python bench/transcript_page.py [--hours 1 3] [--bitrate 24]

The meeting is a sample one, its sound (AAC) and its words one after another until it is long enough; the words' times
are spread evenly over each utterance of its reference. Seconds are of the clock: "sound" is decoding, encoding and
looking whether the recording is the right one, "all" making the page with it, "again" making it once more, as after a
correction, when its sound is kept. Memory is the most that the process held above what it held before.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import av

from bigvoice.documents.html import write_page
from bigvoice.documents.page_sound import sound_of
from bigvoice.documents.stm import read as read_stm
from bigvoice.file_digest import sha256_of
from bigvoice.minutes.minutes import Maker, Minutes, Source, Speaker, Utterance
from bigvoice.settings import DocumentOptions
from bigvoice.span import Span
from bigvoice.word import Word

MEETING = Path(__file__).parents[1] / "sample_meetings" / "team_weekly"


def tiled_sound(path: Path, seconds: float) -> float:
    """Write the sample meeting's packets to a file, again and again; gives the length of one meeting."""
    with av.open(str(MEETING / "recording.m4a")) as source, av.open(str(path), "w") as target:
        stream = source.streams.audio[0]
        copied = target.add_stream_from_template(stream)
        packets = [bytes(packet) for packet in source.demux(stream) if packet.size]
        length = 1024  # samples of a packet of AAC
        one = len(packets) * length / stream.rate
        for i in range(round(seconds * stream.rate / length)):
            packet = av.Packet(packets[i % len(packets)])
            packet.stream, packet.time_base = copied, stream.time_base
            packet.pts = packet.dts = round(i * length / stream.rate / stream.time_base)
            packet.duration = round(length / stream.rate / stream.time_base)
            target.mux(packet)
    return one


def tiled_minutes(path: Path, seconds: float, one: float) -> Minutes:
    """The sample meeting's utterances, again and again."""
    (said,) = read_stm(MEETING / "reference.stm").values()
    ids = {name: f"s{i}" for i, name in enumerate(dict.fromkeys(each.speaker for each in said), 1)}
    utterances = [
        spread(each, ids[each.speaker], turn * one)
        for turn in range(round(seconds / one) + 1)
        for each in said
        if turn * one + each.span.end < seconds
    ]
    return Minutes(
        Source(path.name, sha256_of(path), seconds),
        Maker("bench"),
        language="en",
        speakers=tuple(Speaker(name, i) for i, name in enumerate(ids.values(), 1)),
        utterances=tuple(sorted(utterances, key=lambda each: each.span)),
    )


def spread(said: Utterance, speaker: str, later: float) -> Utterance:
    """An utterance later, its words spread evenly."""
    texts = said.text.split()
    step = said.span.duration / len(texts)
    start = said.span.start + later
    words = (Word(Span(start + i * step, start + (i + 1) * step), f" {text}") for i, text in enumerate(texts))
    return Utterance(said.span.shift(later), speaker, tuple(words))


def row(hours: float, bitrate: int) -> str:
    """A row of the table; to be called in a process of its own."""
    with TemporaryDirectory() as folder:
        recording, page = Path(folder) / "recording.m4a", Path(folder) / "page.html"
        minutes = tiled_minutes(recording, 3600 * hours, tiled_sound(recording, 3600 * hours))
        options = DocumentOptions(bitrate=bitrate, sound_file=recording)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        began = time.perf_counter()
        sound_of(minutes, options)
        sounded = time.perf_counter()
        write_page(minutes, page, options)
        made = time.perf_counter()
        write_page(minutes, page, options)
        again = time.perf_counter()
        held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        words = sum(len(each.words) for each in minutes.utterances)
        size = page.stat().st_size
    return (
        f"| {hours:g} h | {words} | {sounded - began:.1f} s | {made - sounded:.1f} s | {again - made:.1f} s "
        f"| {size / 1e6:.1f} MB | {held / 1e3:.0f} MB |"
    )


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--hours", type=float, nargs="+", default=[0.25, 1.0, 3.0])
    ask.add_argument("--bitrate", type=int, default=DocumentOptions().bitrate)
    given = ask.parse_args()
    if len(given.hours) == 1:
        print(row(given.hours[0], given.bitrate))
        return
    print("| meeting | words | sound | all | again | file | memory |\n|---|---|---|---|---|---|---|", flush=True)
    for hours in given.hours:
        subprocess.run([sys.executable, __file__, "--hours", f"{hours}", "--bitrate", f"{given.bitrate}"], check=True)


if __name__ == "__main__":
    main()
