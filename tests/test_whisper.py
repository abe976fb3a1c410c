"""WhisperTranscriber on real CTranslate2 models that are written to say a given text (scripted_whisper.py)."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from scripted_whisper import Script, write

from bigvoice.errors import ModelError, SettingsError
from bigvoice.parts import Transcript, make
from bigvoice.progress import Progress, silent
from bigvoice.recording import RATE, Recording
from bigvoice.span import Span
from bigvoice.transcription.chunks import MARGIN
from bigvoice.transcription.whisper import WhisperTranscriber, fitting
from bigvoice.word import join

ENGLISH = Script([(0.5, " Good"), (1.0, " morning."), (2.0, " Let"), (2.4, " us"), (3.0, " start.")])
KOREAN = Script([(0.5, " 회의를"), (1.2, " 시작"), (1.6, "하겠습니다."), (3.0, " 3"), (3.4, " 개월")], language="ko")
ALIGNED = 0.35
"""Seconds: alignment puts a word's border half-way between the last token before and the first after it."""

Writer = Callable[..., Path]


@pytest.fixture(scope="session")
def scripted(tmp_path_factory: pytest.TempPathFactory) -> Writer:
    """Writes a model once for each script."""
    written: dict[tuple[str, bool], Path] = {}

    def folder(script: Script, *, multilingual: bool = True) -> Path:
        key = (repr(script), multilingual)
        if key not in written:
            written[key] = write(tmp_path_factory.mktemp("whisper") / "spoken", script, multilingual=multilingual)
        return written[key]

    return folder


def noise(seconds: float, level: float = 0.1) -> Recording:
    samples = np.random.default_rng(0).normal(0, level, round(seconds * RATE))
    return Recording(samples.astype(np.float32))


def hear(folder: Path, speech: list[Span], *, seconds: float = 20, language: str | None = None) -> Transcript:
    return WhisperTranscriber(str(folder))(noise(seconds), speech, language, [], silent)


def test_english_text_times_and_language_come_out(scripted: Writer) -> None:
    heard = hear(scripted(ENGLISH), [Span(2, 7)])
    assert join(heard.words) == "Good morning. Let us start."
    assert heard.language == "en"
    planned = [2 - MARGIN + start for start, _ in ENGLISH.words]
    assert [w.span.start for w in heard.words[1:]] == pytest.approx(planned[1:], abs=ALIGNED)
    assert heard.words[0].span.start == 2  # alignment begins with the chunk; the guards move it to the speech
    assert all(w.probability > 0.9 for w in heard.words)


def test_korean_keeps_its_spacing_and_its_syllables(scripted: Writer) -> None:
    heard = hear(scripted(KOREAN), [Span(2, 7)])
    assert [w.text for w in heard.words] == [" 회의를", " 시작하겠습니다.", " 3", " 개월"]
    assert heard.language == "ko"
    assert [w.span.start for w in heard.words[1:]] == pytest.approx([3.1, 4.9, 5.3], abs=ALIGNED)


def test_every_stretch_of_speech_is_heard_at_its_own_time_and_nothing_else(scripted: Writer) -> None:
    speech = [Span(1, 6), Span(12, 17), Span(100, 105)]
    heard = hear(scripted(ENGLISH), speech, seconds=120)
    assert join(heard.words) == " ".join(["Good morning. Let us start."] * 3)
    assert all(any(w.span.overlap(s) == pytest.approx(w.span.duration) for s in speech) for w in heard.words)


def test_more_chunks_than_a_batch_holds_give_the_same_words(scripted: Writer) -> None:
    speech = [Span(i * 10 + 1, i * 10 + 6) for i in range(5)]
    whole, bit_by_bit = (
        WhisperTranscriber(str(scripted(ENGLISH)), batch=batch)(noise(60), speech, "en", [], silent) for batch in (8, 2)
    )
    assert [w.text for w in whole.words] == [w.text for w in bit_by_bit.words]
    assert [w.span.start for w in whole.words] == pytest.approx([w.span.start for w in bit_by_bit.words], abs=0.05)


def test_half_a_character_at_the_end_costs_no_word(scripted: Writer) -> None:
    broken = Script([(0.5, " 회의"), (1.0, " 끝")], language="ko", tail="값".encode()[:2])
    assert join(hear(scripted(broken), [Span(1, 6)]).words) == "회의 끝"


def test_a_loop_is_heard_again_and_does_not_come_out(scripted: Writer) -> None:
    loop = Script([(0.2 * i, " go" if i % 2 else " on") for i in range(40)])
    assert len(hear(scripted(loop), [Span(1, 12)]).words) <= 8


def test_text_over_what_is_nearly_silent_is_dropped(scripted: Writer) -> None:
    quiet = WhisperTranscriber(str(scripted(ENGLISH)))(noise(20, level=1e-5), [Span(1, 6)], None, [], silent)
    assert quiet.words == ()


def test_a_stock_phrase_where_hardly_anything_is_said_is_dropped(scripted: Writer) -> None:
    thanks = Script([(0.3, " 시청해주셔서"), (1.2, " 감사합니다!")], language="ko")
    assert hear(scripted(thanks), [Span(3, 3.6)]).words == ()
    assert join(hear(scripted(thanks), [Span(3, 6)]).words) == "시청해주셔서 감사합니다!"


def test_hotwords_stand_in_the_prompt(scripted: Writer) -> None:
    terms = ["Mina Park", "예산"]
    n_tokens = len(" Mina Park, 예산".encode())  # the scripted tokenizer spells bytes
    waiting = Script([(0.5, " heard")], prompted=n_tokens)
    transcriber = WhisperTranscriber(str(scripted(waiting)))
    assert join(transcriber(noise(20), [Span(1, 6)], "en", terms, silent).words) == "heard"
    assert join(transcriber(noise(20), [Span(1, 6)], "en", [], silent).words) != "heard"


def test_hotwords_fit_the_prompt_or_are_left_out_whole() -> None:
    terms = [f"term{i}" for i in range(100)]
    assert fitting(terms, len).count(",") < 60
    assert len(fitting(terms, len)) <= 223
    assert fitting(["x" * 300, "short", "short", " "], len) == "short"
    assert fitting(terms, lambda _: 1).count(",") == 59


def test_progress_is_told_in_seconds_of_speech(scripted: Writer) -> None:
    told: list[Progress] = []
    speech = [Span(1, 3), Span(8, 11)]
    WhisperTranscriber(str(scripted(ENGLISH)), batch=1)(noise(20), speech, "en", [], told.append)
    assert [(p.stage, round(p.done, 2), round(p.total, 2)) for p in told] == [
        ("transcribe", 0.0, 5.4),
        ("transcribe", 2.2, 5.4),
        ("transcribe", 5.4, 5.4),
    ]


def test_no_speech_no_words_and_the_model_is_not_even_loaded(scripted: Writer) -> None:
    heard = hear(scripted(ENGLISH), [], language="ko-KR")
    assert (heard.words, heard.language) == ((), "ko")


def test_speech_beyond_the_end_of_the_recording_is_no_matter(scripted: Writer) -> None:
    heard = hear(scripted(ENGLISH), [Span(14, 25), Span(30, 31)])
    assert join(heard.words) == "Good morning. Let us start."


def test_an_english_model_says_so_and_needs_no_detection(scripted: Writer) -> None:
    folder = scripted(ENGLISH, multilingual=False)
    assert hear(folder, [Span(1, 6)]).language == "en"
    with pytest.raises(SettingsError, match="English only, not 'ko'"):
        hear(folder, [Span(1, 6)], language="ko")


def test_an_unknown_language_is_refused(scripted: Writer) -> None:
    with pytest.raises(SettingsError, match="no language 'xx'"):
        hear(scripted(ENGLISH), [Span(1, 6)], language="xx")


def test_the_name_tells_models_apart_and_the_notice_names_the_model(scripted: Writer) -> None:
    one, other = (WhisperTranscriber(str(scripted(script))) for script in (ENGLISH, KOREAN))
    assert one.name.startswith("whisper:spoken@")
    assert one.name != other.name
    assert "Whisper (spoken)" in hear(scripted(ENGLISH), [Span(1, 6)]).notice


@pytest.mark.parametrize("lacking", ["model.bin", "config.json", "tokenizer.json", "vocabulary.json"])
def test_a_folder_without_a_file_is_refused_by_that_files_name(scripted: Writer, tmp_path: Path, lacking: str) -> None:
    folder = shutil.copytree(scripted(ENGLISH), tmp_path / "half")
    (folder / lacking).unlink()
    with pytest.raises(ModelError, match=f"lacks {lacking.split('.')[0]}"):
        WhisperTranscriber(str(folder))


@pytest.mark.parametrize("broken", ["model.bin", "tokenizer.json"])
def test_a_broken_file_is_one_clear_line(scripted: Writer, tmp_path: Path, broken: str) -> None:
    folder = shutil.copytree(scripted(ENGLISH), tmp_path / "broken")
    (folder / broken).write_bytes(b"this is no model")
    with pytest.raises(ModelError, match=r"cannot load the model in .*broken") as told:
        hear(folder, [Span(1, 6)])
    assert "\n" not in str(told.value)


def test_it_is_made_by_name(scripted: Writer) -> None:
    assert isinstance(make("asr", f"whisper:{scripted(ENGLISH)}"), WhisperTranscriber)
