"""JPEG of 8 bits through Pillow: grey, RGB and CMYK; written without halving the colours."""

import io
import struct
from typing import Any

import numpy as np

from harmonia._image_files import pillow, profiles, resolutions
from harmonia._image_files.decoded import NOTHING, Beside, Decoded, Pixels, Refused
from harmonia._image_files.exif import bare
from harmonia._image_files.sniff import jpeg_segments, sniff

APP0, APP1, APP2, APP14, COMMENT = 0xE0, 0xE1, 0xE2, 0xEE, 0xFE
XMP = b"http://ns.adobe.com/xap/1.0/\0"
MOST_XMP = 65535 - 2 - len(XMP)  # what a segment holds
# How segments begin that are read.
READ = {
    APP0: (b"JFIF\0",),
    APP1: (b"Exif\0\0", XMP),
    APP2: (b"ICC_PROFILE\0",),
    APP14: (b"Adobe",),
}
INCH = {1: 1.0, 2: 2.54}  # of the units of JFIF
USUAL = {"quality": 75, "subsampling": 2}  # what encoders do where nothing is said


def read(data: bytes, limit: int) -> Decoded:
    """Inks are stored inverted where Adobe's marker says so, and Pillow takes all for such."""
    from PIL.JpegImagePlugin import JpegImageFile

    bits = sniff(data).bits
    if bits != 8:
        raise Refused(f"a JPEG of {bits} bits a channel is not read; convert it to a 16-bit PNG")
    beside = [
        (marker, data[start:stop])
        for marker, start, stop in jpeg_segments(data)
        if APP0 <= marker <= APP0 + 15 or marker == COMMENT
    ]
    adobe = any(marker == APP14 and said.startswith(b"Adobe") for marker, said in beside)
    decoded = pillow.decode(JpegImageFile, data, "JPEG", inverted=not adobe)
    packets = [said[len(XMP) :] for marker, said in beside if (marker, said[:29]) == (APP1, XMP)]
    left = {
        "its comment" if marker == COMMENT else f"the segment APP{marker - APP0}"
        for marker, said in beside
        if not said.startswith(READ.get(marker, ()))
    }
    if len(packets) > 1:
        left.add("all XMP but the first")
    return decoded._replace(
        xmp=packets[0] if packets and packets[0] else None,
        resolution=_resolution(beside),
        notes=(*decoded.notes, *(f"{one} left out" for one in sorted(left))),
    )


def read_reduced(data: bytes, side: int) -> Decoded | None:
    """Grey or RGB as stored, at the least eighth whose sides are not below `side`.

    Other pixels are None: inks need what is read of the whole file.
    """
    from PIL.JpegImagePlugin import JpegImageFile

    if sniff(data).bits != 8:
        return None
    try:
        with JpegImageFile(io.BytesIO(data)) as image:
            if image.mode not in ("L", "RGB"):
                return None
            said, icc = image.info.get("exif"), image.info.get("icc_profile") or None
            image.draft(image.mode, (side, side))
            pixels = pillow.from_grey(np.array(image))
    except Exception as error:  # of a damaged file, decoders raise whatever they come across
        raise Refused(f"cannot be decoded as JPEG: {error or type(error).__name__}") from error
    return Decoded(pixels, profiles.of_rgb(icc)[0], bare(said if isinstance(said, bytes) else None))


def _resolution(beside: list[tuple[int, bytes]]) -> tuple[float, float] | None:
    """# JFIF 0 | version | unit | across | down"""
    for marker, said in beside:
        if marker == APP0 and said.startswith(b"JFIF\0") and len(said) >= 12:
            unit, across, down = struct.unpack_from(">BHH", said, 7)
            if unit in INCH and across and down:
                return across * INCH[unit], down * INCH[unit]
    return None


def write(pixels: Pixels, beside: Beside = NOTHING, *, quality: int) -> bytes:
    pillow.check_writable(pixels, "JPEG", alpha=False)
    options: dict[str, Any] = {"quality": quality, "subsampling": 0, "optimize": False}
    if beside.resolution is not None:
        options["dpi"] = resolutions.whole(beside.resolution)
    if (xmp := beside.xmp) is not None:
        if len(xmp) > MOST_XMP:
            raise Refused(
                f"JPEG holds {MOST_XMP} bytes of XMP, there are {len(xmp)}; write a .png, or leave "
                "it out with dataclasses.replace(like, xmp=None)"
            )
        options["extra"] = struct.pack(">BBH", 0xFF, APP1, 2 + len(XMP) + len(xmp)) + XMP + xmp
    return pillow.encode(pixels, "JPEG", beside._replace(xmp=None), **options)


def encoded_like(pixels: Pixels, data: bytes) -> Pixels:
    """RGB of 8 bits as it comes back from a JPEG with the tables and the sampling of another, or,
    where `data` is none, with the usual ones.
    """
    from PIL import Image
    from PIL.JpegImagePlugin import JpegImageFile, get_sampling

    options: dict[str, Any] = dict(USUAL)
    if data[:3] == b"\xff\xd8\xff":
        with JpegImageFile(io.BytesIO(data)) as other:
            sampling = get_sampling(other)
            options = {"qtables": other.quantization}
            options["subsampling"] = sampling if sampling >= 0 else USUAL["subsampling"]
    coded = pillow.encode(np.ascontiguousarray(pixels), "JPEG", NOTHING, **options)
    with Image.open(io.BytesIO(coded), formats=["JPEG"]) as again:
        return np.array(again)
