"""harmonia.io.read_mask: every way a mask is stored, its size, and what is suspicious."""

import io
import warnings

import image_files as files
import numpy as np
import pytest
from harmonia import io as hio
from harmonia.io import MaskWarning
from harmonia.io.masks import read_any_mask
from image_files import PIXELS, file_of
from images import as_dtype, soft_disc
from PIL import Image

SIZE = (24, 37)
SOFT = as_dtype(soft_disc(*SIZE), "uint8")
HARD = np.where(SOFT > 127, 255, 0).astype(np.uint8)


def grey(mask):
    return Image.fromarray(mask)


def opaque():
    return Image.fromarray(np.dstack([SOFT, SOFT, SOFT, np.full_like(SOFT, 255)]))


def cut_out():
    return Image.fromarray(np.dstack([PIXELS, SOFT]))


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
@pytest.mark.parametrize(
    ("image", "expected", "notes"),
    [
        (grey(SOFT), SOFT, ()),
        (grey(SOFT).convert("RGB"), SOFT, ()),
        (grey(HARD).convert("1"), HARD, ()),
        (grey(HARD).convert("P"), HARD, ()),
        (opaque(), SOFT, ()),
        (cut_out(), SOFT, ("alpha",)),
        (Image.merge("LA", [grey(HARD), grey(SOFT)]), SOFT, ("alpha",)),
    ],
    ids=["L", "RGB", "1-bit", "palette", "constant alpha", "alpha", "LA"],
)
def test_a_mask_is_found_however_it_is_stored(kind, image, expected, notes):
    found = hio.read_mask(file_of(image, kind), image_size=SIZE)
    assert found.mask.dtype == np.uint8
    assert (found.mask == expected).all()
    assert (found.notes, found.format) == (notes, kind)
    assert found.foreground == pytest.approx(expected.mean() / 255, rel=1e-12)


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_sixteen_bits_keep_their_steps(kind):
    if kind == "TIFF":
        pytest.importorskip("tifffile")
    codes = as_dtype(soft_disc(*SIZE), "uint16")
    found = hio.read_mask(file_of(grey(codes), kind))
    assert found.mask.dtype == np.float32
    assert (np.rint(found.mask * 65535.0) == codes).all()
    assert found.mask.max() == 1


def test_floats_beyond_0_and_1_are_refused():
    pytest.importorskip("tifffile")
    for wrong in (1.5, -0.1, np.nan):
        image = grey(np.where(HARD > 0, np.float32(wrong), 0).astype(np.float32))
        with pytest.raises(hio.ImageFileError, match=r"must lie within 0\.\.1"):
            hio.read_mask(file_of(image, "TIFF"))


def test_a_picture_in_colour_is_no_mask(tmp_path):
    path = tmp_path / "colour.png"
    Image.fromarray(PIXELS).save(path)
    with pytest.raises(hio.ImageFileError, match=r"colour\.png: a mask must be grey.*grey PNG"):
        hio.read_mask(path)


@pytest.mark.parametrize("channel", range(3))
def test_all_three_channels_must_agree(channel):
    pixels = np.stack([SOFT] * 3, axis=-1)
    pixels[3, 5, channel] ^= 1
    with pytest.raises(hio.ImageFileError, match="a mask must be grey"):
        hio.read_mask(file_of(Image.fromarray(pixels), "PNG"))


def test_zeros_and_ones_are_refused_as_harmonize_does():
    with pytest.raises(hio.ImageFileError, match="holds only 0 and 1; multiply it by 255"):
        hio.read_mask(file_of(grey(HARD // 255), "PNG"))


def test_zeros_and_ones_of_16_bits_are_refused_too(tmp_path):
    ones = np.stack([HARD // 255] * 3, axis=-1).astype(np.uint16)
    hio.write(tmp_path / "ones.png", ones)
    with pytest.raises(hio.ImageFileError, match="only 0 and 1; multiply it by 65535"):
        hio.read_mask(tmp_path / "ones.png")
    found = read_any_mask(tmp_path / "ones.png", ones=True)
    assert (found.mask == HARD).all()
    assert found.notes == ("1 taken for white",)


def test_floats_hold_no_ones_to_be_taken_for_white(tmp_path):
    pytest.importorskip("tifffile")
    hio.write(tmp_path / "mask.tiff", np.stack([HARD / 255] * 3, axis=-1).astype(np.float32))
    with pytest.raises(hio.ImageFileError, match=r"floats is 0\.\.1 as it is"):
        read_any_mask(tmp_path / "mask.tiff", ones=True)


def test_invert_swaps_black_and_white():
    found = hio.read_mask(file_of(grey(255 - SOFT), "PNG"), invert=True)
    assert (found.mask == SOFT).all()
    assert found.notes == ("inverted",)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_mask_is_turned_as_its_picture(orientation):
    exif = b"Exif\0\0" + files.exif_of(orientation)
    one_sided = SOFT.copy()
    one_sided[:, :12] = 0
    one_sided[:9] = 0
    lossless = {"lossless": True, "exif": exif}
    mask = hio.read_mask(file_of(grey(one_sided).convert("RGB"), "WEBP", **lossless))
    picture = hio.read(file_of(grey(one_sided).convert("RGB"), "WEBP", **lossless))
    assert (mask.mask == picture.pixels[..., 0]).all()
    assert mask.notes == (() if orientation == 1 else (f"orientation {orientation} applied",))


def test_another_size_is_an_error_that_offers_resize(tmp_path):
    path = tmp_path / "mask.png"
    grey(SOFT).save(path)
    with pytest.raises(hio.ImageFileError, match=r"mask\.png: must be 50 x 40 .*is 37 x 24; pass"):
        hio.read_mask(path, image_size=(40, 50))
    with pytest.raises(hio.ImageFileError, match=r"lies on its side.*resize=True"):
        hio.read_mask(path, image_size=SIZE[::-1])


def test_resize_brings_it_to_the_size_of_the_picture():
    tall = np.repeat(np.repeat(HARD, 2, axis=0), 2, axis=1)
    found = hio.read_mask(file_of(grey(tall), "PNG"), image_size=SIZE, resize=True)
    assert found.mask.shape == SIZE
    assert found.notes == ("resized from 74 x 48",)
    # Far from the edge nothing is mixed: where all eight neighbours agree.
    padded = np.pad(HARD, 1, mode="edge")
    near = [padded[y : y + 24, x : x + 37] for y in range(3) for x in range(3)]
    inner = np.ptp(near, axis=0) == 0
    assert (found.mask[inner] == HARD[inner]).all()
    same = hio.read_mask(file_of(grey(SOFT), "PNG"), image_size=SIZE, resize=True)
    assert (same.mask == SOFT).all()
    assert same.notes == ()


@pytest.mark.parametrize(
    ("mask", "said"),
    [
        (np.zeros(SIZE, np.uint8), r"0 % of the mask is foreground, nearly nothing"),
        (np.full(SIZE, 255, np.uint8), r"100 % of the mask is foreground, hardly any background"),
        (255 - HARD, r"% of the mask is foreground; .* pass invert=True"),
    ],
)
def test_a_suspicious_mask_warns_with_its_share(mask, said):
    with pytest.warns(MaskWarning, match=said) as caught:
        hio.read_mask(file_of(grey(mask), "PNG"))
    assert [warning.filename for warning in caught] == [__file__]


def test_a_mask_of_less_than_the_larger_part_does_not_warn():
    mask = np.zeros((10, 10), np.uint8)
    mask[:6] = 255
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        hio.read_mask(file_of(grey(mask), "PNG"))


def test_what_a_mask_file_may_not_be():
    with pytest.raises(TypeError, match="read_mask: source must be a path"):
        hio.read_mask(HARD)
    with pytest.raises(hio.ImageFileError, match="<bytes>: the file is empty"):
        hio.read_mask(b"")
    with pytest.raises(FileNotFoundError, match="missing"):
        hio.read_mask("missing.png")
    with pytest.raises(hio.ImageFileError, match="<file>: must be PNG, JPEG, WebP"):
        hio.read_mask(io.BytesIO(b"GIF89a............"))
    assert issubclass(hio.ImageFileError, ValueError)
