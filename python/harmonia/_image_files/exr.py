"""EXR through OpenEXR, the format's own library: half and float channels, in linear light.

imageio's other way to EXR is FreeImage, which it fetches from the net when first asked.
"""

import io
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from harmonia._image_files import exr_blocks
from harmonia._image_files.decoded import NOTHING, Beside, Decoded, Pixels, Refused
from harmonia._image_files.sniff import sniff


def _library() -> Any:
    try:
        import OpenEXR
    except ImportError:
        raise Refused("EXR needs OpenEXR; pip install 'harmonia[exr]'") from None
    return OpenEXR


def read(data: bytes, limit: int) -> Decoded:
    """By the newer of its two ways in: the older ends the process over some damaged files."""
    library = _library()
    header = sniff(data)
    exr_blocks.check(data)
    try:
        with library.File(io.BytesIO(data), separate_channels=True, num_threads=0) as file:
            planes = {name: channel.pixels for name, channel in file.channels().items()}
            grey = "Y" in planes and "R" not in planes
            wanted = [*("YYY" if grey else "RGB"), *("A" if "A" in planes else "")]
            _check(planes, wanted, (header.height, header.width))
            pixels = np.empty((header.height, header.width, len(wanted)), np.float32)
            for number, name in enumerate(wanted):
                pixels[..., number] = planes[name]
    except Refused:
        raise
    except Exception as error:  # its bindings raise RuntimeError and others
        raise Refused(f"cannot be decoded as EXR: {error}") from error
    notes: tuple[str, ...] = ("grey to RGB",) if grey else ()
    left = sorted(set(planes) - set(wanted))
    notes += (f"the channels {', '.join(left)} left out",) if left else ()
    return Decoded(pixels, notes=notes)


def _check(planes: dict[str, Pixels], wanted: list[str], size: tuple[int, int]) -> None:
    if not set(wanted) <= set(planes):
        raise Refused(f"must have the channels R, G and B, or Y, has {', '.join(sorted(planes))}")
    for name in wanted:
        plane = planes[name]
        if plane.dtype not in (np.float16, np.float32) or plane.shape != size:
            raise Refused(
                f"channels must be half or float in each of {size[1]} x {size[0]} pixels, "
                f"{name} is {plane.dtype} of shape {plane.shape}"
            )


def write(pixels: Pixels, beside: Beside = NOTHING) -> bytes:
    library = _library()
    if pixels.dtype != np.float32:
        raise Refused(
            f"EXR holds floats in linear light, the pixels are {pixels.dtype}; write a .tiff or "
            ".png, or make them linear float32 first"
        )
    if beside.icc or beside.exif or beside.xmp:
        raise Refused(
            "EXR holds neither a colour profile nor EXIF nor XMP; write a .tiff, or leave out like"
        )
    names = "RGBA"[: pixels.shape[2]]
    channels = {name: np.ascontiguousarray(pixels[..., i]) for i, name in enumerate(names)}
    header = {"compression": library.ZIP_COMPRESSION, "type": library.scanlineimage}
    with tempfile.TemporaryDirectory() as folder:  # it writes to named files alone
        path = Path(folder) / "picture.exr"
        library.File(header, channels).write(str(path))
        return path.read_bytes()
