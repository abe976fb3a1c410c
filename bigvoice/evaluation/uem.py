"""UEM (.uem): the regions of each recording that are scored; what lies outside was not annotated, or not wanted.

    board 1 0.000 600.000

Source: NIST, The 2009 (RT-09) Rich Transcription Meeting Recognition Evaluation Plan, appendix B.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

from bigvoice.documents.rttm import field
from bigvoice.documents.text_file import parsed
from bigvoice.errors import DocumentError
from bigvoice.span import Span, merge


def render(regions: Mapping[str, Iterable[Span]]) -> str:
    r"""A line a region, times to the millisecond; regions that touch are one.

    >>> render({"board": [Span(0, 300), Span(300, 600)]})
    'board 1 0.000 600.000\n'
    """
    return "".join(
        f"{field(file)} 1 {span.start:.3f} {span.end:.3f}\n" for file, own in regions.items() for span in merge(own)
    )


def parse(text: str) -> dict[str, list[Span]]:
    """The regions of each recording, in order of time. Raises DocumentError, naming the line, for one that is none."""
    found: dict[str, list[Span]] = defaultdict(list)
    for number, line in enumerate(text.splitlines(), 1):
        fields = line.split()
        if not fields or fields[0].startswith((";", "#")):
            continue
        try:
            file, _, start, end = fields
            found[file].append(Span(float(start), float(end)))
        except ValueError as error:
            raise DocumentError(f"line {number} is no UEM: `file channel start end` belongs there") from error
    return {file: merge(spans) for file, spans in found.items()}


def read(path: str | Path) -> dict[str, list[Span]]:
    """The regions in a UEM file, by recording. Raises DocumentError."""
    return parsed(path, parse)
