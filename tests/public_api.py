"""The public modules, and the public names of one; the pages of the reference go by them too."""

import importlib.util
import inspect
from types import ModuleType

MODULES = {
    "harmonia": "The functions that most programs need",
    "harmonia.io": "Pictures, masks and videos in files",
    "harmonia.lut": "Tables of colours",
    "harmonia.metrics": "Metrics and protocols",
    "harmonia.composite": "Pasting and blending",
    "harmonia.color": "Colour spaces",
    "harmonia.stats": "Statistics under masks",
    "harmonia.datasets": "Datasets",
    "harmonia.synthesis": "Composites with ground truth",
    "harmonia.evaluation": "Evaluation over datasets",
    "harmonia.evaluation.tables": "Tables of an evaluation",
    "harmonia.evaluation.figures": "Figures of an evaluation",
    "harmonia.evaluation.cost": "Time, memory and size of methods",
    "harmonia.nets": "Operators for torch",
    "harmonia.training": "Training",
    "harmonia.training.losses": "Losses",
}
OF_TORCH = ("harmonia.nets", "harmonia.training", "harmonia.training.losses")
HAS_TORCH = importlib.util.find_spec("torch") is not None


def public_names(module: ModuleType) -> list[str]:
    """`__all__`, or the functions and classes of a module without a leading underscore."""
    own = [
        name
        for name, value in vars(module).items()
        if (inspect.isfunction(value) or inspect.isclass(value))
        and not name.startswith("_")
        and value.__module__ == module.__name__
    ]
    return sorted(getattr(module, "__all__", own))
