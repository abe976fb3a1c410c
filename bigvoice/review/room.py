"""Room: all that one review works with, apart from HTTP: the desk, the sound, the voice book, and who is told of it.

What it answers is JSON, as `state_json` describes it. Any thread may ask; what changes the minutes takes turns at the
desk. Sentences are in the language asked for ("en", "ko"), else in the meeting's.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import date
from pathlib import Path
from threading import Thread
from typing import Any

from bigvoice.errors import BigvoiceError, RecordingError, VoiceBookError
from bigvoice.minutes.corrections import Correction, Reject
from bigvoice.minutes.log import Entry
from bigvoice.minutes.minutes import Minutes
from bigvoice.minutes.minutes_file import MinutesFile
from bigvoice.review import state_json
from bigvoice.review.desk import Change, Desk
from bigvoice.review.events import Events
from bigvoice.review.followers import Followers
from bigvoice.review.learning import Learning
from bigvoice.review.sound import Sound
from bigvoice.review.sound_words import told, why_not_yet
from bigvoice.review.state_json import NOTHING, Around
from bigvoice.settings import Settings


class Room:
    """Opened with `start`, closed with `close`."""

    def __init__(
        self,
        path: Path,
        *,
        recording: Path | None = None,
        settings: Settings | None = None,
        who: str = "",
        first: int = 1,
    ) -> None:
        """who, first: as `Desk` takes them.

        Raises MinutesError for minutes that cannot be read, RecordingError for a recording that is not there.
        """
        self.path, self.settings = path, settings or Settings()
        file = MinutesFile(path)
        self.desk = Desk(file, who=who, first=first)
        self.events = Events()
        self._followers = Followers(path, file.reviewed, self.settings.document)
        self._learning = Learning(self.settings.book)
        self._people = self._learning.people()
        self._counter_examples: dict[Reject, str] = {}  # kept in this review, by their sha256
        self.sound = Sound(_recording(path, file.minutes, recording), file.minutes.source, self._tell_sound)

    def start(self) -> None:
        """Begin to listen and to decode; called in the event loop."""
        self.events.open()
        self.sound.start()
        Thread(target=lambda: self._documents(None), daemon=True).start()

    def stop(self) -> None:
        """End what would keep somebody waiting; called in the event loop."""
        self.events.close()
        self.sound.stop()

    def close(self) -> None:
        """After `stop`: let go of everything. What was corrected is on the disk already."""
        self.sound.close()

    def look(self) -> None:
        """Notice what another program saved, and tell it."""
        if self.desk.look():
            self._tell_revision()

    def state(self, language: str | None = None, *, stale: bool = False) -> str:
        """The whole State."""
        self.look()
        seen = self.desk.seen
        return state_json.state(seen, self._around(language), self._language(language), stale=stale)

    def correct(self, corrections: Sequence[Correction], revision: int, language: str | None = None) -> str:
        """Corrections as one step; gives a Change. revision: what the page had seen. Raises MinutesError."""
        made = self.desk.correct(corrections)
        self._tell_revision()
        return self._answer(made, revision, language)

    def undo(self, revision: int, language: str | None = None) -> str:
        """As `correct`. Counter-examples that were kept with the step are taken out again."""
        made = self.desk.undo()
        self._tell_revision()
        for rejected in _rejected(made.before.log.undo):
            self._take_out(rejected)
        return self._answer(made, revision, language)

    def redo(self, revision: int, language: str | None = None) -> str:
        """As `correct`."""
        made = self.desk.redo()
        self._tell_revision()
        for rejected in _rejected(made.before.log.redo):
            self._keep_not(made.after.minutes, rejected)
        return self._answer(made, revision, language)

    def reject(self, speaker: str, name: str, revision: int, language: str | None = None) -> str:
        """Not this person: the correction, and a counter-example where the voice book knows them. As `correct`."""
        rejected = Reject(speaker, name)
        made = self.desk.correct([rejected])
        self._tell_revision()
        return self._answer(made, revision, language, {"counter_example": self._keep_not(made.after.minutes, rejected)})

    def propose(self, speaker: str, language: str | None = None) -> str:
        """What would be kept of a speaker's voice. Raises MinutesError."""
        recording = self.sound.recording()
        found = self._learning.propose(self.desk.seen.minutes, speaker, recording, self._language(language))
        return json.dumps(
            {
                "name": found.name,
                "spans": [(span.start, span.end) for span in found.spans],
                "seconds": found.seconds,
                "why_not": found.why_not,
            }
        )

    def remember(self, speaker: str, consent: date | None, language: str | None = None) -> str:
        """Keep it. Raises VoiceBookError, and RecordingError where the recording cannot be heard (yet)."""
        recording = self.sound.recording()
        if recording is None:
            raise RecordingError(why_not_yet(self.sound.state, self._language(language)))
        found = self._learning.propose(self.desk.seen.minutes, speaker, recording, self._language(language))
        kept = self._learning.remember(recording, found, consent)
        self._people = self._learning.people()
        return json.dumps({"clip": kept.clip, "seconds": kept.seconds, "warnings": kept.warnings})

    def forget(self, clip: str) -> str:
        """Take a remembered voice out of the book again. Raises VoiceBookError."""
        name = self._learning.forget(clip)
        self._people = self._learning.people()
        return json.dumps({"name": name})

    def documents(self, language: str | None = None) -> str:
        """Make the documents anew that follow the minutes; tells which, and why others were left as they are."""
        return json.dumps(self._written(language))

    def last_documents(self, language: str | None = None) -> str:
        """As `documents`, when the review is closed."""
        return json.dumps({"closed": True, **self._written(language)})

    def _written(self, language: str | None) -> dict[str, Any]:
        done = self._followers.write(self.desk.seen.reviewed, self._language(language))
        left = [asdict(each) for each in done if each.why]
        return {"written": [each.file for each in done if not each.why], "left": left}

    def _keep_not(self, minutes: Minutes, rejected: Reject) -> dict[str, Any]:
        """What became of a counter-example, which is no reason to refuse the correction."""
        recording = self.sound.recording() if rejected.name in self._people else None
        if recording is None:
            return {"kept": False, "told": ""}
        try:
            kept = self._learning.keep_not(recording, minutes, rejected.speaker, rejected.name)
        except BigvoiceError as error:
            return {"kept": False, "told": str(error)}
        self._counter_examples[rejected] = kept.example.sha256
        return {"kept": True, "told": "; ".join(kept.warnings)}

    def _take_out(self, rejected: Reject) -> None:
        kept = self._counter_examples.pop(rejected, None)
        if kept:
            with suppress(VoiceBookError):  # somebody else took it out
                self._learning.take_out(rejected.name, kept)

    def _answer(self, made: Change, revision: int, language: str | None, more: Mapping[str, Any] = NOTHING) -> str:
        if made.before.revision != revision:
            return self.state(language, stale=True)
        return state_json.change(made, self._around(language), self._language(language), more)

    def _around(self, language: str | None) -> Around:
        sound = self.sound.state
        why = told(sound, self._language(language))
        recording = {"name": sound.name, "state": sound.state, "told": why, "decoded": sound.decoded}
        people = dict.fromkeys([*self.desk.seen.minutes.attendees, *self._people])
        return Around(self.path.name, recording, [*people], self._documents(language))

    def _documents(self, language: str | None) -> list[dict[str, str]]:
        return [asdict(each) for each in self._followers.judged(self.desk.seen.reviewed, self._language(language))]

    def _language(self, asked: str | None) -> str:
        return "ko" if (asked or self.desk.seen.minutes.language) == "ko" else "en"

    def _tell_revision(self) -> None:
        self.events.tell("revision", {"revision": self.desk.seen.revision})

    def _tell_sound(self) -> None:
        state = self.sound.state
        self.events.tell("sound", {"decoded": state.decoded, "state": state.state})


def _rejected(entry: Entry | None) -> list[Reject]:
    return [each for each in entry.step.corrections if isinstance(each, Reject)] if entry else []


def _recording(path: Path, minutes: Minutes, given: Path | None) -> Path | None:
    """The recording: the one given, else the one of that name beside the minutes, if it is there."""
    if given:
        if not given.is_file():
            raise RecordingError(f"{given}: no such file; check the name and the folder")
        return given
    beside = path.parent / Path(minutes.source.file).name  # the name only: minutes may come from anywhere
    try:
        return beside if minutes.source.file and beside.is_file() else None
    except (OSError, ValueError):  # no name that a file can have
        return None
