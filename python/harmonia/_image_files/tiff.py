"""TIFF: up to 8 bits through Pillow, 16 bits and floats through tifffile; written here, deflated.

Written by Pillow's table of tags, so that pixels of every depth keep their EXIF.
"""

import importlib.util
import io
import logging
import math
import struct
import zlib
from typing import Any

import numpy as np

from harmonia._image_files import pillow, profiles, resolutions, strips
from harmonia._image_files.decoded import NOTHING, Beside, Decoded, Pixels, Refused
from harmonia._image_files.directory import Directory, first_directory
from harmonia._image_files.exif import PREFIX, bare, orientation, upright
from harmonia._image_files.sniff import sniff

ICC, XMP, EXIF, GPS, ORIENTATION = 34675, 700, 34665, 34853, 274
# Description, maker, model, resolution, software, time, artist, copyright: of the picture. What
# other tags of the first directory say is about how the pixels lie in the file.
DESCRIBING = (270, 271, 272, 282, 283, 296, 305, 306, 315, 33432)
DESCRIBED = {*DESCRIBING, EXIF, GPS, ORIENTATION}
# How the pixels lie in the file: sizes, strips, tiles, compression, palette, YCbCr, and pages.
OF_PIXELS = {*range(254, 267), *range(273, 282), 284, 297, 317, *range(320, 326), *range(338, 342)}
OF_PIXELS |= {347, *range(512, 522), *range(529, 533), ICC, XMP}
DEFLATE = (8, 32946)
INTERPRETED = {0: "white is zero", 1: "grey", 2: "RGB"}


def read(data: bytes, limit: int) -> Decoded:
    from PIL import ImageFile
    from PIL.TiffImagePlugin import TiffImageFile

    class Tiff(TiffImageFile):
        # Its own asks Pillow's limit of pixels and warns.
        load_prepare = ImageFile.ImageFile.load_prepare

    header, tags = sniff(data), first_directory(data)
    if header.bits > 8:
        decoded = _deep(data, tags, header.width * header.height)
    else:
        strips.check(data, tags)
        # Pillow would turn the pixels by itself, and so now finds nothing to do.
        decoded = pillow.decode(Tiff, upright(data) or b"", "TIFF")
    notes = decoded.notes
    if tags.following and "the first picture of several" not in notes:
        notes = (*notes, "the first picture of several")
    xmp = tags.content(data, XMP) or None
    if xmp is None and XMP in tags.entries:
        notes = (*notes, "XMP dropped: it is damaged")
    exif = _exif(data)
    if exif is None and (DESCRIBED - {ORIENTATION}) & tags.entries.keys():
        notes = (*notes, "EXIF dropped: it is damaged")
    left = sorted(tags.entries.keys() - DESCRIBED - OF_PIXELS)
    if left:
        notes = (*notes, f"the tags {', '.join(map(str, left))} left out")
    return decoded._replace(exif=exif, xmp=xmp, notes=notes)


def _deep(data: bytes, tags: Directory, pixels: int) -> Decoded:
    try:
        import tifffile
    except ImportError:
        raise Refused(
            "TIFF of more than 8 bits a channel needs tifffile; pip install 'harmonia[tiff]'"
        ) from None
    # Of damage it logs, which shows where a program has not said what is to become of logs.
    if not (log := logging.getLogger("tifffile")).handlers:
        log.addHandler(logging.NullHandler())
    interpreted = tags.integers(data, 262, (-1,))[0]
    extra = tags.integers(data, 338)
    channels = tags.integers(data, 277, (1,))[0]
    if interpreted not in INTERPRETED:
        raise Refused(f"must be grey or RGB, has the interpretation {interpreted}; convert it")
    if 1 in extra:
        raise Refused("its colours are multiplied by alpha; save it with straight alpha")
    try:
        with tifffile.TiffFile(io.BytesIO(data)) as file:
            page: Any = file.pages.first
            if page.size != pixels * channels:
                raise Refused(f"must be one flat picture, has the shape {page.shape}")
            if importlib.util.find_spec("imagecodecs") is None:
                _check_inflated(data, page)
            array = page.asarray(maxworkers=1)
            planes_first = page.planarconfig == 2 and channels > 1
            profile = page.tags.get(ICC)
    except Refused:
        raise
    except Exception as error:  # of a damaged file, decoders raise whatever they come across
        hint = "; pip install imagecodecs" if "imagecodecs" in f"{error}" else ""
        raise Refused(f"cannot be decoded as TIFF: {error}{hint}") from error
    notes: tuple[str, ...] = ()
    if array.dtype.kind == "f" and array.dtype.itemsize <= 4:
        array = array.astype(np.float32, copy=False)
    elif array.dtype != np.uint16:
        raise Refused(f"must have uint16, float16 or float32 channels, these are {array.dtype}")
    if planes_first:
        array = np.moveaxis(array, 0, -1)
    colours = 3 if interpreted == 2 else 1
    if array.ndim == 2:
        array = array[..., None]
    if array.ndim != 3 or array.shape[2] < colours:
        raise Refused(f"must be (H, W) or (H, W, {colours}), is {array.shape}")
    if interpreted == 0:
        if array.dtype != np.uint16:
            raise Refused("floats whose white is zero are not read; save them as grey")
        array, notes = ~array, (*notes, "white is zero turned round")
    has_alpha = array.shape[2] > colours and extra[:1] == (2,)
    if array.shape[2] > colours + has_alpha:
        notes = (*notes, "further channels that are no alpha left out")
    array = array[..., : colours + has_alpha]
    if colours == 1:
        array, notes = array[..., [0, 0, 0, 1][: 3 + has_alpha]], (*notes, "grey to RGB")
    icc, said = profiles.of_rgb(bytes(profile.value) if profile is not None else None)
    return Decoded(np.ascontiguousarray(array), icc, None, (*notes, *said))


def _check_inflated(data: bytes, page: Any) -> None:
    """Of itself tifffile inflates without a limit; imagecodecs keeps to the size of a strip."""
    if page.compression == 1:
        return
    if page.compression not in DEFLATE:
        raise Refused(f"the compression {page.compression!r} needs imagecodecs")
    most = math.prod(page.chunks) * page.dtype.itemsize
    for at, length in zip(page.dataoffsets, page.databytecounts, strict=True):
        if len(zlib.decompressobj().decompress(data[at : at + length], most + 1)) > most:
            raise Refused(f"a strip or tile inflates to more than its {most} bytes")


def _exif(data: bytes) -> bytes | None:
    """What the tags say of the picture, as EXIF of its own."""
    from PIL import Image
    from PIL.TiffImagePlugin import ImageFileDirectory_v2

    stored = ImageFileDirectory_v2(data[:8])
    kept = Image.Exif()
    try:
        stream = io.BytesIO(data)
        stream.seek(stored.next)
        stored.load(stream)
        for tag in DESCRIBING:
            if tag in stored:
                kept[tag] = stored[tag]
        for tag in (EXIF, GPS):
            if isinstance(stored.get(tag), int):
                inner = ImageFileDirectory_v2(data[:8], group=tag)
                stream.seek(stored[tag])
                inner.load(stream)
                kept.get_ifd(tag).update(dict(inner))
        if orientation(data) != 1:
            kept[ORIENTATION] = orientation(data)
        return bare(kept.tobytes()) if len(kept) or kept.get_ifd(EXIF) else None
    except Exception:  # a damaged tag costs what is said of the picture, not the picture
        return None


def write(pixels: Pixels, beside: Beside = NOTHING) -> bytes:
    """# II 2A 00 | 8 | tags | one strip of all rows"""
    from PIL.TiffImagePlugin import ImageFileDirectory_v2

    height, width, channels = pixels.shape
    strip = _strip(pixels)
    tags: Any = ImageFileDirectory_v2()
    _describe(tags, beside.exif)
    resolution = beside.resolution
    if resolution is not None and not resolutions.same(resolution, resolutions.of_tags(tags)):
        tags[282], tags[283], tags[296] = *resolution, 2
    is_float = pixels.dtype == np.float32
    short: dict[int, Any] = {
        258: (pixels.dtype.itemsize * 8,) * channels,
        259: 8,  # deflate
        262: 2,  # RGB
        277: channels,
        284: 1,  # channels side by side
        317: 1 if is_float else 2,  # what is stored: the number, or its difference from the left
        339: (3 if is_float else 1,) * channels,
    }
    if channels == 4:
        short[338] = 2  # straight alpha
    # Pillow counts the offset of the strip from the end of the tags.
    long = {256: width, 257: height, 273: 0, 278: height, 279: len(strip)}
    for kind, values in ((3, short), (4, long)):
        for tag, value in values.items():
            tags.tagtype[tag] = kind
            tags[tag] = value
    for tag, kind, content in ((ICC, 7, beside.icc), (XMP, 1, beside.xmp)):
        if content:
            tags.tagtype[tag] = kind  # bytes
            tags[tag] = content
    head: bytes = tags.tobytes(8)
    if 8 + len(head) + len(strip) >= 1 << 32:
        raise Refused("TIFF holds 4 GB; write a .png")
    return struct.pack("<2sHI", b"II", 42, 8) + head + strip


def _strip(pixels: Pixels) -> bytes:
    """Deflated rows; integers as differences from the pixel to the left, modulo their size."""
    little = pixels.astype(pixels.dtype.newbyteorder("<"), order="C")
    if little.dtype.kind == "u":
        little[:, 1:] -= little[:, :-1].copy()
    return zlib.compress(little.data, 6)


def _describe(tags: Any, exif: bytes | None) -> None:
    from PIL import Image

    if not exif:
        return
    kept = Image.Exif()
    try:
        kept.load(PREFIX + exif)
        for tag in DESCRIBING:
            if tag in kept:
                tags[tag] = kept[tag]
        for tag in (EXIF, GPS):
            inner = dict(kept.get_ifd(tag))
            if inner:
                tags[tag] = inner
    except Exception as error:
        raise Refused(
            f"EXIF cannot be carried into TIFF: {error}; write a .png, or leave out like"
        ) from error
