"""Mean shift: move the mean colour of the foreground onto that of the background.

The difference of the two means in RGB is added to every pixel. The floor that other methods have to
beat, and often close to them: contrast and the relations between the colours stay as they are.

Cost: one pass for the means, one for the pixels under the mask. Colours that leave 0..1 are
clamped, which leaves the mean a little short where a dark or bright foreground is moved far.
"""

from harmonia._scene import Scene
from harmonia.transform import UNCHANGED, AffineTransform


def fit(scene: Scene) -> AffineTransform:
    (_, source, _), (_, target, _) = scene.moments("rgb")
    shift = tuple(to - here for here, to in zip(source, target, strict=True))
    return AffineTransform("rgb", UNCHANGED.matrix, shift)
