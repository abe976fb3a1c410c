"""Attendees that came back: people whom a person added to the list, or called otherwise, though nobody heard them."""

from __future__ import annotations

from collections.abc import Iterator

from bigvoice.documents.docx_keys import speaker_key
from bigvoice.documents.line import one_line
from bigvoice.minutes.corrections import Correction, Describe
from bigvoice.minutes.minutes import Minutes
from bigvoice.minutes.shares import talk_shares
from bigvoice.returning.came_back import CameBack
from bigvoice.returning.comparison import Comparison


def attendees_taken(back: CameBack, base: Minutes, comparison: Comparison, *, deletions: bool) -> Iterator[Correction]:
    """A list in which every speaker is found by a key: what else stands in it are the others who were there."""
    keys = {speaker_key(row.speakers[0].id).partition("_")[2] for row in talk_shares(base).speakers}
    if back.by_turn or not keys or keys - {place for place, _ in back.names}:
        return
    voices = {speaker.name for speaker in base.speakers}
    before = [name for name in dict.fromkeys(base.attendees) if name not in voices and one_line(name)]
    first = next(number for number, (place, _) in enumerate(back.names) if place)  # a heading may stand above it
    shown = [one_line(said.text) for place, said in back.names[first:] if place is None]
    now = [name for name in shown if name]
    gone = [name for name in before if one_line(name) not in now]
    new = [name for name in now if name not in map(one_line, before)]
    instead = dict(zip(gone, new, strict=False))
    for name in gone[len(new) :]:
        if not deletions:
            comparison.untaken.tell(comparison.untaken.name("attendee", name), "deleted")
            instead[name] = name
    kept = [instead.get(name, name) for name in base.attendees if name not in gone or name in instead]
    attendees = tuple(dict.fromkeys([*kept, *new[len(gone) :]]))
    if attendees != tuple(dict.fromkeys(base.attendees)):
        yield Describe("attendees", "\n".join(attendees))
