"""Pitie & Kokaram 2007: the linear map between the two colour clouds that moves colours least.

F. Pitie, A. Kokaram, "The linear Monge-Kantorovitch linear colour mapping for example-based
colour transfer", CVMP 2007. Matches mean and full covariance in RGB. Unlike a match of principal
axes it is unique: no axis can come out flipped.

Cost: as Reinhard, without logarithms. Weak where foreground and background differ in content,
since all of their covariance is matched. Variances count as at least those of 8-bit rounding, and
nothing is stretched more than tenfold.
"""

from harmonia import _core
from harmonia._scene import Scene
from harmonia.transform import AffineTransform


def fit(scene: Scene) -> AffineTransform:
    source, target = scene.moments("rgb")
    return AffineTransform.of(_core.mkl(source, target))
