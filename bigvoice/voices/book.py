"""VoiceBook: the people whose voices are known, in one SQLite file.

    with VoiceBook.open() as book:
        book.enroll("Mina Park", "mina.wav", role="chair")
        people = book.people(encoder)

The clips are kept, as 16-bit PCM (1.9 MB a minute), so that a new encoder can hear them again; prints are kept for each
encoder by name. Every change is one transaction: two processes may use a book at once, and a process may be killed at
any moment. How the file is made, kept private and emptied stands in `schema.py`.
"""

from __future__ import annotations

import difflib
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import TYPE_CHECKING, NoReturn

import numpy as np
from platformdirs import user_data_path

from bigvoice.errors import EnrolmentError, VoiceBookError
from bigvoice.parts import Detector, Embeddings, Encoder
from bigvoice.progress import Hook, Progress, silent
from bigvoice.voices import rows, schema
from bigvoice.voices.clip import Clip, embed
from bigvoice.voices.figures import Check, Figures
from bigvoice.voices.person import CounterExample, Enrolled, KeptClip, Person, key, written
from bigvoice.voices.transfer import Merge, merged

if TYPE_CHECKING:
    from bigvoice.voices.enrolment import Enrolment

STAGE = "voices"


def default_path() -> Path:
    """Where the book is unless another one is named: `voices.sqlite` in the user's data folder."""
    return user_data_path("bigvoice", appauthor=False) / "voices.sqlite"


class VoiceBook:
    """An open voice book; use it in `with`, from one thread."""

    def __init__(self, db: sqlite3.Connection, path: Path) -> None:
        self.path = path
        self._db = db

    @classmethod
    def open(cls, path: str | Path | None = None, *, create: bool = True) -> VoiceBook:
        """The book at `path` (None: the default one); made where there is none, if `create`.

        Raises VoiceBookError for a file that is absent, newer than this bigvoice, no voice book, broken or locked.
        """
        place = Path(path) if path is not None else default_path()
        return cls(schema.connect(place, create=create), place)

    def close(self) -> None:
        """Close the file; the book cannot be used afterwards."""
        self._db.close()

    def __enter__(self) -> VoiceBook:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    # Reading

    def list(self) -> tuple[Enrolled, ...]:
        """Everybody, by name."""
        with schema.in_our_words(self.path):
            return rows.everybody(self._db)

    def show(self, name: str) -> Enrolled:
        """One person. Raises VoiceBookError for a name that is not in the book."""
        for person in self.list():
            if key(person.name) == key(name):
                return person
        return self._not_here(name)

    def clips(self, name: str) -> tuple[Clip, ...]:
        """A person's clips with their sound and all prints, in the order in which they came.

        Raises VoiceBookError, naming the clip, for one that something damaged.
        """
        with schema.in_our_words(self.path):
            try:
                return rows.clips(self._db, self._id(name))
            except rows.DamagedClipError as error:
                raise VoiceBookError(_damaged(str(error), self.show(name).name)) from error

    def people(self, encoder: Encoder, hook: Hook = silent) -> Sequence[Person]:
        """Everybody's prints by this encoder, by name, with their counter-examples by it.

        A clip that it has not heard yet is embedded now, which the hook is told (stage "voices"), and the prints
        are kept; in a book that is read-only or in use they are made but not kept. One that something damaged is left
        out, which the hook is told as well; a person with no other clip is not there then.
        """
        with schema.in_our_words(self.path):
            heard = rows.heard(self._db, encoder.name, encoder.dim)
            counter = rows.counter_prints(self._db, encoder.name, encoder.dim)
        made = self._embed([clip for clip in heard if clip.vectors is None], encoder, hook)
        people: dict[str, Person] = {}
        for clip in heard:
            vectors = clip.vectors if clip.vectors is not None else made.get(clip.clip)
            if vectors is not None:
                before = [people[clip.name].prints] if clip.name in people else []
                people[clip.name] = Person(clip.name, clip.role, np.concatenate([*before, vectors]))
        return [replace(person, counter=counter.get(name, person.counter)) for name, person in people.items()]

    # Changing

    def enroll(
        self,
        name: str,
        *clips: str | Path,
        role: str | None = None,
        consent: date | None = None,
        force: bool = False,
        detector: Detector | None = None,
        encoder: Encoder | None = None,
        hook: Hook = silent,
    ) -> Enrolment:
        """Look at recordings of one person, and keep them if they are fit: see `bigvoice.voices.enrolment.enroll`."""
        # The decoder and the detector, which nothing else here needs, are loaded with it.
        from bigvoice.voices.enrolment import enroll

        return enroll(
            self, name, clips, role=role, consent=consent, force=force, detector=detector, encoder=encoder, hook=hook
        )

    def add(
        self, name: str, clips: Sequence[Clip] = (), *, role: str | None = None, consent: date | None = None
    ) -> Enrolled:
        """Keep clips of a person, all or none, as they are; `enroll` looks at them first.

        Somebody who is in the book gets them in addition; a role or consent given replaces the one on record.
        Raises EnrolmentError for a clip that is in the book already, and for a new person without a clip.
        """
        with self._writing():
            self._add(name, clips, role, consent, date.today())
        return self.show(name)

    def rename(self, name: str, new: str) -> None:
        """Give a person another name. Raises VoiceBookError where somebody else has it."""
        with self._writing():
            person = self._id(name)
            if rows.find(self._db, new) not in (None, person):
                raise VoiceBookError(f"{written(new)} is in {self.path} already: choose another name for {name}")
            rows.set_name(self._db, person, new)
            schema.ask_to_erase(self._db)
        self._erase(f"{written(name)} is now {written(new)}")

    def forget(self, name: str, *, clip: str | None = None) -> None:
        """Remove a person, so that neither name nor sound nor prints are left anywhere in the file.

        clip: remove only this clip or counter-example of theirs, by its source or the first letters of its sha256; not
        the last clip.
        """
        doomed = self._clip(name, clip) if clip is not None else None
        with self._writing():
            rows.drop(self._db, self._id(name), doomed)
            schema.ask_to_erase(self._db)
        self._erase(f"{clip or written(name)} is removed")

    def add_counter_example(self, name: str, example: CounterExample, prints: Embeddings) -> None:
        """Keep prints (n, dim) of speech that is not this person's: see `bigvoice.voices.counter_examples`.

        Raises VoiceBookError for a name that is not in the book.
        """
        with self._writing():
            rows.put_counter_example(self._db, self._id(name), example, prints)

    def record_check(self, encoder: str, figures: Mapping[str, Figures]) -> Check | None:
        """Keep what a check found of everybody, by name; the last check before it that found something else.

        None where there is none. In a book that is read-only or in use nothing is kept.
        """
        with schema.in_our_words(self.path):
            kept = rows.checks(self._db, encoder)
        if kept and kept[0].figures == figures:
            return kept[1] if len(kept) > 1 else None
        with suppress(VoiceBookError), self._writing():
            rows.put_check(self._db, encoder, date.today(), figures)
        return kept[0] if kept else None

    # From book to book

    def export(self, path: str | Path, *, force: bool = False) -> None:
        """Write a copy of the book without prints, which whoever opens it makes anew, and without counter-examples.

        A file that is there is replaced only with `force`, and only when the copy is complete. Raises VoiceBookError.
        """
        target = Path(path)
        with schema.in_our_words(target):
            if target.exists() and (not force or target.resolve() == self.path.resolve()):
                raise VoiceBookError(f"{target} is there already: name another file, or replace it with --force")
            with TemporaryDirectory(dir=target.parent, prefix=".export-") as folder:
                part = Path(folder) / "voices.sqlite"
                try:
                    with VoiceBook.open(part) as copy:
                        copy.import_(self.path)
                except VoiceBookError as error:  # the part is nothing that anybody has named
                    raise VoiceBookError(str(error).replace(str(part), str(target))) from error
                part.replace(target)  # SQLite has synced it

    def import_(self, path: str | Path) -> Merge:
        """Take in what another book has and this one lacks, all or nothing; nothing on record is replaced.

        Raises VoiceBookError for a file that cannot be read as a voice book.
        """
        with VoiceBook.open(path, create=False) as other, self._writing():
            merge = merged(self.list(), other.list())
            for name in (*merge.new, *merge.grown):
                self._take(other, name)
        return merge

    def _take(self, other: VoiceBook, name: str) -> None:
        theirs = other.show(name)
        mine = self.show(name) if rows.find(self._db, name) else None
        have = {clip.sha256 for clip in mine.clips} if mine else set()
        self._add(
            name,
            [replace(clip, prints={}) for clip in other.clips(name) if clip.sha256 not in have],
            None if mine and mine.role else theirs.role,
            None if mine and mine.consent else theirs.consent,
            theirs.added,
        )

    # Inside

    def _add(self, name: str, clips: Iterable[Clip], role: str | None, consent: date | None, added: date) -> None:
        clips = [*clips]
        if not clips and rows.find(self._db, name) is None:
            self._not_here(name)
        person = rows.put_person(self._db, name, role, consent, added)
        for clip in clips:
            if owner := rows.owner(self._db, clip.sha256):
                raise EnrolmentError(f"the clip {clip.source} is in {self.path} already, as {owner}: leave it out")
            rows.put_clip(self._db, person, clip)

    def _embed(self, heard: Sequence[rows.Heard], encoder: Encoder, hook: Hook) -> dict[int, Embeddings]:
        """Prints of clips by their ids; clips that were forgotten meanwhile are left out."""
        made: dict[int, Embeddings] = {}
        hashes: dict[int, str] = {}
        clips = "1 enrolment clip is" if len(heard) == 1 else f"{len(heard)} enrolment clips are"
        note = f"{clips} new to {encoder.name}, which hears {'it' if len(heard) == 1 else 'them'} now, once"
        for done, one in enumerate(heard):
            hook(Progress(STAGE, done, len(heard), note))
            clip = self._sound(one, hook)
            if clip is not None:
                made[one.clip], hashes[one.clip] = embed(clip, encoder), clip.sha256
        if made:
            hook(Progress(STAGE, len(heard), len(heard), note))
            self._keep(made, hashes, encoder.name)
        return made

    def _sound(self, one: rows.Heard, hook: Hook) -> Clip | None:
        """The clip; None where it was forgotten meanwhile, or is damaged, which the hook is told."""
        with schema.in_our_words(self.path):
            try:
                return rows.sound(self._db, one.clip, one.source)
            except rows.DamagedClipError:
                hook(Progress(STAGE, 0, 1, _damaged(one.source, one.name)))
                return None

    def _keep(self, made: dict[int, Embeddings], hashes: dict[int, str], encoder: str) -> None:
        # A book on a read-only share still names people; its prints are then made each time.
        with suppress(VoiceBookError), self._writing():
            for clip, vectors in made.items():
                rows.put_prints(self._db, clip, hashes[clip], encoder, vectors)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with schema.in_our_words(self.path), schema.writing(self._db):
            yield

    def _erase(self, done: str) -> None:
        try:
            with schema.in_our_words(self.path):
                schema.erase(self._db)
        except VoiceBookError as error:
            later = "what is left in the file is wiped when the book is opened next"
            raise VoiceBookError(f"{done}, but {later}: {error}") from error

    def _id(self, name: str) -> int:
        found = rows.find(self._db, name)
        return found if found is not None else self._not_here(name)

    def _clip(self, name: str, wanted: str) -> str:
        """The sha256 of one of a person's clips, or counter-examples."""
        person = self.show(name)
        kept: Sequence[KeptClip | CounterExample] = (*person.clips, *person.counter_examples)
        found = {each.sha256 for each in kept if each.source == wanted or each.sha256.startswith(wanted)}
        if len(found) != 1:
            number = "several clips" if found else "no clip"
            raise VoiceBookError(f"{person.name} has {number} {wanted}: see `bigvoice voices show '{person.name}'`")
        if {clip.sha256 for clip in person.clips} == found:
            raise VoiceBookError(f"{wanted} is all there is of {person.name}: add another clip, or forget the person")
        return found.pop()

    def _not_here(self, name: str) -> NoReturn:
        names = [person.name for person in self.list()]
        close = difflib.get_close_matches(written(name), names, n=3, cutoff=0.5)
        hint = f"did you mean {' or '.join(close)}?" if close else "see `bigvoice voices list`"
        raise VoiceBookError(f"nobody called {written(name)} in {self.path}: {hint}")


def _damaged(source: str, name: str) -> str:
    advice = f"enrol {name} from another recording, then `bigvoice voices forget '{name}' --clip '{source}'`"
    return f"the clip {source} of {name} is damaged and cannot be heard again; {advice}"
