"""Run: the whole way for a file, with the parts, the voice book and the kept stages that its settings name.

    minutes = minutes_of("board.m4a", attendees=["Mina Park", "Joon Lee"], asr="whisper:small")

Options may be given by keyword, as on the command line; what is not given comes from the settings files.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bigvoice.cache import Cache
from bigvoice.decoding import load
from bigvoice.minutes.minutes import Minutes
from bigvoice.parts import Encoder, make
from bigvoice.pipeline import Parts, take_minutes, take_transcript
from bigvoice.progress import Hook, silent
from bigvoice.recording import Recording
from bigvoice.settings import NONE, OWN, Settings, nested, read_settings
from bigvoice.stages import Keep, compute_anew
from bigvoice.version import version
from bigvoice.voices.book import VoiceBook, default_path
from bigvoice.voices.person import Person
from bigvoice.voices.schema import in_our_words


def minutes_of(
    recording: str | Path, settings: Settings | None = None, *, hook: Hook = silent, **options: object
) -> Minutes:
    """The minutes of a recording's file.

    settings: None reads the settings files that hold for the recording. Raises what `load`, `take_minutes` and
    `VoiceBook` raise, ModelError for a part that is not there, SettingsError for an option that is unknown or wrong.
    """
    way = _prepare(recording, settings, hook, options)
    people = known_people(way.settings.book, way.parts.encoder, hook)
    return take_minutes(way.load(hook), people, way.parts, way.settings, hook=hook, keep=way.keep)


def turns_of(
    recording: str | Path, settings: Settings | None = None, *, hook: Hook = silent, **options: object
) -> Minutes:
    """Who spoke when: minutes without words. As `minutes_of`."""
    return minutes_of(recording, settings, hook=hook, **{**options, "asr": "none"})


def transcript_of(
    recording: str | Path, settings: Settings | None = None, *, hook: Hook = silent, **options: object
) -> Minutes:
    """What was said: minutes that do not tell speakers apart. As `minutes_of`."""
    way = _prepare(recording, settings, hook, options)
    return take_transcript(way.load(hook), way.parts, way.settings, hook=hook, keep=way.keep)


def known_people(book: Path | None, encoder: Encoder, hook: Hook = silent) -> Sequence[Person]:
    """Everybody in a voice book; None is the user's own book, which need not be there yet. Raises VoiceBookError.

    hook: told of clips that this encoder hears for the first time, and of those that cannot be read.
    """
    with in_our_words(default_path()):
        if book is None and not default_path().exists():
            return []
    with VoiceBook.open(book or default_path(), create=False) as opened:
        return opened.people(encoder, hook)


@dataclass(frozen=True)
class _Way:
    path: Path
    parts: Parts
    settings: Settings
    keep: Keep

    def load(self, hook: Hook) -> Recording:
        return load(self.path, channels=self.settings.diarization.channels, hook=hook)


def _prepare(recording: str | Path, settings: Settings | None, hook: Hook, options: dict[str, object]) -> _Way:
    """Everything that can be wrong before the long work."""
    path = Path(recording)
    settings = settings.updated(nested(options)) if settings else read_settings(path, **options)
    return _Way(path, _parts(settings), settings, _keep(settings, hook))


def _parts(settings: Settings) -> Parts:
    make("clustering", settings.diarization.clustering)  # made again where it is used: a wrong name is told now
    segmenter = settings.diarization.segmenter
    return Parts(
        detector=make("detector", "silero"),
        encoder=make("encoder", settings.diarization.encoder),
        transcriber=make("asr", settings.transcription.asr),
        segmenter=None if segmenter == NONE else make("segmenter", segmenter),
        judge=make("judge", "neural") if settings.diarization.traits else None,
        diarizer=None if settings.diarization.diarizer == OWN else make("diarizer", settings.diarization.diarizer),
    )


def _keep(settings: Settings, hook: Hook) -> Keep:
    if settings.cache is None:
        return compute_anew
    cache = Cache(settings.cache, version(), hook)
    cache.prune()
    return cache
