"""Looks that change over the picture: coarse grids of colour maps, sliced at every pixel.

Cell j of n covers the j-th of n equal parts of an axis, and its value counts at the centre of that
part: pixel x of a row of W lies at (x + 1/2) n / W - 1/2 among the cells. Between centres values
are interpolated linearly; from the outermost centres to the border they stay. Likewise a guide
value g lies at g D - 1/2 among D cells: so the networks that predict bilateral grids have it, and
all axes are one call of torch's `grid_sample` without aligned corners.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, TypeVar

import numpy as np

from harmonia import _core
from harmonia._arrays import (
    Frame,
    Images,
    Mask,
    open_any_masks,
    open_guides,
    open_images,
    open_out,
    open_values,
)
from harmonia._kernels import Prepared, kernels_of
from harmonia.lut.apply import (
    INTERPOLATIONS,
    OUT_OF_RANGE,
    Interpolation,
    OutOfRange,
    check_choice,
)
from harmonia.transform import Change, Floats, check_size, check_strength, read_only

T = TypeVar("T")
G = TypeVar("G", "AffineGrid", "LutGrid")

MOST_CELLS, MOST_GUIDE_CELLS = _core.most_grid_cells, _core.most_guide_cells
LARGEST = 1e6  # of a grid's values, so that what is between them is finite


@dataclass(frozen=True, eq=False)
class AffineGrid(Change):
    """Affine maps of colour on a lattice of guide value, rows and columns: a bilateral grid.

    `maps` is float32 (D, GH, GW, 3, 4): row c of a map holds what red, green and blue count for
    channel c, and an offset. `guide` is float32 (H, W) within 0..1, or None for the Rec. 709
    luminance of the code values. With D = 1 there is nothing to guide.

    >>> maps = np.zeros((1, 1, 2, 3, 4), np.float32)
    >>> maps[..., :3] = np.eye(3)
    >>> maps[0, 0, 0, 0, 3] = 0.1  # more red on the left
    >>> grid = harmonia.lut.AffineGrid(maps)
    """

    maps: Floats
    guide: Frame | None = None
    instead: ClassVar[str] = (
        "use harmonize(...) on each frame, or harmonia.lut.apply_affine_grid(...) with the grid"
    )

    def __post_init__(self) -> None:
        maps = _open_grid(self.maps, where="AffineGrid: maps")
        if maps.ndim != 5 or maps.shape[3:] != (3, 4):
            raise ValueError(
                f"AffineGrid: maps must have shape (D, GH, GW, 3, 4), got {maps.shape}"
            )
        depth, *cells = maps.shape[:3]
        _check_cells(depth, MOST_GUIDE_CELLS, where="AffineGrid: the guide axis of maps")
        for count in cells:
            _check_cells(count, MOST_CELLS, where="AffineGrid: every picture axis of maps")
        object.__setattr__(self, "maps", maps)

    def __reduce__(self) -> tuple[Any, ...]:
        return AffineGrid, (self.maps, self.guide)

    def write(self, frame: Frame, mask: Mask, strength: float, out: Frame) -> None:
        self.write_along(self.guide, frame, mask, strength, out)

    def write_along(
        self, guide: Frame | None, frame: Frame, mask: Mask, strength: float, out: Frame
    ) -> None:
        """As `write`, with another guide."""
        kernels_of(frame).apply_affine_grid(frame, mask.frame, strength, self.maps, guide, out)


@dataclass(frozen=True, eq=False)
class LutGrid(Change):
    """3D tables on a lattice of rows and columns.

    `nodes` is float32 (GH, GW, R, G, B, 3): every table is one as in `Lut`, over 0..1. The array is
    copied, and the tables are prepared for the kernels once, at their first use.

    >>> cool, warm = (harmonia.lut.identity(9).nodes * np.float32(c) for c in ([0.9, 1, 1], 1))
    >>> grid = harmonia.lut.LutGrid(np.stack([cool, warm])[None])
    """

    nodes: Floats
    instead: ClassVar[str] = (
        "use harmonize(...) on each frame, or harmonia.lut.apply_lut_grid(...) with the grid"
    )

    def __post_init__(self) -> None:
        nodes = _open_grid(self.nodes, where="LutGrid: nodes")
        if nodes.ndim != 6 or nodes.shape[5] != 3:
            raise ValueError(
                f"LutGrid: nodes must have shape (GH, GW, R, G, B, 3), got {nodes.shape}"
            )
        for count in nodes.shape[:2]:
            _check_cells(count, MOST_CELLS, where="LutGrid: every picture axis of nodes")
        for size in nodes.shape[2:5]:
            check_size(size, where="LutGrid: every colour axis of nodes")
        object.__setattr__(self, "nodes", nodes)

    def __reduce__(self) -> tuple[Any, ...]:
        return LutGrid, (self.nodes,)

    def write(self, frame: Frame, mask: Mask, strength: float, out: Frame) -> None:
        self.write_by("trilinear", "clamp", frame, mask, strength, out)

    def write_by(
        self,
        interpolation: Interpolation,
        out_of_range: OutOfRange,
        frame: Frame,
        mask: Mask,
        strength: float,
        out: Frame,
    ) -> None:
        """As `write`, with a say in what lies between and beyond the nodes."""
        kernels_of(frame).apply_lut_grid(
            frame, mask.frame, strength, self._tables.on(frame), interpolation, out_of_range, out
        )

    @cached_property
    def _tables(self) -> Prepared:
        return Prepared("LutGrid", self.nodes)


def apply_affine_grid(
    image: T,
    grid: Any,
    mask: Any = None,
    *,
    guide: Any = None,
    strength: float = 1.0,
    out: Any = None,
) -> T:
    """Map the colours inside a mask through a bilateral grid. The rest keeps its bytes.

    Parameters
    ----------
    image
        As for `harmonize`, or a torch batch. Floats may lie beyond 0..1.
    grid
        An `AffineGrid`, or its maps (D, GH, GW, 3, 4) as an array or a CPU tensor: affine maps of
        colour on a lattice of guide value, rows and columns, interpolated at every pixel. A cell's
        map counts at the centre of its part of an axis; beyond the outermost centres it stays. For
        a batch also one for each image: a sequence of `AffineGrid`, or maps (N, D, GH, GW, 3, 4).
    mask
        White is what changes; everything without it.
    guide
        A value 0..1 a pixel, float32 (H, W), which says how deep in the grid a pixel lies; pixels
        on both sides of an edge then get different maps. Without it that of the `AffineGrid`, or
        the luminance of the image. For a batch also (N, H, W).
    strength
        0 changes nothing, 1 all the way.
    out
        Where to write the result: like `image`, apart from it in memory.

    Integer results are held within their range; floats keep what the maps say.

    >>> maps = np.zeros((8, 1, 1, 3, 4), np.float32)
    >>> maps[..., :3] = np.eye(3)
    >>> maps[:3, ..., 3] = 0.05  # lift the shadows
    >>> out = harmonia.lut.apply_affine_grid(image, maps, mask)
    >>> bool((out[mask == 0] == image[mask == 0]).all())
    True
    """
    where = "apply_affine_grid"
    images = open_images(image, where=f"{where}: image", unit=False)
    grids = _open_grids(grid, AffineGrid, 5, len(images.frames), where)
    masks = open_any_masks(mask, images, where=f"{where}: mask")
    guides: Sequence[Frame | None] = (
        [grid.guide for grid in grids]
        if guide is None
        else open_guides(guide, images, where=f"{where}: guide")
    )
    check_strength(strength, where=f"{where}: strength")
    written = images.like() if out is None else open_out(out, images, where=f"{where}: out")
    for maps, along, frame, weights, to in zip(
        grids, guides, images.frames, masks, written.frames, strict=True
    ):
        maps.write_along(along, frame, weights, strength, to)
    result: T = images.restore(written)
    return result


def apply_lut_grid(
    image: T,
    grid: Any,
    mask: Any = None,
    *,
    interpolation: Interpolation = "trilinear",
    out_of_range: OutOfRange = "clamp",
    strength: float = 1.0,
    out: Any = None,
) -> T:
    """Map the colours inside a mask through a grid of 3D tables. The rest keeps its bytes.

    Parameters
    ----------
    image
        As for `harmonize`, or a torch batch. Floats may lie beyond 0..1.
    grid
        A `LutGrid`, or its nodes (GH, GW, R, G, B, 3) as an array or a CPU tensor: tables over 0..1
        on a lattice of rows and columns, interpolated at every pixel. A cell's table counts at the
        centre of its part of the picture; beyond the outermost centres it stays. For a batch also
        one for each image: a sequence of `LutGrid`, or nodes (N, GH, GW, R, G, B, 3).
    mask
        White is what changes; everything without it.
    interpolation, out_of_range
        Within a table, as for `apply_lut3d`.
    strength
        0 changes nothing, 1 all the way.
    out
        Where to write the result: like `image`, apart from it in memory.

    Integer results are held within their range; floats keep what the tables say.

    >>> cool = harmonia.lut.identity(9).nodes * np.float32([0.9, 1, 1])
    >>> warm = harmonia.lut.identity(9).nodes * np.float32([1, 1, 0.9])
    >>> out = harmonia.lut.apply_lut_grid(image, np.stack([cool, warm])[None], mask)
    >>> bool((out[mask == 0] == image[mask == 0]).all())
    True
    """
    where = "apply_lut_grid"
    images = open_images(image, where=f"{where}: image", unit=False)
    grids = _open_grids(grid, LutGrid, 6, len(images.frames), where)
    masks = open_any_masks(mask, images, where=f"{where}: mask")
    check_choice(interpolation, INTERPOLATIONS, where=f"{where}: interpolation")
    check_choice(out_of_range, OUT_OF_RANGE, where=f"{where}: out_of_range")
    check_strength(strength, where=f"{where}: strength")
    if out_of_range == "error":
        _check_range(images, where)
        out_of_range = "clamp"
    written = images.like() if out is None else open_out(out, images, where=f"{where}: out")
    for tables, frame, weights, to in zip(grids, images.frames, masks, written.frames, strict=True):
        tables.write_by(interpolation, out_of_range, frame, weights, strength, to)
    result: T = images.restore(written)
    return result


def _open_grids(grid: Any, kind: type[G], axes: int, count: int, where: str) -> list[G]:
    """A grid for every image of a batch."""
    if isinstance(grid, kind):
        return [grid] * count
    if isinstance(grid, Sequence) and all(isinstance(one, kind) for one in grid):
        grids = list(grid)
    else:
        values = open_values(
            grid, where=f"{where}: grid", besides=f"a harmonia.lut.{kind.__name__}"
        )
        if values.ndim != axes + 1:
            return [kind(values)] * count
        grids = [kind(one) for one in values]
    if len(grids) != count:
        raise ValueError(
            f"{where}: grid must be one grid or one for each of {count} images, got {len(grids)}"
        )
    return grids


def _open_grid(values: Any, *, where: str) -> Floats:
    array = read_only(open_values(values, where=where), where=where)
    if array.size and np.abs(array).max() > LARGEST:
        raise ValueError(
            f"{where} must be within -{LARGEST:g}..{LARGEST:g}, "
            f"got {array.min():.9g}..{array.max():.9g}"
        )
    return array


def _check_cells(count: int, most: int, *, where: str) -> None:
    if not 1 <= count <= most:
        raise ValueError(f"{where} must have from 1 to {most} cells, got {count}")


def _check_range(images: Images, where: str) -> None:
    """Codes span 0..1; of floats the whole image counts, inside the mask or not."""
    for frame in images.frames:
        if "float" not in str(frame.dtype):
            continue
        least, most, _ = kernels_of(frame).image_range(frame)
        if least < 0.0 or most > 1.0:
            raise ValueError(
                f"{where}: image must be within the tables' domain 0..1, "
                f"got {least:.9g}..{most:.9g}; use out_of_range='clamp' or 'extrapolate'"
            )
