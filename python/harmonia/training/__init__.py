"""The systems of `harmonia.nets` in training, and what they are trained with. Needs torch."""

try:
    import torch  # noqa: F401
except ModuleNotFoundError as error:
    raise ModuleNotFoundError(
        "harmonia.training needs torch: pip install 'harmonia[torch]'", name=error.name
    ) from error

from harmonia.training._batch import Batch
from harmonia.training._crops import Crops
from harmonia.training._keeper import Progress
from harmonia.training._loop import Diverged, Pace
from harmonia.training._recipe import Plan, Recipe
from harmonia.training._recipes import list_recipes
from harmonia.training._rerun import rerun
from harmonia.training._settings import OtherRun
from harmonia.training._tensors import IMAGENET, tensors
from harmonia.training._train import Run, train
from harmonia.training._translate import translate

__all__ = [
    "IMAGENET",
    "Batch",
    "Crops",
    "Diverged",
    "OtherRun",
    "Pace",
    "Plan",
    "Progress",
    "Recipe",
    "Run",
    "list_recipes",
    "rerun",
    "tensors",
    "train",
    "translate",
]
