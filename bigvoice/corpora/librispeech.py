"""LibriSpeech's layout (Panayotov et al., 2015): SPEAKER/CHAPTER/SPEAKER-CHAPTER.trans.txt beside the recordings.

A list's line is an id and a text: 84-121123-0005 BUT IN LESS THAN FIVE MINUTES THE STAIRCASE GROANED
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bigvoice.corpora import text_files
from bigvoice.corpora.ledger import Ledger
from bigvoice.corpora.names import SOUND, folders, suffix_of
from bigvoice.corpora.utterance import NO_SOUND, NO_TEXT, Layout, Utterance

LIST = ".trans.txt"


def read(root: Path, ledger: Ledger) -> Iterator[Utterance]:
    """Chapter by chapter; the speaker is what stands before an id's first hyphen."""
    for place, files in folders(root):
        lists = [name for name in files if name.endswith(LIST)]
        if lists:
            sounds = {Path(name).stem: place / name for name in files if suffix_of(name) in SOUND}
            yield from _chapter(place, lists, sounds, ledger)


def _chapter(place: Path, lists: list[str], sounds: dict[str, Path], ledger: Ledger) -> Iterator[Utterance]:
    """sounds: the recordings by their stems."""
    told = set()
    for name in lists:
        for number, line in text_files.lines(place / name, ledger):
            utterance, _, text = line.partition(" ")
            if sound := sounds.get(utterance):
                told.add(utterance)
                yield Utterance(sound, text, utterance.partition("-")[0])
            else:
                ledger.skip(NO_SOUND, f"{place / name}, line {number}: {utterance}")
    for stem, sound in sounds.items():
        if stem not in told:
            ledger.skip(NO_TEXT, sound)


LAYOUT = Layout(
    "librispeech", f"SPEAKER/CHAPTER/*{LIST} beside the recordings", lambda path, _: path.name.endswith(LIST), read
)
