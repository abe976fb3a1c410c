"""Settings: what can be chosen, each default written once, and the TOML files that choose it.

An option is a field of a frozen dataclass, made with `option(...)`: its default, its help and its range stand there and
nowhere else; the command line reads them from there. Values are taken in this order, the later one winning: the
default, `bigvoice.toml` in the user's config folder, `bigvoice.toml` beside the recording, the command line.

    book = "team.voices"
    [meeting]
    attendees = ["Mina Park", "Joon Lee"]
    [transcription]
    asr = "whisper:small"
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from platformdirs import user_cache_path, user_config_path

from bigvoice.errors import SettingsError
from bigvoice.options import Option, Options, option, options_of

FILE_NAME = "bigvoice.toml"
NONE, OWN = "none", "bigvoice"
"""No segmenter; the diarizer that is nobody else's."""


@dataclass(frozen=True)
class MeetingOptions(Options):
    """What a recording cannot tell about its meeting."""

    title: str = option("", "What the meeting is called.")
    date: str | None = option(None, "When it began, as 2026-11-21 or 2026-11-21T14:00; else the file's own date.")
    place: str = option("", "Where it was held.")
    attendees: tuple[str, ...] = option((), 'Who is expected: "NAME, NAME"; helps naming and spelling.', separator=",")
    agenda: tuple[str, ...] = option((), 'What is on the agenda: "ITEM; ITEM", or given again.', separator=";")

    def __post_init__(self) -> None:
        super().__post_init__()
        self.began  # noqa: B018  # a date that cannot be read is told now, not after an hour of work

    @property
    def began(self) -> datetime | None:
        """The date as a value. Raises SettingsError."""
        try:
            return datetime.fromisoformat(self.date) if self.date else None
        except ValueError:
            example = "2026-11-21 or 2026-11-21T14:00"
            raise SettingsError(f"date must be written as {example}, not {self.date!r}") from None


@dataclass(frozen=True)
class DiarizationOptions(Options):
    """How it is found who spoke when."""

    channels: str = option("mix", "Mix all channels, or keep speakers apart by channel.", choices=("mix", "separate"))
    diarizer: str = option(OWN, "Who finds the turns: bigvoice, or pyannote:FOLDER-or-ID.")
    encoder: str = option(
        "neural", "The part that turns voices into numbers: neural, neural:FILE, mfcc, pyannote:FOLDER."
    )
    segmenter: str = option(
        NONE, "Two voices at once get two names (powerset, experimental) or one.", choices=(NONE, "powerset")
    )
    clustering: str = option("agglomerative", "How unknown voices are told apart: agglomerative or kmeans.")
    naming: str = option("svm", "How a voice is compared with those enrolled.", choices=("svm", "cosine"))
    speakers: int | None = option(None, "How many people speak, where that is known.", least=1, most=50)
    min_speakers: int = option(1, "At least so many people speak.", least=1, most=50)
    max_speakers: int = option(10, "At most so many people speak.", least=1, most=50)
    false_names: float = option(
        0.01,
        "A name is given where its chance of being wrong is at most this; lower names more rarely.",
        least=0.0001,
        most=0.5,
    )
    traits: bool = option(False, "Tell from the voice alone whether a woman, a man or a child speaks.")

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.min_speakers > self.max_speakers:
            said = f"min_speakers ({self.min_speakers}) is more than max_speakers ({self.max_speakers})"
            raise SettingsError(f"{said}: lower the one or raise the other")


@dataclass(frozen=True)
class TranscriptionOptions(Options):
    """How speech becomes text."""

    asr: str = option(
        "auto",
        "Who writes it down: auto, whisper:NAME, whisper:FOLDER, deepspeech2:FILE[+LM.arpa], sphinx or none.",
    )
    language: str | None = option(None, 'The language spoken, as "en" or "ko"; else it is found out.')


@dataclass(frozen=True)
class DocumentOptions(Options):
    """How documents look."""

    template: str | None = option(None, "Word template: the name of a shipped one, or a file.", is_path=True)
    mark_unsure: bool = option(True, "Mark words the recogniser was unsure of.", flag="--marks/--no-marks")
    language: str | None = option(
        None,
        "Language of headings and labels; else that of the meeting.",
        choices=("en", "ko"),
        flag="--document-language",
    )
    sound: str = option(
        "embedded",
        "The sound of a page (.html): in it, in a file beside it, or none.",
        choices=("embedded", "beside", "none"),
    )
    bitrate: int = option(24, "Of that sound, in kbit/s: 24 make 16 MB of page an hour.", least=8, most=128)
    sound_file: Path | None = option(  # noqa: RUF009
        None, "The recording of such a page, where it lies beside neither page nor minutes."
    )


def _user_cache() -> Path:
    return user_cache_path("bigvoice", appauthor=False)


@dataclass(frozen=True)
class Settings(Options):
    """All options, by section; `book` and `cache` stand at the top of a TOML file."""

    meeting: MeetingOptions = field(default_factory=MeetingOptions)
    diarization: DiarizationOptions = field(default_factory=DiarizationOptions)
    transcription: TranscriptionOptions = field(default_factory=TranscriptionOptions)
    document: DocumentOptions = field(default_factory=DocumentOptions)
    book: Path | None = option(None, "The voice book; else the one in the user's data folder.")  # noqa: RUF009
    cache: Path | None = option(  # noqa: RUF009
        _user_cache, 'Folder that keeps the finished stages of a run; "none" keeps nothing.'
    )

    def updated(self, values: Mapping[str, object], source: Path | None = None) -> Settings:
        """These settings with `values` (nested as in a TOML file) laid over them.

        source: the file they stand in; None for the command line. Raises SettingsError for an unknown section or key,
        a wrong type and a value out of range, naming the file and the key.
        """
        _refuse_unknown(values, [f.name for f in fields(self)], source, "section or key")
        own = {o.name: o.read(values[o.name], source) for o in options_of(Settings) if o.name in values}
        sections = {name: self._section(name, values[name], source) for name in SECTIONS if name in values}
        return replace(self, **own, **sections)

    def _section(self, section: str, values: object, source: Path | None) -> Any:
        if not isinstance(values, Mapping):
            raise SettingsError(f"{source or 'settings'}: {section} is a section: write [{section}] and its keys below")
        known = options_of(SECTIONS[section], section)
        _refuse_unknown(values, [o.name for o in known], source, "key", section)
        read = {o.name: o.read(values[o.name], source) for o in known if o.name in values}
        try:
            return replace(getattr(self, section), **read)
        except SettingsError as error:
            raise SettingsError(f"{source}: [{section}] {error}" if source else str(error)) from None


SECTIONS: Mapping[str, type[Options]] = {
    "meeting": MeetingOptions,
    "diarization": DiarizationOptions,
    "transcription": TranscriptionOptions,
    "document": DocumentOptions,
}


def all_options() -> Iterator[Option]:
    """Every option of every section, then those of the top."""
    for section, group in SECTIONS.items():
        yield from options_of(group, section)
    yield from options_of(Settings)


def nested(flat: Mapping[str, object]) -> dict[str, Any]:
    """Options by keyword (`attendees`, `document_language`) as a TOML file would hold them.

    >>> nested({"asr": "sphinx", "book": "team.voices"})
    {'transcription': {'asr': 'sphinx'}, 'book': 'team.voices'}
    """
    known = {each.keyword: each for each in all_options()}
    _refuse_unknown(flat, list(known), None, "option")
    values: dict[str, Any] = {}
    for keyword, value in flat.items():
        found = known[keyword]
        place = values.setdefault(found.section, {}) if found.section else values
        place[found.name] = value
    return values


def read_settings(recording: str | Path | None = None, /, **options: object) -> Settings:
    """The settings that hold for a recording: the user's file, the file beside it, then `options` laid over them.

    options: by keyword, as on the command line (`speakers=3`, `document_language="ko"`). A file that is not there is
    no error. Raises SettingsError.
    """
    files = [user_config_path("bigvoice", appauthor=False) / FILE_NAME]
    if recording is not None and os.access(beside := Path(recording).parent, os.X_OK):  # else `load` tells it
        files.append(beside / FILE_NAME)
    settings = Settings()
    for file in files:
        settings = settings.updated(_parse(file), file)
    return settings.updated(nested(options))


def _parse(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{file} is not valid TOML: {error}") from error
    except OSError as error:
        raise SettingsError(f"{file} cannot be read: {error.strerror}") from error


def _refuse_unknown(
    values: Mapping[str, object], known: Sequence[str], source: Path | None, what: str, section: str = ""
) -> None:
    for key in values:
        if key not in known:
            where = (f"{source}: " if source else "") + (f"[{section}] " if section else "")
            raise SettingsError(f"{where}unknown {what} {key!r}: there are {', '.join(known)}")
