"""The segmentation's recipe: its loss, its scores, and that a training that was stopped goes on."""

import numpy as np
import pytest

from bigvoice.diarization.powerset import MEMBERS, RENAMED, SETS
from bigvoice.training.segmentation_scores import LocalErrors, local_errors

torch = pytest.importorskip("torch", reason="training needs torch")
pytest.importorskip("onnx", reason="training needs onnx")

from bigvoice.diarization.segmentation import read  # noqa: E402
from bigvoice.errors import ModelError  # noqa: E402
from bigvoice.training import segmentation as recipe  # noqa: E402
from bigvoice.training.mixture_store import NOBODY, Mixtures  # noqa: E402
from bigvoice.training.segmentation import Recipe, Training, batch_of, names_of, permutation_invariant, train  # noqa: E402
from bigvoice.training.segmentation_network import Segmentation, levelled  # noqa: E402

A, B, C, AB, BC = 1, 2, 3, SETS.index((0, 1)), SETS.index((1, 2))


def told(*classes):
    return np.array(classes, np.uint8)


def test_errors_counted_by_hand():
    found = local_errors(told(0, A, A, A, AB, AB, B), told(A, A, A, 0, A, AB, C))
    assert (found.spoken, found.missed, found.false, found.confused) == (8, 2, 1, 1)
    assert found.rate == 4 / 8
    assert found.overlap == (1, 2, 1)
    assert found.overlap_recall == 0.5
    assert found.overlap_precision == 1
    assert found.speech_missed == 1 / 6
    assert found.speech_false == 1 / 6


def test_the_order_of_people_is_no_error_but_swapping_them_half_way_is():
    reference = told(A, A, AB, B, B, BC)
    for renamed in RENAMED:
        assert local_errors(reference, renamed[reference]).rate == 0
    assert local_errors(told(A, A, B, B), told(B, A, A, B)).confused == 2


def test_local_errors_of_random_chunks_are_those_of_a_slow_search():
    rng = np.random.default_rng(0)
    for _ in range(20):
        reference, found = rng.integers(7, size=(2, 30)).astype(np.uint8)
        slow = min(
            sum(max(MEMBERS[r].sum(), MEMBERS[order[f]].sum()) - MEMBERS[r] @ MEMBERS[order[f]]
                for r, f in zip(reference, found, strict=True))
            for order in RENAMED
        )  # fmt: skip
        errors = local_errors(reference, found)
        assert errors.missed + errors.false + errors.confused == slow


def test_errors_add():
    left, right = local_errors(told(A, B), told(A, A)), local_errors(told(0, AB), told(AB, A))
    both = left + right
    assert (both.spoken, both.missed, both.false, both.confused) == (4, 1, 2, 1)
    assert both.overlap == (1, 1, 0)
    assert LocalErrors() + left == left
    assert "local DER 100.0 %" in str(both)


def log_probabilities(classes, sure=0.99):
    rows = np.full((len(classes), 7), (1 - sure) / 6)
    rows[np.arange(len(classes)), classes] = sure
    return torch.from_numpy(np.log(rows)).float()[None]


def test_the_loss_is_that_of_the_order_that_fits():
    labels = torch.tensor([[A, A, AB, B, 0]])
    for renamed in RENAMED:
        loss = permutation_invariant(log_probabilities(renamed[labels[0].numpy()]), labels)
        assert loss.item() == pytest.approx(-np.log(0.99), rel=1e-4)
    assert permutation_invariant(log_probabilities([A, A, AB, A, 0]), labels).item() > 1


def test_level_and_colour_of_the_line_are_taken_away():
    mels = torch.randn(2, 40, 64, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(levelled(mels + 5), levelled(mels), atol=1e-4, rtol=0)
    assert levelled(mels).mean(dim=1).abs().max() < 1e-5
    assert torch.isfinite(levelled(torch.full((1, 8, 64), np.log(1e-10)))).all()


@pytest.fixture
def mixtures():
    """Two people in turn, each a tone of their own: features tell who speaks."""
    rng = np.random.default_rng(0)
    labels = np.repeat(rng.integers(0, 3, (12, 20)), 25, axis=1).astype(np.uint8)
    features = rng.normal(-12, 0.3, (12, 1000, 64))
    spoken = np.repeat(labels, 2, axis=1)
    features[..., 10:20] += 10 * (spoken == A)[..., None]
    features[..., 30:40] += 10 * (spoken == B)[..., None]
    people = np.tile([0, 1, NOBODY], (12, 1)).astype(np.int32)
    return Mixtures(features.astype(np.float16), labels, people, ("librispeech:1 x1.0", "librispeech:2 x1.0"))


def test_words_are_nobody_to_be_learnt_by_name():
    voices = ("librispeech:1 x1.0", "speech_commands:2 x1.0", "librispeech:3 x0.9")
    none = np.zeros(0)
    assert names_of(Mixtures(none, none, none, voices)).tolist() == [0, NOBODY, 1]


def test_a_batch_has_labels_for_its_frames(mixtures):
    for seed in range(8):
        features, labels, people = batch_of(mixtures, names_of(mixtures), 4, np.random.default_rng(seed))
        assert features.shape[1] == 2 * labels.shape[1]
        assert features.shape[1] % 4 == 0
        assert torch.isfinite(features).all()
        assert people.shape == (4, 3)
        tone = features[..., 10:20].mean(dim=2)[:, ::2] - features[..., 45:].mean(dim=2)[:, ::2]
        assert tone[labels == A].mean() > tone[labels == 0].mean() + 1


@pytest.fixture
def tiny(monkeypatch):
    monkeypatch.setattr("bigvoice.training.segmentation_network.WIDTH", 16)
    monkeypatch.setattr(recipe, "WIDTH", 16)
    monkeypatch.setattr(recipe, "CHECK_MINUTES", 0.02)
    return Recipe(minutes=0.06, batch=4, rate=5e-3, average=0.8)


def test_it_learns_writes_a_file_and_goes_on_where_it_stopped(mixtures, tiny, tmp_path):
    torch.set_num_threads(1)
    lines = []
    out = tmp_path / "tiny.onnx"
    training = Training.begin(2, tiny)
    before = recipe.tried(training.averaged.module, mixtures).rate
    train(mixtures, mixtures, training, tiny, out, tmp_path, lines.append)
    assert training.best < before
    assert "local DER" in lines[-1]
    assert read(out).name.startswith("segmentation-")

    again = Training.begin(2, tiny)
    again.resume(tmp_path / "segmentation.checkpoint")
    assert (again.step, again.seconds, again.best) == (training.step, training.seconds, training.best)
    with pytest.raises(ModelError, match="no checkpoint of this recipe"):
        Training.begin(3, tiny).resume(tmp_path / "segmentation.checkpoint")


def test_the_file_says_what_the_network_says(tiny, tmp_path):
    network = Segmentation().eval()
    recipe.write(network, tmp_path / "some.onnx")
    mels = np.random.default_rng(0).normal(-8, 2, (3, 200, 64)).astype(np.float32)
    found = read(tmp_path / "some.onnx").session.run(None, {"mels": mels})[0]
    with torch.no_grad():
        wanted = network(torch.from_numpy(mels)).numpy()
    assert found.shape == (3, 100, 7)
    np.testing.assert_allclose(found, wanted, atol=5e-3)  # large weights are stored in half precision
