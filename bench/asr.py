"""How good and how fast the recognisers are: word errors and speed, as a Markdown table.

    python bench/asr.py [--asr whisper:NAME-or-FOLDER]... [--shared FOLDER] [--samples FOLDER] [--only NAME]

Sets: LibriSpeech test-other (100 utterances of 10 speakers) and dev-clean (every 13th of 1,313 of 20 speakers), from
the folder given by --shared; and the sample meetings. The utterances of a set are joined with 4 s of silence between
them, so that each is heard on its own; of the meetings the speech detector says where speech is, and where people
speak at once the words are compared in order of their turns' starts.

Before comparing, both texts are put in lower case and NFKC form; everything but letters, digits and the apostrophe
inside a word is taken for a space. Korean is scored by characters without spaces (CER), other languages by words (WER).
Speed is seconds of speech a second of waiting, on this machine, loading the model included.
"""

from __future__ import annotations

import argparse
import re
import time
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import jiwer
import numpy as np

from bigvoice.decoding import load
from bigvoice.diarization.detection import SileroDetector
from bigvoice.parts import Transcriber, make
from bigvoice.progress import silent
from bigvoice.recording import RATE, Recording
from bigvoice.span import Span, total

ROOT = Path(__file__).parents[1]
PAUSE = 4.0
"""Seconds between joined utterances: more than a chunk bridges."""


@dataclass(frozen=True)
class Spoken:
    """A recording, where speech is, and what is said in each of some stretches of it."""

    name: str
    recording: Recording
    speech: list[Span]
    said: list[tuple[Span, str]]

    @property
    def korean(self) -> bool:
        """Whether it is scored by characters."""
        return any("가" <= c <= "힣" for _, text in self.said for c in text)


def normal(text: str) -> str:
    text = unicodedata.normalize("NFKC", text).lower().replace("’", "'")
    return " ".join(re.findall(r"[^\W_]+(?:'[^\W_]+)*", text))


def librispeech(folder: Path, every: int) -> Spoken:
    """Every so-maniest utterance of a set, joined."""
    rows = [line.split("\t") for line in (folder / "transcripts.tsv").read_text().splitlines()][::every]
    files = {file.stem: file for file in folder.rglob("*.*")}
    silence = np.zeros(round(PAUSE * RATE), np.float32)
    parts, said, clock = [], [], 0.0
    for name, text in rows:
        samples = load(files[name]).samples
        said.append((Span(clock, clock + len(samples) / RATE), text))
        parts += [samples, silence]
        clock += len(samples) / RATE + PAUSE
    return Spoken(f"LibriSpeech {folder.name}", Recording(np.concatenate(parts)), [span for span, _ in said], said)


def meeting(stm: Path) -> Spoken | None:
    """A sample meeting by its stm (file channel speaker start end [<labels>] text); None without its recording."""
    sounds = {".mp3", ".m4a", ".ogg", ".opus", ".flac", ".wav"}
    found = sorted(f for f in stm.parent.glob(f"{stm.stem}.*") if f.suffix in sounds)
    found = found or sorted(f for f in stm.parent.glob("*.*") if f.suffix in sounds)
    if not found:
        return None
    rows = [line.split(maxsplit=5) for line in stm.read_text().splitlines() if line.strip() and line[0] != ";"]
    said = sorted(
        (Span(float(row[3]), float(row[4])), re.sub(r"^<\S*>\s*", "", row[5])) for row in rows if len(row) > 5
    )
    recording = load(found[0])
    return Spoken(f"sample {stm.parent.name}", recording, SileroDetector()(recording.samples, silent), said)


def sets(shared: Path, samples: Path) -> Iterator[Spoken]:
    for name, every in (("dev_clean_20", 13), ("test_other_10", 1)):
        if (folder := shared / "data" / "librispeech" / name).is_dir():
            yield librispeech(folder, every)
    for stm in sorted(samples.glob("*/*.stm")):
        if spoken := meeting(stm):
            yield spoken


def row(part: Transcriber, spoken: Spoken) -> str:
    """One line of the table."""
    began = time.perf_counter()
    heard = part(spoken.recording, spoken.speech, "ko" if spoken.korean else "en", [], silent)
    seconds = time.perf_counter() - began
    reference = normal(" ".join(text for _, text in spoken.said))
    written = normal("".join(word.text for word in heard.words))
    if spoken.korean:
        counts = jiwer.process_characters(reference.replace(" ", ""), written.replace(" ", ""))
    else:
        counts = jiwer.process_words(reference, written)
    n = counts.hits + counts.substitutions + counts.deletions
    rate = (counts.substitutions + counts.deletions + counts.insertions) / n
    errors = " | ".join(f"{100 * e / n:.1f}" for e in (counts.substitutions, counts.deletions, counts.insertions))
    unit = "characters" if spoken.korean else "words"
    speech = total(spoken.speech)
    return (
        f"| {part.name} | {spoken.name} | {len(spoken.said)} | {n:,} {unit} | {speech / 60:.1f} |"
        f" **{100 * rate:.1f}** | {errors} | {speech / seconds:.1f}x |"
    )


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--asr", action="append", default=[], help="also this one: whisper:NAME or whisper:FOLDER")
    ask.add_argument("--shared", type=Path, default=ROOT.parent / "shared", help="folder that holds data/librispeech")
    ask.add_argument("--samples", type=Path, default=ROOT / "sample_meetings", help="folder of sample meetings")
    ask.add_argument("--only", default="", help="sets with this in their name")
    given = ask.parse_args()
    parts: list[Transcriber] = [make("asr", name) for name in ["sphinx", *given.asr]]
    print(
        "| recogniser | set | utterances | length | minutes of speech | errors % | wrong | left out | put in | speed |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|")
    for spoken in sets(given.shared, given.samples):
        if given.only not in spoken.name:
            continue
        for part in parts:
            if not (spoken.korean and part.name == "sphinx"):
                print(row(part, spoken), flush=True)


if __name__ == "__main__":
    main()
