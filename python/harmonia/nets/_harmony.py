"""BargainNet's score of a composite: how near the code of its foreground is to the background's."""

import math
from typing import Any

import torch

from harmonia._arrays import open_images, open_masks
from harmonia.nets._session import Session
from harmonia.nets.bargainnet import BargainNet

RATE = 0.04212  # the authors'


def harmony_score(session: Session, image: Any, mask: Any) -> float | list[float]:
    """How harmonious a composite is, from 0 to 1, by BargainNet's codes of its two regions.

    It is exp(-0.04212 d), with d the distance between the codes of foreground and background. As by
    the authors, picture and mask are brought to 256 x 256 by PIL's bilinear resize, and the mask
    stays soft. A picture without one of the regions has no score: NaN.

    Parameters
    ----------
    session
        `harmonia.load("bargainnet", bn="running")`: the codes go by the statistics of training.
    image, mask
        As for `harmonize`. A batch has a list of scores.
    """
    where, network = "harmony_score", session.network
    if not isinstance(network, BargainNet):
        raise TypeError(
            f"{where}: session must be of bargainnet, got {session.method}; "
            "open one with harmonia.load('bargainnet', bn='running')"
        )
    if network.bn != "running":
        raise ValueError(
            f"{where}: session must go by the statistics of training, got bn={network.bn!r}; "
            "open one with harmonia.load('bargainnet', bn='running')"
        )
    images = open_images(image, where=f"{where}: image")
    masks = open_masks(mask, images, where=f"{where}: mask")
    canvas = session.canvas(images.frames, masks)
    small, inside = canvas.shrunk(network.base, "pil bilinear", "pil bilinear")
    kind = network.E.convs.weight.dtype
    small, inside = small.to(kind), inside.to(kind)
    with torch.inference_mode():
        apart = network.code(small, inside) - network.code(small, 1 - inside)
        distances = apart.double().flatten(1).norm(dim=1).tolist()
    filled = [0 < share < 1 for share in inside.double().mean(dim=(1, 2, 3)).tolist()]
    scores = [
        math.exp(-RATE * distance) if has else math.nan
        for distance, has in zip(distances, filled, strict=True)
    ]
    return scores if images.batched else scores[0]
