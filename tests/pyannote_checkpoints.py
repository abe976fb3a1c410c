"""Checkpoints and pipelines of pyannote's, made here: everything is real but the weights.

The embedding network has random weights. The segmentation network says one thing, whatever it hears: its last layer is
all bias. So a test knows what a pipeline must find. torch and pyannote are imported by name: they may be missing.
"""

from __future__ import annotations

import json
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from bigvoice.voices.pyannote_library import library, quietly

NOBODY, ONE, TWO_AT_ONCE = 0, 1, 4
"""What the segmentation network says: of the subsets of three voices (none, 1, 2, 3, 1+2, 1+3, 2+3) the n-th."""
DIM = 16
AGGLOMERATIVE = {"method": "centroid", "min_cluster_size": 1, "threshold": 0.7}
VBX = {"threshold": 0.6, "Fa": 0.07, "Fb": 0.8}


def installed() -> bool:
    """Whether pyannote.audio can be imported at all; nothing is."""
    return find_spec("pyannote") is not None and find_spec("pyannote.audio") is not None


def write_embedding(folder: Path, *, seed: int = 0, dim: int = DIM) -> Path:
    """An x-vector network with random weights, in folder/pytorch_model.bin."""
    library()
    torch = import_module("torch")
    with quietly(), torch.random.fork_rng():
        torch.manual_seed(seed)
        network = import_module("pyannote.audio.models.embedding").XVectorSincNet(dimension=dim)
    return _save(network, folder, problem="REPRESENTATION", resolution="CHUNK", duration=5.0)


def write_segmentation(folder: Path, says: int = ONE) -> Path:
    """A small PyanNet that always says the same, in folder/pytorch_model.bin."""
    library()
    torch = import_module("torch")
    with quietly(), torch.random.fork_rng():
        torch.manual_seed(0)
        small = {"hidden_size": 8, "num_layers": 1}
        network = import_module("pyannote.audio.models.segmentation").PyanNet(lstm=small, linear=small)
        file = _save(
            network,
            folder,
            problem="MONO_LABEL_CLASSIFICATION",
            resolution="FRAME",
            duration=10.0,
            classes=["speaker#1", "speaker#2", "speaker#3"],
            powerset_max_classes=2,
            permutation_invariant=True,
        )
        stored = torch.load(file, weights_only=False)
        weights, bias = (stored["state_dict"][f"classifier.{name}"] for name in ("weight", "bias"))
        weights.zero_()
        bias.zero_()
        bias[says] = 10.0
        torch.save(stored, file)
    return file


def write_community(folder: Path, says: int = ONE) -> Path:
    """A pipeline laid out as speaker-diarization-community-1: its networks and its PLDA in folders of its own."""
    write_segmentation(folder / "segmentation", says)
    write_embedding(folder / "embedding")
    _write_plda(folder / "plda")
    parts = {part: f"$model/{part}" for part in ("segmentation", "embedding", "plda")}
    return _write_config(folder, {"dependencies": {"pyannote.audio": "4.0.0"}}, parts, "VBxClustering", VBX)


def write_31(folder: Path, says: int = ONE) -> Path:
    """A pipeline laid out as speaker-diarization-3.1: its networks are of other repositories, copied beside it."""
    write_segmentation(folder.parent / "segmentation-3.0", says)
    write_embedding(folder.parent / "wespeaker-voxceleb-resnet34-LM")
    parts = {"segmentation": "pyannote/segmentation-3.0", "embedding": "pyannote/wespeaker-voxceleb-resnet34-LM"}
    return _write_config(folder, {"version": "3.1.0"}, parts, "AgglomerativeClustering", AGGLOMERATIVE)


def write_cached(cache: Path, repository: str, source: Path) -> Path:
    """A folder as the hub's cache keeps it: snapshots/REVISION, of links to blobs, and what "main" is."""
    place = cache / f"models--{repository.replace('/', '--')}"
    (place / "refs").mkdir(parents=True)
    (place / "refs" / "main").write_text("c0ffee")
    for number, file in enumerate(sorted(file for file in source.rglob("*") if file.is_file())):
        blob = place / "blobs" / str(number)
        link = place / "snapshots" / "c0ffee" / file.relative_to(source)
        blob.parent.mkdir(exist_ok=True)
        link.parent.mkdir(parents=True, exist_ok=True)
        blob.write_bytes(file.read_bytes())
        link.symlink_to(blob)
    return place / "snapshots" / "c0ffee"


def _save(network: Any, folder: Path, **task: Any) -> Path:
    """As pyannote saves a trained network."""
    torch, tasks = import_module("torch"), import_module("pyannote.audio.core.task")
    task["problem"], task["resolution"] = tasks.Problem[task["problem"]], tasks.Resolution[task["resolution"]]
    network.specifications = tasks.Specifications(**task)
    network.build()
    stored = {
        "state_dict": network.state_dict(),
        "hyper_parameters": dict(network.hparams),
        "hparams_name": "kwargs",
        "pytorch-lightning_version": import_module("lightning").__version__,
    }
    network.on_save_checkpoint(stored)
    folder.mkdir(parents=True, exist_ok=True)
    torch.save(stored, folder / "pytorch_model.bin")
    return folder / "pytorch_model.bin"


def _write_plda(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    axes, zeros = np.eye(DIM), np.zeros(DIM)
    np.savez(folder / "xvec_transform.npz", mean1=zeros, mean2=zeros, lda=axes)
    np.savez(folder / "plda.npz", mu=zeros, tr=axes, psi=np.linspace(2.0, 0.1, DIM))


def _write_config(
    folder: Path, head: dict[str, Any], parts: dict[str, str], clustering: str, tuned: dict[str, Any]
) -> Path:
    """JSON is YAML, too."""
    batches = {"segmentation_batch_size": 8, "embedding_batch_size": 8, "embedding_exclude_overlap": True}
    content = {
        **head,
        "pipeline": {
            "name": "pyannote.audio.pipelines.SpeakerDiarization",
            "params": {"clustering": clustering, **parts, **batches},
        },
        "params": {"clustering": tuned, "segmentation": {"min_duration_off": 0.0}},
    }
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.yaml").write_text(json.dumps(content))
    return folder
