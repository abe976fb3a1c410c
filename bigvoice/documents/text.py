"""Plain text (.txt): the minutes for a mail or a terminal; columns stand straight in a font of equal widths."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bigvoice.documents.line import pad, width
from bigvoice.documents.ratio_view import among_line
from bigvoice.documents.shares_table import bar
from bigvoice.documents.view import AttendeeRow, Block, NoteRow, Point, View, view_of
from bigvoice.minutes.minutes import Minutes
from bigvoice.settings import DocumentOptions


def render(minutes: Minutes, options: DocumentOptions) -> str:
    """The minutes as plain text."""
    view = view_of(minutes, options)
    words = view.wording
    parts = [
        _heading(view.title or words.minutes, "="),
        _information(view),
        _heading(words.talk_shares),
        _shares(view.attendees),
        f"{words.silence}: {view.silence}\n{words.overlap}: {view.overlap} ({words.overlap_note})\n{words.share_note}",
        *_parents(view),
        *_list(words.agenda, view.agenda),
        *_list(words.decisions, map(_note, view.decisions)),
        *_list(words.actions, map(_note, view.actions)),
        _heading(words.dialogue),
        *([_block(block, view) for block in view.blocks] or [words.no_speech]),
        *map(_point, view.last_points),
        _heading(words.about),
        _about(view),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _heading(text: str, line: str = "-") -> str:
    return f"{text}\n{line * width(text)}"


def _information(view: View) -> str:
    words = view.wording
    rows = {
        words.date: view.date,
        words.place: view.place,
        words.present: ", ".join(view.present),
        words.recording: view.recording,
        words.length: view.length,
    }
    columns = max(map(width, rows)) + 2
    return "\n".join(pad(f"{label}:", columns) + (value or words.not_given) for label, value in rows.items())


def _shares(rows: Sequence[AttendeeRow]) -> str:
    """A line a row: name, share, bar, time."""
    columns = max((width(row.label) for row in rows), default=0) + 2
    return "\n".join(
        pad(row.label, columns) + (f"{row.share:>5}  {bar(row.fraction)}  {row.time}" if row.share else row.known_by)
        for row in rows
    )


def _parents(view: View) -> list[str]:
    """The parents' talk ratio, where a parent or a child is known: a line a role, its interval after the bar."""
    ratio = view.ratio
    if not ratio.known:
        return []
    columns = max(width(row.role) for row in ratio.rows) + 2
    ranges = max(width(row.range) for row in ratio.rows) + 2
    lines = [
        pad(row.role, columns) + f"{row.share:>5}  {bar(row.fraction)}  {pad(row.range, ranges)}{row.time}"
        for row in ratio.rows
    ]
    notes = [note for note in (among_line(ratio), *ratio.remarks, *ratio.notes) if note]
    return [_heading(view.wording.parents), "\n".join(lines), "\n".join(notes)]


def _list(heading: str, items: Iterable[str]) -> list[str]:
    """A numbered list under a heading; nothing where there is nothing in it."""
    lines = [f"{i}. {item}" for i, item in enumerate(items, 1)]
    return [_heading(heading), "\n".join(lines)] if lines else []


def _note(note: NoteRow) -> str:
    told = ", ".join(part for part in (note.who, note.until) if part)
    return note.text + (f" ({told})" if told else "") + (f" [{note.clock}]" if note.clock else "")


def _point(point: Point) -> str:
    return _heading(f"[{point.clock}] {point.text}", "~")


def _block(block: Block, view: View) -> str:
    words = view.wording
    mark = f"({words.overlap_mark.format(names=', '.join(block.with_others))}) " if block.overlap else ""
    said = "".join(f"({run.text}?)" if run.unsure else run.text for run in block.runs) or words.no_words
    who = f" {block.label}:" if block.label else ""
    return "\n\n".join([*map(_point, block.points), f"[{block.clock}]{who} {mark}{said}"])


def _about(view: View) -> str:
    words = view.wording
    lines = [f"{words.made_with}: {', '.join(view.made_with)}"]
    lines += [f"{words.notice}: {notice}" for notice in view.notices]
    return "\n".join(lines + ([words.unsure_note] if view.marks else []))
