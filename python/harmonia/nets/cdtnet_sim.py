"""CDTNet(sim): CDTNet up to its table of colours, without the refinement (Cong et al. 2022).

The same checkpoints as `cdtnet`, whose file says what there is to know of them. The decoder and the
refinement are loaded, so that weights fit as a whole, but never run: the authors' code runs the
decoder for nothing. The authors paste the output through the mask, which here is left to whoever
pastes every output.
"""

from functools import partial

from harmonia.nets._network import Architecture
from harmonia.nets.cdtnet import DualTransformations

ARCHITECTURE = Architecture(
    variants={
        "256": partial(DualTransformations, base=256, refined=False),
        "512": partial(DualTransformations, base=512, refined=False),
    },
)
