"""Text on pictures."""

import numpy as np
import pytest
from harmonia.comparison import lettering
from PIL import ImageFont


def ground():
    return np.full((40, 200, 3), 255, np.uint8)


def columns_of_ink(pixels):
    return np.flatnonzero((pixels < 128).any(axis=(0, 2)))


@pytest.fixture(params=["FreeType", "none"])
def typeface(request, monkeypatch):
    """Also as Pillow is without FreeType, which then has letters of one size alone."""
    if request.param == "none":
        small = ImageFont.load_default_imagefont()

        def load_default(size=None):
            if size is not None:
                raise ImportError("The _imagingft C module is not installed")
            return small

        monkeypatch.setattr(ImageFont, "load_default", load_default)
    for kept in (lettering._letters, lettering._font):
        kept.cache_clear()
    yield request.param
    for kept in (lettering._letters, lettering._font):
        kept.cache_clear()


def test_text_begins_or_ends_where_it_is_told_to(typeface):
    left, right = ground(), ground()
    lettering.write(left, (20, 30), "mkl", 16, (0, 0, 0))
    lettering.write(right, (180, 30), "mkl", 16, (0, 0, 0), right=True)
    assert 19 <= columns_of_ink(left)[0] <= 23
    assert 175 <= columns_of_ink(right)[-1] <= 180


def test_bold_letters_have_more_ink(typeface):
    plain, bold = ground(), ground()
    lettering.write(plain, (20, 30), "reinhard", 16, (0, 0, 0))
    lettering.write(bold, (20, 30), "reinhard", 16, (0, 0, 0), bold=True)
    assert bold.sum() < plain.sum()


@pytest.mark.parametrize("place", [(-30, 30), (190, 30), (20, -5), (20, 60), (300, 300)])
def test_text_that_sticks_out_is_cut(typeface, place):
    lettering.write(ground(), place, "lalonde_efros", 16, (0, 0, 0))


def test_text_without_letters_in_the_typeface_still_shows(typeface):
    pixels, same = ground(), ground()
    lettering.write(pixels, (20, 30), "na\xefve \u732b", 16, (0, 0, 0))
    lettering.write(same, (20, 30), "naive ?", 16, (0, 0, 0))
    np.testing.assert_array_equal(pixels, same)


def test_what_is_too_long_is_cut_short_or_wrapped(typeface):
    text = "the weights are not there and must be fetched first"
    short = lettering.fitted(text, 13, 120)
    assert short.endswith("...")
    assert lettering.length(short, 13) <= 120
    lines = lettering.wrapped(text, 13, 120)
    assert " ".join(lines) == text
    assert all(lettering.length(line, 13) <= 120 for line in lines)
