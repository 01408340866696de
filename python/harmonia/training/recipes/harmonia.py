"""The library's own network: foreground-normalised MSE, its root, and what it makes worse.

AdamW at 0.001, falling as a cosine, for 250 epochs of batches of 256 at 128 x 128, in full pieces.
The root counts twice as much as the error itself, so that subtle composites count beside strong
ones; what exceeds the root of the composite's own error counts half as much again, so that where
the network is not sure it changes less. It is meant for
`harmonia.synthesis.random_composites(..., relit=0.6, untouched=0.15)`, which are of that size
already: with few photographs, most of what there is to learn comes from their being seen in other
lights.
"""

from collections.abc import Mapping

from torch import Tensor
from torch.optim import AdamW, Optimizer

from harmonia.nets._colour_statistics import SIDE
from harmonia.nets.harmonia import ColourTable
from harmonia.training import _built
from harmonia.training._batch import Batch
from harmonia.training._crops import Crops
from harmonia.training._recipe import DATA, Plan, Recipe
from harmonia.training._schedules import cosine
from harmonia.training.losses import fn_mse

EPOCHS = 250
ROOT = 2.0
WORSE = 1.0
LEAST = 1e-4  # of an error under the root: a hundredth of the range


class Harmonia(Recipe):
    """The network in training.

    Parameters
    ----------
    width
        Of its layers.
    """

    network: ColourTable

    def __init__(self, *, width: int | None = None) -> None:
        super().__init__()
        self.method = "harmonia.quadratic"
        self.shape = _built.shape(width)
        self.network = _built.network(self.method, self.shape)  # type: ignore[assignment]
        self.plan = Plan(
            SIDE,
            batch=256,
            epochs=EPOCHS,
            rate=1e-3,
            schedule=cosine(EPOCHS),
            crops=Crops(scale=(1.0, 1.0)),
            resize="pil",
        )

    def optimizers(self, rate: float) -> dict[str, Optimizer]:
        return {"network": AdamW(self.network.parameters(), rate, weight_decay=0.01)}

    def losses(self, phase: str, batches: Mapping[str, Batch]) -> dict[str, Tensor]:
        batch = batches[DATA]
        coefficients = self.network.coefficients(batch.composite, batch.mask)
        colours = batch.composite.movedim(1, -1)
        changed = self.network.changed(colours, coefficients).movedim(-1, 1)
        output = batch.composite + batch.mask * (changed - batch.composite)
        errors, before = (
            fn_mse(image, batch.real, batch.mask, reduction="none")
            for image in (output, batch.composite)
        )
        roots = (errors + LEAST).sqrt()
        worse = (roots - (before + LEAST).sqrt()).clamp(min=0)
        return {
            "fn_mse": errors.mean(),
            "root": ROOT * roots.mean(),
            "worse": WORSE * worse.mean(),
        }


RECIPE = Harmonia
