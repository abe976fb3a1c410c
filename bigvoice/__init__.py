"""From a meeting recording to minutes that say who said what.

    import bigvoice

    minutes = bigvoice.minutes_of("board.m4a", attendees=["Mina Park", "Joon Lee"])
    for utterance in minutes.utterances:
        print(minutes.speaker(utterance.speaker).label(), utterance.text)
    bigvoice.write(minutes, "board.docx")

The names below are the public ones. Each is imported when it is first used, so that `import bigvoice` is quick and
loads no network, no decoder and no Word.
"""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bigvoice.decoding import load as load
    from bigvoice.documents import write as write
    from bigvoice.errors import BigvoiceError as BigvoiceError
    from bigvoice.minutes.minutes import Minutes as Minutes
    from bigvoice.minutes.minutes import Speaker as Speaker
    from bigvoice.minutes.minutes import Utterance as Utterance
    from bigvoice.minutes.minutes_file import MinutesFile as MinutesFile
    from bigvoice.minutes.ratio import talk_ratio as talk_ratio
    from bigvoice.minutes.shares import talk_shares as talk_shares
    from bigvoice.minutes.store import read as read
    from bigvoice.minutes.store import save as save
    from bigvoice.pipeline import Parts as Parts
    from bigvoice.pipeline import take_minutes as take_minutes
    from bigvoice.recording import Recording as Recording
    from bigvoice.revision import revise as revise
    from bigvoice.run import minutes_of as minutes_of
    from bigvoice.run import transcript_of as transcript_of
    from bigvoice.run import turns_of as turns_of
    from bigvoice.settings import Settings as Settings
    from bigvoice.settings import read_settings as read_settings
    from bigvoice.span import Span as Span
    from bigvoice.turn import Turn as Turn
    from bigvoice.voices.book import VoiceBook as VoiceBook
    from bigvoice.word import Word as Word

    __version__: str

# Nothing leaves the machine unasked: libraries that would report home read these once, when they are imported.
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
os.environ.setdefault("PYANNOTE_METRICS_ENABLED", "0")
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # since 1.29 onnxruntime reports, and writes an id of the device

_HOME = {
    "BigvoiceError": "errors",
    "Minutes": "minutes.minutes",
    "MinutesFile": "minutes.minutes_file",
    "Parts": "pipeline",
    "Recording": "recording",
    "Settings": "settings",
    "Span": "span",
    "Speaker": "minutes.minutes",
    "Turn": "turn",
    "Utterance": "minutes.minutes",
    "VoiceBook": "voices.book",
    "Word": "word",
    "load": "decoding",
    "minutes_of": "run",
    "read": "minutes.store",
    "read_settings": "settings",
    "revise": "revision",
    "save": "minutes.store",
    "take_minutes": "pipeline",
    "talk_ratio": "minutes.ratio",
    "talk_shares": "minutes.shares",
    "transcript_of": "run",
    "turns_of": "run",
    "write": "documents",
}

__all__ = [*_HOME, "__version__"]


def __getattr__(name: str) -> Any:
    """A public name, imported on first use (PEP 562)."""
    if name == "__version__":
        from bigvoice.version import version

        return version()
    if name not in _HOME:
        raise AttributeError(f"module 'bigvoice' has no attribute {name!r}")
    value = getattr(import_module(f"bigvoice.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
