"""KsponSpeech (Bang et al., 2020) and corpora like it: lists (.trn) of "path :: text", and raw recordings (.pcm).

    KsponSpeech_01/KsponSpeech_0001/KsponSpeech_000001.pcm :: b/ 아/ 모+ 몬 소리야 (70%)/(칠십 퍼센트) 확률이라니 n/

Nobody says who speaks. Its older form, a .txt beside each .pcm, is read as a folder of recordings and texts.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bigvoice.corpora import text_files
from bigvoice.corpora.ledger import Ledger
from bigvoice.corpora.names import is_file, walk
from bigvoice.corpora.utterance import NO_SOUND, Layout, Utterance

SEPARATOR = " :: "
CONVERTED = (".wav", ".flac")
"""What people convert the recordings to; a list still says .pcm."""


def read(source: Path, ledger: Ledger) -> Iterator[Utterance]:
    """A folder with its lists, or one list (train.trn, eval_clean.trn, ...)."""
    for file in [source] if source.is_file() else walk(source, {".trn"}):
        yield from _list(file, [source] if source.is_dir() else [], ledger)


def _list(file: Path, roots: list[Path], ledger: Ledger) -> Iterator[Utterance]:
    places = _places([*roots, file.parent, file.parent.parent])
    for number, line in text_files.lines(file, ledger):
        name, separator, text = line.partition(SEPARATOR.rstrip())
        if not separator:
            ledger.skip(f'line without "{SEPARATOR.strip()}"', f"{file}, line {number}")
            continue
        if path := _found(name.strip(), places):
            yield Utterance(path, text.strip())
        else:
            ledger.skip(NO_SOUND, f"{file}, line {number}: {name.strip()}")


def _found(name: str, places: list[Path]) -> Path | None:
    """The recording, in the first place that has it; which is tried first from then on."""
    for place in places:
        for path in _forms(place / name):
            if is_file(path):
                places.remove(place)
                places.insert(0, place)
                return path
    return None


def _forms(path: Path) -> Iterator[Path]:
    """As the list says, or converted."""
    yield path
    yield from map(path.with_suffix, CONVERTED)


def _places(roots: list[Path]) -> list[Path]:
    """Where a list's paths may begin: at the corpus, or in one of its parts (KsponSpeech_train/, KsponSpeech_eval/)."""
    parts = [part for root in roots for part in sorted(root.iterdir()) if part.is_dir()]
    return list(dict.fromkeys([*roots, *parts]))


LAYOUT = Layout("kspon", 'lists (.trn) of "path :: text"', lambda path, _: path.suffix == ".trn", read)
