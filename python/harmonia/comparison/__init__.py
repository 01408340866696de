"""Several methods on one composite, side by side: pictures, numbers, and sheets of them."""

from harmonia.comparison.comparing import Comparison, compare
from harmonia.comparison.zoom import Box

__all__ = ["Box", "Comparison", "compare"]
