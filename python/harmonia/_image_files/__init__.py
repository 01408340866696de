"""Image files: one file a format, found by the signature to read and by the suffix to write."""

import importlib
from typing import Any, Protocol, cast

from harmonia._image_files.decoded import Beside, Decoded, Pixels, Refused

# The modules load their codecs when they are called.
MODULES = {name: name.lower() for name in ("PNG", "JPEG", "WEBP", "TIFF", "AVIF", "EXR")}
WITH_QUALITY = ("JPEG", "WEBP", "AVIF")
LOSSY = ("JPEG", "AVIF")  # at any quality
SUFFIXES = {
    ".png": "PNG",
    ".jpg": "JPEG",
    ".jpeg": "JPEG",
    ".webp": "WEBP",
    ".tif": "TIFF",
    ".tiff": "TIFF",
    ".avif": "AVIF",
    ".exr": "EXR",
}


class Codec(Protocol):
    def read(self, data: bytes, limit: int) -> Decoded: ...

    def write(self, pixels: Pixels, beside: Beside = ..., **options: Any) -> bytes:
        """The bytes of a file; `quality` is an option of those of `WITH_QUALITY`."""


def codec(name: str) -> Codec:
    module = importlib.import_module(f"harmonia._image_files.{MODULES[name]}")
    return cast(Codec, module)


def format_of(suffix: str) -> str:
    if suffix.lower() not in SUFFIXES:
        known = ", ".join(SUFFIXES)
        raise Refused(f"the name must end in one of {known}, got {suffix or 'no suffix'!r}")
    return SUFFIXES[suffix.lower()]
