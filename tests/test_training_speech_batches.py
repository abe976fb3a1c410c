"""Batches: what is drawn hangs on seed, epoch and recording; what cannot be learnt from is left out, and why."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from tonal_speech import corpus, save, spoken  # noqa: E402

from bigvoice.corpora.manifest import Entry, write  # noqa: E402
from bigvoice.corpora.vocabulary import Vocabulary  # noqa: E402
from bigvoice.errors import CorpusError, TrainingError  # noqa: E402
from bigvoice.training.deepspeech2_config import AugmentationOptions  # noqa: E402
from bigvoice.training.left_out import LeftOut  # noqa: E402
from bigvoice.training.speech_batches import (  # noqa: E402
    Example,
    Hearing,
    batches,
    choose,
    collate,
    example,
    masked,
    mean_spectrum,
    plan,
    unfit,
)

VOCABULARY = Vocabulary.of(["abcd ab"])
CHANGES = AugmentationOptions(room=0.5, noise=0.5)


def entry(text: str = "ab", seconds: float = 2.0) -> Entry:
    return Entry(Path("a.wav"), text, seconds, "x")


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (entry(), ""),
        (entry(" "), "no text"),
        (entry("xay"), "outside the vocabulary: xy"),
        (entry(seconds=21), "longer than 20 s"),
        (entry("abcdabcd", 0.1), "5 steps of sound for a text of 8"),
        (entry("aaaa", 0.1), "5 steps of sound for a text of 7"),
    ],
)
def test_why_a_row_is_left_out(given, reason):
    told = unfit(given, VOCABULARY, 2, 20)
    assert reason in told
    assert bool(reason) == bool(told)


def test_every_recording_once_an_epoch_and_like_lengths_together():
    seconds = np.random.default_rng(1).uniform(1, 20, 1003).astype(np.float32)

    first, second, again = (plan(seconds, 16, epoch, 7, by_length=False) for epoch in (0, 1, 1))

    for found in (first, second):
        assert sorted(np.concatenate(found)) == list(range(1003))
    assert [list(b) for b in second] == [list(b) for b in again]
    assert [list(b) for b in first] != [list(b) for b in second]
    spread = [np.ptp(np.log(seconds[b])) for b in first]
    assert np.median(spread) < 0.4


def test_by_length_goes_from_short_to_long():
    seconds = np.array([3, 1, 2, 5, 4], np.float32)
    assert [list(b) for b in plan(seconds, 2, 0, 0, by_length=True)] == [[1, 2], [0, 4], [3]]


def test_the_same_is_drawn_whoever_prepares_it(tmp_path):
    manifest = corpus(tmp_path, "a", 6, seed=1)
    chosen = choose(manifest, VOCABULARY, 2, 20)
    hearing = Hearing(VOCABULARY, 2, 3, changes=CHANGES)
    asked = [chosen.rows[:4], chosen.rows[4:]]

    alone = list(batches(chosen.index, asked, 2, hearing, 0))
    helped = list(batches(chosen.index, asked, 2, hearing, 2))
    later = next(iter(batches(chosen.index, asked[1:], 2, hearing, 0)))
    next_epoch = next(iter(batches(chosen.index, asked, 3, hearing, 0)))

    for a, b in zip([*alone, alone[1]], [*helped, later], strict=True):
        assert torch.equal(a.frames, b.frames)
        assert torch.equal(a.symbols, b.symbols)
    assert not torch.equal(alone[0].frames, next_epoch.frames)


def test_a_broken_file_costs_a_recording_and_not_the_epoch(tmp_path):
    manifest = corpus(tmp_path, "a", 4, seed=1)
    chosen = choose(manifest, VOCABULARY, 2, 20)
    (tmp_path / "a" / "2.wav").write_bytes(b"RIFF no sound")

    (batch,) = batches(chosen.index, [chosen.rows], 0, Hearing(VOCABULARY, 2), 0)

    assert len(batch) == 3
    assert [each.path.name for each in batch.left_out] == ["2.wav"]


def test_a_batch_in_which_nothing_can_be_read_still_has_a_row(tmp_path):
    batch = collate([LeftOut(tmp_path, "broken")])
    assert len(batch) == 0
    assert batch.frames.shape[0] == len(batch.n_symbols) == 1


def test_sound_shorter_than_its_manifest_says_is_left_out(tmp_path):
    path = save(spoken("a", np.random.default_rng(0)), tmp_path / "a.wav")
    found = example(Entry(path, "abcdabcdabcdabcd", 9.0), Hearing(VOCABULARY, 2), np.random.default_rng(0))
    assert isinstance(found, LeftOut)
    assert "too short" in found.reason


def test_speed_never_makes_a_recording_too_short_for_its_text(tmp_path):
    text = "abcdabcd"
    path = save(spoken("a", np.random.default_rng(0))[: len(text) * 320 + 160], tmp_path / "a.wav")
    hearing = Hearing(VOCABULARY, 2, changes=AugmentationOptions(speed=0.5, noise=0, room=0))
    for seed in range(20):
        found = example(Entry(path, text, 0.09), hearing, np.random.default_rng(seed))
        assert isinstance(found, Example)
        assert -(-len(found.frames) // 2) >= len(text)


def test_masks_leave_out_whole_stretches_only():
    frames = np.ones((100, 161), np.float32)
    found = masked(
        frames, AugmentationOptions(time_masks=1, time_mask=10, band_masks=1, band_mask=20), np.random.default_rng(4)
    )
    times, bands = (found == 0).all(axis=1), (found == 0).all(axis=0)
    assert 0 < times.sum() <= 10
    assert 0 < bands.sum() <= 20
    assert (found[~times][:, ~bands] == 1).all()
    assert (frames == 1).all()


def test_more_bad_rows_than_good_ones_is_an_error(tmp_path):
    write(tmp_path / "m.csv", [entry("xyz"), entry("ab")])
    with pytest.raises(
        CorpusError, match=r"of 2 recordings 1 cannot be learnt from.*outside the vocabulary: xyz.*bigvoice corpus"
    ):
        choose(tmp_path / "m.csv", VOCABULARY, 2, 20)


def test_the_mean_spectrum_is_that_of_all_frames(tmp_path):
    chosen = choose(corpus(tmp_path, "a", 3, seed=1), VOCABULARY, 2, 20)
    mean, deviation = mean_spectrum(chosen, 0)
    (batch,) = batches(chosen.index, [chosen.rows], 0, Hearing(VOCABULARY, 2, mean=mean, deviation=deviation), 0)
    frames = torch.cat([row[:n] for row, n in zip(batch.frames, batch.n_frames, strict=True)])
    torch.testing.assert_close(frames.mean(dim=0), torch.zeros(161), atol=1e-4, rtol=0)
    torch.testing.assert_close(frames.std(dim=0), torch.ones(161), atol=1e-2, rtol=0)
    for path in (tmp_path / "a").iterdir():
        path.unlink()
    with pytest.raises(TrainingError, match="none of 3 recordings"):
        mean_spectrum(chosen, 0)
