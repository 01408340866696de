"""U-Net with attention: DoveNet's generator, by L1 alone (Cong et al. 2020).

Adam at 0.0002 (0.5, 0.999) for 100 epochs of batches of 1, and 100 more on a line to 0, with
pictures mirrored half the time. The loss is 100 times L1, of pictures within -1..1.
"""

from collections.abc import Mapping

from torch import Tensor
from torch.optim import Adam, Optimizer

from harmonia.nets.dovenet import DoveNet
from harmonia.training import _built, _initial, _pix2pix
from harmonia.training._batch import Batch
from harmonia.training._built import Variant
from harmonia.training._crops import Crops
from harmonia.training._recipe import DATA, Plan, Recipe
from harmonia.training._schedules import constant
from harmonia.training.losses import masked_l1

L1 = 100.0


class UNetAttention(Recipe):
    """The network in training.

    Parameters
    ----------
    width
        Channels at half size; 64 as the authors have it.
    variant
        "code" never lowers the rate: the authors' code does not give its optimizer to the
        scheduler.
    """

    network: DoveNet

    def __init__(self, *, width: int | None = None, variant: Variant = "described") -> None:
        super().__init__()
        as_code = _built.is_code(variant)
        self.method = "unet_attention.256"
        self.shape = _built.shape(width)
        self.network = _built.network(self.method, self.shape)  # type: ignore[assignment]
        _initial.normal(self.network)
        self.plan = Plan(
            _pix2pix.SIDE,
            batch=1,
            epochs=_pix2pix.EPOCHS,
            rate=_pix2pix.RATE,
            schedule=constant if as_code else _pix2pix.SCHEDULE,
            crops=Crops(scale=(1.0, 1.0)),
            resize="pil",
        )

    def optimizers(self, rate: float) -> dict[str, Optimizer]:
        return {"network": Adam(self.network.parameters(), rate, betas=_pix2pix.BETAS)}

    def losses(self, phase: str, batches: Mapping[str, Batch]) -> dict[str, Tensor]:
        batch = batches[DATA]
        _pix2pix.check_size(batch.real)
        output = self.network(batch.composite, batch.mask)
        return {"l1": L1 * masked_l1(2 * output - 1, 2 * batch.real - 1)}


RECIPE = UNetAttention
