"""BargainNet: L1 and triplets of the codes that its extractor gives (Cong et al. 2021).

Adam at 0.0001 (0.9, 0.999) for 200 epochs of batches of 1, of pieces and mirrored pictures. The
loss is L1, of pictures within -1..1, and 0.01 times two triplets of a margin of 0.1: the output's
foreground is to have the code of the real one, and of the background, rather than the composite's.
Extractor and generator move together.

The authors take a mask's nearest values to the size of training; here the mask is resized as a
picture is, and only what stays wholly foreground counts.
"""

from collections.abc import Mapping

from torch import Tensor
from torch.optim import Adam, Optimizer

from harmonia.nets._style_encoder import wholly
from harmonia.nets.bargainnet import BargainNet
from harmonia.training import _built, _initial, _pix2pix
from harmonia.training._batch import Batch
from harmonia.training._built import Variant
from harmonia.training._recipe import DATA, Plan, Recipe
from harmonia.training.losses import masked_l1, triplet

TRIPLETS = 0.01
MARGIN = 0.1


class BargainNetRecipe(Recipe):
    """BargainNet in training.

    Parameters
    ----------
    width
        Channels of extractor and generator at half size; 64 as the authors have it.
    variant
        "described" takes the background's code from the composite, and distances between whole
        codes. "code" takes it from the real picture and distances number by number, as the authors'
        code does.
    """

    network: BargainNet

    def __init__(self, *, width: int | None = None, variant: Variant = "described") -> None:
        super().__init__()
        self.as_code = _built.is_code(variant)
        self.method = "bargainnet.256"
        self.shape = _built.shape(width, code_width=width)
        self.network = _built.network(self.method, self.shape)  # type: ignore[assignment]
        _initial.normal(self.network)
        self.plan = Plan(_pix2pix.SIDE, batch=1, epochs=_pix2pix.EPOCHS, rate=1e-4)

    def optimizers(self, rate: float) -> dict[str, Optimizer]:
        return {"network": Adam(self.network.parameters(), rate, betas=(0.9, 0.999))}

    def losses(self, phase: str, batches: Mapping[str, Batch]) -> dict[str, Tensor]:
        batch, network = batches[DATA], self.network
        _pix2pix.check_size(batch.real)
        inside = wholly(batch.mask).to(batch.real)
        background = network.code(batch.real if self.as_code else batch.composite, 1 - inside)
        real = network.code(batch.real, inside)
        output = network.generate(batch.composite, inside, background)
        harmonized = network.code(output, inside)
        composite = network.code(batch.composite, inside)
        return {
            "l1": masked_l1(2 * output - 1, 2 * batch.real - 1),
            "triplet_real": self._triplet(real, harmonized, composite),
            "triplet_background": self._triplet(harmonized, background, composite),
        }

    def _triplet(self, anchor: Tensor, positive: Tensor, negative: Tensor) -> Tensor:
        elementwise = self.as_code
        loss = triplet(anchor, positive, negative, margin=MARGIN, elementwise=elementwise)
        return TRIPLETS * loss


RECIPE = BargainNetRecipe
