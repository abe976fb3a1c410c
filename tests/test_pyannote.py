"""pyannote.audio as a part: on checkpoints that are made here, by the ways that real ones are loaded."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

from bigvoice.errors import ModelError, SettingsError
from bigvoice.progress import Progress, silent
from bigvoice.recording import RATE
from bigvoice.span import Span
from bigvoice.turn import Turn
from bigvoice.voices import pyannote_library
from bigvoice.voices.pyannote_files import embedding_file, pipeline_files
from tests import pyannote_checkpoints as made
from tests.fakes import sound

real = pytest.mark.skipif(not made.installed(), reason="pyannote.audio is not installed")
SOUND = sound([(0, 6, 110.0), (6, 12, 440.0)], 12)
FRAME = 0.05
"""Seconds: a pipeline's turns begin and end on frames of 17 ms, in chunks that reach over the end."""


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """community-1 and 3.1 layouts, whose segmentation hears one voice all the time."""
    folder = tmp_path_factory.mktemp("pyannote")
    made.write_community(folder / "community-1")
    made.write_31(folder / "speaker-diarization-3.1")
    return folder


def encoder(model: Path | str):
    return import_module("bigvoice.voices.pyannote_encoder").pyannote_encoder(str(model))


def diarizer(model: Path | str):
    return import_module("bigvoice.diarization.pyannote_diarizer").pyannote_diarizer(str(model))


def paths_only(
    folder: Path, *, says: str = "$model/{}", name: str = "pyannote.audio.pipelines.SpeakerDiarization"
) -> Path:
    """A pipeline's folder whose networks are files of some bytes: enough for finding them."""
    parts = {part: says.format(part) for part in ("segmentation", "embedding", "plda")}
    for part in ("segmentation", "embedding"):
        (folder / part).mkdir(parents=True)
        (folder / part / "pytorch_model.bin").write_bytes(part.encode())
    (folder / "plda").mkdir()
    for file in ("plda.npz", "xvec_transform.npz"):
        (folder / "plda" / file).write_bytes(b"0")
    config = {"pipeline": {"name": name, "params": {"clustering": "VBxClustering", **parts}}, "params": {}}
    (folder / "config.yaml").write_text(json.dumps(config))
    return folder


# Where things lie


def test_a_pipeline_in_a_folder_of_its_own(tmp_path):
    folder = paths_only(tmp_path / "community-1")
    files = pipeline_files(str(folder))
    assert files.segmentation == folder / "segmentation" / "pytorch_model.bin"
    assert files.embedding == folder / "embedding" / "pytorch_model.bin"
    assert files.plda == folder / "plda"
    assert embedding_file(str(folder)) == files.embedding
    assert pipeline_files(str(folder / "config.yaml")) == files


def test_another_version_of_any_part_is_another_pipeline(tmp_path):
    folder = paths_only(tmp_path / "community-1")
    before = pipeline_files(str(folder)).digest
    (folder / "plda" / "plda.npz").write_bytes(b"other")
    assert pipeline_files(str(folder)).digest != before
    shutil.copytree(folder, tmp_path / "copy")
    assert pipeline_files(str(tmp_path / "copy")).digest == pipeline_files(str(folder)).digest


def test_the_cache_is_where_the_hub_has_it(tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "cache"))
    kept = made.write_cached(tmp_path / "cache", "pyannote/community", paths_only(tmp_path / "source"))
    assert pipeline_files("pyannote/community").embedding == kept / "embedding" / "pytorch_model.bin"


def test_networks_of_other_repositories_are_found_beside_the_pipeline_and_in_the_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "cache"))
    source = paths_only(tmp_path / "models" / "pipeline", says="pyannote/{}-3.0")
    for part in ("embedding", "plda"):
        (source / part).rename(tmp_path / "models" / f"{part}-3.0")
    kept = made.write_cached(tmp_path / "cache", "pyannote/segmentation-3.0", source / "segmentation")
    files = pipeline_files(str(source))
    assert files.segmentation == kept / "pytorch_model.bin"
    assert files.embedding == tmp_path / "models" / "embedding-3.0" / "pytorch_model.bin"


def missing_id(folder):
    return "pyannote/speaker-diarization-community-1"


def missing_folder(folder):
    return str(folder / "nowhere" / "else")


def empty_folder(folder):
    folder.mkdir()
    return str(folder)


def networks_elsewhere(folder):
    return str(paths_only(folder, says="pyannote/{}-3.0"))


def cut_network(folder):
    (paths_only(folder) / "segmentation" / "pytorch_model.bin").unlink()
    return str(folder)


def cut_plda(folder):
    (paths_only(folder) / "plda" / "plda.npz").unlink()
    return str(folder)


def cloud(folder):
    return str(paths_only(folder, name="pyannote.audio.pipelines.pyannoteai.sdk.SDK"))


def no_config(folder):
    (paths_only(folder) / "config.yaml").write_text("pipeline: [")
    return str(folder)


def no_pipeline(folder):
    (paths_only(folder) / "config.yaml").write_text('{"train": {"epochs": 3}}')
    return str(folder)


def nothing(folder):
    return ""


@pytest.mark.parametrize(
    ("model", "told"),
    [
        (missing_id, "hf download pyannote/speaker-diarization-community-1"),
        (missing_folder, "is not there: give the folder"),
        (empty_folder, "holds no config.yaml"),
        (networks_elsewhere, "hf download pyannote/segmentation-3.0"),
        (cut_network, "lacks its segmentation"),
        (cut_plda, "lacks plda.npz"),
        (cloud, "where the sound stays on this machine"),
        (no_config, "is no pipeline of pyannote"),
        (no_pipeline, "is no pipeline of pyannote"),
        (nothing, "pyannote:FOLDER or pyannote:ID"),
    ],
)
def test_a_pipeline_that_cannot_be_had_is_told_with_the_next_step(model, told, tmp_path):
    with pytest.raises(ModelError, match=told) as raised:
        pipeline_files(model(tmp_path / "models"))
    assert "\n" not in str(raised.value)


def test_a_folder_without_a_network_is_no_encoder(tmp_path):
    with pytest.raises(ModelError, match=r"holds no pytorch_model\.bin"):
        embedding_file(str(tmp_path))


# The library


def test_without_the_package_it_is_told_how_to_get_it(tmp_path, monkeypatch):
    monkeypatch.setattr(pyannote_library, "find_spec", lambda name: None)
    for part in (encoder, diarizer):
        with pytest.raises(ModelError, match=r'pip install "bigvoice\[pyannote\]"'):
            part(tmp_path)


def test_a_broken_install_is_told_in_one_line(monkeypatch):
    def broken(name: str) -> None:
        raise AttributeError("module 'torch' has no attribute\n 'amp'")

    monkeypatch.setattr(pyannote_library, "find_spec", lambda name: object())
    monkeypatch.setattr(pyannote_library, "import_module", broken)
    with pytest.raises(ModelError, match="does not load") as raised:
        pyannote_library.library()
    assert "\n" not in str(raised.value)


def test_importing_the_parts_imports_nothing_heavy():
    code = (
        "import bigvoice.voices.pyannote_encoder, bigvoice.diarization.pyannote_diarizer, sys;"
        "print({'torch', 'pyannote.audio', 'lightning'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


@real
def test_telemetry_is_off_whatever_the_shell_says(monkeypatch):
    monkeypatch.setenv("PYANNOTE_METRICS_ENABLED", "1")
    pyannote_library.library()
    assert os.environ["PYANNOTE_METRICS_ENABLED"] == "0"
    assert not import_module("pyannote.audio.telemetry.metrics").is_metrics_enabled()


@real
def test_a_checkpoint_that_would_run_code_is_refused_and_not_run(tmp_path):
    torch = import_module("torch")
    victim = tmp_path / "ran"

    class Trap:
        def __reduce__(self):
            return (os.mkdir, (str(victim),))

    torch.save({"state_dict": {}, "pyannote.audio": Trap()}, tmp_path / "pytorch_model.bin")
    with pytest.raises(ModelError, match=r"mkdir.*get it anew"):
        encoder(tmp_path)(SOUND, [Span(0, 2)], silent)
    assert not victim.exists()
    torch.load(tmp_path / "pytorch_model.bin", weights_only=False)
    assert victim.exists()  # the trap works


@real
@pytest.mark.parametrize("damage", ["cut", "text", "empty"])
def test_a_damaged_checkpoint_is_told(damage, models, tmp_path):
    whole = (models / "community-1" / "embedding" / "pytorch_model.bin").read_bytes()
    content = {"cut": whole[: len(whole) // 2], "text": b"<html>Access denied</html>", "empty": b""}[damage]
    (tmp_path / "pytorch_model.bin").write_bytes(content)
    with pytest.raises(ModelError, match="is damaged, or no checkpoint"):
        encoder(tmp_path)(SOUND, [Span(0, 2)], silent)


@real
def test_a_checkpoint_of_another_library_is_told(tmp_path):
    torch = import_module("torch")
    torch.save({"weights": torch.zeros(3)}, tmp_path / "pytorch_model.bin")
    with pytest.raises(ModelError, match=r"is no checkpoint that pyannote\.audio can load"):
        encoder(tmp_path)(SOUND, [Span(0, 2)], silent)


# The encoder


@real
def test_a_segmentation_network_is_no_encoder(models):
    with pytest.raises(ModelError, match="tells no voices apart"):
        encoder(models / "community-1" / "segmentation")(SOUND, [Span(0, 2)], silent)


@real
def test_rows_are_what_the_network_itself_gives(models):
    """Also for many spans of several lengths at once, in any order."""
    torch = import_module("torch")
    part = encoder(models / "community-1")
    spans = [Span(8, 10), Span(0, 1), Span(3.02, 5.02), Span(1, 3.5), Span(0, 2)]
    rows = part(SOUND, spans, silent)
    assert rows.shape == (5, made.DIM)
    assert rows.dtype == np.float32
    for row, span in zip(rows, spans, strict=True):
        piece = torch.tensor(SOUND[round(span.start * RATE) : round(span.end * RATE)])[None, None]
        with torch.inference_mode():
            alone = part.network(piece)[0].numpy()
        np.testing.assert_allclose(row, alone / np.linalg.norm(alone), atol=1e-4)


@real
def test_rows_have_length_1_for_the_shortest_and_for_what_is_beyond_the_end(models):
    rows = encoder(models / "community-1")(SOUND, [Span(1, 1.01), Span(11.9, 14), Span(20, 21), Span(5, 5.26)], silent)
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    assert encoder(models / "community-1")(SOUND, [], silent).shape == (0, made.DIM)


@real
def test_the_name_is_that_of_the_weights_wherever_they_lie(models, tmp_path):
    shutil.copytree(models / "community-1" / "embedding", tmp_path / "copy")
    made.write_embedding(tmp_path / "other", seed=1)
    here, copy, other = (encoder(place) for place in (models / "community-1", tmp_path / "copy", tmp_path / "other"))
    assert here.name == copy.name != other.name
    assert here.name.startswith("pyannote-1@")


@real
def test_what_a_pickle_is_is_said_on_the_way(models):
    told: list[Progress] = []
    encoder(models / "community-1")(SOUND, [Span(0, 2)], told.append)
    assert [report.note for report in told if report.note] == [pyannote_library.TRUST]
    assert [report.done for report in told if report.stage == "embed"] == [0, 1]


# The diarizer


@real
@pytest.mark.parametrize("layout", ["community-1", "speaker-diarization-3.1"])
def test_one_voice_is_one_turn(layout, models, monkeypatch):
    for module in ("utils.hf_hub", "pipelines.speaker_verification"):  # whoever asks the hub for a file fails
        monkeypatch.setattr(import_module(f"pyannote.audio.{module}"), "hf_hub_download", None)
    told: list[Progress] = []
    turns = diarizer(models / layout)(SOUND, 1, 4, told.append)
    assert [turn.speaker for turn in turns] == ["SPEAKER_00"]
    assert turns[0].span.start == pytest.approx(0, abs=FRAME)
    assert turns[0].span.end == pytest.approx(12, abs=FRAME)
    assert turns[0].span.end <= 12
    assert {report.stage for report in told} == {"pyannote", "diarize", "embed"}
    assert [report.note for report in told if report.note] == [pyannote_library.TRUST]


@real
def test_two_at_once_are_two_turns_that_overlap(tmp_path):
    made.write_31(tmp_path / "pipeline", made.TWO_AT_ONCE)
    turns = diarizer(tmp_path / "pipeline")(SOUND, 2, 2, silent)
    spoken = {turn.speaker for turn in turns}
    assert len(spoken) == 2
    assert turns[0].span.overlap(turns[1].span) > 5


@real
def test_nobody_has_no_turns(tmp_path, models):
    made.write_31(tmp_path / "pipeline", made.NOBODY)
    assert diarizer(tmp_path / "pipeline")(SOUND, 1, 4, silent) == []
    assert diarizer(models / "community-1")(SOUND[:0], 1, 4, silent) == []


@real
def test_the_sound_is_left_as_it_was(models):
    samples = SOUND.copy()
    samples.flags.writeable = False
    assert all(isinstance(turn, Turn) for turn in diarizer(models / "community-1")(samples, 1, 4, silent))


@real
def test_a_pipeline_that_must_know_the_number_says_so(models, tmp_path):
    shutil.copytree(models / "community-1", tmp_path / "kmeans")
    config = json.loads((tmp_path / "kmeans" / "config.yaml").read_text())
    config["pipeline"]["params"]["clustering"] = "KMeansClustering"
    del config["params"]["clustering"]
    (tmp_path / "kmeans" / "config.yaml").write_text(json.dumps(config))
    with pytest.raises(SettingsError, match="--speakers N"):
        diarizer(tmp_path / "kmeans")(SOUND, 1, 4, silent)
    assert len(diarizer(tmp_path / "kmeans")(SOUND, 1, 1, silent)) == 1


@real
def test_a_damaged_part_of_a_pipeline_is_told(models, tmp_path):
    shutil.copytree(models / "community-1", tmp_path / "broken")
    (tmp_path / "broken" / "plda" / "plda.npz").write_bytes(b"no array")
    with pytest.raises(ModelError, match=r"plda\.npz is damaged"):
        diarizer(tmp_path / "broken")(SOUND, 1, 4, silent)


@real
def test_a_pipeline_whose_parts_do_not_fit_is_told_in_one_line(models, tmp_path):
    shutil.copytree(models / "community-1", tmp_path / "odd")
    config = json.loads((tmp_path / "odd" / "config.yaml").read_text())
    config["pipeline"]["params"]["clustering"] = "NoSuchClustering"
    (tmp_path / "odd" / "config.yaml").write_text(json.dumps({**config, "params": {}}))
    with pytest.raises(ModelError, match="does not load") as raised:
        diarizer(tmp_path / "odd")(SOUND, 1, 4, silent)
    assert "\n" not in str(raised.value)
