"""DeepSpeech2: a recogniser trained on one's own speech, read greedily or by beam search with a language model.

(Amodei et al., 2015.) `--asr deepspeech2:FILE` writes what the network in FILE hears, symbol by symbol; with a language
model behind it, `deepspeech2:FILE+LM.arpa`, prefix beam search finds the text that both like best. How much the model
counts, what each of its tokens gains and how wide the search is may follow, as in
`deepspeech2:FILE+LM.arpa,alpha=0.8,beta=1.5,beam=64`; `deepspeech2:FILE,beam=64` searches without a language model.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite
from pathlib import Path

from bigvoice.errors import ModelError, SettingsError
from bigvoice.parts import Transcript
from bigvoice.progress import Hook, Progress
from bigvoice.recording import Recording
from bigvoice.span import Span, intersect, total
from bigvoice.transcription import deepspeech2_store, guards
from bigvoice.transcription.chunks import chunks, quietest
from bigvoice.transcription.ctc_beam import WIDTH
from bigvoice.transcription.ctc_words import words
from bigvoice.transcription.decoder import Decoding
from bigvoice.transcription.deepspeech2_file import Facts, Network
from bigvoice.transcription.fusion import WEIGHTS, Fusion
from bigvoice.transcription.guards import Passage
from bigvoice.transcription.language_model import KenLanguageModel
from bigvoice.word import Word

RANGES: Mapping[str, tuple[float, float]] = {"alpha": (0, 10), "beta": (-10, 10), "beam": (1, 1000)}
"""What may follow the files, and from where to where."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What was asked for. options: by the names of RANGES."""

    file: Path
    language_model: Path | None = None
    options: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def of(cls, said: str) -> Choice:
        """Read FILE[+LM][,NAME=NUMBER]...; raises SettingsError, and ModelError for no file at all.

        >>> Choice.of("ko.onnx+news.arpa,alpha=0.8") == Choice(Path("ko.onnx"), Path("news.arpa"), {"alpha": 0.8})
        True
        """
        files, *pairs = re.split(r",(?=\w+=)", said)
        options = dict(_option(pair) for pair in pairs)
        file, model = _divided(files)
        if not file:
            raise ModelError("which DeepSpeech2? deepspeech2:FILE; `bigvoice train deepspeech2` makes one")
        if not model and (useless := options.keys() - {"beam"}):
            raise SettingsError(
                f"{' and '.join(sorted(useless))} of no language model: name one, deepspeech2:{file}+LM.arpa"
            )
        place = deepspeech2_store.find(file) or Path(file).expanduser()
        return cls(place, Path(model).expanduser() if model else None, options)


class DeepSpeech2Transcriber:
    """Writes down what is said with a DeepSpeech2 file; fits parts.Transcriber. Hotwords are of no use to it.

    chosen: as `Choice.of` reads it. Raises ModelError, SettingsError.
    """

    def __init__(self, chosen: str = "") -> None:
        choice = Choice.of(chosen)
        self.network = Network(choice.file)
        self.decoding, with_model = decoding_of(choice, self.network.facts)
        self.name = self.network.facts.name + with_model
        self._model = choice.language_model.name if choice.language_model else ""

    def __call__(
        self,
        recording: Recording,
        speech: Sequence[Span],
        language: str | None,
        hotwords: Sequence[str],  # noqa: ARG002
        hook: Hook,
    ) -> Transcript:
        """The words in `speech`; raises SettingsError for a language other than the file's."""
        facts = self.network.facts
        _check(language, facts)
        listened = intersect(speech, [recording.span])
        pieces = [c & recording.span or c for c in chunks(listened, cut=quietest(recording.samples))]
        found: list[Word] = []
        done, whole = 0.0, total(pieces)
        hook(Progress("transcribe", 0.0, whole))
        for piece in pieces:
            near = [span for span in listened if span.overlap(piece) > 0]
            found += _guarded(self._hear(recording, piece), recording, near)
            done += piece.duration
            hook(Progress("transcribe", done, whole))
        return Transcript(tuple(found), facts.language, self.name, self._notice())

    def _hear(self, recording: Recording, piece: Span) -> Passage:
        facts = self.network.facts
        heard = self.network.log_probabilities(recording.cut(piece))
        said = words(heard, self.decoding.text(heard), facts.vocabulary, step=facts.step, start=piece.start)
        return Passage(piece, tuple(said))

    def _notice(self) -> str:
        helped = f" with the language model {self._model}" if self._model else ""
        facts = self.network.facts
        return f"The text was written by DeepSpeech2 ({facts.name}){helped}; {facts.expect.rstrip('.')}."


def decoding_of(choice: Choice, facts: Facts) -> tuple[Decoding, str]:
    """How the chosen file is to be read, and how a name tells of it ("" for greedily)."""
    width = int(choice.options["beam"]) if "beam" in choice.options else None
    if choice.language_model is None:
        return Decoding(width), f",beam={width}" if width else ""
    model = KenLanguageModel(choice.language_model)
    usual = dict(zip(("alpha", "beta"), WEIGHTS[model.unit], strict=True))
    alpha, beta = (choice.options.get(name, usual[name]) for name in usual)
    fusion, width = Fusion(model, facts.vocabulary, alpha, beta), width or WIDTH
    return Decoding(width, fusion), f"+{model.name},alpha={alpha:g},beta={beta:g},beam={width}"


def _option(pair: str) -> tuple[str, float]:
    name, _, number = pair.partition("=")
    if name not in RANGES:
        raise SettingsError(f"deepspeech2 has no option {name!r}: there are {', '.join(RANGES)}")
    least, most = RANGES[name]
    try:
        value = float(number)
    except ValueError:
        value = least - 1
    if not (isfinite(value) and least <= value <= most) or (name == "beam" and value != int(value)):
        whole = "a whole number" if name == "beam" else "a number"
        raise SettingsError(f"deepspeech2's {name} is {whole} from {least:g} to {most:g}, not {number!r}")
    return name, value


def _divided(files: str) -> tuple[str, str]:
    """FILE+LM as its two; a + may also stand in a file's name."""
    pluses = [found.start() for found in re.finditer(re.escape("+"), files)]
    there = (at for at in [len(files), *pluses] if deepspeech2_store.find(files[:at]))
    at = next(there, min([len(files), *pluses]))
    return files[:at], files[at + 1 :]


def _check(language: str | None, facts: Facts) -> None:
    """Raise SettingsError for a language that is not the file's; a region ("ko-KR") makes no difference."""
    if language and language.strip().lower().replace("_", "-").partition("-")[0] != facts.language:
        raise SettingsError(
            f"{facts.name} was trained on {facts.language!r} and writes no {language!r}: take another model, or none"
            f" (--asr none)"
        )


def _guarded(passage: Passage, recording: Recording, speech: Sequence[Span]) -> list[Word]:
    """The passage's words that can have been said, at times that can be.

    Whatever repeats stays: a network that hears frame by frame does not fall into loops, people do say it again.
    """
    if not guards.believable(passage, speech):
        return []
    loud = [
        word for word in passage.words if guards.level_db(recording.cut(_around(word.span, speech))) >= guards.QUIET_DB
    ]
    return guards.timed(loud, speech)


def _around(word: Span, speech: Sequence[Span]) -> Span:
    """The speech that a word is of: CTC's symbols may lie anywhere in it, even a little beside it."""
    return min(speech, key=word.gap)
