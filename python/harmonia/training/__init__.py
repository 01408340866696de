"""What networks are trained with. Needs torch."""

try:
    import torch  # noqa: F401
except ModuleNotFoundError as error:
    raise ModuleNotFoundError(
        "harmonia.training needs torch: pip install harmonia[torch]", name=error.name
    ) from error
