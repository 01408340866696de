"""Affine maps of colour on the pixels of a small picture, as a change of a large one."""

from dataclasses import dataclass

from harmonia._arrays import Frame, Mask
from harmonia._kernels import kernels_of
from harmonia.transform import Change, Floats, read_only


@dataclass(frozen=True, eq=False)
class AffinePlanes(Change):
    """Maps that a network predicts at a low resolution, enlarged bicubically where they apply.

    `planes` is float32 (12, h, w): a matrix, row by row, and an offset. A 13th plane is the share
    of what a map gives, held within 0..1; the rest is the colour as it was. On the CPU alone.
    """

    planes: Floats

    def __post_init__(self) -> None:
        planes = read_only(self.planes, where="AffinePlanes: planes")
        if planes.ndim != 3 or len(planes) not in (12, 13):
            raise ValueError(
                f"AffinePlanes: planes must have shape (12, h, w) or (13, h, w), got {planes.shape}"
            )
        object.__setattr__(self, "planes", planes)

    def write(self, frame: Frame, mask: Mask, strength: float, out: Frame) -> None:
        kernels_of(frame).apply_affine_planes(frame, mask.frame, strength, self.planes, out)
