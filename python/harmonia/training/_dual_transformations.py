"""CDTNet and its table alone in training (Cong et al. 2022): what the two recipes share."""

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, Self

from torch import Tensor, nn
from torch.optim import Adam, Optimizer

from harmonia.nets import _weights
from harmonia.nets._checkpoints import WeightsError
from harmonia.nets.cdtnet import DualTransformations, Outputs
from harmonia.training import _built, _initial
from harmonia.training._batch import Batch
from harmonia.training._recipe import DATA, Plan, Recipe
from harmonia.training._schedules import steps
from harmonia.training.losses import lut_monotonicity, lut_smoothness


class DualTransformationsRecipe(Recipe):
    """The network, its U-Net as it comes or learning too; recipes say what the parameters are."""

    family: ClassVar[str]  # the network's name, without its variant
    network: DualTransformations

    def __init__(
        self,
        *,
        variant: str = "256",
        width: int | None = None,
        base: int | None = None,
        trunk: str | None = None,
        frozen: bool | None = None,
        minimum_area: float = 100.0,
        smoothness: float = 0.0,
        monotonicity: float = 0.0,
    ) -> None:
        super().__init__()
        if frozen and trunk is None:
            raise ValueError(
                "train: frozen: a U-Net that learned nothing is of no use; pass trunk, a file of "
                "iSSAM's weights, or leave frozen out"
            )
        self.method = f"{self.family}.{variant}"
        self.shape: dict[str, Any] = _built.shape(width, base)
        self.network = _built.network(self.method, self.shape)  # type: ignore[assignment]
        self.minimum_area = minimum_area
        self.smoothness, self.monotonicity = smoothness, monotonicity
        _begin(self.network)
        if trunk is not None:
            _load_trunk(self.network, trunk)
        self.frozen = (trunk is not None) if frozen is None else frozen
        for part in self._still():
            part.requires_grad_(False)
        larger = 1024 if self.network.base <= 256 else 2048
        self.plan = Plan(
            larger,
            batch=4 if larger == 1024 else 2,
            batches={256: 16},
            epochs=120,
            rate=1e-3,
            schedule=steps(50, 100),
        )

    def _still(self) -> list[nn.Module]:
        """What no step moves."""
        parts: list[nn.Module] = []
        if self.frozen:
            parts += [self.network.encoder]
        if self.frozen or not self.network.refined:
            parts += [self.network.decoder]
        if not self.network.refined:
            parts += [self.network.refine]
        return parts

    def train(self, mode: bool = True) -> Self:
        """A part that no step moves keeps the statistics of its norms too."""
        super().train(mode)
        for part in self._still():
            part.eval()
        return self

    def optimizers(self, rate: float) -> dict[str, Optimizer]:
        moved = [one for one in self.network.parameters() if one.requires_grad]
        return {"network": Adam(moved, rate)}

    def losses(self, phase: str, batches: Mapping[str, Batch]) -> dict[str, Tensor]:
        batch = batches[DATA]
        found = self.network.outputs(batch.composite, batch.mask)
        terms = self.errors(found, batch)
        if self.smoothness:
            terms["smoothness"] = self.smoothness * lut_smoothness(found.nodes)
        if self.monotonicity:
            terms["monotonicity"] = self.monotonicity * lut_monotonicity(found.nodes)
        return terms

    @abstractmethod
    def errors(self, found: Outputs, batch: Batch) -> dict[str, Tensor]:
        """Of the branches that a recipe has."""


def _begin(network: DualTransformations) -> None:
    _initial.gluon(network.encoder, 1.0)
    _initial.gluon(network.decoder, 1.0)
    _initial.gluon(network.refine, 2.0)
    classifier = network.lut.classifier
    for layer in (classifier.conv, classifier.fc):
        nn.init.xavier_normal_(layer.weight)


def _load_trunk(network: DualTransformations, path: str) -> None:
    source, _ = _weights.open_network("issam", path, where="train: trunk")
    for name in ("encoder", "decoder"):
        try:
            network.get_submodule(name).load_state_dict(source.get_submodule(name).state_dict())
        except (AttributeError, RuntimeError) as error:
            raise WeightsError(
                f"train: trunk: {path} is not of this U-Net; it must be iSSAM's of the same width"
            ) from error
