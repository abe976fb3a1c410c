"""The plain recipe to be better than, as student projects have it: the yardstick of bench/traits.py.

128 MFCC of the first 6 s (shorter speech is repeated), a small CNN over them as over a picture, as recorded, without
augmentation, calibration or a witness; torch. It is taught with the same speakers as the shipped network.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from bigvoice import load
from bigvoice.features.augmentation import at_level
from bigvoice.features.mfcc import mfcc
from bigvoice.progress import Hook, silent
from bigvoice.recording import RATE, Samples
from bigvoice.span import Span
from bigvoice.training.corpus import held_out
from bigvoice.training.store import SEED
from bigvoice.training.traits_corpus import believable, labelled
from bigvoice.traits import KINDS, Traits

N = 128
SECONDS = 6.0
EVERY = 3
"""Of our frames of 10 ms: the tutorials' are about 30 ms."""
EPOCHS, BATCH = 6, 32


def picture(samples: Samples) -> NDArray[np.float32]:
    """(n_samples,) -> (N, n_frames), always as many."""
    whole = np.resize(at_level(samples, -26.0), round(SECONDS * RATE))
    return mfcc(whole, N, n_mels=N)[::EVERY].T


def network() -> nn.Module:
    """Three convolutions, each with pooling; one hidden layer."""
    layers: list[nn.Module] = [nn.BatchNorm2d(1)]
    for n_in, n_out in ((1, 16), (16, 32), (32, 64)):
        layers += [nn.Conv2d(n_in, n_out, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)]
    hidden = [nn.AdaptiveAvgPool2d((8, 8)), nn.Flatten(), nn.Linear(64 * 64, 64), nn.ReLU(), nn.Dropout(0.3)]
    return nn.Sequential(*layers, *hidden, nn.Linear(64, len(KINDS)))


class PlainJudge:
    """The trained CNN as a part; see parts.Judge."""

    name = "mfcc-cnn"
    dependence = 0.0

    def __init__(self, trained: nn.Module) -> None:
        self.network = trained.eval()

    def __call__(self, samples: Samples, spans: Sequence[Span], hook: Hook = silent) -> list[Traits | None]:  # noqa: ARG002
        """One at a time."""
        cut = [samples[round(span.start * RATE) : round(span.end * RATE)] for span in spans]
        with torch.inference_mode():
            rows = [self.network(torch.from_numpy(picture(each))[None, None]).double().softmax(1)[0] for each in cut]
        return [Traits(*row.tolist()) for row in rows]


def plain_judge(data: Path, kept: Path) -> PlainJudge:
    """Trained where it is not kept in that file yet: minutes."""
    torch.manual_seed(SEED)
    net = network()
    if kept.exists():
        net.load_state_dict(torch.load(kept, weights_only=True))
        return PlainJudge(net)
    spoken = [each for each in believable([*labelled(data)]) if not held_out(each.utterance.speaker)]
    pictures = torch.from_numpy(np.stack([picture(load(each.utterance.path).samples) for each in spoken]))[:, None]
    kinds = torch.tensor([KINDS.index(str(each.kind)) for each in spoken])
    optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
    for epoch in range(EPOCHS):
        order = torch.from_numpy(np.random.default_rng([SEED, epoch]).permutation(len(kinds)))
        for rows in order.split(BATCH):
            loss = nn.functional.cross_entropy(net(pictures[rows]), kinds[rows])
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
    kept.parent.mkdir(parents=True, exist_ok=True)
    torch.save(net.state_dict(), kept)
    return PlainJudge(net)
