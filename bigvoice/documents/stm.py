"""STM (.stm): who said what when, for programs that measure transcripts; an utterance a line.

    board 1 Mina_Park 1.000 6.000 Good afternoon. Let us begin with the budget.

Source: NIST, SCTK's sclite, `infmts`: the segment time mark format. A label such as <O,F0,M> may stand before the text.
"""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path, PurePath

from bigvoice.documents.line import one_line
from bigvoice.documents.rttm import field
from bigvoice.documents.text_file import parsed
from bigvoice.documents.wording import wording_for
from bigvoice.errors import DocumentError
from bigvoice.minutes.minutes import Minutes, Utterance
from bigvoice.settings import DocumentOptions
from bigvoice.span import Span
from bigvoice.word import Word

NOT_SCORED = "IGNORE_TIME_SEGMENT_IN_SCORING"
"""In place of a text: nobody has written down what is said there."""

_LABEL = re.compile(r"^<[\w,.-]*>(?=\s|$)")


def render(minutes: Minutes, options: DocumentOptions) -> str:
    """A line an utterance that has words, times to the millisecond."""
    wording = wording_for(minutes, options)
    names = {speaker.id: field(wording.label(speaker)) for speaker in minutes.speakers}
    file = field(PurePath(minutes.source.file).stem)
    return "".join(
        f"{file} 1 {names[each.speaker]} {each.span.start:.3f} {each.span.end:.3f} {_unlabelled(text)}\n"
        for each in minutes.utterances
        if (text := one_line(each.text))
    )


def parse(text: str) -> dict[str, list[Utterance]]:
    """The utterances of each file, in order of time; each has one word, its whole text, as STM times no words.

    What is not to be scored is left out. Raises DocumentError, naming the line, for one that is no STM.
    """
    found: dict[str, list[Utterance]] = defaultdict(list)
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith(";;"):
            continue
        fields = line.split(maxsplit=5)
        try:
            span = Span(float(fields[3]), float(fields[4]))
        except (IndexError, ValueError) as error:
            raise DocumentError(f"line {number} is no STM: `file channel name start end text` belongs there") from error
        said = _LABEL.sub("", fields[5], count=1).strip() if fields[5:] else ""
        if said.upper() != NOT_SCORED:
            found[fields[0]].append(Utterance(span, fields[2], (Word(span, said),) if said else ()))
    return {file: sorted(utterances, key=lambda each: each.span) for file, utterances in found.items()}


def read(path: str | Path) -> dict[str, list[Utterance]]:
    """The utterances in an STM file, by recording. Raises DocumentError."""
    return parsed(path, parse)


def _unlabelled(text: str) -> str:
    """A text that begins like a label gets an empty label before it, so that it is read as text."""
    return f"<> {text}" if _LABEL.match(text) else text
