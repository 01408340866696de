"""What a method gets: the checked inputs of one harmonization, and statistics of its two sides."""

from dataclasses import dataclass
from typing import Any

from harmonia._arrays import EVERYWHERE, Frame, Mask
from harmonia._kernels import kernels_of

Moments = tuple[float, list[float], list[float]]


@dataclass(frozen=True)
class Scene:
    """A composite with its mask, and where the colours to match come from.

    Without a reference they come from the composite itself, outside the mask.
    """

    image: Frame
    mask: Mask
    reference: Frame | None = None
    reference_mask: Mask = EVERYWHERE

    @property
    def kernels(self) -> Any:
        return kernels_of(self.image)

    def moments(self, space: str) -> tuple[Moments, Moments]:
        """Weight, mean and spread of the foreground and of what it shall match."""
        inside, outside = self.kernels.masked_moments(self.image, self.mask.frame, space)
        if self.reference is None:
            if self.mask.full:
                raise ValueError(
                    "mask covers the whole image, so there is no background to match; "
                    "leave some of the image out or pass reference="
                )
            target, name = outside, "the background"
        else:
            target, _ = self.kernels.masked_moments(
                self.reference, self.reference_mask.frame, space
            )
            name = "reference"
        if target[0] <= 0.0:
            raise ValueError(
                f"{name} is black all over, and {space} has no statistics of black; "
                f"use another space or method, or pass another reference="
            )
        return inside, target
