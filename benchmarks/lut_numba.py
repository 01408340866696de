"""The plain loop that a user would write with numba: what a table costs without any craft."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit


@njit(nogil=True, fastmath=True)  # type: ignore[untyped-decorator]
def trilinear(image: Any, nodes: Any, scale: Any, white: Any, rounding: Any, out: Any) -> None:
    height, width, _ = image.shape
    last = nodes.shape[0] - 1
    for y in range(height):
        for x in range(width):
            r, g, b = image[y, x, 0] * scale, image[y, x, 1] * scale, image[y, x, 2] * scale
            i, j, k = min(int(r), last - 1), min(int(g), last - 1), min(int(b), last - 1)
            r, g, b = r - np.float32(i), g - np.float32(j), b - np.float32(k)
            for c in range(3):
                near = nodes[i, j, k, c] + b * (nodes[i, j, k + 1, c] - nodes[i, j, k, c])
                far = nodes[i, j + 1, k, c] + b * (
                    nodes[i, j + 1, k + 1, c] - nodes[i, j + 1, k, c]
                )
                low = near + g * (far - near)
                near = nodes[i + 1, j, k, c] + b * (
                    nodes[i + 1, j, k + 1, c] - nodes[i + 1, j, k, c]
                )
                far = nodes[i + 1, j + 1, k, c] + b * (
                    nodes[i + 1, j + 1, k + 1, c] - nodes[i + 1, j + 1, k, c]
                )
                high = near + g * (far - near)
                out[y, x, c] = (low + r * (high - low)) * white + rounding


@njit(nogil=True, fastmath=True)  # type: ignore[untyped-decorator]
def tetrahedral(image: Any, nodes: Any, scale: Any, white: Any, rounding: Any, out: Any) -> None:
    height, width, _ = image.shape
    last = nodes.shape[0] - 1
    for y in range(height):
        for x in range(width):
            r, g, b = image[y, x, 0] * scale, image[y, x, 1] * scale, image[y, x, 2] * scale
            i, j, k = min(int(r), last - 1), min(int(g), last - 1), min(int(b), last - 1)
            r, g, b = r - np.float32(i), g - np.float32(j), b - np.float32(k)
            # The two corners between the cell's own node and its opposite.
            i1, j1, k1, i2, j2, k2 = i, j, k, i + 1, j + 1, k + 1
            if r >= g:
                if g >= b:
                    i1, k2, most, middle, least = i + 1, k, r, g, b
                elif r >= b:
                    i1, j2, most, middle, least = i + 1, j, r, b, g
                else:
                    k1, j2, most, middle, least = k + 1, j, b, r, g
            elif r >= b:
                j1, k2, most, middle, least = j + 1, k, g, r, b
            elif g >= b:
                j1, i2, most, middle, least = j + 1, i, g, b, r
            else:
                k1, i2, most, middle, least = k + 1, i, b, g, r
            for c in range(3):
                value = (
                    (np.float32(1) - most) * nodes[i, j, k, c]
                    + (most - middle) * nodes[i1, j1, k1, c]
                    + (middle - least) * nodes[i2, j2, k2, c]
                    + least * nodes[i + 1, j + 1, k + 1, c]
                )
                out[y, x, c] = value * white + rounding


@njit(nogil=True, fastmath=True)  # type: ignore[untyped-decorator]
def masked_trilinear(
    image: Any, mask: Any, nodes: Any, scale: Any, white: Any, rounding: Any, out: Any
) -> None:
    """Look-up and blend in one pass; what the mask leaves out is copied."""
    height, width, _ = image.shape
    last = nodes.shape[0] - 1
    for y in range(height):
        for x in range(width):
            if mask[y, x] == 0:
                for c in range(3):
                    out[y, x, c] = image[y, x, c]
                continue
            share = mask[y, x] * np.float32(1 / 255)
            r, g, b = image[y, x, 0] * scale, image[y, x, 1] * scale, image[y, x, 2] * scale
            i, j, k = min(int(r), last - 1), min(int(g), last - 1), min(int(b), last - 1)
            r, g, b = r - np.float32(i), g - np.float32(j), b - np.float32(k)
            for c in range(3):
                near = nodes[i, j, k, c] + b * (nodes[i, j, k + 1, c] - nodes[i, j, k, c])
                far = nodes[i, j + 1, k, c] + b * (
                    nodes[i, j + 1, k + 1, c] - nodes[i, j + 1, k, c]
                )
                low = near + g * (far - near)
                near = nodes[i + 1, j, k, c] + b * (
                    nodes[i + 1, j, k + 1, c] - nodes[i + 1, j, k, c]
                )
                far = nodes[i + 1, j + 1, k, c] + b * (
                    nodes[i + 1, j + 1, k + 1, c] - nodes[i + 1, j + 1, k, c]
                )
                high = near + g * (far - near)
                old = np.float32(image[y, x, c])
                new = (low + r * (high - low)) * white
                out[y, x, c] = old + share * (new - old) + rounding
