"""Team: the processes that train one model together, each on its share of every batch, by torch's own means.

    torchrun --nproc-per-node 4 -m bigvoice train deepspeech2 --config FILE

starts four; without it a training is a team of one.
"""

from __future__ import annotations

import os
from dataclasses import dataclass

import torch
from torch import Tensor, distributed, nn


@dataclass(frozen=True, slots=True)
class Team:
    """rank: whose process this is, 0 the one that writes files. device: where it computes."""

    rank: int
    size: int
    device: torch.device

    @classmethod
    def join(cls) -> Team:
        """The team that torchrun's environment tells of, else this process alone."""
        size, cuda = int(os.environ.get("WORLD_SIZE", "1")), torch.cuda.is_available()
        place = int(os.environ.get("LOCAL_RANK", "0"))
        if cuda:
            torch.cuda.set_device(place)
        device = torch.device("cuda", place) if cuda else torch.device("cpu")
        if size > 1 and not distributed.is_initialized():
            distributed.init_process_group("nccl" if cuda else "gloo")
        return cls(int(os.environ.get("RANK", "0")), size, device)

    @property
    def leads(self) -> bool:
        """Whether this process writes the files."""
        return self.rank == 0

    def wrapped(self, network: nn.Module) -> nn.Module:
        """The network, its gradients shared with the others' after each step."""
        return nn.parallel.DistributedDataParallel(network) if self.size > 1 else network

    def added(self, numbers: Tensor) -> Tensor:
        """The sum over the team."""
        if self.size > 1:
            numbers = numbers.to(self.device)
            distributed.all_reduce(numbers)
        return numbers.cpu()

    def gathered(self, mine: dict[str, str]) -> dict[str, str]:
        """What all of the team have noted."""
        found: list[dict[str, str]] = [mine] * self.size
        if self.size > 1:
            distributed.all_gather_object(found, mine)
        return {key: value for each in found for key, value in each.items()}

    def leave(self) -> None:
        """When all is done."""
        if self.size > 1:
            distributed.destroy_process_group()
