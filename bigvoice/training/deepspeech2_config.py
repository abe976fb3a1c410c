"""Config: how a DeepSpeech2 is trained, as a YAML file with typed sections. `EXAMPLE` is one, with all there is.

    data: {train: train.csv, dev: dev.csv, vocabulary: vocabulary.json, language: ko}
    model: {layers: 5, width: 1024}
    training: {epochs: 70, batch: 40, rate: 1.5e-4, anneal: 0.99}
    augmentation: {noise: 0.4, noise_folder: noise}

Paths are relative to the file. What is left out has its default; what is unknown, of another type or out of range is an
error that names file and key.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

import yaml

from bigvoice.errors import SettingsError
from bigvoice.options import Options, option, options_of
from bigvoice.training.deepspeech2_network import Shape

EXAMPLE = Path(__file__).with_name("deepspeech2.yaml")
"""The settings of a 1,000-hour Korean run, as the student projects had them."""


@dataclass(frozen=True)
class DataOptions(Options):
    """What is learnt from."""

    train: Path = option(Path("train.csv"), "Manifest to learn from.")  # noqa: RUF009
    dev: Path = option(Path("dev.csv"), "Manifest of other people; the best model is kept.")  # noqa: RUF009
    vocabulary: Path = option(Path("vocabulary.json"), "The symbols to write with.")  # noqa: RUF009
    language: str = option("en", "ISO 639-1; goes into the model file.")
    expect: str = option("", "How good to expect it to be, in words, for those who use it; else what was measured.")
    longest: float = option(20.0, "Seconds; what is longer is left out.", least=0.1)
    workers: int = option(2, "Processes that prepare batches; 0: none beside the one that trains.", least=0, most=256)


@dataclass(frozen=True)
class ModelOptions(Options):
    """How large the network is; `Shape` tells what each means."""

    convolutions: int = option(2, "Convolutions.", least=2, most=3)
    channels: int = option(32, "Of each convolution.", least=1)
    stride: int = option(2, "Spectrogram frames (10 ms) a step: 2 or 4.", least=2, most=4)
    layers: int = option(5, "Recurrent layers.", least=1, most=12)
    width: int = option(512, "Units of a recurrent layer.", least=1)
    cell: str = option("lstm", "What recurrent layers are of.", choices=("lstm", "gru"))
    ahead: int = option(0, "Steps of look-ahead of a streaming model; 0: bidirectional.", least=0, most=400)
    dropout: float = option(0.1, "Share of units left out after each recurrent layer.", least=0, most=0.9)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.stride == 3:
            raise SettingsError("stride must be 2 or 4, not 3")

    @property
    def shape(self) -> Shape:
        """As the network takes it."""
        return Shape(**asdict(self))


@dataclass(frozen=True)
class TrainingOptions(Options):
    """How it is taught."""

    start: Path | None = option(None, "Begin with another training's best.pt, of another language, say.")  # noqa: RUF009
    epochs: int = option(70, "Times that everything is heard.", least=1)
    batch: int = option(40, "Recordings a step, of all processes together.", least=1)
    rate: float = option(1.5e-4, "AdamW's learning rate.", least=1e-9, most=1)
    anneal: float = option(0.99, "The rate's factor from epoch to epoch.", least=0.01, most=1)
    warm_up: int = option(0, "Steps until the rate is reached.", least=0)
    decay: float = option(1e-5, "AdamW's weight decay.", least=0, most=1)
    clip: float = option(10.0, "Largest norm of all gradients.", least=1e-3)
    average: float = option(0.0, "Of the weights, what each step keeps; 0: the last weights.", least=0, most=0.99999)
    precision: str = option("bfloat16", "Of matrix products.", choices=("float32", "bfloat16", "float16"))
    sorta_grad: bool = option(True, "The first epoch from short to long (section 3.3).")
    checkpoint_steps: int = option(500, "Steps between two checkpoints; one follows each epoch anyway.", least=1)
    patience: int = option(10, "Epochs without a better character error rate before it stops.", least=1)
    seed: int = option(0, "Of all that is drawn.", least=0)
    threads: int | None = option(None, "Of the processor; else all.", least=1)


@dataclass(frozen=True)
class AugmentationOptions(Options):
    """What each recording is changed by, drawn anew each time; shares of 0 switch a change off."""

    speed: float = option(0.1, "Played up to so much slower or faster (0.1: 0.9 to 1.1).", least=0, most=0.5)
    volume_db: float = option(6.0, "Louder or softer by up to so much.", least=0, most=40)
    noise: float = option(0.4, "Share over noise.", least=0, most=1)
    noise_folder: Path | None = option(None, "Recordings of noise; without them it is made.")  # noqa: RUF009
    snr_low_db: float = option(5.0, "The loudest noise: so far below the speech.", least=-20, most=60)
    snr_high_db: float = option(30.0, "The softest noise.", least=-20, most=60)
    room: float = option(0.3, "Share in a room.", least=0, most=1)
    room_folder: Path | None = option(None, "Impulse responses; without them rooms are made.")  # noqa: RUF009
    time_masks: int = option(2, "Stretches of time left out (SpecAugment: Park et al., 2019).", least=0, most=20)
    time_mask: int = option(40, "Longest of them, frames.", least=0)
    band_masks: int = option(2, "Stretches of frequency left out.", least=0, most=20)
    band_mask: int = option(27, "Widest of them, bands of 161.", least=0, most=161)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.snr_low_db > self.snr_high_db:
            raise SettingsError(f"snr_low_db ({self.snr_low_db:g}) must not be above snr_high_db")


@dataclass(frozen=True)
class Config:
    """All of it."""

    data: DataOptions = field(default_factory=DataOptions)
    model: ModelOptions = field(default_factory=ModelOptions)
    training: TrainingOptions = field(default_factory=TrainingOptions)
    augmentation: AugmentationOptions = field(default_factory=AugmentationOptions)

    def to_json(self) -> dict[str, Any]:
        """As JSON values, to be kept beside what was trained so."""
        return {
            section.name: {
                key: str(value) if isinstance(value, Path) else value
                for key, value in asdict(getattr(self, section.name)).items()
            }
            for section in fields(self)
        }


_SECTIONS: Mapping[str, type[Options]] = {
    "data": DataOptions,
    "model": ModelOptions,
    "training": TrainingOptions,
    "augmentation": AugmentationOptions,
}


def read(path: Path) -> Config:
    """The config that a YAML file holds. Raises SettingsError, naming the file and the key."""
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"the config {path} cannot be read: {error.strerror}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} is not valid YAML: {' '.join(str(error).split())}") from error
    if not isinstance(values, Mapping):
        raise SettingsError(f"{path} is no config: it has sections, {', '.join(_SECTIONS)}, with keys below them")
    _refuse_unknown(values, list(_SECTIONS), f"{path}: unknown section")
    return Config(**{name: _section(name, values[name], path) for name in values})


def _section(name: str, values: object, path: Path) -> Any:
    if not isinstance(values, Mapping):
        raise SettingsError(f"{path}: {name} is a section: write {name}: and its keys below")
    known = options_of(_SECTIONS[name], name)
    _refuse_unknown(values, [each.name for each in known], f"{path}: {name} has no key")
    given = {each.name: each.read(_number(values[each.name]), path) for each in known if each.name in values}
    paths = {each.name: path.parent / each.default for each in known if isinstance(each.default, Path)}
    try:
        return _SECTIONS[name](**{**paths, **given})
    except SettingsError as error:
        raise SettingsError(f"{path}: {name}: {error}") from None


def _number(value: object) -> object:
    """YAML 1.1 takes 1e-4 for a text, as it has no point."""
    try:
        return float(value) if isinstance(value, str) and value[:1].isdigit() and "e" in value.lower() else value
    except ValueError:
        return value


def _refuse_unknown(values: Mapping[Any, object], known: list[str], said: str) -> None:
    for key in values:
        if key not in known:
            raise SettingsError(f"{said} {key!r}: there are {', '.join(known)}")
