"""RTTM (.rttm): who spoke when, for programs that measure diarization; no words.

    SPEAKER board 1 1.000 5.000 <NA> <NA> Mina_Park <NA> <NA>

Source: NIST, The 2009 (RT-09) Rich Transcription Meeting Recognition Evaluation Plan, appendix A.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path, PurePath

from bigvoice.documents.line import one_line
from bigvoice.documents.text_file import parsed
from bigvoice.documents.wording import wording_for
from bigvoice.errors import DocumentError
from bigvoice.minutes.minutes import Minutes
from bigvoice.settings import DocumentOptions
from bigvoice.span import Span
from bigvoice.turn import Turn


def render(minutes: Minutes, options: DocumentOptions) -> str:
    """A line an utterance, times to the millisecond; what is shorter than that is left out.

    A suggested name has its question mark here too, so that no program takes it for the person.
    """
    wording = wording_for(minutes, options)
    names = {speaker.id: wording.label(speaker) for speaker in minutes.speakers}
    file = PurePath(minutes.source.file).stem
    turns = [Turn(utterance.span, names[utterance.speaker]) for utterance in minutes.utterances]
    return "".join(_line(file, turn) for turn in turns if _milliseconds(turn.span) > 0)


def parse(text: str) -> dict[str, list[Turn]]:
    """The turns of each file that RTTM lines tell of, in order of time; lines of other kinds are passed over.

    Raises DocumentError, naming the line, for a SPEAKER line that is none.
    """
    found: dict[str, list[Turn]] = defaultdict(list)
    for number, line in enumerate(text.splitlines(), 1):
        fields = line.split()
        if not fields or fields[0] != "SPEAKER":
            continue
        try:
            start, duration = float(fields[3]), float(fields[4])
            found[fields[1]].append(Turn(Span(start, round(start + duration, 6)), fields[7]))
        except (IndexError, ValueError) as error:
            raise DocumentError(
                f"line {number} is no RTTM: SPEAKER file channel start seconds <NA> <NA> name belongs there"
            ) from error
    return {file: sorted(turns) for file, turns in found.items()}


def read(path: str | Path) -> dict[str, list[Turn]]:
    """The turns in an RTTM file, by recording. Raises DocumentError."""
    return parsed(path, parse)


def _line(file: str, turn: Turn) -> str:
    start, seconds = round(turn.span.start * 1000) / 1000, _milliseconds(turn.span) / 1000
    return f"SPEAKER {field(file)} 1 {start:.3f} {seconds:.3f} <NA> <NA> {field(turn.speaker)} <NA> <NA>\n"


def _milliseconds(span: Span) -> int:
    """Between the rounded ends, so that turns that touch still do."""
    return round(span.end * 1000) - round(span.start * 1000)


def field(text: str) -> str:
    """A name as a field of RTTM, STM or UEM, which white space parts: it has none.

    >>> field("Mina Park")
    'Mina_Park'
    """
    return one_line(text).replace(" ", "_") or "<NA>"
