"""Tables made from pictures: what turned one image into another, for every colour."""

from numbers import Real
from typing import Any, NamedTuple

import numpy as np

from harmonia import _core
from harmonia._arrays import EVERYWHERE, Images, Mask, device_of, open_image, open_masks
from harmonia.transform import Lut, check_size

LEAST_SMOOTHNESS, MOST_SMOOTHNESS = 0.1, 1e7
_ROWS = 1 << 18  # pixels, about, that are compared at once


class FitError(NamedTuple):
    """How far a table is from what it was fitted to, in 8-bit levels: 0..255 is the full range."""

    mean: float
    worst: float


def fit_lut(
    before: Any,
    after: Any,
    mask: Any = None,
    *,
    size: int = 33,
    smoothness: float = 1.0,
    monotone: bool = False,
) -> Lut:
    """A smooth table that does to colours what turned `before` into `after`.

    Any method's result can so be taken to other frames and to grading tools, a network's included.

    Parameters
    ----------
    before, after
        One image each, of the same size. Kind and dtype may differ.
    mask
        Which pixels count, and how much; all of them without it. Where `after` was blended through
        a soft mask, its edges hold half a change: leave them out with `mask == 255`.
    size
        Nodes along every axis, 2 to 129.
    smoothness
        What a bend costs, 0.1 to 10000000. It does not depend on the numbers of pixels and nodes.
        1 reproduces smooth changes to a fraction of a level, and averages noise over colours that
        many pixels have. 1000 suits results that are no function of colour, such as those of
        `poisson`, of which a fit can give the tendency only.
    monotone
        Whether no channel may fall along its own axis: more red in is no less red out. The result
        is the best fit of those; it takes several times as long where the free one falls.

    A colour that became different ones gets their mean; `fit_error` tells how far that is from
    them. Affine changes are met everywhere, and other changes continue smoothly, first along their
    slope, then as a shift, to colours that no pixel has. Node values may lie beyond 0..1.

    >>> graded = harmonia.harmonize(image, mask, "reinhard")
    >>> look = harmonia.lut.fit_lut(image, graded, mask == 255)
    >>> look.size
    (33, 33, 33)
    >>> harmonia.lut.fit_error(look, image, graded, mask == 255).mean < 0.5
    True
    """
    where = "fit_lut"
    source, target, weights = _open_pair(before, after, mask, where)
    check_size(size, where=f"{where}: size")
    _check_smoothness(smoothness, where=f"{where}: smoothness")
    nodes = _core.fit_lut(
        source.frames[0],
        target.frames[0],
        weights.frame,
        int(size),
        float(smoothness),
        bool(monotone),
    )
    if nodes is None:  # floats below 1/65280 all over
        raise _empty(where)
    return Lut(nodes)


def fit_error(lut: Lut, before: Any, after: Any, mask: Any = None) -> FitError:
    """How far `lut.apply(before)` is from `after`: the mean over the mask, and the worst value.

    The mean is that of the absolute differences of all channels, weighted by the mask; the worst is
    the largest where the mask is not 0. Both are in 8-bit levels for every dtype.

    >>> harmonia.lut.fit_error(harmonia.lut.identity(), image, image)
    FitError(mean=0.0, worst=0.0)
    """
    where = "fit_error"
    if not isinstance(lut, Lut):
        raise TypeError(
            f"{where}: lut must be a harmonia.lut.Lut, got {type(lut).__name__}; "
            f"make one of nodes with harmonia.lut.Lut(nodes)"
        )
    source, target, weights = _open_pair(before, after, mask, where)
    written = source.like()
    lut.write(source.frames[0], EVERYWHERE, 1.0, written.frames[0])
    height, width = source.size
    step = max(1, _ROWS // width)
    total = sum_of_weights = worst = 0.0
    for top in range(0, height, step):
        rows = slice(top, top + step)
        difference = np.abs(_levels(written.frames[0][rows]) - _levels(target.frames[0][rows]))
        weight = np.ones(difference.shape[:2]) if weights.frame is None else weights.frame[rows]
        share = weight / 255 if weight.dtype == np.uint8 else weight.astype(np.float64)
        total += float((share[..., None] * difference).sum())
        sum_of_weights += float(share.sum())
        worst = max(worst, float(difference[share > 0].max(initial=0)))
    return FitError(total / (3 * sum_of_weights), worst)


def _open_pair(before: Any, after: Any, mask: Any, where: str) -> tuple[Images, Images, Mask]:
    for name, image in (("before", before), ("after", after)):
        if device_of(image) != "cpu":
            raise TypeError(
                f"{where}: {name} must be on the CPU, got a tensor on {device_of(image)}; "
                f"pass {name}.cpu()"
            )
    source = open_image(before, where=f"{where}: before")
    target = open_image(after, where=f"{where}: after")
    if target.size != source.size:
        raise ValueError(
            f"{where}: after must have the height and width of before {source.size}, "
            f"got {target.size}; fit before any resizing, or resize one to the other"
        )
    if mask is None:
        return source, target, EVERYWHERE
    (weights,) = open_masks(mask, source, where=f"{where}: mask")
    if weights.empty:
        raise _empty(where)
    return source, target, weights


def _check_smoothness(smoothness: float, *, where: str) -> None:
    if not isinstance(smoothness, Real) or not LEAST_SMOOTHNESS <= smoothness <= MOST_SMOOTHNESS:
        raise ValueError(
            f"{where} must be a number from {LEAST_SMOOTHNESS} to {MOST_SMOOTHNESS:.0f}, "
            f"got {smoothness!r}"
        )


def _empty(where: str) -> ValueError:
    return ValueError(
        f"{where}: mask is empty, so there is nothing to fit; white is what counts, "
        f"and None stands for the whole image"
    )


def _levels(frame: Any) -> Any:
    top = np.iinfo(frame.dtype).max if frame.dtype.kind == "u" else 1
    return frame[..., :3].astype(np.float64) * (255 / top)
