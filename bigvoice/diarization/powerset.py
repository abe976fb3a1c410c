"""Powerset: who of three people speaks, with at most two at once, as one of seven classes.

One class a set of speakers (Plaquet and Bredin, Powerset multi-class cross entropy loss for neural speaker diarization,
2023): overlap needs no threshold of its own, and a frame's probabilities add up to 1.
"""

from __future__ import annotations

from itertools import combinations, permutations

import numpy as np
from numpy.typing import NDArray

N_PEOPLE = 3
AT_ONCE = 2
SETS = tuple(people for size in range(AT_ONCE + 1) for people in combinations(range(N_PEOPLE), size))
"""The classes: (), (0,), (1,), (2,), (0, 1), (0, 2), (1, 2)."""
MEMBERS = np.array([[person in people for person in range(N_PEOPLE)] for people in SETS], np.float32)
"""(n_classes, N_PEOPLE), 1 where a class has a person."""
N_TOGETHER = MEMBERS.sum(axis=1).astype(int)
"""People speaking, by class."""
RENAMED = np.array(
    [
        [SETS.index(tuple(sorted(order[p] for p in people))) for people in SETS]
        for order in permutations(range(N_PEOPLE))
    ]
)
"""(n_orders, n_classes): what each class becomes where person p is called order[p] instead."""


def classes(activity: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """(n_people, n_frames), at most N_PEOPLE of them -> the class of each frame (n_frames,).

    Where more than two speak, the two who speak most in all stand for them.

    >>> classes(np.array([[1, 1, 0, 0], [0, 1, 1, 0]], bool)).tolist()
    [1, 4, 2, 0]
    """
    people = np.zeros((N_PEOPLE, activity.shape[1]), bool)
    people[: len(activity)] = activity
    ranked = np.argsort(-people.sum(axis=1), kind="stable")
    kept = np.zeros_like(people)
    kept[ranked] = people[ranked] & (np.cumsum(people[ranked], axis=0) <= AT_ONCE)
    code = kept.T @ (1 << np.arange(N_PEOPLE))
    found: NDArray[np.uint8] = _BY_CODE[code]
    return found


_BY_CODE = np.zeros(1 << N_PEOPLE, np.uint8)
for _number, _people in enumerate(SETS):
    _BY_CODE[sum(1 << person for person in _people)] = _number
