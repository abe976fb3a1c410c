"""CTC by the slowest road: every way through the frames, one by one."""

from __future__ import annotations

from collections import defaultdict
from itertools import product

import numpy as np
from hypothesis import strategies as st

from bigvoice.transcription.ctc import LogProbabilities, collapse


def every_way(log_probabilities: LogProbabilities) -> dict[tuple[int, ...], list[tuple[float, tuple[int, ...]]]]:
    """Each text that the frames can say -> its ways: (log probability, path)."""
    n_frames, n_numbers = log_probabilities.shape
    ways: dict[tuple[int, ...], list[tuple[float, tuple[int, ...]]]] = defaultdict(list)
    for path in product(range(n_numbers), repeat=n_frames):
        ways[tuple(collapse(path))].append((float(sum(log_probabilities[range(n_frames), path])), path))
    return ways


def log_softmax(scores: np.ndarray) -> LogProbabilities:
    """Rows of scores as log probabilities, float32."""
    return (scores - np.logaddexp.reduce(scores, axis=1, keepdims=True)).astype(np.float32)


def posteriors(most_frames: int = 5, most_symbols: int = 3) -> st.SearchStrategy[LogProbabilities]:
    """Random log probabilities, from nearly even to nearly certain."""

    def drawn(shape_seed_and_heat: tuple[int, int, int, float]) -> LogProbabilities:
        n_frames, n_symbols, seed, heat = shape_seed_and_heat
        return log_softmax(heat * np.random.default_rng(seed).normal(size=(n_frames, n_symbols + 1)))

    return st.tuples(
        st.integers(1, most_frames), st.integers(1, most_symbols), st.integers(0, 9999), st.floats(0.1, 5)
    ).map(drawn)


def path_of(frames: str, symbols: str, sure: float = 0.9) -> LogProbabilities:
    """Log probabilities whose likeliest way is `frames`, a character a frame, "-" for the blank."""
    n_numbers = len(symbols) + 1
    rows = np.full((len(frames), n_numbers), (1 - sure) / (n_numbers - 1))
    rows[range(len(frames)), [(symbols.index(char) + 1) if char != "-" else 0 for char in frames]] = sure
    return np.log(rows).astype(np.float32)
