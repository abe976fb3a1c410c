"""The best transcriber that is on this machine already; nothing is downloaded to have a better one."""

from __future__ import annotations

from bigvoice.parts import Transcriber
from bigvoice.transcription import store


def best_available() -> Transcriber:
    """Whisper with the largest known model that is here, else with the user's own largest, else pocketsphinx.

    The choice shows in the part's `name` and in the transcript's `notice`.
    """
    if model := store.best():
        from bigvoice.transcription.whisper import WhisperTranscriber

        return WhisperTranscriber(model.name)
    from bigvoice.transcription.sphinx import SphinxTranscriber

    return SphinxTranscriber()
