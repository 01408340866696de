"""Tables through this library and through what studios use: equal but for rounding."""

import numpy as np
import pytest
from harmonia import lut
from harmonia.lut import Lut
from images import as_dtype, scene
from looks import contrast, noise, table, waves
from PIL import Image, ImageFilter

try:
    import PyOpenColorIO as ocio
except ImportError:
    ocio = None

needs_ocio = pytest.mark.skipif(ocio is None, reason="needs PyOpenColorIO: pip install opencolorio")

LOOKS = {
    "contrast": table(contrast, 33),
    "waves": table(waves, 17),
    "clipped noise": Lut(np.clip(noise(9).nodes, 0, 1)),
}
per_look = pytest.mark.parametrize("name", LOOKS)
per_interpolation = pytest.mark.parametrize("interpolation", ["trilinear", "tetrahedral"])


def picture(kind):
    """Random colours, and what looks like a photograph."""
    if kind == "random":
        return np.random.default_rng(0).uniform(0, 1, (120, 160, 3)).astype(np.float32)
    return scene(120, 160)[0].astype(np.float32)


per_picture = pytest.mark.parametrize("kind", ["random", "scene"])


def write_cube(path, look):
    """As the format says it: red fastest."""
    lines = [f"LUT_3D_SIZE {look.size[0]}"]
    for corner, name in zip(look.domain, ("MIN", "MAX"), strict=True):
        lines.append(f"DOMAIN_{name} " + " ".join(f"{value:.9g}" for value in corner))
    for blue, green, red in np.ndindex(look.size):
        lines.append(" ".join(f"{value:.9g}" for value in look.nodes[red, green, blue]))
    path.write_text("\n".join(lines) + "\n", encoding="ascii")


def by_ocio(image, path, interpolation="trilinear", inverse=False):
    transform = ocio.FileTransform(str(path))
    names = {"trilinear": ocio.INTERP_LINEAR, "tetrahedral": ocio.INTERP_TETRAHEDRAL}
    transform.setInterpolation(names[interpolation])
    if inverse:
        transform.setDirection(ocio.TRANSFORM_DIR_INVERSE)
    depth = {"uint8": ocio.BIT_DEPTH_UINT8, "float32": ocio.BIT_DEPTH_F32}[image.dtype.name]
    processor = ocio.Config.CreateRaw().getProcessor(ocio.GroupTransform([transform]))
    # Lossless: what is faster by default is so by approximation.
    run = processor.getOptimizedCPUProcessor(depth, depth, ocio.OPTIMIZATION_LOSSLESS)
    out = np.ascontiguousarray(image).copy()
    height, width, channels = out.shape
    step = out.itemsize
    strides = (step, channels * step, width * channels * step)
    run.apply(ocio.PackedImageDesc(out, width, height, channels, depth, *strides))
    return out


@needs_ocio
@per_picture
@per_interpolation
@per_look
def test_floats_are_those_of_opencolorio(tmp_path, name, interpolation, kind):
    look, image = LOOKS[name], picture(kind)
    write_cube(tmp_path / "look.cube", look)
    theirs = by_ocio(image, tmp_path / "look.cube", interpolation)
    ours = lut.apply_lut3d(image, look, interpolation=interpolation)
    # Their place in the table is rounded in steps between nodes, up to 32: 2^-20 of a step, along
    # three axes whose steps are at most 1 high.
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=3 * 2.0**-20)


@needs_ocio
@per_picture
@per_interpolation
@per_look
def test_bytes_are_within_a_level_of_opencolorio(tmp_path, name, interpolation, kind):
    look, image = LOOKS[name], as_dtype(picture(kind), np.uint8)
    write_cube(tmp_path / "look.cube", look)
    theirs = by_ocio(image, tmp_path / "look.cube", interpolation).astype(int)
    off = np.abs(theirs - lut.apply_lut3d(image, look, interpolation=interpolation))
    # Ours are within 0.55 of a level, theirs within 0.5: values within 0.05 of the middle between
    # two levels, a tenth of all, may fall to either side.
    assert off.max() <= 1
    assert (off > 0).mean() < 0.1


@needs_ocio
@per_interpolation
def test_domains_clamp_as_they_do_in_opencolorio(tmp_path, interpolation):
    look = Lut(LOOKS["contrast"].nodes, ((-0.25, 0.0, 0.1), (1.0, 2.0, 1.5)))
    write_cube(tmp_path / "look.cube", look)
    image = np.random.default_rng(1).uniform(-1, 3, (60, 70, 3)).astype(np.float32)
    theirs = by_ocio(image, tmp_path / "look.cube", interpolation)
    ours = lut.apply_lut3d(image, look, interpolation=interpolation)
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-5)


@needs_ocio
def test_an_inverse_is_that_of_opencolorio(tmp_path):
    look = LOOKS["contrast"]
    write_cube(tmp_path / "look.cube", look)
    inverse = lut.invert(look)
    wanted = lut.shape.lattice(inverse.size, inverse.domain).reshape(33, -1, 3)
    theirs = by_ocio(wanted, tmp_path / "look.cube", "tetrahedral", inverse=True)
    ours = inverse.nodes.reshape(33, -1, 3)
    reached = (np.abs(look.apply(ours) - wanted) < 1e-6).all(axis=-1)
    assert 0.4 < reached.mean() < 0.6  # beyond, they do not look for the nearest
    # A sum of curves, one of each channel, is the same by four nodes as by eight. The way back is
    # steepest, 4, where the curves start.
    np.testing.assert_allclose(ours[reached], theirs[reached], rtol=0, atol=4 * 2.0**-22)


def by_pillow(image, look, mode="RGB"):
    values = look.nodes.transpose(2, 1, 0, 3).ravel()  # red fastest
    table = ImageFilter.Color3DLUT(look.size, values.tolist(), target_mode=mode)
    return np.asarray(Image.fromarray(image).filter(table))


@per_picture
@per_look
def test_bytes_are_within_a_level_of_pillow(name, kind):
    look, image = LOOKS[name], as_dtype(picture(kind), np.uint8)
    theirs = by_pillow(image, look)
    off = np.abs(theirs.astype(int) - lut.apply_lut3d(image, look))
    # Pillow holds nodes and what it interpolates in 1/64 of a level: half of that for the nodes,
    # and all of it for what each of three axes cuts off. So it is within 0.5 + 3.5 / 64 of a level.
    exact = 255 * lut.apply_lut3d((image / np.float32(255)), look).astype(np.float64)
    assert np.abs(theirs - exact).max() < 0.5 + 3.5 / 64 + 0.005
    assert off.max() <= 1
    assert (off > 0).mean() < 0.1


def test_pillow_has_red_first_too():
    look = table(lambda x: x[..., [1, 2, 0]] * np.array([1, 0.5, 0.25]), (3, 4, 5))
    image = as_dtype(picture("random"), np.uint8)
    off = np.abs(by_pillow(image, look).astype(int) - lut.apply_lut3d(image, look))
    assert off.max() <= 1
