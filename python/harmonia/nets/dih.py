"""DIH: a convolutional autoencoder with skips, the first harmonizer of its kind (Tsai et al. 2017).

Paper: Tsai et al., "Deep Image Harmonization", CVPR 2017; its branch for semantics is left out, as
in all later comparisons.
Every colour comes from the network, nothing of the input is mixed in. It works at 256 alone, where
a picture is brought to by cv2's linear resize of picture and mask; the mask stays soft, and nothing
is pasted. Both codes differ from the paper by ELU, by sums for the skips, and by 256 for 512.

"256": github.com/saic-vul/image_harmonization, MPL-2.0; no weights of it are published.
"tf": the first baseline of iHarmony4 (Cong et al., CVPR 2020), written in TensorFlow,
github.com/bcmi/Image-Harmonization-Dataset-iHarmony4, MIT. A file .npz of the variables of its
checkpoint, under their names there, is taken as weights. Its norms keep the statistics that they
began with. It was trained with masks 0..1, while its test feeds -1..1: that is "tf-signed".
"""

import re
from collections.abc import Sequence
from functools import partial

import torch
from torch import Tensor, nn
from torch.nn import functional

from harmonia.nets._autoencoder import Decoder, Encoder, depth_of
from harmonia.nets._backed import Trunk
from harmonia.nets._checkpoints import State
from harmonia.nets._network import Architecture, BaseNetwork
from harmonia.nets._separated_unet import Decoded


class Autoencoder(Trunk):
    """iDIH without the mixing, and with norms from the first block on."""

    def __init__(self, base: int, *, width: int = 64) -> None:
        super().__init__(base)
        self.encoder = Encoder(depth_of(base), width, norm_from=0)
        self.decoder = Decoder.of(self.encoder, blend=False)

    def mixed(self, values: Tensor, mask: Tensor, extra: Sequence[Tensor] = ()) -> Tensor:
        encoded = self.encoder(torch.cat([values, mask], dim=1), extra)
        decoded: Decoded = self.decoder(encoded, values, mask)
        return decoded.output


class FixedNorm(nn.Module):
    """Batch norm by statistics that never change."""

    running_mean: Tensor
    running_var: Tensor

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(channels))
        self.bias = nn.Parameter(torch.zeros(channels))
        self.register_buffer("running_mean", torch.zeros(channels))
        self.register_buffer("running_var", torch.ones(channels))

    def forward(self, x: Tensor) -> Tensor:
        return functional.batch_norm(
            x, self.running_mean, self.running_var, self.weight, self.bias, eps=1e-3
        )


class Step(nn.Module):
    def __init__(self, conv: nn.Module, channels: int) -> None:
        super().__init__()
        self.conv = conv
        self.bn = FixedNorm(channels)

    def forward(self, x: Tensor) -> Tensor:
        return functional.elu(self.bn(self.conv(x)))


class TensorFlowAutoencoder(BaseNetwork):
    """The autoencoder of iHarmony4; inside, channels are blue, green, red, of -1..1."""

    base = 256

    def __init__(self, *, signed_mask: bool = False) -> None:
        super().__init__()
        self.signed_mask = signed_mask
        widths = (64, 64, 128, 128, 256, 256)
        down = partial(nn.Conv2d, kernel_size=4, stride=2, padding=1, bias=False)
        up = partial(nn.ConvTranspose2d, kernel_size=4, stride=2, bias=False)
        for level, (ins, outs) in enumerate(zip((4, *widths), widths, strict=False)):
            setattr(self, f"conv{level}", Step(down(ins, outs), outs))
        self.fc7 = nn.Conv2d(256, 512, 4)
        for level, (ins, outs) in enumerate(zip((*widths[1:], 512), widths, strict=True)):
            deconv = up(ins, outs, padding=0 if level == 5 else 1)
            setattr(self, f"deconv{level}", Step(deconv, outs))
        self.output = up(64, 3, padding=1)

    def forward(self, image: Tensor, mask: Tensor) -> Tensor:
        mask = 2 * mask - 1 if self.signed_mask else mask
        x = torch.cat([2 * image.flip(1) - 1, mask], dim=1)
        skips = []
        for level in range(6):
            x = getattr(self, f"conv{level}")(x)
            skips.append(x)
        x = self.fc7(x)
        for level in reversed(range(6)):
            x = getattr(self, f"deconv{level}")(x) + skips[level]
        bgr: Tensor = self.output(x).clamp(-1, 1)
        return (bgr.flip(1) + 1) / 2


_LEAVES = {
    "weights": "weight",
    "biases": "bias",
    "gamma": "weight",
    "beta": "bias",
    "moving_mean": "running_mean",
    "moving_variance": "running_var",
}


def of_tensorflow(state: State) -> State:
    """The variables of the TensorFlow graph under our names; what its optimiser kept is left out.

    Kernels are (height, width, in, out) there, and (height, width, out, in) of `deconv*`.
    """
    if "conv0/weights" not in state:
        return state
    found = {}
    for name, values in state.items():
        if re.search(r"/Adam(_1)?$|^(beta[12]_power|global_step)$", name):
            continue
        scope, _, leaf = name.rpartition("/")
        layer, _, norm = scope.partition("/")
        inner = "bn." if norm else "" if layer in ("fc7", "output-h") else "conv."
        own = f"{layer.removesuffix('-h')}.{inner}{_LEAVES.get(leaf, leaf)}"
        found[own] = values.permute(3, 2, 0, 1) if values.ndim == 4 else values
    return found


ARCHITECTURE = Architecture(
    variants={
        "256": partial(Autoencoder, base=256),
        "tf": TensorFlowAutoencoder,
        "tf-signed": partial(TensorFlowAutoencoder, signed_mask=True),
    },
    convert=of_tensorflow,
)
