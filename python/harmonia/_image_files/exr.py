"""EXR through OpenEXR, the format's own library: half and float channels, in linear light.

imageio's other way to EXR is FreeImage, which it fetches from the net when first asked.
"""

import io
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from harmonia._image_files.decoded import Decoded, Pixels, Refused
from harmonia._image_files.sniff import sniff


def _library() -> Any:
    try:
        import OpenEXR
    except ImportError:
        raise Refused("EXR needs OpenEXR; pip install 'harmonia[exr]'") from None
    return OpenEXR


def read(data: bytes, limit: int) -> Decoded:
    library = _library()
    header = sniff(data)
    try:
        with library.File(io.BytesIO(data), separate_channels=True, num_threads=0) as file:
            found = {name: np.array(channel.pixels) for name, channel in file.channels().items()}
    except Exception as error:  # its bindings raise RuntimeError and others
        raise Refused(f"cannot be decoded as EXR: {error}") from error
    grey = "Y" in found and "R" not in found
    wanted = [*("YYY" if grey else "RGB"), *("A" if "A" in found else "")]
    if not set(wanted) <= set(found):
        raise Refused(f"must have the channels R, G and B, or Y; it has {', '.join(sorted(found))}")
    planes = [found[name] for name in wanted]
    for plane in planes:
        if plane.dtype not in (np.float16, np.float32):
            raise Refused(f"channels must be half or float, got {plane.dtype}")
        if plane.shape != (header.height, header.width):
            raise Refused(f"channels must cover the data window, one is {plane.shape}")
    notes: tuple[str, ...] = ("grey to RGB",) if grey else ()
    left = sorted(set(found) - set(wanted))
    notes += (f"the channels {', '.join(left)} left out",) if left else ()
    return Decoded(np.stack(planes, axis=2).astype(np.float32, copy=False), notes=notes)


def write(pixels: Pixels, *, icc: bytes | None, exif: bytes | None, quality: int) -> bytes:
    library = _library()
    if pixels.dtype != np.float32:
        raise Refused(
            f"EXR holds floats in linear light, the pixels are {pixels.dtype}; write a .tiff or "
            ".png, or make them linear float32 first"
        )
    if icc or exif:
        raise Refused(
            "EXR holds neither a colour profile nor EXIF; write a .tiff, or leave out like"
        )
    names = "RGBA"[: pixels.shape[2]]
    channels = {name: np.ascontiguousarray(pixels[..., i]) for i, name in enumerate(names)}
    header = {"compression": library.ZIP_COMPRESSION, "type": library.scanlineimage}
    with tempfile.TemporaryDirectory() as folder:  # it writes to named files alone
        path = Path(folder) / "picture.exr"
        library.File(header, channels).write(str(path))
        return path.read_bytes()
