"""Where pyannote's networks and pipelines lie: a folder, a file, or the Hugging Face cache. Nothing is fetched.

Two layouts of a pipeline are known by their config.yaml. That of speaker-diarization-community-1 holds its networks in
folders of its own ("$model/segmentation"); that of speaker-diarization-3.1 names those of other repositories
("pyannote/segmentation-3.0"), which are looked for beside the pipeline's folder, in it, and in the cache.

Everything is resolved here and handed to pyannote as files. Left to itself, it would ask the network for what is
missing, even for a PLDA that the layout of 3.1 does not use (pyannote-audio, issue 2044).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from bigvoice.errors import ModelError
from bigvoice.file_digest import sha256_of
from bigvoice.hub_cache import snapshots

CHECKPOINT, CONFIG = "pytorch_model.bin", "config.yaml"
PLDA_FILES = ("xvec_transform.npz", "plda.npz")
_HERE = "$model/"
_OURS = (
    "pyannote.audio.pipelines.SpeakerDiarization",
    "pyannote.audio.pipelines.speaker_diarization.SpeakerDiarization",
)
"""The pipelines that work on this machine; there are others, which send the sound to a server."""


@dataclass(frozen=True)
class PipelineFiles:
    """A diarization pipeline, all of it on this machine.

    params: of `SpeakerDiarization`, but for its networks. tuned: the hyper-parameters. digest: of all that it is made
    of, so that another version has another one.
    """

    folder: Path
    segmentation: Path
    embedding: Path
    plda: Path | None
    params: Mapping[str, Any]
    tuned: Mapping[str, Any]
    digest: str


def embedding_file(name: str) -> Path:
    """The checkpoint of an embedding network: `name` is its file, its folder, a pipeline's folder, or an ID in the
    cache. Raises ModelError.
    """
    place = _located(name)
    if place.is_file():
        return place
    if (place / CHECKPOINT).is_file():
        return place / CHECKPOINT
    if (place / CONFIG).is_file():
        return pipeline_files(name).embedding
    raise ModelError(f"{place} holds no {CHECKPOINT}, so it is no network of pyannote: give the folder that has it")


def pipeline_files(name: str) -> PipelineFiles:
    """The files of a pipeline: `name` is its folder or an ID in the cache. Raises ModelError."""
    place = _located(name)
    folder = place.parent if place.is_file() else place
    config = folder / CONFIG
    if place not in (folder, config) or not config.is_file():
        what = f"{place} holds no {CONFIG}" if place == folder else f"{place} is no {CONFIG}"
        raise ModelError(f"{what}, so it is no pipeline of pyannote: give the folder of one, as community-1's")
    params, tuned = _read(config)
    networks = {part: _network(params.pop(part, None), part, config) for part in ("segmentation", "embedding")}
    plda = params.pop("plda", None)
    needs_plda = params.get("clustering", "VBxClustering") == "VBxClustering"
    found = _plda(plda, config) if needs_plda else None
    parts = [config, *networks.values(), *([found / name for name in PLDA_FILES] if found else [])]
    whole = hashlib.sha256("".join(digest(file) for file in parts).encode()).hexdigest()
    return PipelineFiles(folder, networks["segmentation"], networks["embedding"], found, params, tuned, whole)


def digest(file: Path) -> str:
    """The sha256 of a file, in hexadecimal digits. Raises ModelError for one that cannot be read."""
    try:
        stat = file.stat()
        return _digest(file, stat.st_size, stat.st_mtime_ns)
    except OSError as error:
        raise ModelError(f"{file} cannot be read: {error.strerror}") from error


@cache
def _digest(file: Path, _size: int, _changed: int) -> str:
    return sha256_of(file)


def _located(name: str) -> Path:
    """What the user named: a path that is there, else the newest version in the cache."""
    if not name:
        example = "pyannote:pyannote/speaker-diarization-community-1"
        raise ModelError(f"pyannote needs a model: pyannote:FOLDER or pyannote:ID, as {example}")
    path = Path(name).expanduser()
    if path.exists():
        return path
    if not _is_id(name):
        raise ModelError(f"{path} is not there: give the folder of a pyannote model, or its ID on the Hugging Face Hub")
    if kept := snapshots(name):
        return kept[0]
    raise ModelError(f"{name} is neither a folder nor in the Hugging Face cache: {_advice(name)}")


def _advice(repository: str) -> str:
    """How to get a repository; the token is asked for and kept by the hub's own program."""
    return (
        f"accept its conditions at https://hf.co/{repository}, `hf auth login` once, and `hf download {repository}`;"
        " or copy its folder from another machine"
    )


def _is_id(name: str) -> bool:
    return name.count("/") == 1 and not name.startswith((".", "~", "/")) and name[-1] != "/" and "\\" not in name


def _read(config: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """Parameters and hyper-parameters of a config.yaml that is one of a diarization pipeline."""
    try:
        content = yaml.safe_load(config.read_text(encoding="utf-8"))
        name, params = content["pipeline"]["name"], dict(content["pipeline"].get("params") or {})
        tuned = dict(content.get("params") or {})
    except OSError as error:
        raise ModelError(f"{config} cannot be read: {error.strerror}") from error
    except (yaml.YAMLError, UnicodeDecodeError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise ModelError(f"{config} is no pipeline of pyannote: get its folder anew") from error
    if name not in _OURS:
        raise ModelError(
            f"{config} is a pipeline {name}: bigvoice runs SpeakerDiarization only, as in community-1 or 3.1,"
            " where the sound stays on this machine"
        )
    return params, tuned


def _network(said: object, part: str, config: Path) -> Path:
    """The checkpoint that a config means; `said`: "$model/FOLDER", an ID, a path, or a mapping with `checkpoint`."""
    place = _resolved(said, part, config)
    file = place / CHECKPOINT if place.is_dir() else place
    if not file.is_file():
        raise ModelError(f"the pipeline in {config.parent} lacks its {part}, {file}: get the whole folder anew")
    return file


def _plda(said: object, config: Path) -> Path:
    folder = _resolved(said, "plda", config)
    if lacks := [name for name in PLDA_FILES if not (folder / name).is_file()]:
        raise ModelError(
            f"the pipeline in {config.parent} lacks {', '.join(lacks)} in {folder}: get the whole folder anew"
        )
    return folder


def _resolved(said: object, part: str, config: Path) -> Path:
    """The place a config means; it need not be there where it is one in the pipeline's own folder."""
    subfolder = ""
    if isinstance(said, Mapping):
        subfolder = str(said.get("subfolder") or "")
        said = said.get("checkpoint")
    if not isinstance(said, str) or not said:
        raise ModelError(f"{config} does not say which {part} to take: get the pipeline's folder anew")
    if said.startswith(_HERE):
        return config.parent / said.removeprefix(_HERE).partition("@")[0] / subfolder
    if (there := config.parent / Path(said).expanduser()).exists():
        return there / subfolder
    if not _is_id(said):
        raise ModelError(f"{config} takes its {part} from {said}, which is not there: correct the path in it")
    repository = said.partition("@")[0]
    copied = [folder / repository.rpartition("/")[2] for folder in (config.parent, config.parent.resolve().parent)]
    kept = [place / subfolder for place in (*copied, *snapshots(repository)) if (place / subfolder).is_dir()]
    if not kept:
        raise ModelError(f"the pipeline in {config.parent} takes its {part} from {repository}: {_advice(repository)}")
    return kept[0]
