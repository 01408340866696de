"""Reduced pictures are the whole ones, averaged."""

import image_files
import images
import numpy as np
import pytest
from harmonia import io
from harmonia.io.reduced import read_reduced, reduced
from PIL import Image

PHOTO = images.as_dtype(images.scene(240, 328)[0], "uint8")


@pytest.mark.parametrize("name", ["photo.jpg", "photo.png", "photo.webp"])
@pytest.mark.parametrize("side", [20, 41, 100, 328, 500])
def test_the_longer_side_is_at_most_what_was_asked_for(tmp_path, name, side):
    io.write(tmp_path / name, PHOTO)
    small = read_reduced(tmp_path / name, side)
    assert max(small.shape[:2]) == min(side, 328)
    assert small.shape[0] / small.shape[1] == pytest.approx(240 / 328, abs=1 / side)
    whole = reduced(io.read(tmp_path / name).pixels, side).astype(int)
    # A scaled transform is no average to the bit, and clips codes elsewhere.
    assert np.abs(small - whole).mean() < 3


@pytest.mark.parametrize("orientation", range(1, 9))
def test_it_is_upright(tmp_path, orientation):
    path = tmp_path / "photo.jpg"
    path.write_bytes(
        image_files.file_of(
            Image.fromarray(PHOTO), "JPEG", exif=b"Exif\0\0" + image_files.exif_of(orientation)
        )
    )
    small, whole = read_reduced(path, 41), io.read(path).pixels
    assert (small.shape[0] > small.shape[1]) == (whole.shape[0] > whole.shape[1])
    assert np.abs(small - reduced(whole, 41).astype(int)).mean() < 3


@pytest.mark.parametrize(
    ("name", "pixels"),
    [
        ("deep.png", PHOTO.astype(np.uint16) * 257),
        ("alpha.png", images.with_alpha(PHOTO)),
    ],
)
def test_it_is_rgb_of_8_bits(tmp_path, name, pixels):
    io.write(tmp_path / name, pixels)
    small = read_reduced(tmp_path / name, 328)
    assert small.dtype == np.uint8
    assert (small == PHOTO).all()


def test_grey_and_inks_are_rgb(tmp_path):
    for name, pixels in (("grey", PHOTO[..., 0]), ("inks", np.dstack([PHOTO, PHOTO[..., 0]]))):
        path = tmp_path / f"{name}.jpg"
        mode = "CMYK" if name == "inks" else "L"
        path.write_bytes(image_files.file_of(Image.fromarray(pixels).convert(mode), "JPEG"))
        small = read_reduced(path, 41)
        assert np.abs(small - reduced(io.read(path).pixels, 41).astype(int)).mean() < 3


@pytest.mark.parametrize("length", [0, 10, 500])
def test_damage_is_an_error_that_names_the_file(tmp_path, length):
    path = tmp_path / "photo.jpg"
    path.write_bytes(image_files.file_of(Image.fromarray(PHOTO), "JPEG")[:length])
    with pytest.raises(io.ImageFileError, match=r"photo\.jpg: "):
        read_reduced(path, 41)
