"""What recipes took over from pix2pix (Isola et al. 2017)."""

from torch import Tensor

from harmonia.training._schedules import falling

RATE = 2e-4
BETAS = (0.5, 0.999)
EPOCHS = 200
SCHEDULE = falling(100, 100)
SIDE = 256  # what its U-Net of eight levels takes, or multiples of it


def check_size(picture: Tensor) -> None:
    height, width = picture.shape[2:]
    if height % SIDE or width % SIDE:
        raise ValueError(
            f"train: size must be a multiple of {SIDE} for this recipe, whose network halves "
            f"pictures eight times; got {height}"
        )
