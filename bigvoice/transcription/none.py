"""No transcriber: minutes that say who spoke when, without a word of what was said."""

from __future__ import annotations

from collections.abc import Sequence

from bigvoice.parts import Transcript
from bigvoice.progress import Hook
from bigvoice.recording import Recording
from bigvoice.span import Span


class NoTranscriber:
    """Writes nothing down; fits parts.Transcriber."""

    name = "none"

    def __call__(
        self,
        recording: Recording,  # noqa: ARG002
        speech: Sequence[Span],  # noqa: ARG002
        language: str | None,
        hotwords: Sequence[str],  # noqa: ARG002
        hook: Hook,  # noqa: ARG002
    ) -> Transcript:
        """No words; the language as given."""
        return Transcript((), language, self.name, "Nothing was transcribed, as asked.")
