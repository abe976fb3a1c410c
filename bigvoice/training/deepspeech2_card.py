"""Card: what a trained DeepSpeech2 is, what it learnt from and how it reads, in Markdown beside its file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml

from bigvoice.corpora.vocabulary import Vocabulary
from bigvoice.training.deepspeech2_config import Config
from bigvoice.training.deepspeech2_network import DeepSpeech2
from bigvoice.training.learning_log import PICTURE, Row

CURVE_ROWS = 12
"""Of the epochs, so many are shown, the best and the last among them."""


def card(model: Path, kept: dict[str, Any], network: DeepSpeech2, log: list[dict[str, float]]) -> str:
    """The card's text. kept: a training's `best.pt`; log: its rows."""
    config = json.loads(kept["config"])
    vocabulary = Vocabulary.from_json(kept["vocabulary"])
    n_numbers = sum(each.numel() for each in network.parameters())
    learnt, others = kept["speakers"]
    epochs = [row for row in log if "dev_cer" in row]
    best = next(row for row in epochs if row["epoch"] == kept["epoch"])
    shared = kept["shared_speakers"]
    disjoint = f"**{shared} people speak in both: the figures flatter.**" if shared else "Nobody speaks in both."
    return f"""# {model.name}: DeepSpeech2, {config["data"]["language"]}

{n_numbers / 1e6:.1f} million numbers, {model.stat().st_size / 1e6:.1f} MB as a file; writes with
{len(vocabulary.symbols)} symbols ({vocabulary.unit}). Use it with `--asr deepspeech2:{model.name}`.

## How it was made

    bigvoice train deepspeech2 --config config.yaml --out FOLDER

with these settings and defaults for the rest, in {best["minutes"]:.0f} minutes up to its best epoch
({kept["epoch"]:.0f}):

```yaml
{yaml.safe_dump(_told(config), sort_keys=False).strip()}
```

Learnt from: {kept["hours"]:.2f} h of {learnt or "unnamed"} speakers. Chosen by: {others or "unnamed"} others.
{disjoint}

## How it reads

Greedily, without a language model, the people it was chosen by: **{100 * best["dev_cer"]:.1f} % of characters wrong**
(spaces not counted), {100 * best["dev_wer"]:.1f} % of words. As they chose it, others find it a little worse.

{_curve(epochs, kept["epoch"])}

![loss and error rates by step]({PICTURE})
"""


def _told(config: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """What differs from the defaults; of paths only the names, so that a card tells nothing of a machine."""
    default = Config().to_json()
    named = {
        section: {
            key: Path(value).name if section == "data" and key in ("train", "dev", "vocabulary") else value
            for key, value in values.items()
            if value != default[section].get(key) and key not in ("workers", "threads")
        }
        for section, values in config.items()
    }
    for section, key in (("augmentation", "noise_folder"), ("augmentation", "room_folder"), ("training", "start")):
        if path := named[section].get(key):
            named[section][key] = "/".join(Path(path).parts[-2:]) if key == "start" else Path(path).name
    return {section: values for section, values in named.items() if values}


def _curve(epochs: list[dict[str, float]], best: int) -> str:
    """Some epochs as a table."""
    stride = -(-len(epochs) // CURVE_ROWS)
    shown: list[Row] = [
        row for i, row in enumerate(epochs) if i % stride == 0 or row is epochs[-1] or row["epoch"] == best
    ]
    lines = ["| epoch | minutes | loss | characters wrong % | words wrong % |", "|---|---|---|---|---|"]
    lines += [
        f"| {row['epoch']:.0f} | {row['minutes']:.0f} | {row['dev_loss']:.3f} |"
        f" {100 * row['dev_cer']:.1f} | {100 * row['dev_wer']:.1f} |"
        for row in shown
    ]
    return "\n".join(lines)
