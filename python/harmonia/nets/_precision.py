"""The types that networks run in, and where they are computed in their own nevertheless."""

import contextlib
from typing import Any, Literal

import torch

Precision = Literal["float32", "bfloat16", "float16"]


def in_full_precision(device: torch.device) -> contextlib.AbstractContextManager[Any]:
    """Where autocast is on, products are computed in their own type nevertheless."""
    if torch.amp.is_autocast_available(device.type):
        return torch.autocast(device.type, enabled=False)
    return contextlib.nullcontext()
