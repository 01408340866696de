"""3D lookup tables: apply, make, fit, measure, and exchange them with grading tools."""

from harmonia._lut_files.contents import LutFileError
from harmonia.lut.analysis import LutAnalysis, analyse
from harmonia.lut.apply import apply_lut3d, combine
from harmonia.lut.files import from_hald, read_lut, to_hald, write_lut
from harmonia.lut.fitting import FitError, fit_error, fit_lut
from harmonia.lut.grids import AffineGrid, LutGrid, apply_affine_grid, apply_lut_grid
from harmonia.lut.inverse import invert
from harmonia.lut.picture import picture
from harmonia.lut.shape import compose, identity, resize
from harmonia.transform import Lut

__all__ = [
    "AffineGrid",
    "FitError",
    "Lut",
    "LutAnalysis",
    "LutFileError",
    "LutGrid",
    "analyse",
    "apply_affine_grid",
    "apply_lut3d",
    "apply_lut_grid",
    "combine",
    "compose",
    "fit_error",
    "fit_lut",
    "from_hald",
    "identity",
    "invert",
    "picture",
    "read_lut",
    "resize",
    "to_hald",
    "write_lut",
]
