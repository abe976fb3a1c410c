"""Report: a corpus's parts side by side, what is wrong between them, what was left out; as text, Markdown and JSON."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

from bigvoice.corpora import manifest
from bigvoice.corpora.corpus_options import STRIDE
from bigvoice.corpora.ledger import Remark
from bigvoice.corpora.statistics import EDGES, Count, Part
from bigvoice.corpora.vocabulary import UNITS, Vocabulary
from bigvoice.errors import SettingsError

MOST_SYMBOLS = 40
"""Listed in full; of more, the most frequent."""
BAR = 30
"""Columns of the longest bar."""

_STRETCHES = (f"under {EDGES[0]} s", *(f"{a} to {b} s" for a, b in pairwise(EDGES)), f"{EDGES[-1]} s and more")

Rows = list[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Report:
    """parts: the first is what is learnt from. vocabulary: what is written with; None: all that the first part has.

    remarks: what was left out or noticed where the manifests were made. notes: more of that, as sentences.
    """

    parts: tuple[Part, ...]
    vocabulary: Vocabulary | None = None
    remarks: tuple[Remark, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def known(self) -> frozenset[str]:
        """The symbols that a recogniser will write."""
        return frozenset(self.vocabulary.symbols if self.vocabulary else self.parts[0].symbols)

    @property
    def shared(self) -> dict[tuple[str, str], int]:
        """How many speakers two parts have in common, where they have any."""
        common = {(a.name, b.name): len(a.speakers & b.speakers) for a, b in combinations(self.parts, 2)}
        return {names: n for names, n in common.items() if n}


def report_of(
    files: Sequence[Path], *, vocabulary: Vocabulary | None = None, unit: str = "letters", stride: int = STRIDE
) -> Report:
    """The report on manifests that are there. unit: where there is no vocabulary to tell it.

    Raises CorpusError for what is no manifest, SettingsError for an unknown unit.
    """
    if unit not in UNITS:
        raise SettingsError(f"no unit called {unit!r}: there are {', '.join(UNITS)}")
    parts = []
    for file in files:
        count = Count(file.name, vocabulary.unit if vocabulary else unit, stride)
        for _ in count.watch(manifest.read(file)):
            pass
        parts.append(count.part)
    if len({part.name for part in parts}) < len(parts):  # a/train.csv and b/train.csv
        parts = [replace(part, name=str(file)) for part, file in zip(parts, files, strict=True)]
    return Report(tuple(parts), vocabulary)


def text(report: Report) -> str:
    """For a terminal."""
    lines = [*_columns(_overview(report)), "", "Lengths", *_bars(report), ""]
    return "\n".join([*lines, *_sentences(report)]) + "\n"


def markdown(report: Report) -> str:
    """Tables and a list."""
    blocks = [_table(_overview(report)), "Lengths:", _table(_lengths(report))]
    return "\n\n".join([*blocks, "\n".join(f"- {_escaped(line)}" for line in _sentences(report))]) + "\n"


def to_json(report: Report) -> dict[str, Any]:
    """As JSON values; times in seconds."""
    return {
        "parts": [_part_to_json(part, report) for part in report.parts],
        "vocabulary": report.vocabulary.to_json() if report.vocabulary else None,
        "shared_speakers": [{"parts": list(names), "speakers": n} for names, n in report.shared.items()],
        "left_out": [_remark_to_json(remark) for remark in report.remarks if remark.left_out],
        "noticed": [_remark_to_json(remark) for remark in report.remarks if not remark.left_out],
        "notes": list(report.notes),
    }


def _part_to_json(part: Part, report: Report) -> dict[str, Any]:
    return {
        "name": part.name,
        "recordings": part.n_entries,
        "seconds": round(part.seconds, 2),
        "speakers": len(part.speakers),
        "without_speaker": part.n_nobody,
        "shortest": part.shortest,
        "median": part.median,
        "longest": part.longest,
        "histogram": {"edges": list(EDGES), "recordings": list(part.histogram)},
        "symbols_per_second": round(part.pace, 2),
        "with_digits": part.n_digits,
        "too_short_for_ctc": part.n_too_short,
        "too_short_examples": list(part.too_short),
        "stride": part.stride,
        "unit": part.unit,
        "symbols": dict(part.symbols),
        "never_seen": part.unseen(report.known),
    }


def _remark_to_json(remark: Remark) -> dict[str, Any]:
    return {"reason": remark.reason, "count": remark.count, "examples": list(remark.examples)}


def _overview(report: Report) -> Rows:
    """A row a part, after the headings."""
    headings = ("", "recordings", "hours", "speakers", "shortest", "median", "longest", f"{_unit(report)}/s", "digits")
    rows = [
        (
            part.name,
            f"{part.n_entries:,}",
            f"{part.hours:.2f}",
            f"{len(part.speakers):,}",
            f"{part.shortest:.2f} s",
            f"{part.median:.2f} s",
            f"{part.longest:.2f} s",
            f"{part.pace:.1f}",
            f"{part.n_digits:,}",
            f"{part.n_too_short:,}",
        )
        for part in report.parts
    ]
    return [(*headings, "too short"), *rows]


def _lengths(report: Report) -> Rows:
    """A row a stretch of lengths, a column a part."""
    counts = zip(*(part.histogram for part in report.parts), strict=True)
    rows = [(name, *(f"{n:,}" for n in row)) for name, row in zip(_STRETCHES, counts, strict=True)]
    return [("", *(part.name for part in report.parts)), *rows]


def _bars(report: Report) -> list[str]:
    """The lengths of all parts together, drawn."""
    counts = [sum(row) for row in zip(*(part.histogram for part in report.parts), strict=True)]
    most = max([*counts, 1])
    bars = [("#" * -(-BAR * count // most)).ljust(BAR) for count in counts]
    return _columns([(name, f"{n:,}", bar) for name, n, bar in zip(_STRETCHES, counts, bars, strict=True)])


def _sentences(report: Report) -> list[str]:
    """Everything that is no table."""
    known, first = report.known, report.parts[0]
    where = "the vocabulary" if report.vocabulary else first.name
    lines = [f"{len(known)} symbols ({_unit(report)}) in {where}"]
    once = {symbol: 1 for symbol, count in first.symbols.items() if count == 1 and symbol in known}
    if once:
        lines.append(f"{len(once)} of them occur only once in {first.name}: {_listed(once)}")
    for part in report.parts:
        lines += [f"{part.name}: {line}" for line in _doubts(part, report)]
    for (a, b), n in report.shared.items():
        lines.append(f"{a} and {b} have {n} speakers in common: what learns from one must not be tried on the other")
    return [*lines, *report.notes, *_remarks(report.remarks)]


def _doubts(part: Part, report: Report) -> Iterator[str]:
    """What may be wrong with a part."""
    if unseen := part.unseen(report.known):
        yield f"{len(unseen)} others, which cannot be written: {_listed(unseen)}"
    if part.n_too_short:
        step = f"CTC, {10 * part.stride} ms a step"
        yield f"{part.n_too_short:,} recordings are too short for their texts ({step}), such as {part.too_short[0]}"
    if part.n_digits:
        yield f"{part.n_digits:,} texts hold digits, and nobody knows how they were read"
    if part.n_nobody:
        yield f"{part.n_nobody:,} recordings have no speaker"


def _remarks(remarks: Iterable[Remark]) -> list[str]:
    """What was left out first."""
    return [
        f"{'left out' if remark.left_out else 'noticed'}: {remark.count:,} x {remark.reason},"
        f" such as {'; '.join(remark.examples)}"
        for remark in sorted(remarks, key=lambda remark: not remark.left_out)
    ]


def _unit(report: Report) -> str:
    return report.parts[0].unit


def _listed(symbols: dict[str, int]) -> str:
    shown = [f"{_named(symbol)} ({count})" for symbol, count in list(symbols.items())[:MOST_SYMBOLS]]
    return ", ".join(shown) + (", ..." if len(symbols) > MOST_SYMBOLS else "")


def _named(symbol: str) -> str:
    return unicodedata.name(symbol, symbol) if unicodedata.combining(symbol) or not symbol.strip() else symbol


def _columns(rows: Rows) -> list[str]:
    """Aligned: the first column to the left, the others to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    cells = [[row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])] for row in rows]
    return ["  ".join(row).rstrip() for row in cells]


def _table(rows: Rows) -> str:
    lines = [rows[0], ("---", *["---:"] * (len(rows[0]) - 1)), *rows[1:]]
    return "\n".join(f"| {' | '.join(map(_escaped, line))} |" for line in lines)


def _escaped(cell: str) -> str:
    return cell.replace("|", "\\|")
