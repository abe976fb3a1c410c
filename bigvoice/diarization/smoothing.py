"""Smoothing: from what each window says of its speaker to turns.

A window is long (1.5 s) and its neighbours overlap it; a change of speaker may lie anywhere inside. So the windows'
scores are laid over short frames, and the likeliest path through the frames is taken, where every change of speaker
costs something (Viterbi, 1967).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bigvoice.span import Span, merge
from bigvoice.turn import Turn

FRAME_S = 0.1
"""Seconds a frame: finer than a listener's idea of where a turn begins."""


def lay_over_frames(windows: Sequence[Span], scores: NDArray[np.floating], n_frames: int) -> NDArray[np.float64]:
    """Each frame's score: the mean of the windows over it, the nearer their middle the heavier.

    windows (n), scores (n, k) -> (n_frames, k); a frame that no window covers gets zeros.
    """
    laid = np.zeros((n_frames, scores.shape[1]))
    weight = np.zeros((n_frames, 1))
    for window, score in zip(windows, scores, strict=True):
        first = int(window.start / FRAME_S)
        last = min(n_frames, max(first + 1, round(window.end / FRAME_S)))
        times = (np.arange(first, last) + 0.5) * FRAME_S
        near = np.maximum(0.05, 1 - np.abs(times - window.middle) / (window.duration / 2 + FRAME_S))[:, None]
        laid[first:last] += near * score
        weight[first:last] += near
    return laid / np.where(weight > 0, weight, 1)


def viterbi(scores: NDArray[np.floating], change_cost: float) -> NDArray[np.intp]:
    """The path with the highest sum of scores less `change_cost` per change: (n_frames, k) -> (n_frames,).

    Any change costs the same, so the best way into a state is to stay or to come from the best state of all:
    O(n_frames * k).
    """
    n, k = scores.shape
    came_from = np.empty((n, k), np.intp)
    best = np.zeros(k)
    states = np.arange(k)
    for t in range(n):
        leader = int(best.argmax())
        stay = best >= best[leader] - change_cost
        came_from[t] = np.where(stay, states, leader)
        best = np.where(stay, best, best[leader] - change_cost) + scores[t]
    path = np.empty(n, np.intp)
    state = int(best.argmax()) if n else 0
    for t in range(n - 1, -1, -1):
        path[t] = state
        state = int(came_from[t, state])
    return path


def spans_where(frames: NDArray[np.bool_], frame: float) -> list[Span]:
    """The runs of frames that are true: (n_frames,) of `frame` seconds each -> spans in order of time."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], frames, [False]))))
    return [Span(start * frame, end * frame) for start, end in edges.reshape(-1, 2).tolist()]


def turns_of(path: NDArray[np.intp], speech: Sequence[Span], ids: Sequence[str]) -> list[Turn]:
    """The speech cut where the path changes: path (n_frames,), ids of its states -> turns in order of time."""
    turns: list[Turn] = []
    for span in merge(speech):
        first, last = int(span.start / FRAME_S), max(int(span.start / FRAME_S) + 1, int(np.ceil(span.end / FRAME_S)))
        states = path[first:last]
        if len(states) == 0:
            continue
        cuts = np.flatnonzero(np.diff(states)) + 1
        borders = [span.start, *((first + cuts) * FRAME_S), span.end]
        for begin, end, state in zip(borders, borders[1:], states[[0, *cuts]], strict=False):
            if end > begin:
                turns.append(Turn(Span(float(begin), float(end)), ids[state]))
    return turns
