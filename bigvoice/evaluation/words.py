"""Words: how far a transcript is from what was said, in words (WER) or characters (CER). Counts that add.

Korean is measured in characters: where its words end is partly a matter of taste, so CER also comes without spaces.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np

from bigvoice.evaluation.ratio import error_rate


@dataclass(frozen=True, slots=True)
class EditCounts:
    """The fewest edits that make the reference of the hypothesis; of those, the ones that keep most of it.

    total: words or characters of the reference.
    """

    substitutions: int = 0
    deletions: int = 0
    insertions: int = 0
    total: int = 0

    def __add__(self, other: EditCounts) -> EditCounts:
        """The edits of both texts."""
        return EditCounts(
            self.substitutions + other.substitutions,
            self.deletions + other.deletions,
            self.insertions + other.insertions,
            self.total + other.total,
        )

    @property
    def edits(self) -> int:
        """All of them."""
        return self.substitutions + self.deletions + self.insertions

    @property
    def rate(self) -> float:
        """The word or character error rate; above 1 where more is wrong than was said."""
        return error_rate(self.edits, self.total)


def word_errors(reference: str, hypothesis: str) -> EditCounts:
    """Edits in words, whatever their case and punctuation.

    >>> word_errors("The budget stays as it is.", "the budget stays is it")
    EditCounts(substitutions=1, deletions=1, insertions=0, total=6)
    """
    return edits(normalise(reference).split(), normalise(hypothesis).split())


def character_errors(reference: str, hypothesis: str, *, spaces: bool = True) -> EditCounts:
    """Edits in characters (Korean: syllables), whatever their case and punctuation; spaces count unless told not to.

    >>> said, heard = "할 수 있다", "할수 있다"
    >>> character_errors(said, heard).edits, character_errors(said, heard, spaces=False).edits
    (1, 0)
    """
    texts = [normalise(reference), normalise(hypothesis)]
    return edits(*(text if spaces else text.replace(" ", "") for text in texts))


def normalise(text: str) -> str:
    """Lower case, composed (NFKC), single spaces; no punctuation or signs but the apostrophe inside a word.

    >>> normalise("Mm-hm: it’s  GOOD, 'really'.")
    "mm hm it's good really"
    """
    folded = unicodedata.normalize("NFKC", text).casefold().replace("’", "'")
    plain = "".join(c if c == "'" or unicodedata.category(c)[0] in "LMN" else " " for c in folded)
    return " ".join(re.sub(r"(?<!\w)'|'(?!\w)", " ", plain).split())


def edits(reference: Sequence[Hashable], hypothesis: Sequence[Hashable]) -> EditCounts:
    """The edits between two sequences of anything that can be compared (Levenshtein's).

    O(n m) time in m-wide steps, O(m) memory. A row of the usual table holds the edits times a large number, plus the
    substitutions among them, so that both come out of one minimum: with fewest substitutions among the fewest edits.
    Deletions and insertions follow, as their difference is that of the lengths.
    """
    many = len(reference) + len(hypothesis) + 1
    code: dict[Hashable, int] = {}
    ours = np.array([code.setdefault(item, len(code)) for item in hypothesis], dtype=np.int64)
    inserted = np.arange(len(ours) + 1, dtype=np.int64) * many
    row = inserted
    for item in reference:
        through = row[:-1] + np.where(ours == code.get(item, -1), 0, many + 1)
        row = row + many
        row[1:] = np.minimum(row[1:], through)
        row = np.minimum.accumulate(row - inserted) + inserted  # then anything may be inserted
    n_edits, substitutions = divmod(int(row[-1]), many)
    deletions = (n_edits - substitutions + len(reference) - len(hypothesis)) // 2
    return EditCounts(substitutions, deletions, n_edits - substitutions - deletions, len(reference))
