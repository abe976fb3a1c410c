"""pocketsphinx on real sound: read speech where it lies beside the project, else a synthetic voice."""

from __future__ import annotations

import shutil
import subprocess
import wave
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from pocketsphinx import Decoder

from bigvoice.decoding import load
from bigvoice.errors import ModelError
from bigvoice.parts import Transcript, make
from bigvoice.progress import Progress, silent
from bigvoice.recording import RATE, Recording, Samples
from bigvoice.span import Span
from bigvoice.transcription import sphinx
from bigvoice.transcription.sphinx import SphinxTranscriber
from bigvoice.word import Word, join

SAMPLE = Path(__file__).parents[1] / "sample_meetings" / "team_weekly" / "recording.m4a"

LIBRISPEECH = Path(__file__).parents[2] / "shared" / "data" / "librispeech" / "dev_clean_20"
SENTENCE = "we have to close the window and open the door"


@cache
def spoken() -> tuple[Samples, str]:
    """(samples, what is said) of one utterance."""
    if LIBRISPEECH.is_dir():
        from faster_whisper.audio import decode_audio

        rows = (line.split("\t") for line in (LIBRISPEECH / "transcripts.tsv").read_text().splitlines())
        name, text = next(row for row in rows if row[0] == "1272-128104-0000")
        return decode_audio(str(next(LIBRISPEECH.rglob(f"{name}.*")))), text
    if shutil.which("flite"):
        return _flite(SENTENCE), SENTENCE
    pytest.skip("no read speech beside the project and no flite to make some: `apt install flite`")


def _flite(text: str) -> Samples:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "spoken.wav"
        subprocess.run(["flite", "-voice", "slt", "-t", text, "-o", str(file)], check=True)
        with wave.open(str(file)) as sound:
            return np.frombuffer(sound.readframes(sound.getnframes()), "<i2").astype(np.float32) / 32768


@pytest.fixture(scope="module")
def meeting() -> tuple[Recording, list[Span], str]:
    """The utterance twice, 5 s of silence before each; where the speech is; what is said once."""
    samples, text = spoken()
    silence = np.zeros(5 * RATE, np.float32)
    recording = Recording(np.concatenate([silence, samples, silence, samples]))
    length = len(samples) / RATE
    return recording, [Span(5, 5 + length), Span(10 + length, 10 + 2 * length)], text


@pytest.fixture(scope="module")
def heard(meeting: tuple[Recording, list[Span], str]) -> tuple[Transcript, list[Progress]]:
    """The transcript of both utterances by two processes, and what was told of its progress."""
    told: list[Progress] = []
    recording, speech, _ = meeting
    return SphinxTranscriber(workers=2)(recording, speech, "en-GB", ["Mina Park"], told.append), told


def within(transcript: Transcript, span: Span) -> list[Word]:
    return [word for word in transcript.words if word.span.overlap(span) > 0]


def test_it_writes_down_most_of_what_is_said_where_it_is_said(
    meeting: tuple[Recording, list[Span], str], heard: tuple[Transcript, list[Progress]]
) -> None:
    (_, speech, text), (transcript, _) = meeting, heard
    right = set(join(within(transcript, speech[0])).lower().split()) & set(text.split())
    assert len(right) >= 0.6 * len(set(text.split()))
    assert all(any(w.span.overlap(s) == pytest.approx(w.span.duration) for s in speech) for w in transcript.words)
    assert (transcript.language, transcript.model) == ("en", "sphinx")


def test_the_same_sound_gives_the_same_words_at_the_shifted_time(
    meeting: tuple[Recording, list[Span], str], heard: tuple[Transcript, list[Progress]]
) -> None:
    (_, speech, _), (transcript, _) = meeting, heard
    first, second = (within(transcript, span) for span in speech)
    assert [w.text for w in first] == [w.text for w in second]
    shift = speech[1].start - speech[0].start
    assert [w.span.start + shift for w in first] == pytest.approx([w.span.start for w in second], abs=0.02)


def test_words_have_probabilities_of_their_own(heard: tuple[Transcript, list[Progress]]) -> None:
    assert len({word.probability for word in heard[0].words}) > 3


def test_progress_ends_with_all_speech_heard(heard: tuple[Transcript, list[Progress]]) -> None:
    told = heard[1]
    assert [report.stage for report in told] == ["transcribe"] * 3
    assert told[-1].fraction == 1.0
    assert [report.done for report in told] == sorted(report.done for report in told)


def test_no_speech_no_words() -> None:
    heard = SphinxTranscriber()(Recording(np.zeros(RATE, np.float32)), [], None, [], silent)
    assert heard.words == ()


def test_silence_taken_for_speech_gives_no_words() -> None:
    heard = SphinxTranscriber(1)(Recording(np.zeros(RATE, np.float32)), [Span(0, 0.05), Span(0.5, 1)], None, [], silent)
    assert heard.words == ()


def test_another_language_is_refused_and_told_what_to_do() -> None:
    with pytest.raises(ModelError, match=r"English only, not 'ko': `bigvoice models fetch small`"):
        SphinxTranscriber()(Recording(np.zeros(RATE, np.float32)), [Span(0, 1)], "ko", [], silent)


def test_a_worker_that_dies_is_an_error_and_not_a_wait(
    meeting: tuple[Recording, list[Span], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    recording, speech, _ = meeting
    monkeypatch.setattr(sphinx.sys, "executable", shutil.which("false"))
    with pytest.raises(ModelError, match="pocketsphinx stopped at 5 s"):
        SphinxTranscriber(1)(recording, speech, None, [], silent)


def test_an_interrupted_run_does_not_decode_on(
    meeting: tuple[Recording, list[Span], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    recording, _, _ = meeting
    long = Recording(np.tile(recording.samples, 3))
    speech = [Span(start, start + 0.5) for start in range(5, 45, 4)]
    asked: list[subprocess.Popen[bytes]] = []
    ask = sphinx._ask

    def counting(worker: subprocess.Popen[bytes], samples: Samples, start: float) -> list[Word]:
        asked.append(worker)
        return ask(worker, samples, start)

    def interrupt(report: Progress) -> None:
        if report.done > 0:
            raise KeyboardInterrupt

    monkeypatch.setattr(sphinx, "_ask", counting)
    with pytest.raises(KeyboardInterrupt):
        SphinxTranscriber(1)(long, speech, None, [], interrupt)
    assert len(asked) <= 3 < len(speech)
    assert asked[0].returncode not in (None, 0)


def test_it_is_made_by_name() -> None:
    assert isinstance(make("asr", "sphinx"), SphinxTranscriber)
    assert make("asr", "none")(Recording(np.zeros(9, np.float32)), [], "ko", [], silent).language == "ko"


def test_what_was_heard_before_changes_nothing() -> None:
    meeting = load(SAMPLE).samples
    before, piece = meeting[: 8 * RATE], meeting[15 * RATE : 20 * RATE]
    fresh, used = Decoder(loglevel="FATAL"), Decoder(loglevel="FATAL")
    sphinx.decode(used, before)
    assert sphinx.decode(used, piece) == sphinx.decode(fresh, piece) != []
