"""Whisper network: a checkpoint opened for tuning, with LoRA's matrices beside its weights or without: an adapter.

LoRA (Hu et al., 2021): beside a weight W stand two thin matrices, and what is used is W + (alpha / rank) B A. Only A
and B learn; B is zero at first. At the end they are added into W, so that nothing of it shows in the tuned checkpoint.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"  # read when huggingface_hub is imported
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")  # else tokenizers warns in each process that prepares batches

import torch
from peft import LoraConfig, LoraModel
from torch import Tensor
from torch.nn import functional

from bigvoice.errors import SettingsError, TrainingError
from bigvoice.evaluation.words import EditCounts, character_errors, word_errors
from bigvoice.training.whisper_recipe import LORA, Recipe
from bigvoice.training.whisper_speech import IGNORED, Batch, Speller, speller
from bigvoice.transcription.convert import quietly, read_extractor, read_model, read_tokenizer
from bigvoice.transcription.whole_folder import made_whole

ALPHA_A_RANK = 2
"""LoRA's alpha over its rank."""
DROPOUT = 0.05
"""Of what goes into LoRA's matrices."""
MASK = 10
"""Frames, or mel bands, that SpecAugment leaves out in one piece."""
LONGER = 2
"""A text that is read in a check is cut off where it has so many times the tokens of the longest true one."""


class Network:
    """A checkpoint with what is tuned of it."""

    def __init__(self, folder: Path, recipe: Recipe, device: torch.device) -> None:
        """Raises ModelError for a checkpoint that cannot be loaded, SettingsError for a recipe it does not suit."""
        self.device, self._precision = device, _precision(recipe, device)
        self.tokenizer, self.extractor = read_tokenizer(folder), read_extractor(folder)
        self.model = read_model(folder, self.tokenizer, dtype=torch.float32)
        config = self.model.config
        self.spell: Speller = speller(
            self.tokenizer, self.model.generation_config, recipe.language, config.max_target_positions
        )
        self._language = recipe.language
        self._as_it_was = {name: getattr(config, name) for name in _masking(recipe)}
        for name, value in _masking(recipe).items():
            setattr(config, name, value)
        if recipe.gradient_checkpointing:
            self.model.activation_checkpointing_enable()
        torch.manual_seed(recipe.seed)
        self._lora: Any = self._with_lora(recipe) if recipe.method == LORA else None
        self.model.to(device)

    def _with_lora(self, recipe: Recipe) -> Any:
        try:
            config = LoraConfig(
                r=recipe.rank,
                lora_alpha=ALPHA_A_RANK * recipe.rank,
                lora_dropout=DROPOUT,
                target_modules=list(recipe.targets),
            )
            return LoraModel(self.model, config, "default")
        except ValueError as error:
            said = f"no layer is called {' or '.join(recipe.targets)}" if recipe.targets else "no layer is named"
            raise SettingsError(f"--targets: {said}: there are q_proj, k_proj, v_proj, out_proj, fc1, fc2") from error

    @property
    def learning(self) -> dict[str, torch.nn.Parameter]:
        """What is tuned, by name."""
        return {name: each for name, each in self.model.named_parameters() if each.requires_grad}

    @property
    def n_numbers(self) -> tuple[int, int]:
        """How many are tuned, and of how many."""
        return sum(p.numel() for p in self.learning.values()), sum(p.numel() for p in self.model.parameters())

    @property
    def half(self) -> bool:
        """Whether gradients are small enough to need scaling: float16."""
        return self._precision is torch.float16

    def loss(self, batch: Batch, n_tokens: int) -> Tensor:
        """Cross entropy of a batch's tokens, summed, over the n_tokens of all batches of the step."""
        self.model.train()
        with self._cast():
            logits = self.model(
                input_features=batch.features.to(self.device, non_blocking=True),
                attention_mask=batch.heard.to(self.device, non_blocking=True),
                decoder_input_ids=batch.inputs.to(self.device, non_blocking=True),
                use_cache=False,
            ).logits
        labels = batch.labels.to(self.device).flatten()
        return functional.cross_entropy(logits.float().flatten(0, 1), labels, ignore_index=IGNORED, reduction="sum") / (
            n_tokens
        )

    @torch.inference_mode()
    def read(self, batch: Batch) -> list[str]:
        """What it writes for each recording, greedily."""
        self.model.eval()
        longest = batch.labels.shape[1]
        room = self.spell.longest - len(self.spell.prompt)
        asked = (
            {"language": self._language, "task": "transcribe"} if self.model.generation_config.is_multilingual else {}
        )
        with self._cast(), quietly():
            written = self.model.generate(
                input_features=batch.features.to(self.device),
                attention_mask=batch.heard.to(self.device),
                max_new_tokens=min(room, LONGER * longest),
                do_sample=False,
                num_beams=1,
                return_timestamps=False,
                **asked,
            )
        return [self.spell.read(tokens) for tokens in written.tolist()]

    def kept(self) -> dict[str, Tensor]:
        """What was learnt so far, on the processor."""
        return {name: each.detach().cpu() for name, each in self.learning.items()}

    def take(self, kept: dict[str, Tensor]) -> None:
        """Back to what `kept` gave. Raises TrainingError where it is of another network."""
        mine = self.learning
        if {name: each.shape for name, each in mine.items()} != {name: each.shape for name, each in kept.items()}:
            raise TrainingError("the checkpoint is of another network: give the one it began with, or another --out")
        with torch.no_grad():
            for name, each in mine.items():
                each.copy_(kept[name])

    def save(self, folder: Path) -> Path:
        """As a checkpoint of transformers, LoRA's matrices added into the weights; the network can learn no more.

        Raises TrainingError where it cannot be written.
        """
        model = self.model if self._lora is None else self._lora.merge_and_unload()
        for name, value in self._as_it_was.items():
            setattr(model.config, name, value)
        try:
            with made_whole(folder) as part, quietly():
                model.save_pretrained(part)
                self.tokenizer.save_pretrained(part)
                self.extractor.save_pretrained(part)
        except OSError as error:
            raise TrainingError(f"{folder} cannot be written: {error.strerror}; make room and go on") from error
        return folder

    def _cast(self) -> torch.autocast:
        return torch.autocast(self.device.type, self._precision, enabled=self._precision is not torch.float32)


def errors_of(written: Sequence[str], batch: Batch) -> tuple[EditCounts, EditCounts]:
    """The edits of characters, spaces left out, and of words."""
    characters, words = EditCounts(), EditCounts()
    for heard, text in zip(written, batch.texts, strict=True):
        characters += character_errors(text, heard, spaces=False)
        words += word_errors(text, heard)
    return characters, words


def _precision(recipe: Recipe, device: torch.device) -> torch.dtype:
    if recipe.precision != "auto":
        chosen: torch.dtype = getattr(torch, recipe.precision)
        return chosen
    if device.type != "cuda":
        return torch.float32
    return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float16


def _masking(recipe: Recipe) -> dict[str, Any]:
    """SpecAugment (Park et al., 2019) as transformers' Whisper has it in its config; it works in training only."""
    return {
        "apply_spec_augment": recipe.time_masks > 0 or recipe.band_masks > 0,
        "mask_time_prob": recipe.time_masks,
        "mask_feature_prob": recipe.band_masks,
        "mask_time_length": MASK,
        "mask_feature_length": MASK,
        "mask_time_min_masks": 0,
    }
