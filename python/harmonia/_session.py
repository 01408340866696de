"""What networks share once they are loaded, whoever runs them: torch or onnxruntime."""

import copy
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import numpy as np

from harmonia._arrays import (
    EVERYWHERE,
    Frame,
    Images,
    Mask,
    open_image,
    open_images,
    open_masks,
)
from harmonia._scene import check_background, refuse_references
from harmonia.transform import Change, Lut, Transform, as_transform, check_strength

T = TypeVar("T")


class NetworkLut(Lut):
    """A table of a network: its nodes may lie beyond 0..1, and colours are held within.

    The kernels hold codes within their range, floats are held here, before they are blended. Tables
    that are made of it keep what lies beyond, so that they are the same between their nodes.
    """

    def to_lut(self, size: int = 33) -> Lut:
        return Lut(self.nodes).to_lut(size)

    def write(self, frame: Frame, mask: Mask, strength: float, out: Frame) -> None:
        super().write(frame, mask, strength, out)
        within = self.nodes.min() >= 0 and self.nodes.max() <= 1
        if within or "float" not in str(out.dtype):  # NumPy's or torch's
            return
        found = copy.deepcopy(frame)
        super().write(frame, EVERYWHERE, 1.0, found)
        new, old = found[..., :3], frame[..., :3]
        beyond = (new < 0) | (new > 1)
        weight = strength * _share(mask)
        held = (old + weight * (new.clip(0, 1) - old))[beyond]
        out[..., :3][beyond] = held if isinstance(held, np.ndarray) else held.to(out.dtype)


def _share(mask: Mask) -> Any:
    """The weight of every pixel, 0..1, to be broadcast over its colours."""
    if mask.frame is None:
        return 1.0
    return mask.frame[..., None] / (255 if str(mask.frame.dtype).endswith("uint8") else 1)


class LoadedNetwork(ABC):
    """A network ready to harmonize. Safe to share between threads.

    Attributes
    ----------
    method
        The name with its variant, such as "issam.256".
    """

    method: str

    def __call__(
        self,
        image: T,
        mask: Any,
        *,
        reference: Any = None,
        reference_mask: Any = None,
        strength: float = 1.0,
    ) -> T:
        """As `harmonize`: same type, shape and dtype, and the background bit by bit.

        A network takes no reference; one that is given is an error.
        """
        return self.harmonized(
            image,
            mask,
            reference=reference,
            reference_mask=reference_mask,
            strength=strength,
            where=self.method,
        )

    def fit(
        self, image: Any, mask: Any, *, reference: Any = None, reference_mask: Any = None
    ) -> Transform:
        """As the function `fit`, of a network that changes colours alone."""
        return self.fitted(
            image, mask, reference=reference, reference_mask=reference_mask, where=self.method
        )

    def harmonized(
        self,
        image: T,
        mask: Any,
        *,
        reference: Any,
        reference_mask: Any,
        strength: float,
        where: str,
    ) -> T:
        """As the call, for errors that begin with `where`."""
        images, masks = self._opened(image, mask, where)
        refuse_references(reference, reference_mask, where=where)
        check_strength(strength, where=f"{where}: strength")
        out = images.like()
        self._paint(images, masks, strength, out)
        result: T = images.restore(out)
        return result

    def fitted(
        self, image: Any, mask: Any, *, reference: Any, reference_mask: Any, where: str
    ) -> Transform:
        """As `fit`, for errors that begin with `where`."""
        refuse_references(reference, reference_mask, where=where)
        images, masks = self._opened(image, mask, where, opening=open_image)
        if masks[0].empty:
            raise ValueError(f"{where}: mask is empty, so there is no foreground to fit")
        return as_transform(self._change(images, masks), f"network {self.method!r}")

    @abstractmethod
    def raw(self, image: Any, mask: Any) -> Any:
        """What the network itself gives, at the image's size, float32 on the scale 0..1."""

    @property
    @abstractmethod
    def _makes_tables(self) -> bool:
        """Whether all it does is a table of colours, which it finds by comparing both sides."""

    @abstractmethod
    def _check_device(self, images: Images, where: str) -> None:
        """Refuses pictures that are where the network cannot go."""

    @abstractmethod
    def _paint(self, images: Images, masks: Sequence[Mask], strength: float, out: Images) -> None:
        """Writes all of the result."""

    @abstractmethod
    def _change(self, images: Images, masks: Sequence[Mask]) -> Change | None:
        """What becomes of the first picture, where the library's kernels can do it."""

    def _opened(
        self, image: Any, mask: Any, where: str, *, opening: Callable[..., Images] = open_images
    ) -> tuple[Images, Sequence[Mask]]:
        images = opening(image, where=f"{where}: image")
        self._check_device(images, where)
        masks = open_masks(mask, images, where=f"{where}: mask")
        if self._makes_tables:
            for one in masks:
                check_background(one, where=f"{where}: ")
        return images, masks
