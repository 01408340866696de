"""A network that is loaded once and called many times."""

from collections.abc import Sequence
from typing import Any, NamedTuple, get_args

import numpy as np
import torch
from torch import Tensor

from harmonia._arrays import Frame, Images, Mask
from harmonia._registry import check_known
from harmonia._session import LoadedNetwork
from harmonia.nets._canvas import Canvas, Tile, unit
from harmonia.nets._network import BaseNetwork, Network
from harmonia.nets._precision import Precision
from harmonia.nets._weights import Files, choices_of, open_network
from harmonia.transform import Change

# Options of every network.
_RUNNING = ("weights", "device", "dtype", "flip", "channels_last", "compile", "backend")


class Session(LoadedNetwork):
    """A network that torch runs.

    Attributes
    ----------
    network
        The module of torch, in evaluation mode.
    """

    def __init__(
        self,
        network: Network,
        method: str,
        *,
        dtype: torch.dtype = torch.float32,
        flip: bool = False,
    ) -> None:
        self.network = network
        self.method = method
        self._dtype = dtype
        self._flip = flip

    def raw(self, image: Any, mask: Any) -> Any:
        """What the network itself gives, at the image's size: not pasted, not clamped, not rounded.

        float32 on the scale 0..1: (H, W, 3), or (3, H, W) and (N, 3, H, W) for tensors.
        """
        images, masks = self._opened(image, mask, self.method)
        canvas = self.canvas(images.frames, masks)
        whole = Tile(0, images.size[0], 0, images.size[1])
        with torch.inference_mode(), self._precision(canvas):
            out = self._render(self._look(canvas), canvas, whole).float()
        if images.kind != "torch":
            return out[0].movedim(0, -1).cpu().numpy()
        out = out.to(images.native.device)
        return out if images.batched else out[0]

    def _paint(self, images: Images, masks: Sequence[Mask], strength: float, out: Images) -> None:
        canvas = self.canvas(images.frames, masks)
        with torch.inference_mode(), self._precision(canvas):
            seen = self._look(canvas)
            changes = self._changes(seen, canvas)
            if changes is not None:
                for change, frame, mask, to in zip(
                    changes, images.frames, masks, out.frames, strict=True
                ):
                    change.write(frame, mask, strength, to)
                return
            for frame, to in zip(images.frames, out.frames, strict=True):
                _tensor(to).copy_(_tensor(frame))
            for tile in self.network.tiles(canvas):
                new = self._render(seen, canvas, tile)
                if not bool(torch.isfinite(new).all()):
                    raise ValueError(
                        f"{self.method}: the network gave NaN or infinity; check its weights, and "
                        "where dtype is not float32 leave it out"
                    )
                for frame, mask, colours, to in zip(
                    images.frames, masks, new.movedim(1, -1), out.frames, strict=True
                ):
                    _blend(frame, mask, colours, strength, to, tile)

    def _change(self, images: Images, masks: Sequence[Mask]) -> Change | None:
        canvas = self.canvas(images.frames, masks)
        with torch.inference_mode(), self._precision(canvas):
            changes = self._changes(self._look(canvas), canvas)
        return None if changes is None else changes[0]

    def _changes(self, seen: "_Seen", canvas: Canvas) -> Sequence[Change] | None:
        """What the library's kernels can do; on a CUDA device tables alone."""
        here = canvas.device.type == "cpu" or self._makes_tables
        if not here or seen.mirrored is not None:
            return None
        return self.network.changes(seen.plain, canvas)

    def _precision(self, canvas: Canvas) -> torch.autocast:
        """Where convolutions and products run in `dtype`; what else would lose by it stays."""
        wanted = self._dtype != torch.float32
        kept = self._dtype if wanted else None
        return torch.autocast(canvas.device.type, dtype=kept, enabled=wanted)

    def _look(self, canvas: Canvas) -> "_Seen":
        plain = _floats(self.network.look(canvas))
        if not self._flip:
            return _Seen(plain, None)
        mirror = canvas.mirrored()
        return _Seen(plain, (_floats(self.network.look(mirror)), mirror))

    def _render(self, seen: "_Seen", canvas: Canvas, tile: Tile) -> Tensor:
        new = self.network.render_tile(seen.plain, canvas, tile)
        if seen.mirrored is None:
            return new
        other, mirror = seen.mirrored
        rows = self.network.render(other, mirror, tile.top, tile.bottom).flip(3)
        return (new + rows[:, :, :, tile.left : tile.right]) / 2

    def canvas(self, frames: Sequence[Frame], masks: Sequence[Mask]) -> Canvas:
        """The pictures as networks want them."""
        device = self._device
        return Canvas(
            [_tensor(frame)[..., :3].to(device) for frame in frames],
            [_tensor(mask.frame).to(device) for mask in masks],
        )

    @property
    def _device(self) -> torch.device:
        return next(self.network.parameters()).device

    @property
    def _makes_tables(self) -> bool:
        return self.network.table_side is not None

    def _check_device(self, images: Images, where: str) -> None:
        """A picture of the CPU goes to where the network was loaded; others must be there."""
        if images.device not in ("cpu", str(self._device)):
            raise TypeError(
                f"{where}: image is on {images.device} and the network on {self._device}; "
                f"load it with device={images.device!r}, or pass image.cpu() and mask.cpu()"
            )


class _Seen(NamedTuple):
    """What a network made of a picture, and where it is wanted of its mirror image."""

    plain: Any
    mirrored: tuple[Any, Canvas] | None


def _floats(seen: Any) -> Any:
    """The same with halves as float32, in which strips are made."""
    if isinstance(seen, Tensor):
        return seen.float() if seen.is_floating_point() else seen
    if isinstance(seen, tuple):
        parts = [_floats(part) for part in seen]
        return type(seen)(*parts) if hasattr(seen, "_fields") else tuple(parts)
    return [_floats(part) for part in seen] if isinstance(seen, list) else seen


def open_session(
    method: str,
    *,
    weights: Files | None = None,
    device: str | torch.device | None = None,
    dtype: Precision = "float32",
    flip: bool = False,
    channels_last: bool = False,
    compile: bool | str = False,
    where: str = "load",
    **choices: Any,
) -> Session:
    """Load a network; see `harmonia.load`."""
    if dtype not in get_args(Precision):
        raise ValueError(f"{where}: dtype must be one of {get_args(Precision)}, got {dtype!r}")
    if choices:
        known = [*_RUNNING, *choices_of(method.partition(".")[0])]
        check_known(choices, known, f"network {method!r}", where=where)
    network, name = open_network(method, weights, where=where)
    for option, value in choices.items():
        if value not in network.choices[option]:
            wanted = " or ".join(map(repr, network.choices[option]))
            raise ValueError(f"{where}: {option} must be {wanted}, got {value!r}")
        setattr(network, option, value)
    try:
        network = network.to(device=device)
    except (AssertionError, RuntimeError) as error:  # torch's, where it has no such device
        said = str(error).partition("\n")[0]
        raise ValueError(f"{where}: device {str(device)!r} is not here: {said}") from error
    if channels_last:
        network = network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    if compile:
        if not isinstance(network, BaseNetwork):
            raise ValueError(
                f"{where}: compile is for networks that work at one size, and {name} does parts of "
                "its work at the picture's; leave it out"
            )
        network.compile(backend=compile if isinstance(compile, str) else "inductor")
    return Session(network, name, dtype=getattr(torch, dtype), flip=flip)


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
