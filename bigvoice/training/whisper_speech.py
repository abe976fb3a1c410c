"""Whisper speech: a manifest's recordings as Whisper is taught with them: features of 30 s, and tokens to write.

What a decoder is given begins <|startoftranscript|><|ko|><|transcribe|><|notimestamps|>; it is to write all that
follows its first token, and <|endoftext|> (Radford et al., 2022, figure 1). What cannot be learnt from is left out,
with its reason: a file that cannot be read costs a recording, not the epoch.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from bigvoice.corpora.manifest import Entry, Index
from bigvoice.decoding import SHORTEST, load
from bigvoice.errors import CorpusError, RecordingError, SettingsError
from bigvoice.recording import RATE
from bigvoice.training.left_out import LeftOut

IGNORED = -100
"""The label of places behind a text: torch's cross entropy leaves them out."""

UNSPACED = {"zh", "ja", "th", "lo", "my", "yue"}
"""Languages written without spaces: their texts begin without one; all others begin with one, as in Whisper."""


@dataclass(frozen=True)
class Speller:
    """How texts become tokens. prompt: what stands before a text; end: the token after it, before all special ones.

    never_first: tokens that decoding forbids at a text's beginning. longest: tokens that the decoder has places for.
    """

    tokenizer: Any
    prompt: tuple[int, ...]
    end: int
    never_first: frozenset[int]
    longest: int
    spaced: bool = True

    def __call__(self, text: str) -> list[int]:
        """The tokens that are to be written: the prompt without its first, the text, the end."""
        return [*self.prompt[1:], *self.spell(text), self.end]

    def spell(self, text: str) -> list[int]:
        """The text's own tokens. A space that would be a token of its own is left out where it may not come first."""
        plain = " ".join(text.split())
        tokens = self._encode(" " + plain) if self.spaced else self._encode(plain)
        return self._encode(plain) if tokens and tokens[0] in self.never_first else tokens

    def read(self, tokens: Sequence[int]) -> str:
        """The text that tokens write; special ones write nothing."""
        text: str = self.tokenizer.decode([token for token in tokens if token < self.end])
        return text.strip()

    def _encode(self, text: str) -> list[int]:
        tokens: list[int] = self.tokenizer.encode(text, add_special_tokens=False).ids
        return tokens


def speller(tokenizer: Any, generation: Any, language: str, longest: int) -> Speller:
    """For a checkpoint's tokenizer (transformers) and its completed generation config. Raises SettingsError."""
    known = tokenizer.get_vocab()
    names = ["startoftranscript"]
    if generation.is_multilingual:
        languages = sorted(token[2:-2] for token in generation.lang_to_id)
        if language not in languages:
            said = f"not {language!r}" if language else "it has to be told"
            raise SettingsError(f"--language: {said}: the checkpoint knows {', '.join(languages)}")
        names += [language, "transcribe"]
    elif language not in ("", "en"):
        raise SettingsError(f"--language: the checkpoint knows English only, not {language!r}: take one without .en")
    prompt = tuple(known[f"<|{name}|>"] for name in [*names, "notimestamps"])
    never = frozenset(generation.begin_suppress_tokens or ())
    spaced = language not in UNSPACED
    return Speller(tokenizer.backend_tokenizer, prompt, known["<|endoftext|>"], never, longest, spaced)


def unfit(entry: Entry, spell: Speller, longest: float) -> str:
    """Why nothing can be learnt from it; "" where something can."""
    if not entry.text.strip():
        return "no text"
    if not SHORTEST <= entry.seconds <= longest:
        return f"longer than {longest:g} s" if entry.seconds > longest else f"shorter than {SHORTEST:g} s"
    tokens = spell.spell(entry.text)
    if any(token >= spell.end for token in tokens):
        return "its text holds one of Whisper's special tokens"
    n_tokens = len(spell(entry.text))
    return f"a text of {n_tokens} tokens: the decoder has {spell.longest} places" if n_tokens > spell.longest else ""


@dataclass(frozen=True, slots=True)
class Chosen:
    """The rows of a manifest that can be learnt from, and those that cannot. digest: of what those that can hold."""

    index: Index
    rows: NDArray[np.int64]
    seconds: float
    speakers: frozenset[str]
    left_out: tuple[LeftOut, ...]
    digest: str

    def __len__(self) -> int:
        return len(self.rows)

    def sample(self, most: int) -> NDArray[np.int64]:
        """So many of its rows, evenly from all."""
        at = np.linspace(0, len(self.rows) - 1, min(most, len(self.rows))).round().astype(int)
        return np.asarray(self.rows[at])


def choose(manifest: Path, spell: Speller, longest: float) -> Chosen:
    """Look at every row's text and length, once. Raises CorpusError where nothing is left, or less than half."""
    index, digest = Index(manifest), hashlib.sha256()
    rows, left_out, speakers, seconds = [], [], set(), 0.0
    for number in range(len(index)):
        entry = index[number]
        if reason := unfit(entry, spell, longest):
            left_out.append(LeftOut(entry.path, reason))
            continue
        rows.append(number)
        speakers.add(entry.speaker)
        seconds += entry.seconds
        digest.update(f"{entry.path.name}\t{entry.text}\n".encode())
    if len(rows) <= len(left_out):
        example = f": {left_out[0].path}: {left_out[0].reason}" if left_out else ""
        raise CorpusError(
            f"{manifest}: of {len(index)} recordings {len(left_out)} cannot be learnt from{example};"
            " cut long recordings, mend the texts, and make the manifest anew with `bigvoice corpus`"
        )
    told = frozenset(speakers - {""})
    return Chosen(index, np.array(rows), seconds, told, tuple(left_out), digest.hexdigest()[:16])


def plan(rows: NDArray[np.int64], batch: int, accumulate: int, epoch: int, seed: int) -> list[list[NDArray[np.int64]]]:
    """The steps of an epoch, each of up to `accumulate` batches of rows, in an order of that epoch's own."""
    order = np.random.default_rng([seed, epoch]).permutation(rows)
    batches = [order[first : first + batch] for first in range(0, len(order), batch)]
    return [batches[first : first + accumulate] for first in range(0, len(batches), accumulate)]


@dataclass(frozen=True, eq=False)
class Batch:
    """features: (n, n_mels, n_frames); heard: (n, n_frames), 1 where there is sound; inputs, labels: (n, n_tokens)."""

    features: Tensor
    heard: Tensor
    inputs: Tensor
    labels: Tensor
    texts: tuple[str, ...]
    paths: tuple[Path, ...]
    left_out: tuple[LeftOut, ...] = ()

    def __len__(self) -> int:
        return len(self.paths)

    @property
    def n_tokens(self) -> int:
        """That are to be written."""
        return int((self.labels != IGNORED).sum())


@dataclass(frozen=True)
class Hearing:
    """How recordings become batches. extractor: transformers' own, of the checkpoint."""

    index: Index
    spell: Speller
    extractor: Any

    def batch(self, rows: NDArray[np.int64]) -> Batch:
        """The batch of some rows of the manifest."""
        return collate([self._example(self.index[int(row)]) for row in rows], self.spell)

    def _example(self, entry: Entry) -> Example | LeftOut:
        longest = self.extractor.chunk_length
        try:
            samples = load(entry.path).samples
        except RecordingError as error:
            return LeftOut(entry.path, str(error))
        if len(samples) > longest * RATE:
            return LeftOut(entry.path, f"longer than {longest:g} s, though its manifest says {entry.seconds:g} s")
        made = self.extractor(samples, sampling_rate=RATE, return_tensors="np", return_attention_mask=True)
        return Example(made["input_features"][0], made["attention_mask"][0], self.spell(entry.text), entry)


@dataclass(frozen=True, eq=False)
class Example:
    """One recording as it is learnt from."""

    features: NDArray[np.float32]
    heard: NDArray[np.int32]
    labels: list[int]
    entry: Entry


def collate(found: Sequence[Example | LeftOut], spell: Speller) -> Batch:
    """Examples as one batch, which may be of length 0."""
    good = [each for each in found if isinstance(each, Example)]
    width = max((len(each.labels) for each in good), default=0)
    inputs = torch.full((len(good), width), spell.end)
    labels = torch.full((len(good), width), IGNORED)
    for i, each in enumerate(good):
        inputs[i, : len(each.labels)] = torch.tensor([spell.prompt[0], *each.labels[:-1]])
        labels[i, : len(each.labels)] = torch.tensor(each.labels)
    return Batch(
        torch.from_numpy(np.stack([each.features for each in good])) if good else torch.zeros(0, 0, 0),
        torch.from_numpy(np.stack([each.heard for each in good])) if good else torch.zeros(0, 0),
        inputs,
        labels,
        tuple(each.entry.text for each in good),
        tuple(each.entry.path for each in good),
        tuple(each for each in found if isinstance(each, LeftOut)),
    )


class _Steps(Dataset[tuple[Batch, ...]]):
    def __init__(self, hearing: Hearing) -> None:
        self.hearing = hearing

    def __getitem__(self, asked: Sequence[NDArray[np.int64]]) -> tuple[Batch, ...]:
        return tuple(self.hearing.batch(rows) for rows in asked)


def steps_ahead(
    hearing: Hearing, asked: Sequence[Sequence[NDArray[np.int64]]], workers: int
) -> Iterator[tuple[Batch, ...]]:
    """The batches of each step, prepared ahead by so many processes. asked: rows of each batch of each step."""
    yield from DataLoader(
        _Steps(hearing),
        batch_size=None,
        sampler=list(asked),  # whatever comes of it goes to __getitem__
        num_workers=workers,
        prefetch_factor=2 if workers else None,
    )
