"""Tables: a list in the folder says what is said in each recording: CSV, or columns parted by tabs.

    transcripts.tsv      1272-128104-0000<TAB>mister quilter is the apostle of the middle classes
    utterances.csv       utterance,speaker,gender,text
    metadata.csv         file_name,transcription

A first line that names the columns is needed where there are more than two. A manifest is such a table, too.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from bigvoice.corpora import text_files
from bigvoice.corpora.beside import speaker_of
from bigvoice.corpora.ledger import Ledger
from bigvoice.corpora.names import SOUND, Names, folders, is_file
from bigvoice.corpora.utterance import NO_TEXT, Layout, Utterance, one_of
from bigvoice.errors import CorpusError

FILES = frozenset({"transcripts.tsv", "transcripts.csv", "utterances.csv", "utterances.tsv", "metadata.csv"})
NAME = ("path", "utterance", "file", "file_name", "filename", "audio", "id")
TEXT = ("text", "sentence", "transcript", "transcription")
SPEAKER = ("speaker", "speaker_id", "client_id")
"""What columns are called, small and capital letters alike."""


@dataclass(frozen=True, slots=True)
class _Columns:
    """Where what stands in a row; None: nowhere."""

    name: int
    text: int
    speaker: int | None = None
    seconds: int | None = None


def read(source: Path, ledger: Ledger) -> Iterator[Utterance]:
    """A folder with such lists, or one list: each is of the recordings below its folder.

    Without a column of speakers, the folders of recordings name them.
    """
    if source.is_file():
        yield from _lists([source], source.parent, ledger)
        return
    for place, files in folders(source):
        if lists := [place / name for name in files if name in FILES]:
            yield from _lists(lists, place, ledger)


def _lists(lists: list[Path], root: Path, ledger: Ledger) -> Iterator[Utterance]:
    with closing(Names(root, SOUND)) as names:
        for file in lists:
            yield from _list(file, root, names, ledger)
        for path in names.unused():
            ledger.skip(NO_TEXT, path)


def _list(file: Path, root: Path, names: Names, ledger: Ledger) -> Iterator[Utterance]:
    tabs = file.suffix.lower() == ".tsv"
    with text_files.opened(file, ledger) as stream:
        rows = csv.reader(
            stream, delimiter="\t" if tabs else ",", quoting=csv.QUOTE_NONE if tabs else csv.QUOTE_MINIMAL
        )
        try:
            first = next(rows, [])
            columns, named = _columns(first, file)
            if not named:
                yield from _entry(first, columns, f"{file}, line 1", root, names, ledger)
            for row in rows:
                if row:
                    yield from _entry(row, columns, f"{file}, line {rows.line_num}", root, names, ledger)
        except csv.Error as error:
            raise CorpusError(f"{file}, line {rows.line_num}: {error}; write it as CSV in UTF-8") from error


def _columns(first: Sequence[str], file: Path) -> tuple[_Columns, bool]:
    """What the first line says of the columns, and whether it says anything: two columns may go without names."""
    called = [name.strip().lower() for name in first]
    place = {kind[0]: next((called.index(n) for n in kind if n in called), None) for kind in (NAME, TEXT, SPEAKER)}
    name, text = place[NAME[0]], place[TEXT[0]]
    if name is not None and text is not None:
        return _Columns(name, text, place[SPEAKER[0]], called.index("seconds") if "seconds" in called else None), True
    if len(first) == 2:
        return _Columns(0, 1), False
    raise CorpusError(
        f"{file}: its first line names no column of recordings ({', '.join(NAME)}) or none of texts ({', '.join(TEXT)})"
    )


def _entry(
    row: Sequence[str], columns: _Columns, where: str, root: Path, names: Names, ledger: Ledger
) -> Iterator[Utterance]:
    """The row's utterance, if its recording is there."""
    if len(row) <= max(columns.name, columns.text):
        ledger.skip("line with too few columns", where)
        return
    name = row[columns.name].strip()
    whole = root / name
    path = whole if is_file(whole) else one_of(names.find(name), f"{where}: {name}", ledger)
    if path is None:
        return
    if path.is_relative_to(root):
        names.use(path)
    speaker = speaker_of(path, root, ledger) if columns.speaker is None else _cell(row, columns.speaker)
    yield Utterance(path, row[columns.text], speaker, _number(_cell(row, columns.seconds)))


def _cell(row: Sequence[str], column: int | None) -> str:
    return row[column].strip() if column is not None and column < len(row) else ""


def _number(text: str) -> float | None:
    try:
        return float(text) if 0 < float(text) < math.inf else None
    except ValueError:
        return None


LAYOUT = Layout("table", f"a list of texts ({', '.join(sorted(FILES))})", lambda path, _: path.name in FILES, read)
