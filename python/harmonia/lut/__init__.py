"""3D lookup tables: apply, make, fit, measure, and exchange them with grading tools."""

from harmonia.lut.apply import apply_lut3d, combine
from harmonia.lut.grids import AffineGrid, LutGrid, apply_affine_grid, apply_lut_grid
from harmonia.lut.shape import identity
from harmonia.transform import Lut

__all__ = [
    "AffineGrid",
    "Lut",
    "LutGrid",
    "apply_affine_grid",
    "apply_lut3d",
    "apply_lut_grid",
    "combine",
    "identity",
]
