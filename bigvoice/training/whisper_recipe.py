"""Whisper recipe: how a checkpoint of Whisper is tuned: the options, and the learning rate that follows from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from bigvoice.options import Options, option

LORA, FULL = "lora", "full"
RATES = {LORA: 1e-3, FULL: 1e-5}
"""Learning rates where none is given: those that are usual for LoRA (Hu et al., 2021) on Whisper, and for all of it."""

FREE = {"epochs", "check_every", "check_most", "patience", "workers", "gradient_checkpointing"}
"""What may be changed from one sitting to the next."""


@dataclass(frozen=True)
class Recipe(Options):
    """How it is taught. What is learnt from, and from which checkpoint, is told apart."""

    language: str = option("", "The language spoken, as ko; English where the checkpoint knows nothing else.")
    method: str = option(LORA, "Tune small matrices beside the weights, or all weights.", choices=(LORA, FULL))
    rank: int = option(32, "LoRA's: the larger, the more can be learnt.", least=1, most=1024)
    targets: tuple[str, ...] = option(
        ("q_proj", "v_proj"), "LoRA's: layers it stands beside; also k_proj, out_proj, fc1, fc2.", separator=","
    )
    epochs: int = option(5, "Times that everything is heard.", least=1)
    batch: int = option(8, "Recordings at once: what fits into memory.", least=1)
    accumulate: int = option(2, "Batches a step: with a smaller batch take more.", least=1)
    rate: float | None = option(None, "Highest learning rate; else 0.001 with LoRA, 0.00001 without.", least=0, most=1)
    warm_up: float = option(0.1, "Share of the steps in which the rate rises; then it falls to 0.", least=0, most=0.9)
    decay: float = option(0.01, "AdamW's weight decay.", least=0, most=1)
    clip: float = option(1.0, "Largest norm of all gradients.", least=1e-3)
    precision: str = option(
        "auto",
        "Of matrix products; auto: bfloat16 or float16 on a GPU.",
        choices=("auto", "float32", "bfloat16", "float16"),
    )
    gradient_checkpointing: bool = option(
        False, "Less memory, a third more work.", flag="--gradient-checkpointing/--no-gradient-checkpointing"
    )
    time_masks: float = option(0.05, "Share of frames left out by chance (SpecAugment); 0: none.", least=0, most=0.5)
    band_masks: float = option(0.05, "Share of mel bands left out by chance; 0: none.", least=0, most=0.5)
    check_every: int = option(200, "Steps between two checks on DEV, each with a checkpoint.", least=1)
    check_most: int = option(500, "Recordings of DEV that a check hears; the table at the end: all.", least=1)
    patience: int = option(5, "Checks without a better character error rate before it stops.", least=1)
    workers: int = option(2, "Processes that prepare batches; 0: none beside the one that trains.", least=0, most=256)
    seed: int = option(0, "Of all that is drawn.", least=0)

    @property
    def highest_rate(self) -> float:
        """The learning rate at the end of the warm-up."""
        return RATES[self.method] if self.rate is None else self.rate


def rate_at(recipe: Recipe, step: int, steps: int) -> float:
    """The learning rate of step 0, 1, ... of `steps`: up in a straight line, then down in one, which ends at 0.

    >>> recipe = Recipe(rate=1.0, warm_up=0.25)
    >>> [round(rate_at(recipe, step, 8), 2) for step in range(8)]
    [0.5, 1.0, 1.0, 0.83, 0.67, 0.5, 0.33, 0.17]
    """
    warm = round(recipe.warm_up * steps)
    if step < warm:
        return recipe.highest_rate * (step + 1) / warm
    return recipe.highest_rate * max(0, steps - step) / max(1, steps - warm)


def differences(before: Mapping[str, Any], now: Recipe) -> str:
    """What of a kept recipe differs from one, in words; "" where a training may go on."""
    mine = to_json(now)
    changed = [key for key, value in before.items() if key not in FREE and mine.get(key) != value]
    return ", ".join(f"{key}: {before[key]} then, {mine.get(key)} now" for key in changed)


def to_json(recipe: Recipe) -> dict[str, Any]:
    """As JSON values."""
    return {key: list(value) if isinstance(value, tuple) else value for key, value in asdict(recipe).items()}
