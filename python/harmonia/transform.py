"""What methods give: changes of a picture, and colour transforms that any frame can take."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cached_property
from numbers import Real
from os import PathLike
from typing import Any, ClassVar, Literal, TypeVar

import numpy as np

from harmonia import _core, _lut_files
from harmonia._arrays import Frame, Mask, open_any_masks, open_images
from harmonia._kernels import Prepared, kernels_of
from harmonia._lut_files.contents import UNIT as UNIT
from harmonia._lut_files.contents import Contents, lattice
from harmonia._lut_files.contents import Corners as Corners
from harmonia._lut_files.contents import Floats as Floats

T = TypeVar("T")

FEWEST_NODES, MOST_NODES = _core.fewest_lut_nodes, _core.most_lut_nodes


class Change(ABC):
    """What a method makes of a picture. It may depend on the place of a pixel."""

    # What helps who asks `fit` for a transform and gets a change that is none.
    instead: ClassVar[str] = (
        "use harmonize(...) on each frame, or harmonia.lut.fit_lut(image, result, mask) for "
        "a table that does much the same"
    )

    @abstractmethod
    def write(self, frame: Frame, mask: Mask, strength: float, out: Frame) -> None:
        """Fill `out` with the changed frame, blended through the mask."""


class NoTransformError(TypeError):
    """What `fit` raises where a change depends on the place of each pixel."""


class Transform(Change):
    """A change of colour alone, which no longer looks at the image it was fitted to."""

    def apply(self, image: T, mask: Any = None, *, strength: float = 1.0) -> T:
        """Change an image inside a mask, or all of it. Type, shape, dtype and device stay.

        >>> look = harmonia.fit(image, mask, "mkl")
        >>> bool((look.apply(image, mask) == harmonia.harmonize(image, mask, "mkl")).all())
        True
        """
        images = open_images(image, where="apply: image")
        masks = open_any_masks(mask, images, where="apply: mask")
        check_strength(strength, where="apply: strength")
        out = images.like()
        for frame, weights, to in zip(images.frames, masks, out.frames, strict=True):
            self.write(frame, weights, strength, to)
        result: T = images.restore(out)
        return result

    def to_lut(self, size: int = 33) -> "Lut":
        """The transform as a table over the RGB cube, `size` nodes along every axis.

        >>> look = harmonia.fit(image, mask, "mkl").to_lut(17)
        >>> look.nodes.shape
        (17, 17, 17, 3)
        """
        check_size(size, where="to_lut: size")
        nodes = lattice((size,) * 3, UNIT)
        return Lut(self.apply(nodes.reshape(size, size * size, 3)).reshape(nodes.shape))

    def save(
        self, path: str | PathLike[str], size: int | None = None, *, overwrite: bool = True
    ) -> None:
        """Write the transform as a table: .cube, .3dl, or .png for a Hald image.

        `size` is the number of nodes along every axis, 33 if left out, or 64 of a Hald image, where
        it is a square. The file appears whole or not at all; without `overwrite` one that is there
        is a `FileExistsError`. `harmonia.lut.read_lut` reads it.

        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     harmonia.fit(image, mask, "mkl").save(f"{folder}/look.cube")
        """
        chosen = _lut_files.format_of(path, where="save: path").size if size is None else size
        check_size(chosen, where="save: size")
        _lut_files.write(self.to_lut(chosen).contents, path, overwrite=overwrite, where="save")


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


@dataclass(frozen=True, eq=False)
class Lut(Transform):
    """A table of colours over a box, the currency of colour grading.

    `nodes[r, g, b]` is what becomes of the colour r, g, b steps from the low corner of `domain`,
    float32 (R, G, B, 3) with 2 to 129 nodes an axis. A `shaper`, float32 (n, 3), is a curve a
    channel that colours go through before, over a domain of its own. The arrays are copied and
    made read-only, so that the table is prepared for the kernels once, at its first use.

    >>> warmer = harmonia.lut.identity(2).nodes * np.float32([1, 0.9, 0.8])
    >>> harmonia.lut.Lut(warmer).apply(image).shape == image.shape
    True
    """

    nodes: Floats
    domain: Corners = UNIT
    shaper: Floats | None = None
    shaper_domain: Corners = UNIT
    title: str = ""

    def __post_init__(self) -> None:
        nodes = read_only(self.nodes, where="Lut: nodes")
        if nodes.ndim != 4 or nodes.shape[3] != 3:
            raise ValueError(f"Lut: nodes must have shape (R, G, B, 3), got {nodes.shape}")
        for size in nodes.shape[:3]:
            check_size(size, where="Lut: every axis of nodes")
        shaper = None if self.shaper is None else read_only(self.shaper, where="Lut: shaper")
        if shaper is not None and (shaper.ndim != 2 or shaper.shape[1] != 3 or len(shaper) < 2):
            raise ValueError(
                f"Lut: shaper must have shape (n, 3) with n at least 2, got {shaper.shape}"
            )
        checked = {
            "nodes": nodes,
            "shaper": shaper,
            "domain": _corners(self.domain, where="Lut: domain"),
            "shaper_domain": _corners(self.shaper_domain, where="Lut: shaper_domain"),
        }
        for name, value in checked.items():
            object.__setattr__(self, name, value)

    def same_input(self, other: "Lut") -> bool:
        """Whether both take colours to the same places between their nodes."""
        return (self.size, self.domain, self.shaper_domain) == (
            other.size,
            other.domain,
            other.shaper_domain,
        ) and _same(self.shaper, other.shaper)

    @property
    def size(self) -> tuple[int, int, int]:
        """Nodes along red, green and blue."""
        red, green, blue = self.nodes.shape[:3]
        return red, green, blue

    @property
    def contents(self) -> Contents:
        """What files hold of it."""
        return Contents(self.nodes, self.domain, self.shaper, self.shaper_domain, self.title)

    def save(
        self, path: str | PathLike[str], size: int | None = None, *, overwrite: bool = True
    ) -> None:
        """Write the table as it is: .cube, .3dl, or .png for a Hald image."""
        if size is not None and self.size != (size,) * 3:
            raise ValueError(
                f"save: size is that of the table, {self.size}, got {size!r}; leave it out or use "
                "harmonia.lut.resize(lut, size)"
            )
        _lut_files.write(self.contents, path, overwrite=overwrite, where="save")

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Lut):
            return NotImplemented
        return (
            self.title == other.title
            and self.same_input(other)
            and np.array_equal(self.nodes, other.nodes)
        )

    def __hash__(self) -> int:
        return hash((self.domain, self.shaper_domain, self.title, self.nodes.tobytes()))

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.nodes, self.domain, self.shaper, self.shaper_domain, self.title)

    def write(self, frame: Frame, mask: Mask, strength: float, out: Frame) -> None:
        self.write_by("trilinear", "clamp", frame, mask, strength, out)

    def write_by(
        self,
        interpolation: Literal["trilinear", "tetrahedral"],
        out_of_range: Literal["clamp", "extrapolate"],
        frame: Frame,
        mask: Mask,
        strength: float,
        out: Frame,
    ) -> None:
        """As `write`, with a say in what lies between and beyond the nodes."""
        kernels_of(frame).apply_lut3d(
            frame, mask.frame, strength, self._table.on(frame), interpolation, out_of_range, out
        )

    @cached_property
    def _table(self) -> Prepared:
        return Prepared("Lut3d", self.nodes, self.domain, self.shaper, self.shaper_domain)


UNCHANGED = AffineTransform("rgb", (1, 0, 0, 0, 1, 0, 0, 0, 1), (0, 0, 0))


def as_transform(change: Change | None, whose: str) -> Transform:
    """The change, where it is one of colours alone."""
    if not isinstance(change, Transform):
        raise NoTransformError(
            f"fit: what {whose} does depends on the place of each pixel, so that there is no "
            f"transform for other frames; {(change or Change).instead}"
        )
    return change


def check_strength(strength: float, *, where: str) -> None:
    """A share between nothing and everything; refuses NaN too."""
    if not isinstance(strength, Real) or not 0.0 <= strength <= 1.0:
        raise ValueError(f"{where} must be a number from 0 to 1, got {strength!r}")


def check_size(size: object, *, where: str) -> None:
    """A number of nodes along an axis."""
    whole = isinstance(size, int | np.integer) and not isinstance(size, bool)
    if not whole or not FEWEST_NODES <= size <= MOST_NODES:  # type: ignore[operator]
        raise ValueError(
            f"{where} must be a whole number from {FEWEST_NODES} to {MOST_NODES}, got {size!r}"
        )


def read_only(values: Any, *, where: str) -> Floats:
    """A copy as float32 that nobody can change, of finite numbers."""
    array = np.array(values)
    if array.dtype.kind not in "fiu":
        raise TypeError(f"{where} must be numbers, got {array.dtype}; pass a float32 array")
    with np.errstate(over="ignore"):  # beyond float32 is infinite, which is refused below
        array = np.ascontiguousarray(array, dtype=np.float32)
    if not np.isfinite(array).all():
        raise ValueError(f"{where} must be finite, got NaN or infinity; use numpy.nan_to_num(...)")
    array.flags.writeable = False
    return array


def _same(one: Floats | None, other: Floats | None) -> bool:
    if one is None or other is None:
        return one is other
    return np.array_equal(one, other)


def _corners(domain: Any, *, where: str) -> Corners:
    low, high = (tuple(float(value) for value in corner) for corner in domain)
    if len(low) != 3 or len(high) != 3:
        raise ValueError(
            f"{where} must be a low and a high corner of three values each, got {domain!r}"
        )
    # Kernels read float32, which may not tell two corners apart that differ here.
    wide = all(
        a >= -1e6 and b <= 1e6 and float(np.float32(b)) - float(np.float32(a)) >= 1e-6
        for a, b in zip(low, high, strict=True)
    )
    if not wide:
        raise ValueError(
            f"{where} must have its low corner below its high one in every channel, got {domain!r}"
        )
    return low, high
