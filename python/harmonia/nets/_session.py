"""A network that is loaded once and called many times."""

from collections.abc import Sequence
from typing import Any, TypeVar

import numpy as np
import torch
from torch import Tensor

from harmonia._arrays import Frame, Images, Mask, open_images, open_masks
from harmonia._registry import check_known
from harmonia._scene import refuse_references
from harmonia.nets._canvas import Canvas, Tile, unit
from harmonia.nets._network import Network, Precision
from harmonia.nets._weights import Files, choices_of, open_network
from harmonia.transform import check_strength

T = TypeVar("T")

_RUNNING = ("weights", "device", "dtype", "backend")  # options of every network


class Session:
    """A network ready to harmonize. Safe to share between threads.

    Attributes
    ----------
    method
        The name with its variant, such as "issam.256".
    network
        The module of torch, in evaluation mode.
    """

    def __init__(self, network: Network, method: str) -> None:
        self.network = network
        self.method = method

    def __call__(
        self,
        image: T,
        mask: Any,
        *,
        reference: Any = None,
        reference_mask: Any = None,
        strength: float = 1.0,
    ) -> T:
        """As `harmonize`: same type, shape and dtype, and the background bit by bit.

        A network takes no reference; one that is given is an error.
        """
        refuse_references(reference, reference_mask, where=self.method)
        where = self.method
        images = open_images(image, where=f"{where}: image")
        masks = open_masks(mask, images, where=f"{where}: mask")
        check_strength(strength, where=f"{where}: strength")
        out = images.like()
        self._paint(images, masks, strength, out)
        result: T = images.restore(out)
        return result

    def raw(self, image: Any, mask: Any) -> Any:
        """What the network itself gives, at the image's size: not pasted, not clamped, not rounded.

        float32 on the scale 0..1: (H, W, 3), or (3, H, W) and (N, 3, H, W) for tensors.
        """
        images = open_images(image, where=f"{self.method}: image")
        masks = open_masks(mask, images, where=f"{self.method}: mask")
        canvas = self.canvas(images.frames, masks)
        with torch.inference_mode():
            whole = self.network.render(self.network.look(canvas), canvas, 0, images.size[0])
        if images.kind != "torch":
            return whole[0].movedim(0, -1).cpu().numpy()
        return whole if images.batched else whole[0]

    def _paint(self, images: Images, masks: Sequence[Mask], strength: float, out: Images) -> None:
        canvas = self.canvas(images.frames, masks)
        with torch.inference_mode():
            seen = self.network.look(canvas)
            changes = self.network.changes(seen, canvas) if images.device == "cpu" else None
            if changes is not None:
                for change, frame, mask, to in zip(
                    changes, images.frames, masks, out.frames, strict=True
                ):
                    change.write(frame, mask, strength, to)
                return
            for frame, to in zip(images.frames, out.frames, strict=True):
                _tensor(to).copy_(_tensor(frame))
            for tile in self.network.tiles(canvas):
                new = self.network.render_tile(seen, canvas, tile)
                for frame, mask, colours, to in zip(
                    images.frames, masks, new.movedim(1, -1), out.frames, strict=True
                ):
                    _blend(frame, mask, colours, strength, to, tile)

    def canvas(self, frames: Sequence[Frame], masks: Sequence[Mask]) -> Canvas:
        """The pictures as networks want them."""
        return Canvas(
            [_tensor(frame)[..., :3] for frame in frames], [_tensor(mask.frame) for mask in masks]
        )


def open_session(
    method: str,
    *,
    weights: Files | None = None,
    device: str | torch.device | None = None,
    dtype: Precision = "float32",
    where: str = "load",
    **choices: Any,
) -> Session:
    """Load a network; see `harmonia.load`."""
    if choices:
        known = [*_RUNNING, *choices_of(method.partition(".")[0])]
        check_known(choices, known, f"network {method!r}", where=where)
    network, name = open_network(method, weights, where=where)
    for option, value in choices.items():
        if value not in network.choices[option]:
            wanted = " or ".join(map(repr, network.choices[option]))
            raise ValueError(f"{where}: {option} must be {wanted}, got {value!r}")
        setattr(network, option, value)
    network = network.to(device=device, dtype=getattr(torch, dtype))
    return Session(network, name)


def _blend(
    frame: Frame, mask: Mask, colours: Tensor, strength: float, out: Frame, tile: Tile
) -> None:
    """`m * new + (1 - m) * old` in a tile of `out`, which holds old bits, where m is not 0."""
    rows, columns = slice(tile.top, tile.bottom), slice(tile.left, tile.right)
    old, to = (_tensor(one[rows, columns, :3]) for one in (frame, out))
    cover: Frame = mask.frame
    weight = unit(_tensor(cover[rows, columns]))[..., None] * strength
    before = unit(old)
    after = weight * colours.to(before).clamp(0, 1) + (1 - weight) * before
    if not old.is_floating_point():
        after = (after * torch.iinfo(old.dtype).max).round()
    inside = (weight > 0).expand_as(after)
    to.copy_(torch.where(inside, after, old.to(after.dtype)).to(to.dtype))


def _tensor(frame: Frame) -> Tensor:
    """A frame as a tensor over the same memory, where torch knows such strides."""
    if isinstance(frame, Tensor):
        return frame
    array: np.ndarray[Any, Any] = frame
    if any(stride < 0 for stride in array.strides) or not array.flags.writeable:
        array = np.array(array)
    return torch.from_numpy(array)
