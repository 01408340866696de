"""Xiao & Ma 2006: turn and scale the principal axes of the foreground to the background's.

X. Xiao, L. Ma, "Color transfer in correlated color space", VRCIA 2006. Matches mean and full
covariance in RGB, as mkl does, but by way of the eigenvectors of both sides.

Cost: as mkl. An eigenvector has no sign, and eigenvectors of close variances swap places easily.
The formula leaves both open: then an axis of the colours comes out mirrored, or turned into
another, for no reason in the picture. Here axes are paired and oriented so that they turn as little
as possible; variances count as at least those of 8-bit rounding, and nothing is stretched more than
tenfold. Where the two sides have no axes in common the pairing is still a matter of luck: mkl,
which needs none, is the better choice.

`compat=True` is the plain formula: axes are paired by rank of their variance, without floor or
largest gain. Published outputs carry the signs of their linear algebra library; here each
eigenvector points to where its component of largest magnitude is positive. An axis without spread,
where the plain formula divides by zero, is not stretched.
"""

from harmonia import _core
from harmonia._scene import Scene
from harmonia.transform import AffineTransform


def fit(scene: Scene, *, compat: bool = False) -> AffineTransform:
    source, target = scene.moments("rgb")
    kernel = _core.xiao_plain if compat else _core.xiao
    return AffineTransform.of(kernel(source, target))
