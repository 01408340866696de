"""Statistics of one image under a mask: moments, histograms and percentiles.

Every pixel counts with the weight that the mask gives it; without a mask (None) all count in full.
An image is a NumPy array (H, W, 3), a PIL image or a torch tensor (3, H, W), and its fourth channel
does not count; a mask is (H, W) of bool, uint8 0..255 or float 0..1. Results are NumPy float64, and
the same bits for any number of threads and any instruction set.
"""

import operator
from typing import Any, NamedTuple

import numpy as np

from harmonia import _core
from harmonia._arrays import EVERYWHERE, Images, Mask, device_of, open_image, open_masks
from harmonia._kernels import kernels_of

Floats = np.ndarray[Any, np.dtype[np.float64]]

MOST_BINS = 65536
_LOGARITHMIC = ("log_lms", "lalphabeta")


class Moments(NamedTuple):
    """Total weight, mean (3,) and covariance (3, 3) of the colours of a region."""

    weight: float
    mean: Floats
    covariance: Floats


def masked_moments(image: Any, mask: Any, *, space: str = "rgb") -> Moments:
    """Weight, mean and covariance of the colours under a mask.

    Parameters
    ----------
    image
        RGB of any dtype; in the space "rgb" it counts as 0..1.
    mask
        The weights, or None for the whole image.
    space
        A name from `harmonia.color.spaces()`. In "log_lms" and "lalphabeta" 8-bit black, which has
        no logarithm, is left out.

    The covariance is normalised by `weight - 1`, as for whole pixels, and zero where that is not
    positive.

    >>> from harmonia.stats import masked_moments
    >>> foreground = masked_moments(image, mask, space="lab")
    >>> foreground.mean.shape, foreground.covariance.shape
    ((3,), (3, 3))
    >>> bool(foreground.weight < masked_moments(image, None).weight)
    True
    """
    where = "masked_moments"
    images, opened = _open(image, mask, where)
    if space not in _core.spaces():
        choices = ", ".join(_core.spaces())
        raise ValueError(f"{where}: space must be one of {choices}, got {space!r}")
    frame = images.frames[0]
    inside, _ = kernels_of(frame).masked_moments(frame, opened.frame, space)
    weight, mean, _ = inside
    if weight <= 0.0:
        if space in _LOGARITHMIC:
            raise ValueError(
                f"{where}: image is black all over the mask, and {space} has no statistics "
                f"of black; use another space"
            )
        raise _empty(where)
    covariance = np.array(_core.covariance(inside)).reshape(3, 3)
    return Moments(weight, np.array(mean), covariance)


def masked_histogram(image: Any, mask: Any, *, bins: int | None = None) -> Floats:
    """The weight of each of `bins` equal ranges of values, for every channel: (3, bins).

    The bins divide the whole range of the dtype, 0..255, 0..65535 or 0..1; its upper end falls into
    the last bin. By default there is one bin a code for uint8 and uint16, and 256 for the floats.
    Exact for bool and uint8 masks.

    >>> from harmonia.stats import masked_histogram
    >>> counts = masked_histogram(image, None)
    >>> counts.shape
    (3, 256)
    >>> float(counts[0].sum()) == image.shape[0] * image.shape[1]
    True
    >>> bool(counts[2, 17] == (image[..., 2] == 17).sum())
    True
    """
    where = "masked_histogram"
    _check_on_cpu(image, where)
    images, opened = _open(image, mask, where)
    frame = images.frames[0]
    inside, _ = _core.masked_histogram(frame, opened.frame, _checked_bins(bins, where))
    histogram: Floats = inside
    return histogram


def masked_percentile(image: Any, mask: Any, q: Any) -> Floats:
    """Weighted percentiles of every channel, in the image's own units.

    The percentile is the smallest value whose cumulative weight is at least `q / 100` of the total,
    and for q = 0 the smallest value that has weight: always a value of the image, never one
    interpolated between two. For whole pixels that is
    `numpy.percentile(..., method="inverted_cdf")`.

    Parameters
    ----------
    image, mask
        As for `masked_moments`.
    q
        A number from 0 to 100, or an array of them.

    Returns
    -------
    float64 of shape `(3,)`, or `(*q.shape, 3)`.

    >>> from harmonia.stats import masked_percentile
    >>> black, white = masked_percentile(image, None, [0, 100])
    >>> bool((black == image.min(axis=(0, 1))).all() and (white == image.max(axis=(0, 1))).all())
    True
    """
    where = "masked_percentile"
    _check_on_cpu(image, where)
    images, opened = _open(image, mask, where)
    percents = _checked_percents(q, where)
    if percents.size == 0:
        return np.empty((*percents.shape, 3))
    values = _core.masked_percentile(images.frames[0], opened.frame, percents.ravel().tolist())
    if values is None:
        raise _empty(where)
    result: Floats = values.reshape(*percents.shape, 3)
    return result


def _open(image: Any, mask: Any, where: str) -> tuple[Images, Mask]:
    images = open_image(image, where=f"{where}: image")
    if mask is None:
        return images, EVERYWHERE
    (opened,) = open_masks(mask, images, where=f"{where}: mask")
    if opened.empty:
        raise _empty(where)
    return images, opened


def _empty(where: str) -> ValueError:
    return ValueError(
        f"{where}: mask is empty, so there is nothing to measure; white is what counts, "
        f"and None stands for the whole image"
    )


def _check_on_cpu(image: Any, where: str) -> None:
    if device_of(image) != "cpu":
        raise TypeError(
            f"{where}: image must be on the CPU, where this runs, got {device_of(image)}; "
            f"pass image.cpu() and mask.cpu()"
        )


def _checked_bins(bins: Any, where: str) -> int | None:
    if bins is None:
        return None
    try:
        count = operator.index(bins)
    except TypeError:
        count = 0
    if not 1 <= count <= MOST_BINS:
        raise ValueError(
            f"{where}: bins must be a whole number from 1 to {MOST_BINS} or None, got {bins!r}"
        )
    return count


def _checked_percents(q: Any, where: str) -> Floats:
    percents = np.asarray(q)
    if percents.dtype.kind not in "iuf" and percents.size > 0:
        raise TypeError(f"{where}: q must be a number or an array of numbers, got {q!r}")
    percents = percents.astype(np.float64)
    inside = (percents >= 0.0) & (percents <= 100.0)  # false for NaN
    if not inside.all():
        raise ValueError(f"{where}: q must be within 0..100, got {float(percents[~inside][0]):.9g}")
    return percents
