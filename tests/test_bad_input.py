"""Bad input to the whole command, with the real parts: one clear line, exit 1, and nothing half-written.

What is merely poor (clipped, quiet, 8 kHz, ...) must make minutes all the same.
"""

from __future__ import annotations

import os
import resource
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import av
import numpy as np
import pytest

from bigvoice.minutes import store
from bigvoice.recording import RATE
from tests.fakes import LOW, babble, sound, write_wav


def contents(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def minutes(cli, file: Path, *more: object):
    """The command, and the proof that a failure left nothing behind and said one thing."""
    before = contents(file.parent) if file.parent.is_dir() else {}
    ran = cli("minutes", file, "--asr", "none", *more)
    if ran.code:
        assert ran.out == ""
        assert ran.err.startswith("bigvoice: ")
        assert ran.err.count("\n") == 1
        assert contents(file.parent) == before if file.parent.is_dir() else True
    return ran


TALK = babble(6)


# --- no recording at all ---


def absent(folder: Path) -> Path:
    return folder / "absent.m4a"


def absent_folder(folder: Path) -> Path:
    return folder / "absent" / "board.m4a"


def a_folder(folder: Path) -> Path:
    (folder / "meetings").mkdir()
    return folder / "meetings"


def empty(folder: Path) -> Path:
    (folder / "empty.wav").write_bytes(b"")
    return folder / "empty.wav"


def renamed_text(folder: Path) -> Path:
    (folder / "notes.mp3").write_text("We met on Monday.\n" * 200)
    return folder / "notes.mp3"


def zeros(folder: Path) -> Path:
    (folder / "zeros.m4a").write_bytes(bytes(100_000))
    return folder / "zeros.m4a"


def truncated_m4a(folder: Path) -> Path:
    whole = encode(folder / "whole.m4a", TALK)
    cut = folder / "cut.m4a"
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    return cut


def video_without_sound(folder: Path) -> Path:
    file = folder / "video.mp4"
    with av.open(str(file), "w") as out:
        stream = out.add_stream("mpeg4", rate=10)
        stream.width = stream.height = 64
        stream.pix_fmt = "yuv420p"
        for _ in range(10):
            out.mux(stream.encode(av.VideoFrame(64, 64, "yuv420p")))
        out.mux(stream.encode())
    return file


def too_short(folder: Path) -> Path:
    return write_wav(folder / "short.wav", TALK[:800])


def encode(file: Path, samples: np.ndarray, codec: str = "aac") -> Path:
    with av.open(str(file), "w") as out:
        stream = out.add_stream(codec, rate=RATE)
        frame = av.AudioFrame.from_ndarray(samples[np.newaxis], format="fltp", layout="mono")
        frame.rate = RATE
        out.mux(stream.encode(frame))
        out.mux(stream.encode())
    return file


# --- recordings in which nobody speaks ---


def silence(folder: Path) -> Path:
    return write_wav(folder / "silence.wav", np.zeros(5 * RATE, np.float32))


def noise(folder: Path) -> Path:
    hiss = 0.1 * np.random.default_rng(0).standard_normal(5 * RATE)
    return write_wav(folder / "noise.wav", hiss.astype(np.float32))


def music(folder: Path) -> Path:
    chords = sound([(0, 5, LOW), (0, 5, 1.25 * LOW), (0, 2.5, 1.5 * LOW), (2.5, 5, 2 * LOW)], 5, level=0.2)
    return write_wav(folder / "music.wav", chords)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (absent, "absent.m4a: no such file; check the name"),
        (absent_folder, "board.m4a: no such file; check the name and the folder"),
        (a_folder, "meetings is a folder"),
        (empty, "empty.wav is empty (0 bytes)"),
        (renamed_text, "notes.mp3 holds no sound that can be decoded"),
        (zeros, "zeros.m4a holds no sound that can be decoded"),
        (truncated_m4a, "cut.m4a is cut off or damaged"),
        (video_without_sound, "video.mp4 is a video without sound"),
        (too_short, "short.wav: less than 0.1 s of sound"),
        (silence, "no speech found in "),
        (noise, "no speech found in "),
        (music, "no speech found in "),
    ],
)
def test_what_holds_no_meeting_is_one_line_and_exit_1(cli, tmp_path, make, message):
    file = make(tmp_path)

    ran = minutes(cli, file)

    assert ran.code == 1
    assert message in ran.err
    assert file.name in ran.err


# --- poor recordings, which make minutes all the same ---


def at_rate(rate: int) -> np.ndarray:
    times = np.arange(round(len(TALK) * rate / RATE)) / rate
    return np.interp(times, np.arange(len(TALK)) / RATE, TALK).astype(np.float32)


def low_rate(folder: Path) -> Path:
    return write_wav(folder / "8k.wav", at_rate(8_000), rate=8_000)


def high_rate(folder: Path) -> Path:
    return write_wav(folder / "96k.wav", at_rate(96_000), rate=96_000)


def six_channels(folder: Path) -> Path:
    return write_wav(folder / "six.wav", *[TALK * np.float32(gain) for gain in (1, 0.5, 0.2, 0.1, 0.05, 0)])


def clipped(folder: Path) -> Path:
    return write_wav(folder / "clipped.wav", (TALK * 10).clip(-1, 1))


def shifted(folder: Path) -> Path:
    return write_wav(folder / "shifted.wav", TALK * np.float32(0.5) + np.float32(0.4))


def quiet(folder: Path) -> Path:
    return write_wav(folder / "quiet.wav", TALK * np.float32(0.005))


def with_nan(folder: Path) -> Path:
    samples = TALK.copy()
    samples[RATE : RATE + 500] = np.nan
    file = folder / "nan.wav"
    encode_float(file, samples)
    return file


def encode_float(file: Path, samples: np.ndarray) -> None:
    with av.open(str(file), "w") as out:
        stream = out.add_stream("pcm_f32le", rate=RATE)
        frame = av.AudioFrame.from_ndarray(samples[np.newaxis], format="flt", layout="mono")
        frame.rate = RATE
        out.mux(stream.encode(frame))
        out.mux(stream.encode())


def korean_path(folder: Path) -> Path:
    (folder / "회의 녹음").mkdir()
    return write_wav(folder / "회의 녹음" / "11월 21일 이사회.wav", TALK)


@pytest.mark.parametrize(
    "make",
    [low_rate, high_rate, six_channels, clipped, shifted, quiet, with_nan, korean_path],
    ids=lambda m: m.__name__,
)
def test_a_poor_recording_makes_minutes_of_its_one_speaker(cli, tmp_path, make):
    file = make(tmp_path)

    ran = minutes(cli, file)

    assert (ran.code, ran.err) == (0, "")
    found = store.read(file.with_suffix(".json"))
    assert len(found.speakers) == 1
    assert sum(u.span.duration for u in found.utterances) == pytest.approx(6, abs=1.5)
    assert file.with_suffix(".docx").stat().st_size > 10_000


def only(seconds: float, folder: Path) -> Path:
    samples = np.zeros(5 * RATE, np.float32)
    samples[2 * RATE : round((2 + seconds) * RATE)] = TALK[: round(seconds * RATE)]
    return write_wav(folder / "yes.wav", samples)


def test_what_was_wrong_with_a_recording_is_told_where_nobody_speaks(cli, tmp_path):
    file = tmp_path / "broken.wav"
    encode_float(file, np.full(5 * RATE, np.nan, np.float32))

    ran = minutes(cli, file)

    assert ran.code == 1
    assert "broken.wav (5.000 s held no numbers (NaN or infinite): replaced by silence): listen to it" in ran.err


def test_a_fifth_of_a_second_is_not_heard_as_speech(cli, tmp_path):
    ran = minutes(cli, only(0.2, tmp_path))

    assert ran.code == 1
    assert "no speech found in " in ran.err


def test_half_a_second_of_speech_makes_minutes(cli, tmp_path):
    assert minutes(cli, only(0.5, tmp_path)).code == 0

    assert len(store.read(tmp_path / "yes.json").utterances) == 1


# --- a good recording, and something else that is wrong: told before the long work ---


@pytest.fixture(scope="module")
def talk(tmp_path_factory) -> Path:
    return write_wav(tmp_path_factory.mktemp("talk") / "talk.wav", TALK)


def model_folder_without_files(folder: Path) -> list[object]:
    (folder / "model").mkdir()
    (folder / "model" / "config.json").write_text("{}")
    return ["--asr", f"whisper:{folder / 'model'}"]


def broken_book(folder: Path) -> list[object]:
    (folder / "book.sqlite").write_text("This is no voice book. " * 100)
    return ["--book", folder / "book.sqlite"]


def broken_template(folder: Path) -> list[object]:
    (folder / "ours.docx").write_text("no Word document")
    return ["--template", folder / "ours.docx"]


def other_json(folder: Path) -> list[object]:
    (folder / "talk.json").write_text('{"mine": 1}')
    return ["-o", folder / "talk.json"]


def folder_as_file(folder: Path) -> list[object]:
    (folder / "out.docx").mkdir()
    return ["-o", folder / "out.docx"]


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (lambda _: ["--asr", "whisper:enormous"], "enormous"),
        (lambda _: ["--asr", "dragon"], "no asr called 'dragon': there are whisper, deepspeech2, sphinx, none, auto"),
        (lambda _: ["--asr", "whisper:small"], "bigvoice models fetch small"),
        (model_folder_without_files, "model.bin"),
        (lambda _: ["--encoder", "ears"], "no encoder called 'ears': there are neural, mfcc"),
        (lambda _: ["--clustering", "ears"], "no clustering called 'ears': there are agglomerative, kmeans"),
        (lambda folder: ["--book", folder / "absent.sqlite"], "absent.sqlite"),
        (broken_book, "book.sqlite"),
        (lambda folder: ["-o", folder / "x.pages"], "x.pages: no format '.pages': choose one of .docx, .html"),
        (lambda folder: ["-o", folder / "document"], "document: a document needs a suffix"),
        (lambda folder: ["-o", folder / "absent" / "x.docx"], "cannot be written: there is no folder"),
        (folder_as_file, "out.docx cannot be written: it is a folder"),
        (broken_template, "ours.docx is not a Word document"),
        (lambda folder: ["--template", folder / "absent.docx"], "absent.docx"),
        (other_json, "talk.json is no minutes file"),
    ],
)
def test_what_is_wrong_beside_the_recording_is_told_before_the_long_work(
    cli, talk, tmp_path, monkeypatch, more, message
):
    from bigvoice.diarization.detection import SileroDetector

    def too_late(*_: object) -> None:
        raise AssertionError("speech is looked for, though it was clear before that this cannot end well")

    monkeypatch.setattr(SileroDetector, "__call__", too_late)
    extra = more(tmp_path)
    outputs = [] if "-o" in extra else ["-o", tmp_path / "talk.docx"]
    before = contents(tmp_path)

    ran = minutes(cli, talk, *outputs, *extra)

    assert ran.code == 1
    assert message in ran.err
    assert contents(tmp_path) == before


@contextmanager
def forbidden(path: Path, mode: int, right: int) -> Iterator[None]:
    """With that mode; skips the test where it keeps this user from nothing (the superuser)."""
    before = path.stat().st_mode
    path.chmod(mode)
    try:
        if os.access(path, right):
            pytest.skip("this user may read and write everything")
        yield
    finally:
        path.chmod(before)


def test_a_folder_that_cannot_be_written_is_told_before_the_long_work(cli, tmp_path):
    file = write_wav(tmp_path / "talk.wav", TALK)

    with forbidden(tmp_path, 0o500, os.W_OK):
        ran = minutes(cli, file)

    assert ran.code == 1
    assert "read-only: choose another place" in ran.err


@pytest.mark.parametrize("what", ["recording", "output", "book"])
def test_a_folder_that_may_not_be_entered_is_told(cli, tmp_path, what):
    (tmp_path / "closed").mkdir()
    inside, outside = (write_wav(folder / "talk.wav", TALK) for folder in (tmp_path / "closed", tmp_path))
    arguments = {
        "recording": (inside,),
        "output": (outside, "-o", tmp_path / "closed" / "talk.docx"),
        "book": (outside, "--book", tmp_path / "closed" / "team.voices"),
    }[what]

    with forbidden(tmp_path / "closed", 0, os.X_OK):
        ran = cli("minutes", *arguments, "--asr", "none")

    assert (ran.code, ran.out) == (1, "")
    assert ran.err.count("\n") == 1
    assert f"{arguments[-1]}"[: len(str(tmp_path / "closed"))] in ran.err


def test_minutes_and_a_book_that_may_not_be_read_are_told(cli, tmp_path):
    (tmp_path / "talk.json").write_text("{}")
    (tmp_path / "team.voices").write_text("")

    for name, command in {
        "talk.json": ["render", tmp_path / "talk.json"],
        "team.voices": ["voices", "list", "--book", tmp_path / "team.voices"],
    }.items():
        with forbidden(tmp_path / name, 0, os.R_OK):
            ran = cli(*command)
        assert ran.code == 1
        assert f"{name} cannot be" in ran.err


def test_a_recording_that_may_not_be_read_is_told(cli, tmp_path):
    file = write_wav(tmp_path / "talk.wav", TALK)

    with forbidden(file, 0, os.R_OK):
        ran = cli("minutes", file, "--asr", "none")

    assert ran.code == 1
    assert "talk.wav cannot be read (Permission denied)" in ran.err


def test_a_disk_that_is_full_leaves_nothing_half_written(cli, talk, tmp_path):
    """A limit on the size of files stands for the full disk: a write fails in the middle, as it does there."""
    before = contents(tmp_path)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (300, hard))
    try:
        ran = cli("minutes", talk, "--asr", "none", "-o", tmp_path / "talk.docx", "--cache", "none")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    assert ran.code == 1
    assert "talk.json cannot be written: " in ran.err
    assert ran.err.count("\n") == 1
    assert contents(tmp_path) == before


def test_a_full_disk_under_the_cache_costs_no_minutes(cli, talk, tmp_path, home):
    (home / ".cache").write_text("a file where the folder should be")

    ran = cli("minutes", talk, "--asr", "none", "-o", tmp_path / "talk.docx")

    assert ran.code == 0
    assert (tmp_path / "talk.docx").exists()
    assert "Finding speech: cannot be kept in " in ran.err


def test_a_wav_that_claims_more_than_it_holds_makes_minutes_of_what_is_there(cli, tmp_path):
    file = write_wav(tmp_path / "cut.wav", TALK)
    file.write_bytes(file.read_bytes()[: 44 + 2 * 4 * RATE])

    assert minutes(cli, file).code == 0

    with wave.open(str(file)) as claimed:
        assert claimed.getnframes() == len(TALK)
    assert store.read(tmp_path / "cut.json").source.duration == pytest.approx(4.0, abs=0.1)
