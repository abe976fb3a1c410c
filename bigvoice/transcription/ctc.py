"""CTC: what a network's frame-by-frame probabilities say, by connectionist temporal classification.

(Graves et al., 2006.) The network gives each frame a probability for every symbol and for a blank. A text stands for
all ways through the frames that give it once repeated symbols are merged and blanks are left out: "해 해 - 해 야" is
"해해야", and only a blank between them makes two of one.

`greedy` reads the text off the likeliest way, `align` finds a text's likeliest way, `log_probability` sums over all of
its ways. A core: log probabilities are (n_frames, n_numbers), natural logarithms, column BLANK the blank's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from bigvoice.corpora.statistics import n_steps_needed
from bigvoice.corpora.vocabulary import BLANK

LogProbabilities = NDArray[np.float32]
_Scores = NDArray[np.float64]

_IMPOSSIBLE = -1e9
"""Stands for the logarithm of 0 in a frame: a text that no way allows is still aligned, by the least impossible way."""


@dataclass(frozen=True, slots=True)
class Symbol:
    """A symbol and the frames [first, end) that it is said in."""

    number: int
    first: int
    end: int


def collapse(path: Sequence[int]) -> list[int]:
    """The symbols of a way through the frames: repeats merged, then blanks left out.

    >>> collapse([0, 3, 3, 0, 3, 5, 5, 0])
    [3, 3, 5]
    """
    return [number for number, _ in groupby(path) if number != BLANK]


def greedy(log_probabilities: LogProbabilities) -> list[int]:
    """The symbols of the likeliest way: (n_frames, n_symbols with the blank) -> numbers without blanks."""
    return collapse(log_probabilities.argmax(axis=1).tolist())


def align(log_probabilities: LogProbabilities, numbers: Sequence[int]) -> list[Symbol]:
    """When each symbol is said: Viterbi over the ways of this text, O(n_frames * n_symbols).

    Networks trained with CTC give a symbol few frames, often one, near its end in speech, and the rest to the blank.
    Raises ValueError where the frames are fewer than `n_steps_needed`.
    """
    if (needed := n_steps_needed(numbers)) > len(log_probabilities):
        raise ValueError(f"{len(log_probabilities)} frames cannot say a text that needs {needed}")
    path = _best_path(_lattice(log_probabilities, numbers, np.maximum), numbers) if numbers else []
    runs: list[Symbol] = []
    for state, frames in groupby(range(len(path)), key=lambda frame: path[frame]):
        if state % 2:
            run = list(frames)
            runs.append(Symbol(numbers[state // 2], run[0], run[-1] + 1))
    return runs


def log_probability(log_probabilities: LogProbabilities, numbers: Sequence[int]) -> float:
    """The natural logarithm of the probability that the frames say exactly this text, all its ways taken together.

    The forward pass of Graves et al. (2006), section 4.1; -inf for a text that needs more frames than there are.
    """
    if not len(log_probabilities):
        return -np.inf if numbers else 0.0
    lattice = _lattice(log_probabilities, numbers, np.logaddexp)
    found = float(np.logaddexp.reduce(lattice[-1, -2:]))
    return min(0.0, found) if found > _IMPOSSIBLE / 2 else -np.inf


def _lattice(log_probabilities: LogProbabilities, numbers: Sequence[int], either: Callable[..., _Scores]) -> _Scores:
    """(n_frames, 2 * n_symbols + 1): how good or how probable the ways are that lead to each state by each frame.

    States are the symbols with a blank before, between and behind them. From one frame to the next a way stays, goes
    to the next state, or skips the blank between two different symbols. either: what becomes of ways that meet:
    np.maximum keeps the better one, np.logaddexp adds their probabilities.
    """
    states = np.full(2 * len(numbers) + 1, BLANK)
    states[1::2] = numbers
    skip = np.flatnonzero((states[2:] != BLANK) & (states[2:] != states[:-2])) + 2
    seen = np.maximum(log_probabilities[:, states], _IMPOSSIBLE, dtype=np.float64)
    scores = np.full(seen.shape, -np.inf)
    scores[0, :2] = seen[0, :2]
    for frame in range(1, len(seen)):
        before = scores[frame - 1]
        now = before.copy()
        now[1:] = either(now[1:], before[:-1])
        now[skip] = either(now[skip], before[skip - 2])
        scores[frame] = now + seen[frame]
    return scores


def _best_path(scores: _Scores, numbers: Sequence[int]) -> list[int]:
    """The state of each frame on the best way, found backwards: a state's score came from the best before it."""
    state = int(np.argmax(scores[-1, -2:])) + scores.shape[1] - 2
    path = [state]
    for before in scores[-2::-1]:
        skips = state % 2 and state > 1 and numbers[state // 2] != numbers[state // 2 - 1]
        state = max(range(max(0, state - (2 if skips else 1)), state + 1), key=before.__getitem__)
        path.append(state)
    return path[::-1]
