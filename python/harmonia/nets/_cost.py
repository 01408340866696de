"""What a network costs apart from time: parameters, multiply-adds, and memory of a device."""

from typing import Any, NamedTuple

import numpy as np
import torch
from torch.utils.flop_counter import FlopCounterMode

from harmonia.nets._session import Session


class Counted(NamedTuple):
    parameters: int
    weights: int  # bytes, as they are loaded
    multiply_adds: int | None  # None where torch cannot see them


def count(session: Session, size: int) -> Counted:
    """What a network has, and does for a picture of size x size that is foreground everywhere.

    Multiply-adds are those of convolutions, linear layers and attention, as torch counts them
    while they run here: half of its FLOPs. So what tiles overlap in counts twice, and what an
    authors' code runs in vain does not. What is done to single pixels (look-ups in tables, curves,
    affine maps, activations, norms, resizes) is not among them.
    """
    network = session.network
    tensors = network.state_dict().values()
    parameters = sum(one.numel() for one in network.parameters())
    weights = sum(one.numel() * one.element_size() for one in tensors)
    if getattr(network, "_compiled_call_impl", None) is not None:
        return Counted(parameters, weights, None)  # its operators are the compiler's
    image = np.random.default_rng(0).integers(0, 256, (size, size, 3), dtype=np.uint8)
    with FlopCounterMode(display=False) as counter:
        session(image, np.full((size, size), 255, np.uint8))
    return Counted(parameters, weights, counter.get_total_flops() // 2)


def on_its_device(session: Session, image: Any, mask: Any) -> tuple[Any, Any]:
    """A picture and its mask where the network is, so that no copying is timed."""
    device = _device(session)
    planes = torch.from_numpy(np.ascontiguousarray(image.transpose(2, 0, 1))).to(device)
    return planes, torch.from_numpy(np.ascontiguousarray(mask)).to(device)


def device_name(session: Session) -> str | None:
    """Of the GPU that a network is on; None on the CPU."""
    device = _device(session)
    return str(torch.cuda.get_device_name(device)) if device.type == "cuda" else None


def wait(session: Session) -> None:
    """Until the GPU has done what it was given."""
    torch.cuda.synchronize(_device(session))


def begin_peak(session: Session) -> int:
    """Bytes of the GPU in use now, from which on the peak is measured."""
    wait(session)
    torch.cuda.reset_peak_memory_stats(_device(session))
    return int(torch.cuda.memory_allocated(_device(session)))


def peak(session: Session) -> int:
    wait(session)
    return int(torch.cuda.max_memory_allocated(_device(session)))


def _device(session: Session) -> torch.device:
    return next(session.network.parameters()).device
