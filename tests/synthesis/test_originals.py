"""Reals are upright, RGB, 8 bits and sRGB, and the manifest says what made them so."""

import image_files
import images
import numpy as np
import pytest
from harmonia import io
from harmonia.synthesis._originals import read_foreground, read_real
from harmonia.synthesis._recipe import Unusable
from PIL import Image

PHOTO = images.as_dtype(images.scene()[0], "uint8")


def written(path, pixels=PHOTO, **beside):
    picture = io.Picture(pixels, "PNG", **beside)
    io.write(path, pixels, like=picture)
    return path


def test_a_plain_jpeg_stands_as_it_is(tmp_path):
    path = written(tmp_path / "photo.jpg")
    real = read_real(path)
    assert real.original == path
    assert real.notes == ()
    assert (real.pixels == io.read(path).pixels).all()


def test_a_jpeg_with_the_profile_of_srgb_stands_as_it_is(tmp_path):
    path = written(tmp_path / "photo.jpg", icc=image_files.srgb())
    assert read_real(path).original == path


def test_a_jpeg_under_another_name_stands_as_it_is(tmp_path):
    path = written(tmp_path / "photo.jpg").rename(tmp_path / "photo.png")
    assert read_real(path).original == path


def grey_jpeg(tmp_path):
    path = tmp_path / "grey.jpg"
    path.write_bytes(image_files.file_of(Image.fromarray(PHOTO[..., 0]), "JPEG"))
    return path, np.repeat(io.read(path).pixels[..., :1], 3, axis=2), "grey to RGB"


def turned_jpeg(tmp_path):
    path = tmp_path / "turned.jpg"
    path.write_bytes(
        image_files.file_of(
            Image.fromarray(PHOTO), "JPEG", exif=b"Exif\0\0" + image_files.exif_of(6)
        )
    )
    return path, io.read(path).pixels, "orientation 6 applied"


def wide_jpeg(tmp_path):
    path = written(tmp_path / "wide.jpg", icc=image_files.display_p3())
    return path, io.to_srgb(io.read(path)).pixels, "converted to sRGB"


def deep_png(tmp_path):
    path = written(tmp_path / "deep.png", PHOTO.astype(np.uint16) * 257 + 100)
    return path, PHOTO, "16 bits rounded to 8"


def cutout_png(tmp_path):
    path = written(tmp_path / "cutout.png", images.with_alpha(PHOTO))
    return path, PHOTO, "alpha left out"


@pytest.mark.parametrize("make", [grey_jpeg, turned_jpeg, wide_jpeg, deep_png, cutout_png])
def test_what_other_programs_would_see_differently_is_encoded_anew(tmp_path, make):
    path, expected, note = make(tmp_path)
    real = read_real(path)
    assert real.original is None
    assert real.notes == (note,)
    assert real.facts == {"real_notes": [note]}
    assert real.pixels.dtype == np.uint8
    assert (real.pixels == expected).all()


def test_a_turned_photograph_is_upright(tmp_path):
    path, _, _ = turned_jpeg(tmp_path)
    assert read_real(path).pixels.shape == (PHOTO.shape[1], PHOTO.shape[0], 3)


def test_what_is_no_picture_says_its_name_without_folders(tmp_path):
    path = tmp_path / "photo.jpg"
    for content in (b"", b"no picture", (written(tmp_path / "a.jpg")).read_bytes()[:400]):
        path.write_bytes(content)
        with pytest.raises(Unusable, match=r"^photo\.jpg: "):
            read_real(path)
    with pytest.raises(Unusable, match=r"^absent\.jpg: No such file"):
        read_real(tmp_path / "absent.jpg")


def test_colours_that_nothing_converts_are_refused(tmp_path):
    path = tmp_path / "photo.png"
    io.write(path, PHOTO, like=io.Picture(PHOTO, "PNG", ancillary={"gAMA": (100000,)}))
    with pytest.raises(Unusable, match="gAMA"):
        read_real(path)


MASK = images.as_dtype(images.soft_disc(*PHOTO.shape[:2]), "uint8")
SHARE = MASK.mean() / 255


def test_a_soft_mask_stays_soft_unless_hard_is_asked_for(tmp_path):
    path = written(tmp_path / "mask.png", np.stack([MASK] * 3, axis=-1))
    assert (read_foreground(path, MASK.shape) == MASK).all()
    hard = read_foreground(path, MASK.shape, hard=True)
    assert (hard == np.where(MASK >= 128, 255, 0)).all()
    assert hard.dtype == np.uint8


def test_a_deep_mask_has_8_bits(tmp_path):
    path = written(tmp_path / "mask.png", np.stack([MASK.astype(np.uint16) * 257] * 3, axis=-1))
    assert (read_foreground(path, MASK.shape) == MASK).all()


@pytest.mark.parametrize(("least", "most"), [(SHARE + 0.01, 1.0), (0.0, SHARE - 0.01)])
def test_too_little_or_too_much_is_refused(tmp_path, least, most):
    path = written(tmp_path / "mask.png", np.stack([MASK] * 3, axis=-1))
    with pytest.raises(Unusable, match=r"^mask\.png: the foreground is .* % of the picture"):
        read_foreground(path, MASK.shape, least=least, most=most)
    assert read_foreground(path, MASK.shape, least=SHARE - 0.01, most=SHARE + 0.01).any()


@pytest.mark.parametrize("share", [0, 1])
def test_an_empty_or_full_mask_gives_no_warning(tmp_path, share):
    full = np.full((*MASK.shape, 3), 255 * share, np.uint8)
    path = written(tmp_path / "mask.png", full)
    if share:
        assert read_foreground(path, MASK.shape).all()
    else:
        with pytest.raises(Unusable, match="the foreground is 0 %"):
            read_foreground(path, MASK.shape)


def test_a_mask_of_another_size_is_refused(tmp_path):
    path = written(tmp_path / "mask.png", np.stack([MASK] * 3, axis=-1))
    with pytest.raises(Unusable) as caught:
        read_foreground(path, (MASK.shape[0] + 1, MASK.shape[1]))
    assert str(caught.value) == "mask.png: must be 56 x 41 pixels as the picture, is 56 x 40"
