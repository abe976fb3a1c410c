"""DeepSpeech2, in torch: convolutions over a spectrogram, recurrent layers over time, CTC's symbols out.

(Amodei et al., 2015: "Deep Speech 2", whose sections are named below.) n is the batch, t the time in frames of 10 ms,
s the time in steps of `stride` frames, S the symbols with the blank.

    spectrogram          (n, t, 161)
    2 or 3 convolutions  (n, channels, s, bands)    section 3.5, in time and frequency; strides: section 3.6
    recurrent layers     (n, s, width)              section 3.1: bidirectional, both directions added up; LSTM or GRU:
                                                    section 3.4; each with sequence-wise batch norm before it: 3.2
    look-ahead           (n, s, width)              section 3.7, in place of the second direction: each feature is a sum
                                                    of itself now and in the `ahead` steps to come
    log-probabilities    (n, s, S)

No layer pads. The spectrogram itself gets zeros before and behind it, and zeros are what lies outside a recording for
every layer: one recording gives the same numbers alone, in a batch of longer ones, and piece by piece.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from bigvoice.features.log_spectrogram import N_BANDS

KERNEL_T = 11
"""Frames, or steps, that a convolution sees; 2 * REACH + 1."""
REACH = KERNEL_T // 2
KERNELS_F = (41, 21, 21)
"""Bands that each convolution sees (section 3.5)."""
STRIDES_T = {2: (2, 1, 1), 4: (2, 2, 1)}
"""Of each convolution in time, by the stride of all; in frequency it is 2 everywhere."""
CEILING = 20.0
"""Where the rectifier is cut off (section 3.1)."""
CELLS: dict[str, type[nn.LSTM] | type[nn.GRU]] = {"lstm": nn.LSTM, "gru": nn.GRU}


@dataclass(frozen=True, slots=True)
class Shape:
    """How large a network is. ahead: steps of look-ahead; 0: the layers are bidirectional."""

    convolutions: int = 2
    channels: int = 32
    stride: int = 2
    layers: int = 5
    width: int = 512
    cell: str = "lstm"
    ahead: int = 0
    dropout: float = 0.0

    @property
    def streaming(self) -> bool:
        """Whether it hears only a little of what is to come."""
        return self.ahead > 0

    @property
    def margin(self) -> int:
        """Frames before and behind a step's own that its convolutions see."""
        reach, spacing = 0, 1
        for stride in STRIDES_T[self.stride][: self.convolutions]:
            reach += REACH * spacing
            spacing *= stride
        return reach

    @property
    def kept(self) -> int:
        """Frames of the past that go into the next step: what all convolutions see, less a step's own."""
        return 2 * self.margin + 1 - self.stride

    @property
    def tail(self) -> int:
        """Frames that must follow a frame before its step comes out of a stream, in whole steps."""
        return self.kept - self.margin + self.stride * self.ahead

    def n_steps(self, n_frames: Tensor) -> Tensor:
        """Steps that so many frames make, the last one begun included."""
        return torch.div(n_frames + self.stride - 1, self.stride, rounding_mode="floor")


class SequenceNorm(nn.Module):
    """Batch norm over all true frames of a batch, as if they were one sequence (section 3.2): (n, ..., time, features).

    What is outside a recording counts for nothing. Several processes norm each by what it has itself.
    """

    mean: Tensor
    variance: Tensor

    def __init__(self, n_features: int, momentum: float = 0.1) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.ones(n_features))
        self.shift = nn.Parameter(torch.zeros(n_features))
        self.register_buffer("mean", torch.zeros(n_features))
        self.register_buffer("variance", torch.ones(n_features))
        self.momentum = momentum

    def forward(self, x: Tensor, inside: Tensor | None = None) -> Tensor:
        """x: (n, time, features) or (n, features, time, bands). inside: (n, time), true where a recording is."""
        axes = (0, 1) if x.dim() == 3 else (0, 2, 3)
        wide = (1, 1, -1) if x.dim() == 3 else (1, -1, 1, 1)
        mean, variance = self.mean, self.variance
        if self.training and inside is not None:
            weight = (inside[:, :, None] if x.dim() == 3 else inside[:, None, :, None]).float()
            n = weight.sum() * (1 if x.dim() == 3 else x.shape[3])
            floats = x.float()
            mean = (floats * weight).sum(axes) / n
            variance = ((floats - mean.view(wide)).square() * weight).sum(axes) / n
            with torch.no_grad():
                self.mean.lerp_(mean, self.momentum)
                self.variance.lerp_(variance, self.momentum)
        gain = self.scale * torch.rsqrt(variance + 1e-5)
        return x * gain.view(wide).to(x.dtype) + (self.shift - mean * gain).view(wide).to(x.dtype)


class Convolutions(nn.Module):
    """The layers that look at the spectrogram in time and frequency."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.strides = STRIDES_T[shape.stride][: shape.convolutions]
        self.layers, self.norms = nn.ModuleList(), nn.ModuleList()
        before, bands = 1, N_BANDS
        for bands_seen, stride in zip(KERNELS_F, self.strides, strict=False):
            around = (0, bands_seen // 2)
            kernel = (KERNEL_T, bands_seen)
            self.layers.append(nn.Conv2d(before, shape.channels, kernel, (stride, 2), around, bias=False))
            self.norms.append(SequenceNorm(shape.channels))
            before, bands = shape.channels, (bands + 1) // 2
        self.n_features = before * bands

    def forward(self, frames: Tensor, inside: Tensor | None) -> tuple[Tensor, Tensor | None]:
        """(n, t with its margins, 161) -> (n, s, channels * bands), and (n, s): what of it is inside a recording."""
        x = frames[:, None]
        for layer, norm, stride in zip(self.layers, self.norms, self.strides, strict=True):
            x = layer(x)
            if inside is not None:
                inside = inside[:, REACH::stride][:, : x.shape[2]]
            x = functional.hardtanh(norm(x, inside), 0.0, CEILING)
        return x.transpose(1, 2).flatten(2), inside


class Recurrent(nn.Module):
    """A recurrent layer: forward in time, and backward as well unless one may not wait for the end."""

    def __init__(self, n_features: int, shape: Shape) -> None:
        super().__init__()
        cell = CELLS[shape.cell]
        self.norm = SequenceNorm(n_features)
        self.forwards = cell(n_features, shape.width, batch_first=True)
        self.backwards = None if shape.streaming else cell(n_features, shape.width, batch_first=True)

    def forward(self, x: Tensor, inside: Tensor | None, n_steps: Tensor | None) -> Tensor:
        """(n, s, features) -> (n, s, width). n_steps: of each, where not all fill s."""
        x = self.norm(x, inside)
        heard: Tensor = self.forwards(x)[0]
        if self.backwards is None:
            return heard
        back = self.backwards(_reversed(x, n_steps))[0]
        return heard + _reversed(back, n_steps)

    def step(self, x: Tensor, state: tuple[Tensor, ...]) -> tuple[Tensor, tuple[Tensor, ...]]:
        """The same, forward from where the last piece left it."""
        given = state if len(state) > 1 else state[0]
        heard, after = self.forwards(self.norm(x), given)
        return heard, after if isinstance(after, tuple) else (after,)


class LookAhead(nn.Module):
    """Row convolution: y[s, f] is the sum over k of weight[f, k] x[s + k, f] (section 3.7)."""

    def __init__(self, width: int, ahead: int) -> None:
        super().__init__()
        self.ahead = ahead
        self.weight = nn.Parameter(torch.full((width, 1, ahead + 1), 1 / (ahead + 1)))

    def forward(self, x: Tensor) -> Tensor:
        """(n, s + ahead, width) -> (n, s, width)."""
        return functional.conv1d(x.transpose(1, 2), self.weight, groups=len(self.weight)).transpose(1, 2)


class DeepSpeech2(nn.Module):
    """The whole: see the top of the module."""

    def __init__(self, shape: Shape, n_symbols: int) -> None:
        super().__init__()
        self.shape = shape
        self.convolutions = Convolutions(shape)
        sizes = [self.convolutions.n_features, *[shape.width] * (shape.layers - 1)]
        self.layers = nn.ModuleList(Recurrent(size, shape) for size in sizes)
        self.look_ahead = LookAhead(shape.width, shape.ahead) if shape.streaming else None
        self.norm = SequenceNorm(shape.width)
        self.symbols = nn.Linear(shape.width, n_symbols)
        self.dropout = nn.Dropout(shape.dropout)

    def forward(self, frames: Tensor, n_frames: Tensor | None = None) -> Tensor:
        """Normalized spectrograms (n, t, 161), and how many frames of each are true -> (n, s, S) log-probabilities.

        n_frames: (n,) int64; None: all. s is n_steps(t); steps behind a recording's own mean nothing.
        """
        shape = self.shape
        # a stream's layers run some steps before its first frame is in the middle of what they see: so do these
        before = shape.kept if shape.streaming else shape.margin
        behind = shape.margin + shape.stride * shape.ahead
        padded = functional.pad(frames, (0, 0, before, behind))
        inside = n_steps = None
        if n_frames is not None:
            at = torch.arange(padded.shape[1], device=frames.device) - before
            inside = (at >= 0) & (at < n_frames[:, None])
            n_steps = shape.n_steps(n_frames)
        x, inside = self.convolutions(padded, inside)
        for layer in self.layers:
            x = self.dropout(layer(x, inside, n_steps))
        if self.look_ahead is not None:
            early = (before - shape.margin) // shape.stride
            x = self.look_ahead(x[:, early:])
            inside = None if inside is None else inside[:, early:][:, : x.shape[1]]
        return self._told(x, inside)

    def start(self) -> list[Tensor]:
        """What `listen` begins with: all zeros."""
        shape, n_states = self.shape, 2 if self.shape.cell == "lstm" else 1
        states = [torch.zeros(1, 1, shape.width) for _ in range(shape.layers * n_states)]
        return [torch.zeros(1, shape.kept, N_BANDS), *states, torch.zeros(1, shape.ahead, shape.width)]

    def listen(self, frames: Tensor, states: list[Tensor]) -> tuple[Tensor, list[Tensor]]:
        """A piece of a stream, whole steps of it: (1, k * stride, 161) -> (1, k, S), and the states for the next.

        `Shape.tail` frames late: that many frames of zeros bring out the last steps, and as many steps at the
        beginning belong to what was before the recording.
        """
        if self.look_ahead is None:
            raise ValueError("a bidirectional network hears whole recordings only")
        heard = torch.cat([states[0], frames], dim=1)
        after = [heard[:, frames.shape[1] :]]
        x, _ = self.convolutions(heard, None)
        per_layer = (len(states) - 2) // len(self.layers)
        for i, layer in enumerate(self.layers):
            first = 1 + i * per_layer
            x, left = layer.step(x, tuple(states[first : first + per_layer]))  # type: ignore[operator]
            after += left
        x = torch.cat([states[-1], x], dim=1)
        after.append(x[:, x.shape[1] - self.shape.ahead :])
        return self._told(self.look_ahead(x), None), after

    def _told(self, x: Tensor, inside: Tensor | None) -> Tensor:
        return functional.log_softmax(self.symbols(self.norm(x, inside)).float(), dim=-1)


def _reversed(x: Tensor, n_steps: Tensor | None) -> Tensor:
    """Backward in time, each recording within its own steps; what is behind it stays there."""
    if n_steps is None:
        return x.flip(1)
    at = torch.arange(x.shape[1], device=x.device).expand(len(x), -1)
    back = torch.where(at < n_steps[:, None], n_steps[:, None] - 1 - at, at)
    return x.gather(1, back[:, :, None].expand_as(x))
