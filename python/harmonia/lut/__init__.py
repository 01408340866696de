"""3D lookup tables: apply, make, fit, measure, and exchange them with grading tools."""

from harmonia._lut_files.contents import LutFileError
from harmonia.lut.apply import apply_lut3d, combine
from harmonia.lut.files import from_hald, read_lut, to_hald, write_lut
from harmonia.lut.grids import AffineGrid, LutGrid, apply_affine_grid, apply_lut_grid
from harmonia.lut.fitting import FitError, fit_error, fit_lut
from harmonia.lut.shape import identity
from harmonia.lut.analysis import LutAnalysis, analyse
from harmonia.lut.apply import apply_lut3d, combine
from harmonia.lut.inverse import invert
from harmonia.lut.picture import picture
from harmonia.lut.shape import compose, identity, resize
from harmonia.transform import Lut

__all__ = [
    "AffineGrid",
    "FitError",
    "Lut",
    "LutFileError",
    "LutGrid",
    "apply_affine_grid",
    "LutAnalysis",
    "analyse",
    "apply_lut3d",
    "apply_lut_grid",
    "combine",
    "from_hald",
    "fit_error",
    "fit_lut",
    "identity",
    "read_lut",
    "to_hald",
    "write_lut",
    "compose",
    "identity",
    "invert",
    "picture",
    "resize",
]
