"""Whisper trainer: a plain loop that tunes a checkpoint, and keeps what it learnt best.

Everything drawn hangs on the seed and the step: a run that was stopped goes on from its checkpoint as if it had not
been. How the folder is laid out, `whisper` tells.
"""

from __future__ import annotations

import hashlib
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from bigvoice.errors import SettingsError, TrainingError
from bigvoice.evaluation.words import EditCounts
from bigvoice.training import checkpoints
from bigvoice.training.learning_log import LearningLog, draw
from bigvoice.training.left_out import LeftOut, write_left_out
from bigvoice.training.whisper_network import Network, errors_of
from bigvoice.training.whisper_recipe import Recipe, differences, rate_at, to_json
from bigvoice.training.whisper_speech import Batch, Hearing, choose, plan, steps_ahead
from bigvoice.transcription.whisper_folder import WEIGHTS

LOG_STEPS = 20
"""Steps between two lines of the log."""
COLUMNS = ("epoch", "loss", "rate", "recordings_a_second", "waiting", "dev_cer", "dev_wer", "minutes")
CHECKPOINT, BEST, LEFT_OUT = "checkpoint.pt", "best.pt", "left_out.csv"

Tell = Callable[[str], None]

_NUMBERS = ("step", "best", "best_step", "stale", "seconds")


@dataclass
class _State:
    """best: the lowest character error rate, at `best_step` (0: untouched). stale: checks since. seconds: at work."""

    step: int = 0
    best: float = math.inf
    best_step: int = 0
    stale: int = 0
    seconds: float = 0.0
    left_out: dict[str, str] = field(default_factory=dict)


class Trainer:
    """One training, from a checkpoint to its best state."""

    def __init__(self, folder: Path, train: Path, dev: Path, out: Path, recipe: Recipe, tell: Tell) -> None:
        """Look at checkpoint and data; go on from what is in `out`.

        Raises ModelError, CorpusError, SettingsError, TrainingError.
        """
        self.folder, self.out, self.recipe, self.tell = folder, out, recipe, tell
        self.network = Network(folder, recipe, torch.device("cuda" if torch.cuda.is_available() else "cpu"))
        spell, extractor = self.network.spell, self.network.extractor
        self.train, self.dev = (choose(manifest, spell, extractor.chunk_length) for manifest in (train, dev))
        self.taught, self.asked = (Hearing(each.index, spell, extractor) for each in (self.train, self.dev))
        per_epoch = len(self._plan(0))
        self.steps, self.per_epoch = recipe.epochs * per_epoch, per_epoch
        learning = list(self.network.learning.values())
        # biases and norms are not decayed: they do not grow with what is learnt by heart
        groups = [
            {"params": [p for p in learning if p.ndim > 1], "weight_decay": recipe.decay},
            {"params": [p for p in learning if p.ndim <= 1], "weight_decay": 0.0},
        ]
        self.optimizer = torch.optim.AdamW([group for group in groups if group["params"]], recipe.highest_rate)
        self.scaler = torch.amp.GradScaler(self.network.device.type, enabled=self.network.half)
        self.state = _State()
        self._resume()
        self.log = LearningLog(out, COLUMNS, since=self.state.step)
        self._losses: list[float] = []
        self._busy, self._waited, self._heard = 0.0, 0.0, 0
        self._note_left_out([*self.train.left_out, *self.dev.left_out])

    def __call__(self) -> Network:
        """Train until the epochs are over or nothing gets better; the network at its best."""
        self._tell_beginning()
        try:
            if self.state.step == 0:
                self._check()
            while self.state.step < self.steps and self.state.stale < self.recipe.patience:
                self._epoch()
        except torch.OutOfMemoryError as error:
            raise TrainingError(
                f"the GPU's memory is full with --batch {self.recipe.batch}: halve it and double --accumulate,"
                " or add --gradient-checkpointing"
            ) from error
        finally:
            self.log.close()
        if self.state.best_step:
            self.network.take(checkpoints.load(self.out / BEST)["learnt"])
        else:
            self.tell("note: nothing was better than the untouched checkpoint, so it stays as it was")
        return self.network

    def _epoch(self) -> None:
        """What is left of the epoch that it stands in."""
        epoch, done = divmod(self.state.step, self.per_epoch)
        n_heard, asked = 0, time.perf_counter()
        for batches in steps_ahead(self.taught, self._plan(epoch)[done:], self.recipe.workers):
            self._waited += time.perf_counter() - asked
            n_heard += self._learn(batches)
            spent = time.perf_counter() - asked
            self._busy, self.state.seconds = self._busy + spent, self.state.seconds + spent
            due = self.state.step % self.recipe.check_every == 0 or self.state.step == self.steps
            if due or self.state.step % LOG_STEPS == 0:
                self._say()
            if due:
                self._check()
                if self.state.stale >= self.recipe.patience:
                    return
            asked = time.perf_counter()
        if not n_heard:
            raise TrainingError(f"no recording to learn from can be read: {self.out / LEFT_OUT} tells why")

    def _learn(self, batches: Sequence[Batch]) -> int:
        """One step, of all batches that hold anything; tells how many recordings they hold."""
        for batch in batches:
            self._note_left_out(batch.left_out)
        good = [batch for batch in batches if len(batch)]
        n_heard = sum(map(len, good))
        self._heard += n_heard
        torch.manual_seed(self.recipe.seed * 1_000_003 + self.state.step)
        np.random.seed([self.recipe.seed, self.state.step])  # transformers' SpecAugment draws from it
        if good:
            self._losses.append(self._step(good))
        self.state.step += 1
        return n_heard

    def _step(self, batches: Sequence[Batch]) -> float:
        """One step; its loss a token. Raises TrainingError where that is no number."""
        rate = rate_at(self.recipe, self.state.step, self.steps)
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        self.optimizer.zero_grad()
        n_tokens, total = sum(batch.n_tokens for batch in batches), 0.0
        for batch in batches:
            loss = self.network.loss(batch, n_tokens)
            total += float(loss.detach())
            if not math.isfinite(total):
                raise TrainingError(self._no_number(batch))
            self.scaler.scale(loss).backward()  # type: ignore[no-untyped-call]
        self.scaler.unscale_(self.optimizer)
        norm = nn.utils.clip_grad_norm_(self.network.learning.values(), self.recipe.clip)
        if not (self.network.half or norm.isfinite()):  # the scaler of float16 leaves such a step out by itself
            raise TrainingError(self._no_number(*batches))
        self.scaler.step(self.optimizer)
        self.scaler.update()
        return total

    def _no_number(self, *batches: Batch) -> str:
        paths = [str(path) for batch in batches for path in batch.paths]
        where = ", ".join(paths[:3]) + (" ..." if len(paths) > 3 else "")
        return (
            f"step {self.state.step + 1}: the loss is no number, in the batch of {where}: look at these recordings and"
            f" their texts, or set --rate below {self.recipe.highest_rate:g}; the same command goes on from the last"
            " checkpoint"
        )

    def _check(self) -> None:
        """How it reads DEV; keeps what it learnt, and where that is the best so far, keeps it as such."""
        state = self.state
        characters, words = self._errors()
        if not characters.total:
            raise TrainingError(f"no recording of DEV can be read: {self.out / LEFT_OUT} tells why")
        cer, wer = characters.rate, words.rate
        self.log.add(state.step, {"dev_cer": cer, "dev_wer": wer, "minutes": state.seconds / 60})
        if cer < state.best:
            state.best, state.best_step, state.stale = cer, state.step, 0
            if state.step:
                checkpoints.save(self.out / BEST, {"learnt": self.network.kept(), "step": state.step, "cer": cer})
        else:
            state.stale += 1
        if state.step:
            self._keep()
        draw(self.out, ["loss"], ["dev_cer", "dev_wer"], self.out.name)
        self.tell(f"step {state.step}: {100 * cer:.1f} % of characters wrong on DEV, {100 * wer:.1f} % of words")

    def _errors(self) -> tuple[EditCounts, EditCounts]:
        rows, size = self.dev.sample(self.recipe.check_most), self.recipe.batch
        asked = [[rows[first : first + size]] for first in range(0, len(rows), size)]
        characters, words = EditCounts(), EditCounts()
        for (batch,) in steps_ahead(self.asked, asked, self.recipe.workers):
            self._note_left_out(batch.left_out)
            if len(batch):
                more = errors_of(self.network.read(batch), batch)
                characters, words = characters + more[0], words + more[1]
        return characters, words

    def _plan(self, epoch: int) -> list[list[Any]]:
        return plan(self.train.rows, self.recipe.batch, self.recipe.accumulate, epoch, self.recipe.seed)

    def _tell_beginning(self) -> None:
        tuned, whole = self.network.n_numbers
        self.tell(
            f"{self.train.seconds / 3600:.2f} h to learn from, {self.dev.seconds / 3600:.2f} h of others;"
            f" {tuned / 1e6:.2f} of {whole / 1e6:.2f} million numbers are tuned, on {self.network.device.type};"
            f" from step {self.state.step} of {self.steps}"
        )
        if self.state.left_out:
            self.tell(f"note: {len(self.state.left_out)} recordings are left out: {self.out / LEFT_OUT} tells why")
        if both := self.train.speakers & self.dev.speakers:
            self.tell(f"note: {len(both)} people speak in both ({min(both)}): the error rates flatter")

    def _say(self) -> None:
        heard, waited = self._heard / self._busy, self._waited / self._busy
        loss = float(np.mean(self._losses)) if self._losses else math.nan
        rate = rate_at(self.recipe, self.state.step - 1, self.steps)
        values = {"loss": loss, "rate": rate, "recordings_a_second": heard, "waiting": waited}
        epoch, minutes = (self.state.step - 1) // self.per_epoch + 1, self.state.seconds / 60
        self.log.add(self.state.step, {"epoch": epoch, **values, "minutes": minutes})
        self.tell(f"step {self.state.step}: loss {loss:.3f}, {heard:.1f} recordings a second, {waited:.1%} waiting")
        self._losses, self._busy, self._waited, self._heard = [], 0.0, 0.0, 0

    def _note_left_out(self, some: Sequence[LeftOut]) -> None:
        """Each recording once, with its reason, in a file."""
        new = {str(each.path): each.reason for each in some} if some else {}
        if new.keys() - self.state.left_out.keys():
            self.state.left_out |= new
            write_left_out(self.out / LEFT_OUT, self.state.left_out)

    def _kept_of(self) -> dict[str, Any]:
        """What must be the same for a training to go on."""
        return {"checkpoint": fingerprint(self.folder), "train": self.train.digest}

    def _keep(self) -> None:
        state = {name: getattr(self.state, name) for name in _NUMBERS}
        parts = {"optimizer": self.optimizer.state_dict(), "scaler": self.scaler.state_dict()}
        kept = {**state, **parts, **self._kept_of(), "left_out": self.state.left_out, "recipe": to_json(self.recipe)}
        checkpoints.save(self.out / CHECKPOINT, {**kept, "learnt": self.network.kept()})

    def _resume(self) -> None:
        """Raises TrainingError or SettingsError where what is kept is of another checkpoint, manifest or recipe."""
        path = self.out / CHECKPOINT
        if not path.exists():
            return
        kept = checkpoints.load(path)
        for what, mine in self._kept_of().items():
            if kept.get(what) != mine:
                raise TrainingError(f"{path} was trained with another {what}: give that one, or another --out")
        if changed := differences(kept["recipe"], self.recipe):
            raise SettingsError(f"{path} was trained with another recipe ({changed}): give that one, or another --out")
        self.network.take(kept["learnt"])
        self.optimizer.load_state_dict(kept["optimizer"])
        self.scaler.load_state_dict(kept["scaler"])
        self.state = _State(**{name: kept[name] for name in _NUMBERS}, left_out=dict(kept["left_out"]))


def fingerprint(folder: Path) -> str:
    """Eight hex digits that tell two checkpoints apart: of the config, and the sizes and beginnings of the weights."""
    digest = hashlib.sha256((folder / "config.json").read_bytes())
    for file in (folder / name for name in WEIGHTS):
        if file.is_file():
            with file.open("rb") as stream:
                digest.update(f"{file.name} {file.stat().st_size}\n".encode() + stream.read(1 << 20))
    return digest.hexdigest()[:8]
