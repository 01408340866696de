"""Boxes that are chosen: inside the picture, apart, on the seam, and where methods differ."""

import numpy as np
import pytest
from harmonia.comparison.zoom import choose_boxes
from hypothesis import given
from hypothesis import strategies as st
from images import scene


def pair(height, width, seed=0):
    image, mask = scene(height, width, seed)
    image, mask = np.rint(255 * image).astype(np.uint8), mask.astype(np.float32)
    change = (40 * mask[..., None]).astype(np.uint8)
    return image, [image + change // 2, image - change], mask


@given(st.integers(1, 70), st.integers(1, 70), st.integers(0, 5))
def test_boxes_lie_inside_and_are_always_the_same(height, width, count):
    image, mask = np.zeros((height, width, 3), np.uint8), np.zeros((height, width), np.float32)
    image[::3], mask[height // 3 :, width // 4 :] = 200, 1
    boxes = choose_boxes(image, [255 - image], mask, count)
    assert len(boxes) == count
    assert boxes == choose_boxes(image, [255 - image], mask, count)
    assert list(boxes) == sorted(boxes)
    for box in boxes:
        assert box.cut(image).shape[:2] == (box.height, box.width)
        assert min(box.x, box.y) >= 0
        assert min(box.width, box.height) >= 1


def test_boxes_have_one_size_and_do_not_overlap():
    boxes = choose_boxes(*pair(300, 420), 4)
    assert len({box[2:] for box in boxes}) == 1
    covered = np.zeros((300, 420), int)
    for box in boxes:
        box.cut(covered)[:] += 1
    assert covered.max() == 1


def test_the_first_box_shows_the_seam_and_the_second_the_inside():
    image, results, mask = pair(300, 420)
    (seam,) = choose_boxes(image, results, mask, 1)
    assert 0.2 < seam.cut(mask).mean() < 0.8
    (other,) = {*choose_boxes(image, results, mask, 2)} - {seam}
    assert other.cut(mask).mean() > 0.8


@pytest.mark.parametrize("side", ["left", "right"])
def test_boxes_are_where_methods_differ(side):
    image, _, mask = pair(300, 420)
    different = image.copy()
    half = np.s_[:, :210] if side == "left" else np.s_[:, 210:]
    different[half] = np.where(mask[half][..., None] > 0.2, 255 - image[half], image[half])
    (box,) = choose_boxes(image, [different, image], mask, 1)
    middle = box.x + box.width / 2
    assert middle < 210 if side == "left" else middle > 210
