"""Common Voice (Ardila et al., 2020): validated.tsv with client_id, path and sentence, and the recordings in clips/."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Set
from pathlib import Path

from bigvoice.corpora import text_files
from bigvoice.corpora.ledger import Ledger
from bigvoice.corpora.names import SOUND, is_file, suffix_of, walk
from bigvoice.corpora.utterance import NO_SOUND, Layout, Utterance
from bigvoice.errors import CorpusError

COLUMNS = ("client_id", "path", "sentence")
WHOLE, PARTS = "validated.tsv", ("train.tsv", "dev.tsv", "test.tsv")
"""What listeners found right; without that list, what the corpus itself divides it into."""


def read(source: Path, ledger: Ledger) -> Iterator[Utterance]:
    """A release with all its languages, one language, or one .tsv of it. Clips that no list names are no loss."""
    for file in [source] if source.is_file() else _lists(source):
        yield from _list(file, ledger)


def _lists(root: Path) -> list[Path]:
    found = [path for path in walk(root, {".tsv"}) if path.name in (WHOLE, *PARTS) and _is_list(path)]
    whole = {path.parent for path in found if path.name == WHOLE}
    return [path for path in found if path.name == WHOLE or path.parent not in whole]


def _list(file: Path, ledger: Ledger) -> Iterator[Utterance]:
    with text_files.opened(file, ledger) as stream:
        rows = csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE)
        if lacking := [name for name in COLUMNS if name not in (rows.fieldnames or ())]:
            raise CorpusError(f"{file} is no list of Common Voice: its first line lacks {', '.join(lacking)}")
        for row in rows:
            speaker, name, text = (row[column] or "" for column in COLUMNS)
            path = file.parent / "clips" / (name if suffix_of(name) in SOUND else f"{name}.mp3")
            if is_file(path):
                yield Utterance(path, text, speaker)
            else:
                ledger.skip(NO_SOUND, f"{file}, line {rows.line_num}: {name}")


def _is_list(path: Path, _: Set[str] = frozenset()) -> bool:
    return path.suffix == ".tsv" and (path.parent / "clips").is_dir()


LAYOUT = Layout("common-voice", f"{WHOLE} (or {', '.join(PARTS)}) beside clips/", _is_list, read)
