"""Vocabulary: the symbols a recogniser writes with: letters, Korean syllables, or jamo, and the space.

Number 0 is CTC's blank (Graves et al., 2006); symbol i has number i + 1. A vocabulary of jamo splits a syllable into
its two or three letters (Unicode's canonical decomposition, NFD) and puts them together again (NFC), so that 67 symbols
write all 11,172 syllables.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bigvoice.errors import CorpusError
from bigvoice.minutes.whole_file import why_not_written, write_whole

BLANK = 0
UNITS = ("letters", "syllables", "jamo")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """symbols: in order of their numbers, without the blank. unit: one of UNITS; only jamo are taken apart."""

    symbols: tuple[str, ...]
    unit: str = "letters"

    def __post_init__(self) -> None:
        if self.unit not in UNITS:
            raise ValueError(f"a vocabulary is of {', '.join(UNITS)}, not of {self.unit!r}")
        if len(set(self.symbols)) != len(self.symbols) or any(len(symbol) != 1 for symbol in self.symbols):
            raise ValueError("symbols are single characters, each once")

    @classmethod
    def of(cls, texts: Iterable[str], unit: str = "letters") -> Vocabulary:
        """What these texts are written with, in the order of Unicode, the space first.

        >>> Vocabulary.of(["be a bee"]).symbols
        (' ', 'a', 'b', 'e')
        """
        return cls.of_counts(dict.fromkeys((symbol for text in texts for symbol in parted(text, unit)), 1), unit)

    @classmethod
    def of_counts(cls, counts: Mapping[str, int], unit: str = "letters", fewest: int = 1) -> Vocabulary:
        """The symbols that occur at least `fewest` times, in the order of Unicode.

        >>> Vocabulary.of_counts({"b": 2, "a": 7, "é": 1}, fewest=2).symbols
        ('a', 'b')
        """
        return cls(tuple(sorted(symbol for symbol, count in counts.items() if count >= fewest)), unit)

    def __len__(self) -> int:
        """How many numbers there are, the blank's included."""
        return len(self.symbols) + 1

    @property
    def fingerprint(self) -> str:
        """Eight hex digits that tell two vocabularies apart."""
        return hashlib.sha256("\0".join([self.unit, *self.symbols]).encode()).hexdigest()[:8]

    def unknown(self, text: str) -> str:
        """The text's characters that it cannot write, each once, in the order of Unicode; "" where there are none."""
        known = set(self.symbols)
        return "".join(sorted({char for char in text if not known.issuperset(parted(char, self.unit))}))

    def encode(self, text: str) -> list[int]:
        """The numbers of a text's symbols. Raises CorpusError for characters that it cannot write."""
        number = {symbol: i for i, symbol in enumerate(self.symbols, 1)}
        try:
            return [number[symbol] for symbol in parted(text, self.unit)]
        except KeyError:
            raise CorpusError(f"{text!r} has characters outside the vocabulary: {self.unknown(text)}") from None

    def decode(self, numbers: Sequence[int]) -> str:
        """The text that numbers (without blanks) write.

        >>> jamo = Vocabulary.of(["해야"], "jamo")
        >>> len(jamo.encode("해야")), jamo.decode(jamo.encode("해야"))
        (4, '해야')
        """
        return unicodedata.normalize("NFC", "".join(self.symbols[number - 1] for number in numbers))

    def to_json(self) -> dict[str, object]:
        """As JSON values."""
        return {"unit": self.unit, "symbols": "".join(self.symbols)}

    @classmethod
    def from_json(cls, value: object) -> Vocabulary:
        """Back from them. Raises CorpusError for anything else."""
        match value:
            case {"unit": str(unit), "symbols": str(symbols)}:
                try:
                    return cls(tuple(symbols), unit)
                except ValueError as error:
                    raise CorpusError(f"this is no vocabulary: {error}") from error
        raise CorpusError('this is no vocabulary: it is written {"unit": "letters", "symbols": " abc"}')

    def save(self, path: Path) -> None:
        """Write it as a JSON file, whole or not at all. Raises CorpusError."""
        try:
            write_whole(path, (json.dumps(self.to_json(), ensure_ascii=False, indent=1) + "\n").encode())
        except OSError as error:
            raise CorpusError(why_not_written(path, error)) from error

    @classmethod
    def load(cls, path: Path) -> Vocabulary:
        """Read it from a JSON file. Raises CorpusError, naming the file."""
        try:
            return cls.from_json(json.loads(path.read_text(encoding="utf-8")))
        except OSError as error:
            raise CorpusError(f"the vocabulary {path} cannot be read: {error.strerror}") from error
        except (ValueError, CorpusError) as error:
            raise CorpusError(f"{path}: {error}; `bigvoice corpus` makes one") from error


def parted(text: str, unit: str) -> str:
    """The text as the symbols of that unit: jamo taken apart, all else composed."""
    return unicodedata.normalize("NFD" if unit == "jamo" else "NFC", text)
