"""Sizes beyond 32 bits: nothing wraps around, and what no memory holds is refused."""

from pathlib import Path

import harmonia
import numpy as np
import pytest
from harmonia import _core
from harmonia._resize import cv2_resize
from isas import SANITIZER

SIDE = 46341  # the first whose square passes 2^31
CORNER = 64  # pixels of the last rows and columns that are pasted
NEEDED = 16 * 2**30
HUGE = 2**25  # pixels of a picture that repeats one: 2^50 in all


def available_memory():
    """Bytes, or 0 where the system does not tell."""
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
    except FileNotFoundError:
        return 0
    facts = dict(line.split(":") for line in lines)
    return int(facts["MemAvailable"].split()[0]) * 1024


def grey(codes):
    """A grey picture without a byte more than its codes."""
    return np.broadcast_to(codes[..., None], (*codes.shape, 3))


@pytest.mark.skipif(SANITIZER is not None, reason="takes too long under a sanitizer")
@pytest.mark.skipif(available_memory() < NEEDED, reason="needs 16 GB of free memory")
def test_a_picture_of_more_than_2_to_31_pixels():
    codes = np.full((SIDE, SIDE), 100, np.uint8)
    mask = np.zeros((SIDE, SIDE), np.uint8)
    codes[-CORNER:, -CORNER:] = 50
    mask[-CORNER:, -CORNER:] = 255
    image = grey(codes)
    inside = np.s_[-CORNER:, -CORNER:]

    # The only foreground is 50, all of the background 100, and only what lies past 2^31 changes.
    out = harmonia.harmonize(image, mask, "mean_shift")
    assert (out[inside] == 100).all()
    assert all((out[y] == 100).all() for y in (0, SIDE // 2, SIDE - CORNER - 1, SIDE - 1))

    scores = harmonia.evaluate(out, image, mask, ["mse", "fmse", "background_mse"])
    assert scores["mse"] == pytest.approx(50**2 * CORNER**2 / SIDE**2, rel=1e-15)
    assert (scores["fmse"], scores["background_mse"]) == (50**2, 0)

    negative = harmonia.lut.Lut(1 - harmonia.lut.identity(2).nodes)
    harmonia.lut.apply_lut3d(image, negative, mask, out=out)
    assert (out[inside] == 205).all()
    assert (out[-CORNER - 1] == 100).all()

    del out
    pasted = harmonia.composite.composite(grey(mask), image, mask, strength=0.2)
    assert (pasted[inside] == 91).all()  # 0.2 * 255 + 0.8 * 50
    assert (pasted[-CORNER - 1] == 100).all()


def test_a_mean_of_more_levels_than_32_bits_hold():
    white = np.full((2903, 2903), 255, np.uint8)  # 2903^2 * 255 > 2^31
    assert cv2_resize(white, (1, 1), "area").tolist() == [[255]]


def test_what_no_memory_holds_is_refused():
    image = np.broadcast_to(np.zeros((1, 1, 3), np.uint8), (HUGE, HUGE, 3))
    with pytest.raises(ValueError, match="image must have at most 2\\^48 pixels"):
        _core.masked_moments(image, None, "rgb")


@pytest.mark.parametrize(
    ("width", "grid"),
    [
        (2**62, [0, 0, 4, 1]),  # (width - 1) * 4 is negative in 64 bits
        (2**61 + 1, [0, 0, 8, 1]),  # and 0 here
        (4, [0, 2**63 - 1, 1, 1]),
        (4, [2**63 - 1, 0, 1, 1]),
    ],
)
def test_steps_that_wrap_around_are_refused(width, grid):
    rows, image = np.zeros((4, 4), np.uint8), np.zeros((4, 4, 1), np.uint8)
    with pytest.raises(ValueError, match="must lie within image"):
        _core.place_png_rows(rows, width, 8, grid, image)
