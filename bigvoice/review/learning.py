"""Learning: what a review does with the voice book. Each call opens the book anew, so any thread may make it.

What hears voices takes seconds to load, so it is imported where it is used: the page is there before.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from bigvoice.errors import BigvoiceError
from bigvoice.minutes.minutes import Minutes
from bigvoice.recording import Recording
from bigvoice.voices.book import VoiceBook, default_path

if TYPE_CHECKING:
    from bigvoice.voices.counter_examples import KeptCounterExample
    from bigvoice.voices.remembering import Proposal, Remembered


class Learning:
    """The voice book of a review, which need not be there before somebody is remembered."""

    def __init__(self, book: Path | None) -> None:
        """book: None is the user's own."""
        self._path = book or default_path()

    def people(self) -> tuple[str, ...]:
        """The names in the book; none where it is not there, or cannot be read."""
        if not self._path.exists():
            return ()
        try:
            with VoiceBook.open(self._path, create=False) as book:
                return tuple(person.name for person in book.list())
        except BigvoiceError:  # told when it is needed; names that are offered are not
            return ()

    def propose(self, minutes: Minutes, speaker: str, recording: Recording | None, language: str) -> Proposal:
        """What would be kept of a speaker. recording: None chooses without listening. Raises MinutesError."""
        from bigvoice.voices.remembering import proposal

        return proposal(minutes, speaker, recording, language=language)

    def remember(self, recording: Recording, proposed: Proposal, consent: date | None) -> Remembered:
        """Keep it. Raises VoiceBookError."""
        from bigvoice.voices.remembering import remember

        with VoiceBook.open(self._path) as book:
            return remember(book, recording, proposed, consent=consent)

    def forget(self, clip: str) -> str:
        """Take a remembered clip out again; gives the person's name. Raises VoiceBookError."""
        from bigvoice.voices.remembering import forget_again

        with VoiceBook.open(self._path, create=False) as book:
            return forget_again(book, clip)

    def take_out(self, name: str, clip: str) -> None:
        """Take a counter-example of a person out again. Raises VoiceBookError."""
        with VoiceBook.open(self._path, create=False) as book:
            book.forget(name, clip=clip)

    def keep_not(self, recording: Recording, minutes: Minutes, speaker: str, name: str) -> KeptCounterExample:
        """Keep that the speaker is not this person. Raises VoiceBookError where nobody in the book is called so."""
        from bigvoice.voices.counter_examples import keep_counter_example

        with VoiceBook.open(self._path, create=False) as book:
            return keep_counter_example(book, recording, minutes, speaker, name)
