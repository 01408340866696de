"""What an harmonizer has of a network that was made to segment or to classify."""

from os import PathLike
from pathlib import Path

from torch import nn

from harmonia.nets import _checkpoints
from harmonia.nets._backed import Backed
from harmonia.nets._checkpoints import WeightsError, listed

_OWN = ("conv3x3_ocr.", "ocr_distri_head.")  # of HRNet's, what tells the mask's regions apart


def pretrained(network: Backed) -> nn.Module:
    """The part that comes with weights of its own."""
    backbone = network.backbone
    found: nn.Module = (
        backbone.hrnet if hasattr(backbone, "hrnet") else backbone.deeplab.backbone  # type: ignore[assignment,union-attr]
    )
    return found


def parameters(network: nn.Module) -> list[nn.Parameter]:
    """Those of the pretrained part; none where a network has no backbone."""
    if not isinstance(network, Backed):
        return []
    named = pretrained(network).named_parameters()
    return [one for name, one in named if not name.startswith(_OWN)]


def load(network: Backed, path: str | PathLike[str]) -> None:
    """Give the pretrained part its weights; what else a file holds, such as a classifier, not."""
    part = pretrained(network)
    state = _checkpoints.read(Path(path)).state
    wanted = {key: one for key, one in part.state_dict().items() if not key.startswith(_OWN)}
    wrong = [f"{key} is missing" for key in wanted if key not in state]
    wrong += [
        f"{key} is {tuple(state[key].shape)} and not {tuple(one.shape)}"
        for key, one in wanted.items()
        if key in state and state[key].shape != one.shape
    ]
    if wrong:
        raise WeightsError(f"train: backbone: {path} is not of this backbone: {listed(wrong)}")
    part.load_state_dict({key: state[key] for key in wanted}, strict=False)
