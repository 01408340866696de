"""3D lookup tables: apply, make, fit, measure, and exchange them with grading tools."""

from harmonia.lut.analysis import LutAnalysis, analyse
from harmonia.lut.apply import apply_lut3d, combine
from harmonia.lut.inverse import invert
from harmonia.lut.picture import picture
from harmonia.lut.shape import compose, identity, resize
from harmonia.transform import Lut

__all__ = [
    "Lut",
    "LutAnalysis",
    "analyse",
    "apply_lut3d",
    "combine",
    "compose",
    "identity",
    "invert",
    "picture",
    "resize",
]
