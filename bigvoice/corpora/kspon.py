"""KsponSpeech (Bang et al., 2020) and corpora like it: lists (.trn) of "path :: text", and raw recordings (.pcm).

    KsponSpeech_01/KsponSpeech_0001/KsponSpeech_000001.pcm :: b/ 아/ 모+ 몬 소리야 (70%)/(칠십 퍼센트) 확률이라니 n/

Nobody says who speaks. Its older form, a .txt beside each .pcm, is read as a folder of recordings and texts.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bigvoice.corpora import text_files
from bigvoice.corpora.ledger import Ledger
from bigvoice.corpora.names import walk
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
        at = next((i for i, place in enumerate(places) if _there(place / name.strip())), None)
        if at is None:
            ledger.skip(NO_SOUND, f"{file}, line {number}: {name.strip()}")
            continue
        places.insert(0, places.pop(at))  # the next one is most likely there, too
        path = _there(places[0] / name.strip())
        if path:
            yield Utterance(path, text.strip())


def _places(roots: list[Path]) -> list[Path]:
    """Where a list's paths may begin: at the corpus, or in one of its parts (KsponSpeech_train/, KsponSpeech_eval/)."""
    parts = [part for root in roots for part in sorted(root.iterdir()) if part.is_dir()]
    return list(dict.fromkeys([*roots, *parts]))


def _there(path: Path) -> Path | None:
    return next((each for each in (path, *map(path.with_suffix, CONVERTED)) if each.is_file()), None)


LAYOUT = Layout("kspon", 'lists (.trn) of "path :: text"', lambda path: path.suffix == ".trn", read)
