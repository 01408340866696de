"""3D lookup tables: apply, make, fit, measure, and exchange them with grading tools."""

from harmonia.lut.apply import apply_lut3d, combine
from harmonia.lut.fitting import FitError, fit_error, fit_lut
from harmonia.lut.shape import identity
from harmonia.transform import Lut

__all__ = [
    "FitError",
    "Lut",
    "apply_lut3d",
    "combine",
    "fit_error",
    "fit_lut",
    "identity",
]
