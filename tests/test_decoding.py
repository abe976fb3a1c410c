"""Files are made here with PyAV, then loaded: a tone of known pitch, place and level must be found again."""

from __future__ import annotations

import hashlib
import os
import sys
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from bigvoice.decoding import load
from bigvoice.errors import RecordingError, SettingsError
from bigvoice.recording import RATE

PITCH = 440.0


def tone(rate: int, seconds: float = 1.0, pitch: float = PITCH, peak: float = 0.4) -> np.ndarray:
    return (peak * np.sin(2 * np.pi * pitch * np.arange(round(rate * seconds)) / rate)).astype(np.float32)


def burst(rate: int) -> np.ndarray:
    """A second of silence, one of tone, half a one of silence."""
    return np.concatenate([np.zeros(rate), tone(rate), np.zeros(rate // 2)]).astype(np.float32)


def write(path, sound, rate, codec, *, layout="mono", format=None, shift=None, tags=None) -> Path:
    """`sound` (n,) or (channels, n) into a file; `shift(seconds) -> seconds` moves packets in the file's clock."""
    channels = np.atleast_2d(sound).astype(np.float32)
    with av.open(str(path), "w", format=format) as file:
        file.metadata.update(tags or {})
        stream = file.add_stream(codec, rate=rate, layout=layout, options={"strict": "-2"})
        stream.bit_rate = 12_200 if "amr" in codec else 64_000 * len(channels)
        encoder = stream.codec_context
        encoder.open()
        whole = av.AudioFrame.from_ndarray(channels.T.reshape(1, -1), format="flt", layout=layout)
        whole.sample_rate, whole.pts, whole.time_base = rate, 0, Fraction(1, rate)
        resampler = av.AudioResampler(encoder.format, layout, rate, frame_size=encoder.frame_size or 1024)
        for frame in [*resampler.resample(whole), *resampler.resample(None), None]:
            for packet in stream.encode(frame):
                if shift and packet.pts is not None:
                    ticks = round(shift(float(packet.pts * packet.time_base)) / packet.time_base)
                    packet.pts, packet.dts = packet.pts + ticks, packet.dts + ticks
                file.mux(packet)
    return Path(path)


def pitch(samples: np.ndarray) -> float:
    """Hz of the strongest tone."""
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return float(spectrum.argmax() * RATE / len(samples))


def where(samples: np.ndarray) -> tuple[float, float]:
    """Seconds from which and to which it is loud."""
    loud = np.flatnonzero(np.abs(samples) > 0.2)
    return loud[0] / RATE, loud[-1] / RATE


FORMATS = [
    # name, codec, rate, channels, container, seconds by which the codec itself is late
    ("a.wav", "pcm_s16le", 44_100, 1, None, 0),
    ("a-24-bit.wav", "pcm_s24le", 96_000, 1, None, 0),
    ("a-float.wav", "pcm_f32le", 48_000, 1, None, 0),
    ("a-8-bit.wav", "pcm_u8", 8_000, 1, None, 0),
    ("a-16k.wav", "pcm_s16le", 16_000, 1, None, 0),
    ("a.flac", "flac", 48_000, 2, None, 0),
    ("a.mp3", "libmp3lame", 44_100, 2, None, 0),
    ("a-22k.mp3", "libmp3lame", 22_050, 1, None, 0),
    ("a.m4a", "aac", 44_100, 2, None, 0),
    ("a-alac.m4a", "alac", 44_100, 1, None, 0),
    ("a.mp4", "aac", 48_000, 1, None, 0),
    ("a.mov", "aac", 32_000, 1, None, 0),
    ("a.ogg", "vorbis", 44_100, 2, None, 0),
    ("a.opus", "libopus", 48_000, 1, None, 0),
    ("a.webm", "libopus", 48_000, 2, None, 0),
    ("a.aac", "aac", 44_100, 1, "adts", 1024 / 44_100),  # the bare codec does not say that it starts late
    ("a.wma", "wmav2", 44_100, 2, None, -2048 / 44_100),  # its decoder keeps the first block to itself
    ("a.3gp", "libopencore_amrnb", 8_000, 1, None, 0.005),
    ("a.aiff", "pcm_s16be", 44_100, 1, None, 0),
]


@pytest.mark.parametrize(("name", "codec", "rate", "n", "container", "late"), FORMATS, ids=[f[0] for f in FORMATS])
def test_a_tone_survives_every_format_where_it_was_and_as_loud(tmp_path, name, codec, rate, n, container, late):
    path = write(tmp_path / name, [burst(rate)] * n, rate, codec, layout=["mono", "stereo"][n - 1], format=container)

    recording = load(path)

    start, end = where(recording.samples)
    middle = recording.samples[round((start + 0.1) * RATE) : round((end - 0.1) * RATE)]
    exact = 0.015 if "amr" in codec else 0.007  # a telephone's codec smears a border over its 20 ms
    assert start == pytest.approx(1 + late, abs=exact)
    assert end == pytest.approx(2 + late, abs=exact)
    assert recording.duration == pytest.approx(2.5, abs=0.06)
    assert pitch(middle) == pytest.approx(PITCH, abs=2)
    assert np.sqrt(2 * np.mean(middle**2)) == pytest.approx(0.4, rel=0.25 if "amr" in codec else 0.06)


def test_samples_are_the_contract(tmp_path):
    path = write(tmp_path / "a.wav", burst(44_100), 44_100, "pcm_s16le")

    recording = load(path)

    assert recording.samples.dtype == np.float32
    assert recording.samples.shape == (2.5 * RATE,)
    assert not recording.samples.flags.writeable
    assert recording.path == path
    assert recording.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert recording.tracks == recording.notes == ()
    assert recording.started is None


def test_at_16_khz_every_sample_stays_what_it_was(tmp_path):
    sound = np.random.default_rng(0).integers(-20_000, 20_000, 3 * RATE).astype(np.float32) / 32_768
    sound -= sound.mean()
    sound = np.round(sound * 32_768) / 32_768

    recording = load(write(tmp_path / "a.wav", sound, RATE, "pcm_s16le"))

    assert np.abs(recording.samples - sound).max() < 1e-6


def test_what_16_khz_cannot_hold_is_gone_and_does_not_fold_back(tmp_path):
    high = tone(48_000, 2, pitch=11_000)

    recording = load(write(tmp_path / "a.wav", high + tone(48_000, 2, peak=0.1), 48_000, "pcm_s24le"))

    spectrum = np.abs(np.fft.rfft(recording.samples * np.hanning(len(recording.samples))))
    spectrum[int(2 * PITCH) - 10 : int(2 * PITCH) + 10] = 0
    assert spectrum.max() / (0.4 * len(recording.samples) / 4) < 10 ** (-60 / 20)


@pytest.mark.parametrize("layout", ["stereo", "3 channels", "quad", "5.1", "7 channels", "7.1", "16 channels"])
def test_a_mix_is_the_mean_of_the_channels_whatever_they_are_called(tmp_path, layout):
    n = av.AudioLayout(layout).nb_channels
    sound = np.stack([tone(48_000, pitch=200 + 100 * k) for k in range(n)])

    recording = load(write(tmp_path / "a.wav", sound, 48_000, "pcm_s16le", layout=layout))

    spectrum = np.abs(np.fft.rfft(recording.samples)) / (RATE / 2)
    assert np.allclose(spectrum[200 : 200 + 100 * n : 100], 0.4 / n, rtol=0.02)
    assert np.abs(recording.samples).max() <= 0.4


@pytest.mark.parametrize("n", [2, 6, 8])
def test_channels_kept_apart_are_the_tracks_in_their_order(tmp_path, n):
    layout = {2: "stereo", 6: "6 channels", 8: "8 channels"}[n]
    pitches = [200 + 100 * k for k in range(n)]
    sound = np.stack([tone(44_100, pitch=p) for p in pitches])

    recording = load(write(tmp_path / "a.wav", sound, 44_100, "pcm_s16le", layout=layout), channels="separate")

    assert [pitch(track.samples) for track in recording.tracks] == pytest.approx(pitches, abs=1)
    assert np.allclose(recording.samples, np.mean([t.samples for t in recording.tracks], axis=0), atol=1e-6)
    assert not any(track.samples.flags.writeable for track in recording.tracks)


def test_a_mono_file_kept_apart_has_no_tracks(tmp_path):
    recording = load(write(tmp_path / "a.wav", burst(RATE), RATE, "pcm_s16le"), channels="separate")

    assert recording.tracks == ()
    assert where(recording.samples) == pytest.approx((1, 2), abs=0.005)


def test_mixed_and_kept_apart_hold_the_same_sound(tmp_path):
    path = write(tmp_path / "a.m4a", [burst(44_100), 0.5 * burst(44_100)], 44_100, "aac", layout="stereo")

    assert np.allclose(load(path).samples, load(path, channels="separate").samples, atol=1e-6)


def test_more_than_eight_channels_are_not_kept_apart(tmp_path):
    path = write(tmp_path / "a.wav", np.stack([burst(RATE)] * 9), RATE, "pcm_s16le", layout="9 channels")

    with pytest.raises(RecordingError, match=r"a\.wav has 9 channels, and at most 8 .*--channels mix"):
        load(path, channels="separate")


def test_an_unknown_way_with_channels_is_refused(tmp_path):
    with pytest.raises(SettingsError, match="'left' is unknown; take one of mix, separate"):
        load(tmp_path / "a.wav", channels="left")


def test_channels_of_opposite_sign_do_not_vanish(tmp_path):
    path = write(tmp_path / "a.wav", [0.9 * burst(44_100), -burst(44_100)], 44_100, "pcm_s16le", layout="stereo")

    recording = load(path)

    assert "the channels cancel each other: only channel 2 was used" in recording.notes
    assert np.abs(recording.samples).max() == pytest.approx(0.4, rel=0.01)


def test_files_joined_end_to_end_with_other_rates_and_channels(tmp_path):
    parts = [
        write(tmp_path / "1.mp3", burst(44_100), 44_100, "libmp3lame"),
        write(tmp_path / "2.mp3", [burst(48_000)] * 2, 48_000, "libmp3lame", layout="stereo"),
        write(tmp_path / "3.mp3", burst(22_050), 22_050, "libmp3lame"),
    ]
    joined = tmp_path / "joined.mp3"
    joined.write_bytes(b"".join(part.read_bytes() for part in parts))

    recording = load(joined)

    tones = np.abs(recording.samples) > 0.2
    starts = np.flatnonzero(np.diff(np.convolve(tones, np.ones(800), "same") > 0, prepend=0) == 1)
    assert len(starts) == 3
    assert pitch(recording.samples) == pytest.approx(PITCH, abs=2)
    with pytest.raises(RecordingError, match="the number of channels changes"):
        load(joined, channels="separate")


@pytest.mark.parametrize(("name", "codec"), [("a.mkv", "flac"), ("a.webm", "libopus"), ("a.m4a", "aac")])
def test_a_pause_in_the_clock_of_the_file_is_a_pause_in_the_recording(tmp_path, name, codec):
    path = write(tmp_path / name, burst(48_000), 48_000, codec, shift=lambda time: 5.0 if time >= 1.5 else 0.0)

    recording = load(path)

    assert recording.duration == pytest.approx(7.5, abs=0.03)
    assert where(recording.samples) == pytest.approx((1, 7), abs=0.025)
    assert not recording.samples[round(1.6 * RATE) : round(6.4 * RATE)].any()


# --- what is wrong with the sound is said ---


def test_numbers_that_are_none_become_silence(tmp_path):
    sound = burst(48_000)
    sound[60_000:60_480], sound[70_000] = np.nan, np.inf

    recording = load(write(tmp_path / "a.wav", sound, 48_000, "pcm_f32le"))

    assert np.isfinite(recording.samples).all()
    assert any("held no numbers" in note for note in recording.notes)
    assert where(recording.samples) == pytest.approx((1, 2), abs=0.005)


def test_clipping_is_said(tmp_path):
    recording = load(write(tmp_path / "a.wav", np.clip(4 * burst(RATE), -1, 1), RATE, "pcm_s16le"))

    assert any(note.startswith("clipped: ") for note in recording.notes)
    assert np.abs(recording.samples).max() <= 1


def test_an_offset_is_removed(tmp_path):
    recording = load(write(tmp_path / "a.wav", burst(RATE) + 0.2, RATE, "pcm_s16le"))

    assert recording.notes == ("DC offset of 20.0% of full scale: removed",)
    assert abs(float(recording.samples.mean())) < 1e-4


def test_very_quiet_sound_is_raised(tmp_path):
    recording = load(write(tmp_path / "a.wav", 0.01 * burst(RATE), RATE, "pcm_s16le"))

    assert recording.notes == ("very quiet: raised by 38 dB",)
    assert np.abs(recording.samples).max() == pytest.approx(0.3, rel=0.02)


def test_silence_is_no_error(tmp_path):
    recording = load(write(tmp_path / "a.wav", np.zeros(RATE), RATE, "pcm_s16le"))

    assert recording.notes == ()
    assert not recording.samples.any()


def test_the_telephone_band_is_said(tmp_path):
    recording = load(write(tmp_path / "a.wav", burst(8_000), 8_000, "pcm_s16le"))

    assert recording.notes == ("telephone band: recorded at 8 kHz",)


@pytest.mark.parametrize(("name", "codec"), [("a.wav", "pcm_s16le"), ("a.mp3", "libmp3lame"), ("a.webm", "libopus")])
def test_of_a_file_cut_off_there_is_the_beginning_and_a_note(tmp_path, name, codec):
    whole = write(tmp_path / name, tone(48_000, 6), 48_000, codec).read_bytes()
    cut = tmp_path / f"cut-{name}"
    cut.write_bytes(whole[: len(whole) // 2])

    recording = load(cut)

    assert recording.duration == pytest.approx(3, abs=0.4)
    assert pitch(recording.samples) == pytest.approx(PITCH, abs=1)
    assert recording.notes == (f"incomplete: only {recording.duration:.1f} of 6.0 s could be decoded",)


def test_damage_in_the_middle_costs_only_the_middle(tmp_path):
    data = bytearray(write(tmp_path / "a.m4a", tone(44_100, 6), 44_100, "aac").read_bytes())
    data[len(data) // 2 : len(data) // 2 + 2_000] = np.random.default_rng(0).bytes(2_000)
    damaged = tmp_path / "damaged.m4a"
    damaged.write_bytes(data)

    recording = load(damaged)

    assert any(note.startswith("damaged: ") for note in recording.notes)
    assert recording.duration == pytest.approx(6, abs=0.5)
    assert pitch(recording.samples[-2 * RATE :]) == pytest.approx(PITCH, abs=1)


def test_a_recording_that_goes_on_in_another_form_ends_there_with_a_note(tmp_path):
    one = write(tmp_path / "1.opus", burst(48_000), 48_000, "libopus").read_bytes()
    two = write(tmp_path / "2.opus", [burst(48_000)] * 2, 48_000, "libopus", layout="stereo").read_bytes()
    chained = tmp_path / "chained.opus"
    chained.write_bytes(one + two)

    recording = load(chained)

    assert where(recording.samples)[0] == pytest.approx(1, abs=0.01)
    assert any("damaged" in note or "incomplete" in note for note in recording.notes)


# --- when it was recorded ---


@pytest.mark.parametrize(
    ("name", "codec", "tags", "moment"),
    [
        ("a.m4a", "aac", {"creation_time": "2024-05-14T09:30:15Z"}, datetime(2024, 5, 14, 9, 30, 15, tzinfo=UTC)),
        ("a.mp3", "libmp3lame", {"date": "2024-05-14T09:30:15"}, datetime(2024, 5, 14, 9, 30, 15)),
        ("a.flac", "flac", {"date": "2024-05-14T09:30:15"}, datetime(2024, 5, 14, 9, 30, 15)),
        ("a.opus", "libopus", {"date": "2024-05-14T09:30:15"}, datetime(2024, 5, 14, 9, 30, 15)),
        ("a.mp3", "libmp3lame", {"date": "2024"}, None),
        ("a.m4a", "aac", {"creation_time": "1970-01-01T00:00:00Z"}, None),
    ],
)
def test_the_start_is_what_the_file_says_where_it_can_be_one(tmp_path, name, codec, tags, moment):
    assert load(write(tmp_path / name, burst(48_000), 48_000, codec, tags=tags)).started == moment


def test_the_start_in_a_broadcast_wave_has_two_fields(tmp_path):
    plain = write(tmp_path / "a.wav", burst(RATE), RATE, "pcm_s16le").read_bytes()
    text = b"".join(part.ljust(n, b"\0") for part, n in [(b"", 256), (b"recorder", 32), (b"", 32)])
    chunk = text + b"2024-05-14" + b"09:30:15" + bytes(8 + 2 + 64 + 10 + 180)
    path = tmp_path / "bwf.wav"
    size = int.from_bytes(plain[4:8], "little") + 8 + len(chunk)
    path.write_bytes(
        b"RIFF" + size.to_bytes(4, "little") + b"WAVEbext" + len(chunk).to_bytes(4, "little") + chunk + plain[12:]
    )

    assert load(path).started == datetime(2024, 5, 14, 9, 30, 15)


# --- what is no recording ---


def one_line(error: RecordingError, path: Path) -> str:
    message = str(error)
    assert "\n" not in message
    assert str(path) in message
    return message


def test_what_is_not_there(tmp_path):
    with pytest.raises(RecordingError, match="no such file") as caught:
        load(tmp_path / "회의.m4a")
    one_line(caught.value, tmp_path / "회의.m4a")


def test_a_folder(tmp_path):
    with pytest.raises(RecordingError, match="is a folder"):
        load(tmp_path)


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("empty.wav", b"", "is empty"),
        ("text.mp3", b"Dear all,\nhere are the minutes.\n" * 90, "no sound that can be decoded"),
        ("text.m4a", "안건 1\n".encode() * 200, "no sound that can be decoded"),
        ("noise.mp3", np.random.default_rng(0).bytes(60_000), "no sound that can be decoded"),
        ("list.mp3", b"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nhttp://192.0.2.1/a.ts\n", "no sound"),
        ("subtitles.wav", b"1\n00:00:01,000 --> 00:00:02,000\nhello\n", "holds no sound"),
    ],
)
def test_what_is_no_sound(tmp_path, capfd, name, data, words):
    path = tmp_path / name
    path.write_bytes(data)

    with pytest.raises(RecordingError, match=words) as caught:
        load(path)

    one_line(caught.value, path)
    assert capfd.readouterr() == ("", "")


def test_an_m4a_without_its_index_says_so(tmp_path):
    whole = write(tmp_path / "a.m4a", tone(44_100, 5), 44_100, "aac").read_bytes()
    path = tmp_path / "cut.m4a"
    path.write_bytes(whole[: len(whole) // 2])

    with pytest.raises(RecordingError, match=r"cut off or damaged.*moov.*copy it again") as caught:
        load(path)

    one_line(caught.value, path)


def test_a_video_without_sound(tmp_path):
    path = tmp_path / "silent.mp4"
    with av.open(str(path), "w") as file:
        stream = file.add_stream("mpeg4", rate=5)
        stream.width = stream.height = 64
        for _ in range(5):
            frame = av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), format="rgb24")
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))

    with pytest.raises(RecordingError, match="is a video without sound"):
        load(path)


def test_under_a_tenth_of_a_second(tmp_path):
    path = write(tmp_path / "a.wav", tone(RATE, 0.09), RATE, "pcm_s16le")

    with pytest.raises(RecordingError, match=r"less than 0\.1 s of sound"):
        load(path)
    assert load(write(tmp_path / "b.wav", tone(RATE, 0.11), RATE, "pcm_s16le")).duration == pytest.approx(0.11)


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="this user may read everything")
def test_a_file_that_may_not_be_read(tmp_path):
    path = write(tmp_path / "a.wav", burst(RATE), RATE, "pcm_s16le")
    path.chmod(0)

    with pytest.raises(RecordingError, match=r"cannot be read \(Permission denied\): check its permissions"):
        load(path)


def test_names_with_hangul_blanks_and_colons(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = write(tmp_path / "plain.wav", burst(RATE), RATE, "pcm_s16le").rename("10:30 이사회 회의 #1.wav")

    assert load("10:30 이사회 회의 #1.wav").path == path


# --- on the way ---


def test_progress_goes_from_the_beginning_to_the_end(tmp_path):
    told = []

    load(write(tmp_path / "a.mp3", tone(16_000, 25), 16_000, "libmp3lame"), hook=told.append)

    done = [progress.done for progress in told]
    assert {progress.stage for progress in told} == {"load"}
    assert len(told) == 3
    assert done == sorted(done)
    assert told[0].fraction == pytest.approx(10 / 25, abs=0.02)
    assert told[-1].fraction == 1


def test_progress_of_a_file_that_does_not_know_its_length_goes_by_its_bytes(tmp_path):
    path = write(tmp_path / "a.aac", tone(16_000, 22), 16_000, "aac", format="adts")
    told = []

    load(path, hook=told.append)

    assert told[0].fraction == pytest.approx(10 / 22, abs=0.1)


def test_an_interrupt_passes_through(tmp_path):
    def interrupt(_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load(write(tmp_path / "a.wav", burst(RATE), RATE, "pcm_s16le"), hook=interrupt)


def test_a_mono_recording_saved_as_stereo_is_not_kept_apart(tmp_path):
    mono = burst(RATE)
    path = write(tmp_path / "dual.wav", [mono, 0.8 * mono], RATE, "pcm_s16le", layout="stereo")

    recording = load(path, channels="separate")

    assert recording.tracks == ()
    assert "the channels hold the same sound, so they were not kept apart" in recording.notes
