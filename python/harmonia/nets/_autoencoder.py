"""The convolutional autoencoder of iDIH, that DIH, CharmNet, DCCF and INR have too.

Sofiiuk, Popenova and Konushin (2021) after Tsai et al. (2017). Names of parameters are theirs.
Every block halves the sides, or doubles them; what comes out of the encoder is added on the way up.
"""

import itertools
from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn

from harmonia.nets._separated_unet import BlendingDecoder, Conv, MaskedChannelGate


class Encoder(nn.Module):
    """4x4 convolutions of stride 2; the last one of a `closed` encoder takes 4x4 to 1x1.

    `extra` are the channels that join the input of a block, by its level.
    """

    def __init__(
        self,
        depth: int,
        width: int = 64,
        *,
        norm_from: int = 2,
        inputs: int = 4,
        widest: int = 512,
        closed: bool = True,
        extra: Mapping[int, int] | None = None,
    ) -> None:
        super().__init__()
        joining = dict(extra or {})
        self.depth = depth
        self.joined = tuple(joining)
        self.widths = [min(width * 2 ** (level // 2), widest) for level in range(depth)]
        ins = [inputs, *self.widths]

        def block(level: int) -> Conv:
            valid = closed and level == depth - 1
            return down(
                ins[level] + joining.get(level, 0),
                ins[level + 1],
                norm=level >= norm_from,
                padding=0 if valid else 1,
            )

        self.block0, self.block1 = block(0), block(1)
        self.blocks_connected = nn.ModuleDict({f"block{n}": block(n) for n in range(2, depth)})

    def forward(self, x: Tensor, extra: Sequence[Tensor] = ()) -> list[Tensor]:
        """The features of every level, the deepest first; `extra` from the shallowest level on."""
        joining = dict(zip(self.joined, extra, strict=True))
        features: list[Tensor] = []
        for level, block in enumerate((self.block0, self.block1, *self.blocks_connected.values())):
            if level in joining:
                x = torch.cat([x, joining[level]], dim=1)
            x = block(x)
            features.append(x)
        return features[::-1]


def depth_of(side: int) -> int:
    """The blocks that bring a side down to 1, the last from 4: a `closed` encoder's depth."""
    depth = side.bit_length() - 2
    if depth < 3 or side != 4 << (depth - 1):
        raise ValueError(f"base must be a power of two from 16 on, got {side}")
    return depth


def down(inputs: int, outputs: int, *, norm: bool = True, padding: int = 1) -> Conv:
    """A block that halves the sides, or, without padding, takes 4x4 to 1x1."""
    return Conv(inputs, outputs, 4, 2, padding, norm=norm, activation=nn.ELU)


class Up(nn.Module):
    """A block that doubles the sides, or, without padding, makes 4x4 of 1x1."""

    def __init__(
        self, inputs: int, outputs: int, *, padding: int = 1, gate: nn.Module | None = None
    ) -> None:
        super().__init__()
        self.block = nn.Sequential(
            nn.ConvTranspose2d(inputs, outputs, 4, 2, padding), nn.BatchNorm2d(outputs), nn.ELU()
        )
        self.se = gate

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        out: Tensor = self.block(x)
        return out if self.se is None else self.se(out, mask)


def climb(blocks: nn.ModuleList, encoded: Sequence[Tensor], mask: Tensor) -> Tensor:
    """Through blocks of `Up` from the deepest feature, adding the next feature after each."""
    x, *skips = encoded
    for block, skip in itertools.zip_longest(blocks, skips):
        x = block(x, mask)
        if skip is not None:
            x = x + skip
    return x


class Decoder(BlendingDecoder):
    """From `channels[0]` to `channels[-1]`, and from there to colours.

    `blend` adds the map that mixes the output with the input, `gate_from` the first block that
    weighs channels by the mask. Without `rgb` there are features alone.
    """

    def __init__(
        self,
        channels: Sequence[int],
        *,
        closed: bool = True,
        blend: bool = True,
        rgb: bool = True,
        gate_from: int | None = None,
    ) -> None:
        super().__init__()
        self.deconv_blocks = nn.ModuleList(
            Up(
                ins,
                outs,
                padding=0 if closed and step == 0 else 1,
                gate=MaskedChannelGate(outs)
                if gate_from is not None and step >= gate_from
                else None,
            )
            for step, (ins, outs) in enumerate(itertools.pairwise(channels))
        )
        self.blend = blend
        if blend:
            self.conv_attention = nn.Conv2d(channels[-1], 1, 1)
        if rgb:
            self.to_rgb = nn.Conv2d(channels[-1], 3, 1)

    @classmethod
    def of(cls, encoder: Encoder, **options: bool | int | None) -> "Decoder":
        """The way back to the size that an encoder started from."""
        return cls([*encoder.widths[::-1], encoder.widths[0] // 2], **options)  # type: ignore[arg-type]

    def features(self, encoded: Sequence[Tensor], mask: Tensor) -> Tensor:
        return climb(self.deconv_blocks, encoded, mask)
