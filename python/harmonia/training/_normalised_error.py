"""A network that learns by one error of its whole output, as Sofiiuk et al. (2021) trained theirs.

Adam, a backbone at a tenth of the rate. The error is that of normalised values.
"""

from collections.abc import Mapping
from os import PathLike
from typing import Any

from torch import Tensor
from torch.nn import functional
from torch.optim import Adam, Optimizer

from harmonia.nets._backed import Backed, Trunk
from harmonia.training import _backbones, _built, _initial
from harmonia.training._batch import Batch
from harmonia.training._recipe import DATA, Plan, Recipe
from harmonia.training._schedules import Schedule, steps
from harmonia.training.losses import fn_mse


class NormalisedError(Recipe):
    """One network, one optimizer, one term.

    Parameters
    ----------
    method
        The network with its variant: "issam.256".
    width, base
        Those of the network, where they are not the authors'.
    magnitude
        Of the weights that it begins with, see `_initial.gluon`.
    minimum_area
        Of the foreground-normalised error; None for plain MSE.
    schedule
        Of the rate; that of 120 epochs, or of 180 with a backbone, by default.
    backbone
        A file of weights that a backbone begins with.
    """

    network: Trunk | Backed

    def __init__(
        self,
        method: str,
        *,
        width: int | None,
        base: int | None,
        magnitude: float,
        minimum_area: float | None,
        schedule: Schedule | None = None,
        backbone: str | PathLike[str] | None = None,
    ) -> None:
        super().__init__()
        self.method = method
        self.shape: dict[str, Any] = _built.shape(width, base)
        self.network = _built.network(method, self.shape)  # type: ignore[assignment]
        _initial.gluon(self.network, magnitude)
        backed = isinstance(self.network, Backed)
        if backbone is not None:
            if not isinstance(self.network, Backed):
                raise ValueError(f"train: {method} has no backbone; leave backbone out")
            _backbones.load(self.network, backbone)
        self.minimum_area = minimum_area
        self.plan = Plan(
            self.network.base,
            batch=16,
            epochs=180 if backed else 120,
            rate=1e-3,
            schedule=schedule or (steps(160, 175) if backed else steps(105, 115)),
        )

    def optimizers(self, rate: float) -> dict[str, Optimizer]:
        slow = _backbones.parameters(self.network)
        known = {id(one) for one in slow}
        own = [one for one in self.network.parameters() if id(one) not in known]
        groups: list[dict[str, Any]] = [{"params": own}]
        if slow:
            groups.append({"params": slow, "lr": rate / 10})
        return {"network": Adam(groups, rate)}

    def losses(self, phase: str, batches: Mapping[str, Batch]) -> dict[str, Tensor]:
        batch = batches[DATA]
        normalised = self.network.normalised
        output = normalised(self.network(batch.composite, batch.mask))
        target = normalised(batch.real)
        if self.minimum_area is None:
            return {"mse": functional.mse_loss(output.float(), target)}
        return {"fn_mse": fn_mse(output, target, batch.mask, minimum_area=self.minimum_area)}
