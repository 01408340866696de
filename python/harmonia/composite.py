"""The compositing rule of the library: `m * new + (1 - m) * old`, and old bits where m is 0."""

from typing import Any, TypeVar

import numpy as np

from harmonia import _resize
from harmonia._arrays import Images, dtype_name, open_images, open_masks
from harmonia._kernels import kernels_of
from harmonia.transform import check_strength

T = TypeVar("T")
Array = np.ndarray[Any, Any]

_MOST_PIXELS = 1 << 28  # of a scaled foreground: four gigabytes while it is made


def composite(new: Any, old: T, mask: Any, *, strength: float = 1.0) -> T:
    """Blend `new` over `old` through a mask. Where the mask is 0 every bit is old's.

    Both images have one kind, shape and dtype. A fourth channel is old's.

    >>> from harmonia.composite import composite
    >>> result = composite(255 - image, image, mask)
    >>> bool((result[mask == 0] == image[mask == 0]).all())
    True
    """
    fresh = open_images(new, where="composite: new")
    under = open_images(old, where="composite: old")
    if _signature(fresh) != _signature(under):
        raise ValueError(
            f"composite: new must be like old, {_signature(under)}, got {_signature(fresh)}"
        )
    masks = open_masks(mask, under, where="composite: mask")
    check_strength(strength, where="composite: strength")
    out = under.like()
    for above, below, weights, to in zip(
        fresh.frames, under.frames, masks, out.frames, strict=True
    ):
        kernels_of(below).composite(above, below, weights.frame, strength, to)
    result: T = under.restore(out)
    return result


def paste(
    foreground: Array,
    background: Array,
    *,
    at: tuple[int, int] | None = None,
    scale: float = 1.0,
) -> tuple[Array, Array]:
    """Put a cut-out over a background: the composite, and the mask that `harmonize` needs.

    Parameters
    ----------
    foreground
        (h, w, 4), NumPy: uint8, uint16 or float32. The alpha is straight, not multiplied in.
    background
        (H, W, 3) or (H, W, 4) of the same dtype. Where the foreground's alpha is 0 it keeps its
        bits.
    at
        (left, top) of the foreground in the background, by default in the middle. What lies
        outside is cropped; a foreground that lies outside as a whole is an error.
    scale
        Resizes the foreground before, antialiased; colours weigh as much as their alpha.

    Returns
    -------
    The composite, as the background, and its mask (H, W): how much of the foreground is in the
    colour of each pixel, uint8 where all is uint8 and the background has no alpha, or else float32.

    >>> from harmonia.composite import paste
    >>> cutout = np.dstack([image, mask])
    >>> pasted, where = paste(cutout, image[:, ::-1].copy(), at=(40, 10), scale=0.5)
    >>> out = harmonia.harmonize(pasted, where)
    """
    _check_picture(foreground, (4,), where="paste: foreground")
    _check_picture(background, (3, 4), where="paste: background")
    if foreground.dtype != background.dtype:
        raise TypeError(
            f"paste: foreground must be {background.dtype} like the background, got "
            f"{foreground.dtype}; convert one of them"
        )
    above = _scaled(foreground, scale)
    left, top = _place(at, above, background)
    height, width = background.shape[:2]
    rows = slice(max(top, 0), min(top + above.shape[0], height))
    columns = slice(max(left, 0), min(left + above.shape[1], width))
    if rows.start >= rows.stop or columns.start >= columns.stop:
        raise ValueError(
            f"paste: at must let the foreground, {above.shape[1]} x {above.shape[0]}, lie at least "
            f"partly within the background, {width} x {height}, got {(left, top)}"
        )
    above = above[rows.start - top : rows.stop - top, columns.start - left : columns.stop - left]

    out = background.copy()
    under = out[rows, columns]
    weights, alpha = _weights(above[..., 3], under)
    under[..., :3] = composite(above[..., :3], under[..., :3], weights)
    if alpha is not None:
        under[..., 3] = alpha
    mask = np.zeros((height, width), weights.dtype)
    mask[rows, columns] = weights
    return out, mask


def _check_picture(image: Any, channels: tuple[int, ...], *, where: str) -> None:
    shapes = " or ".join(f"(H, W, {count})" for count in channels)
    if not isinstance(image, np.ndarray):
        raise TypeError(
            f"{where} must be a NumPy array of shape {shapes}, got {type(image).__name__}; "
            "convert with numpy.asarray(...)"
        )
    if image.ndim != 3 or image.shape[2] not in channels or image.size == 0:
        needs = "; its alpha says what is pasted" if channels == (4,) else ""
        raise ValueError(f"{where} must have shape {shapes}, got {image.shape}{needs}")
    if image.dtype not in (np.uint8, np.uint16, np.float32):
        raise TypeError(
            f"{where} must be uint8, uint16 or float32, got {image.dtype}; "
            f"convert with {where.rpartition(' ')[2]}.astype('float32')"
        )
    if image.dtype == np.float32 and not (image.min() >= 0 and image.max() <= 1):  # nor NaN
        raise ValueError(
            f"{where} of floats must be within 0..1, got {image.min():.4g}..{image.max():.4g}; "
            "clip it to 0..1"
        )


def _scaled(foreground: Array, scale: Any) -> Array:
    number = isinstance(scale, (int, float, np.integer, np.floating))
    if not number or isinstance(scale, bool) or not 0 < scale < float("inf"):
        raise ValueError(f"paste: scale must be a number above 0, got {scale!r}")
    if scale == 1:
        return foreground
    height, width = (max(1, round(side * float(scale))) for side in foreground.shape[:2])
    if height * width > _MOST_PIXELS:
        raise ValueError(
            f"paste: scale must leave the foreground at most {_MOST_PIXELS} pixels, "
            f"got {width} x {height} by {scale:g}"
        )
    top = np.iinfo(foreground.dtype).max if foreground.dtype.kind == "u" else 1
    premultiplied = foreground.astype(np.float32) / np.float32(top)
    premultiplied[..., :3] *= premultiplied[..., 3:]
    small = _resize.antialiased_resize(premultiplied, (height, width))
    light, alpha = small[..., :3], small[..., 3:]
    np.divide(light, alpha, out=light, where=alpha > 0)
    # Clipped after the division: bicubic weights overshoot at edges, in light and alpha alike.
    np.clip(small, 0, 1, out=small)
    if foreground.dtype.kind == "u":
        small *= np.float32(top)
        np.rint(small, out=small)
    return small.astype(foreground.dtype)


def _place(at: Any, above: Array, background: Array) -> tuple[int, int]:
    if at is None:
        height, width = above.shape[:2]
        return (background.shape[1] - width) // 2, (background.shape[0] - height) // 2
    point = tuple(at) if isinstance(at, (tuple, list)) else ()
    if len(point) != 2 or not all(
        isinstance(value, (int, np.integer)) and not isinstance(value, bool) for value in point
    ):
        raise ValueError(f"paste: at must be (left, top) in whole pixels, got {at!r}")
    return int(point[0]), int(point[1])


def _weights(alpha: Array, under: Array) -> tuple[Array, Array | None]:
    """The foreground's share in each colour, and the alpha of the result where there is one."""
    top = np.iinfo(alpha.dtype).max if alpha.dtype.kind == "u" else 1
    share = alpha if alpha.dtype == np.uint8 else (alpha / np.float32(top)).astype(np.float32)
    if under.shape[2] == 3:
        return share, None
    over, beneath = alpha.astype(np.float64) / top, under[..., 3].astype(np.float64) / top
    total = over + beneath * (1 - over)
    share = np.divide(over, total, out=np.zeros_like(total), where=total > 0)
    united = total * top if alpha.dtype.kind == "f" else np.rint(total * top)
    return share.astype(np.float32), np.where(alpha == 0, under[..., 3], united).astype(alpha.dtype)


def _signature(images: Images) -> str:
    frame = images.frames[0]
    batch = f"{len(images.frames)} images of " if images.batched else ""
    return f"{batch}{tuple(frame.shape)} {dtype_name(frame)} on {images.device}"
