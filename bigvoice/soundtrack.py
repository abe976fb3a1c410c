"""Soundtrack: the main sound track of a file, read in one pass. The adapter to PyAV, which carries its own codecs.

All channels are resampled to 16 kHz apart and arranged afterwards (averaged, or kept), so that the level of a mix does
not depend on what the file calls its channels. The file's own clock is kept: where it jumps, silence is put in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, Protocol, TypeAlias, TypeVar

import av
import numpy as np
from av.container import InputContainer
from numpy.typing import NDArray

from bigvoice.errors import RecordingError
from bigvoice.levels import Tally
from bigvoice.progress import Hook, Progress
from bigvoice.recording import RATE

Block: TypeAlias = NDArray[np.float32]
"""(channels, n) samples at 16 kHz."""

Arrange: TypeAlias = Callable[[Block], Block]
"""(channels, n) -> (tracks, n)."""

_Packet: TypeAlias = "av.Packet[av.AudioStream]"  # subscripted in the stubs only

MOST_TRACKS = 8
"""Channels that may be kept apart: what common recorders and interfaces have."""

MOST_EXPECTED = 24 * 3600
"""Seconds to make room for at first: a file may claim any length."""

JUMP = 0.5
"""Seconds by which the file's clock may run ahead of its sound before silence is put in: a recorder that was paused, or
packets lost. Less than that is a clock that is a little off, and filling it would put holes into words."""

NARROW_BAND = 11_025
"""Hz: at this rate or below, the upper half of what speech models listen to is missing."""

MISSING = 0.99
"""Share of the declared length under which sound is missing: lengths that are worked out from a bit rate are that
exact."""

HARMLESS = 1e-3
"""Share of a file's pieces (20 to 50 ms each) that may be broken without a word: where mp3s are joined, one is."""

TELL_EVERY = 10.0
"""Seconds of sound between two reports."""

BROKEN = (av.InvalidDataError, av.EOFError, av.PatchWelcomeError)
"""The rest of a file is no sound: it breaks off. (Any other failure while reading is the disk's.)"""

MICROSECONDS = 1_000_000
"""FFmpeg counts a container's time in them."""


class Tape(Protocol):
    """Where the sound of a track goes, bit by bit: `bigvoice.levels.Tape` keeps it in memory."""

    def append(self, block: NDArray[np.float32], /) -> None:
        """Adds (n,) samples, no more than a few seconds of them."""

    def silence(self, n_samples: int, /) -> None:
        """Adds zeros."""


T = TypeVar("T", bound=Tape)


@dataclass
class Soundtrack(Generic[T]):
    """What one pass gathers: a tape a track, and what there is to say about them."""

    tapes: list[T] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)
    tags: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def mean(block: Block) -> Block:
    """An Arrange: all channels as one track."""
    averaged: Block = block.mean(axis=0, keepdims=True)
    return averaged


def apart(block: Block) -> Block:
    """An Arrange: every channel a track."""
    return block


def only(channel: int) -> Arrange:
    """An Arrange: one channel, or the last where there are fewer."""
    return lambda block: block[min(channel, len(block) - 1), np.newaxis]


def read(path: Path, arrange: Arrange, tape: Callable[[int], T], hook: Hook) -> Soundtrack[T]:
    """One pass over the file. Progress: stage "load", seconds of sound. Raises RecordingError.

    tape: makes one for each track, given how many samples are expected; the file may hold more, or fewer.
    """
    try:
        with opened(path) as container:
            return _Pass(path, container, arrange, tape, hook).run()
    except av.FFmpegError as error:
        raise RecordingError(f"{path} {_reason(path)} ({error.strerror})") from error


def opened(path: Path) -> InputContainer:
    """The file's container, to be closed by the caller. Raises av.FFmpegError.

    What is called .pcm and has no header is taken as KsponSpeech and AI-Hub write it: 16 kHz, 16 bit, mono, the lower
    byte first.
    """
    # An absolute path is never taken for an address ("10:30 board.m4a"), and a playlist may not reach the network.
    local = {"protocol_whitelist": "file"}
    if path.suffix.lower() == ".pcm" and not _has_header(path):
        raw = {**local, "sample_rate": str(RATE), "ch_layout": "mono"}
        return av.open(str(path.absolute()), format="s16le", options=raw)
    return av.open(str(path.absolute()), options=local, metadata_errors="replace")


def _has_header(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == b"RIFF"


def _reason(path: Path) -> str:
    """Why a file that is there cannot be decoded, and what to do."""
    with path.open("rb") as file:
        head = file.read(12)
    if head[4:8] == b"ftyp":
        return (
            "is cut off or damaged: its index (moov), which is written when a recording ends, cannot be read; "
            "copy it again, or repair it with the app that recorded it"
        )
    return "holds no sound that can be decoded: play it to see what it is, or convert it to wav with another program"


def _share_cut(path: Path) -> float:
    """What a wav file's length is to be multiplied with for what it was to be; FFmpeg goes by the bytes there are."""
    with path.open("rb") as file:
        head = file.read(8)
    promised, size = int.from_bytes(head[4:], "little") + 8, path.stat().st_size
    streamed = promised > 2**32 - 2**16  # written to a pipe: nobody knew the length
    return promised / size if head.startswith(b"RIFF") and promised > size and not streamed else 1.0


class _Pass(Generic[T]):
    """Demux, decode, resample, arrange, append; with an eye on the file's clock."""

    def __init__(
        self, path: Path, container: InputContainer, arrange: Arrange, tape: Callable[[int], T], hook: Hook
    ) -> None:
        self.path, self.container, self.arrange, self.tape, self.hook = path, container, arrange, tape, hook
        self.track: Soundtrack[T] = Soundtrack()
        self.stream = self._choose()
        self.track.tags = {**self.stream.metadata, **container.metadata}
        self.declared = self._declared()
        self.origin = (container.start_time or 0) / MICROSECONDS
        self.resampler: av.AudioResampler | None = None
        self.waiting = av.AudioFifo()
        self.shape: tuple[str, str, int] | None = None
        self.taken = 0.0  # seconds of sound given to the resampler, and of silence put in
        self.packets = self.damaged = 0
        self.broke_off = False

    def run(self) -> Soundtrack[T]:
        """Everything from the first packet to the notes."""
        told = 0.0
        for packet in self._packets():
            for frame in self._frames(packet):
                self._take(frame)
            if self.taken >= told + TELL_EVERY:
                told = self.taken
                self.hook(Progress("load", told, self._expected(packet)))
        self._flush()
        if not self.track.tapes:
            raise RecordingError(f"{self.path} {_reason(self.path)}")
        self.track.notes += self._notes()
        self.hook(Progress("load", self.taken, self.taken))
        return self.track

    def _choose(self) -> av.AudioStream:
        """The file's best sound track."""
        streams = self.container.streams
        if not streams.audio:
            what = "is a video without sound" if streams.video else "holds no sound"
            raise RecordingError(f"{self.path} {what}: take the recording that has it")
        if len(streams.audio) > 1:
            self.track.notes.append(f"{len(streams.audio)} sound tracks in the file: only the main one was used")
        best = streams.best("audio")
        return best if isinstance(best, av.AudioStream) else streams.audio[0]

    def _declared(self) -> float | None:
        """Seconds of sound that the file says it holds; None where it does not say, or only guesses."""
        if self.container.format.name == "aac":  # has no index: guessed from the bit rate of its first packets
            return None
        if self.stream.duration is not None and self.stream.time_base is not None:
            return float(self.stream.duration * self.stream.time_base) * _share_cut(self.path)
        if self.container.duration is not None and not self.container.streams.video:
            return self.container.duration / MICROSECONDS
        return None

    def _expected(self, packet: _Packet) -> float:
        """Seconds there will be: as declared, else as far as we got by the bytes read."""
        if self.declared is not None:
            return max(self.declared, self.taken)
        return self.taken * self.container.size / packet.pos if packet.pos else self.taken

    def _packets(self) -> Iterator[_Packet]:
        """The packets of the stream, up to where the file ends or breaks off."""
        packets = self.container.demux(self.stream)
        while True:
            try:
                packet = next(packets, None)
            except BROKEN:
                self.broke_off = True
                return
            if packet is None:
                return
            self.packets += 1
            yield packet

    def _frames(self, packet: _Packet) -> list[av.AudioFrame]:
        """What a packet holds; one that cannot be decoded is counted and left out."""
        try:
            return packet.decode()
        except av.FFmpegError:  # a decoder lost in garbage says many things, "not permitted" among them
            self.damaged += 1
            return []

    def _take(self, frame: av.AudioFrame) -> None:
        """One frame to the resampler: a new one where the format changes on the way, or the clock jumps."""
        shape = (frame.format.name, frame.layout.name, frame.sample_rate)
        if shape != self.shape:
            self._flush()
            if self.shape is not None:  # files joined end to end: the length was that of the first, or a guess from it
                self.declared = None
            self._fit(frame.layout.nb_channels)
            self.shape = shape
        self._keep_time(frame)
        if self.resampler is None:
            # Packed, for PyAV reads beyond the planes of 8 channels and more.
            self.resampler = av.AudioResampler(format="flt", layout=frame.layout, rate=RATE, frame_size=RATE)
            self.waiting = av.AudioFifo()
        frame.pts = None
        self.waiting.write(frame)
        self.taken += frame.samples / frame.sample_rate
        if self.waiting.samples >= frame.sample_rate:  # a second at a time: a fifth faster than frame by frame
            self._append(self.resampler.resample(self.waiting.read()))

    def _fit(self, n_channels: int) -> None:
        """Tapes for as many tracks as the channels make. Raises RecordingError where that does not go."""
        n_tracks = len(self.arrange(np.zeros((n_channels, 1), np.float32)))
        if n_tracks > MOST_TRACKS:
            raise RecordingError(
                f"{self.path} has {n_channels} channels, and at most {MOST_TRACKS} can be kept apart: "
                "mix them (--channels mix)"
            )
        if not self.track.tapes:
            expected = min(self.declared or 0.0, MOST_EXPECTED)
            self.track.tapes = [self.tape(round((expected + 1) * RATE)) for _ in range(n_tracks)]
        elif n_tracks != len(self.track.tapes):
            raise RecordingError(
                f"{self.path}: the number of channels changes at {self.taken:.0f} s, so that they cannot be kept "
                "apart: mix them (--channels mix)"
            )

    def _keep_time(self, frame: av.AudioFrame) -> None:
        """Silence where the file's clock jumps ahead, as far as the file is long by its own word."""
        if frame.time is None or self.container.duration is None:
            return
        ahead = frame.time - self.origin - self.taken
        if ahead > JUMP and self.taken + ahead < self.container.duration / MICROSECONDS:
            self._flush()
            self.taken += ahead
            for tape in self.track.tapes:
                tape.silence(round(ahead * RATE))

    def _flush(self) -> None:
        """What is left on the way; the resampler is used up by it."""
        if self.resampler is not None:
            if rest := self.waiting.read():
                self._append(self.resampler.resample(rest))
            self._append(self.resampler.resample(None))
            self.resampler = None

    def _append(self, frames: list[av.AudioFrame]) -> None:
        for frame in frames:
            packed = np.asarray(frame.to_ndarray(), np.float32)
            channels = np.ascontiguousarray(packed.reshape(-1, frame.layout.nb_channels).T)
            block = self.track.tally.clean(channels)
            for tape, track in zip(self.track.tapes, self.arrange(block), strict=True):
                tape.append(track)

    def _notes(self) -> list[str]:
        """What went wrong on the way."""
        found = []
        if self.declared is not None and self.taken < MISSING * self.declared - JUMP:
            found.append(f"incomplete: only {self.taken:.1f} of {self.declared:.1f} s could be decoded")
        elif self.broke_off:
            found.append(f"damaged: what follows after {self.taken:.1f} s could not be decoded")
        if self.damaged > HARMLESS * self.packets:
            found.append(f"damaged: {self.damaged} of {self.packets} pieces could not be decoded and were left out")
        if self.shape and self.shape[2] <= NARROW_BAND:
            found.append(f"telephone band: recorded at {self.shape[2] / 1000:g} kHz")
        return found
