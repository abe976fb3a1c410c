"""The neural encoder's recipe: every step on a tiny corpus, and the laws that its losses and copies keep."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
import torch

from bigvoice.cli import app
from bigvoice.decoding import load
from bigvoice.diarization.clustering import unit
from bigvoice.errors import ModelError
from bigvoice.features.augmentation import at_level, rms
from bigvoice.features.mel import log_mel
from bigvoice.progress import silent
from bigvoice.recording import RATE
from bigvoice.span import Span
from bigvoice.training import encoder as recipe_module
from bigvoice.training import export, hearing, listening, store, teacher
from bigvoice.training.corpus import held_out, utterances
from bigvoice.training.encoder import Crops, Margin, Recipe, held_out_rate, spoil, train, warm_cosine
from bigvoice.training.networks import DIM, NETWORKS
from bigvoice.training.store import N_MELS, Plan
from bigvoice.voices.backgrounds import Assumed
from bigvoice.voices.encoder import mfcc_encoder
from bigvoice.voices.neural import read
from tests import tiny_corpus

PLAN = Plan(speeds=(1.0, 0.9), copies=2)
RECIPE = Recipe(network="ecapa", steps=4, batch=6, crop_s=(1.2, 1.5))


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return tiny_corpus.write(tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="module")
def heard(data, tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store, "ProcessPoolExecutor", ThreadPoolExecutor)
        return store.make(data, tmp_path_factory.mktemp("store"), PLAN)


def nothing_taught(heard):
    return np.zeros((len(heard.first), 4), np.float32)


# What is heard


def test_everybody_is_there_at_every_speed_in_every_copy_but_who_is_held_out_and_who_says_words(heard):
    for i, name in enumerate(heard.speakers):
        mine = heard.speaker == i
        if name == "speech_commands:ffff":  # nothing that can be read
            assert not mine.any()
            continue
        slow = not held_out(name) and not name.startswith("speech_commands")
        assert set(heard.speed[mine].tolist()) == ({1.0, 0.9} if slow else {1.0})
        assert set(heard.copy[mine].tolist()) == {0, 1}
        assert set(heard.held[mine].tolist()) == {held_out(name)}


def test_the_first_copy_is_the_recording_and_the_others_are_not(data, heard):
    files = [u.path for u in utterances(data)]
    for i in range(8):
        stretch = heard.features[heard.first[i] : heard.first[i] + heard.length[i]]
        plain = log_mel(at_level(load(files[heard.utterance[i]]).samples, hearing.LEVEL_DB), N_MELS).astype(np.float16)
        same = stretch.shape == plain.shape and np.array_equal(stretch, plain)
        assert same == (heard.copy[i] == 0 and heard.speed[i] == 1.0)


def test_features_are_made_once(data, heard, tmp_path, monkeypatch):
    monkeypatch.setattr(store, "ProcessPoolExecutor", ThreadPoolExecutor)
    one = store.make(data, tmp_path, replace(PLAN, speeds=(1.0,)))
    monkeypatch.setattr(store, "utterances", None)  # would fail if it were asked again
    again = store.make(data, tmp_path, replace(PLAN, speeds=(1.0,)))
    np.testing.assert_array_equal(one.features, again.features)


def test_elsewhere_keeps_length_and_is_made_again_by_its_seed(data):
    sound = tiny_corpus.say(next(iter(tiny_corpus.PEOPLE)), 2.0, 1)
    for seed in range(12):
        one, again = (hearing.elsewhere(data, sound, np.random.default_rng(seed)) for _ in range(2))
        assert len(one) == len(sound)
        np.testing.assert_array_equal(one, again)
        assert 0.3 < rms(one) / 10 ** (hearing.LEVEL_DB / 20) < 2


# What is learnt


@pytest.mark.parametrize("name", NETWORKS)
def test_a_network_takes_any_length_and_does_not_mind_level_and_colour(name):
    torch.manual_seed(0)
    network = NETWORKS[name](N_MELS).eval()
    mels = torch.randn(2, 160, N_MELS) - 6
    with torch.inference_mode():
        here = network(mels)
        assert here.shape == (2, DIM)
        assert network(mels[:, :121]).shape == (2, DIM)
        torch.testing.assert_close(network(mels + 3.0), here, atol=1e-3, rtol=1e-3)


def test_without_a_margin_the_loss_is_the_cross_entropy_of_scaled_cosines():
    torch.manual_seed(0)
    margin = Margin(7)
    rows = torch.nn.functional.normalize(torch.randn(5, DIM))
    classes = torch.tensor([0, 1, 2, 3, 6])
    cosines = rows @ torch.nn.functional.normalize(margin.centres).T
    plain = torch.nn.functional.cross_entropy(30 * cosines, classes)
    torch.testing.assert_close(margin(rows, classes, 0.0, 30.0), plain, atol=1e-4, rtol=1e-4)
    losses = [margin(rows, classes, m, 30.0).item() for m in (0.0, 0.1, 0.2)]
    assert losses == sorted(losses)


def test_the_rate_rises_and_falls():
    factors = [warm_cosine(step, 1000) for step in range(1000)]
    assert factors[199] == pytest.approx(1)
    assert np.all(np.diff(factors[:200]) > 0)
    assert np.all(np.diff(factors[201:]) < 0)
    assert 0 < factors[-1] < 0.01


def test_batches_hold_no_held_out_voice_and_are_made_again_by_their_seed(heard):
    crops = Crops(heard, nothing_taught(heard), RECIPE)
    one, again = (crops(np.random.default_rng(5)) for _ in range(2))
    torch.testing.assert_close(one.mels, again.mels)
    assert one.mels.shape[0] == RECIPE.batch
    assert one.mels.shape[2] == N_MELS
    assert not heard.held[np.concatenate(crops.rows)].any()
    assert sorted(np.concatenate(crops.rows).tolist()) == np.flatnonzero(~heard.held).tolist()
    of_one_voice = [{(heard.speaker[i], heard.speed[i]) for i in rows.tolist()} for rows in crops.rows]
    assert all(len(voice) == 1 for voice in of_one_voice)
    assert len(set().union(*of_one_voice)) == crops.n_voices


def test_what_is_laid_under_a_crop_only_adds_to_it():
    mels = torch.randn(64, 120, N_MELS) - 5
    spoilt = spoil(mels.clone(), np.random.default_rng(1))
    masked = torch.isclose(spoilt, torch.logaddexp(mels, torch.tensor(-200.0)).mean(), atol=0.5)
    louder = spoilt >= mels - 1e-4
    assert (louder | masked).float().mean() > 0.95
    assert not torch.equal(spoilt, mels)


def test_it_learns(heard, tmp_path, monkeypatch):
    told, losses, real = [], [], recipe_module._step
    monkeypatch.setattr(recipe_module, "_step", lambda *args: losses.append(real(*args)) or losses[-1])
    longer = replace(RECIPE, steps=30, batch=12, rate=5e-3, margin=0.0)
    network = train(heard, nothing_taught(heard), tmp_path, longer, told.append)
    voices = [voice for voice, _ in losses]
    assert len(voices) == 30
    assert np.mean(voices[-5:]) < 0.8 * np.mean(voices[:5])
    assert any("held out" in line for line in told)
    assert 0 <= held_out_rate(network, heard, 1.5, spoilt=False) <= 0.5


def test_a_run_that_was_stopped_goes_on_to_the_same_weights(heard, tmp_path, monkeypatch):
    monkeypatch.setattr(recipe_module, "CHECK_EVERY", 2)
    whole = train(heard, nothing_taught(heard), tmp_path / "a", RECIPE, lambda _: None)
    real, calls = recipe_module._step, []

    def stops(*args):
        calls.append(args)
        if len(calls) == 4:
            raise KeyboardInterrupt
        return real(*args)

    monkeypatch.setattr(recipe_module, "_step", stops)
    with pytest.raises(KeyboardInterrupt):
        train(heard, nothing_taught(heard), tmp_path / "b", RECIPE, lambda _: None)
    monkeypatch.setattr(recipe_module, "_step", real)
    resumed = train(heard, nothing_taught(heard), tmp_path / "b", RECIPE, lambda _: None)
    for one, other in zip(whole.state_dict().values(), resumed.state_dict().values(), strict=True):
        torch.testing.assert_close(one, other)


def test_another_recipes_checkpoint_is_refused(heard, tmp_path):
    train(heard, nothing_taught(heard), tmp_path, RECIPE, lambda _: None)
    with pytest.raises(ModelError, match="another recipe's: give another work folder"):
        train(heard, nothing_taught(heard), tmp_path, replace(RECIPE, margin=0.3), lambda _: None)


def test_a_run_that_ended_goes_on_when_it_is_asked_for_more_steps(heard, tmp_path):
    train(heard, nothing_taught(heard), tmp_path, RECIPE, lambda _: None)
    told = []
    train(heard, nothing_taught(heard), tmp_path, replace(RECIPE, steps=6), told.append)
    assert any("from step 4 of 6" in line for line in told)
    assert any(line.startswith("6: held out") for line in told)


def test_a_loss_that_is_no_number_stops_it(heard, tmp_path, monkeypatch):
    monkeypatch.setattr(recipe_module, "_step", lambda *_: (float("nan"), 0.0))
    with pytest.raises(ModelError, match="step 1: the loss is no number"):
        train(heard, nothing_taught(heard), tmp_path, RECIPE, lambda _: None)


def test_a_teacher_that_is_not_installed_is_asked_for(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "resemblyzer", None)
    teacher._resemblyzer.cache_clear()
    with pytest.raises(ModelError, match="pip install"):
        teacher._resemblyzer()


# What comes out


def test_the_whole_recipe_ends_in_a_file_that_hears_as_the_network_does(data, tmp_path, monkeypatch):
    monkeypatch.setattr(store, "ProcessPoolExecutor", ThreadPoolExecutor)
    monkeypatch.setattr(export, "make", lambda data, work: store.make(data, work, PLAN))
    monkeypatch.setattr(listening, "COPIES", 5)  # of the little that people say here
    kept = []
    monkeypatch.setattr(export, "train", lambda *args: kept.append(train(*args)) or kept[0])
    told = []
    made = export.make_encoder(
        data, tmp_path / "work", tmp_path / "out.onnx", RECIPE, taught=False, threads=None, tell=told.append
    )
    encoder = read(made)
    assert encoder.name.startswith("neural-")
    assert encoder.name.endswith("+mfcc-1")
    assert encoder.dim == DIM + mfcc_encoder().dim
    assert not isinstance(encoder.background, Assumed)
    assert np.isfinite(encoder.background.calibration).all()
    assert np.isfinite(encoder.background.cosine).all()
    sound = tiny_corpus.say(next(iter(tiny_corpus.PEOPLE)), 4.0, 5)
    with torch.inference_mode():
        mels = torch.from_numpy(log_mel(sound[RATE : 3 * RATE], N_MELS))
        theirs = unit(kept[0](torch.cat([mels, mels])[None, :200]).numpy())
    ours = encoder(sound, [Span(1, 3)], silent)
    assert np.linalg.norm(ours) == pytest.approx(1, abs=1e-3)
    alone = unit(ours[:, :DIM])
    assert float((alone @ theirs.T).item()) > 0.98  # 8-bit numbers
    assert np.square(ours[:, DIM:]).sum() == pytest.approx(encoder.mfcc, abs=1e-3)


@pytest.mark.parametrize(
    ("more", "said"), [([], "no speech to learn from"), (["--network", "lstm"], "no network called")]
)
def test_what_cannot_be_trained_is_one_line(tmp_path, capsys, more, said):
    assert app.run(["train", "encoder", str(tmp_path), "--work", str(tmp_path / "work"), *more]) == 1
    assert said in capsys.readouterr().err
    assert not (tmp_path / "work").exists()
