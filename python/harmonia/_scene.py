"""What a method gets: the checked inputs of one harmonization, and statistics of its two sides."""

from collections.abc import Callable
from dataclasses import dataclass
from numbers import Integral
from typing import Any, TypeVar

import numpy as np

from harmonia._arrays import EVERYWHERE, Frame, Mask
from harmonia._kernels import kernels_of

T = TypeVar("T")
Moments = tuple[float, list[float], list[float]]
Sample = np.ndarray[Any, np.dtype[np.float32]]

# Colours of each side that a fit looks at: quantiles are off by some 0.2 percent of the weight.
MOST_SAMPLES = 1 << 16


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

    def measure(
        self, measurement: Callable[[Any, Frame, Frame | None], tuple[T, T]]
    ) -> tuple[T, T]:
        """A measurement of the foreground, and of what it shall match.

        `measurement(kernels, image, mask)` gives what is inside the mask and what is outside.
        """
        inside, outside = measurement(self.kernels, self.image, self.mask.frame)
        if self.reference is None:
            self.check_background()
            return inside, outside
        target, _ = measurement(self.kernels, self.reference, self.reference_mask.frame)
        return inside, target

    def check_background(self) -> None:
        """Refuses a mask that leaves nothing to match."""
        if self.reference is None:
            check_background(self.mask)

    def moments(self, space: str) -> tuple[Moments, Moments]:
        """Weight, mean and spread of the foreground and of what it shall match."""
        inside, target = self.measure(
            lambda kernels, image, mask: kernels.masked_moments(image, mask, space)
        )
        if target[0] <= 0.0:
            name = "the background" if self.reference is None else "reference"
            raise ValueError(
                f"{name} is black all over, and {space} has no statistics of black; "
                f"use another space or method, or pass another reference="
            )
        return inside, target

    def samples(self, space: str, *, seed: int, limit: int = MOST_SAMPLES) -> tuple[Sample, Sample]:
        """Colours of the foreground and of what it shall match, about `limit` of each at most.

        Rows x, y, z and weight, in reading order; the same for any number of threads.
        """
        return self.measure(
            lambda kernels, image, mask: kernels.masked_sample(image, mask, space, limit, seed)
        )

    def check_on_cpu(self, method: str) -> None:
        """For methods whose kernels have no CUDA twin."""
        if not isinstance(self.image, np.ndarray):
            raise TypeError(
                f"{method} runs on the CPU, got an image on {self.image.device}; "
                f"pass image.cpu() and mask.cpu()"
            )


def check_background(mask: Mask, *, where: str = "") -> None:
    """Refuses a mask that leaves nothing of the image itself to match."""
    if mask.full:
        raise ValueError(
            f"{where}mask covers the whole image, so there is no background to match; "
            "leave some of the image out or pass reference="
        )


def check_reference_mask(reference: Any, reference_mask: Any, *, where: str) -> None:
    """Refuses one that belongs to nothing."""
    if reference is None and reference_mask is not None:
        raise ValueError(f"{where}: reference_mask needs a reference; pass reference= as well")


def refuse_references(reference: Any, reference_mask: Any, *, where: str) -> None:
    """For networks, which were trained to look at the composite alone."""
    check_reference_mask(reference, reference_mask, where=where)
    if reference is not None:
        raise ValueError(
            f"{where}: a network knows the composite's own background alone; "
            "leave reference out, or use a method such as 'mkl'"
        )


def check_seed(seed: int, *, where: str) -> None:
    """What may seed the choice of samples, and whatever else a method draws."""
    whole = isinstance(seed, Integral) and not isinstance(seed, bool)
    if not whole or not 0 <= seed < 2**64:
        raise ValueError(
            f"{where}: seed must be a whole number from 0 to 2**64 - 1, got {seed!r}; "
            f"any of them will do"
        )
