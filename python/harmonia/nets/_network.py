"""What every network is to the rest: pictures 0..1 in, pictures 0..1 out, at any size."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import torch
from torch import Tensor, nn

from harmonia.nets._canvas import Canvas, Shrinking, Tile, resized_rows
from harmonia.nets._checkpoints import State
from harmonia.transform import Change

IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)

STRIP = 1 << 20  # pixels that are rendered at a time


class Network(nn.Module, ABC):
    """A network under its authors' parameter names.

    `forward(image, mask)` is the authors' arithmetic: images (N, 3, H, W) and soft masks
    (N, 1, H, W), both 0..1, to the raw output, on the scale 0..1, neither clamped nor pasted. What
    the authors do to values before and after (normalisation, the order of channels, a threshold
    for the mask) happens inside.

    A picture of any size goes through `look`, what the network makes of the whole, of bounded
    size, and `render`, some rows of the output. `forward` is both at once.
    """

    # What may be chosen when it is loaded, attributes by their names, with what they may be.
    choices: ClassVar[Mapping[str, tuple[Any, ...]]] = {}
    # The side of what `table` looks at, where all it does is a table of colours.
    table_side: ClassVar[int | None] = None
    # Why it cannot be written as an ONNX model, where it cannot.
    no_onnx: ClassVar[str | None] = None

    @abstractmethod
    def look(self, canvas: Canvas) -> Any:
        """What `render` needs to know of the whole picture."""

    @abstractmethod
    def render(self, seen: Any, canvas: Canvas, top: int, bottom: int) -> Tensor:
        """Rows of the raw output, (N, 3, bottom - top, W)."""

    def changes(self, seen: Any, canvas: Canvas) -> Sequence[Change] | None:
        """What kernels of the CPU do to each picture instead of `render`, where they can."""
        return None

    def tiles(self, canvas: Canvas) -> Iterator[Tile]:
        """What of the output is wanted: strips that a mask reaches, unless a network knows better.

        Tiles may overlap, and then agree.
        """
        height, width = canvas.size
        step = max(1, STRIP // width)
        for top in range(0, height, step):
            bottom = min(top + step, height)
            if canvas.reached(top, bottom).any():
                yield Tile(top, bottom, 0, width)

    def render_tile(self, seen: Any, canvas: Canvas, tile: Tile) -> Tensor:
        """A tile of the raw output, one of `tiles`."""
        return self.render(seen, canvas, tile.top, tile.bottom)


class BaseNetwork(Network):
    """A network trained at one side: the picture is shrunk to it, the change enlarged and added.

    The authors' codes enlarge the output itself, or score it small. That is `detail=False`.
    """

    base: int
    shrink_image: ClassVar[Shrinking] = "cv2 linear"
    shrink_mask: ClassVar[Shrinking] = "cv2 linear"
    detail: bool = True
    choices: ClassVar[Mapping[str, tuple[Any, ...]]] = {"detail": (True, False)}

    @abstractmethod
    def forward(self, image: Tensor, mask: Tensor) -> Tensor: ...

    def look(self, canvas: Canvas) -> tuple[Tensor, Tensor]:
        """The output at the base, and what it was made from."""
        image, mask = canvas.shrunk(self.base, self.shrink_image, self.shrink_mask)
        return self(image, mask), image

    def render(self, seen: tuple[Tensor, Tensor], canvas: Canvas, top: int, bottom: int) -> Tensor:
        small, source = seen
        if canvas.size == (self.base, self.base):
            return small[:, :, top:bottom]
        if not self.detail:
            return resized_rows(small, canvas.size, top, bottom, "bilinear")
        image, _ = canvas.rows(top, bottom)
        return image + resized_rows(small - source, canvas.size, top, bottom, "bilinear")


@dataclass(frozen=True)
class Published:
    """A checkpoint that its authors publish, and what one must do to have it."""

    variant: str
    file: str
    page: str
    licence: str
    url: str | None = None  # of the file itself; without one a person must go to the page
    size: int | None = None  # bytes
    sha256: str | None = None


@dataclass(frozen=True)
class Architecture:
    """What a file of `nets/` tells of its network.

    `variants` makes it, by tag; parameters have the names of the authors' checkpoints. What such a
    maker is called with gives another shape, such as `width=8`, for training. `convert` turns a
    state under other names into these, where a checkpoint has such.
    """

    variants: Mapping[str, Callable[..., Network]]
    published: tuple[Published, ...] = ()
    convert: Callable[[State], State] = field(default=lambda state: state)


class Normalised(nn.Module):
    """Values 0..1 to (x - mean) / std, and back. Holds no parameters and no buffers of a state."""

    mean: Tensor
    std: Tensor

    def __init__(
        self, mean: tuple[float, ...] = IMAGENET_MEAN, std: tuple[float, ...] = IMAGENET_STD
    ) -> None:
        super().__init__()
        for name, values in (("mean", mean), ("std", std)):
            tensor = torch.tensor(values).view(1, -1, 1, 1)
            self.register_buffer(name, tensor, persistent=False)

    def forward(self, image: Tensor) -> Tensor:
        return (image - self.mean) / self.std

    def back(self, values: Tensor) -> Tensor:
        return values * self.std + self.mean
