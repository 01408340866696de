"""Reading a sample: sizes, orientations, depths, and no warnings."""

import io
import warnings

import numpy as np
import pytest
from harmonia.datasets import Entry, Sample
from harmonia.datasets._sample import read_sample
from harmonia.io import ImageFileError
from image_files import exif_of
from miniatures import triplet, write_mask, write_picture
from PIL import Image

# Orientations with which a picture of 40 x 30 is stored as 30 x 40.
ACROSS = [5, 6, 7, 8]
# What makes of an upright picture the pixels to store (EXIF 2.3, tag 274).
STORED = {
    1: None,
    3: Image.Transpose.ROTATE_180,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}

COMPOSITE, MASK, REAL = triplet(np.random.default_rng(8), 30, 40, soft=True)


def write(path, pixels, orientation=1, *, exif=True):
    """PNG as it is stored for an orientation, which EXIF says or is lost."""
    picture = Image.fromarray(pixels)
    if STORED[orientation] is not None:
        picture = picture.transpose(STORED[orientation])
    room = io.BytesIO()
    picture.save(room, "PNG", **({"exif": exif_of(orientation)} if exif else {}))
    path.write_bytes(room.getvalue())
    return path


def made(tmp_path, composite=COMPOSITE, mask=MASK, real=REAL, stored=None):
    """The entry of three files; `stored` may say how each lies there: (orientation, exif)."""
    paths = {}
    for name, pixels in (("composite", composite), ("mask", mask), ("real", real)):
        orientation, exif = (stored or {}).get(name, (1, False))
        paths[name] = write(tmp_path / f"{name}.png", pixels, orientation, exif=exif)
    return Entry("one", **paths)


def test_files_that_fit_are_given_as_they_are(tmp_path):
    sample = read_sample(made(tmp_path))
    assert isinstance(sample, Sample)
    assert np.array_equal(sample.composite, COMPOSITE)
    assert np.array_equal(sample.mask, MASK)
    assert np.array_equal(sample.real, REAL)
    assert (sample.name, sample.subset, sample.notes) == ("one", "", ())
    assert repr(sample) == "<harmonia.datasets.Sample one: composite and real of 40 x 30>"


def test_what_an_entry_says_is_the_samples(tmp_path):
    entry = made(tmp_path)
    entry = Entry("two", entry.composite, entry.mask, None, "HCOCO", {"styles": (1, 2)})
    sample = read_sample(entry)
    assert (sample.name, sample.subset, sample.extras) == ("two", "HCOCO", {"styles": (1, 2)})
    assert sample.real is None
    assert repr(sample) == "<harmonia.datasets.Sample two: composite of 40 x 30>"


def test_a_mask_and_a_real_of_other_sizes_are_brought_to_the_composites(tmp_path):
    large, _, _ = triplet(np.random.default_rng(9), 60, 80)
    small = MASK[::2, ::2].copy()
    sample = read_sample(made(tmp_path, mask=small, real=large))
    assert sample.notes == ("mask resized from 20 x 15", "real resized from 80 x 60")
    bilinear = Image.Resampling.BILINEAR
    assert np.array_equal(sample.mask, Image.fromarray(small).resize((40, 30), bilinear))
    assert np.array_equal(sample.real, Image.fromarray(large).resize((40, 30), bilinear))


def test_deep_files_stay_deep(tmp_path):
    entry = made(tmp_path)
    entry.mask.unlink()
    write_picture(entry.mask, np.stack([MASK.astype(np.uint16) * 257] * 3, axis=2))
    sample = read_sample(entry)
    assert sample.mask.dtype == np.float32
    assert np.array_equal(sample.mask, (MASK / np.float32(255)).astype(np.float32))


def test_a_deep_real_of_another_size_is_resized_in_its_depth(tmp_path):
    entry = made(tmp_path)
    deep = np.full((60, 80, 3), 12345, np.uint16)  # between two codes of 8 bits
    entry.real.unlink()
    write_picture(entry.real, deep)
    sample = read_sample(entry)
    assert (sample.real.dtype, sample.real.shape) == (np.uint16, REAL.shape)
    assert (sample.real == 12345).all()


def test_alpha_is_left_out_and_said(tmp_path):
    with_alpha = np.dstack([COMPOSITE, np.full(MASK.shape, 200, np.uint8)])
    sample = read_sample(made(tmp_path, composite=with_alpha))
    assert np.array_equal(sample.composite, COMPOSITE)
    assert sample.composite.flags.c_contiguous
    assert sample.notes == ("composite alpha left out",)


@pytest.mark.parametrize("part", ["mask", "real"])
@pytest.mark.parametrize("orientation", ACROSS)
def test_what_lies_as_its_composite_is_stored_is_turned_with_it(tmp_path, part, orientation):
    """The composite has EXIF, and the other was made of its stored pixels."""
    stored = {"composite": (orientation, True), part: (orientation, False)}
    sample = read_sample(made(tmp_path, stored=stored))
    assert np.array_equal(sample.composite, COMPOSITE)
    assert np.array_equal(sample.mask, MASK)
    assert np.array_equal(sample.real, REAL)
    assert sample.notes == (
        f"composite orientation {orientation} applied",
        f"{part} turned as its composite",
    )


@pytest.mark.parametrize("orientation", ACROSS)
def test_a_real_with_exif_lies_as_a_composite_that_lost_its_own(tmp_path, orientation):
    """All were made of the stored pixels of a photograph whose EXIF the real alone has kept."""
    stored = {
        "composite": (orientation, False),
        "mask": (orientation, False),
        "real": (orientation, True),
    }
    sample = read_sample(made(tmp_path, stored=stored))
    assert np.array_equal(sample.real, Image.fromarray(REAL).transpose(STORED[orientation]))
    assert sample.mask.shape == sample.composite.shape[:2] == (40, 30)
    assert sample.notes[-1] == "real turned back as its composite"


def test_all_of_one_orientation_are_upright(tmp_path):
    stored = dict.fromkeys(("composite", "mask", "real"), (6, True))
    sample = read_sample(made(tmp_path, stored=stored))
    assert np.array_equal(sample.composite, COMPOSITE)
    assert np.array_equal(sample.mask, MASK)
    assert np.array_equal(sample.real, REAL)


@pytest.mark.parametrize("part", ["mask", "real"])
def test_what_lies_on_its_side_for_no_reason_is_an_error(tmp_path, part):
    entry = made(tmp_path, stored={part: (6, False)})
    with pytest.raises(ImageFileError, match=rf"{part}.png: is 30 x 40, its composite 40 x 30"):
        read_sample(entry)


@pytest.mark.parametrize("white", [0, 1, 600, 1100, 1200])
def test_however_much_of_a_mask_is_white_there_is_no_warning(tmp_path, white):
    mask = np.zeros(30 * 40, np.uint8)
    mask[:white] = 255
    entry = made(tmp_path, mask=mask.reshape(30, 40))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        sample = read_sample(entry)
    assert (sample.mask == 255).sum() == white


def test_a_mask_of_0_and_1_is_an_error(tmp_path):
    entry = made(tmp_path)
    write_mask(entry.mask, MASK // 255)
    with pytest.raises(ImageFileError, match="only 0 and 1"):
        read_sample(entry)


@pytest.mark.parametrize("part", ["composite", "mask", "real"])
def test_a_broken_file_is_named(tmp_path, part):
    entry = made(tmp_path)
    getattr(entry, part).write_bytes(b"no picture")
    with pytest.raises(ImageFileError, match=rf"{part}\.png"):
        read_sample(entry)
