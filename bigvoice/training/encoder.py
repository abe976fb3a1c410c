"""The encoder's recipe: a network that tells voices apart, learnt from open speech.

    bigvoice train encoder DATA --out encoder.onnx

It learns three things at once from each crop of 1.2 to 2.6 s: whose voice it is, of some thousands, with an additive
angular margin (ArcFace: Deng et al., 2019); what a teacher hears in the whole utterance, as recorded; and all that in
rooms, noise, other voices and codecs. Speech played at another speed is another voice. The seed is fixed; the same
threads on one machine give the same weights. A checkpoint is kept every CHECK_EVERY steps, and a run goes on from it;
one asked for more steps than the last goes on too, at the learning rate that the longer plan has there.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from bigvoice.errors import ModelError
from bigvoice.evaluation.verification import trials
from bigvoice.training.networks import DIM, NETWORKS
from bigvoice.training.store import N_MELS, SEED, WORDS, Store

CHECK_EVERY = 250
"""Steps between two checkpoints, each with the equal-error rates of held-out people."""
FRAMES_A_SECOND = 100


@dataclass(frozen=True, slots=True)
class Recipe:
    """How an encoder is trained. crop_s: shortest and longest; teaching: weight of what the teacher says."""

    network: str = "cnn-ecapa"
    steps: int = 4_000
    batch: int = 128
    crop_s: tuple[float, float] = (1.2, 2.6)
    rate: float = 2e-3
    decay: float = 0.02
    margin: float = 0.2
    scale: float = 30.0
    teaching: float = 15.0
    words: float = 0.15
    """Share of crops that are single words."""
    average: float = 0.998
    """Of the weights, over the steps: what is kept of the average each step."""


class Margin(nn.Module):
    """Additive angular margin softmax: classes lie on a sphere, and the right one must win by an angle."""

    def __init__(self, n_classes: int) -> None:
        super().__init__()
        self.centres = nn.Parameter(torch.randn(n_classes, DIM) * 0.1)

    def forward(self, embeddings: Tensor, classes: Tensor, margin: float, scale: float) -> Tensor:
        """The mean loss of unit embeddings (n, DIM)."""
        cosines = embeddings @ functional.normalize(self.centres).T
        own = cosines.gather(1, classes[:, None]).clamp(-1 + 1e-6, 1 - 1e-6)
        moved = torch.cos((torch.acos(own) + margin).clamp_max(math.pi))
        return functional.cross_entropy(scale * cosines.scatter(1, classes[:, None], moved), classes)


class Learner(nn.Module):
    """The network and what it is trained with: one class a voice, and a view of the teacher's space."""

    def __init__(self, network: nn.Module, n_classes: int, n_teacher: int) -> None:
        super().__init__()
        self.network = network
        self.margin = Margin(n_classes)
        self.towards_teacher = nn.Linear(DIM, n_teacher)

    def forward(self, mels: Tensor) -> Tensor:
        """(n, n_frames, n_mels) -> unit rows (n, DIM)."""
        return functional.normalize(self.network(mels).float())


@dataclass(frozen=True, eq=False)
class Batch:
    """Crops (n, n_frames, n_mels), the voice of each, the teacher's rows (n, n_teacher) or zeros."""

    mels: Tensor
    voices: Tensor
    teacher: Tensor


class Crops:
    """Draws batches: first a voice, then one of its stretches, then a crop of it."""

    def __init__(self, store: Store, teacher: NDArray[np.float32], recipe: Recipe) -> None:
        self.store, self.teacher, self.recipe = store, teacher, recipe
        taught = np.flatnonzero(~store.held)
        keys = np.column_stack([store.speaker[taught], np.round(store.speed[taught] * 100).astype(int)])
        _, self.voice = np.unique(keys, axis=0, return_inverse=True)
        self.n_voices = int(self.voice.max()) + 1
        order = np.argsort(self.voice, kind="stable")
        self.rows = np.split(taught[order], np.cumsum(np.bincount(self.voice))[:-1])
        of_words = np.array([store.speakers[store.speaker[rows[0]]].startswith(WORDS) for rows in self.rows])
        self.words, self.sentences = np.flatnonzero(of_words), np.flatnonzero(~of_words)

    def __call__(self, rng: np.random.Generator) -> Batch:
        """A batch of crops of one length, spoilt a little more."""
        n, store = self.recipe.batch, self.store
        length = int(rng.uniform(*self.recipe.crop_s) * FRAMES_A_SECOND) // 2 * 2
        from_words = rng.random(n) < self.recipe.words
        voices = np.where(from_words, rng.choice(self.words, n), rng.choice(self.sentences, n))
        rows = np.array([rng.choice(self.rows[voice]) for voice in voices])
        mels = np.stack([self._cropped(row, length, rng) for row in rows])
        spoilt = spoil(torch.from_numpy(mels).float(), rng)
        heard_enough = store.length[rows] >= length
        teacher = self.teacher[rows] * heard_enough[:, None]
        return Batch(spoilt, torch.from_numpy(voices), torch.from_numpy(teacher))

    def _cropped(self, row: int, length: int, rng: np.random.Generator) -> NDArray[np.float16]:
        """A stretch that is too short is heard again and again."""
        first, n = int(self.store.first[row]), int(self.store.length[row])
        if n < length:
            return np.resize(self.store.features[first : first + n], (length, N_MELS))
        at = first + int(rng.integers(n - length + 1))
        return np.asarray(self.store.features[at : at + length])


def spoil(mels: Tensor, rng: np.random.Generator) -> Tensor:
    """On features, cheaply: a quieter second voice under one crop in four, a mask over bands and frames of half."""
    n, n_frames, n_mels = mels.shape
    under = torch.from_numpy(np.where(rng.random(n) < 0.25, rng.uniform(5, 20, n), 200.0).astype(np.float32))
    other = mels[torch.from_numpy(rng.permutation(n))] - (under * math.log(10) / 10)[:, None, None]
    mels = torch.logaddexp(mels, other)
    quiet = mels.mean(dim=(1, 2))
    for i in np.flatnonzero(rng.random(n) < 0.5):
        band, frame = int(rng.integers(n_mels - 8)), int(rng.integers(n_frames - 15))
        mels[i, :, band : band + int(rng.integers(9))] = quiet[i]
        mels[i, frame : frame + int(rng.integers(16))] = quiet[i]
    return mels


def train(
    store: Store, teacher: NDArray[np.float32], folder: Path, recipe: Recipe, tell: Callable[[str], None]
) -> nn.Module:
    """The trained network, its weights averaged over the last steps. Goes on from a checkpoint in the folder.

    Raises ModelError where the checkpoint is of another recipe, or where the loss is no number any more.
    """
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    torch.manual_seed(SEED)
    crops = Crops(store, teacher, recipe)
    learner = Learner(NETWORKS[recipe.network](N_MELS), crops.n_voices, teacher.shape[1]).to(device)
    averaged = torch.optim.swa_utils.AveragedModel(
        learner.network,
        multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(recipe.average),  # type: ignore[no-untyped-call]
        use_buffers=True,
    )
    optimizer = torch.optim.AdamW(learner.parameters(), lr=recipe.rate, weight_decay=recipe.decay)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: warm_cosine(step, recipe.steps))
    state = {"learner": learner, "averaged": averaged, "optimizer": optimizer, "schedule": schedule}
    folder.mkdir(parents=True, exist_ok=True)
    checkpoint = folder / f"{recipe.network}.checkpoint"
    step = _resume(checkpoint, recipe, state)
    tell(f"{crops.n_voices} voices of {int((~store.held).sum())} stretches; from step {step} of {recipe.steps}")
    begun, waited, losses = time.perf_counter(), 0.0, []
    while step < recipe.steps:
        asked = time.perf_counter()
        batch = crops(np.random.default_rng([SEED, step]))
        waited += time.perf_counter() - asked
        losses.append(_step(learner, batch, recipe, step, optimizer, device))
        step += 1
        if not math.isfinite(losses[-1][0]):
            raise ModelError(f"step {step}: the loss is no number; go on from {checkpoint} with a lower rate")
        schedule.step()
        averaged.update_parameters(learner.network)
        if step % 100 == 0:
            mean = np.mean(losses[-100:], axis=0)
            seconds = time.perf_counter() - begun
            tell(
                f"{step}: voices {mean[0]:.3f}, teacher {mean[1]:.3f}; {seconds:.0f} s, {waited / seconds:.0%} waiting"
            )
        if step % CHECK_EVERY == 0 or step == recipe.steps:
            tell(f"{step}: held out, {held_out_rates(averaged.module, store)}")
            _keep(checkpoint, recipe, step, state)
    return averaged.module


def warm_cosine(step: int, steps: int, warm: int = 200) -> float:
    """The learning rate's factor: up in `warm` steps, then down a cosine to 0."""
    if step < warm:
        return (step + 1) / warm
    return 0.5 * (1 + math.cos(math.pi * (step - warm) / max(1, steps - warm))) + 1e-3


def _step(
    learner: Learner, batch: Batch, recipe: Recipe, step: int, optimizer: torch.optim.Optimizer, device: torch.device
) -> tuple[float, float]:
    learner.train()
    with torch.autocast(device.type, dtype=torch.bfloat16):
        raw = learner.network(batch.mels.to(device))
    embeddings = functional.normalize(raw.float())
    margin = recipe.margin * min(1.0, step / (0.2 * recipe.steps))
    loss = learner.margin(embeddings, batch.voices.to(device), margin, recipe.scale)
    teacher = batch.teacher.to(device)
    says = teacher.abs().sum(1) > 0
    near = functional.cosine_similarity(learner.towards_teacher(embeddings), teacher)
    taught = ((1 - near) * says).sum() / says.sum().clamp_min(1)
    optimizer.zero_grad()
    (loss + recipe.teaching * taught).backward()
    nn.utils.clip_grad_norm_(learner.parameters(), 5.0)
    optimizer.step()
    return float(loss.detach()), float(taught.detach())


def held_out_rates(network: nn.Module, store: Store) -> str:
    """Equal-error rates of people who were held out, on 1.5 and 3 s of different utterances, as recorded and spoilt."""
    return ", ".join(
        f"{seconds:g} s {kind} {100 * rate:.2f} %"
        for seconds in (1.5, 3.0)
        for kind, spoilt in (("as recorded", False), ("elsewhere", True))
        for rate in (held_out_rate(network, store, seconds, spoilt=spoilt),)
    )


def held_out_rate(network: nn.Module, store: Store, seconds: float, *, spoilt: bool, each: int = 12) -> float:
    """The equal-error rate on up to `each` stretches of every held-out person who speaks sentences."""
    rng = np.random.default_rng(SEED)
    n = int(seconds * FRAMES_A_SECOND) - 2
    wanted = store.held & ((store.copy > 0) == spoilt) & (store.length >= n)
    wanted &= np.array([not name.startswith(WORDS) for name in store.speakers])[store.speaker]
    chosen: list[int] = []
    for speaker in np.unique(store.speaker[wanted]):
        rows = np.flatnonzero(wanted & (store.speaker == speaker))
        chosen += rng.choice(rows, min(each, len(rows)), replace=False).tolist()
    middle = store.first[chosen] + (store.length[chosen] - n) // 2
    mels = np.stack([store.features[at : at + n] for at in middle]).astype(np.float32)
    near = embedded(network, mels)
    similar = near @ near.T
    who, what = store.speaker[chosen], store.utterance[chosen]
    pairs = np.triu(what[:, None] != what[None], 1)
    same = who[:, None] == who[None]
    return trials(similar[pairs & same], similar[pairs & ~same]).rate


def embedded(network: nn.Module, mels: NDArray[np.float32]) -> NDArray[np.float32]:
    """(n, n_frames, n_mels) -> unit rows (n, DIM), without touching the network's state."""
    was = network.training
    network.eval()
    device = next(network.parameters()).device
    with torch.inference_mode():
        parts = [network(torch.from_numpy(mels[i : i + 128]).to(device)) for i in range(0, len(mels), 128)]
        rows = functional.normalize(torch.cat(parts).float())
    network.train(was)
    return rows.cpu().numpy()


def _keep(checkpoint: Path, recipe: Recipe, step: int, state: dict[str, object]) -> None:
    """Written beside it and then put in its place: a full disk leaves the one before."""
    new = checkpoint.with_suffix(".new")
    parts = {name: part.state_dict() for name, part in state.items()}  # type: ignore[attr-defined]
    torch.save({"recipe": json.dumps(asdict(recipe)), "step": step, **parts}, new)
    new.replace(checkpoint)


def _resume(checkpoint: Path, recipe: Recipe, state: dict[str, object]) -> int:
    if not checkpoint.exists():
        return 0
    kept = torch.load(checkpoint, map_location="cpu", weights_only=True)
    if json.loads(kept["recipe"]) | {"steps": recipe.steps} != json.loads(json.dumps(asdict(recipe))):
        said = "another recipe's: give another work folder, or delete it"
        raise ModelError(f"{checkpoint} is {said}")
    for name, part in state.items():
        part.load_state_dict(kept[name])  # type: ignore[attr-defined]
    return int(kept["step"])
