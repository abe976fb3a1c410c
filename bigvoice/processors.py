"""Processors: how many this program may use."""

from __future__ import annotations

import os


def n_processors() -> int:
    """Those it is given, where the system tells; else those there are."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
