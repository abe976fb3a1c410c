"""Making a corpus: folders of speech as they come -> train.csv, dev.csv, test.csv, vocabulary.json, and a report.

Utterances go through one by one: text normalized, length read, speaker counted; what cannot be used is left out,
counted and listed in skipped.csv. Then each part is written and counted.
"""

from __future__ import annotations

import csv
import errno
import os
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from itertools import chain, islice
from pathlib import Path

from bigvoice.corpora import manifest, report
from bigvoice.corpora.corpus_options import DROP, CorpusOptions
from bigvoice.corpora.durations import measured
from bigvoice.corpora.layouts import AUTO, recognise
from bigvoice.corpora.ledger import Ledger
from bigvoice.corpora.manifest import COLUMNS, Entry
from bigvoice.corpora.names import Seen
from bigvoice.corpora.normalization import KOREAN, Rules, is_doubtful, normalize, rules_for
from bigvoice.corpora.report import Report
from bigvoice.corpora.splits import PARTS, TRAIN, Groups, Placing
from bigvoice.corpora.statistics import Count
from bigvoice.corpora.utterance import Layout, Utterance
from bigvoice.corpora.vocabulary import Vocabulary
from bigvoice.decoding import SHORTEST
from bigvoice.errors import CorpusError
from bigvoice.minutes.whole_file import why_not_written, write_whole

Tell = Callable[[str], None]

LOOK_AT = 1_000
"""Texts looked at to find out which rules they need."""
TELL_EVERY = 10_000
VOCABULARY, SKIPPED, REPORT = "vocabulary.json", "skipped.csv", "report.md"


def make(
    sources: Sequence[Path], out: Path, options: CorpusOptions | None = None, *, tell: Tell = lambda _: None
) -> Report:
    """Make one corpus of folders (or lists in them), in the folder `out`; tells what it finds out on the way.

    Speakers of the same name in two folders count as one.

    Raises CorpusError where a folder is no corpus, nothing in it can be used, there are too few speakers, or `out`
    holds other files of these names; SettingsError for options that cannot be.
    """
    options = options or CorpusOptions()
    layouts = [(source, recognise(source, options.layout, tell)) for source in sources]
    _prepare(out)
    with tempfile.TemporaryDirectory(prefix=".making-", dir=out) as stage:
        everything, groups = Path(stage) / "all.csv", Groups()
        with (Path(stage) / SKIPPED).open("w", encoding="utf-8", newline="") as stream:
            rows = csv.writer(stream, lineterminator="\n")
            rows.writerow(["reason", "what"])
            ledger = Ledger(rows)
            found, rules = _with_rules(_utterances(layouts, options, ledger), options, tell)
            n = manifest.write(everything, groups.watch(_entries(found, rules, options, ledger, tell)))
        if not n:
            raise CorpusError(f"nothing in {', '.join(map(str, sources))} can be used: {_why(ledger)}")
        made = _divided(everything, out, groups, options, rules)
        (Path(stage) / SKIPPED).replace(out / SKIPPED)
    made = replace(made, remarks=ledger.remarks())
    try:
        write_whole(out / REPORT, report.markdown(made).encode())
    except OSError as error:
        raise CorpusError(why_not_written(out / REPORT, error)) from error
    return made


def files(out: Path) -> list[Path]:
    """What was made in the folder `out`."""
    names = [*(f"{part}.csv" for part in PARTS), VOCABULARY, SKIPPED, REPORT]
    return [out / name for name in names if (out / name).is_file()]


def _prepare(out: Path) -> None:
    """The folder, with no list of another kind in the way. Raises CorpusError."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        for path in (out / f"{part}.csv" for part in PARTS):
            if path.exists() and not _is_ours(path):
                raise CorpusError(f"{path} is no manifest and is left as it is: choose another folder with --out")
        if not os.access(out, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    except OSError as error:
        raise CorpusError(f"{out} cannot be written to: {error.strerror}; choose another folder with --out") from error


def _is_ours(path: Path) -> bool:
    with path.open("rb") as stream:
        return stream.readline(100).rstrip() == ",".join(COLUMNS).encode()


def _utterances(layouts: Iterable[tuple[Path, Layout]], options: CorpusOptions, ledger: Ledger) -> Iterator[Utterance]:
    """Of all sources, each recording once, the speakers by the pattern where there is one."""
    with closing(Seen()) as seen:
        for source, layout in layouts:
            for utterance in layout.read(source, ledger):
                if seen.again(str(utterance.path.absolute())):
                    ledger.skip("recording that came before", utterance.path)
                elif options.speaker:
                    yield replace(utterance, speaker=_speaker(utterance.path, source, options.speaker, ledger))
                else:
                    yield utterance


def _speaker(path: Path, source: Path, pattern: str, ledger: Ledger) -> str:
    root = source if source.is_dir() else source.parent
    below = path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)
    match = re.search(pattern, below)
    if match is None:
        ledger.note("no speaker in the path, by --speaker", below)
        return ""
    return (match[1] if match.re.groups else match[0]) or ""


def _with_rules(
    utterances: Iterator[Utterance], options: CorpusOptions, tell: Tell
) -> tuple[Iterator[Utterance], Rules]:
    """The same utterances, and the rules that their texts need."""
    first = list(islice(utterances, LOOK_AT))
    rules = rules_for((utterance.text for utterance in first), options.normalization)
    if rules != options.normalization:
        tell(f"texts: {rules.rules} rules, by the first {len(first)} texts")
    return chain(first, utterances), rules


def _entries(
    utterances: Iterator[Utterance], rules: Rules, options: CorpusOptions, ledger: Ledger, tell: Tell
) -> Iterator[Entry]:
    n = 0
    for utterance, seconds in measured(_normalized(utterances, rules, options, ledger)):
        if seconds is None:
            ledger.skip("file that holds no sound", utterance.path)
        elif seconds < SHORTEST:
            ledger.skip(f"recording of less than {SHORTEST:g} s", utterance.path)
        else:
            yield Entry(utterance.path, utterance.text, seconds, utterance.speaker)
            n += 1
            if n % TELL_EVERY == 0:
                tell(f"{n:,} recordings")


def _normalized(
    utterances: Iterator[Utterance], rules: Rules, options: CorpusOptions, ledger: Ledger
) -> Iterator[Utterance]:
    for utterance in utterances:
        text = normalize(utterance.text, rules)
        what = f"{utterance.path}: {utterance.text.strip()}"
        if not text:
            ledger.skip("text of which nothing is left", what)
        elif is_doubtful(utterance.text, rules):
            ledger.skip("text with half a double transcription, or a masked name", what)
        elif options.digits == DROP and any(map(str.isdecimal, text)):
            ledger.skip("text with digits", what)
        else:
            yield replace(utterance, text=text)


def _divided(everything: Path, out: Path, groups: Groups, options: CorpusOptions, rules: Rules) -> Report:
    """Each part's manifest and the vocabulary written; parts that are not wanted taken away."""
    place = Placing(groups, options.shares)
    unit = options.unit if options.unit != AUTO else ("syllables" if rules.rules == KOREAN else "letters")
    wanted = [part for part in PARTS if part == TRAIN or options.shares[part] > 0]
    parts = []
    for part in wanted:
        count = Count(f"{part}.csv", unit, options.stride)
        entries = (entry for entry in manifest.read(everything) if place(entry) == part)
        manifest.write(out / f"{part}.csv", count.watch(entries))
        parts.append(count.part)
    vocabulary = Vocabulary.of_counts(parts[0].symbols, unit, options.fewest)
    vocabulary.save(out / VOCABULARY)
    for part in set(PARTS).difference(wanted):
        (out / f"{part}.csv").unlink(missing_ok=True)
    return Report(tuple(parts), vocabulary, notes=(groups.grouping,) if groups.grouping else ())


def _why(ledger: Ledger) -> str:
    found = [
        f"{remark.count:,} x {remark.reason} ({remark.examples[0]})" for remark in ledger.remarks() if remark.left_out
    ]
    return "; ".join(found) or "there are no recordings"
