"""State as JSON: what the review page gets. (`app` has the addresses.)

State, the answer to `GET state`:

    {"revision": 12,                    it grows with every change
     "file": "meeting.json", "title": "", "date": "2026-11-21T14:00:00" or null, "place": "",
     "attendees": ["Mina Park"], "agenda": ["Budget"], "language": "ko" or null, "duration": 3600.0,
     "trouble": "",                     why the file on the disk cannot be read any more, as a sentence
     "recording": {"name": "board.m4a", "state": "ready", "told": "", "decoded": 3600.0},
     "speakers": [{"id": "s2", "number": 2, "name": null, "label": "Speaker 2", "role": null, "named_by": "unknown",
                   "confidence": 0.0, "rejected": [], "samples": [[12.3, 18.0]]}],
     "turns": [{"turn": [12.31, 15.8, "s2"], "words": [[12.31, 12.6, " Hello", 0.93]], "confidence": 0.9,
                "checked": false, "edited": false, "with": ["s1"]}],
     "notes": [{"id": "n1", "kind": "decision", "time": 12.0, "text": "", "who": "", "until": ""}],
     "shares": [{"speaker": "s2", "seconds": 61.2, "share": 0.31, "turns": 12, "words": 210}],
     "silence": 12.0, "overlap": 3.1,   seconds
     "doubts": [{"kind": "word", "doubt": 0.7, "turn": [12.31, 15.8, "s2"], "word": 3, "n_words": 2, "speaker": "s2",
                 "text": "four thousand,"}],
     "unfit": [{"what": "Speaker 2 is Mina Park", "why": "there is no speaker 's2'"}],
     "undo": "Speaker 2 is Mina Park" or null, "redo": null,
     "history": [{"when": "2026-11-21T14:05:00+00:00", "who": "Sora", "by": "review", "what": ["..."], "move": null}],
     "people": ["Mina Park"],           of the voice book and the attendees
     "documents": [{"file": "meeting.docx", "why": ""}]}

"turns" and "doubts" stand in their order, "history" has the last 200 entries, the oldest first; what a "move" ("undo",
"redo") says is what was undone or done again. A recording is "ready", "decoding", "missing" or "changed".

Change, the answer to what changes anything: all of State but for "turns", of which it has what differs: {"gone":
[[start, end, id], ..], "now": [turns, new or changed]}. Where the page had not seen the state that was changed, the
whole State, with "stale": true. After `POST reject` there is also "counter_example": {"kept": true, "told": ""}.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from bigvoice.documents.wording import ENGLISH, KOREAN, Wording
from bigvoice.minutes.corrections_json import place_to_json
from bigvoice.minutes.history import Move
from bigvoice.minutes.log import Entry
from bigvoice.minutes.minutes import Speaker
from bigvoice.minutes.minutes_json import note_to_json
from bigvoice.minutes.shares import Share
from bigvoice.minutes.todo import Doubt
from bigvoice.minutes.wording_of_corrections import told
from bigvoice.review import turns
from bigvoice.review.desk import Change, Seen
from bigvoice.span import Span

NOTHING: Mapping[str, Any] = MappingProxyType({})
LAST = 200
"""Entries of the history that a page has."""
_TOGETHER = 3
"""Corrections of a step that are named where it is offered to be undone."""


@dataclass(frozen=True, slots=True)
class Around:
    """What stands in a state and not in the minutes. Each is JSON already."""

    file: str
    recording: Mapping[str, object]
    people: Sequence[str] = ()
    documents: Sequence[Mapping[str, str]] = ()


def state(seen: Seen, around: Around, language: str, *, stale: bool = False) -> str:
    """All there is."""
    head = {"stale": True} if stale else {}
    return _with_turns({**head, **_small(seen, around, language)}, "[" + ",".join(seen.turns.values()) + "]")


def change(made: Change, around: Around, language: str, more: Mapping[str, Any] = NOTHING) -> str:
    """What became different; the state without the turns that stayed. more: what else is to be told."""
    before, after = made.before.turns, made.after.turns
    gone, now = json.dumps(turns.gone(before, after)), ",".join(turns.now(before, after))
    return _with_turns({**_small(made.after, around, language), **more}, f'{{"gone":{gone},"now":[{now}]}}')


def _with_turns(values: Mapping[str, object], turns: str) -> str:
    return f'{json.dumps(values, separators=(",", ":"))[:-1]},"turns":{turns}}}'


def _small(seen: Seen, around: Around, language: str) -> dict[str, Any]:
    """Everything but the turns."""
    minutes, shares, heard = seen.minutes, seen.findings.shares, seen.findings.samples
    wording = KOREAN if language == "ko" else ENGLISH
    return {
        "revision": seen.revision,
        "file": around.file,
        "title": minutes.title,
        "date": minutes.date.isoformat() if minutes.date else None,
        "place": minutes.place,
        "attendees": minutes.attendees,
        "agenda": minutes.agenda,
        "language": minutes.language,
        "duration": minutes.source.duration,
        "trouble": seen.trouble,
        "recording": around.recording,
        "speakers": [_speaker(speaker, heard[speaker.id], wording) for speaker in minutes.speakers],
        "notes": [note_to_json(note) for note in minutes.notes],
        "shares": [_share(row) for row in shares.speakers],
        "silence": shares.silence,
        "overlap": shares.overlap,
        "doubts": [_doubt(each) for each in seen.findings.doubts],
        "unfit": [{"what": told(u.correction, minutes, language), "why": u.why} for u in seen.reviewed.unfit],
        "undo": _offered(seen.log.undo, language),
        "redo": _offered(seen.log.redo, language),
        "history": [_entry(each, language) for each in seen.log.entries[-LAST:]],
        "people": around.people,
        "documents": around.documents,
    }


def _speaker(speaker: Speaker, samples: Sequence[Span], wording: Wording) -> dict[str, Any]:
    return {
        "id": speaker.id,
        "number": speaker.number,
        "name": speaker.name,
        "label": wording.label(speaker),
        "role": speaker.role,
        "named_by": speaker.named_by,
        "confidence": speaker.confidence,
        "rejected": speaker.rejected,
        "samples": [(span.start, span.end) for span in samples],
    }


def _share(row: Share) -> dict[str, Any]:
    return {
        "speaker": row.speakers[0].id,
        "seconds": row.seconds,
        "share": row.share,
        "turns": row.turns,
        "words": row.words,
    }


def _doubt(doubt: Doubt) -> dict[str, Any]:
    return {
        "kind": doubt.kind,
        "doubt": doubt.doubt,
        "turn": place_to_json(doubt.turn),
        "word": doubt.word,
        "n_words": doubt.n_words,
        "speaker": doubt.speaker,
        "text": doubt.text,
    }


def _entry(entry: Entry, language: str) -> dict[str, Any]:
    made = entry.entry
    return {
        "when": made.when.isoformat(),
        "who": made.who,
        "by": made.by,
        "what": entry.lines(language),
        "move": made.move if isinstance(made, Move) else None,
    }


def _offered(entry: Entry | None, language: str) -> str | None:
    if entry is None:
        return None
    lines = entry.lines(language)
    return "; ".join([*lines[:_TOGETHER], *(["…"] if len(lines) > _TOGETHER else [])])
