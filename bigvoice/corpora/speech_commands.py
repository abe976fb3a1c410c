"""The layout of Speech Commands (Warden, 2018): WORD/SPEAKER_nohash_N.wav; the folder's name is what is said."""

from __future__ import annotations

import re
from collections.abc import Iterator, Set
from pathlib import Path

from bigvoice.corpora.ledger import Ledger
from bigvoice.corpora.names import SOUND, suffix_of, walk
from bigvoice.corpora.utterance import NO_TEXT, Layout, Utterance

_NAME = re.compile(r"([0-9a-f]{8})_nohash_\d+")


def read(root: Path, ledger: Ledger) -> Iterator[Utterance]:
    """Word by word; a person has the same name in every word's folder. Other files (background noise) are left out."""
    for path in walk(root, SOUND):
        if match := _NAME.fullmatch(path.stem):
            yield Utterance(path, path.absolute().parent.name.replace("_", " "), match[1])
        else:
            ledger.skip(NO_TEXT, path)


def _is_one(path: Path, _: Set[str]) -> bool:
    return suffix_of(path.name) in SOUND and bool(_NAME.fullmatch(path.stem))


LAYOUT = Layout("speech-commands", "WORD/SPEAKER_nohash_N.wav", _is_one, read)
