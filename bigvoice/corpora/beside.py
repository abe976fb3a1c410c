"""The plainest layout: recordings, and for each a .txt of the same stem, beside it or in a folder of texts."""

from __future__ import annotations

from collections.abc import Iterator, Set
from contextlib import closing
from pathlib import Path

from bigvoice.corpora import text_files
from bigvoice.corpora.ledger import Ledger
from bigvoice.corpora.names import SOUND, TEXT, Names, suffix_of, walk
from bigvoice.corpora.utterance import NO_SOUND, NO_TEXT, Layout, Utterance
from bigvoice.errors import CorpusError

FOLDERS = "speakers are taken from the folders' names"


def read(root: Path, ledger: Ledger) -> Iterator[Utterance]:
    """Recording by recording, in order of their paths; who lies in a folder below `root` is its speaker."""
    with closing(Names(root, TEXT)) as texts:
        for path in walk(root, SOUND):
            found = _texts(path, texts)
            if len(found) != 1:
                ledger.skip("several texts of that name" if found else NO_TEXT, path)
                continue
            texts.use(found[0])
            try:
                text = text_files.text_of(found[0], ledger)
            except CorpusError as error:
                ledger.skip("text that cannot be read", error)
                continue
            yield Utterance(path, text, speaker_of(path, root, ledger))
        for path in texts.unused():
            ledger.skip(NO_SOUND, path)


def _texts(path: Path, texts: Names) -> list[Path]:
    """The text beside a recording; else those of its name that are not another recording's."""
    found = texts.find(f"{path.stem}.txt", beside=path.parent)
    return [text for text in found if text.parent == path.parent or not _has_sound(text)]


def _has_sound(text: Path) -> bool:
    return any(text.with_suffix(suffix).is_file() for suffix in SOUND)


def speaker_of(path: Path, root: Path, ledger: Ledger) -> str:
    """The folder in which a recording lies, where that is below the corpus; "" in the corpus's own."""
    folder = path.parent.relative_to(root) if path.is_relative_to(root) else Path()
    if folder.parts:
        ledger.note(FOLDERS, folder.as_posix())
    return folder.as_posix() if folder.parts else ""


def _is_one(path: Path, names: Set[str]) -> bool:
    return suffix_of(path.name) in SOUND and f"{path.stem}.txt" in names


LAYOUT = Layout("folder", "recordings, and for each a .txt of the same stem", _is_one, read)
