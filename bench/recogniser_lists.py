"""The lists that the runs of docs/runs were taught, chosen and measured with, made again.

    python bench/recogniser_lists.py [FOLDER] [--shared FOLDER]

English: LibriSpeech's train-clean part and 14 of 20 readers of dev-clean; three others choose, three more and
test-other measure. Korean: TEDx texts without digits and Latin letters, three speakers each to choose and to measure;
with the others, read and acted speech is learnt from. Who goes where hangs on a hash of the name. (The three words:
`bigvoice corpus make speech_commands`.)
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from bigvoice.corpora.durations import seconds
from bigvoice.corpora.manifest import Entry, write
from bigvoice.corpora.vocabulary import Vocabulary

N_HELD = 3


def listed(folder: Path, separator: str) -> Iterator[Entry]:
    """Of a folder with transcripts.tsv; the speaker is what stands before the last or first part of a name."""
    files = {file.stem: file for file in folder.rglob("*.*")}
    for line in (folder / "transcripts.tsv").read_text().splitlines():
        name, text = line.split("\t")
        speaker = name.split("-")[0] if separator == "first" else name.rsplit("-", 1)[0]
        yield Entry(files[name], text.lower().strip(), seconds(files[name]), speaker)


def hangul(text: str) -> str:
    return " ".join(re.sub(r"[^가-힣 ]", " ", text).split())


def acted(folder: Path) -> Iterator[Entry]:
    """Read and acted Korean."""
    files = {file.stem: file for file in folder.rglob("*.*")}
    for row in csv.DictReader((folder / "utterances.csv").open()):
        if row["text"] and row["utterance"] in files:
            file = files[row["utterance"]]
            yield Entry(file, hangul(row["text"]), seconds(file), "e" + row["speaker"])


def held(entries: Iterable[Entry]) -> tuple[set[str], set[str]]:
    """Who chooses, and who measures."""
    order = sorted({entry.speaker for entry in entries}, key=lambda name: hashlib.sha256(name.encode()).hexdigest())
    return set(order[:N_HELD]), set(order[N_HELD : 2 * N_HELD])


def keep(folder: Path, name: str, entries: list[Entry], more: list[Entry], unit: str) -> None:
    dev, test = held(entries)
    parts = {
        "train": [entry for entry in entries if entry.speaker not in dev | test] + more,
        "dev": [entry for entry in entries if entry.speaker in dev],
        "test": [entry for entry in entries if entry.speaker in test],
    }
    print("| list | recordings | hours | speakers |\n|---|---|---|---|")
    for part, some in parts.items():
        n, hours = write(folder / f"{name}_{part}.csv", some), sum(entry.seconds for entry in some) / 3600
        print(f"| {name}_{part} | {n:,} | {hours:.2f} | {len({entry.speaker for entry in some})} |")
    Vocabulary.of((entry.text for entry in parts["train"]), unit).save(folder / f"{name}_vocab.json")


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("folder", type=Path, nargs="?", default=Path(__file__).parent / "work" / "recognisers")
    ask.add_argument("--shared", type=Path, default=Path(__file__).parents[2] / "shared", help="holds data/")
    given = ask.parse_args()
    data = given.shared / "data"
    read = data / "librispeech"
    keep(
        given.folder,
        "ls",
        list(listed(read / "dev_clean_20", "first")),
        list(listed(read / "train_clean_3", "first")),
        "letters",
    )
    write(given.folder / "ls_test_other.csv", listed(read / "test_other_10", "first"))
    talks = [entry for entry in listed(data / "korean/pansori_tedxkr", "last") if not re.search("[0-9a-z]", entry.text)]
    talks = [Entry(entry.path, hangul(entry.text), entry.seconds, entry.speaker) for entry in talks]
    keep(given.folder, "ko", talks, list(acted(data / "korean/emotiontts")), "jamo")


if __name__ == "__main__":
    main()
