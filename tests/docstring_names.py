"""The names that docstrings use without making them: also shown on top of the API reference."""

from typing import Any


def names() -> dict[str, Any]:
    """What every docstring may use."""
    # begin
    import harmonia
    import numpy as np

    image, mask = harmonia.example()
    # end
    return {"harmonia": harmonia, "np": np, "image": image, "mask": mask}
