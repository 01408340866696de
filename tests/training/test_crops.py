"""Pieces of samples by chance."""

import numpy as np
import pytest
from harmonia.datasets import Sample
from hypothesis import given
from hypothesis import strategies as st

torch = pytest.importorskip("torch", reason="torch is not installed")

from harmonia.training import Crops  # noqa: E402 (needs torch)


def coded(height, width, white=None):
    """Every pixel tells its place, so that it is found again in a piece."""
    rows, columns = np.mgrid[:height, :width]
    place = np.stack([rows, columns, rows + columns], axis=-1).astype(np.uint16)
    mask = np.zeros((height, width), np.uint8)
    mask[white or (slice(None), slice(None))] = 255
    return Sample(place, mask, place + 7, "coded")


def piece_of(crops, sample, seed):
    return crops(sample, np.random.default_rng(seed))


@given(st.integers(8, 60), st.integers(8, 60), st.integers(0, 2**32))
def test_pieces_are_of_the_picture_and_all_three_alike(height, width, seed):
    piece = piece_of(Crops(), coded(height, width), seed)
    down, across = piece.mask.shape
    assert 0 < down <= height
    assert 0 < across <= width
    top, left = piece.composite[0, :, :2].min(axis=0)
    columns = np.arange(left, left + across)
    if piece.composite[0, 0, 1] != left:
        columns = columns[::-1]
    rows = np.arange(top, top + down)
    assert (piece.composite[..., 0] == rows[:, None]).all()
    assert (piece.composite[..., 1] == columns).all()
    assert (piece.real == piece.composite + 7).all()


@given(st.integers(0, 2**32))
def test_area_and_ratio_are_in_their_ranges(seed):
    height, width = 300, 400
    down, across = piece_of(Crops(), coded(height, width), seed).mask.shape
    # Sides are rounded to pixels: half a one of 150, the smallest there can be, each.
    slack = 1 + 1 / 150
    assert 0.5 / slack <= down * across / (height * width) <= slack
    assert 3 / 4 / slack <= across / down <= 4 / 3 * slack


def test_half_of_them_are_mirrored_and_the_mask_with_them():
    sample = coded(20, 20, (slice(None), slice(0, 10)))
    turned = 0
    for seed in range(400):
        piece = piece_of(Crops(scale=(1.0, 1.0)), sample, seed)
        mirrored = piece.composite[0, 0, 1] == 19
        assert (piece.mask[:, 0] == (0 if mirrored else 255)).all()
        turned += mirrored
    assert 160 <= turned <= 240  # four deviations of a fair coin are 40


def test_pieces_are_drawn_again_until_they_show_foreground():
    corner = (slice(0, 2), slice(0, 2))
    sample = coded(40, 40, corner)
    pieces = [piece_of(Crops(scale=(0.1, 0.2), excepted=0.0), sample, n) for n in range(100)]
    assert all(piece.mask.sum() > 255 for piece in pieces)
    assert any(piece.mask.size == 1600 for piece in pieces)  # the whole, where ten showed none
    anywhere = [piece_of(Crops(scale=(0.1, 0.2), excepted=1.0), sample, n) for n in range(100)]
    assert any(piece.mask.sum() == 0 for piece in anywhere)


@pytest.mark.parametrize(("dtype", "white"), [(bool, True), (np.float32, 1), (np.uint16, 65535)])
def test_foreground_is_counted_in_any_kind_of_mask(dtype, white):
    mask = np.zeros((40, 40), dtype)
    mask[0, 0] = white  # a single pixel is not more than one
    sample = Sample(np.zeros((40, 40, 3), np.uint8), mask, None, "one")
    crops = Crops(scale=(0.1, 0.2), mirror=0.0, excepted=0.0)
    assert all(piece_of(crops, sample, seed).mask.size == 1600 for seed in range(20))
    mask[:2, :2] = white
    assert any(piece_of(crops, sample, seed).mask.size < 1600 for seed in range(200))


def test_an_empty_mask_and_a_long_picture_have_pieces_too():
    empty = coded(30, 30, (slice(0, 0), slice(0, 0)))
    assert piece_of(Crops(excepted=0.0), empty, 0).mask.shape == (30, 30)
    assert piece_of(Crops(), coded(10, 400), 0).mask.shape == (10, 13)
    assert piece_of(Crops(), coded(400, 10), 0).mask.shape == (13, 10)
