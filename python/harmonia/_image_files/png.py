"""PNG in and out, every colour type and depth, to the bit.

What makes the pixels must be right: critical chunks, their order and their checksums. What stands
beside them (profile, EXIF, sizes) is dropped with a note where it is broken, as libpng does.
"""

import struct
import zlib
from typing import Any

import numpy as np

from harmonia._image_files import profiles, resolutions
from harmonia._image_files.decoded import NOTHING, Beside, Decoded, Pixels, Refused
from harmonia._image_files.exif import PREFIX
from harmonia._png import pixels as rows
from harmonia._png.chunks import (
    GREY,
    GREY_ALPHA,
    PALETTE,
    RGB,
    RGBA,
    SIGNATURE,
    Chunk,
    check_header,
    check_sum,
    chunk,
    chunks_of,
    header_of,
)

MOST_BESIDE = 1 << 24  # inflated bytes: profiles of tables for print have up to 4 MiB
XMP = b"XML:com.adobe.xmp\0"
OF_FRAMES = ("fcTL", "fdAT")  # of an animation, of which one is told
BEFORE_PALETTE = ("iCCP", "sRGB", "gAMA", "cHRM", "cICP", "mDCV", "cLLI")
ONCE = ("iCCP", "eXIf", "tRNS")
METRES = 1  # the unit of pHYs that is one

# Kept as numbers, in the order in which they are written.
ANCILLARY = {
    "cICP": ">4B",  # primaries, transfer, matrix, full range
    "mDCV": ">8H2I",
    "cLLI": ">2I",
    "sRGB": ">B",
    "gAMA": ">I",
    "cHRM": ">8I",
    "pHYs": ">IIB",  # pixels a unit across and down; 1 for metres
}
COLOURS = {3: RGB, 4: RGBA}
NAMES = {GREY: "grey", RGB: "RGB", PALETTE: "palette", GREY_ALPHA: "grey", RGBA: "RGBA"}

Samples = np.ndarray[Any, Any]


def read(data: bytes, limit: int) -> Decoded:
    """At most `limit` pixels. Codes of 16 bits stay; fewer than 8 are scaled to 8."""
    try:
        return _Reader(data, limit).decoded()
    except ValueError as error:
        raise Refused(str(error)) from None


def read_grey(data: bytes, limit: int) -> Pixels | None:
    """(H, W) uint8 of a PNG that is grey and nothing else, at a third of what `read` takes.

    None of another one, of one that lies on its side, and of one that is damaged: `read` tells.
    """
    try:
        reader = _Reader(data, limit)
        header = reader.header
        if header.colour != GREY or header.bits > 8 or reader.key is not None or reader.exif:
            return None
        samples = rows.read(header, reader.packed)[..., 0]
    except ValueError:
        return None
    return samples * np.uint8(255 // ((1 << header.bits) - 1))


def write(pixels: Pixels, beside: Beside = NOTHING) -> bytes:
    """(H, W, 3) or (H, W, 4) of uint8 or uint16."""
    if pixels.dtype not in (np.uint8, np.uint16):
        raise Refused(
            f"PNG holds 8 or 16 bits a channel, the pixels are {pixels.dtype}; write a .tiff, or "
            "round them to uint16 first"
        )
    height, width, channels = pixels.shape
    header = (width, height, pixels.dtype.itemsize * 8, COLOURS[channels], 0, 0, 0)
    parts = [SIGNATURE, chunk("IHDR", struct.pack(">IIBBBBB", *header))]
    said = dict(beside.ancillary)
    if beside.resolution is not None:
        said.setdefault("pHYs", (*resolutions.in_metres(beside.resolution), METRES))
    if beside.icc is not None:
        said.pop("sRGB", None)  # one of the two at most
        parts.append(chunk("iCCP", b"ICC profile\0\0" + zlib.compress(beside.icc, 9)))
    parts += [
        chunk(kind, struct.pack(layout, *said[kind]))
        for kind, layout in ANCILLARY.items()
        if kind in said
    ]
    if beside.exif is not None:
        parts.append(chunk("eXIf", beside.exif.removeprefix(PREFIX)))
    if beside.xmp is not None:
        parts.append(chunk("iTXt", XMP + bytes(4) + beside.xmp))  # neither packed nor in a language
    parts += [chunk("IDAT", part) for part in rows.write(pixels, level=6)]
    parts.append(chunk("IEND"))
    return b"".join(parts)


class _Reader:
    """The chunks of one file, sorted by what they are for."""

    def __init__(self, data: bytes, limit: int) -> None:
        chunks = chunks_of(data)
        self.header = header_of(next(chunks))
        check_header(self.header)
        width, height = self.header.width, self.header.height
        if width * height > limit:
            raise ValueError(f"expected at most {limit} pixels, got {width} x {height}")
        self.packed: list[memoryview] = []
        self.palette: Samples | None = None
        self.key: bytes | None = None  # tRNS
        self.icc: bytes | None = None
        self.exif: bytes | None = None
        self.xmp: bytes | None = None
        self.ancillary: dict[str, tuple[int, ...]] = {}
        self.notes: list[str] = []
        self.left: set[str] = set()  # kinds of chunks
        seen: set[str] = set()
        ended = False
        for one in chunks:
            ended = ended or (bool(self.packed) and one.kind != "IDAT")
            if one.critical:
                check_sum(one)
                self._take_critical(one, seen, ended)
            else:
                self._take_ancillary(one, seen)
            if one.intact:
                seen.add(one.kind)
        if self.left:
            self.notes.append(f"the chunks {', '.join(sorted(self.left))} left out")
        if one.stop != len(data):
            self.notes.append(f"{len(data) - one.stop} bytes behind the end dropped")
        if not self.packed:
            raise ValueError("expected the chunk 'IDAT', got none")
        if self.header.colour == PALETTE and self.palette is None:
            raise ValueError("expected a palette before the pixels, got none")

    def _take_critical(self, one: Chunk, seen: set[str], ended: bool) -> None:
        kind, size = one.kind, len(one.content)
        if kind == "IDAT" and not ended:
            self.packed.append(one.content)
        elif kind == "PLTE" and not seen & {"PLTE", "IDAT"}:
            if size % 3 or not 3 <= size <= 768:
                raise ValueError(f"expected a palette of 1 to 256 colours, got {size} bytes")
            self.palette = np.frombuffer(one.content, np.uint8).reshape(-1, 3)
        elif kind == "IEND":
            if size:
                raise ValueError(f"expected nothing in the chunk 'IEND', got {size} bytes")
        else:
            raise ValueError(f"expected no chunk {kind!r} at byte {one.at}")

    def _take_ancillary(self, one: Chunk, seen: set[str]) -> None:
        kind = one.kind
        if kind == "iTXt" and one.content[: len(XMP)] == XMP:
            self._take_xmp(one)
            return
        if kind not in ANCILLARY and kind not in (*ONCE, "acTL"):
            if kind not in OF_FRAMES:
                self.left.add(kind)  # text, times, backgrounds, and what others made up
            return
        wrong = None
        if not one.intact:
            wrong = "a wrong checksum"
        elif kind in seen:
            wrong = "there twice"
        elif kind != "eXIf" and "IDAT" in seen:
            wrong = "behind the pixels"
        elif kind in BEFORE_PALETTE and "PLTE" in seen and self.header.colour == PALETTE:
            wrong = "behind the palette"
        else:
            try:
                self._keep(kind, bytes(one.content))
            except ValueError as error:
                wrong = str(error)
        if wrong is not None:
            self._note(f"{kind} dropped: {wrong}")

    def _take_xmp(self, one: Chunk) -> None:
        try:
            if not one.intact:
                raise ValueError("a wrong checksum")
            if self.xmp is not None:
                raise ValueError("there twice")
            self.xmp = _text(bytes(one.content[len(XMP) :])) or None
        except ValueError as error:
            self._note(f"XMP dropped: {error}")

    def _note(self, said: str) -> None:
        """Once, however many chunks give cause."""
        if said not in self.notes:
            self.notes.append(said)

    def _keep(self, kind: str, content: bytes) -> None:
        if kind == "iCCP":
            self.icc, said = profiles.of_rgb(_profile(content))
            self.notes += said
        elif kind == "eXIf":
            exif = content.removeprefix(PREFIX)
            if exif[:4] not in (b"II*\0", b"MM\0*"):
                raise ValueError(f"expected a byte order, got {exif[:4]!r}")
            self.exif = exif
        elif kind == "tRNS":
            self._check_key(content)
            self.key = content
        elif kind == "acTL":
            self.notes.append("animation to its first image")
        else:
            layout = ANCILLARY[kind]
            if len(content) != struct.calcsize(layout):
                raise ValueError(f"{struct.calcsize(layout)} bytes expected, {len(content)} there")
            self.ancillary[kind] = struct.unpack(layout, content)

    def _check_key(self, content: bytes) -> None:
        colour = self.header.colour
        if colour == PALETTE:
            if self.palette is None:
                raise ValueError("before the palette")
            fits = 0 < len(content) <= len(self.palette)
        else:
            fits = len(content) == {GREY: 2, RGB: 6}.get(colour)
        if not fits:
            raise ValueError(f"{len(content)} bytes, for {NAMES[colour]}")

    def decoded(self) -> Decoded:
        samples = rows.read(self.header, self.packed)
        colour = self.header.colour
        if colour == PALETTE:
            pixels = self._of_palette(samples)
        elif colour in (GREY, GREY_ALPHA) or self.key is not None:
            pixels = self._widened(samples)
        else:
            pixels = samples
        if colour in (GREY, GREY_ALPHA, PALETTE):
            kind = "1-bit" if (colour, self.header.bits) == (GREY, 1) else NAMES[colour]
            self.notes.insert(0, f"{kind} to RGB")
        if self.key is not None:
            self.notes.append("transparent colours to alpha")
        across, down, unit = self.ancillary.get("pHYs", (0, 0, 0))
        resolution = resolutions.of_metres(across, down) if unit == METRES else None
        notes = tuple(self.notes)
        return Decoded(pixels, self.icc, self.exif, notes, self.ancillary, self.xmp, resolution)

    def _of_palette(self, samples: Samples) -> Samples:
        palette = self.palette
        if palette is None:
            raise ValueError("expected a palette before the pixels, got none")
        top = int(samples.max())
        if top >= len(palette):
            raise ValueError(f"expected {len(palette)} colours of the palette, got number {top}")
        if self.key is not None:
            alpha = np.full((len(palette), 1), 255, np.uint8)
            alpha[: len(self.key), 0] = np.frombuffer(self.key, np.uint8)
            palette = np.hstack([palette, alpha])
        return np.take(palette, samples[..., 0], axis=0)

    def _widened(self, samples: Samples) -> Samples:
        """Grey three times, with the alpha that there is or that a transparent colour makes."""
        height, width, channels = samples.shape
        bits = self.header.bits
        colours = 3 if channels == 3 else 1
        top = np.iinfo(samples.dtype).max
        opaque = channels == colours and self.key is None
        out = np.empty((height, width, 3 if opaque else 4), samples.dtype)
        scale = 255 // ((1 << bits) - 1) if bits < 8 else 1
        for c in range(3):
            np.multiply(samples[..., c % colours], samples.dtype.type(scale), out=out[..., c])
        if self.key is not None:
            # Of the 16 bits that tRNS has for each channel, the lower ones are the sample.
            key = np.frombuffer(self.key, ">u2") & ((1 << bits) - 1)
            clear = (samples == key.astype(samples.dtype)).all(axis=2)
            out[..., 3] = np.where(clear, 0, top)
        elif channels > colours:
            out[..., 3] = samples[..., 1]
        return out


def _profile(content: bytes) -> bytes:
    """The profile in an iCCP."""
    name, _, packed = content.partition(b"\0")
    if not 0 < len(name) < 80 or packed[:1] != b"\0":
        raise ValueError("expected a name of 1 to 79 bytes and deflate")
    profile = _inflated(packed[1:])
    size = int.from_bytes(profile[:4], "big")
    return profile[:size] if 128 <= size <= len(profile) else b""  # that is cut short


def _text(content: bytes) -> bytes:
    """# packed? way | language 0 | translated keyword 0 | text"""
    packed, way = content[:1], content[1:2]
    parts = content[2:].split(b"\0", 2)
    if packed not in (b"\0", b"\1") or len(parts) != 3 or way != b"\0":
        raise ValueError("expected a text, packed by deflate or not at all")
    return _inflated(parts[2]) if packed == b"\1" else parts[2]


def _inflated(packed: bytes) -> bytes:
    stream = zlib.decompressobj()
    try:
        plain = stream.decompress(packed, MOST_BESIDE + 1)
    except zlib.error:
        raise ValueError("it does not inflate") from None
    if len(plain) > MOST_BESIDE:
        raise ValueError(f"more than {MOST_BESIDE} bytes")
    return plain
