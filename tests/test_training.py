"""The encoder's recipe, on a corpus of synthetic speakers small enough to wait for."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from scipy.linalg import subspace_angles
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

from bigvoice.span import Span
from bigvoice.training import mfcc
from bigvoice.training.background import Table
from bigvoice.training.corpus import SHIPPABLE, Utterance, held_out, sound_files, utterances
from bigvoice.training.mfcc import discriminant
from bigvoice.voices import encoder
from tests import tiny_corpus
from tests.tiny_corpus import of_corpus, say


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return tiny_corpus.write(tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="module")
def trained(data, tmp_path_factory):
    """The encoder that came out, and the speakers that each step was given."""
    out = tmp_path_factory.mktemp("model") / "tiny.npz"
    given: dict[str, set[str]] = {}

    def spy(step, speakers):
        def run(*args, **more):
            given[step] = set(speakers(*args))
            return real(*args, **more)

        real = getattr(mfcc, step)
        return run

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mfcc, "ProcessPoolExecutor", ThreadPoolExecutor)
        patch.setattr(mfcc, "N_GAUSSIANS", 4)
        patch.setattr(mfcc, "DIM", 8)
        patch.setattr(mfcc, "fit_mixture", spy("fit_mixture", lambda heard: (h.speaker for h in heard)))
        patch.setattr(mfcc, "discriminant", spy("discriminant", lambda rows, speakers: speakers.tolist()))
        patch.setattr(mfcc, "strangers", spy("strangers", lambda table: table.speakers.tolist()))
        patch.setattr(mfcc, "calibrate", spy("calibrate", lambda table, cohort, window: table.speakers.tolist()))
        mfcc.main(data, out)
    return encoder.read(out), given


def test_it_writes_an_encoder_of_the_asked_for_size(trained):
    made, _ = trained
    assert made.dim == 8
    assert made.mixture.means.shape == (4, 39)
    assert made.background.calibration.shape == (6,)
    assert np.isfinite(made.background.calibration).all()
    assert made.background.alike == mfcc.ALIKE


def test_nobody_teaches_and_calibrates(trained):
    _, given = trained
    assert given["fit_mixture"] == given["discriminant"] == given["strangers"]
    assert not given["discriminant"] & given["calibrate"]
    assert given["calibrate"] == {f"librispeech:{who}" for who in of_corpus(True, 4)}
    assert given["discriminant"] >= {f"librispeech:{who}" for who in of_corpus(False, 12)}


def test_what_cannot_be_read_or_is_too_short_is_left_out(trained, data):
    _, given = trained
    everybody = given["discriminant"] | given["calibrate"]
    assert "speech_commands:0a1b" in everybody
    assert "speech_commands:ffff" not in everybody
    assert len(mfcc.hear(data, 0, Utterance("x", data / "speech_commands/bed/0a1b_nohash_0.wav", "x"))) == mfcc.COPIES
    assert mfcc.hear(data, 0, Utterance("x", data / "speech_commands/bed/0a1b_nohash_1.wav", "x")) == []


def test_it_tells_apart_people_it_was_not_taught_with(trained):
    made, _ = trained
    people = of_corpus(True, 4)
    spans = [Span(i * 1.5, (i + 1) * 1.5) for i in range(6)]
    means = [made(say(who, 9.0, 7000 + i), spans).mean(axis=0) for i, who in enumerate(people)]
    for i, who in enumerate(people):
        rows = made(say(who, 9.0, 8000 + i), spans)
        assert (rows @ np.array(means).T).argmax(axis=1).tolist().count(i) >= 5


def test_a_higher_margin_makes_it_surer(trained):
    background = trained[0].background
    assert background.log_odds(1.0, 5.0, 10.0) > background.log_odds(0.0, 5.0, 10.0) > background.log_odds(-1, 5, 10)


def test_the_same_sound_is_heard_the_same_way_again(data):
    file = Utterance("x", next((data / "librispeech").rglob("*.wav")), "librispeech")
    for one, again in zip(mfcc.hear(data, 3, file), mfcc.hear(data, 3, file), strict=True):
        np.testing.assert_array_equal(one.features, again.features)
    other = mfcc.hear(data, 4, file)
    np.testing.assert_array_equal(mfcc.hear(data, 3, file)[0].features, other[0].features)
    assert not np.array_equal(mfcc.hear(data, 3, file)[1].features, other[1].features)


def test_about_a_fifth_is_held_out_and_always_the_same():
    held = [held_out(f"speaker {i}") for i in range(5000)]
    assert np.mean(held) == pytest.approx(52 / 256, abs=0.02)
    assert held == [held_out(f"speaker {i}") for i in range(5000)]


# The projection


def voices(n_voices, n_rows, *, dim=12, seed=0):
    """Rows of voices that differ in the first three numbers only, under noise that is louder in some than in others."""
    rng = np.random.default_rng(seed)
    centres = np.zeros((n_voices, dim))
    centres[:, :3] = 3 * rng.standard_normal((n_voices, 3))
    who = np.repeat(np.arange(n_voices), n_rows)
    noise = rng.standard_normal((len(who), dim)) @ (np.eye(dim) + 0.3 * rng.standard_normal((dim, dim)))
    return (centres[who] + noise).astype(np.float32), who.astype(str)


def test_the_directions_are_those_of_scikit_learns_discriminant_analysis(monkeypatch):
    monkeypatch.setattr(mfcc, "DIM", 3)
    monkeypatch.setattr(mfcc, "SHRINK", 0.0)
    rows, who = voices(20, 25)
    theirs = LinearDiscriminantAnalysis(solver="eigen").fit(rows, who).scalings_[:, :3]
    ours = discriminant(rows, who).matrix
    assert np.degrees(subspace_angles(ours, theirs)).max() < 0.5


def test_projected_voices_are_told_apart_better_than_before(monkeypatch):
    monkeypatch.setattr(mfcc, "DIM", 3)
    rows, who = voices(20, 25)
    projected = discriminant(rows, who)(rows)
    np.testing.assert_allclose(np.linalg.norm(projected, axis=1), 1, atol=1e-5)

    def nearest(rows):
        alike = rows @ rows.T - 2e9 * np.eye(len(rows))
        return np.mean(who[alike.argmax(axis=1)] == who)

    centred = rows - rows.mean(axis=0)
    assert nearest(projected) > nearest(centred / np.linalg.norm(centred, axis=1, keepdims=True)) + 0.1


def test_the_cohort_takes_a_few_windows_of_each():
    speakers = np.array(["a:1"] * 10 + ["a:2"] * 2 + ["speech_commands:x"] * 5 + ["speech_commands:y"] * 5)
    rows = np.arange(len(speakers), dtype=np.float32)[:, None]
    table = Table(rows, speakers, np.zeros(len(rows), np.intp), np.zeros(len(rows), np.intp))
    chosen = speakers[mfcc.strangers(table, each=3, words=1)[:, 0].astype(int)]
    assert sorted(chosen.tolist()) == ["a:1"] * 3 + ["a:2"] * 2 + ["speech_commands:x"] * 3


# The corpus


def test_speakers_of_single_words_are_known_by_the_files_name(tmp_path):
    files = {
        "speech_commands/bed/0a1b_nohash_0.wav": "speech_commands:0a1b",
        "speech_commands/cat/0a1b_nohash_1.wav": "speech_commands:0a1b",
        "librispeech/one_each_251/19/19-198-0000.flac": "librispeech:19",
        "librispeech/dev_clean_20/84/84-121-0000.flac": None,
        "librispeech/one_each_251/README.md": None,
    }
    for name in files:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    found = {str(u.path.relative_to(tmp_path)): u.speaker for u in utterances(tmp_path)}
    assert found == {name: speaker for name, speaker in files.items() if speaker}
    assert {u.part for u in utterances(tmp_path)} == {"librispeech", "speech_commands"}


def test_who_speaks_in_made_meetings_teaches_nothing_that_ships():
    assert "librispeech/dev_clean_20" not in SHIPPABLE
    assert len(set(SHIPPABLE)) == len(SHIPPABLE)


def test_sound_files_come_in_order_of_name(tmp_path):
    for name in ("b.wav", "a/z.mp3", "a/notes.txt", "c.FLAC"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    assert [path.relative_to(tmp_path) for path in sound_files(tmp_path)] == [Path("a/z.mp3"), Path("b.wav")]


def test_the_recipe_reads_only_what_it_lists(data):
    assert {u.path.parts[-3] for u in utterances(data) if u.part == "librispeech"} == {"one_each_251"}
