"""Parents: the talk ratio of a family on the screen, and in the files that it is written to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bigvoice.documents import ratio_table, write_document
from bigvoice.documents.filled_in import refuse_filled_in
from bigvoice.documents.ratio_view import RatioView, among_line, ratio_view
from bigvoice.documents.shares_table import bar
from bigvoice.documents.wording import ENGLISH, KOREAN, wording_for
from bigvoice.errors import DocumentError
from bigvoice.minutes.family import Family, family_of, parents_named
from bigvoice.minutes.minutes import Minutes
from bigvoice.minutes.ratio import TalkRatio, talk_ratio
from bigvoice.settings import Settings

PAGE = "talk_ratio"
FILLS = "█▓▒░·"
"""Of stacked bars, in the order of the rows; a sixth begins again."""
BAR_CELLS = 14


Writer = Callable[[Minutes, Family, TalkRatio, RatioView, Settings], str | bytes]


def _page(minutes: Minutes, family: Family, ratio: TalkRatio, view: RatioView, settings: Settings) -> bytes:  # noqa: ARG001
    from bigvoice.documents.docx import render

    options = settings.document
    return render(minutes, options if options.template else replace(options, template=PAGE), family)


def _table(minutes: Minutes, family: Family, ratio: TalkRatio, view: RatioView, settings: Settings) -> str:  # noqa: ARG001
    return ratio_table.as_csv(ratio, view)


_WRITERS: Mapping[str, Writer] = {
    ".docx": _page,
    ".csv": _table,
}


def _writer(file: Path) -> Writer:
    try:
        return _WRITERS[file.suffix.lower()]
    except KeyError:
        what = f"the talk ratio is not written as {file.suffix!r}" if file.suffix else "a document needs a suffix"
        raise DocumentError(f"{file}: {what}: choose one of {', '.join(_WRITERS)}") from None


def writers(output: Sequence[Path], csv: Path | None, *, force: bool) -> dict[Path, Writer]:
    """What writes each file; `csv` is a table whatever it is called.

    Raises DocumentError, before the long work, for a file of no format that is known, or with a person's work in it.
    """
    found = {file: _writer(file) for file in output} | ({csv: _table} if csv else {})
    for file in found if not force else ():
        refuse_filled_in(file)
    return found


def show_parents(
    minutes: Minutes,
    parents: str,
    settings: Settings,
    files: Mapping[Path, Writer],
    *,
    as_json: bool,
    quiet: bool,
) -> None:
    """The talk ratio on the screen, or as JSON, and in the files. parents: who they are, in words; "" finds out.

    Raises MinutesError for a parent who is not there, DocumentError for a file that cannot be written.
    """
    words = wording_for(minutes, settings.document)
    patterns = [words.speaker_pattern, *(each.speaker_pattern for each in (ENGLISH, KOREAN))]
    family = family_of(minutes, parents_named(minutes, parents, patterns))
    ratio = talk_ratio(minutes, family)
    view = ratio_view(minutes, ratio, words)
    for file, written in files.items():
        write_document(file, written(minutes, family, ratio, view, settings))
    if as_json:
        print(ratio_table.json_text(ratio, view), end="")
    elif not quiet:
        _print(view)
        for file in files:
            print(f"-> {file}")


def _print(view: RatioView) -> None:
    console = Console(highlight=False)
    console.print(_ratio(view))
    for note in filter(None, (among_line(view), *view.remarks, *view.notes)):
        console.print(note, markup=False, soft_wrap=not console.is_terminal)
    if view.course:
        console.print(_course(view))
    if view.following:
        console.print(_following(view))
        console.print(view.wording.next_note, markup=False, soft_wrap=not console.is_terminal)


def _ratio(view: RatioView) -> Table:
    words, wording = view.words, view.wording
    table = Table(words.role, title=words.parents, title_justify="left")
    table.add_column(wording.who, overflow="fold")
    for heading in (words.share, wording.interval, words.time, words.turns):
        table.add_column(heading, justify="right", no_wrap=True)
    for row in view.rows:
        share, turns = f"{bar(row.fraction, 10)} {row.share:>5}", str(row.turns) if row.names else ""
        names = ", ".join(name.replace(" ", "\N{NO-BREAK SPACE}") for name in row.names)
        table.add_row(escape(row.role), escape(names), share, row.range, row.time, turns)
    return table


def _course(view: RatioView) -> Table:
    table = Table(view.wording.when, title=view.wording.over, title_justify="left")
    table.add_column("", no_wrap=True, overflow="crop")
    for n, row in enumerate(view.rows):
        table.add_column(f"{FILLS[n % len(FILLS)]} {escape(row.short)}", justify="right")
    for stretch in view.course:
        table.add_row(stretch.clock, stacked(stretch.fractions), *stretch.shares)
    return table


def _following(view: RatioView) -> Table:
    table = Table(view.wording.after, title=view.wording.next, title_justify="left")
    for row in view.rows:
        table.add_column(escape(row.short), justify="right")
    for after in view.following:
        cells = [f"{count} ({share})" if count else "" for count, share in zip(after.counts, after.shares, strict=True)]
        table.add_row(escape(after.role), *cells)
    return table


def stacked(fractions: Sequence[float], cells: int = BAR_CELLS) -> str:
    """Shares as one bar of characters, each filled in its own way; empty where all are nothing.

    >>> stacked([0.5, 0.25, 0.25], 8)
    '████▓▓▒▒'
    """
    ends = [round(cells * sum(fractions[: n + 1])) for n in range(len(fractions))]
    starts = [0, *ends[:-1]]
    return "".join(
        FILLS[n % len(FILLS)] * (end - start) for n, (start, end) in enumerate(zip(starts, ends, strict=True))
    )
