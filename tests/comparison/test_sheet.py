"""The sheet as one picture, looked at pixel by pixel."""

import harmonia
import numpy as np
import pytest
from harmonia.comparison import layout, sheet

YELLOW, RED = np.array(sheet.YELLOW), np.array(sheet.RED)
METHODS = ("reinhard", "mkl")
BOX = (200, 100, 60, 40)


@pytest.fixture(scope="module")
def comparison():
    image, mask = harmonia.example()
    return harmonia.compare(image, mask, METHODS, boxes=[BOX], title="cup")


@pytest.fixture(scope="module")
def places(comparison):
    """Where the panels are, found by the picture of the first method."""
    pixels = comparison.to_picture()
    contents = comparison._sheet()
    header = layout.MARGIN + layout.LINE + 14 + 8
    return pixels, layout.arrange(len(contents.panels), (320, 480), contents.boxes, header, 1)


def cut(pixels, place):
    return pixels[place.y : place.y + place.height, place.x : place.x + place.width]


def around_box(margin):
    """Rows and columns of the panel that the box takes, with its frame."""
    x, y, width, height = BOX
    return np.s_[y - margin : y + height + margin, x - margin : x + width + margin]


def test_panels_at_full_size_have_the_bits_of_the_results(comparison, places):
    pixels, placed = places
    for name, column in zip(METHODS, placed.columns[1:], strict=True):
        panel, wanted = cut(pixels, column.panel).copy(), comparison.pictures[name].copy()
        inside = np.s_[BOX[1] : BOX[1] + BOX[3], BOX[0] : BOX[0] + BOX[2]]
        np.testing.assert_array_equal(panel[inside], wanted[inside])
        panel[around_box(sheet.FRAME)] = wanted[around_box(sheet.FRAME)] = 0
        np.testing.assert_array_equal(panel, wanted)


def test_the_box_is_yellow_in_every_panel(places):
    pixels, placed = places
    for column in placed.columns:
        frame = np.full((320, 480), False)
        frame[around_box(sheet.FRAME)] = True
        frame[around_box(0)] = False
        assert (cut(pixels, column.panel)[frame] == YELLOW).all()


def test_crops_have_a_yellow_frame_around_what_is_in_the_box(comparison, places):
    pixels, placed = places
    for column, wanted in zip(
        placed.columns, [comparison.image, *comparison.pictures.values()], strict=True
    ):
        crop = cut(pixels, column.crops[0])
        assert (crop[: sheet.FRAME] == YELLOW).all()
        assert (crop[:, -sheet.FRAME :] == YELLOW).all()
        assert crop.shape[:2] == (320, 480)  # eight times as large as the box
        x, y, width, height = BOX
        inner = crop[8:-8, 8:-8].reshape(-1, 3).mean(axis=0)
        np.testing.assert_allclose(
            inner, wanted[y + 1 : y + height - 1, x + 1 : x + width - 1].mean(axis=(0, 1)), atol=2
        )


def test_the_contour_is_red_on_the_composite_alone(comparison, places):
    pixels, placed = places
    composite, first = (cut(pixels, column.panel).astype(int) for column in placed.columns[:2])
    red = (abs(composite - RED) < 3).all(axis=2)
    assert red.sum() > 500
    assert not (red & (comparison.mask >= 128)).any()
    assert (abs(first - RED) < 3).all(axis=2).sum() < 20
    far = comparison.mask == 0
    far[:-4] &= comparison.mask[4:] == 0
    far[4:] &= comparison.mask[:-4] == 0
    far[:, :-4] &= comparison.mask[:, 4:] == 0
    far[:, 4:] &= comparison.mask[:, :-4] == 0
    assert not (red & far).any()


def test_the_same_comparison_gives_the_same_picture(comparison):
    np.testing.assert_array_equal(comparison.to_picture(), comparison.to_picture())


def test_numbers_make_the_sheet_longer():
    image, mask = harmonia.example()
    without = harmonia.compare(image, mask, METHODS, boxes=[BOX])
    measured = harmonia.compare(image, mask, METHODS, boxes=[BOX], real=image)
    assert measured.to_picture().shape[0] > without.to_picture().shape[0]


def test_tiny_and_long_pictures_have_a_sheet():
    for shape in ((1, 1), (3, 700), (700, 3)):
        image, mask = np.full((*shape, 3), 90, np.uint8), np.ones(shape, bool)
        picture = harmonia.compare(image, mask, ["mean_shift"]).to_picture(panel=100)
        assert picture.dtype == np.uint8
