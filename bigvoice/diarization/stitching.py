"""Stitching: from local voices and whose they are to turns, two at once included.

In each chunk every local voice goes to one speaker of the recording, no two to the same; what the chunks say of each
20 ms is averaged; as many speakers as are heard there speak, the most active first (Bredin, 2023, pyannote.audio 2.1).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from bigvoice.diarization.local import LocalVoice, runs
from bigvoice.diarization.segmentation import Segmentation, edges
from bigvoice.parts import Embeddings
from bigvoice.span import Span, intersect, merge
from bigvoice.turn import Turn

BREATH = 0.2
"""Seconds: a shorter pause of one speaker is none."""
SHORTEST = 0.1
"""Seconds: a shorter turn is no syllable, unless it is all the speech there is."""

Activity = NDArray[np.float32]


def stitched(
    segmentation: Segmentation, voices: Sequence[LocalVoice], embeddings: Embeddings, speakers: Embeddings
) -> Activity:
    """How much each speaker is active: (n_frames, n_speakers), 0 to 1.

    embeddings (n_voices, dim): of the local voices; speakers (n_speakers, dim): unit rows, what each sounds like.
    """
    of_people = segmentation.activity
    length = of_people.shape[1]
    near_middle = edges(length)
    active = np.zeros((segmentation.n_frames, len(speakers)), np.float32)
    weights = np.zeros((segmentation.n_frames, 1), np.float32)
    for first in segmentation.first:
        weights[first : first + length, 0] += near_middle[: segmentation.n_frames - first]
    near = embeddings @ speakers.T
    for chunk, here in _by_chunk(voices).items():
        first = segmentation.first[chunk]
        place = slice(first, min(first + length, segmentation.n_frames))
        n = place.stop - place.start
        for row, speaker in zip(*linear_sum_assignment(near[here], maximize=True), strict=True):
            person = voices[here[row]].person
            active[place, speaker] += near_middle[:n] * of_people[chunk, :n, person]
    active /= np.maximum(weights, 1e-6)
    return active


def _by_chunk(voices: Sequence[LocalVoice]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for number, voice in enumerate(voices):
        found.setdefault(voice.chunk, []).append(number)
    return found


def speaking(activity: Activity, at_once: NDArray[np.integer]) -> NDArray[np.bool_]:
    """Who speaks: (n_frames, n_speakers). at_once (n_frames,): how many do, 0 to 2.

    Where somebody speaks and no speaker is active, it is whoever is in the nearest frame.
    """
    filled = activity[_nearest(activity.max(axis=1) > 0)]
    ranked = np.argsort(-filled, axis=1, kind="stable")
    speaks = np.zeros(activity.shape, bool)
    rows = np.arange(len(activity))
    for place in range(min(2, activity.shape[1])):
        speaks[rows, ranked[:, place]] = (at_once > place) & ((place == 0) | (filled[rows, ranked[:, place]] > 0))
    return speaks


def _nearest(there: NDArray[np.bool_]) -> NDArray[np.intp]:
    """For each frame the nearest that is there; itself where none is. (n,) -> (n,)."""
    frames = np.arange(len(there))
    places = np.flatnonzero(there)
    if not len(places):
        return frames
    after = np.clip(np.searchsorted(places, frames), 0, len(places) - 1)
    before = np.maximum(after - 1, 0)
    nearer = np.abs(places[before] - frames) <= np.abs(places[after] - frames)
    return np.where(nearer, places[before], places[after])


def turns_of(
    speaks: NDArray[np.bool_], activity: Activity, frame: float, speech: Sequence[Span], ids: Sequence[str]
) -> list[Turn]:
    """Turns in order of time, inside `speech`; a turn's confidence is its speaker's mean activity in it."""
    turns = []
    for speaker, name in enumerate(ids):
        spans = (Span(a * frame, b * frame) for a, b in runs(np.flatnonzero(speaks[:, speaker])))
        for span in intersect(merge(spans, gap=BREATH), speech):
            if span.duration >= SHORTEST or span in speech:
                mean = activity[int(span.start / frame) : int(np.ceil(span.end / frame)), speaker].mean()
                turns.append(Turn(span, name, float(np.clip(mean, 0, 1))))
    return sorted(turns)
