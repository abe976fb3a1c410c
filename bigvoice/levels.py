"""Levels: sound as it comes out of a file -> sound that every part can work on, and what was wrong with it.

A detector or an encoder hears a recording at the level that it was trained on. So what a recorder did to the level is
undone here, once, and said in a note; everything else about the sound is left alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from bigvoice.recording import RATE, Samples

FULL_SCALE = 0.999
"""A sample from here on counts as full scale: 0.01 dB below 1, above the last steps of 16 bits."""

CLIPPED_SHARE = 1e-3
"""More samples than this at full scale are no chance peaks."""

OFFSET = 1e-3
"""A mean further from 0 than this (-60 dB) is a fault of the recorder; that of speech is under 1e-4."""

SILENT, QUIET, LOUD, TARGET = 1e-4, 0.03, 1.5, 0.3
"""Peaks of the loud seconds: below SILENT (-80 dB, three steps of 16 bits) there is nothing to raise; below QUIET
(-30 dB) the sound is raised to TARGET (-10 dB); above LOUD (float recorders go there) it is brought down to it."""

CANCELLED = 0.02
"""A mix with less than this share of its channels' power (-17 dB) is a mix of opposite channels: n equal voices in n
channels that have nothing in common keep 1/n of it, 1/8 = 0.125 in the worst case."""

ALIKE = 0.8
"""Of 2 a.b / (a.a + b.b) for two channels. One sound in both gives 1, at 6 dB from each other 0.8. Two microphones that
each hear the other's voice at g times its own level give 2 g / (1 + g^2), whoever speaks how much: 0.57 at 10 dB, below
which they cannot be told apart anyway (`diarization.channels`)."""


class Tape:
    """Samples that come bit by bit, in one growing strip: the peak of memory is the strip itself."""

    def __init__(self, expected: int) -> None:
        # Memory that is asked for and never written to is never really taken, so a guess too high costs nothing.
        self._strip = np.empty(max(expected, RATE), np.float32)
        self._used = 0

    def __len__(self) -> int:
        return self._used

    def append(self, block: NDArray[np.float32]) -> None:
        """Adds (n,) samples; the strip grows in place (realloc), so that there never are two."""
        end = self._used + len(block)
        if end > len(self._strip):
            self._strip.resize(end + end // 8, refcheck=False)
        self._strip[self._used : end] = block
        self._used = end

    def silence(self, n_samples: int) -> None:
        """Adds zeros."""
        for start in range(0, n_samples, RATE):
            self.append(np.zeros(min(RATE, n_samples - start), np.float32))

    def cut(self) -> Samples:
        """What was recorded; the tape is used up by it."""
        self._strip.resize(self._used, refcheck=False)
        return self._strip


@dataclass
class Tally:
    """What is counted while the channels are still apart: later, mixing hides it."""

    count: int = 0
    full_scale: int = 0
    broken: int = 0
    power: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))

    def clean(self, block: NDArray[np.float32]) -> NDArray[np.float32]:
        """(channels, n) -> the same with NaN and Inf replaced by 0; counts as it goes."""
        with np.errstate(invalid="ignore", over="ignore"):
            sound = np.isfinite(block.sum())  # far cheaper than a look at each
        if not sound:
            bad = ~np.isfinite(block)
            self.broken += int(bad.any(axis=0).sum())
            block = np.where(bad, np.float32(0), block)
        powers = np.einsum("cn,cn->c", block, block)
        self.count += block.size
        self.full_scale += int(np.count_nonzero(np.abs(block) >= FULL_SCALE))
        if len(self.power) < len(powers):
            self.power = np.pad(self.power, (0, len(powers) - len(self.power)))
        self.power[: len(powers)] += powers
        return block

    def cancels(self, mix: Samples) -> bool:
        """Whether the channels' mean lost what the channels hold, as two wires of opposite sign do."""
        return self.cancels_to(float(np.vdot(mix, mix)))

    def cancels_to(self, power: float) -> bool:
        """As `cancels`, by the power of the mix: the sum of its squares."""
        held = float(self.power.sum()) / max(1, len(self.power))
        return held > 0 and power < CANCELLED * held

    def notes(self) -> list[str]:
        """What the listener should know."""
        found = []
        if self.count and self.full_scale > CLIPPED_SHARE * self.count:
            found.append(f"clipped: {self.full_scale / self.count:.1%} of the samples are at full scale")
        if self.broken:
            found.append(f"{self.broken / RATE:.3f} s held no numbers (NaN or infinite): replaced by silence")
        return found


def loudness(samples: Samples) -> float:
    """The peak of the fourth loudest second; in under 90 s of one nearer the loudest.

    A door that slams is louder than any voice, but it does so once or twice; the shortest speech that matters fills
    more than three seconds.
    """
    n_seconds = len(samples) // RATE
    seconds, rest = samples[: n_seconds * RATE].reshape(n_seconds, RATE), samples[n_seconds * RATE :]
    peaks = np.maximum(seconds.max(axis=1), -seconds.min(axis=1))
    peaks = np.sort(np.append(peaks, np.abs(rest).max(initial=0.0)))
    return float(peaks[-1 - min(3, n_seconds // 30)])


def are_alike(tracks: Sequence[Samples]) -> bool:
    """Whether all tracks hold one sound, as those of a mono recording do that was saved as stereo."""
    powers = [float(np.vdot(track, track)) for track in tracks]
    return len(tracks) > 1 and all(
        2 * float(np.vdot(tracks[0], track)) > ALIKE * (powers[0] + power)
        for track, power in zip(tracks[1:], powers[1:], strict=True)
    )


def level(samples: Samples, tracks: Sequence[Samples] = ()) -> list[str]:
    """Removes an offset, raises what is very quiet, lowers what is beyond full scale, clips to [-1, 1]; in place.

    The tracks get their own offset removed and the gain of the mix, which stays their mean. Returns notes.
    """
    found = []
    offsets = [float(strip.mean(dtype=np.float64)) for strip in (samples, *tracks)]
    if max(map(abs, offsets)) > OFFSET:
        found.append(f"DC offset of {max(offsets, key=abs):.1%} of full scale: removed")
        for strip, offset in zip((samples, *tracks), offsets, strict=True):
            strip -= np.float32(offset)
    loud = loudness(samples)
    if SILENT < loud < QUIET or loud > LOUD:
        gain = np.float32(TARGET / loud)
        what = "very quiet: raised" if gain > 1 else "beyond full scale: brought down"
        found.append(f"{what} by {abs(20 * np.log10(gain)):.0f} dB")
        for strip in (samples, *tracks):
            strip *= gain
    for strip in (samples, *tracks):
        np.clip(strip, -1.0, 1.0, out=strip)
    return found
