"""RainNet: trained as DoveNet, but for what is outside the mask (Ling et al. 2021).

Adam at 0.0002 (0.5, 0.999) for 100 epochs of batches of 11, and 100 more on a line to 0, without
augmentation. The losses are DoveNet's, of the output pasted through the mask: the generator learns
nothing outside. There the composite is made to equal the real picture beforehand, too.
"""

from torch import Tensor

from harmonia.nets.rainnet import RainNet
from harmonia.training import _built
from harmonia.training._batch import Batch
from harmonia.training._domain_verification import Verified


class RainNetRecipe(Verified):
    """RainNet in training.

    Parameters
    ----------
    width
        Channels of the generator at half size; 64 as the authors have it.
    critic_width
        Channels of the critic's first convolution; 64 as the authors have it.
    """

    network: RainNet

    def __init__(self, *, width: int | None = None, critic_width: int = 64) -> None:
        shape = _built.shape(width)
        super().__init__("rainnet.256", shape, batch=11, critic_width=critic_width)

    def output(self, batch: Batch, inside: Tensor) -> Tensor:
        composite = pasted(batch.composite, batch.real, inside)
        return pasted(self.network(composite, inside), composite, inside)


def pasted(front: Tensor, back: Tensor, inside: Tensor) -> Tensor:
    return front * inside + back * (1 - inside)


RECIPE = RainNetRecipe
