"""How large a picture is, as the beginning of its file says."""

import os
from pathlib import Path

from harmonia._image_files import sniff
from harmonia._image_files.decoded import Refused

HEAD = 1 << 16  # bytes of a file in which its size stands, but for some TIFF and AVIF


def size_of(path: Path) -> tuple[int, int] | None:
    """Height and width as they are stored; None where reading it will fail."""
    try:
        with path.open("rb") as file:
            head = file.read(HEAD)
            try:
                header = sniff.sniff(head)
            except Refused:
                if os.fstat(file.fileno()).st_size <= HEAD:
                    return None
                header = sniff.sniff(head + file.read())
    except (OSError, Refused):
        return None
    return header.height, header.width


def pixels_of(path: Path) -> int:
    """How many those are; 0 where reading it will fail."""
    height, width = size_of(path) or (0, 0)
    return height * width
