"""DoveNet: L1 and a critic that verifies one domain by the other (Cong et al. 2020).

Adam at 0.0002 (0.5, 0.999) for 100 epochs of batches of 1, and 100 more on a line to 0, without
augmentation. The critic goes first: hinge losses of how real a picture is and of how much its
regions are of one domain, and 10 times the gradient penalty of their mean. The generator's is 100
times L1, of pictures within -1..1, less the mean of both scores of its whole output.
"""

from typing import get_args

from torch import Tensor

from harmonia.nets._gated_unet import Norm
from harmonia.nets.dovenet import DoveNet
from harmonia.training import _built
from harmonia.training._batch import Batch
from harmonia.training._domain_verification import Verified


class DoveNetRecipe(Verified):
    """DoveNet in training.

    Parameters
    ----------
    width
        Channels of the generator at half size; 64 as the authors have it.
    critic_width
        Channels of the critic's first convolution; 64 as the authors have it.
    norm
        "batch" as in the published weights, or "instance" as in the published command.
    """

    network: DoveNet

    def __init__(
        self, *, width: int | None = None, critic_width: int = 64, norm: Norm = "batch"
    ) -> None:
        shape = _built.shape(width)
        if _built.one_of("norm", norm, get_args(Norm)) != "batch":
            shape["norm"] = norm
        super().__init__("dovenet.256", shape, batch=1, critic_width=critic_width)

    def output(self, batch: Batch, inside: Tensor) -> Tensor:
        found: Tensor = self.network(batch.composite, inside)
        return found


RECIPE = DoveNetRecipe
