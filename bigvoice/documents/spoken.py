"""Spoken: the words of the dialogue one by one, each with its time; joined, they are the text of their block."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bigvoice.documents.dialogue import Run, parts
from bigvoice.minutes.minutes import Utterance
from bigvoice.word import Word


@dataclass(frozen=True, slots=True)
class Spoken:
    """A word as it is read: `start` in seconds; space: one stands before it; runs: its sure and unsure parts."""

    start: float
    space: bool
    runs: tuple[Run, ...]

    @property
    def text(self) -> str:
        """With the space before it."""
        return " " * self.space + "".join(run.text for run in self.runs)


def spoken(utterances: Iterable[Utterance], *, mark_unsure: bool) -> tuple[Spoken, ...]:
    """The words of a block that can be seen, in order."""
    found: list[Spoken] = []
    space = False
    for utterance in utterances:
        for word in utterance.words:
            before, runs, after = _trimmed(word, mark_unsure=mark_unsure and not utterance.checked)
            if runs:
                found.append(Spoken(word.span.start, bool(found) and (space or before), runs))
            space = after if runs else space or before
        space = True
    return tuple(found)


def _trimmed(word: Word, *, mark_unsure: bool) -> tuple[bool, tuple[Run, ...], bool]:
    """Its runs without white space at their ends, and whether some stood before and after them."""
    text = "".join(part for part, _ in parts(word, mark_unsure=mark_unsure))
    runs = [Run(part, unsure) for part, unsure in parts(word, mark_unsure=mark_unsure) if part.strip()]
    if runs:
        runs[0] = Run(runs[0].text.lstrip(), runs[0].unsure)
        runs[-1] = Run(runs[-1].text.rstrip(), runs[-1].unsure)
    return text.startswith(" "), tuple(runs), text.endswith(" ")
