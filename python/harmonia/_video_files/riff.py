"""The chunks of an .avi: ffmpeg takes a file cut between two frames for a shorter film.

A file is chunks of four letters, a size and as many bytes: RIFF, after 1 GiB or 2 another RIFF.
"""

import os
from pathlib import Path

UNKNOWN = (0, 2**32 - 1)  # the size that is said where a file was written as a stream


def whole(path: str) -> bool:
    """Whether a file reaches as far as its chunks say, or nothing is said of that."""
    with Path(path).open("rb") as file:
        end = file.seek(0, os.SEEK_END)
        start = 0
        while start < end:
            file.seek(start)
            head = file.read(8)
            if head[:4] != b"RIFF":
                return start > 0  # what others append is none of the film
            size = int.from_bytes(head[4:], "little")
            if len(head) < 8:
                return False
            if size in UNKNOWN:
                return True
            start += 8 + size + size % 2
    return start <= end + 1  # some leave the last byte out, which makes a size even
