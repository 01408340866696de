"""Tables applied to images."""

from collections.abc import Sequence
from typing import Any, Literal, TypeVar, get_args

import numpy as np

from harmonia._arrays import Images, open_any_masks, open_images, open_out
from harmonia._kernels import kernels_of
from harmonia.transform import Lut, check_strength

T = TypeVar("T")
Interpolation = Literal["trilinear", "tetrahedral"]
OutOfRange = Literal["clamp", "extrapolate", "error"]
INTERPOLATIONS, OUT_OF_RANGE = get_args(Interpolation), get_args(OutOfRange)


def apply_lut3d(
    image: T,
    lut: Any,
    mask: Any = None,
    *,
    interpolation: Interpolation = "trilinear",
    out_of_range: OutOfRange = "clamp",
    strength: float = 1.0,
    out: Any = None,
) -> T:
    """Map the colours inside a mask through a 3D table, in one pass. The rest keeps its bytes.

    Parameters
    ----------
    image
        As for `harmonize`, or a torch batch. Floats may lie beyond 0..1; inside the mask they are
        finite.
    lut
        A `Lut`, or its nodes (R, G, B, 3). For a batch also one for each image: a sequence of
        `Lut`, or nodes (N, R, G, B, 3). A `Lut` is prepared once; bare nodes at every call.
    mask
        White is what changes; everything without it.
    interpolation
        "trilinear" between the eight nodes around a colour, or "tetrahedral" between four of them,
        as most grading tools do.
    out_of_range
        What a colour beyond the table's domain gets: the value on its border ("clamp"), the
        border cell continued ("extrapolate"), or a ValueError ("error").
    strength
        0 changes nothing, 1 all the way.
    out
        Where to write the result: like `image`, apart from it in memory. Reusing it saves the
        system the making of fresh pages, which cost as much as the copy.

    Integer results are held within their range; floats keep what the table says.

    >>> look = harmonia.fit(image, mask, "mkl").to_lut(33)
    >>> out = harmonia.lut.apply_lut3d(image, look, mask)
    >>> bool((out[mask == 0] == image[mask == 0]).all())
    True
    """
    where = "apply_lut3d"
    images = open_images(image, where=f"{where}: image", unit=False, values=False)
    tables = _open_tables(lut, len(images.frames), where)
    masks = open_any_masks(mask, images, where=f"{where}: mask")
    check_choice(interpolation, INTERPOLATIONS, where=f"{where}: interpolation")
    check_choice(out_of_range, OUT_OF_RANGE, where=f"{where}: out_of_range")
    check_strength(strength, where=f"{where}: strength")
    beyond: Literal["clamp", "extrapolate"] = "clamp"
    if out_of_range == "error":
        _check_range(images, tables, where)
    else:
        beyond = out_of_range
    written = images.like() if out is None else open_out(out, images, where=f"{where}: out")
    for table, frame, weights, to in zip(tables, images.frames, masks, written.frames, strict=True):
        try:
            table.write_by(interpolation, beyond, frame, weights, strength, to)
        except FloatingPointError as error:
            raise ValueError(
                f"{where}: image must be finite, got {error}; use numpy.nan_to_num(...)"
            ) from None
    result: T = images.restore(written)
    return result


def combine(luts: Sequence[Lut], weights: Sequence[float]) -> Lut:
    """The weighted sum of basis tables, as one: `sum_k weights[k] * luts[k]`.

    Interpolation is linear in the nodes, so one look-up in the sum is the sum of the look-ups.

    >>> look = harmonia.fit(image, mask, "mkl").to_lut(33)
    >>> half = harmonia.lut.combine([look, harmonia.lut.identity(33)], [0.5, 0.5])
    """
    if not luts or len(luts) != len(weights):
        raise ValueError(
            f"combine: weights must have a number for each of the {len(luts)} luts, "
            f"got {len(weights)}"
        )
    first = luts[0]
    for other in luts[1:]:
        if not first.same_input(other):
            raise ValueError(
                f"combine: luts must share size, domain and shaper, got {first.size} over "
                f"{first.domain} and {other.size} over {other.domain}; use harmonia.lut.resize"
            )
    nodes = np.zeros(first.nodes.shape, np.float64)
    for table, weight in zip(luts, weights, strict=True):
        nodes += float(weight) * table.nodes
    return Lut(nodes.astype(np.float32), first.domain, first.shaper, first.shaper_domain)


def _open_tables(lut: Any, count: int, where: str) -> list[Lut]:
    """A table for every image of a batch."""
    if isinstance(lut, Lut):
        return [lut] * count
    if isinstance(lut, np.ndarray):
        tables = [Lut(nodes) for nodes in lut] if lut.ndim == 5 else [Lut(lut)] * count
    elif isinstance(lut, Sequence) and all(isinstance(table, Lut) for table in lut):
        tables = list(lut)
    else:
        raise TypeError(
            f"{where}: lut must be a harmonia.lut.Lut, a sequence of them or an array of nodes, "
            f"got {type(lut).__name__}; tensors with gradients go through harmonia.nets.apply_lut3d"
        )
    if len(tables) != count:
        raise ValueError(
            f"{where}: lut must be one table or one for each of {count} images, got {len(tables)}"
        )
    return tables


def check_choice(value: object, names: tuple[str, ...], *, where: str) -> None:
    if value not in names:
        raise ValueError(f"{where} must be one of {', '.join(names)}, got {value!r}")


def _check_range(images: Images, tables: list[Lut], where: str) -> None:
    """Codes span 0..1; of floats the whole image counts, inside the mask or not."""
    for table, frame in zip(tables, images.frames, strict=True):
        least, most = 0.0, 1.0
        if "float" in str(frame.dtype):
            least, most, finite = kernels_of(frame).image_range(frame)
            if not finite:
                raise ValueError(
                    f"{where}: image must be finite, got NaN or infinity; use numpy.nan_to_num(...)"
                )
        low, high = table.domain if table.shaper is None else table.shaper_domain
        if least < max(low) or most > min(high):
            raise ValueError(
                f"{where}: image must be within the table's domain {low}..{high}, "
                f"got {least:.9g}..{most:.9g}; use out_of_range='clamp' or 'extrapolate'"
            )
