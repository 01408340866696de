"""CDTNet(sim): foreground-normalised MSE of the picture behind the table (Cong et al. 2022).

As `cdtnet`, but for the losses of the U-Net and of the refinement: neither is there to learn. The
authors' code counts the table's loss twice, which Adam does not notice.
"""

from typing import ClassVar

from torch import Tensor

from harmonia.nets.cdtnet import Outputs
from harmonia.training._batch import Batch
from harmonia.training._dual_transformations import DualTransformationsRecipe
from harmonia.training.losses import fn_mse


class CDTNetSim(DualTransformationsRecipe):
    """CDTNet(sim) in training.

    Parameters
    ----------
    variant
        One of `harmonia.nets.cdtnet_sim`.
    width
        Channels of the encoder at full size; 32 as the authors have it.
    base
        The side that the encoder works at; that of the variant as the authors have it.
    trunk
        A file of iSSAM's weights that the encoder begins with; the authors took issam256.pth.
    frozen
        Whether the encoder stays so; by default where there is a trunk, as the authors have it.
    minimum_area
        Pixels that a foreground counts for at least.
    smoothness, monotonicity
        Weights of the losses of these names on the pictures' tables; the authors have none.
    """

    family: ClassVar[str] = "cdtnet_sim"

    def errors(self, found: Outputs, batch: Batch) -> dict[str, Tensor]:
        error = fn_mse(found.mapped, batch.real, batch.mask, minimum_area=self.minimum_area)
        return {"table": error}


RECIPE = CDTNetSim
