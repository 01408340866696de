"""What a step of training is given: pictures as tensors, and room for what is made of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor


@dataclass(frozen=True)
class Batch:
    """Samples as tensors.

    Attributes
    ----------
    composite, real
        (N, 3, H, W), RGB in 0..1.
    mask
        (N, 1, H, W), 0..1, as soft as its file.
    extras
        What else a recipe asked for, such as styles.
    memo
        What one phase of a step leaves for the next, such as the output that both judge.
    """

    composite: Tensor
    mask: Tensor
    real: Tensor
    extras: Mapping[str, Tensor] = field(default_factory=dict)
    memo: dict[str, Any] = field(default_factory=dict, compare=False)

    @classmethod
    def of(cls, items: list[dict[str, Any]], extras: tuple[str, ...] = ()) -> "Batch":
        """From items of `tensors`."""
        composite, mask, real, *others = (
            _stacked([item[name] for item in items])
            for name in ("composite", "mask", "real", *extras)
        )
        return cls(composite, mask, real, dict(zip(extras, others, strict=True)))

    def to(self, device: torch.device, **how: Any) -> "Batch":
        return Batch(
            self.composite.to(device, **how),
            self.mask.to(device, **how),
            self.real.to(device, **how),
            {name: tensor.to(device, **how) for name, tensor in self.extras.items()},
        )

    def pin_memory(self) -> "Batch":
        """For `DataLoader`, which asks for it by this name."""
        return Batch(
            self.composite.pin_memory(),
            self.mask.pin_memory(),
            self.real.pin_memory(),
            {name: tensor.pin_memory() for name, tensor in self.extras.items()},
        )

    def __len__(self) -> int:
        return len(self.composite)


def _stacked(values: list[Any]) -> Tensor:
    return torch.stack([torch.as_tensor(value) for value in values])
