"""DeepSpeech2's recipe: a recogniser learnt from nothing but recordings and their texts.

    bigvoice train deepspeech2 --config ko.yaml --out ko

The folder holds the checkpoint that the same command goes on from, the best network so far (by the character error rate
of people it never learnt from), what was left out and why, the log and its picture; at the end the model file and its
card. Everything drawn hangs on the seed and the step: a run that was stopped goes on as if it had not been.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from bigvoice.corpora.vocabulary import Vocabulary
from bigvoice.errors import SettingsError, TrainingError
from bigvoice.training import checkpoints
from bigvoice.training.deepspeech2_card import card
from bigvoice.training.deepspeech2_config import Config, read
from bigvoice.training.deepspeech2_export import export, opened
from bigvoice.training.deepspeech2_run import Run, differences, pace
from bigvoice.training.learning_log import FILE, LearningLog, draw, rows
from bigvoice.training.left_out import LeftOut, write_left_out
from bigvoice.training.recogniser_score import Score, ctc_loss, score
from bigvoice.training.speech_batches import Batch, Hearing, batches, choose, mean_spectrum, plan
from bigvoice.training.team import Team

LOG_STEPS = 20
"""Steps between two lines of the log."""
COLUMNS = ("epoch", "loss", "rate", "recordings_a_second", "waiting", "dev_loss", "dev_cer", "dev_wer", "minutes")
CHECKPOINT, BEST, LEFT_OUT, MODEL = "checkpoint.pt", "best.pt", "left_out.csv", "model.onnx"

Tell = Callable[[str], None]


class Trainer:
    """One training, from the config to its best network."""

    def __init__(self, config: Config, out: Path, team: Team, tell: Tell) -> None:
        """Look at the data; go on from a checkpoint in `out`. Raises CorpusError, SettingsError, TrainingError."""
        self.config, self.out, self.team = config, out, team
        self.tell = tell if team.leads else lambda _: None
        if config.training.threads:
            torch.set_num_threads(config.training.threads)
        self.vocabulary = Vocabulary.load(config.data.vocabulary)
        shape, data = config.model.shape, config.data
        self.train = choose(data.train, self.vocabulary, shape.stride, data.longest)
        self.dev = choose(data.dev, self.vocabulary, shape.stride, data.longest)
        mean, deviation = mean_spectrum(self.train, config.training.seed) if shape.streaming else (None, None)
        self.plain = Hearing(self.vocabulary, shape.stride, config.training.seed, mean, deviation)
        self.spoilt = Hearing(self.vocabulary, shape.stride, config.training.seed, mean, deviation, config.augmentation)
        self.run = Run.begin(config, len(self.vocabulary), team.device)
        self._resume()
        self.shared = team.wrapped(self.run.network)
        self.log = LearningLog(out, COLUMNS, since=self.run.step) if team.leads else None
        self._losses: list[float] = []
        self._waited, self._worked, self._heard = 0.0, 0.0, 0
        self._note_left_out([*self.train.left_out, *self.dev.left_out])
        if team.leads:
            write_left_out(out / LEFT_OUT, self.run.left_out)

    def __call__(self) -> Score | None:
        """Train until the epochs are over or nothing gets better; the best score, None where it was all done before."""
        n_parameters = sum(each.numel() for each in self.run.network.parameters())
        self.tell(
            f"{self.train.hours:.2f} h to learn from, {self.dev.hours:.2f} h of others, {len(self.vocabulary)} symbols,"
            f" {n_parameters / 1e6:.1f} million numbers; from step {self.run.step}"
        )
        if self.run.left_out:
            self.tell(f"note: {len(self.run.left_out)} recordings are left out: {self.out / LEFT_OUT} tells why")
        if both := self.train.speakers & self.dev.speakers:
            self.tell(f"note: {len(both)} people speak in both ({min(both)}): the error rates flatter")
        best, training = None, self.config.training
        while self.run.epoch < training.epochs and self.run.stale < training.patience:
            self._epoch()
            found = self._tried()
            if found.characters.rate < self.run.best:
                self.run.best, self.run.stale, best = found.characters.rate, 0, found
                self._keep_best()
            else:
                self.run.stale += 1
            self.run.epoch, self.run.done = self.run.epoch + 1, 0
            self.run.left_out = self.team.gathered(self.run.left_out)
            self._keep()
            if self.team.leads:
                draw(self.out, ["loss", "dev_loss"], ["dev_cer", "dev_wer"], self.out.name)
        if self.log:
            self.log.close()
        return best

    def _epoch(self) -> None:
        run, training = self.run, self.config.training
        by_length = training.sorta_grad and run.epoch == 0
        places = plan(self.train.seconds, training.batch, run.epoch, training.seed, by_length=by_length)
        mine = [self.train.rows[some[self.team.rank :: self.team.size]] for some in places[run.done :]]
        workers, pinned = self.config.data.workers, self.team.device.type == "cuda"
        asked = time.perf_counter()
        for batch in batches(self.train.index, mine, run.epoch, self.spoilt, workers, pinned=pinned):
            given = time.perf_counter()
            self._note_left_out(batch.left_out)
            self._losses.append(self._step(batch))
            run.step, run.done = run.step + 1, run.done + 1
            took = time.perf_counter() - asked
            self._waited += given - asked
            self._worked += took
            self._heard += len(batch)
            run.seconds += took
            if run.step % LOG_STEPS == 0:
                self._say()
            if run.step % training.checkpoint_steps == 0 and run.done < len(places):
                self._keep()
            asked = time.perf_counter()

    def _step(self, batch: Batch) -> float:
        """One step; its loss. Raises TrainingError where that is no number."""
        run, training = self.run, self.config.training
        rate = pace(training, run.step, run.epoch)
        for group in run.optimizer.param_groups:
            group["lr"] = rate
        run.network.train()
        loss = ctc_loss(self._told(self.shared, batch), batch, self._n_steps(batch)) * (len(batch) > 0)
        value = float(loss.detach())
        if not math.isfinite(value):
            raise TrainingError(self._no_number(batch))
        run.optimizer.zero_grad()
        run.scaler.scale(loss).backward()  # type: ignore[no-untyped-call]
        run.scaler.unscale_(run.optimizer)
        norm = nn.utils.clip_grad_norm_(run.network.parameters(), training.clip)
        if not (run.scaler.is_enabled() or norm.isfinite()):  # the scaler of float16 leaves such a step out by itself
            raise TrainingError(self._no_number(batch))
        run.scaler.step(run.optimizer)
        run.scaler.update()
        if run.averaged is not None:
            run.averaged.update_parameters(run.network)
        return value

    def _told(self, network: nn.Module, batch: Batch) -> Tensor:
        kinds = {"bfloat16": torch.bfloat16, "float16": torch.float16}
        kind = kinds.get(self.config.training.precision)
        device = self.team.device
        with torch.autocast(device.type, kind, enabled=kind is not None):
            told: Tensor = network(batch.frames.to(device, non_blocking=True), batch.n_frames.to(device))
        return told

    def _no_number(self, batch: Batch) -> str:
        where = ", ".join(map(str, batch.paths[:3])) + (" ..." if len(batch) > 3 else "")
        return (
            f"step {self.run.step + 1}: the loss is no number, in the batch of {where}: look at these recordings and"
            f" their texts, or set training.rate below {self.config.training.rate:g}; the same command goes on from the"
            " last checkpoint"
        )

    @torch.no_grad()
    def _tried(self) -> Score:
        """How the network reads the people it never learnt from, each process a share of them."""
        network = self.run.shown.eval()
        places = plan(self.dev.seconds, self.config.training.batch, 0, 0, by_length=True)
        mine = [self.dev.rows[some] for some in places[self.team.rank :: self.team.size]]
        total = Score()
        for batch in batches(self.dev.index, mine, 0, self.plain, self.config.data.workers):
            if len(batch):
                total += score(self._told(network, batch), batch, self._n_steps(batch), self.vocabulary)
        total = Score.unpacked(self.team.added(total.packed()))
        if not total.n:
            raise TrainingError(f"no recording of {self.config.data.dev} can be read: look at its paths")
        self._tell_score(total)
        return total

    def _n_steps(self, batch: Batch) -> Tensor:
        return self.config.model.shape.n_steps(batch.n_frames)

    def _tell_score(self, found: Score) -> None:
        cer, wer = found.characters.rate, found.words.rate
        if self.log:
            values = {"dev_loss": found.mean_loss, "dev_cer": cer, "dev_wer": wer, "minutes": self.run.seconds / 60}
            self.log.add(self.run.step, {"epoch": self.run.epoch + 1, **values})
        self.tell(
            f"epoch {self.run.epoch + 1}: {100 * cer:.1f} % of characters wrong, {100 * wer:.1f} % of words"
            f" (loss {found.mean_loss:.3f}), {self.run.seconds / 60:.1f} min"
        )

    def _say(self) -> None:
        heard, waited = self._heard * self.team.size / self._worked, self._waited / self._worked
        loss = float(np.mean(self._losses))
        rate = pace(self.config.training, self.run.step, self.run.epoch)
        if self.log:
            values = {"loss": loss, "rate": rate, "recordings_a_second": heard, "waiting": waited}
            self.log.add(self.run.step, {"epoch": self.run.epoch + 1, **values})
        self.tell(f"step {self.run.step}: loss {loss:.3f}, {heard:.1f} recordings a second, {waited:.1%} waiting")
        self._losses, self._waited, self._worked, self._heard = [], 0.0, 0.0, 0

    def _note_left_out(self, some: Sequence[LeftOut]) -> None:
        """Each recording once, with its reason, in a file that is written at each checkpoint."""
        self.run.left_out |= {str(each.path): each.reason for each in some}

    def _keep(self) -> None:
        if self.team.leads:
            kept = {
                **self.run.state(),
                "vocabulary": self.vocabulary.to_json(),
                "config": json.dumps(self.config.to_json()),
            }
            checkpoints.save(self.out / CHECKPOINT, kept)
            write_left_out(self.out / LEFT_OUT, self.run.left_out)

    def _keep_best(self) -> None:
        if self.team.leads:
            hearing = self.plain
            checkpoints.save(
                self.out / BEST,
                {
                    "network": self.run.shown.state_dict(),
                    "config": json.dumps(self.config.to_json()),
                    "vocabulary": self.vocabulary.to_json(),
                    "mean": [] if hearing.mean is None else hearing.mean.tolist(),
                    "deviation": [] if hearing.deviation is None else hearing.deviation.tolist(),
                    "epoch": self.run.epoch + 1,
                    "cer": self.run.best,
                    "hours": self.train.hours,
                    "speakers": [len(self.train.speakers), len(self.dev.speakers)],
                    "shared_speakers": len(self.train.speakers & self.dev.speakers),
                    "minutes": self.run.seconds / 60,
                },
            )

    def _resume(self) -> None:
        """Raises TrainingError where the checkpoint is of another vocabulary, SettingsError where of another config."""
        path = self.out / CHECKPOINT
        if not path.exists():
            return
        kept = checkpoints.load(path)
        if Vocabulary.from_json(kept["vocabulary"]) != self.vocabulary:
            raise TrainingError(
                f"{path} was trained with another vocabulary than {self.config.data.vocabulary}:"
                " give that one, or another --out"
            )
        if changed := differences(json.loads(kept["config"]), self.config.to_json()):
            raise SettingsError(f"{path} was trained with another config ({changed}): give that one, or another --out")
        self.run.resume(kept)


def make(config: Path, out: Path, tell: Tell) -> Path:
    """The whole recipe, from a config to `out`/model.onnx and its card; goes on from what is in `out` already.

    Raises SettingsError, CorpusError, TrainingError, ModelError.
    """
    team, model = Team.join(), out / MODEL
    Trainer(read(config), out, team, tell)()
    if team.leads:
        kept = checkpoints.load(out / BEST)
        export(kept, model)
        network, _ = opened(kept)
        model.with_suffix(".md").write_text(card(model, kept, network, rows(out / FILE)), encoding="utf-8")
    team.leave()
    return model
