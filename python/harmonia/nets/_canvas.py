"""A picture and its mask as networks want them: floats 0..1, whole, small, or some rows at a time.

A picture of 8K is 400 MB as floats, so nothing here makes it as a whole unless it is asked to.
"""

from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from harmonia import _resize

_LARGEST = {torch.uint8: 255.0, torch.uint16: 65535.0}

# How the authors' codes bring 8-bit pictures and masks to the side that a network was trained at.
Shrinking = Literal["cv2 linear", "pil bicubic", "pil bilinear", "pil nearest"]
Interpolation = Literal["bilinear", "bicubic"]


class Tile(NamedTuple):
    """A part of a picture."""

    top: int
    bottom: int
    left: int
    right: int


class Canvas:
    """Pictures (H, W, 3) of any image dtype and masks (H, W), all of one size and on one device."""

    def __init__(self, images: Sequence[Tensor], masks: Sequence[Tensor]) -> None:
        self._images = list(images)
        self._masks = list(masks)

    @classmethod
    def of(cls, image: Tensor, mask: Tensor) -> "Canvas":
        """From a batch (N, 3, H, W) and its masks (N, 1, H, W)."""
        return cls(list(image.movedim(1, -1)), list(mask[:, 0]))

    @property
    def count(self) -> int:
        return len(self._images)

    @property
    def size(self) -> tuple[int, int]:
        height, width = self._masks[0].shape  # not as int(): an export keeps them open
        return height, width

    @property
    def device(self) -> torch.device:
        return self._images[0].device

    def rows(self, top: int = 0, bottom: int | None = None) -> tuple[Tensor, Tensor]:
        """Pictures (N, 3, h, W) and masks (N, 1, h, W) between two rows, or all of them."""
        return self._floats(slice(top, bottom), slice(None))

    def tile(self, tile: Tile) -> tuple[Tensor, Tensor]:
        """As `rows`, of a tile."""
        return self._floats(slice(tile.top, tile.bottom), slice(tile.left, tile.right))

    def _floats(self, rows: slice, columns: slice) -> tuple[Tensor, Tensor]:
        images = [unit(image[rows, columns]).movedim(-1, 0) for image in self._images]
        masks = [unit(mask[rows, columns])[None] for mask in self._masks]
        return torch.stack(images), torch.stack(masks)

    def reached(self, top: int, bottom: int) -> Tensor:
        """The columns that any mask reaches between two rows, bool (W,)."""
        found = [(mask[top:bottom] != 0).any(0) for mask in self._masks]
        return torch.stack(found).any(0)

    def mirrored(self) -> "Canvas":
        """Left and right exchanged."""
        return Canvas([one.flip(1) for one in self._images], [one.flip(1) for one in self._masks])

    def thumbnail(self, height: int, width: int) -> tuple[Tensor, Tensor]:
        """As `interpolate(..., mode="bilinear", align_corners=False)` of the whole; not averaged.

        Only the pixels that it reads become floats.
        """
        if self._images[0].is_floating_point():
            image, mask = self.rows()
            size = (height, width)
            return _bilinear(image, size), _bilinear(mask, size)
        images = [_picked(image, height, width).movedim(-1, 0) for image in self._images]
        masks = [_picked(mask[..., None], height, width).movedim(-1, 0) for mask in self._masks]
        return torch.stack(images), torch.stack(masks)

    def shrunk(self, side: int, image: Shrinking, mask: Shrinking) -> tuple[Tensor, Tensor]:
        """Both as squares, by the resize of the authors' code."""
        images = [_shrunk(one, side, image).movedim(-1, 0) for one in self._images]
        masks = [_shrunk(one, side, mask)[None] for one in self._masks]
        return torch.stack(images), torch.stack(masks)

    def binary(self) -> "Canvas":
        """With masks that are 1 above a half, else 0."""
        return Canvas(self._images, [unit(mask) > 0.5 for mask in self._masks])

    def cut_to_masks(self) -> "Canvas":
        """Each picture cut to the rectangle around its mask, to be shrunk; sizes differ."""
        boxes = [_box(mask) for mask in self._masks]
        return Canvas(
            [image[box] for image, box in zip(self._images, boxes, strict=True)],
            [mask[box] for mask, box in zip(self._masks, boxes, strict=True)],
        )


def unit(values: Tensor) -> Tensor:
    """Floats 0..1 of a picture or a mask of any dtype."""
    floats = values.float()
    largest = _LARGEST.get(values.dtype)
    return floats if largest is None else floats / largest


def resized_rows(
    field: Tensor, size: tuple[int, int], top: int, bottom: int, mode: Interpolation
) -> Tensor:
    """Rows of `interpolate(field, size, mode=mode, align_corners=False)`, without the others."""
    height, width = size
    if (top, bottom) != (0, height):
        rows, weights = _taps(field.shape[2], height, top, bottom, mode, field.device)
        weights = weights.to(field.dtype)
        field = torch.stack(
            [field[:, :, row] * weight[:, None] for row, weight in zip(rows, weights, strict=True)]
        ).sum(0)
    return functional.interpolate(field, (bottom - top, width), mode=mode, align_corners=False)


def _box(mask: Tensor) -> tuple[slice, slice]:
    """The rectangle around what is not 0, or the whole where nothing is."""
    inside = mask != 0
    sides = []
    for axis in (1, 0):
        found = inside.any(axis).nonzero()
        sides.append(slice(int(found[0]), int(found[-1]) + 1) if len(found) else slice(None))
    return sides[0], sides[1]


def resized_tile(field: Tensor, size: tuple[int, int], tile: Tile) -> Tensor:
    """A tile of `interpolate(field, size, mode="bilinear", align_corners=False)`, (N, h, w, C)."""
    height, width = size
    first, down = _mixing(field.shape[2], height, tile.top, tile.bottom, field)
    left, across = _mixing(field.shape[3], width, tile.left, tile.right, field)
    part = field[:, :, first : first + down.shape[1], left : left + across.shape[1]]
    part = part.permute(0, 2, 3, 1).contiguous()
    count, _, columns, channels = part.shape
    mixed = down @ part.flatten(2)
    return across @ mixed.view(count, -1, columns, channels)


def _mixing(length: int, wanted: int, first: int, last: int, like: Tensor) -> tuple[int, Tensor]:
    """Where the values begin that a part of a resized axis is made of, and how, (n, values)."""
    places, weights = _taps(length, wanted, first, last, "bilinear", like.device)
    low, high = int(places.min()), int(places.max())
    matrix = torch.zeros(last - first, high - low + 1, device=like.device)
    matrix.scatter_add_(1, places.T - low, weights.T.contiguous())
    return low, matrix.to(like.dtype)


def _bilinear(field: Tensor, size: tuple[int, int]) -> Tensor:
    return functional.interpolate(field, size, mode="bilinear", align_corners=False)


def _taps(
    length: int, wanted: int, first: int, last: int, mode: Interpolation, device: torch.device
) -> tuple[Tensor, Tensor]:
    """The places that each value of a resized axis is made of, and their weights, (taps, n)."""
    place = torch.arange(first, last, device=device, dtype=torch.float32)
    place = (place + 0.5) * (length / wanted) - 0.5
    if mode == "bilinear":
        place = place.clamp(min=0)
    low = place.floor()
    t = place - low
    if mode == "bilinear":
        weights = torch.stack([1 - t, t])
    else:  # Keys' cubic, whose second derivative is -0.75 at 1
        a = -0.75
        far, near = torch.stack([t + 1, 2 - t]), torch.stack([t, 1 - t])
        outer = ((a * far - 5 * a) * far + 8 * a) * far - 4 * a
        inner = ((a + 2) * near - (a + 3)) * near * near + 1
        weights = torch.stack([outer[0], inner[0], inner[1], outer[1]])
    start = 0 if mode == "bilinear" else -1
    places = torch.stack([low + start + k for k in range(len(weights))])
    return places.long().clamp(0, length - 1), weights


def _picked(picture: Tensor, height: int, width: int) -> Tensor:
    """A bilinear thumbnail (h, w, C) of an integer picture (H, W, C)."""
    device = picture.device
    rows, down = _taps(picture.shape[0], height, 0, height, "bilinear", device)
    columns, across = _taps(picture.shape[1], width, 0, width, "bilinear", device)
    total: Tensor | float = 0.0
    for row, vertical in zip(rows, down, strict=True):
        line = picture[row]
        part: Tensor | float = 0.0
        for column, horizontal in zip(columns, across, strict=True):
            part = part + unit(line[:, column]) * horizontal[None, :, None]
        total = total + part * vertical[:, None, None]
    return torch.as_tensor(total)


def _shrunk(picture: Tensor, side: int, how: Shrinking) -> Tensor:
    """A picture (H, W, 3), or a mask (H, W), at (side, side)."""
    if tuple(picture.shape[:2]) == (side, side):
        return unit(picture)
    library, filter = how.split()
    codes = picture.dtype == torch.uint8 and picture.device.type == "cpu"
    if codes or (picture.dtype == torch.bool and filter == "nearest"):
        array = np.ascontiguousarray(picture.numpy())
        small = (
            _resize.cv2_resize(array, (side, side), filter)  # type: ignore[arg-type]
            if library == "cv2"
            else _resize.pil_resize(array, (side, side), filter)  # type: ignore[arg-type]
        )
        return unit(torch.from_numpy(small))
    floats = unit(picture)
    field = (floats[..., None] if floats.ndim == 2 else floats).movedim(-1, 0)[None]
    if filter == "nearest":
        small_field = functional.interpolate(field, (side, side), mode="nearest-exact")
    else:
        mode = "bicubic" if filter == "bicubic" else "bilinear"
        small_field = functional.interpolate(
            field, (side, side), mode=mode, align_corners=False, antialias=library == "pil"
        )
    return (
        small_field[0].movedim(0, -1).squeeze(-1)
        if floats.ndim == 2
        else small_field[0].movedim(0, -1)
    )
