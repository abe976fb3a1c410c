"""Whisper's recipe, whole, on a checkpoint drawn by chance: it learns to write what two tones say, and is then used."""

from __future__ import annotations

import csv
import errno
import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from transformers import WhisperFeatureExtractor, WhisperForConditionalGeneration

from bigvoice.decoding import load
from bigvoice.errors import ModelError, SettingsError, TrainingError
from bigvoice.progress import silent
from bigvoice.training import checkpoints, whisper_trainer
from bigvoice.training.learning_log import rows
from bigvoice.training.whisper import Made, make
from bigvoice.training.whisper_network import Network
from bigvoice.training.whisper_recipe import Recipe
from bigvoice.training.whisper_trainer import Trainer
from bigvoice.transcription.whisper import WhisperTranscriber
from tests import tiny_whisper

SAID = ((300.0, "회의"), (2500.0, "감사"))
FULL = Recipe(
    language="ko",
    method="full",
    epochs=40,
    batch=2,
    accumulate=1,
    rate=1e-2,
    time_masks=0,
    band_masks=0,
    check_every=40,
    workers=0,
)
SHORT = replace(FULL, epochs=4, rate=1e-3, check_every=2, time_masks=0.1, band_masks=0.1)


@pytest.fixture(scope="module", autouse=True)
def heard_once():
    """Features of a recording are the same each time, and most of what a step on so small a model takes."""
    real = WhisperFeatureExtractor.__call__
    kept = {}

    def call(self, samples, **options):
        key = hash(samples.tobytes())
        if key not in kept:
            kept[key] = real(self, samples, **options)
        return kept[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WhisperFeatureExtractor, "__call__", call)
        yield


@pytest.fixture(autouse=True)
def unpainted(monkeypatch):
    """One picture is enough, that of `made`: they take longer than what they show."""
    monkeypatch.setattr(whisper_trainer, "draw", lambda *_: None)


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory) -> Path:
    return tiny_whisper.write(tmp_path_factory.mktemp("checkpoint"))


@pytest.fixture(scope="module")
def manifest(tmp_path_factory) -> Path:
    return tiny_whisper.recordings(tmp_path_factory.mktemp("speech"), SAID)


@pytest.fixture(scope="module")
def made(checkpoint, manifest, tmp_path_factory) -> Made:
    return make(checkpoint, manifest, manifest, tmp_path_factory.mktemp("runs") / "tones", FULL, tell=lambda _: None)


def written(model: Path, manifest: Path) -> list[str]:
    """What bigvoice's own recogniser writes, which runs in the fast engine."""
    part, found = WhisperTranscriber(str(model)), []
    for i in range(len(SAID)):
        recording = load(manifest.with_name(f"train{i}.wav"))
        heard = part(recording, [recording.span], "ko", [], silent)
        found.append("".join(word.text for word in heard.words).strip())
    return found


def trainer(checkpoint, manifest, out, recipe=SHORT, dev=None, tell=lambda _: None) -> Trainer:
    return Trainer(checkpoint, manifest, dev or manifest, out, recipe, tell)


# What is learnt


def test_the_error_rate_falls_to_nothing_from_all(made):
    log = rows(made.model.parent / "log.csv")
    assert next(row["dev_cer"] for row in log if "dev_cer" in row) >= 1.0
    assert min(row["dev_cer"] for row in log if "dev_cer" in row) == 0.0
    losses = [row["loss"] for row in log if "loss" in row]
    assert losses[-1] < 0.3 * losses[0]
    assert all(0 <= row["waiting"] <= 1 and row["recordings_a_second"] > 0 for row in log if "waiting" in row)


def test_the_converted_model_writes_what_was_learnt(made, manifest):
    assert made.model.name == "tones-int8"
    assert written(made.model, manifest) == ["회의", "감사"]


def test_the_table_shows_both_models(made):
    table = [line.split("|") for line in made.report.splitlines() if line.startswith("| whisper:")]
    assert [row[1].strip().partition("@")[0] for row in table] == ["whisper:untouched", "whisper:tones-int8"]
    assert float(table[0][2].split()[0]) >= 100
    assert float(table[1][2].split()[0]) == 0
    assert "chosen by these recordings" in made.report
    assert (made.model.parent / "report.md").read_text(encoding="utf-8") == made.report


def test_the_folder_holds_what_is_said_of_it_and_nothing_else(made):
    there = {path.name for path in made.model.parent.iterdir()}
    kept = {"checkpoint.pt", "best.pt", "log.csv", "learning.png", "tensorboard"}
    assert there == kept | {"transformers", "tones-int8", "report.md"}


def test_the_tuned_checkpoint_is_one_of_transformers_with_the_config_it_had(made, checkpoint):
    config = json.loads((made.checkpoint / "config.json").read_text())
    before = json.loads((checkpoint / "config.json").read_text())
    assert {key for key in before if config.get(key) != before[key]} <= {"dtype", "transformers_version"}
    generation = json.loads((made.checkpoint / "generation_config.json").read_text())
    assert generation["lang_to_id"].keys() == {"<|en|>", "<|ko|>", "<|de|>", "<|ja|>"}
    assert generation.get("forced_decoder_ids") is None
    assert Network(made.checkpoint, FULL, torch.device("cpu")).n_numbers[0] > 0


def test_lora_tunes_little_and_is_merged_into_the_weights(made, manifest, tmp_path):
    others = tiny_whisper.recordings(tmp_path, [(300.0, "감사"), (2500.0, "회의")])
    targets = ("q_proj", "v_proj", "fc1", "fc2")
    recipe = replace(FULL, method="lora", rank=8, targets=targets, rate=2e-2, epochs=30)
    run = trainer(made.checkpoint, others, tmp_path / "out", recipe)
    before = {name: each.clone() for name, each in run.network.model.named_parameters()}

    tuned, whole = run.network.n_numbers
    network = run()

    assert tuned < 0.15 * whole
    learnt = {name for name, each in network.model.named_parameters() if not torch.equal(each, before[name])}
    assert learnt
    assert all(".lora_A." in name or ".lora_B." in name for name in learnt)
    with torch.inference_mode():
        expected = network.read(run.asked.batch(run.dev.rows))
        saved = Network(network.save(tmp_path / "saved"), FULL, torch.device("cpu"))
        assert saved.read(run.asked.batch(run.dev.rows)) == expected
    assert run.state.best <= 0.5
    plain = WhisperForConditionalGeneration.from_pretrained(tmp_path / "saved")
    assert not any("lora" in name for name, _ in plain.named_parameters())


def test_accumulated_batches_give_the_gradient_of_one(checkpoint, manifest, tmp_path):
    found = []
    for batch, accumulate in ((2, 1), (1, 2)):
        recipe = replace(SHORT, batch=batch, accumulate=accumulate, time_masks=0, band_masks=0, clip=1e9)
        run = trainer(checkpoint, manifest, tmp_path / str(batch), recipe)
        run._learn([run.taught.batch(rows) for rows in run._plan(0)[0]])
        found.append(torch.cat([p.grad.flatten() for p in run.network.learning.values()]))
    torch.testing.assert_close(found[0], found[1], atol=1e-6, rtol=1e-4)


def test_gradient_checkpointing_changes_nothing_but_memory(checkpoint, manifest, tmp_path):
    found = []
    for wanted in (False, True):
        network = Network(checkpoint, replace(FULL, gradient_checkpointing=wanted), torch.device("cpu"))
        run = trainer(checkpoint, manifest, tmp_path / "out")
        batch = run.asked.batch(run.dev.rows)
        network.loss(batch, batch.n_tokens).backward()
        found.append(torch.cat([p.grad.flatten() for p in network.learning.values()]))
    torch.testing.assert_close(found[0], found[1])


# Going on


class StoppedError(Exception):
    """As Ctrl-C is."""


def curve(out: Path) -> list[tuple[float, ...]]:
    told = ("step", "loss", "rate", "dev_cer", "dev_wer")
    return [tuple(row.get(name, -1.0) for name in told) for row in rows(out / "log.csv")]


def test_one_that_was_stopped_goes_on_to_the_same_curve(checkpoint, manifest, tmp_path, monkeypatch):
    monkeypatch.setattr(whisper_trainer, "LOG_STEPS", 1)
    recipe = replace(SHORT, method="lora", rate=1e-2)  # with dropout, and SpecAugment
    whole = trainer(checkpoint, manifest, tmp_path / "whole", recipe)
    whole()
    real = Trainer._step

    def stop(self, batches):
        if self.state.step == 3:
            raise StoppedError
        return real(self, batches)

    with monkeypatch.context() as patch, pytest.raises(StoppedError):
        patch.setattr(Trainer, "_step", stop)
        trainer(checkpoint, manifest, tmp_path / "parts", recipe)()
    parts = trainer(checkpoint, manifest, tmp_path / "parts", recipe)
    assert parts.state.step == 2
    parts()

    assert curve(tmp_path / "parts") == curve(tmp_path / "whole")
    for one, other in zip(whole.network.learning.values(), parts.network.learning.values(), strict=True):
        assert torch.equal(one, other)


@pytest.fixture(scope="module")
def begun(checkpoint, manifest, tmp_path_factory) -> Path:
    """The folder of a training of two steps."""
    out = tmp_path_factory.mktemp("begun")
    trainer(checkpoint, manifest, out, replace(SHORT, epochs=2))()
    return out


def test_one_that_is_done_is_not_done_again(checkpoint, manifest, begun, monkeypatch):
    monkeypatch.setattr(Trainer, "_step", None)  # would fail if it were called
    assert trainer(checkpoint, manifest, begun, replace(SHORT, epochs=2))().n_numbers


def test_another_recipe_manifest_or_checkpoint_is_refused(checkpoint, manifest, begun, made, tmp_path):
    with pytest.raises(SettingsError, match=r"another recipe \(batch: 2 then, 1 now\): give that one"):
        trainer(checkpoint, manifest, begun, replace(SHORT, batch=1))
    with pytest.raises(TrainingError, match="another train: give that one, or another --out"):
        trainer(checkpoint, tiny_whisper.recordings(tmp_path, [(300, "네"), (900, "네")]), begun)
    with pytest.raises(TrainingError, match="another checkpoint: give that one"):
        trainer(made.checkpoint, manifest, begun)


def test_a_full_disk_leaves_the_checkpoint_before(checkpoint, manifest, tmp_path, monkeypatch):
    out = tmp_path / "out"
    real = torch.save

    def full(state, path):
        real(state, path)
        if state.get("step", 0) >= 4:
            raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch, pytest.raises(TrainingError, match=r"No space left .*the one before is whole"):
        patch.setattr(checkpoints.torch, "save", full)
        trainer(checkpoint, manifest, out)()

    assert checkpoints.load(out / "checkpoint.pt")["step"] == 2
    assert not list(out.glob("*.partial"))
    again = trainer(checkpoint, manifest, out)
    again()
    assert again.state.step == 4


# When to stop


def test_it_stops_when_nothing_gets_better_and_keeps_what_was_best(checkpoint, manifest, tmp_path, monkeypatch):
    told = []
    errors = iter([90, 50, 70, 60, 10])
    real = Trainer._errors

    def rigged(self):
        characters, words = real(self)
        return replace(characters, substitutions=next(errors), deletions=0, insertions=0, total=100), words

    monkeypatch.setattr(Trainer, "_errors", rigged)
    run = trainer(checkpoint, manifest, tmp_path / "out", replace(SHORT, check_every=1, patience=2), tell=told.append)
    network = run()

    assert run.state.step == 3
    assert (run.state.best, run.state.best_step) == (0.5, 1)
    for name, each in checkpoints.load(tmp_path / "out" / "best.pt")["learnt"].items():
        assert torch.equal(network.learning[name], each)


def test_where_nothing_helps_the_checkpoint_stays_as_it_was(checkpoint, manifest, tmp_path):
    told = []
    run = trainer(checkpoint, manifest, tmp_path / "out", replace(SHORT, rate=0.0, patience=1), tell=told.append)
    before = run.network.kept()
    after = run().kept()
    assert any("nothing was better than the untouched checkpoint" in line for line in told)
    assert all(torch.equal(before[name], after[name]) for name in before)


@pytest.mark.parametrize(
    "spoilt",
    [lambda loss, _: loss * float("nan"), lambda loss, some: loss + torch.sqrt(0 * some.sum())],
    ids=["loss", "gradient"],
)
def test_a_loss_that_is_no_number_names_the_recordings(checkpoint, manifest, tmp_path, monkeypatch, spoilt):
    real = Network.loss
    monkeypatch.setattr(
        Network, "loss", lambda self, batch, n: spoilt(real(self, batch, n), next(iter(self.learning.values())))
    )
    run = trainer(checkpoint, manifest, tmp_path / "out")
    with pytest.raises(TrainingError, match=r"step 1: the loss is no number, in the batch of .*train\d\.wav"):
        run._learn([run.taught.batch(run.train.rows)])
    assert not (tmp_path / "out" / "checkpoint.pt").exists()


# Bad input


def test_recordings_that_cannot_be_used_are_left_out_and_listed(checkpoint, manifest, tmp_path):
    listed = tmp_path / "m.csv"
    good = [f"{manifest.parent}/train{i}.wav,{text},20,x" for i, (_, text) in enumerate(SAID)]
    bad = ["gone.wav,네,2,x", f"{manifest.parent}/train0.wav,,20,x"]
    listed.write_text("path,text,seconds,speaker\n" + "\n".join(good + bad[:1] + ["", *bad[1:]][1:]), encoding="utf-8")
    told = []

    trainer(checkpoint, listed, tmp_path / "out", replace(SHORT, epochs=1), dev=manifest, tell=told.append)()

    with (tmp_path / "out" / "left_out.csv").open(encoding="utf-8", newline="") as stream:
        why = {Path(row["path"]).name: row["reason"] for row in csv.DictReader(stream)}
    assert why == {"train0.wav": "no text", "gone.wav": why["gone.wav"]}
    assert "no such file" in why["gone.wav"]
    assert any("1 recordings are left out" in line for line in told)


def test_where_no_recording_can_be_read_it_ends(checkpoint, manifest, tmp_path):
    gone = tmp_path / "gone.csv"
    gone.write_text("path,text,seconds,speaker\na.wav,네,2,x\nb.wav,네,2,x\n", encoding="utf-8")
    with pytest.raises(TrainingError, match="no recording to learn from can be read"):
        trainer(checkpoint, gone, tmp_path / "1", dev=manifest)()
    with pytest.raises(TrainingError, match="no recording of DEV can be read"):
        trainer(checkpoint, manifest, tmp_path / "2", dev=gone)()


def test_layers_that_are_not_there_are_told(checkpoint):
    with pytest.raises(SettingsError, match="--targets: no layer is called q_prj: there are q_proj"):
        Network(checkpoint, replace(FULL, method="lora", targets=("q_prj",)), torch.device("cpu"))


def test_an_unknown_precision_is_told_before_anything_is_learnt(checkpoint, manifest, tmp_path, monkeypatch):
    monkeypatch.setattr(whisper_trainer, "Network", None)
    with pytest.raises(ModelError, match="there are int8"):
        make(checkpoint, manifest, manifest, tmp_path / "out", FULL, precision="int4", tell=print)


def test_nothing_is_asked_of_the_network(checkpoint, manifest, tmp_path, monkeypatch):
    def connect(*_: object) -> None:
        raise AssertionError("the network was used")

    monkeypatch.setattr("socket.socket.connect", connect)
    monkeypatch.setattr("socket.getaddrinfo", connect)
    run = trainer(checkpoint, manifest, tmp_path / "out", replace(SHORT, epochs=1, method="lora"))
    run().save(tmp_path / "saved")


# The command


def test_the_command_trains_converts_and_compares(cli, checkpoint, manifest, tmp_path):
    options = {"--train": manifest, "--dev": manifest, "--test": manifest, "--out": tmp_path / "mine"}
    options |= {"--language": "ko", "--epochs": 1, "--batch": 2, "--workers": 0, "--store-as": "float16"}
    options |= {"--rank": 2, "--targets": "q_proj,fc1"}
    ran = cli("train", "whisper", checkpoint, *(word for pair in options.items() for word in pair))

    model = tmp_path / "mine" / "mine-float16"
    assert ran.code == 0
    assert ran.out.splitlines()[-1] == f"{model}: use it with --asr whisper:{model}"
    assert "| whisper:untouched@" in ran.out
    assert "chosen by these recordings" not in ran.out
    assert "numbers are tuned, on cpu; from step 0 of 1" in ran.err
    kept = checkpoints.load(tmp_path / "mine" / "checkpoint.pt")["recipe"]
    assert (kept["rank"], kept["targets"], kept["language"]) == (2, ["q_proj", "fc1"], "ko")


@pytest.mark.parametrize(
    ("option", "said"),
    [
        (("--rank", "0"), "--rank must be between 1 and 1024, not 0"),
        (("--method", "half"), "--method must be lora or full, not 'half'"),
        (("--language", "xx"), "the checkpoint knows de, en, ja, ko"),
    ],
)
def test_wrong_options_are_told_in_a_line(cli, checkpoint, manifest, tmp_path, option, said):
    ran = cli("train", "whisper", checkpoint, "--train", manifest, "--dev", manifest, "--out", tmp_path / "o", *option)
    assert (ran.code, ran.err.count("\n")) == (2, 1)
    assert said in ran.err


def test_a_checkpoint_that_is_not_here_is_not_fetched(cli, manifest, tmp_path):
    ran = cli(
        "train", "whisper", "openai/whisper-tiny", "--train", manifest, "--dev", manifest, "--out", tmp_path / "o"
    )
    assert ran.code == 1
    assert "with --download it is fetched" in ran.err
