"""Pictures as a screen shows them: 8 bits, no alpha, at the size of a panel."""

from typing import Any

import numpy as np

from harmonia._resize import antialiased_resize

Array = np.ndarray[Any, Any]
Bytes = np.ndarray[Any, np.dtype[np.uint8]]

WHITE = 255


def to_bytes(pixels: Array) -> Bytes:
    """(H, W, 3) of uint8, the values taken for sRGB; what is transparent lets white through."""
    codes = to_codes(pixels)
    if codes.shape[2] == 3:
        return codes
    colours, alpha = codes[..., :3], codes[..., 3:].astype(np.uint32)
    if (alpha == 255).all():
        return np.ascontiguousarray(colours)
    mixed = colours * alpha + WHITE * (255 - alpha)
    return _rounded(mixed / 255)


def scaled(pixels: Bytes, size: tuple[int, int]) -> Bytes:
    """At (height, width): as they are where that is their size, else bicubic and antialiased."""
    if pixels.shape[:2] == size:
        return pixels
    return _rounded(255 * antialiased_resize(pixels, size).clip(0, 1))


def painted(pixels: Bytes, share: Array, colour: tuple[int, int, int]) -> Bytes:
    """A colour over the share of every pixel."""
    weight = share[..., None]
    mixed = pixels * (1 - weight) + np.array(colour, np.float32) * weight
    return _rounded(mixed)


def to_codes(pixels: Array) -> Bytes:
    """uint8, with alpha where there is one."""
    if pixels.dtype == np.uint8:
        return np.ascontiguousarray(pixels)
    if pixels.dtype == np.uint16:  # 65535 = 255 * 257
        return _rounded(pixels / np.float32(257))
    return _rounded(255 * pixels.astype(np.float32).clip(0, 1))


def _rounded(values: Array) -> Bytes:
    whole: Bytes = np.rint(values).astype(np.uint8)
    return whole
