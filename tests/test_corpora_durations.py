from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest

from bigvoice.corpora.durations import AHEAD, measured, seconds
from bigvoice.corpora.utterance import Utterance
from bigvoice.decoding import load
from bigvoice.recording import RATE
from tests.speech_corpora import sound
from tests.test_decoding import tone, write

FORMATS = [
    ("a.wav", "pcm_s16le", 8_000, None),
    ("a.flac", "flac", 16_000, None),
    ("a.mp3", "libmp3lame", 16_000, None),
    ("a.m4a", "aac", 44_100, None),
    ("a.ogg", "flac", 44_100, None),
    ("a.opus", "libopus", 48_000, None),
    ("a.webm", "libopus", 48_000, None),
    ("a.aac", "aac", 44_100, "adts"),
]


@pytest.mark.parametrize(("name", "codec", "rate", "container"), FORMATS, ids=[f[0] for f in FORMATS])
def test_a_header_tells_how_long_it_is(tmp_path, name, codec, rate, container):
    path = write(tmp_path / name, tone(rate, 2.5), rate, codec, format=container)

    assert seconds(path) == pytest.approx(load(path).duration, abs=0.05)
    assert seconds(path) == pytest.approx(2.5, abs=0.06)


def test_raw_recordings_are_long_by_their_bytes_and_can_be_loaded(tmp_path):
    raw = sound(tmp_path / "k.pcm", 1.5)
    headed = tmp_path / "headed.pcm"
    headed.write_bytes(sound(tmp_path / "k.wav", 1.5).read_bytes())

    assert seconds(raw) == seconds(headed) == 1.5
    np.testing.assert_array_equal(load(raw).samples, load(headed).samples)
    assert np.abs(load(raw).samples).max() == pytest.approx(0.1, abs=0.001)
    assert len(load(raw).samples) == 1.5 * RATE


def mp3(path: Path, length: float, bit_rate: int) -> bytes:
    """The bare packets of noise at 16 kHz, without an index before them."""
    noise = 0.1 * np.random.default_rng(0).standard_normal((1, round(length * RATE))).astype(np.float32)
    frame = av.AudioFrame.from_ndarray(noise, format="fltp", layout="mono")
    frame.sample_rate = RATE
    with av.open(str(path), "w", format="mp3", options={"write_xing": "0", "id3v2_version": "0"}) as file:
        stream = file.add_stream("libmp3lame", rate=RATE, layout="mono", bit_rate=bit_rate)
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            file.mux(packet)
    return path.read_bytes()


def test_a_stream_of_mp3_without_an_index_is_counted(tmp_path):
    joined = tmp_path / "joined.mp3"
    joined.write_bytes(mp3(tmp_path / "a.mp3", 4, 128_000) + mp3(tmp_path / "b.mp3", 4, 16_000))

    with av.open(str(joined)) as file:  # by the bit rate of its first packets
        guessed = file.duration / 1_000_000

    assert guessed < 6
    assert seconds(joined) == pytest.approx(8, abs=0.3)


@pytest.mark.parametrize("content", [b"", b"no sound at all", b"RIFF\x00\x00\x00\x00WAVE"])
def test_what_holds_no_sound_has_no_length(tmp_path, content):
    (tmp_path / "a.wav").write_bytes(content)

    assert seconds(tmp_path / "a.wav") is None
    assert seconds(tmp_path / "absent.wav") is None


def test_many_come_in_their_order_and_no_faster_than_they_are_wanted(tmp_path):
    paths = [sound(tmp_path / f"{i}.wav", 0.1 * (i + 1)) for i in range(5)]
    taken = 0

    def utterances():
        nonlocal taken
        for i in range(10 * AHEAD):
            taken += 1
            yield Utterance(paths[i % 5], str(i), seconds=7.0 if i == 1 else None)

    found = measured(utterances())
    first = [next(found) for _ in range(5)]
    found.close()

    assert [utterance.text for utterance, _ in first] == ["0", "1", "2", "3", "4"]
    assert [length for _, length in first] == pytest.approx([0.1, 7.0, 0.3, 0.4, 0.5])
    assert taken <= AHEAD + 5
