"""Markdown (.md): the minutes to read as they are, or rendered (CommonMark with GitHub's tables)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from bigvoice.documents.ratio_view import RoleRow, among_line
from bigvoice.documents.shares_table import bar
from bigvoice.documents.view import AttendeeRow, Block, NoteRow, Point, Run, View, view_of
from bigvoice.minutes.minutes import Minutes
from bigvoice.settings import DocumentOptions

ROWS_TO_FILL = 3
"""Rows for decisions and actions at least: who was there fills in what is not noted, nothing here invents it."""

# What means something anywhere in a line (| in tables, ~ and $ on GitHub), an entity, and the # that closes a heading.
_SPECIAL = re.compile(r"[\\`*_\[\]<>|~$]|&(?=#?\w+;)|#(?=#*(\s|$))")
# What means something at the start of a list item or a cell: another list, a heading, a rule.
_LEADING = re.compile(r"^(\d{1,9}(?=[.)])|(?=[-+=#]))")


def escape(text: str) -> str:
    r"""One line of text as Markdown that shows exactly that.

    >>> escape("2 * 3 < 7"), escape("1. budget")
    ('2 \\* 3 \\< 7', '1\\. budget')
    """
    return _LEADING.sub(r"\1\\", _SPECIAL.sub(r"\\\g<0>", text))


def render(minutes: Minutes, options: DocumentOptions) -> str:
    """The minutes as Markdown."""
    view = view_of(minutes, options)
    words = view.wording
    parts = [
        f"# {escape(view.title or words.minutes)}",
        _information(view),
        f"## {words.attendees}",
        _attendees(view),
        *_parents(view),
        f"## {words.agenda}",
        _list(view.agenda) or words.not_given,
        f"## {words.decisions}",
        _to_fill([words.number, words.decision], [[_timed(n)] for n in view.decisions]),
        f"## {words.actions}",
        _to_fill(
            [words.number, words.task, words.responsible, words.due],
            [[_timed(n), n.who, n.until] for n in view.actions],
        ),
        f"## {words.dialogue}",
        *([_block(block, view) for block in view.blocks] or [f"*{words.no_speech}*"]),
        *map(_point, view.last_points),
        f"## {words.next_steps}",
        words.not_given,
        f"## {words.about}",
        _about(view),
    ]
    return "\n\n".join(parts) + "\n"


def _information(view: View) -> str:
    words = view.wording
    rows = [
        (words.date, view.date),
        (words.place, view.place),
        (words.present, ", ".join(view.present)),
        (words.recording, view.recording),
        (words.length, view.length),
    ]
    return _table(["", ""], [[f"**{label}**", escape(value) or words.not_given] for label, value in rows])


def _attendees(view: View) -> str:
    words = view.wording
    rows = [_attendee(row) for row in view.attendees]
    rows += [
        [f"*{words.silence}*", "", "", view.silence, "", ""],
        [f"*{words.overlap}*", "", words.overlap_note, view.overlap, "", ""],
    ]
    head = [words.name, words.role, words.known_by, words.time, words.share, words.turns]
    return _table(head, rows, right=(3, 5)) + f"\n\n{words.share_note}"


def _attendee(row: AttendeeRow) -> list[str]:
    share, turns = (_share(row), str(row.turns)) if row.heard else ("", "")
    return [escape(row.label), escape(row.role), escape(row.known_by), row.time, share, turns]


def _share(row: AttendeeRow | RoleRow) -> str:
    return f"{bar(row.fraction, 10)} {row.share}"


def _parents(view: View) -> list[str]:
    """The section of the parents' talk ratio, where a parent or a child is known."""
    ratio, words = view.ratio, view.wording
    if not ratio.known:
        return []
    head = [words.role, words.time, words.share, ratio.wording.interval, words.turns]
    rows = [[escape(row.role), row.time, _share(row), row.range, str(row.turns)] for row in ratio.rows]
    told = [_table(head, rows, right=(1, 3, 4)), escape(among_line(ratio)), *map(escape, ratio.remarks), *ratio.notes]
    return [f"## {words.parents}", *(part for part in told if part)]


def _block(block: Block, view: View) -> str:
    words = view.wording
    mark = ""
    if block.overlap:
        mark = f"*({words.overlap_mark.format(names=', '.join(map(escape, block.with_others)))})* "
    said = "".join(map(_run, block.runs)) or f"*{words.no_words}*"
    who = f" {escape(block.label)}:" if block.label else ""
    return "\n\n".join([*map(_point, block.points), f"**[{block.clock}]{who}** {mark}{said}"])


def _point(point: Point) -> str:
    return f"### [{point.clock}] {escape(point.text)}"


def _run(run: Run) -> str:
    return f"({escape(run.text)}?)" if run.unsure else escape(run.text)


def _about(view: View) -> str:
    words = view.wording
    lines = [f"{words.made_with}: {escape(', '.join(view.made_with))}"]
    lines += [f"{words.notice}: {escape(notice)}" for notice in view.notices]
    lines += [words.unsure_note] if view.marks else []
    return "\n".join(f"- {line}" for line in lines)


def _list(items: Iterable[str]) -> str:
    return "\n".join(f"{i}. {escape(item)}" for i, item in enumerate(items, 1))


def _timed(note: NoteRow) -> str:
    return f"{note.text} [{note.clock}]" if note.clock else note.text


def _to_fill(head: Sequence[str], noted: Sequence[Sequence[str]]) -> str:
    """A table of numbered rows: what was noted, and empty ones up to the usual number."""
    empty = [[""] * (len(head) - 1)] * (ROWS_TO_FILL - len(noted))
    return _table(head, [[str(i), *map(escape, row)] for i, row in enumerate([*noted, *empty], 1)])


def _table(head: Sequence[str], rows: Iterable[Sequence[str]], *, right: Sequence[int] = ()) -> str:
    """right: the columns of numbers."""
    rule = ["---:" if i in right else "---" for i in range(len(head))]
    return "\n".join(f"| {' | '.join(row)} |" for row in [head, rule, *rows])
