"""The page of the parents' talk ratio: 부모 발화 비율."""

from __future__ import annotations

from typing import Any

from bigvoice.templates.layout import CENTRE, RIGHT, Column, blank, listing
from bigvoice.templates.sections import about, each, info
from bigvoice.templates.words import Words


def talk_ratio(words: Words) -> Any:
    """부모 발화 비율: how much mother, father and child speak, how that changes, and who speaks next after whom."""
    document = blank(words, words.ratio)
    if words.untitled:
        document.add_paragraph(words.ratio, style="Subtitle")
        document.add_paragraph("{{ title or recording }}", style="Title")
    else:
        document.add_paragraph(words.ratio, style="Title").alignment = CENTRE
    info(document, words.ratio_info)
    _ratio(document, words)
    _course(document, words)
    _following(document, words)
    _reading(document, words)
    about(document, words)
    return document


def _ratio(document: Any, words: Words) -> None:
    """One bar of all speech, what each role has of it, and what could not be told."""
    document.add_heading(words.shares)
    document.add_paragraph("{%p if parents %}")
    document.add_paragraph("{{ parents_bar }}").paragraph_format.keep_with_next = True
    role, names, time, turns, share, interval, among = words.ratio_columns
    columns = (
        Column(13, "", "{{ parent.key }}"),
        Column(27, role, "{{ parent.role }}"),
        Column(30, names, "{{ parent.names }}"),
        Column(20, time, "{{ parent.time }}", RIGHT),
        Column(12, turns, "{{ parent.turns }}", RIGHT),
        Column(14, share, "", RIGHT),
        Column(22, interval, "{{ parent.range }}", RIGHT),
        Column(32, among, "", RIGHT),
    )
    table = listing(document, "parent in parents", columns)
    cells = table.rows[2].cells
    cells[5].paragraphs[0].add_run("{{ parent.share }}").bold = True
    cells[7].paragraphs[0].add_run("{{ parent.among }}").bold = True
    cells[7].paragraphs[0].add_run("{% if parent.among %} ({{ parent.among_range }}){% endif %}")
    document.add_paragraph("{%p else %}")
    document.add_paragraph(words.ratio_none)
    document.add_paragraph("{%p endif %}")
    each(document, "remark in remarks", "{{ remark }}", "Remark")


def _course(document: Any, words: Words) -> None:
    """A bar for each part of the recording, in the patterns of the table above."""
    document.add_paragraph("{%p if course %}")
    document.add_heading(words.course)
    clock, share, time = words.course_columns
    columns = (
        Column(30, clock, "{{ stretch.clock }}"),
        Column(62, share, "{{ stretch.bar }}"),
        Column(56, "", "{{ stretch.shares }}"),
        Column(22, time, "{{ stretch.time }}", RIGHT),
    )
    listing(document, "stretch in course", columns)
    document.add_paragraph("{%p endif %}")


def _following(document: Any, words: Words) -> None:
    """Whose turn comes next after whose, in the same patterns."""
    document.add_paragraph("{%p if following %}")
    document.add_heading(words.following)
    after, following, turns = words.following_columns
    columns = (
        Column(30, after, "{{ after.role }}"),
        Column(62, following, "{{ after.bar }}"),
        Column(61, "", "{{ after.shares }}"),
        Column(17, turns, "{{ after.turns }}", RIGHT),
    )
    listing(document, "after in following", columns)
    document.add_paragraph(words.following_note, style="Note")
    document.add_paragraph("{%p endif %}")


def _reading(document: Any, words: Words) -> None:
    document.add_heading(words.ratio_read)
    each(document, "note in ratio_notes", "{{ note }}", "Note")
    for note in (words.ratio_share_note, words.parent_note):
        document.add_paragraph(note, style="Note")
