"""Ratio: how much of a whole a part is, where the whole may be nothing. Rates are taken last, of added counts."""

from __future__ import annotations

import math


def error_rate(errors: float, total: float) -> float:
    """Errors for each unit there was to get right: 0 where neither is, infinite where all there is is wrong.

    >>> error_rate(1, 4), error_rate(0, 0), error_rate(1, 0)
    (0.25, 0.0, inf)
    """
    return errors / total if total else (math.inf if errors else 0.0)


def share(part: float, whole: float) -> float:
    """The part of a whole; not a number where there is no whole to have a share of.

    >>> share(1, 4), share(0, 0)
    (0.25, nan)
    """
    return part / whole if whole else math.nan
