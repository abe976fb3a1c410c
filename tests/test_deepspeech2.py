"""DeepSpeech2 files through the whole way: sound, features, network, decoding, words, guards."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from fakes import LevelDetector, write_wav
from test_language_model import arpa
from tone_networks import LETTERS, N_BANDS, STRIDE, SYLLABLES, facts, say, silence, write

from bigvoice import run
from bigvoice.corpora.vocabulary import Vocabulary
from bigvoice.errors import ModelError, SettingsError
from bigvoice.parts import Transcript, make
from bigvoice.progress import Progress, silent
from bigvoice.recording import RATE, Recording, Samples
from bigvoice.span import Span
from bigvoice.transcription.deepspeech2 import Choice, DeepSpeech2Transcriber
from bigvoice.transcription.deepspeech2_file import Network
from bigvoice.word import join


@pytest.fixture(scope="module")
def korean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("model") / "tones.onnx", SYLLABLES)


@pytest.fixture(scope="module")
def english(tmp_path_factory: pytest.TempPathFactory) -> Path:
    about = facts(LETTERS, language="en")
    return write(tmp_path_factory.mktemp("model") / "tones.onnx", LETTERS, about=about)


def written(model: Path | str, samples: Samples, speech: list[Span] | None = None, **asked: Any) -> Transcript:
    recording = Recording(samples)
    part = DeepSpeech2Transcriber(str(model))
    return part(recording, speech or [recording.span], asked.get("language"), [], asked.get("hook", silent))


@pytest.mark.parametrize("text", ["해야", "해야야야", "해해 야야야야 해", "회의를 시작합니다"])
def test_it_writes_what_is_said_repeated_syllables_too(korean: Path, text: str) -> None:
    assert join(written(korean, say(text, SYLLABLES)).words) == text


def test_a_file_for_streams_writes_the_same(tmp_path: Path) -> None:
    model = write(tmp_path / "stream.onnx", SYLLABLES, streaming=True)
    assert join(written(model, say("해야야야 회의를", SYLLABLES)).words) == "해야야야 회의를"


def test_words_lie_where_they_are_said(korean: Path) -> None:
    samples = np.concatenate([silence(5), say("해야", SYLLABLES), silence(6), say("시작", SYLLABLES), silence(1)])
    told: list[Progress] = []

    found = written(korean, samples, [Span(5, 5.5), Span(11.4, 12)], hook=told.append)

    assert [word.text for word in found.words] == [" 해야", " 시작"]
    assert [word.span.start for word in found.words] == pytest.approx([5.08, 11.48], abs=0.05)
    assert [word.span.end for word in found.words] == pytest.approx([5.32, 11.72], abs=0.05)
    assert told[0].done == 0
    assert told[-1].fraction == 1.0


def test_it_tells_the_language_the_model_and_what_to_expect(korean: Path) -> None:
    found = written(korean, say("해야", SYLLABLES), language="ko-KR")
    assert (found.language, found.model) == ("ko", "deepspeech2-0123abcd")
    assert found.notice == "The text was written by DeepSpeech2 (deepspeech2-0123abcd); hears tones only."


def test_a_sound_between_two_symbols_is_a_word_it_is_less_sure_of(korean: Path) -> None:
    clear, other = say("해", SYLLABLES, tone=0.2), say("야", SYLLABLES, tone=0.2)
    sure, unsure = written(korean, clear).words[0], written(korean, clear + 0.9 * other).words[0]
    assert sure.text == unsure.text
    assert unsure.probability < 0.7 * sure.probability


def test_another_language_is_refused(korean: Path) -> None:
    with pytest.raises(SettingsError, match="trained on 'ko' and writes no 'en-GB'"):
        written(korean, say("해야", SYLLABLES), language="en-GB")


@pytest.mark.parametrize("seconds", [0.005, 0.019, 0.03, 3.0])
def test_silence_and_sounds_too_short_to_hear_give_no_words(korean: Path, seconds: float) -> None:
    assert written(korean, silence(seconds)).words == ()


def test_what_it_writes_into_digital_silence_is_not_believed(tmp_path: Path) -> None:
    """A network that writes 해 whatever it hears."""
    model = onnx.load(write(tmp_path / "m.onnx", SYLLABLES))
    bias = next(stored for stored in model.graph.initializer if stored.name == "bias")
    bias.CopyFrom(onnx.numpy_helper.from_array(9.0 * np.eye(len(SYLLABLES), dtype=np.float32)[-1], "bias"))
    onnx.save(model, tmp_path / "m.onnx")
    noise = 0.01 * np.random.default_rng(0).normal(size=RATE).astype(np.float32)
    assert written(tmp_path / "m.onnx", noise).words != ()
    assert written(tmp_path / "m.onnx", silence(1)).words == ()


@pytest.mark.parametrize("unit", ["word", "character"])
def test_a_language_model_decides_what_the_network_hears_badly(english: Path, tmp_path: Path, unit: str) -> None:
    """In "fix", half of the i's sound is an o: "the fox jumps" is what people say."""
    lm = arpa(tmp_path, "the fox jumps\n" * 20 + "the dog jumps over the fox\n" * 5, unit)
    doubtful = say("f", LETTERS), 1.0 * say("i", LETTERS) + 0.97 * say("o", LETTERS), say("x jumps", LETTERS)
    samples = np.concatenate([say("the ", LETTERS), *doubtful])

    alone, helped = written(english, samples), written(f"{english}+{lm},alpha=1,beta=1.5", samples)

    assert join(alone.words) == "the fix jumps"
    assert join(helped.words) == "the fox jumps"
    assert helped.model.startswith("deepspeech2-0123abcd+lm.arpa@")
    assert helped.model.endswith(",alpha=1,beta=1.5,beam=32")
    assert "with the language model lm.arpa; hears" in helped.notice


def test_the_beam_alone_is_in_the_name(english: Path) -> None:
    assert DeepSpeech2Transcriber(f"{english},beam=8").name == "deepspeech2-0123abcd,beam=8"
    assert join(written(f"{english},beam=8", say("lazy dog", LETTERS)).words) == "lazy dog"


def test_what_was_asked_for_is_read(tmp_path: Path) -> None:
    (tmp_path / "a+b.onnx").touch()
    odd = f"{tmp_path}/a+b.onnx"
    assert Choice.of(odd) == Choice(Path(odd))
    assert Choice.of(f"{odd}+c+d.arpa,beta=-1,beam=64") == Choice(Path(odd), Path("c+d.arpa"), {"beta": -1, "beam": 64})
    assert Choice.of("x.onnx+y,z.bin") == Choice(Path("x.onnx"), Path("y,z.bin"))


@pytest.mark.parametrize(
    ("said", "error", "told"),
    [
        ("", ModelError, "which DeepSpeech2"),
        ("a.onnx,alpha=1", SettingsError, "alpha of no language model: name one, deepspeech2:a.onnx"),
        ("a.onnx+b.arpa,alpha=loud", SettingsError, "alpha is a number from 0 to 10, not 'loud'"),
        ("a.onnx+b.arpa,alpha=nan", SettingsError, "alpha is a number"),
        ("a.onnx,beam=0", SettingsError, "beam is a whole number from 1 to 1000, not '0'"),
        ("a.onnx,beam=1.5", SettingsError, "beam is a whole number"),
        ("a.onnx,gamma=1", SettingsError, "no option 'gamma': there are alpha, beta, beam"),
    ],
)
def test_what_cannot_be_asked_for_is_told(said: str, error: type[Exception], told: str) -> None:
    with pytest.raises(error, match=told):
        Choice.of(said)


def test_frames_of_any_number_give_a_step_for_each_stride_begun(korean: Path) -> None:
    network = Network(korean)
    for n_frames in (1, STRIDE - 1, STRIDE, STRIDE + 1, 10 * STRIDE + 3):
        samples = silence(0.01 * (n_frames + 1))
        assert network.log_probabilities(samples).shape == (-(-n_frames // STRIDE), len(SYLLABLES))


OTHER = Vocabulary.of(["ab"])


@pytest.mark.parametrize(
    ("about", "told"),
    [
        ({}, "it lacks 'bigvoice.deepspeech2'"),
        (facts(SYLLABLES) | {"stride": 0}, "stride 0"),
        (facts(SYLLABLES) | {"normalization": "batch"}, "it lacks 'batch'"),
        (facts(SYLLABLES) | {"normalization": "corpus", "mean": [0.0]}, f"needs {N_BANDS} numbers"),
        (facts(SYLLABLES) | {"vocabulary": "ab"}, "no vocabulary"),
        (facts(SYLLABLES) | {"vocabulary": OTHER.to_json()}, "its vocabulary has 3"),
        (facts(SYLLABLES, streaming=True), "hears spectrogram and gives log_probabilities"),
        (facts(SYLLABLES, streaming=True, tail=5), "stride 4 and tail 5"),
        (facts(SYLLABLES) | {"streaming": True}, "by the utterance"),
        (["no", "facts"], "no DeepSpeech2 of bigvoice"),
    ],
)
def test_a_file_that_is_no_deepspeech2_is_told_in_one_line(tmp_path: Path, about: Any, told: str) -> None:
    path = write(tmp_path / "m.onnx", SYLLABLES, about=about)
    with pytest.raises(ModelError, match=told) as error:
        Network(path)
    assert "\n" not in str(error.value)
    assert "m.onnx" in str(error.value)


def test_a_file_that_is_no_network_or_not_there_is_told(tmp_path: Path) -> None:
    (tmp_path / "m.onnx").write_bytes(b"no network")
    with pytest.raises(ModelError, match=r"m\.onnx is no network that can be read"):
        Network(tmp_path / "m.onnx")
    with pytest.raises(ModelError, match=r"n\.onnx cannot be read: No such file"):
        Network(tmp_path / "n.onnx")


def test_a_network_whose_training_failed_is_told(tmp_path: Path) -> None:
    model = onnx.load(write(tmp_path / "m.onnx", SYLLABLES))
    stored = next(stored for stored in model.graph.initializer if stored.name == "weights")
    broken = np.full((N_BANDS, len(SYLLABLES)), np.nan, np.float32)
    stored.CopyFrom(onnx.numpy_helper.from_array(broken, "weights"))
    onnx.save(model, tmp_path / "m.onnx")
    with pytest.raises(ModelError, match="its training failed"):
        written(tmp_path / "m.onnx", say("해", SYLLABLES))


def test_it_is_chosen_by_name_and_takes_minutes(korean: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    samples = np.concatenate([silence(1), say("회의를 시작합니다", SYLLABLES), silence(1)])
    sound = write_wav(tmp_path / "meeting.wav", samples)
    monkeypatch.setattr(run, "make", lambda kind, name: LevelDetector() if kind == "detector" else make(kind, name))

    minutes = run.transcript_of(sound, asr=f"deepspeech2:{korean}")

    assert "".join(word.text for each in minutes.utterances for word in each.words).strip() == "회의를 시작합니다"
    assert minutes.language == "ko"


def test_it_runs_without_torch(korean: Path) -> None:
    code = f"""
import sys, json
from bigvoice.parts import make
make("asr", "deepspeech2:{korean}")
print(json.dumps(sorted({{"torch", "kenlm", "faster_whisper"}} & set(sys.modules))))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == []
