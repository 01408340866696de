"""Editions under any curve of tones are aligned; shifted, scaled and other pictures are not."""

import images
import numpy as np
import pytest
from harmonia._resize import pil_resize
from harmonia.synthesis._alignment import REACH, misaligned
from recipe_sources.pictures import disc, edition

SIZE = (240, 320)


def textured(seed=0, size=SIZE):
    """Edges of all directions, some pixels wide, as in a photograph."""
    noise = np.random.default_rng(seed).integers(0, 256, (size[0] // 4, size[1] // 4, 3), np.uint8)
    return pil_resize(noise, size, "bicubic")


PICTURE, MASK = textured(), disc(SIZE)


@pytest.mark.parametrize("number", [-3, -1, 0, 1, 3])
def test_curves_of_tones_are_no_shift(number):
    assert misaligned(PICTURE, edition(PICTURE, number), MASK) == ""


def test_another_contrast_and_noise_is_no_shift():
    noise = np.random.default_rng(1).normal(0, 4, PICTURE.shape)
    flat = np.clip(128 + 0.6 * (PICTURE - 128.0) + noise, 0, 255).astype(np.uint8)
    assert misaligned(PICTURE, flat, MASK) == ""


@pytest.mark.parametrize(("right", "down"), [(2, 0), (0, -3), (-5, 7), (REACH, -REACH)])
def test_a_shift_is_told(right, down):
    moved = np.roll(PICTURE, (down, right), (0, 1))
    said = misaligned(PICTURE, moved, MASK)
    assert said == f"is shifted by {right} pixels to the right and {down} down"


def test_a_crop_brought_to_the_same_size_is_told():
    cropped = pil_resize(PICTURE, SIZE, "bicubic", box=(20, 15, 300, 225))
    assert misaligned(PICTURE, cropped, MASK) != ""


def test_another_picture_is_told():
    assert "shows other edges" in misaligned(PICTURE, textured(1), MASK)


def test_nothing_is_said_of_what_has_no_edges():
    flat = np.full_like(PICTURE, 90)
    assert misaligned(PICTURE, flat, MASK) == ""
    smooth = images.as_dtype(
        np.linspace(0, 1, SIZE[1])[None, :, None] * np.ones((*SIZE, 3)), "uint8"
    )
    assert misaligned(smooth, np.roll(smooth, 5, 1)[:, ::-1], MASK) == ""


def test_it_looks_around_the_mask():
    """In a large picture, what lies far from the foreground does not count."""
    large = textured(2, (1400, 1600))
    mask = np.zeros(large.shape[:2], np.uint8)
    mask[1200:1300, 100:260] = 255
    other = large.copy()
    other[:600, 900:] = np.roll(large, 6, 1)[:600, 900:]
    assert misaligned(large, other, mask) == ""
    assert misaligned(large, np.roll(large, 6, 1), mask) != ""
