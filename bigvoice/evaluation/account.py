"""Account: what a file tells of a recording, whatever its format: who spoke when, who said what, or both.

RTTM tells turns; STM and minutes (.json) turns and words; WebVTT words, under names; SubRip and plain text words only.
The turns of STM are whole utterances, pauses within them and all: where there is RTTM too, that is the better truth.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

from bigvoice.documents import rttm, stm
from bigvoice.documents.line import one_line
from bigvoice.documents.text_file import parsed
from bigvoice.errors import DocumentError
from bigvoice.evaluation import captions
from bigvoice.minutes import store
from bigvoice.minutes.minutes import Utterance
from bigvoice.transcription.none import NoTranscriber
from bigvoice.turn import Turn


@dataclass(frozen=True, slots=True)
class Account:
    """None: the file does not tell.

    turns: who spoke when. names: which of their speakers are people's names, and not only suggested ones; None: they
    may all be, or none. text: all that was said, in order of time. texts: what each speaker said.
    """

    turns: tuple[Turn, ...] | None = None
    names: frozenset[str] | None = None
    text: str | None = None
    texts: Mapping[str, str] | None = None

    def __or__(self, other: Account) -> Account:
        """What this one tells, and what only the other does."""
        turns = self if self.turns is not None else other
        words = self if self.text is not None else other
        return replace(words, turns=turns.turns, names=turns.names)

    @property
    def whole(self) -> bool:
        """There is nothing more to tell."""
        return self.turns is not None and self.texts is not None


def read(path: Path) -> dict[str, Account]:
    """What a file tells, by recording; one that tells of one recording at most gives it the file's own stem.

    Raises DocumentError or MinutesError, naming file and line, for what cannot be read.
    """
    suffix = path.suffix.lower()
    if suffix not in READERS:
        raise DocumentError(f"{path}: no turns or words are read from {suffix or 'a file without a suffix'}: {KNOWN}")
    found = READERS[suffix](path)
    return found if len(found) > 1 else dict.fromkeys([path.stem], *found.values())


def _rttm(path: Path) -> dict[str, Account]:
    told = rttm.read(path) or {path.stem: []}
    return {file: Account(turns=tuple(turns)) for file, turns in told.items()}


def _stm(path: Path) -> dict[str, Account]:
    told = stm.read(path) or {path.stem: []}
    return {file: _of_utterances(utterances) for file, utterances in told.items()}


def _minutes(path: Path) -> dict[str, Account]:
    minutes = store.read(path)
    labels = {speaker.id: speaker.label() for speaker in minutes.speakers}
    found = _of_utterances([replace(each, speaker=labels[each.speaker]) for each in minutes.utterances])
    if minutes.undivided:
        found = Account(text=found.text)
    if dict(minutes.maker.parts).get("text", NoTranscriber.name) == NoTranscriber.name and not found.text:
        found = replace(found, text=None, texts=None)
    names = frozenset(label for speaker in minutes.speakers if (label := speaker.label()) == speaker.name)
    return {path.stem: replace(found, names=names)}


def _captions(path: Path) -> dict[str, Account]:
    shown = parsed(path, captions.parse)
    voices = _joined((each.voice, each.text) for each in shown) if all(each.voice for each in shown) else None
    return {path.stem: Account(text=" ".join(each.text for each in shown), texts=voices)}


def _text(path: Path) -> dict[str, Account]:
    return {path.stem: Account(text=parsed(path, _plain))}


def _plain(text: str) -> str:
    for number, line in enumerate(text.splitlines(), 1):
        if re.match(r"\[\d+:\d\d(:\d\d)?\]", line):
            raise DocumentError(
                f"line {number} has a time stamp: this is a document; measure the minutes (.json) of it"
            )
    return one_line(text)


def _of_utterances(utterances: Iterable[Utterance]) -> Account:
    spoken = list(utterances)
    said = [(each.speaker, each.text) for each in spoken if each.text]
    turns = tuple(Turn(each.span, each.speaker) for each in spoken)
    return Account(turns, None, " ".join(text for _, text in said), _joined(said))


def _joined(said: Iterable[tuple[str, str]]) -> dict[str, str]:
    texts: defaultdict[str, list[str]] = defaultdict(list)
    for speaker, text in said:
        texts[speaker].append(text)
    return {speaker: " ".join(own) for speaker, own in texts.items()}


READERS: Mapping[str, Callable[[Path], dict[str, Account]]] = MappingProxyType(
    {
        ".rttm": _rttm,
        ".stm": _stm,
        ".json": _minutes,
        ".vtt": _captions,
        ".srt": _captions,
        ".txt": _text,
    }
)
KNOWN = f"choose one of {', '.join(READERS)}"
