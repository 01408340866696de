"""Neural networks and what they are made of. Needs torch."""

try:
    import torch  # noqa: F401
except ModuleNotFoundError as error:
    raise ModuleNotFoundError(
        "harmonia.nets needs torch: pip install 'harmonia[torch]'", name=error.name
    ) from error

from harmonia.nets._export import export_onnx
from harmonia.nets._grids import slice_affine_grid, slice_lut_grid
from harmonia.nets._harmony import harmony_score
from harmonia.nets._lut3d import apply_basis_luts, apply_lut3d, lut3d_twin, nodes_of_planes

__all__ = [
    "apply_basis_luts",
    "apply_lut3d",
    "export_onnx",
    "harmony_score",
    "lut3d_twin",
    "nodes_of_planes",
    "slice_affine_grid",
    "slice_lut_grid",
]
