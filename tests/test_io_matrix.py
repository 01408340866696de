"""A picture file of every kind through the library and through the command line.

Read, harmonized, written without loss and read again, each has outside the mask the bits that its
file held, the profile, EXIF, XMP and resolution that it had, and notes of nothing but the
conversions that are documented.
"""

import io
import tempfile
from pathlib import Path

import harmonia
import image_files as files
import numpy as np
import pytest
from harmonia import cli
from harmonia import io as hio
from image_files import DEEP, FLOATS, PIXELS, file_of
from images import as_dtype, bits, soft_disc
from PIL import Image
from reference import png as reference

SIZE = PIXELS.shape[:2]
DISC = as_dtype(soft_disc(*SIZE), "uint8")
DISC[:, :9] = 0  # so that it looks otherwise from every side
XMP = b"<x:xmpmeta>\xc3\xa4</x:xmpmeta>"
P3, EXIF = files.display_p3(), files.exif_of()
BESIDE = {"icc_profile": P3, "exif": b"Exif\0\0" + EXIF}
ROWS = [0] * SIZE[0]  # no filter


def grey(pixels):
    return pixels[..., :1]


def thrice(pixels):
    return np.repeat(grey(pixels), 3, axis=2)


def with_alpha(pixels):
    return files.alpha_of(pixels)


def png(samples, colour, depth):
    return reference.encode(samples, colour, depth)


def pillow(pixels, kind, mode=None, **options):
    image = Image.fromarray(pixels)
    return file_of(image if mode is None else image.convert(mode), kind, **options)


def tiff(pixels, **options):
    tifffile = pytest.importorskip("tifffile")
    room = io.BytesIO()
    tifffile.imwrite(room, pixels, photometric="rgb", **options)
    return room.getvalue()


def exr(planes):
    library = pytest.importorskip("OpenEXR")
    header = {"compression": library.ZIP_COMPRESSION, "type": library.scanlineimage}
    named = dict(zip("RGBA", np.moveaxis(planes, 2, 0).copy(), strict=False))
    with tempfile.TemporaryDirectory() as folder:
        library.File(header, named).write(f"{folder}/a.exr")
        return Path(f"{folder}/a.exr").read_bytes()


def avif():
    if not files.HAS_AVIF:
        pytest.skip("needs a Pillow with AVIF")
    return pillow(with_alpha(PIXELS), "AVIF", quality=90, **BESIDE)


def palette():
    return Image.fromarray(PIXELS).quantize(200)


CMYK = Image.fromarray(PIXELS).convert("CMYK")
PLAIN = "CMYK to RGB by the plain formula"
ANY = None  # pixels that the decoder alone knows

# What makes the file, the pixels in it, and the notes of reading it.
FILES = {
    "8-bit RGB PNG": (lambda: png(PIXELS, 2, 8), PIXELS, ()),
    "8-bit RGBA PNG": (lambda: png(with_alpha(PIXELS), 6, 8), with_alpha(PIXELS), ()),
    "8-bit grey PNG": (lambda: png(grey(PIXELS), 0, 8), thrice(PIXELS), ("grey to RGB",)),
    "8-bit grey PNG with alpha": (
        lambda: png(with_alpha(PIXELS)[..., [0, 3]], 4, 8),
        with_alpha(PIXELS)[..., [0, 0, 0, 3]],
        ("grey to RGB",),
    ),
    "16-bit RGB PNG": (lambda: png(DEEP, 2, 16), DEEP, ()),
    "16-bit RGBA PNG": (lambda: png(with_alpha(DEEP), 6, 16), with_alpha(DEEP), ()),
    "16-bit grey PNG": (lambda: png(grey(DEEP), 0, 16), thrice(DEEP), ("grey to RGB",)),
    "palette PNG": (
        lambda: file_of(palette(), "PNG"),
        np.asarray(palette().convert("RGB")),
        ("palette to RGB",),
    ),
    "1-bit PNG": (
        lambda: png(grey(PIXELS) // 128, 0, 1),
        thrice(PIXELS) // 128 * 255,
        ("1-bit to RGB",),
    ),
    "PNG with Display P3, EXIF and resolution": (
        lambda: pillow(PIXELS, "PNG", dpi=(300, 300), **BESIDE),
        PIXELS,
        (),
    ),
    "8-bit TIFF": (lambda: pillow(PIXELS, "TIFF", **BESIDE), PIXELS, ()),
    "8-bit RGBA TIFF, LZW": (
        lambda: pillow(with_alpha(PIXELS), "TIFF", compression="tiff_lzw"),
        with_alpha(PIXELS),
        (),
    ),
    "16-bit TIFF": (lambda: tiff(DEEP, iccprofile=P3), DEEP, ()),
    "16-bit RGBA TIFF": (
        lambda: tiff(with_alpha(DEEP), extrasamples=["unassalpha"]),
        with_alpha(DEEP),
        (),
    ),
    "float TIFF": (lambda: tiff(FLOATS, iccprofile=P3), FLOATS, ()),
    "half TIFF": (lambda: tiff(FLOATS.astype("f2")), FLOATS.astype("f2").astype("f4"), ()),
    "JPEG with Display P3 and EXIF": (lambda: pillow(PIXELS, "JPEG", **BESIDE), ANY, ()),
    "progressive grey JPEG": (
        lambda: pillow(PIXELS, "JPEG", "L", progressive=True),
        ANY,
        ("grey to RGB",),
    ),
    "CMYK JPEG": (lambda: file_of(CMYK, "JPEG"), ANY, (PLAIN,)),
    "CMYK JPEG with a profile": (
        lambda: file_of(CMYK, "JPEG", icc_profile=files.inks()),
        ANY,
        ("CMYK to RGB by the embedded profile",),
    ),
    "WebP with alpha": (lambda: pillow(with_alpha(PIXELS), "WEBP", **BESIDE), ANY, ()),
    "lossless WebP with XMP": (
        lambda: pillow(with_alpha(PIXELS), "WEBP", lossless=True, exact=True, xmp=XMP),
        with_alpha(PIXELS),
        (),
    ),
    "AVIF with alpha": (avif, ANY, ()),
    "float EXR": (lambda: exr(FLOATS), FLOATS, ()),
    "half EXR with alpha": (
        lambda: exr(with_alpha(FLOATS).astype("f2")),
        with_alpha(FLOATS).astype("f2").astype("f4"),
        (),
    ),
}

# What can hold them without loss.
TARGETS = {"uint8": ["png", "tif", "webp"], "uint16": ["png", "tif"], "float32": ["tif"]}


def targets(picture):
    if picture.format == "EXR":
        return ["exr"]
    found = TARGETS[str(picture.pixels.dtype)]
    # Here TIFF of 16 bits and floats is written without tifffile, but not read.
    shallow = picture.pixels.dtype == np.uint8
    if picture.resolution and picture.exif:
        found = [suffix for suffix in found if suffix != "webp"]  # it has no place for the former
    return [suffix for suffix in found if suffix != "tif" or shallow or _has_tifffile()]


def _has_tifffile():
    try:
        import tifffile  # noqa: F401
    except ImportError:
        return False
    return True


def same_beside(one, other):
    assert one.icc == other.icc
    assert (one.exif is None) == (other.exif is None)
    if one.exif:
        outer, inner = zip(files.said_by(one.exif), files.said_by(other.exif), strict=True)
        # The resolution is compared below, as a TIFF has it among its tags, and a PNG has not.
        before, after = (
            {k: v for k, v in tags.items() if k not in (282, 283, 296)} for tags in outer
        )
        assert before == after
        assert inner[0] == inner[1]
    assert one.xmp == other.xmp
    assert other.resolution == pytest.approx(one.resolution, abs=0.0127)


def check_background(before, after, mask):
    outside = mask == 0
    assert outside.any()
    assert after.pixels.dtype == before.pixels.dtype
    assert after.pixels.shape == before.pixels.shape
    assert (bits(after.pixels[outside]) == bits(before.pixels[outside])).all()
    if len(np.unique(before.pixels)) > 2:  # black and white have nowhere to go
        assert (after.pixels[~outside] != before.pixels[~outside]).any()
    if before.pixels.shape[2] == 4:
        assert (bits(after.pixels[..., 3]) == bits(before.pixels[..., 3])).all()


def by_the_library(source, mask_file, target):
    picture = hio.read(source)
    mask = hio.read_mask(mask_file, image_size=picture.pixels.shape[:2])
    out = harmonia.harmonize(picture.pixels, mask.mask, "reinhard")
    hio.write(target, out, like=picture, quality=100)


def by_the_command(source, mask_file, target):
    words = [source, mask_file, "-o", target, "--method", "reinhard", "--quality", "100"]
    assert cli.main([str(word) for word in words]) == 0


@pytest.mark.parametrize("way", [by_the_library, by_the_command])
@pytest.mark.parametrize("name", FILES)
def test_every_bit_outside_the_mask_and_all_beside_the_pixels_stays(name, way, tmp_path):
    make, expected, notes = FILES[name]
    source, mask_file = tmp_path / "source", tmp_path / "mask.png"
    source.write_bytes(make())
    hio.write(mask_file, np.stack([DISC] * 3, axis=-1))

    before = hio.read(source)
    assert before.notes == notes
    if expected is not ANY:
        assert (bits(before.pixels) == bits(np.ascontiguousarray(expected))).all()
    for suffix in targets(before):
        target = tmp_path / f"out.{suffix}"
        way(source, mask_file, target)
        after = hio.read(target)
        check_background(before, after, DISC)
        same_beside(before, after)
        assert after.notes == ()
    assert source.read_bytes() == make()


def test_the_profile_and_exif_of_the_files_are_there_to_be_kept():
    for name in ("JPEG with Display P3 and EXIF", "WebP with alpha", "8-bit TIFF"):
        picture = hio.read(FILES[name][0]())
        assert picture.icc == P3
        assert files.said_by(picture.exif) == files.said_by(EXIF)
    picture = hio.read(FILES["PNG with Display P3, EXIF and resolution"][0]())
    assert (picture.icc, picture.exif) == (P3, EXIF)
    assert picture.resolution == pytest.approx((300, 300), abs=0.0127)


def stored(upright, orientation):
    """The pixels that a camera stores, so that turned by `orientation` they are `upright`."""
    ways = {2: (1, 0), 3: (1, 1), 4: (0, 1), 5: (0, 0), 6: (0, 1), 7: (1, 1), 8: (1, 0)}
    if orientation == 1:
        return upright
    across, down = ways[orientation]
    if orientation >= 5:
        upright = np.swapaxes(upright, 0, 1)
    return np.ascontiguousarray(upright[:: -1 if down else 1, :: -1 if across else 1])


@pytest.mark.parametrize("way", [by_the_library, by_the_command])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_jpeg_and_its_mask_are_turned_each_by_its_own_exif(orientation, way, tmp_path):
    """A mask that lies in its file as the camera stored the picture says so as the picture does;
    one that was drawn over what a viewer shows is upright and says nothing. Both come to the same,
    and nothing is turned twice, also not when the result is read again.
    """
    exif = b"Exif\0\0" + files.exif_of(orientation)
    source = tmp_path / "source.jpg"
    source.write_bytes(
        pillow(stored(PIXELS, orientation), "JPEG", quality=100, subsampling=0, exif=exif)
    )
    likewise, upright = tmp_path / "likewise.png", tmp_path / "upright.png"
    likewise.write_bytes(pillow(stored(DISC, orientation), "PNG", exif=exif))
    upright.write_bytes(pillow(DISC, "PNG"))

    before = hio.read(source)
    assert before.pixels.shape == PIXELS.shape
    assert np.abs(before.pixels.astype(int) - PIXELS).mean() < 2  # JPEG's loss
    assert before.notes == (() if orientation == 1 else (f"orientation {orientation} applied",))
    results = []
    for mask_file in (likewise, upright):
        assert (hio.read_mask(mask_file).mask == DISC).all()
        way(source, mask_file, target := tmp_path / f"{mask_file.stem}.out.png")
        results.append(hio.read(target))
        check_background(before, results[-1], DISC)
        same_beside(before, results[-1])
        assert results[-1].notes == ()
        with Image.open(target) as image:
            assert image.getexif().get(0x0112, 1) == 1
    assert (results[0].pixels == results[1].pixels).all()


@pytest.mark.parametrize("orientation", range(5, 9))
def test_a_mask_on_its_side_without_exif_is_an_error(orientation, tmp_path, capsys):
    exif = b"Exif\0\0" + files.exif_of(orientation)
    source, mask_file = tmp_path / "source.jpg", tmp_path / "mask.png"
    source.write_bytes(pillow(stored(PIXELS, orientation), "JPEG", exif=exif))
    mask_file.write_bytes(pillow(stored(DISC, orientation), "PNG"))
    assert cli.main([str(source), str(mask_file), "-o", str(tmp_path / "out.png")]) == 1
    assert "(it lies on its side); pass --resize-mask" in capsys.readouterr().err
    assert not (tmp_path / "out.png").exists()


def test_the_command_converts_to_srgb_where_it_is_asked(tmp_path, capsys):
    source, mask_file = tmp_path / "wide.png", tmp_path / "mask.png"
    hio.write(source, DEEP, like=hio.Picture(DEEP, "PNG", P3))
    hio.write(mask_file, np.stack([DISC] * 3, axis=-1))
    words = [str(source), str(mask_file), "-o", str(tmp_path / "out.png")]
    assert cli.main([*words, "--to-srgb"]) == 0
    check_background(hio.to_srgb(hio.read(source)), hio.read(tmp_path / "out.png"), DISC)

    tables = P3.replace(b"rTRC", b"A2B0")
    hio.write(source, DEEP, like=hio.Picture(DEEP, "PNG", tables), overwrite=True)
    assert cli.main([*words, "--to-srgb", "--overwrite"]) == 1
    assert "wide.png: has a profile of tables and uint16 pixels" in capsys.readouterr().err
