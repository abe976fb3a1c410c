"""Files: reference and hypotheses, as files or folders, matched and measured.

A recording goes by its file's stem, or by the name that a file of several recordings gives it. A single recording
against a single one needs no name in common.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bigvoice.errors import DocumentError, SettingsError
from bigvoice.evaluation import uem
from bigvoice.evaluation.account import KNOWN, READERS, Account, read
from bigvoice.evaluation.scores import Rules, Scores, plain, score, total
from bigvoice.span import Span

TRUTH_FIRST = (".rttm", ".stm", ".json", ".vtt", ".srt", ".txt")
FOUND_FIRST = (".json", *(suffix for suffix in TRUTH_FIRST if suffix != ".json"))
"""Of several files of one recording, which are asked first: a reference's were written by people, who write RTTM and
STM; of what bigvoice wrote, minutes tell most. The next ones add only what is not told yet."""

Accounts = dict[str, Account]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What one hypothesis came to, by recording. notes: what the reader is to know of how it was measured."""

    hypothesis: str
    rules: Rules
    recordings: Mapping[str, Scores]
    notes: tuple[str, ...] = ()

    @property
    def total(self) -> Scores:
        """All recordings together."""
        return total(self.recordings.values())


def evaluate(
    reference: Path, hypotheses: Sequence[Path], rules: Rules | None = None, *, regions: Path | None = None
) -> list[Evaluation]:
    """Measure each hypothesis against the reference; files against a folder are one hypothesis together.

    regions: a UEM file. Raises DocumentError or MinutesError for a file that cannot be read, SettingsError where
    nothing can be compared.
    """
    rules = rules or Rules()
    truth = _accounts([reference], TRUTH_FIRST)
    notes = _unheard(truth, rules, reference)
    scored = _regions(uem.read(regions), truth, regions) if regions else {}
    evaluations = []
    for paths in _together(reference, hypotheses):
        name = str(paths[0]) if len(paths) == 1 else f"{paths[0]} and {len(paths) - 1} more"
        found, remarks = _matched(truth, _accounts(paths, FOUND_FIRST), (reference, *paths), name)
        scores = {each: score(truth[each], found[each], rules, scored.get(each)) for each in sorted(truth)}
        if (nothing := Scores()) in scores.values():
            which = next(each for each, measured in scores.items() if measured == nothing)
            raise SettingsError(f"{which}: {reference} and {name} cannot be compared: one tells turns, the other words")
        if regions and any(each.words for each in scores.values()):
            remarks.append(f"words are measured everywhere, not in the regions of {regions} alone")
        evaluations.append(Evaluation(name, rules, scores, (*notes, *remarks)))
    return evaluations


def _together(reference: Path, hypotheses: Sequence[Path]) -> list[list[Path]]:
    """Which paths make one hypothesis: each by itself, but the files that answer to a folder all in one."""
    folders = [path for path in hypotheses if path.is_dir() or not reference.is_dir()]
    files = [path for path in hypotheses if path not in folders]
    return [*([files] if files else []), *([path] for path in folders)]


def _matched(truth: Accounts, found: Accounts, paths: Sequence[Path], name: str) -> tuple[Accounts, list[str]]:
    """What was found of each recording of the truth, and what to say about it. paths: the reference's first."""
    reference, in_files = paths[0], not any(path.is_dir() for path in paths)
    if in_files and len(truth) == len(found) == 1:
        return dict(zip(truth, found.values(), strict=True)), []
    missing, spare = sorted(truth.keys() - found.keys()), sorted(found.keys() - truth.keys())
    if missing and (not in_files or len(missing) == len(truth)):
        raise SettingsError(f"{name} has nothing for {_some(missing)} of {reference}: files are matched by their stem")
    notes = []
    if missing:  # a file of several recordings cannot say that one of them is silent
        notes.append(f"{name} has nothing for {_some(missing)}: all speech there counts as missed")
    if spare:
        notes.append(f"{name} also has {_some(spare)}, which {reference} does not: left out")
    silent = Account(turns=(), text="", texts={})
    return {each: found.get(each, silent) for each in truth}, notes


def _accounts(paths: Iterable[Path], order: Sequence[str]) -> Accounts:
    """What files tell, or the files in folders; several of one stem tell of the same recording together."""
    by_stem: defaultdict[str, list[Path]] = defaultdict(list)
    for path in paths:
        for file in _inside(path) if path.is_dir() else [path]:
            by_stem[file.stem].append(file)
    found: Accounts = {}
    for files in by_stem.values():
        accounts = _filled_up(files, order)
        if twice := sorted(found.keys() & accounts.keys()):
            raise SettingsError(f"{files[0]} tells of {_some(twice)}, of which another file does too: leave one out")
        found |= accounts
    return found


def _inside(folder: Path) -> list[Path]:
    files = sorted(file for file in folder.iterdir() if file.suffix.lower() in READERS and file.is_file())
    if not files:
        raise DocumentError(f"{folder} holds no file with turns or words: {KNOWN}")
    return files


def _filled_up(files: Sequence[Path], order: Sequence[str]) -> Accounts:
    """What the first of the files in that order tells, and the next ones where it does not."""
    found: Accounts = {}
    suffixes = [file.suffix.lower() for file in files]
    if len(set(suffixes)) < len(suffixes):
        raise SettingsError(f"{files[0]} and {files[-1]} are matched by their stem, and so both one recording's")
    for file in sorted(files, key=lambda file: [file.suffix.lower() == suffix for suffix in order], reverse=True):
        if not found or not all(account.whole for account in found.values()):
            more = read(file)
            found = {each: found.get(each, Account()) | more.get(each, Account()) for each in {**found, **more}}
    return found


def _regions(scored: Mapping[str, Sequence[Span]], truth: Accounts, path: Path) -> Mapping[str, Sequence[Span]]:
    """The regions of each recording; those of a single one need not bear its name."""
    if len(scored) == len(truth) == 1:
        return dict(zip(truth, scored.values(), strict=True))
    if missing := sorted(truth.keys() - scored.keys()):
        raise SettingsError(f"{path} has no regions for {_some(missing)}: it has some for {_some(sorted(scored))}")
    return scored


def _unheard(truth: Accounts, rules: Rules, reference: Path) -> tuple[str, ...]:
    """A note of those enrolled who speak nowhere. Raises SettingsError where that is all of them."""
    speakers = {turn.speaker for account in truth.values() for turn in account.turns or ()}
    absent = [name for name in rules.enrolled if plain(name) not in set(map(plain, speakers))]
    if absent and len(absent) == len(rules.enrolled):
        raise SettingsError(f"--enrolled {_some(absent)}: who speaks in {reference} is {_some(sorted(speakers))}")
    return (f"--enrolled {_some(absent)}: not heard in {reference}",) if absent else ()


def _some(names: Sequence[str], most: int = 4) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return (", ".join(names[:most]) or "nobody") + more
