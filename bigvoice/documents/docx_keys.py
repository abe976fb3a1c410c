"""Keys: by what a text of a Word document is found again when the document comes back, as the name of a bookmark.

    _bvt2_12400_5xq3m7ka_c2n4w6aa     t: what is said; 2: it ends its paragraph; 12.4 s; which turns; which text

A key says what kind of text it is, when that was said, and of whom, as digests: Word takes 40 letters, figures and low
lines. In the document stands besides, as a digest, the text as bigvoice wrote it, so that what was changed in Word is
told from what was corrected in the minutes since. The text itself is not kept: who deletes a sentence in Word and gives
the document away gives the sentence to nobody.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from bigvoice.documents.line import one_line
from bigvoice.minutes.minutes import Minutes
from bigvoice.span import Span

PREFIX = "_bv"  # names that begin with a low line are not shown in Word's list of bookmarks
TEXT, LABEL, NAME, FACT, STATE = "t", "s", "p", "h", "z"
NOTE_PARTS: Mapping[str, str] = MappingProxyType({"number": "i", "text": "n", "who": "w", "until": "u", "clock": "k"})
BEGINS, ENDS = 1, 2
_NAME = re.compile(rf"{PREFIX}(?P<kind>[a-z])(?P<edges>[0-3])_(?P<place>\d+_[a-z2-7]{{8}})_(?P<digest>[a-z2-7]{{8}})")


@dataclass(frozen=True, slots=True)
class Key:
    """A bookmark's name taken apart.

    place: the rest of the key, the same for all that belongs together (the label and the text of a block). edges:
    BEGINS, ENDS or both, where in its paragraph nothing stood before or after the text. digest: of the text.
    """

    kind: str
    place: str
    edges: int
    digest: str

    @property
    def name(self) -> str:
        """The bookmark's name."""
        return f"{PREFIX}{self.kind}{self.edges}_{self.place}_{self.digest}"

    def unchanged(self, text: str) -> bool:
        """The text is the one that bigvoice wrote."""
        return digest_of(text) == self.digest


def parse(name: str) -> Key | None:
    """The key of a bookmark's name; None for a bookmark that is none of ours."""
    match = _NAME.fullmatch(name.lower())
    return match and Key(match["kind"], match["place"], int(match["edges"]), match["digest"])


def digest_of(text: str) -> str:
    """Eight letters that tell one text from another; white space does not count."""
    return _digest(one_line(text))


def place_of(span: Span, speaker: str) -> str:
    """The place of what one speaker said in a span."""
    start, end = round(1000 * span.start), round(1000 * span.end)
    return f"{start}_{_digest(str(start), str(end), speaker)}"


def turn_key(part: str, span: Span, speaker: str) -> str:
    """Of a block of the dialogue: its "text", or its "label"."""
    return f"{TEXT if part == 'text' else LABEL}_{place_of(span, speaker)}"


def speaker_key(speaker: str) -> str:
    """Of a speaker's name in the list of attendees."""
    return f"{NAME}_0_{_digest('speaker', speaker)}"


def fact_key(field: str) -> str:
    """Of what is known of the meeting: "title", "date" or "place"."""
    return f"{FACT}_0_{_digest('fact', field)}"


def note_key(part: str, kind: str, id: str, row: int = 0) -> str:
    """Of a note: its "number", "text", "who", "until" or "clock". id: "" in an empty row, which its number tells."""
    return f"{NOTE_PARTS[part]}_{row}_{_digest('note', kind, id or str(row))}"


def state_of(minutes: Minutes) -> str:
    """Eight letters that tell what minutes say from what they said before a correction."""
    facts = [minutes.title, minutes.place, str(minutes.date), *minutes.attendees]
    voices = [part for speaker in minutes.speakers for part in (speaker.id, speaker.label(), speaker.role or "")]
    said = [part for u in minutes.utterances for part in (place_of(u.span, u.speaker), u.text, str(u.checked))]
    noted = [part for note in minutes.notes for part in (note.id, note.kind, note.text, note.who, note.until)]
    times = [str(round(1000 * note.time)) for note in minutes.notes]  # an agenda point cuts a block in two
    return _digest(*facts, *voices, *said, *noted, *times)


def state_name(state: str) -> str:
    """The name of the bookmark that tells which state a document shows."""
    return Key(STATE, f"0_{state}", 0, digest_of("")).name


def _digest(*parts: str) -> str:
    said = "\0".join(parts).encode("utf-8", "surrogatepass")
    return base64.b32encode(hashlib.sha256(said).digest())[:8].decode().lower()
