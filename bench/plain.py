"""The plain recipes to be better than, each as its tutorial has it: the yardsticks of bench/diarization.py.

Who spoke when: windows of 1.5 s, mean and deviation of 20 MFCC (librosa), standardized; k-means with the number of
clusters that has the best silhouette. Naming: an RBF SVM with probabilities on single windows of the enrolment clips.
Both get the same speech as bigvoice.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import librosa
import numpy as np
from numpy.typing import NDArray
from sklearn.calibration import CalibratedClassifierCV
from sklearn.cluster import KMeans
from sklearn.metrics import silhouette_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from bigvoice.diarization.windows import slide
from bigvoice.recording import RATE, Samples
from bigvoice.span import Span
from bigvoice.turn import Turn

LENGTH, STEP = 1.5, 0.75


def describe(samples: Samples, windows: Sequence[Span]) -> NDArray[np.float64]:
    """Mean and deviation of 20 MFCC a window: (n, 40)."""
    mfcc = librosa.feature.mfcc(y=samples, sr=RATE, n_mfcc=20, n_fft=512, win_length=400, hop_length=160)
    rows = [mfcc[:, round(w.start * 100) : max(round(w.end * 100), round(w.start * 100) + 1)] for w in windows]
    return np.array([np.concatenate([row.mean(axis=1), row.std(axis=1)]) for row in rows])


def diarize(samples: Samples, speech: Sequence[Span], *, most: int = 10) -> list[Turn]:
    """Turns by k-means, the number of speakers by silhouette."""
    windows = slide(speech, LENGTH, STEP)
    rows = StandardScaler().fit_transform(describe(samples, windows))
    if len(rows) < 4:
        return [Turn(window, "0") for window in windows]
    tried = [KMeans(k, n_init=10, random_state=0).fit_predict(rows) for k in range(2, min(most, len(rows) - 1) + 1)]
    labels = max(tried, key=lambda found: silhouette_score(rows, found))
    return by_window(windows, [str(label) for label in labels], speech)


def name(
    samples: Samples,
    speech: Sequence[Span],
    clips: dict[str, list[Samples]],
    *,
    least: Sequence[float],
) -> list[list[Turn]]:
    """For each threshold: the windows whose likeliest name has at least that probability, as turns."""
    rows, names = [], []
    for person, sounds in clips.items():
        for sound in sounds:
            described = describe(sound, slide([Span(0, len(sound) / RATE)], LENGTH, STEP))
            rows.append(described)
            names += [person] * len(described)
    machine = make_pipeline(StandardScaler(), CalibratedClassifierCV(SVC(kernel="rbf"), ensemble=False))
    machine.fit(np.vstack(rows), names)
    windows = slide(speech, LENGTH, STEP)
    sure = machine.predict_proba(describe(samples, windows))
    who = [str(machine.classes_[i]) for i in sure.argmax(axis=1)]
    return [
        by_window(windows, [w if p >= threshold else "" for w, p in zip(who, sure.max(axis=1), strict=True)], speech)
        for threshold in least
    ]


def by_window(windows: Sequence[Span], labels: Sequence[str], speech: Sequence[Span]) -> list[Turn]:
    """Each window's middle part to its label, in the speech it comes from; "" is nobody."""
    turns = []
    for span in speech:
        inside = [(w, who) for w, who in zip(windows, labels, strict=True) if w & span]
        borders = [span.start, *((a.middle + b.middle) / 2 for (a, _), (b, _) in itertools.pairwise(inside))]
        for begin, end, (_, who) in zip(borders, [*borders[1:], span.end], inside, strict=True):
            if who and end > begin:
                turns.append(Turn(Span(begin, end), who))
    return turns
