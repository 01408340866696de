"""The first directory of tags in a TIFF file, or in EXIF, which is one without an image."""

import struct
from typing import NamedTuple

from harmonia._image_files.decoded import Refused

INTEGERS = {1: "B", 3: "H", 4: "I"}  # BYTE, SHORT, LONG
BYTES = (1, 7)  # BYTE, UNDEFINED
MOST_VALUES = 64  # of one tag; those asked for here have one a channel


class Entry(NamedTuple):
    kind: int
    length: int  # how many values
    at: int  # where its four bytes of value or offset stand


class Directory(NamedTuple):
    order: str  # "<" or ">"
    entries: dict[int, Entry]
    following: int  # the offset of the next directory, 0 after the last

    def integers(self, data: bytes, tag: int, default: tuple[int, ...] = ()) -> tuple[int, ...]:
        """The values of a tag, where they are integers that lie within the data."""
        entry = self.entries.get(tag)
        if entry is None or entry.kind not in INTEGERS or not 0 < entry.length <= MOST_VALUES:
            return default
        layout = f"{self.order}{entry.length}{INTEGERS[entry.kind]}"
        at = entry.at
        if struct.calcsize(layout) > 4:
            (at,) = struct.unpack_from(f"{self.order}I", data, at)
        if at + struct.calcsize(layout) > len(data):
            return default
        return struct.unpack_from(layout, data, at)

    def long_integers(self, data: bytes, tag: int, count: int) -> tuple[int, ...]:
        """So many values of a tag, or else it is `Refused`."""
        entry = self.entries.get(tag)
        if entry is None or entry.kind not in (3, 4) or entry.length != count:
            raise Refused(f"the tag {tag} must have {count} values")
        layout = f"{self.order}{count}{INTEGERS[entry.kind]}"
        at = entry.at
        if struct.calcsize(layout) > 4:
            (at,) = struct.unpack_from(f"{self.order}I", data, at)
        if at + struct.calcsize(layout) > len(data):
            raise Refused(f"the values of the tag {tag} lie outside the file")
        return struct.unpack_from(layout, data, at)

    def content(self, data: bytes, tag: int) -> bytes | None:
        """The bytes of a tag, where they are bytes that lie within the data."""
        entry = self.entries.get(tag)
        if entry is None or entry.kind not in BYTES:
            return None
        at = entry.at
        if entry.length > 4:
            (at,) = struct.unpack_from(f"{self.order}I", data, at)
        return data[at : at + entry.length] if at + entry.length <= len(data) else None


def first_directory(data: bytes) -> Directory:
    """# II 2A 00 | offset -> count | count * (tag, kind, count, value or offset) | next"""
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(bytes(data[:4]))
    if order is None:
        raise Refused("the directory of tags must begin with II*\\0 or MM\\0*")
    try:
        (at,) = struct.unpack_from(f"{order}I", data, 4)
        (count,) = struct.unpack_from(f"{order}H", data, at)
        entries = {}
        for number in range(count):
            start = at + 2 + 12 * number
            tag, kind, length = struct.unpack_from(f"{order}HHI", data, start)
            entries[tag] = Entry(kind, length, start + 8)
            struct.unpack_from(f"{order}I", data, start + 8)  # it is there
    except struct.error:
        raise Refused("the directory of tags lies outside the file; it is cut short") from None
    end = at + 2 + 12 * count
    following = data[end : end + 4]
    return Directory(
        order, entries, struct.unpack(f"{order}I", following)[0] if len(following) == 4 else 0
    )
