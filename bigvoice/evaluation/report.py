"""Report: evaluations as tables of text, as Markdown and as JSON values. Rates are in per cent there, shares here."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from bigvoice.documents.dialogue import clock
from bigvoice.evaluation.counting import SpeakerCounts
from bigvoice.evaluation.diarization import DiarizationErrors
from bigvoice.evaluation.files import Evaluation
from bigvoice.evaluation.identification import NameCounts
from bigvoice.evaluation.ratio import error_rate
from bigvoice.evaluation.scores import Scores

TOTAL = "total"

Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """One kind of measure: a row a recording, and the total last, if there is one. title: what, by which rules."""

    title: str
    headings: Row
    rows: tuple[Row, ...]
    total: Row = ()


def tables(evaluation: Evaluation) -> list[Table]:
    """A table for each kind of measure that there is, of the recordings that have it."""
    found = []
    for title, headings, has, cells in _KINDS:
        rows = [(name, *cells(each)) for name, each in evaluation.recordings.items() if has(each)]
        if rows:
            titled = title.format(rules=evaluation.rules, enrolled=", ".join(evaluation.rules.enrolled))
            found.append(Table(titled, ("Recording", *headings), tuple(rows), (TOTAL, *cells(evaluation.total))))
    return found


def markdown(evaluations: Iterable[Evaluation]) -> str:
    """Headings, tables and notes in Markdown."""
    parts = []
    for evaluation in evaluations:
        parts.append(f"## {_escaped(evaluation.hypothesis)}")
        parts += map(table_markdown, tables(evaluation))
        parts += [f"Note: {_escaped(note)}" for note in evaluation.notes]
    return "\n\n".join(parts) + "\n"


def table_markdown(table: Table) -> str:
    """A table in Markdown, under its title."""
    total = [table.total] if table.total else []
    lines = [table.headings, ("---", *["---:"] * (len(table.headings) - 1)), *table.rows, *total]
    rows = (f"| {' | '.join(map(_escaped, line))} |" for line in lines)
    return "\n".join([_escaped(table.title), "", *rows])


def to_json(evaluation: Evaluation) -> dict[str, Any]:
    """Counts and what follows from them, as JSON values: seconds, numbers, shares; null where there is no number."""
    rules = evaluation.rules
    return {
        "hypothesis": evaluation.hypothesis,
        "collar": rules.collar,
        "overlap_scored": not rules.skip_overlap,
        "enrolled": list(rules.enrolled),
        "recordings": {name: _scores_to_json(scores) for name, scores in evaluation.recordings.items()},
        TOTAL: _scores_to_json(evaluation.total),
        "notes": list(evaluation.notes),
    }


def _scores_to_json(scores: Scores) -> dict[str, Any]:
    counts = {each.name: getattr(scores, each.name) for each in fields(scores)}
    return {name: counts_to_json(value) for name, value in counts.items() if value is not None}


def counts_to_json(counts: Any) -> dict[str, Any]:
    """Counts and what follows from them; null where there is no number."""
    derived = {name: getattr(counts, name) for name, value in vars(type(counts)).items() if isinstance(value, property)}
    return {name: value if math.isfinite(value) else None for name, value in (asdict(counts) | derived).items()}


def _spoken(scores: Scores) -> Row:
    errors, speakers = scores.diarization or DiarizationErrors(), scores.speakers or SpeakerCounts()
    parts = (errors.missed, errors.false_alarm, errors.confusion)
    jaccard = scores.jaccard.rate if scores.jaccard else math.nan
    return (
        clock(errors.total),
        percent(errors.rate),
        *(percent(error_rate(part, errors.total)) for part in parts),
        percent(jaccard),
        *_counted(speakers),
    )


def _counted(speakers: SpeakerCounts) -> Row:
    """Of one recording: how many were found and are there; of several: how often that is right. And the mean error."""
    if speakers.n_recordings == 1:
        return f"{speakers.n_found} / {speakers.n_there}", str(speakers.n_off)
    return f"{speakers.n_right} of {speakers.n_recordings} right", f"{speakers.mean_error:.2f}"


def _named(scores: Scores) -> Row:
    names = scores.names or NameCounts()
    shares = (names.right_share, names.wrong_share, names.nameless_share)
    return (clock(names.enrolled), *map(percent, shares), clock(names.strangers), percent(names.named_share))


def _said(scores: Scores) -> Row:
    words = scores.words
    edits = (words.total, words.substitutions, words.deletions, words.insertions) if words else ()
    rates = (scores.words, scores.characters, scores.cp_words, scores.cp_characters)
    return (*map(str, edits), *(percent(each.rate) if each else "–" for each in rates))


def percent(share: float) -> str:
    """A share in per cent, without the sign.

    >>> percent(0.1234), percent(float("nan"))
    ('12.3', '–')
    """
    return "–" if math.isnan(share) else f"{100 * share:.1f}"


def _escaped(text: str) -> str:
    return text.replace("|", r"\|")


_Kind = tuple[str, Row, Callable[[Scores], bool], Callable[[Scores], Row]]
_KINDS: Sequence[_Kind] = (
    (
        "Who spoke when ({rules})",
        ("Speech", "DER %", "Missed", "False alarm", "Confusion", "JER %", "Speakers found / there", "Off by"),
        lambda scores: scores.diarization is not None,
        _spoken,
    ),
    (
        "Under which name, % of speech (enrolled: {enrolled}; {rules})",
        ("Enrolled", "Right", "Wrong", "None", "Strangers", "Named"),
        lambda scores: scores.names is not None,
        _named,
    ),
    (
        "What was said (case and punctuation do not count; CER without spaces; cp: under the right speaker)",
        ("Words", "Subst.", "Del.", "Ins.", "WER %", "CER %", "cpWER %", "cpCER %"),
        lambda scores: scores.words is not None,
        _said,
    ),
)
