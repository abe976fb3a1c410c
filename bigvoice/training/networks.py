"""Networks that an encoder may be made of; torch.

All take log-mel features (n, n_frames, n_mels) of about 1 to 10 s, ten milliseconds a frame, and give (n, dim). They
halve the frame rate at once: that costs little accuracy and halves the time.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional

DIM = 192
FLOOR_DB = -40.0
"""Power this far under a stretch's mean is added to every band: under it there is a recorder, and no voice."""


class Levelled(nn.Module):
    """Log-mel without the level and the colour of the line: a floor is added, then each band's mean over time taken."""

    def forward(self, mels: Tensor) -> Tensor:
        """(n, n_frames, n_mels) -> (n, n_mels, n_frames)."""
        mean = torch.logsumexp(mels, dim=(1, 2), keepdim=True) - math.log(mels.shape[2])
        mean = mean - torch.log(torch.ones_like(mels[:1, :, :1]).sum())
        x = torch.logaddexp(mels, mean + FLOOR_DB * math.log(10) / 10)
        return (x - x.mean(1, keepdim=True)).transpose(1, 2)


def conv(n_in: int, n_out: int, width: int = 1, dilation: int = 1, stride: int = 1) -> nn.Conv1d:
    """A convolution over time that keeps the length (but for the stride)."""
    padding = dilation * (width - 1) // 2
    return nn.Conv1d(n_in, n_out, width, stride, padding, dilation, bias=False)


def unit_of(n_in: int, n_out: int, width: int = 1, dilation: int = 1, stride: int = 1) -> nn.Sequential:
    """Convolution, rectifier, batch norm."""
    return nn.Sequential(conv(n_in, n_out, width, dilation, stride), nn.ReLU(), nn.BatchNorm1d(n_out))


class SqueezeExcitation(nn.Module):
    """Each channel weighed by what all channels do over the whole stretch (Hu et al., 2018)."""

    def __init__(self, channels: int, bottleneck: int = 64) -> None:
        super().__init__()
        self.squeeze = nn.Conv1d(channels, bottleneck, 1)
        self.excite = nn.Conv1d(bottleneck, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        """(n, channels, n_frames) -> the same shape."""
        context = functional.relu(self.squeeze(x.mean(2, keepdim=True)))
        return x * torch.sigmoid(self.excite(context))


class Res2(nn.Module):
    """A convolution in steps: each group of channels also hears what the one before it made (Gao et al., 2019)."""

    def __init__(self, channels: int, width: int, dilation: int, groups: int = 8) -> None:
        super().__init__()
        self.groups = groups
        each = channels // groups
        self.units = nn.ModuleList(unit_of(each, each, width, dilation) for _ in range(groups - 1))

    def forward(self, x: Tensor) -> Tensor:
        """(n, channels, n_frames) -> the same shape."""
        first, *rest = x.chunk(self.groups, 1)
        out, before = [first], None
        for unit, part in zip(self.units, rest, strict=True):
            before = unit(part if before is None else part + before)
            out.append(before)
        return torch.cat(out, 1)


class EcapaBlock(nn.Module):
    """A block of ECAPA-TDNN (Desplanques et al., 2020, figure 2)."""

    def __init__(self, channels: int, dilation: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            unit_of(channels, channels),
            Res2(channels, 3, dilation),
            unit_of(channels, channels),
            SqueezeExcitation(channels),
        )

    def forward(self, x: Tensor) -> Tensor:
        """(n, channels, n_frames) -> the same shape."""
        out: Tensor = x + self.layers(x)
        return out


class ResidualBlock(nn.Module):
    """Two 3 x 3 convolutions around which the input is carried (He et al., 2016); the first halves the bands."""

    def __init__(self, n_in: int, n_out: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(n_in, n_out, 3, (2, 1), 1, bias=False),
            nn.BatchNorm2d(n_out),
            nn.ReLU(),
            nn.Conv2d(n_out, n_out, 3, 1, 1, bias=False),
            nn.BatchNorm2d(n_out),
        )
        self.past = nn.Conv2d(n_in, n_out, 1, (2, 1), bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """(n, n_in, n_bands, n_frames) -> (n, n_out, n_bands / 2, n_frames)."""
        out: Tensor = functional.relu(self.past(x) + self.layers(x))
        return out


class Front(nn.Module):
    """A few convolutions over time and frequency: a voice that is a little higher stays the same pattern.

    (Thienpondt et al., 2021; as in CAM++, Wang et al., 2023.)
    """

    def __init__(self, n_mels: int, channels: int = 32) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(1, channels // 2, 3, (2, 2), 1, bias=False),
            nn.BatchNorm2d(channels // 2),
            nn.ReLU(),
            ResidualBlock(channels // 2, channels),
            ResidualBlock(channels, channels),
        )
        self.n_out = channels * n_mels // 8

    def forward(self, x: Tensor) -> Tensor:
        """(n, n_mels, n_frames) -> (n, n_out, n_frames / 2)."""
        out: Tensor = self.layers(x.unsqueeze(1)).flatten(1, 2)
        return out


class AttentiveStatistics(nn.Module):
    """Mean and standard deviation over time, each channel attending where it likes (Okabe et al., 2018)."""

    def __init__(self, channels: int, bottleneck: int = 128) -> None:
        super().__init__()
        self.listen = nn.Conv1d(3 * channels, bottleneck, 1)
        self.attend = nn.Conv1d(bottleneck, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        """(n, channels, n_frames) -> (n, 2 * channels).

        What is listened to is each frame beside the mean and the deviation of all; as those two are the same in every
        frame, their part of the sum is worked out once.
        """
        mean, spread = _statistics(x, None)
        of_frames, of_all = self.listen.weight.tensor_split([x.shape[1]], 1)
        once = functional.conv1d(torch.cat([mean, spread], 1).unsqueeze(2), of_all, self.listen.bias)
        weights = self.attend(torch.tanh(functional.conv1d(x, of_frames) + once)).softmax(2)
        return torch.cat(_statistics(x, weights), 1)


def _statistics(x: Tensor, weights: Tensor | None) -> tuple[Tensor, Tensor]:
    """Mean and standard deviation over time: (n, channels, n_frames) -> twice (n, channels)."""
    if weights is None:
        mean, square = x.mean(2), (x * x).mean(2)
    else:
        weighted = weights * x
        mean, square = weighted.sum(2), (weighted * x).sum(2)
    return mean, (square - mean * mean).clamp_min(1e-4).sqrt()


class Ecapa(nn.Module):
    """ECAPA-TDNN (Desplanques et al., 2020), with or without convolutions over frequency before it."""

    def __init__(self, n_mels: int, channels: int = 256, wide: int = 768, *, front: bool) -> None:
        super().__init__()
        self.levelled = Levelled()
        self.front = Front(n_mels) if front else nn.Identity()
        n_in = self.front.n_out if isinstance(self.front, Front) else n_mels
        self.stem = unit_of(n_in, channels, 5, stride=1 if front else 2)
        self.blocks = nn.ModuleList(EcapaBlock(channels, dilation) for dilation in (2, 3, 4))
        self.gather = unit_of(3 * channels, wide)
        self.pool = AttentiveStatistics(wide)
        self.out = nn.Sequential(nn.BatchNorm1d(2 * wide), nn.Linear(2 * wide, DIM), nn.BatchNorm1d(DIM))

    def forward(self, mels: Tensor) -> Tensor:
        """(n, n_frames, n_mels) -> (n, DIM), of any length."""
        x = self.stem(self.front(self.levelled(mels)))
        heard = []
        for block in self.blocks:
            x = block(x)
            heard.append(x)
        out: Tensor = self.out(self.pool(self.gather(torch.cat(heard, 1))))
        return out


class ResNet(nn.Module):
    """A slim ResNet over time and frequency with attentive statistics (as WeSpeaker's, Wang et al., 2023)."""

    def __init__(self, n_mels: int, channels: int = 24) -> None:
        super().__init__()
        self.levelled = Levelled()
        widths = (channels, 2 * channels, 4 * channels)
        stem = [nn.Conv2d(1, channels, 3, (1, 2), 1, bias=False), nn.BatchNorm2d(channels), nn.ReLU()]
        pairs = zip((channels, *widths[:-1]), widths, strict=True)
        self.layers = nn.Sequential(*stem, *(ResidualBlock(a, b) for a, b in pairs))
        wide = widths[-1] * n_mels // 8
        self.pool = AttentiveStatistics(wide)
        self.out = nn.Sequential(nn.BatchNorm1d(2 * wide), nn.Linear(2 * wide, DIM), nn.BatchNorm1d(DIM))

    def forward(self, mels: Tensor) -> Tensor:
        """(n, n_frames, n_mels) -> (n, DIM), of any length."""
        out: Tensor = self.out(self.pool(self.layers(self.levelled(mels).unsqueeze(1)).flatten(1, 2)))
        return out


NETWORKS: dict[str, Callable[[int], nn.Module]] = {
    "ecapa": lambda n_mels: Ecapa(n_mels, front=False),
    "cnn-ecapa": lambda n_mels: Ecapa(n_mels, front=True),
    "resnet": ResNet,
}
"""By name: n_mels -> a network with weights drawn at random."""
