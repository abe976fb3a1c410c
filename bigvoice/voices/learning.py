"""Learning: from the file of corrected minutes and their recording to what the voice book keeps of a speaker.

`learn("board.json", "Mina Park")` remembers her voice; `learn("board.json", "Speaker 2", is_not="Mina Park")` keeps a
counter-example: whoever that is, it is not her.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bigvoice.decoding import load
from bigvoice.errors import EnrolmentError, RecordingError
from bigvoice.minutes.minutes import GIVEN, Minutes
from bigvoice.minutes.naming import speaker_called
from bigvoice.minutes.store import read
from bigvoice.parts import Detector, Encoder
from bigvoice.progress import Hook, silent
from bigvoice.recording import Recording
from bigvoice.voices.book import VoiceBook
from bigvoice.voices.counter_examples import KeptCounterExample, keep_counter_example
from bigvoice.voices.remembering import Proposal, Remembered, proposal, remember


@dataclass(frozen=True, slots=True)
class Learnt:
    """What was proposed and, unless that was all, remembered; or the counter-example."""

    proposal: Proposal | None = None
    remembered: Remembered | None = None
    counter_example: KeptCounterExample | None = None


def learn(
    meeting: str | Path,
    speaker: str,
    book: str | Path | None = None,
    *,
    recording: str | Path | None = None,
    is_not: str = "",
    confirmed: bool = False,
    consent: date | None = None,
    force: bool = False,
    dry_run: bool = False,
    detector: Detector | None = None,
    encoder: Encoder | None = None,
    hook: Hook = silent,
) -> Learnt:
    """Remember the voice of a speaker of a minutes file; or, with `is_not`, that it is not this person's.

    speaker: a name, number or id ("Mina Park", "Speaker 2", "s2"). book: None is the user's own. recording: None looks
    for it beside the minutes file. confirmed: a name that the machine gave was listened to and is right. dry_run: only
    propose. Else as `proposal`, `remember` and `keep_counter_example`.

    Raises MinutesError for what is no minutes file or no speaker in it, EnrolmentError for what is not fit to be kept,
    RecordingError, VoiceBookError.
    """
    minutes = read(meeting)
    who = speaker_called(minutes, speaker)
    sound = _recording(minutes, Path(meeting), recording, hook)
    if is_not:
        with VoiceBook.open(book, create=False) as opened:
            kept = keep_counter_example(opened, sound, minutes, who.id, is_not, encoder=encoder, hook=hook)
        return Learnt(counter_example=kept)
    proposed = proposal(minutes, who.id, sound, confirmed=confirmed, encoder=encoder, hook=hook)
    if proposed.why_not:
        unconfirmed = who.name and who.named_by != GIVEN and not confirmed
        how = f" (`bigvoice correct '{meeting}' --rename '{who.id}={who.name}'`, or --confirmed)"
        raise EnrolmentError(proposed.why_not + (how if unconfirmed else ""))
    if dry_run:
        return Learnt(proposed)
    with VoiceBook.open(book) as opened:
        done = remember(
            opened, sound, proposed, consent=consent, force=force, detector=detector, encoder=encoder, hook=hook
        )
    return Learnt(proposed, done)


def _recording(minutes: Minutes, meeting: Path, given: str | Path | None, hook: Hook) -> Recording:
    path = Path(given) if given else meeting.parent / Path(minutes.source.file).name
    if not given and not path.exists():
        raise RecordingError(f"{path}, the recording of {meeting}, is not there: name the file with --recording")
    return load(path, hook=hook)
