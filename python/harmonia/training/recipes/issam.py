"""iSSAM: foreground-normalised MSE (Sofiiuk, Popenova and Konushin 2021).

Adam at 0.001 for 120 epochs of batches of 16, a tenth of it from epoch 105 and a hundredth from
115. The loss is that of normalised values, of the whole output.
"""

from collections.abc import Mapping
from typing import Any

from torch import Tensor
from torch.optim import Adam, Optimizer

from harmonia.nets.issam import SeparatedUNet
from harmonia.training import _built
from harmonia.training._batch import Batch
from harmonia.training._recipe import DATA, Plan, Recipe
from harmonia.training._schedules import steps
from harmonia.training.losses import fn_mse


class ISSAM(Recipe):
    """iSSAM in training.

    Parameters
    ----------
    variant
        One of `harmonia.nets.issam`.
    width
        Channels at full size; 32 as the authors have it.
    base
        The side that pictures are brought to; that of the variant as the authors have it.
    minimum_area
        Pixels that a foreground counts for at least.
    """

    network: SeparatedUNet

    def __init__(
        self,
        *,
        variant: str = "256",
        width: int | None = None,
        base: int | None = None,
        minimum_area: float = 1000.0,
    ) -> None:
        super().__init__()
        self.method = f"issam.{variant}"
        self.shape: dict[str, Any] = _built.shape(width, base)
        self.network = _built.network(self.method, self.shape)  # type: ignore[assignment]
        self.minimum_area = minimum_area
        self.plan = Plan(
            self.network.base, batch=16, epochs=120, rate=1e-3, schedule=steps(105, 115)
        )

    def optimizers(self, rate: float) -> dict[str, Optimizer]:
        return {"network": Adam(self.network.parameters(), rate)}

    def losses(self, phase: str, batches: Mapping[str, Batch]) -> dict[str, Tensor]:
        batch = batches[DATA]
        normalised = self.network.normalised
        output = normalised(self.network(batch.composite, batch.mask))
        error = fn_mse(output, normalised(batch.real), batch.mask, minimum_area=self.minimum_area)
        return {"fn_mse": error}


RECIPE = ISSAM
