"""The recipe: it learns, goes on as if it had not stopped, and says what is wrong without losing what it had."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("onnx")
pytest.importorskip("tensorboard")

from tonal_speech import corpus  # noqa: E402

from bigvoice.corpora.vocabulary import Vocabulary  # noqa: E402
from bigvoice.decoding import load  # noqa: E402
from bigvoice.errors import SettingsError, TrainingError  # noqa: E402
from bigvoice.features.log_spectrogram import log_spectrogram, normalized  # noqa: E402
from bigvoice.training import checkpoints, deepspeech2, deepspeech2_config, learning_log  # noqa: E402
from bigvoice.training.deepspeech2 import BEST, CHECKPOINT, Trainer  # noqa: E402
from bigvoice.training.deepspeech2_run import differences, pace  # noqa: E402
from bigvoice.training.team import Team  # noqa: E402
from bigvoice.transcription.ctc import greedy  # noqa: E402

SMALL = {
    "data": {"train": "train.csv", "dev": "dev.csv", "vocabulary": "vocabulary.json", "workers": 0},
    "model": {"channels": 4, "layers": 1, "width": 48, "cell": "gru", "stride": 4, "dropout": 0.1},
    "training": {"epochs": 6, "batch": 8, "rate": 0.01, "anneal": 0.9, "precision": "float32", "average": 0.5},
    "augmentation": {"noise": 0, "room": 0, "time_mask": 5, "band_mask": 4},
}


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """A folder with a tonal corpus and its vocabulary."""
    folder = tmp_path_factory.mktemp("tones")
    corpus(folder, "train", 48, seed=1)
    corpus(folder, "dev", 8, seed=2)
    Vocabulary.of(["abcd ab"]).save(folder / "vocabulary.json")
    return folder


def config(folder: Path, **changes: dict[str, object]) -> Path:
    """The small one, some of it changed, as a file."""
    path = folder / "config.yaml"
    path.write_text(json.dumps({name: values | changes.get(name, {}) for name, values in SMALL.items()}))
    return path


def trainer(folder: Path, out: Path, tell=lambda _: None, **changes: dict[str, object]) -> Trainer:
    return Trainer(deepspeech2_config.read(config(folder, **changes)), out, Team.join(), tell)


def weights(trained: Trainer) -> torch.Tensor:
    return torch.cat([p.detach().flatten() for p in trained.run.network.parameters()])


@pytest.fixture(scope="module")
def trained(data, tmp_path_factory):
    """A training run to its end, and what it told."""
    out, told = tmp_path_factory.mktemp("trained"), []
    model = deepspeech2.make(config(data), out, told.append)
    return model, told


def test_it_learns_to_read_people_it_never_heard(trained, data):
    model, told = trained
    log = [row for row in learning_log.rows(model.parent / learning_log.FILE) if "dev_cer" in row]
    assert log[-1]["dev_loss"] < 0.5 * log[0]["dev_loss"]
    assert min(row["dev_cer"] for row in log) < 0.2
    assert "6 symbols" in told[0]
    assert (model.parent / learning_log.PICTURE).read_bytes().startswith(b"\x89PNG")
    assert list((model.parent / learning_log.EVENTS).iterdir())


def test_its_file_reads_as_the_network_does(trained, data):
    onnxruntime = pytest.importorskip("onnxruntime")
    model, _ = trained
    session = onnxruntime.InferenceSession(str(model), providers=["CPUExecutionProvider"])
    facts = json.loads(session.get_modelmeta().custom_metadata_map["bigvoice.deepspeech2"])
    vocabulary = Vocabulary.from_json(facts["vocabulary"])
    rows = (data / "dev.csv").read_text().splitlines()[1:]

    heard = []
    for row in rows:
        frames = normalized(log_spectrogram(load(data / row.split(",")[0]).samples))
        told = session.run(None, {"spectrogram": frames[None]})[0][0]
        heard.append(vocabulary.decode(greedy(told)) == row.split(",")[1])

    assert np.mean(heard) > 0.6
    assert facts["stride"] == 4
    assert facts["language"] == "en"
    assert "% of the characters wrong" in facts["expect"]


def test_its_card_says_what_it_was_made_of(trained):
    model, _ = trained
    text = model.with_suffix(".md").read_text()
    assert "Nobody speaks in both" in text
    assert "of 2 speakers" in text
    assert "width: 48" in text
    assert str(model.parent) not in text


def test_a_run_that_was_stopped_goes_on_as_if_it_had_not(data, tmp_path):
    changes = {"training": {"epochs": 2, "checkpoint_steps": 3}}
    whole = trainer(data, tmp_path / "whole", **changes)
    whole()

    class StoppedError(Exception):
        pass

    def stop(line: str) -> None:
        raise StoppedError

    first = trainer(data, tmp_path / "parts", **changes)
    first._say = stop  # type: ignore[method-assign]
    first_step = first._step

    def step(batch):
        if first.run.step == 10:  # in the second epoch, after the checkpoint of step 9
            raise StoppedError
        return first_step(batch)

    first._step = step  # type: ignore[method-assign]
    with pytest.raises(StoppedError):
        first()
    second = trainer(data, tmp_path / "parts", **changes)
    assert second.run.step == 9
    second()

    assert torch.equal(weights(whole), weights(second))
    logs = [
        [row for row in learning_log.rows(tmp_path / name / "log.csv") if "dev_cer" in row]
        for name in ("whole", "parts")
    ]
    assert [(row["step"], row["dev_loss"]) for row in logs[0]] == [(row["step"], row["dev_loss"]) for row in logs[1]]


def test_a_run_may_begin_with_what_another_learnt(trained, data, tmp_path):
    model, _ = trained
    Vocabulary.of(["abcdefgh "]).save(data / "more.json")
    begun = trainer(data, tmp_path, data={"vocabulary": "more.json"}, training={"start": str(model.parent / BEST)})
    learnt = checkpoints.load(model.parent / BEST)["network"]
    for name, value in begun.run.network.state_dict().items():
        assert torch.equal(value, learnt[name]) != name.startswith("symbols."), name
    with pytest.raises(TrainingError, match=r"best\.pt is of a network of another size"):
        trainer(data, tmp_path, model={"width": 64}, training={"start": str(model.parent / BEST)})
    with pytest.raises(TrainingError, match=r"best\.pt is of another kind of network"):
        trainer(data, tmp_path, model={"layers": 2}, training={"start": str(model.parent / BEST)})


def test_a_finished_run_is_not_done_again(trained, data):
    model, _ = trained
    again = trainer(data, model.parent)
    before = again.run.step
    assert again() is None
    assert again.run.step == before


def test_another_vocabulary_or_config_is_refused(trained, data, tmp_path):
    model, _ = trained
    Vocabulary.of(["abcde"]).save(data / "other.json")
    with pytest.raises(
        TrainingError,
        match=r"checkpoint\.pt was trained with another vocabulary than .*other\.json: give that one, or another --out",
    ):
        trainer(data, model.parent, data={"vocabulary": "other.json"})
    with pytest.raises(SettingsError, match=r"model\.width: 48 then, 64 now"):
        trainer(data, model.parent, model={"width": 64})


def test_a_loss_that_is_no_number_stops_with_the_batch_named(data, tmp_path):
    made = trainer(data, tmp_path)
    with torch.no_grad():
        made.run.network.symbols.weight[0, 0] = float("nan")
    with pytest.raises(TrainingError, match=r"step 1: the loss is no number, in the batch of .*\.wav"):
        made()


def test_a_full_disk_leaves_the_checkpoint_before(tmp_path):
    path = tmp_path / CHECKPOINT
    checkpoints.save(path, {"step": 1})
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, hard))  # a write beyond fails, as on a disk that is full
    try:
        with pytest.raises(TrainingError, match=r"cannot be written .* the one before is whole: make room"):
            checkpoints.save(path, {"step": 2, "weights": torch.zeros(100_000)})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert checkpoints.load(path) == {"step": 1}
    assert [file.name for file in tmp_path.iterdir()] == [CHECKPOINT]


@pytest.mark.parametrize("content", [b"", b"nothing", b"PK\x03\x04 torn"])
def test_a_torn_checkpoint_is_told(tmp_path, content):
    path = tmp_path / CHECKPOINT
    path.write_bytes(content)
    with pytest.raises(TrainingError, match=r"checkpoint\.pt is no checkpoint"):
        checkpoints.load(path)


def test_who_speaks_in_both_is_told(data, tmp_path):
    told = []
    made = trainer(data, tmp_path, told.append, data={"dev": "train.csv"}, training={"epochs": 1})
    made()
    assert any("2 people speak in both (train0)" in line for line in told)
    assert "2 people speak in both: the figures flatter" in (
        deepspeech2.card(
            data / "train.csv",
            checkpoints.load(tmp_path / BEST),
            made.run.network,
            learning_log.rows(tmp_path / "log.csv"),
        )
    )


def test_two_processes_train_one_network(data, tmp_path):
    """Each hears its half of every batch; after each step both have the same weights."""
    script = tmp_path / "run.py"
    script.write_text(
        "import sys, torch\n"
        "from pathlib import Path\n"
        "from bigvoice.training.deepspeech2 import Trainer\n"
        "from bigvoice.training.deepspeech2_config import read\n"
        "from bigvoice.training.team import Team\n"
        "team = Team.join()\n"
        "made = Trainer(read(Path(sys.argv[1])), Path(sys.argv[2]), team, print)\n"
        "heard = []\n"
        "step = made._step\n"
        "made._step = lambda batch: heard.extend(path.name for path in batch.paths) or step(batch)\n"
        "made()\n"
        "torch.save({'heard': heard, 'weights': made.run.network.state_dict()}, f'{sys.argv[2]}/{team.rank}.pt')\n"
        "team.leave()\n"
    )
    out = tmp_path / "out"
    given = config(data, training={"epochs": 1, "batch": 16})
    torchrun = ["-m", "torch.distributed.run", "--standalone", "--local-addr", "127.0.0.1", "--nproc-per-node", "2"]
    command = [sys.executable, "-W", "ignore", *torchrun, str(script), str(given), str(out)]
    done = subprocess.run(command, env={**os.environ, "OMP_NUM_THREADS": "1"}, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    first, second = (torch.load(out / f"{rank}.pt") for rank in (0, 1))

    assert sorted(first["heard"] + second["heard"]) == sorted(f"{i}.wav" for i in range(48))
    for name, value in first["weights"].items():
        if "mean" not in name and "variance" not in name:  # norms are each process's own
            assert torch.equal(value, second["weights"][name]), name
    log = learning_log.rows(out / "log.csv")
    assert log[-1]["dev_cer"] > 0
    assert checkpoints.load(out / CHECKPOINT)["step"] == 3


def test_the_rate_warms_up_and_anneals():
    training = deepspeech2_config.TrainingOptions(rate=1.0, warm_up=10, anneal=0.5)
    assert [pace(training, step, 0) for step in (0, 4, 9, 50)] == [0.1, 0.5, 1.0, 1.0]
    assert pace(training, 50, 3) == 0.125


def test_what_may_change_from_sitting_to_sitting():
    before, now = deepspeech2_config.Config().to_json(), deepspeech2_config.Config().to_json()
    now["training"]["epochs"] = 1
    now["data"]["workers"] = 9
    assert differences(before, now) == ""
    now["augmentation"]["noise"] = 0.9
    assert differences(before, now) == "augmentation.noise: 0.4 then, 0.9 now"


def test_a_log_goes_on_where_the_checkpoint_was(tmp_path):
    log = learning_log.LearningLog(tmp_path, ["loss"])
    for step in (10, 20, 30):
        log.add(step, {"loss": step / 10})
    log.close()
    again = learning_log.LearningLog(tmp_path, ["loss"], since=20)
    again.add(25, {"loss": 9})
    again.close()
    assert [(row["step"], row["loss"]) for row in learning_log.rows(tmp_path / "log.csv")] == [
        (10, 1),
        (20, 2),
        (25, 9),
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("model: {layers: 99}", r"c\.yaml: model\.layers must be between 1 and 12, not 99"),
        ("model: {depth: 3}", r"c\.yaml: model has no key 'depth'"),
        ("modell: {}", r"c\.yaml: unknown section 'modell'"),
        ("model: [", r"c\.yaml is not valid YAML"),
        ("- 3", r"c\.yaml is no config: it has sections"),
        ("model: 3", r"c\.yaml: model is a section"),
        ("model: {stride: 3}", "stride must be 2 or 4"),
        ("training: {rate: fast}", r"training\.rate must be a number"),
        ("augmentation: {snr_low_db: 40}", "must not be above"),
    ],
)
def test_what_a_config_says_wrong_is_told_with_its_place(tmp_path, text, said):
    path = tmp_path / "c.yaml"
    path.write_text(text)
    with pytest.raises(SettingsError, match=said):
        deepspeech2_config.read(path)


def test_the_example_names_every_option_and_a_float_may_have_no_point():
    text = deepspeech2_config.EXAMPLE.read_text()
    example = deepspeech2_config.read(deepspeech2_config.EXAMPLE)
    for section in example.to_json().values():
        assert all(f"{key}:" in text for key in section if key != "threads")
    assert example.training.rate == 1.5e-4
    assert example.training.decay == 1e-5
    assert example.model.width == 1024


def test_the_command_prints_the_example_and_asks_for_a_config(cli):
    assert cli("train", "deepspeech2", "--example").out == deepspeech2_config.EXAMPLE.read_text()
    ran = cli("train", "deepspeech2")
    assert ran.code == 2
    assert "--example" in ran.err
    assert "cannot be read" in cli("train", "deepspeech2", "--config", "nowhere.yaml").err
