"""What methods give: changes of a picture, and colour transforms that any frame can take."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from numbers import Real
from typing import Any, ClassVar, TypeVar

import numpy as np

from harmonia._arrays import EVERYWHERE, Frame, Mask, open_images, open_masks
from harmonia._kernels import kernels_of

T = TypeVar("T")

MOST_NODES = 256


class Change(ABC):
    """What a method makes of a picture. It may depend on the place of a pixel."""

    # What helps who asks `fit` for a transform and gets a change that is none.
    instead: ClassVar[str] = "use harmonize(...) on each frame"

    @abstractmethod
    def write(self, frame: Frame, mask: Mask, strength: float, out: Frame) -> None:
        """Fill `out` with the changed frame, blended through the mask."""


class Transform(Change):
    """A change of colour alone, which no longer looks at the image it was fitted to."""

    def apply(self, image: T, mask: Any = None, *, strength: float = 1.0) -> T:
        """Change an image inside a mask, or all of it. Type, shape, dtype and device stay.

        >>> look = harmonia.fit(image, mask, "mkl")
        >>> bool((look.apply(image, mask) == harmonia.harmonize(image, mask, "mkl")).all())
        True
        """
        images = open_images(image, where="apply: image")
        masks = (
            [EVERYWHERE] * len(images.frames)
            if mask is None
            else open_masks(mask, images, where="apply: mask")
        )
        check_strength(strength, where="apply: strength")
        out = images.like()
        for frame, weights, to in zip(images.frames, masks, out.frames, strict=True):
            self.write(frame, weights, strength, to)
        result: T = images.restore(out)
        return result

    def to_lut(self, size: int = 33) -> "np.ndarray[Any, np.dtype[np.float32]]":
        """The transform as a table over the RGB cube, (size, size, size, 3): `lut[r, g, b]`.

        Node i of an axis stands for i / (size - 1).

        >>> lut = harmonia.fit(image, mask, "mkl").to_lut(17)
        >>> lut.shape
        (17, 17, 17, 3)
        """
        if not isinstance(size, int) or not 2 <= size <= MOST_NODES:
            raise ValueError(
                f"to_lut: size must be a whole number from 2 to {MOST_NODES}, got {size!r}"
            )
        axis = np.linspace(0, 1, size, dtype=np.float32)
        nodes = np.stack(np.meshgrid(axis, axis, axis, indexing="ij"), axis=-1)
        return self.apply(nodes.reshape(size, size * size, 3)).reshape(nodes.shape)


@dataclass(frozen=True)
class AffineTransform(Transform):
    """`matrix @ colour + offset` in a colour space of the core."""

    space: str
    matrix: tuple[float, ...]
    offset: tuple[float, ...]

    @classmethod
    def of(cls, affine: tuple[str, list[float], list[float]]) -> "AffineTransform":
        """From what the kernels that fit a map return."""
        space, matrix, offset = affine
        return cls(space, tuple(matrix), tuple(offset))

    def write(self, frame: Frame, mask: Mask, strength: float, out: Frame) -> None:
        affine = (self.space, list(self.matrix), list(self.offset))
        kernels_of(frame).affine_transfer(frame, mask.frame, strength, affine, out)


@dataclass(frozen=True, eq=False)
class CurveTransform(Transform):
    """A curve for every channel of a colour space of the core.

    `values` is float32 (3, n): node i of channel c stands for the value `low[c] + i * step` with
    the last one at `high[c]`. Between nodes a curve is linear, beyond them it stays; `nearest`
    takes the value of the nearest node instead.
    """

    space: str
    low: tuple[float, ...]
    high: tuple[float, ...]
    values: "np.ndarray[Any, np.dtype[np.float32]]"
    nearest: bool = False

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, CurveTransform):
            return NotImplemented
        mine, theirs = (
            (curves.space, tuple(curves.low), tuple(curves.high), curves.nearest)
            for curves in (self, other)
        )
        return mine == theirs and np.array_equal(self.values, other.values)

    def __hash__(self) -> int:
        return hash((self.space, tuple(self.low), tuple(self.high), self.values.tobytes()))

    def write(self, frame: Frame, mask: Mask, strength: float, out: Frame) -> None:
        curves = (self.space, list(self.low), list(self.high), self.values, self.nearest)
        kernels_of(frame).curve_transfer(frame, mask.frame, strength, curves, out)


UNCHANGED = AffineTransform("rgb", (1, 0, 0, 0, 1, 0, 0, 0, 1), (0, 0, 0))


def check_strength(strength: float, *, where: str) -> None:
    """A share between nothing and everything; refuses NaN too."""
    if not isinstance(strength, Real) or not 0.0 <= strength <= 1.0:
        raise ValueError(f"{where} must be a number from 0 to 1, got {strength!r}")
