"""Screen: what a run shows. Stages with a bar on stderr while it works, a table on stdout when it is done."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.table import Table

from bigvoice import progress
from bigvoice.documents.shares_table import percents
from bigvoice.documents.wording import ENGLISH
from bigvoice.minutes.correcting import Unfit
from bigvoice.minutes.minutes import SUGGESTED, Minutes
from bigvoice.minutes.shares import Share, talk_shares
from bigvoice.minutes.wording_of_corrections import told
from bigvoice.span import clock

STAGES = {
    "voices": "Listening to enrolled voices again",
    "load": "Reading the recording",
    "detect": "Finding speech",
    "speech": "Finding speech",
    "segment": "Finding who speaks at a time",
    "embed": "Listening to the voices",
    "learn": "Listening to strangers",
    "pyannote": "pyannote at work",
    "diarize": "Telling voices apart",
    "turns": "Telling voices apart",
    "transcribe": "Writing down the words",
    "words": "Writing down the words",
    "sound": "Making the sound of the page",
    "measure": "Trying the recognisers",
}
"""A stage's name on the screen; one that is not here is shown as it is called."""


class Screen:
    """Draws progress while it is open, if stderr is a terminal and nobody asked for quiet; leaves no trace.

    Notes that come with the progress are said on lines of their own, also where there is no terminal.
    """

    def __init__(self, *, quiet: bool = False) -> None:
        self._console = Console(stderr=True)
        self._quiet = quiet
        self._bars = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f} %"),
            TimeRemainingColumn(),
            console=self._console,
            transient=True,
            disable=quiet or not self._console.is_terminal,
        )
        self._tasks: dict[str, TaskID] = {}
        self._told: set[str] = set()

    def __enter__(self) -> Screen:
        self._bars.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._bars.stop()

    def hook(self, report: progress.Progress) -> None:
        """Takes a report; `bigvoice.progress.Hook`."""
        stage = _in_words(report.stage)
        if stage not in self._tasks:
            self._tasks[stage] = self._bars.add_task(escape(stage), total=1.0)
        self._bars.update(self._tasks[stage], completed=report.fraction)
        said = f"{stage}: {report.note}"
        if report.note and said not in self._told:
            self._told.add(said)
            self.say(said)

    def say(self, line: str) -> None:
        """Shows a line, unless nobody wants to hear."""
        if not self._quiet:
            self._console.print(line, markup=False, highlight=False, soft_wrap=True)


def _in_words(stage: str) -> str:
    """The stage, and the channel where there are several: "transcribe 2"."""
    name, _, channel = stage.partition(" ")
    shown = STAGES.get(name, name)
    return f"{shown}, channel {channel}" if channel else shown


def show(
    minutes: Minutes,
    files: Sequence[Path],
    *,
    unfit: Sequence[Unfit] = (),
    quiet: bool = False,
    as_json: bool = False,
) -> None:
    """The summary on stdout: who spoke how much, what the reader is to know, where the files are."""
    lost = [f"{told(each.correction, minutes)} ({each.why})" for each in unfit]
    if as_json:
        print(json.dumps(summary(minutes, files, lost), ensure_ascii=False, indent=2))
    elif not quiet:
        _print_table(minutes, files, lost)


def summary(minutes: Minutes, files: Sequence[Path], lost: Sequence[str] = ()) -> dict[str, Any]:
    """The summary as JSON values; times in seconds. lost: corrections that no longer fit, in words."""
    shares = talk_shares(minutes)
    return {
        "recording": minutes.source.file,
        "duration": round(minutes.source.duration, 2),
        "language": minutes.language,
        "speakers": [_speaker_to_json(row) for row in shares.speakers],
        "silence": round(shares.silence, 2),
        "overlap": round(shares.overlap, 2),
        "made_with": dict(minutes.maker.parts),
        "notices": list(minutes.maker.notices),
        "corrections_left": list(lost),
        "files": [str(file) for file in files],
    }


def _speaker_to_json(row: Share) -> dict[str, Any]:
    speaker = row.speakers[0]
    return {
        "id": speaker.id,
        "name": speaker.name,
        "named_by": speaker.named_by,
        "role": speaker.role,
        "confidence": round(speaker.confidence, 3),
        "seconds": round(row.seconds, 2),
        "share": round(row.share, 4),
        "turns": row.turns,
        "words": row.words,
    }


def _print_table(minutes: Minutes, files: Sequence[Path], lost: Sequence[str]) -> None:
    console = Console(highlight=False)
    shares = talk_shares(minutes)
    table = Table("Speaker", "Role", title=escape(minutes.title or minutes.source.file), title_justify="left")
    for heading in ("Time", "Share", "Turns", "Words"):
        table.add_column(heading, justify="right")
    for row, percent in zip(shares.speakers, percents([row.share for row in shares.speakers]), strict=True):
        speaker = row.speakers[0]
        counts = (clock(row.seconds), f"{percent}%", str(row.turns), str(row.words))
        table.add_row(escape(speaker.label()), escape(ENGLISH.role_of(speaker)), *counts)
    console.print(table)
    spans = {"in all": shares.duration, "of silence": shares.silence, "of speech at once": shares.overlap}
    console.print(", ".join(f"{clock(seconds)} {what}" for what, seconds in spans.items()))
    for part, name in minutes.maker.parts:
        console.print(f"{part}: {name}", markup=False)
    suggested = any(speaker.named_by == SUGGESTED for speaker in minutes.speakers)
    for notice in (*minutes.maker.notices, *([ENGLISH.suggested_note] if suggested else [])):
        console.print(f"Note: {notice}", markup=False, soft_wrap=not console.is_terminal)  # in a file it is one line
    for line in lost:
        console.print(f"A correction no longer fits: {line}", markup=False, soft_wrap=True)
    for file in files:
        console.print(f"-> {file}", markup=False, soft_wrap=True)
