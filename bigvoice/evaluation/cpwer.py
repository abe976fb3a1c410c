"""cpWER: words under the right speaker, whatever the speakers are called. Counts that add.

What each speaker said is joined, in order of time; speakers are mapped one to one so that there are fewest edits; a
speaker who has no partner is all deletions or insertions. A word that is right but stands under another speaker is
wrong twice, here missing and there too many.

Source: Watanabe and others, CHiME-6 Challenge (2020), the concatenated minimum-permutation word error rate. The best
permutation is found by assignment (as in meeteval), so that many speakers cost no more than n squared comparisons.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import repeat

import numpy as np
from scipy.optimize import linear_sum_assignment

from bigvoice.evaluation.words import EditCounts, characters_of, distance, edits, words_of


def cp_word_errors(reference: Mapping[str, str], hypothesis: Mapping[str, str]) -> EditCounts:
    """Edits in words, whatever their case and punctuation. reference, hypothesis: what each speaker said.

    >>> said = {"Mina": "good morning", "Joon": "hello"}
    >>> cp_word_errors(said, {"s1": "hello", "s2": "good morning"}).edits
    0
    >>> cp_word_errors(said, {"s1": "good morning hello"})
    EditCounts(substitutions=0, deletions=1, insertions=1, total=3)
    """
    return _fewest(words_of, reference, hypothesis)


def cp_character_errors(
    reference: Mapping[str, str], hypothesis: Mapping[str, str], *, spaces: bool = True
) -> EditCounts:
    """Edits in characters (Korean: syllables), whatever their case and punctuation; spaces count unless told not to."""
    return _fewest(partial(characters_of, spaces=spaces), reference, hypothesis)


def _fewest(
    parts_of: Callable[[str], Sequence[str]], reference: Mapping[str, str], hypothesis: Mapping[str, str]
) -> EditCounts:
    n = max(len(reference), len(hypothesis))
    true, found = (
        [parts_of(text) for text in (*texts.values(), *repeat("", n - len(texts)))] for texts in (reference, hypothesis)
    )
    n_edits = np.array([[distance(said, heard) for heard in found] for said in true], dtype=np.int64).reshape(n, n)
    pairs = zip(*linear_sum_assignment(n_edits), strict=True)
    return sum((edits(true[i], found[j]) for i, j in pairs), EditCounts())
