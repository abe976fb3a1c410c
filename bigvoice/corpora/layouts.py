"""Layouts: the ways in which corpora come, by name; and finding out which one a folder has."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from bigvoice.corpora import aihub, beside, common_voice, kspon, librispeech, speech_commands, tables
from bigvoice.corpora.names import SOUND, TEXT, folders, suffix_of
from bigvoice.corpora.utterance import Layout
from bigvoice.errors import CorpusError, SettingsError

LAYOUTS: Mapping[str, Layout] = {
    layout.name: layout
    for layout in (
        tables.LAYOUT,
        kspon.LAYOUT,
        common_voice.LAYOUT,
        librispeech.LAYOUT,
        speech_commands.LAYOUT,
        aihub.LAYOUT,
        beside.LAYOUT,
    )
}
"""The most particular first: some have texts beside their recordings, too."""

AUTO = "auto"
_BY_SUFFIX = {".trn": "kspon", ".csv": "table", ".tsv": "table"}


def recognise(source: Path, name: str = AUTO, tell: Callable[[str], None] = lambda _: None) -> Layout:
    """The layout of a folder, or of one list: by its name, or found out and told.

    The first folder from the top that has a sign of a layout decides. Raises SettingsError for an unknown name,
    CorpusError where there is nothing, or nothing is recognised.
    """
    if name != AUTO and name not in LAYOUTS:
        raise SettingsError(f"no layout called {name!r}: there are {', '.join(LAYOUTS)}")
    if not source.exists():
        raise CorpusError(f"{source}: no such folder; check its name")
    if name != AUTO:
        return LAYOUTS[name]
    layout, sign = _found(source)
    tell(f"{source}: layout {layout.name}, as {sign} shows")
    return layout


def _found(source: Path) -> tuple[Layout, Path]:
    if source.is_file():
        return _of_list(source), source
    n_files, kinds = 0, set[str]()
    for place, files in folders(source):
        n_files, kinds, names = n_files + len(files), kinds.union(map(suffix_of, files)), frozenset(files)
        for layout in LAYOUTS.values():
            if sign := next((place / name for name in files if layout.sign(place / name, names)), None):
                return layout, sign
    if kinds & TEXT and kinds & SOUND:  # in folders of their own
        return beside.LAYOUT, source
    ways = "; ".join(f"{layout.name}: {layout.about}" for layout in LAYOUTS.values())
    what = f"in none of its {n_files} files a known layout was seen" if n_files else "it is empty"
    raise CorpusError(f"{source} is no corpus: {what}; known are {ways}")


def _of_list(file: Path) -> Layout:
    if common_voice.LAYOUT.sign(file, frozenset()):
        return common_voice.LAYOUT
    if file.suffix.lower() not in _BY_SUFFIX:
        raise CorpusError(f"{file} is no folder, and no list of texts ({', '.join(_BY_SUFFIX)})")
    return LAYOUTS[_BY_SUFFIX[file.suffix.lower()]]
