from __future__ import annotations

import asyncio
import errno
import hashlib
import io
import threading
import time
import wave
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import av
import httpx2 as httpx
import numpy as np
import pytest
from fakes import HIGH, LOW, sound, write_wav
from hypothesis import given
from hypothesis import strategies as st
from meetings import team

from bigvoice import soundtrack
from bigvoice.decoding import load
from bigvoice.errors import RecordingError
from bigvoice.minutes.minutes import Source
from bigvoice.minutes.store import save
from bigvoice.recording import RATE, Samples
from bigvoice.review import sample_file
from bigvoice.review.app import app
from bigvoice.review.ranges import Range, UnsatisfiableError, wanted
from bigvoice.review.room import Room
from bigvoice.review.sample_file import SampleFile
from bigvoice.review.sound import HEADER, Sound, header
from bigvoice.review.sound_words import told
from bigvoice.review.waveform import STEP, Waveform
from bigvoice.settings import Settings

TONES = sound([(0.5, 2.0, LOW), (2.5, 3.5, HIGH)], 4.0)
PATIENCE = 10.0


def opened(path: Path | None, duration: float = 4.0, sha256: str | None = None) -> Sound:
    """A sound that has been decoded."""
    known = hashlib.sha256(path.read_bytes()).hexdigest() if path and path.exists() else ""
    made = Sound(path, Source("board.wav", known if sha256 is None else sha256, duration))
    made.start()
    until(lambda: made.state.state != "decoding")
    return made


def until(there: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not there():
        assert time.monotonic() < end
        time.sleep(0.005)


def heard(made: Sound) -> Samples:
    """What a player makes of it."""
    with wave.open(io.BytesIO(made.read(0, made.size))) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (RATE, 1, 2)
        return np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.float32) / 32767


def encoded(path: Path, *channels: Samples, codec: str, rate: int = RATE) -> Path:
    with av.open(str(path), "w") as out:
        layout = "stereo" if len(channels) == 2 else "mono"
        stream: Any = out.add_stream(codec, rate=rate, layout=layout)
        frame = av.AudioFrame.from_ndarray(np.stack(channels), "fltp", layout)
        frame.sample_rate = rate
        for each in av.AudioResampler(stream.format, layout, rate, stream.codec_context.frame_size or 1024).resample(
            frame
        ):
            out.mux(stream.encode(each))
        out.mux(stream.encode(None))
    return path


# Decoding


@pytest.mark.parametrize(
    ("suffix", "codec"), [("wav", "pcm_s16le"), ("flac", "flac"), ("m4a", "aac"), ("ogg", "libopus")]
)
def test_what_is_heard_is_what_is_loaded(tmp_path: Path, suffix: str, codec: str) -> None:
    path = encoded(tmp_path / f"board.{suffix}", TONES, codec=codec)

    made = opened(path)

    expected = load(path).samples
    n_common = min(len(expected), made.n_samples)
    assert np.abs(heard(made)[:n_common] - expected[:n_common]).max() < 2 / 32767
    assert made.state.state == "ready"
    made.close()


def test_channels_are_mixed(tmp_path: Path) -> None:
    made = opened(write_wav(tmp_path / "board.wav", TONES, np.zeros_like(TONES)))

    assert np.abs(heard(made) - TONES / 2).max() < 1e-3
    made.close()


def test_channels_that_cancel_each_other_are_heard_all_the_same(tmp_path: Path) -> None:
    made = opened(write_wav(tmp_path / "board.wav", TONES, -TONES))

    assert np.abs(heard(made) - TONES).max() < 1e-3
    assert max(made.levels(0)) > 100
    made.close()


@pytest.mark.parametrize("duration", [3.0, 4.0, 5.5])
def test_the_sound_is_as_long_as_the_minutes_say(tmp_path: Path, duration: float) -> None:
    made = opened(write_wav(tmp_path / "board.wav", TONES), duration)

    samples = heard(made)

    assert len(samples) == duration * RATE
    n_common = min(len(samples), len(TONES))
    assert np.abs(samples[:n_common] - TONES[:n_common]).max() < 1e-3
    assert not samples[n_common:].any()
    made.close()


@given(st.data())
def test_any_part_is_that_part_of_the_whole(part_of: Sound, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, part_of.size))
    end = data.draw(st.integers(start, part_of.size))

    assert part_of.read(start, end) == part_of.read(0, part_of.size)[start:end]


@pytest.fixture(scope="module")
def part_of(tmp_path_factory: pytest.TempPathFactory) -> Any:
    made = opened(write_wav(tmp_path_factory.mktemp("part") / "board.wav", TONES[:3000]), 0.25)
    yield made
    made.close()


def test_the_header_is_the_one_that_the_wave_module_writes() -> None:
    target = io.BytesIO()
    with wave.open(target, "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes(b"\0" * 2 * 1000)

    assert header(1000) == target.getvalue()[:HEADER]
    assert len(header(40 * 3600 * RATE)) == HEADER  # beyond what its fields can hold


# What is wrong with it


def test_a_recording_that_is_not_there_is_silence_and_told() -> None:
    made = opened(None)

    assert (made.state.state, made.has(made.size)) == ("missing", True)
    assert not heard(made).any()
    assert "--recording" in told(made.state, "en")
    assert "--recording" in told(made.state, "ko")
    assert made.recording() is None
    made.close()


def test_a_recording_that_is_another_is_told_and_heard(tmp_path: Path) -> None:
    made = opened(write_wav(tmp_path / "board.wav", TONES), sha256="0" * 64)
    until(lambda: made.state.decoded == 4.0)

    assert made.state.state == "changed"
    assert "is not the file that these minutes were made of" in told(made.state, "en")
    assert np.abs(heard(made) - TONES).max() < 1e-3
    made.close()


def test_a_recording_that_is_none_is_told(tmp_path: Path) -> None:
    path = tmp_path / "board.wav"
    path.write_text("no sound")

    made = opened(path)

    assert made.state.state == "missing"
    assert "holds no sound that can be decoded" in told(made.state, "en")
    assert made.recording() is None
    made.close()


def test_a_full_disk_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = Sound(write_wav(tmp_path / "board.wav", TONES), Source("board.wav", "", 4.0))

    class Full:
        def write(self, _: bytes) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        def __getattr__(self, _: str) -> Callable[..., bytes]:
            return lambda *_: b""

    with monkeypatch.context() as patch:
        patch.setattr(made._store, "_file", Full())
        made.start()
        until(lambda: made.state.state == "missing")

    assert "there is no room for the sound" in made.state.why
    made.close()


def test_no_room_for_temporary_files_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise FileNotFoundError(errno.ENOENT, "No usable temporary directory found")

    monkeypatch.setattr(sample_file.tempfile, "TemporaryFile", refuse)

    with pytest.raises(RecordingError, match="TMPDIR"):
        SampleFile()


def test_it_is_given_as_a_recording_with_its_level_put_right(tmp_path: Path) -> None:
    path = write_wav(tmp_path / "board.wav", TONES / 100)
    made = opened(path)

    given_, loaded = made.recording(), load(path)

    assert given_ is not None
    assert (given_.sha256, given_.notes) == (loaded.sha256, loaded.notes)
    assert np.abs(given_.samples - loaded.samples).max() < 2e-3  # one step of 16 bits, raised by 40 dB
    made.close()


# While it is being decoded


class Slow:
    """A decoder that goes on when it is told."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.go = threading.Semaphore(0)
        monkeypatch.setattr(soundtrack, "read", self)

    def __call__(self, path: Path, arrange: object, tape: Any, hook: object) -> soundtrack.Soundtrack[Any]:
        strip = tape(0)
        for start in range(0, len(TONES), RATE):
            assert self.go.acquire(timeout=PATIENCE)
            strip.append(TONES[start : start + RATE])
        return soundtrack.Soundtrack()

    def step(self) -> None:
        self.go.release()


def test_what_is_decoded_is_there_before_the_rest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    slow, reports = Slow(monkeypatch), []
    path = write_wav(tmp_path / "board.wav", TONES)
    made = Sound(path, Source("board.wav", "", 4.0), lambda: reports.append(made.state.decoded))
    made.start()

    slow.step()
    until(lambda: made.state.decoded == 1.0)

    second = HEADER + 2 * RATE
    assert (made.has(second), made.has(second + 1), made.state.state) == (True, False, "decoding")
    assert made.recording() is None
    assert np.frombuffer(made.read(HEADER, second), "<i2").any()
    assert len(made.levels(0)) == 20
    made.stop()
    assert made.has(second + 1)
    slow.step()
    made.close()
    assert reports


# The waveform


def test_a_byte_is_the_root_of_the_highest_level_of_50_ms() -> None:
    waveform = Waveform()
    samples = np.zeros(4 * STEP, np.float32)
    samples[[10, STEP + 3, 2 * STEP]] = 0.25, -1.0, 2.0

    for piece in np.split(samples, [100, STEP, STEP + 1, 3 * STEP + 7]):
        waveform.append(piece)

    assert [*waveform.since(0)] == [128, 255, 255, 0]
    assert [*waveform.since(3)] == [0]
    assert waveform.since(9) == b""


# Ranges


@pytest.mark.parametrize(
    ("told_", "start", "end"),
    [
        ("bytes=0-", 0, 100),
        ("bytes=40-", 40, 100),
        ("bytes=40-40", 40, 41),
        ("bytes=40-999", 40, 100),
        ("bytes=-10", 90, 100),
        ("bytes=-999", 0, 100),
        ("Bytes=1-2", 1, 3),
        ("bytes= 1-2", 1, 3),
    ],
)
def test_a_range_is_read(told_: str, start: int, end: int) -> None:
    assert wanted(told_, 100) == Range(start, end, 100)


@pytest.mark.parametrize(
    "told_", [None, "", "bytes=", "bytes=-", "bytes=5-4", "bytes=1-2,4-5", "lines=1-2", "bytes=a-b", "bytes=1"]
)
def test_what_is_no_range_is_the_whole(told_: str | None) -> None:
    assert wanted(told_, 100) is None


@pytest.mark.parametrize("told_", ["bytes=100-", "bytes=100-200", "bytes=-0"])
def test_a_range_beyond_the_end(told_: str) -> None:
    with pytest.raises(UnsatisfiableError):
        wanted(told_, 100)


def test_where_the_end_is_open_only_so_much_is_given() -> None:
    assert wanted("bytes=10-", 100, 20) == Range(10, 30, 100)
    assert wanted("bytes=90-", 100, 20) == Range(90, 100, 100)
    assert wanted("bytes=10-80", 100, 20) == Range(10, 81, 100)


# Over HTTP

HOST = "127.0.0.1:4321"


def asked(folder: Path, work: Callable[[httpx.AsyncClient, Room], Any]) -> Any:
    """What comes of asking a review whose recording lies beside the minutes."""
    minutes = team()
    source = replace(minutes.source, sha256=hashlib.sha256((folder / minutes.source.file).read_bytes()).hexdigest())
    save(replace(minutes, source=source), folder / "board.json")
    room = Room(folder / "board.json", settings=Settings(book=folder / "none"))

    async def ask() -> Any:
        inside = app(room, token="t", hosts=[HOST])
        room.start()
        transport = httpx.ASGITransport(app=inside)
        async with httpx.AsyncClient(transport=transport, base_url=f"http://{HOST}/t/") as client:
            found = await work(client, room)
        room.stop()
        return found

    try:
        return asyncio.run(ask())
    finally:
        room.close()


def test_the_sound_comes_in_exact_ranges(tmp_path: Path) -> None:
    write_wav(tmp_path / "board.m4a", TONES)  # the name does not matter to the decoder

    async def ask(client: httpx.AsyncClient, room: Room) -> None:
        whole = await client.get("sound")
        size = 60 * RATE * 2 + HEADER
        assert (whole.status_code, len(whole.content)) == (200, size)
        assert whole.headers["content-type"] == "audio/wav"
        assert whole.headers["accept-ranges"] == "bytes"
        for told_, start, end in [
            ("bytes=0-9", 0, 10),
            ("bytes=40000-40099", 40000, 40100),
            ("bytes=-7", size - 7, size),
        ]:
            part = await client.get("sound", headers={"range": told_})
            assert part.status_code == 206
            assert part.headers["content-range"] == f"bytes {start}-{end - 1}/{size}"
            assert part.headers["content-length"] == str(end - start)
            assert part.content == whole.content[start:end]
        beyond = await client.get("sound", headers={"range": f"bytes={size}-"})
        assert (beyond.status_code, beyond.headers["content-range"]) == (416, f"bytes */{size}")
        head = await client.head("sound")
        assert (head.status_code, head.headers["content-length"], head.content) == (200, str(size), b"")
        peaks = await client.get("peaks?from=10")
        assert peaks.content == room.sound.levels(10)
        assert len(peaks.content) == 70
        assert (await client.get("peaks?from=x")).status_code == 422

    asked(tmp_path, ask)


def test_a_part_that_is_not_decoded_yet_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    slow = Slow(monkeypatch)
    write_wav(tmp_path / "board.m4a", TONES)

    async def ask(client: httpx.AsyncClient, room: Room) -> None:
        slow.step()
        first = await client.get("sound", headers={"range": "bytes=44-31999"})
        assert np.frombuffer(first.content, "<i2").any()
        third = asyncio.create_task(client.get("sound", headers={"range": "bytes=80044-112043"}))
        await asyncio.sleep(0.1)
        assert not third.done()
        state = (await client.get("state")).json()["recording"]  # and the page goes on meanwhile
        assert (state["state"], state["decoded"]) == ("decoding", 1.0)
        for _ in range(3):
            slow.step()
        expected = (TONES[40000:56000] * 32767).round().astype("<i2").tobytes()
        assert (await third).content == expected

    asked(tmp_path, ask)
