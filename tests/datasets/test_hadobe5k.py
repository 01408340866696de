"""HAdobe5k in high resolution: as it is stored, and as squares."""

import numpy as np
import pytest
from harmonia import datasets
from miniatures import make_hadobe5k, make_iharmony4, write_picture
from reference.resize import cv2_f32, cv2_u8


@pytest.fixture
def root(tmp_path):
    make_hadobe5k(tmp_path)
    return tmp_path


def test_without_a_size_all_is_as_it_is_stored(root):
    plain = datasets.load("iharmony4", root)
    for sample, same in zip(datasets.load("hadobe5k", root), plain, strict=True):
        assert (sample.name, sample.subset, sample.notes) == (same.name, "HAdobe5k", ())
        for one in ("composite", "mask", "real"):
            assert np.array_equal(getattr(sample, one), getattr(same, one))


def test_squares_are_resized_linearly_each_from_its_file(root):
    for stored, square in zip(
        datasets.load("hadobe5k", root), datasets.load("hadobe5k", root, size=50), strict=True
    ):
        for one in ("composite", "real"):
            expected = cv2_u8(getattr(stored, one), 50, 50, "linear")
            assert np.array_equal(getattr(square, one), expected)
        mask = (stored.mask / np.float32(255)).astype(np.float32)
        assert square.mask.dtype == np.float32
        # Two sums of two products in floats of 0..1.
        assert np.abs(square.mask - cv2_f32(mask, 50, 50, "linear")).max() <= 4 * 2.0**-24
        assert square.notes == tuple(
            f"{part} resized from 108 x 72" for part in ("composite", "mask", "real")
        )


def test_a_real_of_another_size_is_resized_once(root):
    """Not to the size of the composite before."""
    other = np.arange(30 * 40 * 3, dtype=np.uint8).reshape(30, 40, 3)
    path = root / "real_images" / "a0002.png"
    write_picture(path, other)
    (root / "real_images" / "a0002.jpg").unlink()
    sample = datasets.load("hadobe5k", root, size=25)[0]
    assert np.array_equal(sample.real, cv2_u8(other, 25, 25, "linear"))
    assert sample.notes[-1] == "real resized from 40 x 30"


def test_a_square_of_that_size_is_left_alone(root):
    dataset = datasets.load("hadobe5k", root, size=25)
    entry = dataset.entry(0)
    for path in (entry.composite, entry.real):
        path.unlink()
        write_picture(path, np.full((25, 25, 3), 90, np.uint8))
    assert dataset[0].notes == ("mask resized from 108 x 72",)


def test_the_root_of_iharmony4_serves_too(tmp_path):
    made = make_iharmony4(tmp_path)
    for split, names in made.items():
        dataset = datasets.load("hadobe5k", tmp_path, split=split, size=16)
        assert [sample.name for sample in dataset] == [n for n in names if n.startswith("a")]


@pytest.mark.parametrize("size", [0, -1, 1.5, "1024", True, (1024, 1024), 1 << 15])
def test_other_sizes_are_refused(root, size):
    with pytest.raises(ValueError, match=r"hadobe5k: size must be an integer of 1..16384 or None"):
        datasets.load("hadobe5k", root, size=size)


def test_another_split_is_refused(root):
    with pytest.raises(ValueError, match="hadobe5k: split must be 'train' or 'test', got 'all'"):
        datasets.load("hadobe5k", root, split="all")


def test_without_its_list_it_is_said_what_was_looked_for(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"hadobe5k: root: .* HAdobe5k_test.txt"):
        datasets.load("hadobe5k", tmp_path)
