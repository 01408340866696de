"""The processes of one run: which this is, and what they tell each other."""

import datetime
import os
from collections.abc import Iterable
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch import distributed as dist

RELAUNCHES = "TORCHELASTIC_RESTART_COUNT"
# The others wait while the first validates; who has died is known by its closed connections.
PATIENCE = datetime.timedelta(days=1)


@dataclass(frozen=True)
class Ranks:
    """This process among those that `torchrun` started; the only one where nothing did."""

    rank: int
    count: int

    @property
    def first(self) -> bool:
        """Whether this is the one that writes files."""
        return self.rank == 0

    def spread(self, module: nn.Module) -> None:
        """Give all processes the values of the first."""
        if self.count > 1:
            for tensor in (*module.parameters(), *module.buffers()):
                dist.broadcast(tensor.detach(), 0)

    def average_gradients(self, parameters: Iterable[Tensor]) -> None:
        """To their mean over the processes; a parameter without one here has none anywhere."""
        if self.count == 1:
            return
        gradients = [one.grad for one in parameters if one.grad is not None]
        if gradients:
            flat = torch.cat([one.flatten() for one in gradients])
            dist.all_reduce(flat)
            flat /= self.count
            parts = torch.split(flat, [one.numel() for one in gradients])
            for one, part in zip(gradients, parts, strict=True):
                one.copy_(part.view_as(one))

    def mean(self, values: Tensor) -> Tensor:
        if self.count > 1:
            values = values.clone()
            dist.all_reduce(values)
            values /= self.count
        return values

    def wait(self) -> None:
        if self.count > 1:
            dist.barrier()


def join(device: torch.device) -> tuple[Ranks, torch.device]:
    """Join the others of a `torchrun`, where there are others; with the device of this one."""
    count = int(os.environ.get("WORLD_SIZE", "1"))
    if count == 1:
        return Ranks(0, 1), device
    if device.type == "cuda":
        if device.index is None:
            device = torch.device("cuda", int(os.environ.get("LOCAL_RANK", "0")))
        torch.cuda.set_device(device)
    if not dist.is_initialized():
        dist.init_process_group("nccl" if device.type == "cuda" else "gloo", timeout=PATIENCE)
    return Ranks(dist.get_rank(), dist.get_world_size()), device


def relaunched() -> bool:
    """Whether these processes take the place of others that died."""
    return os.environ.get(RELAUNCHES, "0") != "0"
