"""How good and how fast the recognisers are: errors and speed, as a Markdown table.

    python bench/asr.py [--asr whisper:FOLDER]... [--asr deepspeech2:FILE]... [--conditions quiet,near,far]
                        [--shared FOLDER] [--samples FOLDER] [--only NAME]

pocketsphinx, and what --asr names, on the sets below; a set in a language that a recogniser does not write is left out
for it. A model that was taught on a part of a set must not be measured on that part.

    LibriSpeech test_other_10   100 utterances of 10 speakers
    LibriSpeech dev_clean_20    every 13th of 1,313 utterances of 20 speakers
    Korean pansori_tedxkr       every third of 435 of 20 speakers, TEDx talks
    Korean emotiontts           every fourth of 672 of 41 speakers, read and acted
    sample_meetings             what is said in whole meetings, as recorded only

The lists of utterances are written to bench/work/asr and heard as `bigvoice evaluate asr` does it, with real noise and
rooms where they lie in the shared folder. Of the meetings the speech detector says where speech is, and where people
speak at once the words are compared in order of their turns' starts.

Case and punctuation do not count. Korean is scored by characters without spaces, other languages by words. The speed is
seconds of speech a second of waiting, on this machine; of meetings with loading the model, of utterances without.
"""

from __future__ import annotations

import argparse
import csv
import re
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bigvoice.corpora import manifest
from bigvoice.corpora.manifest import Entry
from bigvoice.decoding import load
from bigvoice.diarization.detection import SileroDetector
from bigvoice.errors import ModelError, SettingsError
from bigvoice.evaluation import recognising
from bigvoice.evaluation.conditions import QUIET, Condition, chosen
from bigvoice.evaluation.recognition import Run, TextErrors, language_of, measures
from bigvoice.evaluation.surroundings import Surroundings
from bigvoice.parts import Transcriber, make
from bigvoice.progress import silent
from bigvoice.recording import Recording
from bigvoice.span import Span, total
from bigvoice.word import join

ROOT = Path(__file__).parents[1]
WORK = ROOT / "bench" / "work" / "asr"
SETS = (
    ("LibriSpeech dev_clean_20", "librispeech/dev_clean_20", 13),
    ("LibriSpeech test_other_10", "librispeech/test_other_10", 1),
    ("Korean pansori_tedxkr", "korean/pansori_tedxkr", 3),
    ("Korean emotiontts", "korean/emotiontts", 4),
)
"""Name, folder, and every so-maniest utterance of it."""

HEADINGS = (
    "recogniser", "condition", "set", "utterances", "length", "minutes of speech", "errors %", "wrong", "left out",
    "put in", "95 % interval", "wholly right %", "speed",
)  # fmt: skip


@dataclass(frozen=True)
class Meeting:
    """A sample meeting: where speech is, and what is said in order of time."""

    name: str
    recording: Recording
    speech: list[Span]
    said: list[str]


def spoken(folder: Path) -> Iterator[tuple[str, str]]:
    """The utterances of a set, and what is said: a table without headings, or one with them."""
    if (listed := folder / "transcripts.tsv").is_file():
        yield from (tuple(line.split("\t")) for line in listed.read_text().splitlines())
    else:
        with (folder / "utterances.csv").open(newline="") as stream:
            yield from ((row["utterance"], row["text"]) for row in csv.DictReader(stream))


def listed(name: str, folder: Path, every: int) -> Path:
    """A set's manifest, written where it is not there yet; the folder of an utterance is its speaker."""
    path = WORK / f"{name.replace(' ', '_')}.csv"
    if not path.is_file():
        files = {file.stem: file for file in folder.rglob("*.*")}
        chosen = ((files[utterance], text) for utterance, text in list(spoken(folder))[::every])
        manifest.write(path, (Entry(file, text, load(file).duration, file.parent.name) for file, text in chosen))
    return path


def meetings(samples: Path) -> Iterator[Meeting]:
    """Those whose recording is there, by their stm (file channel speaker start end [<labels>] text)."""
    sounds = {".mp3", ".m4a", ".ogg", ".opus", ".flac", ".wav"}
    for stm in sorted(samples.glob("*/*.stm")):
        found = sorted(f for f in stm.parent.glob(f"{stm.stem}.*") if f.suffix in sounds)
        found = found or sorted(f for f in stm.parent.glob("*.*") if f.suffix in sounds)
        if found:
            rows = [line.split(maxsplit=5) for line in stm.read_text().splitlines() if line.strip() and line[0] != ";"]
            said = sorted((float(row[3]), re.sub(r"^<\S*>\s*", "", row[5])) for row in rows if len(row) > 5)
            recording = load(found[0])
            speech = SileroDetector()(recording.samples, silent)
            yield Meeting(f"sample {stm.parent.name}", recording, speech, [text for _, text in said])


def heard_meeting(part: Transcriber, meeting: Meeting) -> str:
    """One line of the table."""
    language = language_of(meeting.said) or "en"
    began = time.perf_counter()
    written = part(meeting.recording, meeting.speech, language, [], silent)
    waited = time.perf_counter() - began
    errors = TextErrors.between(" ".join(meeting.said), join(written.words))
    about = (part.name, QUIET, meeting.name, str(len(meeting.said)))
    return line(about, errors, language, total(meeting.speech), waited)


def line(
    about: tuple[str, ...], errors: TextErrors, language: str | None, seconds: float, waited: float, *more: str
) -> str:
    measure = measures(language)[0]
    counts = measure.of(errors)
    kinds = (f"{100 * n / counts.total:.1f}" for n in (counts.substitutions, counts.deletions, counts.insertions))
    unit = "words" if measure.unit == "words" else "characters"
    length = (f"{counts.total:,} {unit}", f"{seconds / 60:.1f}", f"**{100 * counts.rate:.1f}**")
    return f"| {' | '.join([*about, *length, *kinds, *(more or ('', '')), f'{seconds / waited:.1f}x'])} |"


def heard_set(run: Run, name: str, language: str | None) -> str:
    """One line of the table."""
    measure = measures(language)[0]
    sure = run.interval(measure)
    more = (f"{100 * sure.low:.1f} to {100 * sure.high:.1f}", f"{100 * run.right(measure):.1f}")
    about = (run.recogniser, run.condition.name, name, str(len(run.heard)))
    return line(about, run.errors, language, run.seconds, run.waited, *more)


def lines(parts: list[Transcriber], under: tuple[Condition, ...], given: argparse.Namespace) -> Iterator[str]:
    """The table's body, a set after the other."""
    data = given.shared / "data"
    noise, rooms = (folder if folder.is_dir() else None for folder in (data / "noise", data / "rooms"))
    around = Surroundings.of(noise, rooms)
    for name, folder, every in SETS:
        if given.only not in name or not (data / folder).is_dir():
            continue
        entries = list(manifest.read(listed(name, data / folder, every)))
        language = language_of(entry.text for entry in entries) or "en"
        for part in parts:
            try:
                found = recognising.evaluate(entries, [part], under, around, language=language)
            except (ModelError, SettingsError) as error:
                print(f"{name}: {error}", file=sys.stderr)
                continue
            yield from (heard_set(run, name, language) for run in found.runs)
    for meeting in meetings(given.samples):
        for part in parts if given.only in meeting.name else ():
            try:
                yield heard_meeting(part, meeting)
            except (ModelError, SettingsError) as error:
                print(f"{meeting.name}: {error}", file=sys.stderr)


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--asr", action="append", default=[], help="also this one: whisper:FOLDER, deepspeech2:FILE")
    ask.add_argument("--conditions", default=QUIET, help="of quiet,near,far")
    ask.add_argument("--snr", default="15,5", help="decibels that speech lies above noise, near and far")
    ask.add_argument("--shared", type=Path, default=ROOT.parent / "shared", help="folder that holds data/librispeech")
    ask.add_argument("--samples", type=Path, default=ROOT / "sample_meetings", help="folder of sample meetings")
    ask.add_argument("--only", default="", help="sets with this in their name")
    given = ask.parse_args()
    under = chosen(given.conditions, given.snr)
    parts = [make("asr", name) for name in dict.fromkeys(["sphinx", *given.asr])]
    print(f"| {' | '.join(HEADINGS)} |\n|{'---|' * len(HEADINGS)}")
    for each in lines(parts, under, given):
        print(each, flush=True)


if __name__ == "__main__":
    main()
