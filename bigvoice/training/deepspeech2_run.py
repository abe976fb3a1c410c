"""Run: what changes in the course of a training of DeepSpeech2, and may be kept and taken up again."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch

from bigvoice.errors import TrainingError
from bigvoice.training import checkpoints
from bigvoice.training.deepspeech2_config import Config, TrainingOptions
from bigvoice.training.deepspeech2_network import DeepSpeech2

FREE = {"epochs", "patience", "workers", "threads", "checkpoint_steps", "precision"}
"""What may be changed from one sitting to the next."""
_NUMBERS = ("epoch", "done", "step", "best", "stale", "seconds")


@dataclass(eq=False)
class Run:
    """epoch, done: where it stands, in epochs and in batches of this one. best: the lowest character error rate.

    stale: epochs since. seconds: at work so far. left_out: recordings nothing was learnt from, and why.
    """

    network: DeepSpeech2
    averaged: torch.optim.swa_utils.AveragedModel | None
    optimizer: torch.optim.Optimizer
    scaler: torch.amp.GradScaler
    epoch: int = 0
    done: int = 0
    step: int = 0
    best: float = math.inf
    stale: int = 0
    seconds: float = 0.0
    left_out: dict[str, str] = field(default_factory=dict)

    @classmethod
    def begin(cls, config: Config, n_symbols: int, device: torch.device) -> Run:
        """From nothing."""
        training = config.training
        torch.manual_seed(training.seed)
        network = DeepSpeech2(config.model.shape, n_symbols).to(device)
        if training.start:
            take_over(network, training.start)
        averaged = None
        if training.average:
            kept = torch.optim.swa_utils.get_ema_multi_avg_fn(training.average)  # type: ignore[no-untyped-call]
            averaged = torch.optim.swa_utils.AveragedModel(network, multi_avg_fn=kept, use_buffers=True)
        optimizer = torch.optim.AdamW(network.parameters(), training.rate, weight_decay=training.decay)
        scaler = torch.amp.GradScaler(device.type, enabled=training.precision == "float16")
        return cls(network, averaged, optimizer, scaler)

    @property
    def shown(self) -> DeepSpeech2:
        """The network that is tried and kept: the averaged one, where there is one."""
        return self.network if self.averaged is None else self.averaged.module  # type: ignore[return-value]

    def state(self) -> dict[str, Any]:
        """As `checkpoints` keeps it."""
        parts = {name: part.state_dict() for name, part in self._parts().items()}
        numbers = {name: getattr(self, name) for name in _NUMBERS}
        return {**parts, **numbers, "left_out": self.left_out, "random": torch.get_rng_state()}

    def resume(self, kept: dict[str, Any]) -> None:
        """Back to what `state` gave."""
        for name, part in self._parts().items():
            part.load_state_dict(kept[name])
        for name in _NUMBERS:
            setattr(self, name, kept[name])
        self.left_out = dict(kept["left_out"])
        torch.set_rng_state(kept["random"])

    def _parts(self) -> dict[str, Any]:
        parts = {"network": self.network, "optimizer": self.optimizer, "scaler": self.scaler}
        return parts if self.averaged is None else {**parts, "averaged": self.averaged}


def take_over(network: DeepSpeech2, best: Path) -> None:
    """Begin with what another training learnt, but for the symbols. Raises TrainingError where the networks differ."""
    learnt = checkpoints.load(best).get("network", {})
    taken = {name: value for name, value in learnt.items() if not name.startswith("symbols.")}
    try:
        lacking = network.load_state_dict(taken, strict=False)
    except RuntimeError as error:
        raise TrainingError(f"{best} is of a network of another size: give model the settings on its card") from error
    if lacking.unexpected_keys or {name.partition(".")[0] for name in lacking.missing_keys} != {"symbols"}:
        raise TrainingError(f"{best} is of another kind of network: give model the settings on its card")


def pace(training: TrainingOptions, step: int, epoch: int) -> float:
    """The learning rate at a step: up to the rate, then less from epoch to epoch."""
    warm = min(1.0, (step + 1) / training.warm_up) if training.warm_up else 1.0
    return training.rate * warm * training.anneal**epoch


def differences(before: dict[str, Any], now: dict[str, Any]) -> str:
    """What of two configs differs, in words; "" where a training may go on."""
    return ", ".join(
        f"{section}.{key}: {value} then, {now[section].get(key)} now"
        for section, values in before.items()
        for key, value in values.items()
        if key not in FREE and section != "data" and now[section].get(key) != value
    )
