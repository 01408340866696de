"""3D lookup tables: apply, make, fit, measure, and exchange them with grading tools."""

from harmonia.lut.apply import apply_lut3d, combine
from harmonia.lut.shape import identity
from harmonia.transform import Lut

__all__ = [
    "Lut",
    "apply_lut3d",
    "combine",
    "identity",
]
