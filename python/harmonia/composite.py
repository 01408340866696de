"""The compositing rule of the library: `m * new + (1 - m) * old`, and old bits where m is 0."""

from typing import Any, TypeVar

from harmonia._arrays import Images, open_images, open_masks
from harmonia._kernels import kernels_of
from harmonia.transform import check_strength

T = TypeVar("T")


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


def _signature(images: Images) -> str:
    frame = images.frames[0]
    batch = f"{len(images.frames)} images of " if images.batched else ""
    dtype = str(frame.dtype).removeprefix("torch.")
    return f"{batch}{tuple(frame.shape)} {dtype} on {images.device}"
