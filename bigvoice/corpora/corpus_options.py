"""Options of making a corpus. Nothing heavy is imported here: the command line reads its defaults and help from it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from bigvoice.corpora.layouts import AUTO, LAYOUTS
from bigvoice.corpora.normalization import Rules
from bigvoice.corpora.splits import DEV, TEST
from bigvoice.corpora.vocabulary import UNITS
from bigvoice.errors import SettingsError
from bigvoice.options import Options, option

KEEP, DROP = "keep", "drop"
STRIDE = 2
"""Spectrogram frames (10 ms) a step of the network: DeepSpeech2's own default."""


@dataclass(frozen=True)
class CorpusOptions(Options):
    """How a corpus is made."""

    layout: str = option(AUTO, "How the folders are laid out.", choices=(AUTO, *LAYOUTS))
    speaker: str = option(
        "", "Pattern whose first group is the speaker in a recording's path below FOLDER, such as ^(\\w+)/."
    )
    digits: str = option(KEEP, "Texts with digits are kept and told, or left out.", choices=(KEEP, DROP))
    unit: str = option(AUTO, "Of the vocabulary; auto: syllables for Korean, else letters.", choices=(AUTO, *UNITS))
    fewest: int = option(1, "Symbols that occur less often stay out of the vocabulary.", least=1)
    dev: float = option(0.1, "Share of the hours to watch the training with; 0: none.", least=0, most=0.9)
    test: float = option(0.1, "Share of the hours to measure with at the end; 0: none.", least=0, most=0.9)
    stride: int = option(STRIDE, "Frames of 10 ms a step of the network, for what is too short for its text.", least=1)
    normalization: Rules = field(default_factory=Rules)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.dev + self.test >= 1:
            raise SettingsError(f"--dev {self.dev:g} and --test {self.test:g} leave nothing to learn from")
        try:
            re.compile(self.speaker)
        except re.error as error:
            raise SettingsError(f"--speaker {self.speaker!r} is no pattern: {error}") from error

    @property
    def shares(self) -> dict[str, float]:
        """Of the parts that do not take the rest."""
        return {TEST: self.test, DEV: self.dev}
