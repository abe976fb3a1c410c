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

_NO_WAY = 1 << 60


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
    return edits(words_of(reference), words_of(hypothesis))


def character_errors(reference: str, hypothesis: str, *, spaces: bool = True) -> EditCounts:
    """Edits in characters (Korean: syllables), whatever their case and punctuation; spaces count unless told not to.

    >>> said, heard = "할 수 있다", "할수 있다"
    >>> character_errors(said, heard).edits, character_errors(said, heard, spaces=False).edits
    (1, 0)
    """
    return edits(characters_of(reference, spaces=spaces), characters_of(hypothesis, spaces=spaces))


def words_of(text: str) -> list[str]:
    """The words that are compared, whatever their case and punctuation."""
    return normalise(text).split()


def characters_of(text: str, *, spaces: bool = True) -> str:
    """The characters that are compared, whatever their case and punctuation."""
    return normalise(text) if spaces else normalise(text).replace(" ", "")


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

    A row of the usual table holds the edits times a large number, plus the substitutions among them, so that both come
    out of one minimum: with fewest substitutions among the fewest edits. Deletions and insertions follow, as their
    difference is that of the lengths. And as `distance` has told how many edits there are, at most so many, the way
    through the table keeps within a band along its diagonal, which is all of a row that is worked out (Ukkonen, 1985):
    O(n d) time in steps of d edits, O(n + d) memory.
    """
    n, m = len(reference), len(hypothesis)
    fewest = distance(reference, hypothesis)
    deleted, inserted = (fewest + n - m) // 2, (fewest + m - n) // 2  # at most: their difference is known
    many = n + m + 1
    code: dict[Hashable, int] = {}
    ours = [code.setdefault(item, len(code)) for item in hypothesis]
    beside = np.pad(np.array(ours, dtype=np.int64), (deleted, fewest + 1), constant_values=-2)
    steps = np.arange(deleted + inserted + 1, dtype=np.int64) * many
    # row[k]: the way from both beginnings to item i of the reference and item i + k - deleted of the hypothesis
    row = np.where(steps < deleted * many, _NO_WAY, steps - deleted * many)
    for i, item in enumerate(reference):
        through = row + np.where(beside[i : i + len(row)] == code.get(item, -1), 0, many + 1)
        row = np.minimum(through, np.append(row[1:] + many, _NO_WAY))
        row = np.minimum.accumulate(row - steps) + steps  # then anything may be inserted
    substitutions = int(row[m - n + deleted]) - fewest * many
    n_deleted = (fewest - substitutions + n - m) // 2
    return EditCounts(substitutions, n_deleted, fewest - substitutions - n_deleted, n)


def distance(reference: Sequence[Hashable], hypothesis: Sequence[Hashable]) -> int:
    """How many edits there are at least. O(n m / 64): a column of the table is two numbers of n bits.

    Neighbours in a column differ by 1 at most; `up` has a bit where the lower one is more, `down` where it is less
    (Myers, 1999, as Hyyrö, 2003, has it for whole sequences). Python's integers have as many bits as it takes.
    """
    if not reference:
        return len(hypothesis)
    where: dict[Hashable, int] = {}
    for i, item in enumerate(reference):
        where[item] = where.get(item, 0) | 1 << i
    n_edits = len(reference)
    last, every = 1 << n_edits - 1, (1 << n_edits) - 1
    up, down = every, 0
    for item in hypothesis:
        same = where.get(item, 0)
        level = ((same & up) + up ^ up) | same
        right_up, right_down = down | every & ~(level | up), up & level
        n_edits += bool(right_up & last) - bool(right_down & last)
        right_up, right_down = right_up << 1 | 1, right_down << 1
        up, down = every & (right_down | ~(same | down | right_up)), every & right_up & (same | down)
    return n_edits
