"""A Whisper of one layer with weights drawn by chance, as transformers keeps it; and recordings that it learns quickly.

It knows four languages and writes byte by byte. A recording is one tone, so that what is said hangs on the pitch alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from transformers import GenerationConfig, WhisperConfig, WhisperFeatureExtractor, WhisperForConditionalGeneration
from transformers.utils import logging

from bigvoice.corpora import manifest
from bigvoice.corpora.manifest import Entry
from bigvoice.recording import RATE
from tests import scripted_whisper
from tests.fakes import write_wav

WIDTH = 48
SECONDS = 20.0


def write(folder: Path, *, multilingual: bool = True) -> Path:
    """The checkpoint's folder."""
    tokens = scripted_whisper.tokenizer(multilingual)
    start, end = (tokens.token_to_id(f"<|{name}|>") for name in ("startoftranscript", "endoftext"))
    ids = {"decoder_start_token_id": start, "bos_token_id": end, "eos_token_id": end, "pad_token_id": end}
    config = WhisperConfig(
        vocab_size=tokens.get_vocab_size(),
        d_model=WIDTH,
        encoder_layers=1,
        decoder_layers=1,
        encoder_attention_heads=1,
        decoder_attention_heads=1,
        encoder_ffn_dim=WIDTH,
        decoder_ffn_dim=WIDTH,
        begin_suppress_tokens=None,
        **ids,
    )
    torch.manual_seed(0)
    model = WhisperForConditionalGeneration(config)
    never_first = [tokens.token_to_id("Ġ"), end]  # as the real ones have it: no text begins with a lone space
    model.generation_config = GenerationConfig(
        max_length=448, suppress_tokens=[], begin_suppress_tokens=never_first, **ids
    )
    logging.disable_progress_bar()
    model.save_pretrained(folder)
    logging.enable_progress_bar()
    WhisperFeatureExtractor().save_pretrained(folder)
    tokens.save(str(folder / "tokenizer.json"))
    return folder


def tone(hz: float) -> np.ndarray:
    """20 s of it, with faint noise."""
    time = np.arange(round(SECONDS * RATE)) / RATE
    noise = np.random.default_rng(round(hz)).standard_normal(len(time))
    return (0.3 * np.sin(2 * np.pi * hz * time) + 0.01 * noise).astype(np.float32)


def recordings(folder: Path, said: Sequence[tuple[float, str]], name: str = "train") -> Path:
    """A manifest of tones: (pitch, what is said) each, by a speaker of its own."""
    entries = []
    for i, (hz, text) in enumerate(said):
        file = write_wav(folder / f"{name}{i}.wav", tone(hz))
        entries.append(Entry(file, text, SECONDS, f"{name}{i}"))
    manifest.write(folder / f"{name}.csv", entries)
    return folder / f"{name}.csv"
