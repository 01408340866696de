"""CDTNet: foreground-normalised MSE of each of its three outputs (Cong et al. 2022).

Adam at 0.001 for 120 epochs, a tenth of it from epoch 50 and a hundredth from 100. At a base of
256 pieces of 1024 pixels in batches of 4, or of 256 in batches of 16; at 512 pieces of 2048 in
batches of 2. Losses are those of values 0..1, one each for the U-Net at the base, the table and the
refinement; a foreground counts for at least 100 pixels. The U-Net is a trained iSSAM, which stays
as it is.

The authors' code hands its tables batches whose channels it mixes up, so that what they learned
from more than one picture at a time was of scrambled colours. Here every picture is mapped as it
would be alone.
"""

from typing import ClassVar

from torch import Tensor

from harmonia.nets.cdtnet import Outputs, shrunk
from harmonia.training._batch import Batch
from harmonia.training._dual_transformations import DualTransformationsRecipe
from harmonia.training.losses import fn_mse


class CDTNet(DualTransformationsRecipe):
    """CDTNet in training.

    Parameters
    ----------
    variant
        One of `harmonia.nets.cdtnet`.
    width
        Channels of the U-Net at full size; 32 as the authors have it.
    base
        The side that the U-Net works at; that of the variant as the authors have it.
    trunk
        A file of iSSAM's weights that the U-Net begins with; the authors took issam256.pth.
    frozen
        Whether the U-Net stays so; by default where there is a trunk, as the authors have it.
    minimum_area
        Pixels that a foreground counts for at least.
    smoothness, monotonicity
        Weights of the losses of these names on the pictures' tables; the authors have none.
    """

    family: ClassVar[str] = "cdtnet"

    def errors(self, found: Outputs, batch: Batch) -> dict[str, Tensor]:
        if found.base is None or found.refined is None:
            raise TypeError("train: CDTNet without its refinement is trained as cdtnet_sim")
        side, least = self.network.base, self.minimum_area
        real, mask = batch.real, batch.mask
        return {
            "base": fn_mse(found.base, shrunk(real, side), shrunk(mask, side), minimum_area=least),
            "table": fn_mse(found.mapped, real, mask, minimum_area=least),
            "refined": fn_mse(found.refined, real, mask, minimum_area=least),
        }


RECIPE = CDTNet
