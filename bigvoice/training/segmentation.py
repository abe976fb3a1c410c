"""The segmentation's recipe: a network that hears who of a few people speaks when, two at once included.

    python -m bigvoice.training.segmentation DATA OUT.onnx --work FOLDER [--minutes 60] [--resume]

It learns from made conversations of 10 s (see `mixtures`), with the powerset's classes as targets (Plaquet and Bredin,
2023) and the people in whatever order fits best (Kolbæk et al., 2017). Its middle layer learns beside it whose voice it
hears, wherever one speaks alone: that is thrown away afterwards. The length is given in minutes of processor time, so
that other work on the machine does not shorten the training. Every CHECK_MINUTES the average of the weights is tried on
people and meetings that were held out; OUT.onnx is always the best so far.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from bigvoice.diarization.powerset import N_PEOPLE, RENAMED, SETS
from bigvoice.errors import ModelError
from bigvoice.features.mel import FLOOR
from bigvoice.recording import RATE
from bigvoice.training.mixture_store import NOBODY, SEED, Mixtures, Source, make
from bigvoice.training.mixtures import FRAME, WORDS, gather
from bigvoice.training.segmentation_network import WIDTH, Segmentation, export
from bigvoice.training.segmentation_scores import LocalErrors, local_errors

CHECK_MINUTES = 3.0
N_VALIDATION = 400
FRAMES_A_LABEL = 2


@dataclass(frozen=True, slots=True)
class Recipe:
    """How long and how fast. naming: weight of the second lesson; average: of the weights, what each step keeps."""

    mixtures: int = 12_000
    minutes: float = 60.0
    batch: int = 32
    rate: float = 2e-3
    decay: float = 0.01
    naming: float = 1.5
    average: float = 0.997


class Learner(nn.Module):
    """The network, and what names the voices that it hears alone."""

    def __init__(self, n_voices: int) -> None:
        super().__init__()
        self.network = Segmentation()
        self.voices = nn.Linear(2 * WIDTH, n_voices)

    def forward(self, mels: Tensor, labels: Tensor, people: Tensor) -> tuple[Tensor, Tensor]:
        """The two losses of a batch: who speaks when; whose voice it is."""
        with torch.autocast(mels.device.type, torch.bfloat16):
            log_probabilities, middle = self.network.heard(mels)
            every = 3
            alone, who = _alone(labels[:, :: 2 * every], people)
            named = self.voices(middle[:, ::every][alone])
        return permutation_invariant(log_probabilities, labels), functional.cross_entropy(named.float(), who)


def _alone(labels: Tensor, people: Tensor) -> tuple[Tensor, Tensor]:
    """Where one person with a known name speaks alone (n, n_labels), and who that is (n_true,)."""
    person = (labels - 1).clamp(0, N_PEOPLE - 1)
    who = people.gather(1, person)
    alone = (labels >= 1) & (labels <= N_PEOPLE) & (who != NOBODY)
    return alone, who[alone]


def permutation_invariant(log_probabilities: Tensor, labels: Tensor) -> Tensor:
    """Cross-entropy under the order of people that fits best: (n, n_frames, 7), (n, n_frames) -> the mean."""
    told = functional.one_hot(labels, len(SETS)).to(log_probabilities.dtype)
    costs = -torch.einsum("ntc,ntk->nck", told, log_probabilities) / labels.shape[1]
    orders = torch.as_tensor(RENAMED, device=labels.device)
    by_order = costs[:, torch.arange(len(SETS), device=labels.device), orders].sum(dim=2)
    return by_order.amin(dim=1).mean()


def spoil(mels: Tensor, labels: Tensor, rng: np.random.Generator) -> Tensor:
    """On features, cheaply: vocal tracts a bit longer or shorter, a hiss, missing bands, a gate that mutes pauses."""
    n, n_frames, n_mels = mels.shape
    mels = mels @ _warp(n_mels, rng.uniform(0.92, 1.08))
    hiss = np.where(rng.random(n) < 0.3, rng.uniform(-16, 0, n), -40)
    slope = rng.uniform(-3, 1, n)
    level = mels.amax(dim=2).mean(dim=1) + torch.from_numpy(hiss).float()
    tilt = torch.linspace(0, 1, n_mels) * torch.from_numpy(slope).float()[:, None]
    noise = (level[:, None] + tilt)[:, None, :] + 0.5 * torch.randn(n, n_frames, n_mels)
    mels = torch.logaddexp(mels, noise)
    for i in np.flatnonzero(rng.random(n) < 0.4):
        band, width = int(rng.integers(n_mels - 8)), int(rng.integers(1, 9))
        mels[i, :, band : band + width] = mels[i, :, band : band + width].mean()
    nobody = (labels == 0).repeat_interleave(FRAMES_A_LABEL, dim=1)
    nobody &= torch.from_numpy(rng.random(n) < 0.08)[:, None]
    mels[nobody] = math.log(FLOOR)
    return mels


def _warp(n_mels: int, factor: float) -> Tensor:
    """(n_mels, n_mels): each band as the one `factor` times as high was, interpolated."""
    place = np.clip(np.arange(n_mels) * factor, 0, n_mels - 1)
    return torch.from_numpy(np.maximum(0, 1 - np.abs(np.arange(n_mels)[:, None] - place)).astype(np.float32))


def batch_of(mixtures: Mixtures, names: NDArray[np.int64], n: int, rng: np.random.Generator) -> tuple[Tensor, ...]:
    """Features, labels and people of `n` mixtures; one batch in five is shorter than a chunk."""
    rows = np.sort(rng.choice(len(mixtures.labels), n, replace=False))
    n_labels = mixtures.labels.shape[1]
    kept = n_labels if rng.random() > 0.2 else int(rng.integers(n_labels // 4, n_labels)) // 2 * 2
    first = int(rng.integers(n_labels - kept + 1))
    inside = slice(first * FRAMES_A_LABEL, (first + kept) * FRAMES_A_LABEL)
    features = torch.from_numpy(mixtures.features[rows][:, inside].astype(np.float32))
    labels = torch.from_numpy(mixtures.labels[rows][:, first : first + kept].astype(np.int64))
    people = mixtures.people[rows]
    return spoil(features, labels, rng), labels, torch.from_numpy(np.where(people == NOBODY, NOBODY, names[people]))


def names_of(mixtures: Mixtures) -> NDArray[np.int64]:
    """A number for every voice that says sentences; NOBODY for those that say words."""
    speaks = np.array([not name.startswith(WORDS) for name in mixtures.voices])
    return np.where(speaks, np.cumsum(speaks) - 1, NOBODY)


@dataclass(eq=False)
class Training:
    """What changes in the course of a training, and what a checkpoint keeps."""

    learner: Learner
    averaged: torch.optim.swa_utils.AveragedModel
    optimizer: torch.optim.Optimizer
    step: int = 0
    seconds: float = 0.0
    best: float = math.inf

    @staticmethod
    def begin(n_voices: int, recipe: Recipe) -> Training:
        """From nothing."""
        torch.manual_seed(SEED)
        learner = Learner(n_voices)
        average = torch.optim.swa_utils.get_ema_multi_avg_fn(recipe.average)  # type: ignore[no-untyped-call]
        averaged = torch.optim.swa_utils.AveragedModel(learner.network, multi_avg_fn=average)
        return Training(
            learner, averaged, torch.optim.AdamW(learner.parameters(), recipe.rate, weight_decay=recipe.decay)
        )

    def keep(self, path: Path) -> None:
        """Write a checkpoint, whole or not at all."""
        temporary = path.with_suffix(".partial")
        torch.save({**self._states(), **self._numbers()}, temporary)
        temporary.replace(path)

    def resume(self, path: Path) -> None:
        """Go on from a checkpoint. Raises ModelError for one of another recipe."""
        try:
            kept = torch.load(path, weights_only=True)
            for name, part in self._parts().items():
                part.load_state_dict(kept[name])
            self.step, self.seconds, self.best = kept["step"], kept["seconds"], kept["best"]
        except (OSError, KeyError, RuntimeError, ValueError) as error:
            raise ModelError(f"{path} is no checkpoint of this recipe: train without --resume") from error

    def _parts(self) -> dict[str, nn.Module | torch.optim.Optimizer]:
        return {"learner": self.learner, "averaged": self.averaged, "optimizer": self.optimizer}

    def _states(self) -> dict[str, object]:
        return {name: part.state_dict() for name, part in self._parts().items()}

    def _numbers(self) -> dict[str, float]:
        return {"step": self.step, "seconds": self.seconds, "best": self.best}


def train(
    mixtures: Mixtures, validation: Mixtures, training: Training, recipe: Recipe, out: Path, work: Path, tell: Tell
) -> None:
    """Train until the minutes are over; the best network so far is always at `out`."""
    names = names_of(mixtures)
    losses: list[tuple[float, float]] = []
    checked = training.seconds
    while training.seconds < 60 * recipe.minutes:
        begun = time.process_time()
        rng = np.random.default_rng([SEED, training.step])
        losses.append(step(training, batch_of(mixtures, names, recipe.batch, rng), recipe))
        training.seconds += time.process_time() - begun
        if training.seconds - checked >= 60 * CHECK_MINUTES or training.seconds >= 60 * recipe.minutes:
            checked = training.seconds
            when, voices = np.mean(losses, axis=0)
            found = tried(training.averaged.module, validation)
            tell(f"{checked / 60:.1f} min, step {training.step}: loss {when:.4f}, voices {voices:.3f}; {found}")
            if found.rate < training.best:
                training.best = found.rate
                write(training.averaged.module, out)
            training.keep(work / "segmentation.checkpoint")
            losses.clear()


def step(training: Training, batch: tuple[Tensor, ...], recipe: Recipe) -> tuple[float, float]:
    """One step; both losses. Raises ModelError where the loss is no number."""
    training.learner.train()
    for group in training.optimizer.param_groups:
        group["lr"] = recipe.rate * pace(training.seconds / 60 / recipe.minutes)
    when, voices = training.learner(*batch)
    loss = when + recipe.naming * voices
    if not math.isfinite(loss.item()):
        raise ModelError(f"step {training.step}: the loss is no number; train again with a lower rate")
    training.optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(training.learner.parameters(), 2.0)
    training.optimizer.step()
    training.averaged.update_parameters(training.learner.network)
    training.step += 1
    return when.item(), voices.item()


def pace(done: float, warm: float = 0.02) -> float:
    """The learning rate's factor at a share of the time: up at first, then down a cosine to 0."""
    if done < warm:
        return (done + 1e-3) / (warm + 1e-3)
    return 0.5 * (1 + math.cos(math.pi * min(1.0, (done - warm) / (1 - warm))))


@torch.no_grad()
def tried(network: nn.Module, mixtures: Mixtures) -> LocalErrors:
    """What it gets wrong in mixtures, each frame given to its likeliest class."""
    network.eval()
    errors = LocalErrors()
    for first in range(0, len(mixtures.labels), 50):
        features = torch.from_numpy(mixtures.features[first : first + 50].astype(np.float32))
        found = network(features).argmax(dim=2).numpy().astype(np.uint8)
        for reference, guess in zip(mixtures.labels[first : first + 50], found, strict=True):
            errors += local_errors(reference, guess)
    return errors


def write(network: nn.Module, out: Path) -> None:
    """The network as a file that `bigvoice.diarization.segmentation` opens."""
    buffer = io.BytesIO()
    torch.save(network.state_dict(), buffer)
    name = f"segmentation-{hashlib.sha256(buffer.getvalue()).hexdigest()[:8]}"
    export(network, out, {"bigvoice.segmentation": json.dumps({"name": name, "frame": FRAME / RATE})})


Tell = Callable[[str], None]


def main() -> None:
    """Gather speech, make mixtures, train; what is there already in the work folder is not made again."""
    parser = argparse.ArgumentParser(prog="python -m bigvoice.training.segmentation", description=__doc__)
    parser.add_argument("data", type=Path, help="folder of corpora, noise/, rooms/ and ami_turns/")
    parser.add_argument("out", type=Path)
    parser.add_argument("--work", type=Path, required=True, help="speech, mixtures and the checkpoint: some gigabytes")
    parser.add_argument("--minutes", type=float, default=Recipe().minutes)
    parser.add_argument("--mixtures", type=int, default=Recipe().mixtures)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--resume", action="store_true", help="go on from the checkpoint in the work folder")
    parser.add_argument("--export", action="store_true", help="write the checkpoint's network as it is, and end")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    gather(args.data, args.work)
    recipe = Recipe(mixtures=args.mixtures, minutes=args.minutes)
    heard = make(Source(args.data, args.work, held=False), args.work / "mixtures", recipe.mixtures)
    validation = make(Source(args.data, args.work, held=True), args.work / "validation", N_VALIDATION)
    training = Training.begin(int(names_of(heard).max()) + 1, recipe)
    if args.resume or args.export:
        training.resume(args.work / "segmentation.checkpoint")
    if args.export:
        write(training.averaged.module, args.out)
    else:
        train(heard, validation, training, recipe, args.out, args.work, lambda line: print(line, flush=True))


if __name__ == "__main__":
    main()
