"""Tables as Hald images: codes and floats read back equal, and what is wrong is named."""

import itertools

import numpy as np
import pytest
from harmonia._lut_files import hald, png
from harmonia._lut_files.contents import UNIT, Contents, LutFileError
from harmonia.lut import Lut, from_hald, identity, to_hald

RANDOM = np.random.default_rng(0)
per_dtype = pytest.mark.parametrize("dtype", ["uint8", "uint16"])


def codes(shape, dtype):
    return RANDOM.integers(0, np.iinfo(dtype).max, shape, dtype, endpoint=True)


def lut_of(size):
    return Lut(RANDOM.random((size, size, size, 3), dtype=np.float32))


def test_red_runs_fastest_then_green():
    pixels = to_hald(identity(4), dtype="float32").reshape(-1, 3)
    steps = np.linspace(0, 1, 4, dtype=np.float32)
    assert (pixels == [(r, g, b) for b, g, r in itertools.product(steps, repeat=3)]).all()


@pytest.mark.parametrize("level", [2, 3, 5])
def test_floats_read_back_equal(level):
    lut = lut_of(level**2)
    image = to_hald(lut, level, dtype="float32")
    assert image.shape == (level**3, level**3, 3)
    assert from_hald(image) == lut


@per_dtype
def test_codes_read_back_equal(dtype):
    image = codes((27, 27, 3), dtype)
    again = to_hald(from_hald(image), dtype=dtype)
    assert again.dtype == dtype
    assert (again == image).all()


@per_dtype
def test_values_are_rounded_to_the_nearest_code(dtype):
    lut, top = lut_of(9), np.iinfo(dtype).max
    # Half a code, and the rounding of the quotient to float32.
    assert abs(from_hald(to_hald(lut, dtype=dtype)).nodes - lut.nodes).max() <= 0.5 / top + 2**-25


@per_dtype
def test_an_opaque_image_of_four_channels_is_welcome(dtype):
    image = codes((8, 8, 4), dtype)
    image[..., 3] = np.iinfo(dtype).max
    assert from_hald(image) == from_hald(image[..., :3])
    image[3, 4, 3] -= 1
    with pytest.raises(ValueError, match="from_hald: image: expected an opaque image"):
        from_hald(image)


WRONG_CALLS = {
    "no table": (lambda: to_hald(np.zeros((4, 4, 4, 3))), TypeError, "must be a harmonia.lut.Lut"),
    "17 nodes": (lambda: to_hald(identity(17)), ValueError, r"use harmonia.lut.resize\(lut, 16\)"),
    "another level": (lambda: to_hald(identity(16), 3), ValueError, r"got 3 for \(16, 16, 16\)"),
    "level 1": (lambda: to_hald(identity(2), 1), ValueError, "level must be 2 to 11"),
    "int32": (lambda: to_hald(identity(16), dtype="int32"), ValueError, "uint16 or float32, got"),
    "a domain": (
        lambda: to_hald(Lut(identity(4).nodes, ((0,) * 3, (2,) * 3))),
        ValueError,
        "to_hald: a Hald image has the domain 0..1",
    ),
    "a shaper": (
        lambda: to_hald(Lut(identity(4).nodes, shaper=np.zeros((2, 3)))),
        ValueError,
        "to_hald: a Hald image holds no shaper",
    ),
    "values above 1": (
        lambda: to_hald(Lut(identity(4).nodes * 2)),
        ValueError,
        "holds values within 0..1, this table has 0..2; clip it",
    ),
    "an oblong image": (
        lambda: from_hald(np.zeros((8, 27, 3), np.uint8)),
        ValueError,
        "from_hald: image: expected a square of L",
    ),
    "another square": (lambda: from_hald(np.zeros((9, 9, 3), np.uint8)), ValueError, "got 9 x 9"),
    "grey": (lambda: from_hald(np.zeros((8, 8), np.uint8)), ValueError, r"must have shape \(H, W"),
    "float64": (
        lambda: from_hald(np.zeros((8, 8, 3))),
        TypeError,
        "uint16 or float32, got float64",
    ),
    "NaN": (
        lambda: from_hald(np.full((8, 8, 3), np.nan, np.float32)),
        ValueError,
        "expected finite colours",
    ),
}


@pytest.mark.parametrize("case", WRONG_CALLS)
def test_wrong_calls(case):
    call, kind, said = WRONG_CALLS[case]
    with pytest.raises(kind, match=said):
        call()


@pytest.mark.parametrize("bits", [8, 16])
def test_files_read_back_as_images_do(bits):
    lut = lut_of(16)
    contents = Contents(lut.nodes)
    read = hald.parse(hald.format(contents, bits), "look.png")
    assert (read.nodes == from_hald(to_hald(lut, dtype=f"uint{bits}")).nodes).all()
    assert read[1:] == (UNIT, None, UNIT, "")


def test_files_of_other_depths():
    with pytest.raises(ValueError, match="a Hald image has 8, 16 bits, got 12"):
        hald.format(Contents(identity(4).nodes), 12)


def test_a_wrong_file_is_named():
    for data in (b"", png.write(codes((9, 9, 3), "uint8"))):
        with pytest.raises(LutFileError, match=r"^look.png: expected ") as raised:
            hald.parse(data, "look.png")
        assert raised.value.line is None


def test_an_image_of_more_nodes_is_not_inflated():
    data = png.write(np.zeros((1, 1332, 3), np.uint8))
    with pytest.raises(LutFileError, match="expected at most 1331 pixels a side, got 1332 x 1"):
        hald.parse(data, "look.png")
