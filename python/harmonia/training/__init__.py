"""What networks are trained with. Needs torch."""

try:
    import torch  # noqa: F401
except ModuleNotFoundError as error:
    raise ModuleNotFoundError(
        "harmonia.training needs torch: pip install harmonia[torch]", name=error.name
    ) from error

from harmonia.training._tensors import IMAGENET, tensors

__all__ = ["IMAGENET", "tensors"]
