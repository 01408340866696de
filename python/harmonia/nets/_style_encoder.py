"""BargainNet's codes of domains, 16 numbers for a region, and networks that are told one."""

import re
from abc import abstractmethod
from typing import ClassVar, Literal

import torch
from torch import Tensor, nn
from torch.nn import functional

from harmonia.nets._canvas import Shrinking
from harmonia.nets._checkpoints import State
from harmonia.nets._gated_unet import GatedUNet, PictureNorm, Pix2PixNetwork

CODE = 16


def partial_convolution(
    convolution: nn.Conv2d, values: Tensor, mask: Tensor
) -> tuple[Tensor, Tensor]:
    """Convolve what is in a mask (N, 1, H, W), weighed by how much of the window that is.

    Gives the values and the mask of places that saw anything.
    """
    weight = convolution.weight
    height, width = weight.shape[2:]
    window = torch.ones(1, 1, height, width, dtype=weight.dtype, device=weight.device)
    seen = functional.conv2d(mask, window, stride=convolution.stride)
    found = seen.clamp(0, 1)
    # At least 1e-8 rather than 1e-8 more, which the exporter to ONNX takes for nothing and drops.
    share = height * width / seen.clamp(min=1e-8) * found
    sums = functional.conv2d(values * mask, weight, stride=convolution.stride) * share
    if convolution.bias is not None:
        sums = sums + convolution.bias.view(1, -1, 1, 1) * found
    return sums, found


class StyleEncoder(nn.Module):
    """Values within -1..1 and the mask of a region to a code (N, 16, 1, 1)."""

    def __init__(self, norm: Literal["batch", "instance"] = "batch", width: int = 64) -> None:
        super().__init__()
        widths = (3, width, 2 * width, 4 * width, 8 * width, 8 * width)
        for level in range(1, 6):
            before, after = widths[level - 1 : level + 1]
            bias = level == 1 or norm == "instance"
            self.add_module(f"conv{level}f", nn.Conv2d(before, after, 3, 2, bias=bias))
            if level in (2, 3, 4):
                layer = PictureNorm(after) if norm == "batch" else nn.InstanceNorm2d(after)
                self.add_module(f"norm{level}f", layer)
        self.convs = nn.Conv2d(widths[-1], CODE, 1)

    def forward(self, values: Tensor, mask: Tensor) -> Tensor:
        return self.code(self.features(values, mask))

    def features(self, values: Tensor, mask: Tensor) -> list[tuple[Tensor, Tensor]]:
        """Each level's features, and the mask of places that saw anything of the region."""
        levels = []
        for level in range(1, 6):
            values, mask = partial_convolution(getattr(self, f"conv{level}f"), values, mask)
            if level in (2, 3, 4):
                values = getattr(self, f"norm{level}f")(values)
            if level < 5:
                values = torch.relu(values)
            levels.append((values, mask))
        return levels

    def code(self, features: list[tuple[Tensor, Tensor]]) -> Tensor:
        """The code of what `features` found."""
        deepest, _ = features[-1]
        # The mean is over all places, those outside of the region too.
        found: Tensor = self.convs(deepest.mean(dim=(2, 3), keepdim=True))
        return found


class StyledNetwork(Pix2PixNetwork):
    """A generator `G` that is told the code of the background, by the extractor `E`.

    The composite's background tells it. Only what is wholly foreground counts as such: the
    authors' codes truncate the mask's values, so that 254 of 255 is background.
    """

    shrink_image: ClassVar[Shrinking] = "cv2 linear"
    shrink_mask: ClassVar[Shrinking] = "cv2 linear"
    E: StyleEncoder

    def code(self, image: Tensor, region: Tensor) -> Tensor:
        """The code (N, 16, 1, 1) of a region (N, 1, H, W), 0 or 1, of pictures 0..1."""
        found: Tensor = self.E(self.seen(image), region)
        return found

    def seen(self, image: Tensor) -> Tensor:
        """What the extractor sees of pictures 0..1: values within -1..1."""
        return 2 * image - 1

    @abstractmethod
    def generate(self, image: Tensor, inside: Tensor, code: Tensor) -> Tensor:
        """The output 0..1 for a foreground of 0 and 1 and whatever code."""

    def forward(self, image: Tensor, mask: Tensor) -> Tensor:
        inside = wholly(mask).to(image)
        return self.generate(image, inside, self.code(image, 1 - inside))


class CodedUNet(nn.Module):
    """DoveNet's U-Net with the code as 16 more channels, on a scale that it learns."""

    def __init__(self, width: int, *, drop: bool) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.full((1,), 0.1))
        self.model = GatedUNet(4 + CODE, width, drop=drop)

    def forward(self, values: Tensor, inside: Tensor, code: Tensor) -> Tensor:
        field = self.weight.clamp(min=0.001) * over(code, inside)
        found: Tensor = self.model(torch.cat([values, inside, field], dim=1))
        return found


def over(code: Tensor, inside: Tensor) -> Tensor:
    """A code at every place of a picture."""
    return code.expand(-1, -1, inside.shape[2], inside.shape[3])


def wholly(mask: Tensor) -> Tensor:
    """Where a mask of 8 bit is 255."""
    return mask > 254.5 / 255


def prefixed(state: State) -> State:
    """The names of both parts from those of the files that they are published in."""
    if any(name.startswith(("E.", "G.")) for name in state):
        return state
    extractor = re.compile(r"(conv|norm)[1-5]f\.|convs\.")
    return {("E." if extractor.match(name) else "G.") + name: v for name, v in state.items()}
