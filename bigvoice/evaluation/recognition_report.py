"""Recognition report: what recognisers came to, as tables, as Markdown, as JSON values and as CSV."""

from __future__ import annotations

from dataclasses import asdict
from math import isnan
from typing import Any

from bigvoice.documents.table import csv_of
from bigvoice.evaluation.alignment import align, side_by_side
from bigvoice.evaluation.bootstrap import COVERS, N_DRAWS
from bigvoice.evaluation.ratio import share
from bigvoice.evaluation.recognition import Heard, Measure, Recognition, Run, knows_speakers
from bigvoice.evaluation.report import Table, counts_to_json, percent, table_markdown

MOST_SPEAKERS = 20
"""So many stand in a table, the hardest ones; all of them in the JSON."""

MOST_SKIPPED = 20
"""So many recordings that were left out are named."""

_UNITS = ("words", "characters", "unspaced")
_COUNTS = ("substitutions", "deletions", "insertions", "total")
CSV_COLUMNS = (
    "recogniser", "condition", "path", "speaker", "seconds", "reference", "hypothesis",
    *(f"{unit}_{count}" for unit in _UNITS for count in _COUNTS),
)  # fmt: skip


def tables(found: Recognition) -> list[Table]:
    """Recogniser by condition; what kinds of errors they are; and by speaker, where they are known."""
    speakers = [_by_speaker(found, name) for name in found.recognisers] if _speakers_known(found) else []
    return [_by_condition(found), _breakdown(found), *speakers]


def notes(found: Recognition) -> list[str]:
    """What the reader is to know: what the conditions are, and what was left out."""
    conditions = dict.fromkeys(str(run.condition) for run in found.runs)
    heard, skipped = found.runs[0].heard, found.skipped
    n_speakers = len({each.entry.speaker for each in heard} - {""})
    drawn = f"{n_speakers} speakers" if _speakers_known(found) else f"{len(heard)} recordings"
    said = [
        f"{'; '.join(conditions)} ({found.surroundings})",
        f"the intervals hold {100 * COVERS:g} % of the rates of {N_DRAWS:,} draws among the {drawn}, with replacement",
        "x real time: seconds of recordings for each second of waiting; models were loaded before",
    ]
    if skipped:
        said.append(f"left out: {len(skipped)} of {len(heard) + len(skipped)} recordings")
    more = [f"and {len(skipped) - MOST_SKIPPED} more: --json lists them all"] if len(skipped) > MOST_SKIPPED else []
    return [*said, *(each.why for each in skipped[:MOST_SKIPPED]), *more]


def worst(found: Recognition, most: int, *, columns: int = 100) -> list[str]:
    """Lines: the worst recordings of each run, what was said and written side by side, and the edits below."""
    return [
        line
        for run in found.runs
        for heard in run.worst(most, found.measures[0])
        for line in _laid_out(run, heard, found.measures[0], columns)
    ]


def markdown(found: Recognition, most: int) -> str:
    """Tables, notes and the worst recordings."""
    parts = [*map(table_markdown, tables(found)), "\n".join(f"- {note}" for note in notes(found))]
    if lines := worst(found, most):
        parts += ["The worst of each:", "\n".join(["```text", *lines, "```"])]
    return "\n\n".join(parts) + "\n"


def to_json(found: Recognition, most: int) -> dict[str, Any]:
    """Counts and what follows from them, as JSON values: seconds, numbers, shares; null where there is no number."""
    return {
        "language": found.language,
        "measure": asdict(found.measures[0]),
        "surroundings": found.surroundings,
        "runs": [_run_to_json(run, found.measures[0], most) for run in found.runs],
        "skipped": [{"path": str(each.path), "why": each.why} for each in found.skipped],
    }


def as_csv(found: Recognition) -> str:
    """Every recording that was heard, a row for each recogniser and condition; for spreadsheets."""
    return csv_of(CSV_COLUMNS, (_csv_row(run, heard) for run in found.runs for heard in run.heard))


def _by_condition(found: Recognition) -> Table:
    """The table that one looks at first: a row a recogniser, and under each condition its first two rates."""
    shown = found.measures[:2]
    names = dict.fromkeys(run.condition.name for run in found.runs)
    rows = []
    for recogniser, runs in found.recognisers.items():
        rates = (percent(measure.of(run.errors).rate) for run in runs for measure in shown)
        waited = sum(run.waited for run in runs)
        rows.append((recogniser, *rates, _speed(sum(run.seconds for run in runs), waited)))
    headings = (f"{name} {measure.name} %" for name in names for measure in shown)
    return Table(
        f"Recogniser by condition, {len(found.runs[0].heard)} recordings (case and punctuation do not count)",
        ("Recogniser", *headings, "x real time"),
        tuple(rows),
    )


def _breakdown(found: Recognition) -> Table:
    """A row a run: of what kind the errors are, how sure the first rate is, all others, and what has no error."""
    first, *others = found.measures
    unit = "Words" if first.unit == "words" else "Characters"
    rows = []
    for run in found.runs:
        counts = first.of(run.errors)
        edits = (counts.substitutions, counts.deletions, counts.insertions)
        cells = (*(f"{each:,}" for each in (counts.total, *edits)), percent(counts.rate), _interval(run, first))
        rates = (percent(measure.of(run.errors).rate) for measure in others)
        more = (*rates, percent(run.right(first)), _speed(run.seconds, run.waited))
        rows.append((f"{run.recogniser}, {run.condition.name}", *cells, *more))
    counted = (unit, "Subst.", "Del.", "Ins.", f"{first.name} %", f"{100 * COVERS:g} % interval")
    rated = (*(f"{measure.name} %" for measure in others), "Wholly right %", "x real time")
    return Table("Kinds of errors", ("Recogniser, condition", *counted, *rated), tuple(rows))


def _by_speaker(found: Recognition, recogniser: str) -> Table:
    """A row a speaker, the hardest one under the last condition first."""
    runs, measure = found.recognisers[recogniser], found.measures[0]
    counts = [run.by_speaker(measure) for run in runs]
    hardest = sorted(counts[0], key=lambda name: -counts[-1][name].rate)
    rows = [
        (name or "not known", f"{counts[0][name].total:,}", *(percent(each[name].rate) for each in counts))
        for name in hardest[:MOST_SPEAKERS]
    ]
    some = f"the {MOST_SPEAKERS} hardest of {len(hardest)}" if len(hardest) > MOST_SPEAKERS else f"{len(hardest)}"
    unit = "Words" if measure.unit == "words" else "Characters"
    headings = ("Speaker", unit, *(f"{run.condition.name} {measure.name} %" for run in runs))
    return Table(f"{recogniser} by speaker ({some})", headings, tuple(rows))


def _laid_out(run: Run, heard: Heard, measure: Measure, columns: int) -> list[str]:
    """A heading, and under it the lines of the alignment."""
    counts = measure.of(heard.errors)
    whose = f" ({heard.entry.speaker})" if heard.entry.speaker else ""
    name = f"{run.recogniser}, {run.condition.name}: {heard.entry.path.name}{whose}"
    pairs = align(measure.parted(heard.entry.text), measure.parted(heard.text))
    title = f"{name}, {measure.name} {percent(counts.rate)} % ({counts.edits} of {counts.total})"
    return [title, *(f"  {line}" for line in side_by_side(pairs, columns=columns - 2)), ""]


def _run_to_json(run: Run, measure: Measure, most: int) -> dict[str, Any]:
    sure = run.interval(measure)
    return {
        "recogniser": run.recogniser,
        "condition": asdict(run.condition),
        "recordings": len(run.heard),
        "wholly_right": run.right(measure),
        "seconds": run.seconds,
        "waited": run.waited,
        "speed": None if isnan(run.speed) else run.speed,
        **{unit: counts_to_json(getattr(run.errors, unit)) for unit in _UNITS},
        "interval": {"covers": COVERS, **{end: None if isnan(at) else at for end, at in asdict(sure).items()}},
        "speakers": {name: counts_to_json(counts) for name, counts in run.by_speaker(measure).items()},
        "worst": [_worst_to_json(heard, measure) for heard in run.worst(most, measure)],
    }


def _worst_to_json(heard: Heard, measure: Measure) -> dict[str, Any]:
    pairs = align(measure.parted(heard.entry.text), measure.parted(heard.text))
    return {
        "path": str(heard.entry.path),
        "speaker": heard.entry.speaker,
        "reference": heard.entry.text,
        "hypothesis": heard.text,
        "errors": counts_to_json(measure.of(heard.errors)),
        "aligned": [{"said": pair.said, "heard": pair.heard, "edit": pair.edit} for pair in pairs],
    }


def _csv_row(run: Run, heard: Heard) -> dict[str, object]:
    counts = {unit: getattr(heard.errors, unit) for unit in _UNITS}
    return {
        "recogniser": run.recogniser,
        "condition": run.condition.name,
        "path": str(heard.entry.path),
        "speaker": heard.entry.speaker,
        "seconds": heard.entry.seconds,
        "reference": heard.entry.text,
        "hypothesis": heard.text,
        **{f"{unit}_{count}": getattr(counts[unit], count) for unit in _UNITS for count in _COUNTS},
    }


def _interval(run: Run, measure: Measure) -> str:
    sure = run.interval(measure)
    return "–" if isnan(sure.low) else f"{percent(sure.low)} to {percent(sure.high)}"


def _speed(seconds: float, waited: float) -> str:
    return f"{share(seconds, waited):.1f}"


def _speakers_known(found: Recognition) -> bool:
    return knows_speakers(heard.entry for heard in found.runs[0].heard)
