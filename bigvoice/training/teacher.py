"""Teacher: the embeddings of an installed encoder, for our own to learn from.

Resemblyzer's network (GE2E: Wan et al., 2018) was trained on some 8,000 people. It hears each utterance whole and as
recorded; the pupil hears short stretches of it in rooms and noise, and is to tell the same. It hears only the training
audio, at each of its speeds. It is needed for training alone: `pip install webrtcvad-wheels librosa` and then
`pip install --no-deps resemblyzer`.
"""

from __future__ import annotations

import warnings
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bigvoice.decoding import load
from bigvoice.errors import ModelError
from bigvoice.features.augmentation import at_level, at_speed
from bigvoice.recording import RATE
from bigvoice.training.corpus import utterances
from bigvoice.training.store import LONGEST, Store

LEVEL_DB = -30.0
PARTIAL = 160
"""Frames that the network hears at once (1.6 s), and half of it the step."""


def targets(data: Path, folder: Path, store: Store) -> NDArray[np.float32]:
    """What the teacher makes of each stretch of the store's, as unit rows around their mean: (n_stretches, 256).

    Zeros for held-out speakers and for utterances shorter than the teacher hears at once. Kept in the folder.
    Raises ModelError where resemblyzer is not installed.
    """
    kept = folder / "teacher.npz"
    if not kept.exists():
        wanted: dict[int, list[float]] = {}
        for i in np.flatnonzero((store.copy == 0) & ~store.held & (store.length >= PARTIAL)):
            wanted.setdefault(int(store.utterance[i]), []).append(float(store.speed[i]))
        paths = [u.path for u in utterances(data)]
        jobs = [(paths[number], speeds) for number, speeds in wanted.items()]
        with ProcessPoolExecutor() as pool:
            rows = list(pool.map(_listen, jobs, chunksize=32))
        keys = [(number, speed) for number, speeds in wanted.items() for speed in speeds]
        np.savez(kept, keys=np.array(keys), rows=np.vstack(rows))
    with np.load(kept) as file:
        keys, rows = file["keys"], file["rows"]
    rows = rows - rows.mean(axis=0)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    found = {(int(number), float(speed)): row for (number, speed), row in zip(keys, rows, strict=True)}
    nothing = np.zeros(rows.shape[1], np.float32)
    pairs = zip(store.utterance, store.speed, strict=True)
    return np.array([found.get((int(u), float(speed)), nothing) for u, speed in pairs], np.float32)


def _listen(job: tuple[Path, list[float]]) -> NDArray[np.float32]:
    """One utterance at some speeds -> (n_speeds, 256)."""
    path, speeds = job
    samples = load(path).samples[: round(LONGEST * RATE)]
    return np.array([_embedded(at_level(at_speed(samples, speed), LEVEL_DB)) for speed in speeds], np.float32)


def _embedded(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    import torch

    encoder, to_mel = _resemblyzer()
    mels = to_mel(samples)
    last = max(0, len(mels) - PARTIAL)
    starts = range(0, last + 1, PARTIAL // 2) if last else (0,)
    parts = np.array([np.pad(mels[s : s + PARTIAL], ((0, max(0, PARTIAL - len(mels))), (0, 0))) for s in starts])
    with torch.inference_mode():
        mean = encoder(torch.from_numpy(parts)).numpy().mean(axis=0)
    row: NDArray[np.float32] = mean / np.linalg.norm(mean)
    return row


@cache
def _resemblyzer() -> tuple[Any, Any]:
    import torch

    torch.set_num_threads(1)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from resemblyzer import VoiceEncoder
            from resemblyzer.audio import wav_to_mel_spectrogram
    except ImportError as error:
        said = "a teacher needs resemblyzer: pip install webrtcvad-wheels librosa && pip install --no-deps resemblyzer"
        raise ModelError(said) from error
    return VoiceEncoder("cpu", verbose=False), wav_to_mel_spectrogram
