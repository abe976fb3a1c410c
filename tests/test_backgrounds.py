"""Backgrounds of foreign encoders: kept, found again, assumed, and learnt from a folder of made speakers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bigvoice.diarization.clustering import unit
from bigvoice.errors import ModelError
from bigvoice.features.mel import log_mel
from bigvoice.progress import Progress, silent
from bigvoice.recording import RATE
from bigvoice.training import listening
from bigvoice.training.background import Table
from bigvoice.voices import backgrounds
from bigvoice.voices.background import COSINE, Background
from bigvoice.voices.backgrounds import Assumed, assumed, find, keep, notice
from bigvoice.voices.identification import Identifier
from bigvoice.voices.person import Person
from tests.fakes import babble, write_wav

DIM = 24
NAME = "pyannote-1@0123456789ab"
LEARNT = Background(
    unit(np.random.default_rng(0).standard_normal((50, DIM))),
    np.array([-1.0, 5.0, 0.5, 0.0, 0.25, 0.0]),
    0.375,
    np.array([-2.0, 1.0, 0.0, 0.0, 0.0, 0.0]),
)


def voice(axis: int, n: int, *, spread: float = 0.2, seed: int = 0):
    """Windows of one voice of DIM: an axis and some noise."""
    noise = spread * np.random.default_rng(seed).standard_normal((n, DIM))
    return unit(np.eye(DIM)[[axis] * n] + noise)


# Kept and found


def test_what_was_learnt_is_found_again():
    keep(NAME, LEARNT)
    found = find(NAME, DIM)
    np.testing.assert_allclose(found.cohort, LEARNT.cohort, atol=1e-3)
    np.testing.assert_array_equal(found.calibration, LEARNT.calibration)
    np.testing.assert_array_equal(found.cosine, LEARNT.cosine)
    assert found.alike == LEARNT.alike
    assert notice(NAME, found) == ""


def test_another_version_of_a_network_has_none():
    keep(NAME, LEARNT)
    assert isinstance(find("pyannote-1@ba9876543210", DIM), Assumed)


@pytest.mark.parametrize("content", [b"", b"no npz", b"PK\x03\x04cut"])
def test_a_file_that_is_none_is_told(content):
    keep(NAME, LEARNT).write_bytes(content)
    with pytest.raises(ModelError, match="learn it anew"):
        find(NAME, DIM)


def test_a_file_of_another_size_is_told():
    keep(NAME, LEARNT)
    with pytest.raises(ModelError, match="does not fit"):
        find(NAME, DIM + 1)


def test_a_name_cannot_lead_out_of_the_folder():
    assert keep("../../x/y", LEARNT).parent == backgrounds.folder()


# Assumed


def test_assumed_odds_put_the_right_person_first_and_are_never_certain():
    people = [Person(name, None, voice(axis, 20, seed=axis)) for axis, name in enumerate(["Mina", "Joon"])]
    identifier = Identifier(people, assumed(DIM))
    shares = [identifier.probabilities(identifier.margins(voice(axis, 20, seed=9 + axis)), 20.0) for axis in (0, 1, 2)]
    assert [int(share.argmax()) for share in shares] == [0, 1, 2]  # the third is a stranger
    assert all(share[:2].max() < 0.95 for share in shares)
    assert all(shares[who][who] > 0.5 for who in (0, 1))


def test_one_person_alone_can_be_compared():
    identifier = Identifier([Person("Mina", None, voice(0, 20))], assumed(DIM))
    own, other = (identifier.probabilities(identifier.margins(voice(axis, 8, seed=5)), 8.0)[0] for axis in (0, 1))
    assert own > 0.5 > other


def test_assumed_says_what_to_do():
    assert NAME in notice(NAME, assumed(DIM))
    assert "bigvoice train background FOLDER" in notice(NAME, assumed(DIM))


# Learnt


class BandEncoder:
    """Hears which bands are loud, and how they vary."""

    name = "bands-1"
    dim = DIM
    background = assumed(DIM)

    def __call__(self, samples, spans, hook):
        rows = np.zeros((len(spans), self.dim), np.float32)
        for row, span in zip(rows, spans, strict=True):
            mels = log_mel(samples[round(span.start * RATE) : round(span.end * RATE)], self.dim)
            loud = mels[mels.mean(axis=1) > mels.mean()].mean(axis=0)
            row[:] = np.diff(loud, prepend=loud[:1])
        return unit(rows)


@pytest.fixture(scope="module")
def speakers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twenty made speakers: six with 32 s in two files, the others with 6 s."""
    folder = tmp_path_factory.mktemp("speakers")
    for n in range(20):
        size, pitch = 0.8 + 0.02 * n, 90.0 + 8 * n
        (folder / f"s{n:02}").mkdir()
        for file in range(2 if n % 3 == 0 and n < 18 else 1):
            seconds = 16 if n % 3 == 0 and n < 18 else 6
            write_wav(folder / f"s{n:02}" / f"{file}.wav", babble(seconds, pitch=pitch, size=size, seed=10 * n + file))
    return folder


def test_a_background_is_learnt_from_a_folder_of_speakers(speakers):
    told: list[Progress] = []
    encoder = BandEncoder()
    learnt = listening.learn(encoder, speakers, told.append)
    assert learnt.cohort.shape == (14 * 3, DIM)  # three windows of each speaker who does not calibrate
    assert -1 < learnt.alike < 1
    assert learnt.log_odds(1.5, 20, 20) > 0 > learnt.log_odds(-1.5, 20, 20)
    assert learnt.log_odds(8, 20, 20, COSINE) > 0 > learnt.log_odds(-8, 20, 20, COSINE)
    assert [report.done for report in told if report.stage == "learn"] == [*range(21)]
    again = listening.learn(encoder, speakers, silent)
    np.testing.assert_array_equal(again.calibration, learnt.calibration)


def test_too_few_speakers_are_told(speakers, tmp_path):
    (tmp_path / "s00").symlink_to(speakers / "s00")
    with pytest.raises(ModelError, match="has 1 speakers, 1 of them with 30 s or more: it needs 20"):
        listening.learn(BandEncoder(), tmp_path)


def test_no_speech_and_no_folder_are_told(tmp_path):
    with pytest.raises(ModelError, match="has no speech"):
        listening.learn(BandEncoder(), tmp_path)
    with pytest.raises(ModelError, match="is no folder"):
        listening.learn(BandEncoder(), tmp_path / "nowhere")


def test_alike_lies_between_what_one_voice_has_and_two_have():
    """Windows of one voice have a cosine of 1 / (1 + DIM spread^2), those of two none."""
    spread = 0.1
    rows = np.concatenate([voice(axis, 40, spread=spread, seed=axis) for axis in range(6)])
    of = np.repeat(np.arange(6), 40)
    table = Table(rows, of.astype(str), np.arange(240), np.zeros(240, np.intp))
    assert 0.05 < listening.alike(table) < 1 / (1 + DIM * spread**2)
