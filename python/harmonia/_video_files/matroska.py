"""Raw frames with their time stamps as a Matroska stream, for a program to read from a pipe.

A file is an EBML head and one segment of unknown size: an Info that says that times are in
nanoseconds, the one track, then a Cluster a frame.
"""

from fractions import Fraction

NANOSECONDS = 10**9


def head(width: int, height: int, *, bits: int, rate: Fraction) -> bytes:
    """What comes before the frames, RGB of 8 or 16 bits a channel."""
    video = _element("B0", _number(width)) + _element("BA", _number(height))
    video += _element("2EB524", b"RGB" + bytes([3 * bits]))
    track = (
        _element("D7", _number(1))
        + _element("73C5", _number(1))
        + _element("83", _number(1))  # video
        + _element("9C", _number(0))  # a block is a frame
        + _element("23E383", _number(round(NANOSECONDS / rate)))
        + _element("86", b"V_UNCOMPRESSED")
        + _element("E0", video)
    )
    start = _element("4282", b"matroska") + _element("4287", _number(2))
    return (
        _element("1A45DFA3", start + _element("4285", _number(2)))
        + bytes.fromhex("18538067 01FFFFFFFFFFFFFF")
        + _element("1549A966", _element("2AD7B1", _number(1)))
        + _element("1654AE6B", _element("AE", track))
    )


def before_frame(time: Fraction, size: int) -> bytes:
    """What comes before the `size` bytes of a frame that is shown at `time` seconds."""
    stamp = _element("E7", _number(round(time * NANOSECONDS)))
    block = bytes.fromhex("81 0000 80")  # track 1, no time beyond the cluster's, a key frame
    simple = bytes.fromhex("A3") + _size(len(block) + size) + block
    return bytes.fromhex("1F43B675") + _size(len(stamp) + len(simple) + size) + stamp + simple


def _element(identity: str, content: bytes) -> bytes:
    return bytes.fromhex(identity) + _size(len(content)) + content


def _size(count: int) -> bytes:
    """A size of eight bytes, the first of which says so."""
    return (count | 1 << 56).to_bytes(8, "big")


def _number(value: int) -> bytes:
    return value.to_bytes(8, "big")
