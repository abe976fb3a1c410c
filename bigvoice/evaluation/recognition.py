"""Recognition: what recognisers wrote under each condition, held against what was said. Values, and what follows.

Korean is scored first of all in characters without spaces, as where its words end is partly a matter of taste, then
with spaces and in words; other languages in words, then in characters. Case and punctuation count nowhere; numbers are
compared as they are written, so that "20" for "twenty" is an error.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from bigvoice.corpora.manifest import Entry
from bigvoice.evaluation.bootstrap import Interval, interval
from bigvoice.evaluation.conditions import Condition
from bigvoice.evaluation.ratio import share
from bigvoice.evaluation.words import EditCounts, character_errors, characters_of, word_errors, words_of

KOREAN = "ko"


@dataclass(frozen=True, slots=True)
class TextErrors:
    """The edits between two texts in each unit. unspaced: characters, spaces left out. They add."""

    words: EditCounts = field(default_factory=EditCounts)
    characters: EditCounts = field(default_factory=EditCounts)
    unspaced: EditCounts = field(default_factory=EditCounts)

    @classmethod
    def between(cls, reference: str, hypothesis: str) -> TextErrors:
        """Counted."""
        return cls(
            word_errors(reference, hypothesis),
            character_errors(reference, hypothesis),
            character_errors(reference, hypothesis, spaces=False),
        )

    def __add__(self, other: TextErrors) -> TextErrors:
        """The edits of both."""
        return TextErrors(self.words + other.words, self.characters + other.characters, self.unspaced + other.unspaced)


@dataclass(frozen=True, slots=True)
class Measure:
    """A rate. unit: which of the counts of TextErrors it is taken of."""

    name: str
    unit: str

    def of(self, errors: TextErrors) -> EditCounts:
        """Its counts."""
        counts: EditCounts = getattr(errors, self.unit)
        return counts

    def parted(self, text: str) -> Sequence[str]:
        """A text as what it compares."""
        return words_of(text) if self.unit == "words" else characters_of(text, spaces=self.unit == "characters")


WER, CER = Measure("WER", "words"), Measure("CER", "characters")
KOREAN_CER, SPACED_CER = Measure("CER", "unspaced"), Measure("CER with spaces", "characters")


def measures(language: str | None) -> tuple[Measure, ...]:
    """The rates of a language ("ko", "ko-KR"; None: not known), the one that counts first of all first."""
    korean = (language or "").lower().replace("_", "-").partition("-")[0] == KOREAN
    return (KOREAN_CER, SPACED_CER, WER) if korean else (WER, CER)


def language_of(texts: Iterable[str]) -> str | None:
    """KOREAN where most letters are Hangul; None: it is not known.

    >>> language_of(["회의를 시작합니다", "OK"]), language_of(["good morning"])
    ('ko', None)
    """
    letters = Counter("가" <= char <= "힣" for text in texts for char in text if char.isalpha())
    return KOREAN if letters[True] > letters[False] else None


@dataclass(frozen=True, slots=True)
class Heard:
    """One recording, and what a recogniser wrote for it. entry.seconds: as long as the file really is."""

    entry: Entry
    text: str
    errors: TextErrors


@dataclass(frozen=True)
class Run:
    """One recogniser under one condition. waited: seconds it took for all that was heard."""

    recogniser: str
    condition: Condition
    heard: tuple[Heard, ...]
    waited: float

    @cached_property
    def errors(self) -> TextErrors:
        """Of all recordings together."""
        return sum((each.errors for each in self.heard), TextErrors())

    @property
    def seconds(self) -> float:
        """Of speech."""
        return sum(each.entry.seconds for each in self.heard)

    @property
    def speed(self) -> float:
        """Seconds of speech for each second of waiting."""
        return share(self.seconds, self.waited)

    def right(self, measure: Measure) -> float:
        """The share of recordings without an error."""
        return share(sum(measure.of(each.errors).edits == 0 for each in self.heard), len(self.heard))

    def worst(self, most: int, measure: Measure) -> list[Heard]:
        """The recordings with the highest rates, the worst one first; those without an error are not among them."""
        wrong = [each for each in self.heard if measure.of(each.errors).edits]
        return sorted(wrong, key=lambda each: (-measure.of(each.errors).rate, -measure.of(each.errors).edits))[:most]

    def by_speaker(self, measure: Measure) -> Mapping[str, EditCounts]:
        """The counts of each speaker, in order of name; "" are all of whom nobody knows who they are."""
        return _added((each.entry.speaker, measure.of(each.errors)) for each in self.heard)

    def interval(self, measure: Measure) -> Interval:
        """How sure the rate is, drawn by speaker or, where fewer than two are known, by recording."""
        by_speaker = knows_speakers(each.entry for each in self.heard)
        names = ((each.entry.speaker if by_speaker else "") or str(each.entry.path) for each in self.heard)
        counts = (measure.of(each.errors) for each in self.heard)
        return interval(_added(zip(names, counts, strict=True)).values())


def knows_speakers(entries: Iterable[Entry]) -> bool:
    """Whether at least two speakers are known by name."""
    return len({entry.speaker for entry in entries} - {""}) >= 2


def _added(counts: Iterable[tuple[str, EditCounts]]) -> dict[str, EditCounts]:
    """What stands under one name added up."""
    found: defaultdict[str, EditCounts] = defaultdict(EditCounts)
    for name, each in counts:
        found[name] += each
    return dict(sorted(found.items()))


@dataclass(frozen=True, slots=True)
class Skipped:
    """A recording that was left out, and why: a line that names it."""

    path: Path
    why: str


@dataclass(frozen=True, slots=True)
class Recognition:
    """All that was measured. language: as it was scored. surroundings: noise and rooms, in words.

    runs: by recogniser, and for each by condition; all of the same recordings.
    """

    language: str | None
    runs: tuple[Run, ...]
    surroundings: str = ""
    skipped: tuple[Skipped, ...] = ()

    @property
    def measures(self) -> tuple[Measure, ...]:
        """The rates, the one that counts first of all first."""
        return measures(self.language)

    @property
    def recognisers(self) -> dict[str, tuple[Run, ...]]:
        """The runs of each recogniser."""
        names = dict.fromkeys(run.recogniser for run in self.runs)
        return {name: tuple(run for run in self.runs if run.recogniser == name) for name in names}
