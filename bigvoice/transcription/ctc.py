"""CTC: what a network's frame-by-frame probabilities say, by connectionist temporal classification.

(Graves et al., 2006.) The network gives each frame a probability for every symbol and for a blank. A text stands for
all ways through the frames that give it once repeated symbols are merged and blanks are left out: "해 해 - 해 야" is
"해해야", and only a blank between them makes two of one.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from bigvoice.corpora.vocabulary import BLANK


def collapse(path: Sequence[int]) -> list[int]:
    """The symbols of a way through the frames: repeats merged, then blanks left out.

    >>> collapse([0, 3, 3, 0, 3, 5, 5, 0])
    [3, 3, 5]
    """
    return [number for number, _ in groupby(path) if number != BLANK]


def greedy(log_probabilities: NDArray[np.float32]) -> list[int]:
    """The symbols of the likeliest way: (n_frames, n_symbols with the blank) -> numbers without blanks."""
    return collapse(log_probabilities.argmax(axis=1).tolist())
