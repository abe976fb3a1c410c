"""How fast DeepSpeech2 is trained, and how fast it listens, as Markdown tables.

    python bench/deepspeech2_speed.py [--width 512] [--layers 5] [--threads N]

Weights are as they begin, as time does not hang on what they have learnt; sound is made noise of 4 to 12 s. The bound
is what torch alone does: the same steps on batches that lie ready in memory. Training is the whole loop: files are
decoded, changed, and made into spectrograms by a process beside it. Recognition is the exported file in onnxruntime,
from samples to log-probabilities; a stream gets pieces of a fifth of a second.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
import wave
from pathlib import Path

import numpy as np
import onnxruntime
import torch

from bigvoice.corpora.manifest import Entry, write
from bigvoice.corpora.vocabulary import Vocabulary
from bigvoice.features.log_spectrogram import HOP, N_BANDS, log_spectrogram, normalized
from bigvoice.recording import RATE
from bigvoice.training.deepspeech2 import Trainer
from bigvoice.training.deepspeech2_config import Config, DataOptions, ModelOptions, TrainingOptions
from bigvoice.training.deepspeech2_export import export
from bigvoice.training.speech_batches import batches, plan
from bigvoice.training.team import Team

N, BATCH = 32, 8
PIECE_S = 0.2


def corpus(folder: Path) -> Path:
    rng, entries = np.random.default_rng(0), []
    for i in range(N):
        n = int(rng.uniform(4, 12) * RATE)
        with wave.open(str(folder / f"{i}.wav"), "wb") as out:
            out.setnchannels(1)
            out.setsampwidth(2)
            out.setframerate(RATE)
            out.writeframes((rng.standard_normal(n) * 2000).astype("<i2").tobytes())
        text = "".join(rng.choice(list("abcdefghijklmnopqrstuvwxyz "), n * 14 // RATE)).strip()
        entries.append(Entry(folder / f"{i}.wav", text, n / RATE, str(i % 8)))
    write(folder / "train.csv", entries)
    Vocabulary.of([entry.text for entry in entries]).save(folder / "vocabulary.json")
    return folder


def trainer(folder: Path, model: ModelOptions, threads: int) -> Trainer:
    data = DataOptions(folder / "train.csv", folder / "train.csv", folder / "vocabulary.json", workers=1)
    config = Config(data, model, TrainingOptions(epochs=1, batch=BATCH, threads=threads))
    return Trainer(config, folder / "out", Team.join(), lambda _: None)


def trained(folder: Path, model: ModelOptions, threads: int) -> str:
    """Recordings a second: torch's bound, the whole loop, and what of it was waiting."""
    made = trainer(folder, model, threads)
    asked = [made.train.rows[some] for some in plan(made.train.seconds, BATCH, 1, 0, by_length=False)]
    ready = list(batches(made.train.index, asked, 1, made.spoilt, 0))
    made._step(ready[0])
    begun = time.perf_counter()
    for batch in ready:
        made._step(batch)
    bound = N / (time.perf_counter() - begun)
    made.run.epoch, waited, begun = 1, 0.0, time.perf_counter()
    asked_at = begun
    for batch in batches(made.train.index, asked, 1, made.spoilt, 1):
        waited += time.perf_counter() - asked_at
        made._step(batch)
        asked_at = time.perf_counter()
    whole = time.perf_counter() - begun
    seconds = float(made.train.seconds.sum())
    n_numbers = sum(p.numel() for p in made.run.network.parameters())
    return (
        f"| {model.layers} x {model.width} {model.cell} | {n_numbers / 1e6:.1f} M | {bound:.2f} | {N / whole:.2f} |"
        f" {N / whole / bound:.0%} | {waited / whole:.1%} | {seconds / whole:.0f}x |"
    )


def listened(folder: Path, model: ModelOptions, *, eight_bit: bool, threads: int) -> str:
    """Speed of the exported file, and how late a stream's text is."""
    made = trainer(folder, model, threads)
    made.run.best = 1.0
    made._keep_best()
    kept = torch.load(folder / "out" / "best.pt", weights_only=True)
    file = export(kept, folder / "model.onnx", eight_bit=eight_bit)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
    facts = json.loads(session.get_modelmeta().custom_metadata_map["bigvoice.deepspeech2"])
    samples = np.random.default_rng(0).standard_normal(30 * RATE).astype(np.float32) * 0.05
    begun = time.perf_counter()
    frames = normalized(log_spectrogram(samples))
    per_piece = ""
    if model.ahead:
        states = {i.name: np.zeros(i.shape, np.float32) for i in session.get_inputs()[1:]}
        size, times = round(PIECE_S * RATE / HOP), []
        for first in range(0, len(frames) - size, size):
            at = time.perf_counter()
            _, *after = session.run(None, {"spectrogram": frames[None, first : first + size], **states})
            states = dict(zip(states, after, strict=True))
            times.append(time.perf_counter() - at)
        late = facts["tail"] * HOP / RATE
        per_piece = f"{late + PIECE_S + np.median(times):.2f} s ({late:.2f} heard ahead, {PIECE_S:g} a piece,"
        per_piece += f" {1000 * np.median(times):.0f} ms at work)"
    else:
        session.run(None, {"spectrogram": frames[None].reshape(1, -1, N_BANDS)})
    speed = 30 / (time.perf_counter() - begun)
    kind = "streaming" if model.ahead else "bidirectional"
    bits = "8 bits" if eight_bit else "16 bits"
    return (
        f"| {model.layers} x {model.width} {model.cell}, {kind} | {bits}, {file.stat().st_size / 1e6:.0f} MB |"
        f" {threads} | {speed:.1f}x | {per_piece or '–'} |"
    )


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--layers", type=int, default=5)
    ask.add_argument("--width", type=int, default=512)
    ask.add_argument("--threads", type=int, default=2)
    given = ask.parse_args()
    sizes = [
        ModelOptions(layers=3, width=320, channels=8, stride=4),
        ModelOptions(layers=given.layers, width=given.width),
    ]
    with tempfile.TemporaryDirectory() as name:
        folder = corpus(Path(name))
        print("| network | numbers | torch's bound, recordings a second | training | of the bound | waiting | speed |")
        print("|---|---|---|---|---|---|---|")
        for model in sizes:
            print(trained(folder, model, given.threads), flush=True)
        print("\n| network | file | threads | speed | a word is late by |\n|---|---|---|---|---|")
        large = {"layers": given.layers, "width": given.width}
        for model, eight_bit in (
            (ModelOptions(**large), True),
            (ModelOptions(**large), False),
            (ModelOptions(**large, ahead=20), True),
        ):
            print(listened(folder, model, eight_bit=eight_bit, threads=given.threads), flush=True)


if __name__ == "__main__":
    main()
