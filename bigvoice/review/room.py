"""Room: all that one review works with, apart from HTTP: the desk, the sound, the events that tabs are told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from bigvoice.errors import RecordingError
from bigvoice.minutes.corrections import Correction
from bigvoice.minutes.minutes import Minutes
from bigvoice.minutes.minutes_file import MinutesFile
from bigvoice.review import state_json
from bigvoice.review.desk import Change, Desk
from bigvoice.review.events import Events
from bigvoice.review.sound import Sound
from bigvoice.review.sound_words import told
from bigvoice.review.state_json import Around


class Room:
    """Open with `start`, closed with `close`."""

    def __init__(self, path: Path, *, recording: Path | None = None, who: str = "") -> None:
        """Raises MinutesError for minutes that cannot be read, RecordingError for a recording that is not there."""
        file = MinutesFile(path)
        self.path = path
        self.desk = Desk(file, who=who)
        self.events = Events()
        self.sound = Sound(_recording(path, file.minutes, recording), file.minutes.source, self._tell_sound)

    def start(self) -> None:
        """Begin to listen and to decode; called in the event loop."""
        self.events.open()
        self.sound.start()

    def close(self) -> None:
        """Let go of everything. What was corrected is on the disk already."""
        self.events.close()
        self.sound.close()

    def look(self) -> None:
        """Notice what another program saved, and tell it."""
        if self.desk.look():
            self._tell_revision()

    def state(self, language: str | None = None, *, stale: bool = False) -> str:
        """The whole State, as JSON."""
        self.look()
        seen = self.desk.seen
        language = language or seen.minutes.language or "en"
        return state_json.state(seen, self._around(language), language, stale=stale)

    def correct(self, corrections: Sequence[Correction], revision: int, language: str | None = None) -> str:
        """Corrections as one step; gives a Change, as JSON. revision: what the page had seen. Raises MinutesError."""
        return self._change(lambda: self.desk.correct(corrections), revision, language)

    def undo(self, revision: int, language: str | None = None) -> str:
        """As `correct`."""
        return self._change(self.desk.undo, revision, language)

    def redo(self, revision: int, language: str | None = None) -> str:
        """As `correct`."""
        return self._change(self.desk.redo, revision, language)

    def _change(self, make: Callable[[], Change], revision: int, language: str | None) -> str:
        change = make()
        self._tell_revision()
        if change.before.revision != revision:
            return self.state(language, stale=True)
        language = language or change.after.minutes.language or "en"
        return state_json.change(change, self._around(language), language)

    def _around(self, language: str) -> Around:
        sound = self.sound.state
        recording = {"name": sound.name, "state": sound.state, "told": told(sound, language), "decoded": sound.decoded}
        return Around(self.path.name, recording, self.desk.seen.minutes.attendees)

    def _tell_revision(self) -> None:
        self.events.tell("revision", {"revision": self.desk.seen.revision})

    def _tell_sound(self) -> None:
        state = self.sound.state
        self.events.tell("sound", {"decoded": state.decoded, "state": state.state})


def _recording(path: Path, minutes: Minutes, given: Path | None) -> Path | None:
    """The recording: the one given, else the one of that name beside the minutes, if it is there."""
    if given:
        if not given.is_file():
            raise RecordingError(f"{given}: no such file; check the name and the folder")
        return given
    beside = path.parent / Path(minutes.source.file).name  # the name only: minutes may come from anywhere
    return beside if beside.is_file() else None
