"""Profiles of RGB that are three curves and a matrix, as numbers. ICC.1:2022, sections 7 to 10.

Profiles of tables (for printers, scanners, looks) are none, and stay with littleCMS.
"""

import struct
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from harmonia._image_files.decoded import Refused

Numbers = np.ndarray[Any, Any]

SIGNATURE, SPACE, CONNECTION = slice(36, 40), slice(16, 20), slice(20, 24)
MOST_TAGS = 1000
MOST_NODES = 1 << 16  # of a curve; no code is finer
FIXED = 65536.0  # of s15Fixed16
TABLES = (b"A2B0", b"A2B1", b"D2B0", b"D2B1")  # which come before curves and matrix
MATRIX, CURVES = (b"rXYZ", b"gXYZ", b"bXYZ"), (b"rTRC", b"gTRC", b"bTRC")
PARAMETERS = (1, 3, 4, 5, 7)  # of the types of a curve

# Rec. 709 with white at (0.3127, 0.3290), adapted to D50 by Bradford's matrix; and its inverse.
SRGB_TO_XYZ = np.array(
    [
        [0.436041252, 0.385112911, 0.143045838],
        [0.222484540, 0.716905079, 0.060610381],
        [0.013920187, 0.097067239, 0.713912574],
    ]
)
XYZ_TO_SRGB = np.array(
    [
        [3.134186364, -1.617208959, -0.490694064],
        [-0.978748504, 1.916130097, 0.033433399],
        [0.071963928, -0.228993873, 1.405753733],
    ]
)
SRGB_CURVE = (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)  # of type 3
D65_TO_D50 = [
    [1.047886, 0.022919, -0.050216],
    [0.029582, 0.990484, -0.017079],
    [-0.009252, 0.015073, 0.751678],
]
D50 = (0.9642, 1.0, 0.8249)


class Curve(NamedTuple):
    """A table of nodes, evenly spaced from 0 to 1, or the numbers of a formula."""

    kind: int  # of the formula, -1 for a table
    numbers: tuple[float, ...]

    def __call__(self, codes: Numbers) -> Numbers:
        """float64 of 0..1 as linear light."""
        if self.kind < 0:
            return np.interp(codes, np.linspace(0, 1, len(self.numbers)), self.numbers)
        g, a, b, c, d, e, f = _all_seven(self.kind, self.numbers)
        with np.errstate(over="ignore"):  # infinity is 1
            bent = np.maximum(a * codes + b, 0) ** g + e
        return np.clip(np.where(codes >= d, bent, c * codes + f), 0, 1)


def _all_seven(kind: int, numbers: tuple[float, ...]) -> tuple[float, ...]:
    """Y = (aX + b)^g + e from d on, and cX + f before it: all five types are of this form."""
    g, a, b, c, d, e, f = (*numbers, *(1.0, 0.0, 0.0, 0.0, 0.0, 0.0)[len(numbers) - 1 :])
    if kind in (1, 2):
        lift = c if kind == 2 else 0.0
        return g, a, b, 0.0, -b / a, lift, lift
    return g, a, b, c, d, e, f


class MatrixProfile(NamedTuple):
    to_xyz: Numbers  # linear light to XYZ under D50
    curves: tuple[Curve, Curve, Curve]


SRGB = MatrixProfile(SRGB_TO_XYZ, (Curve(3, SRGB_CURVE),) * 3)


def matrix_profile(icc: bytes) -> MatrixProfile | None:
    """The numbers of a profile; None for one of tables; a damaged one is `Refused`."""
    try:
        tags = dict(tags_of(icc))
        if any(tag in tags for tag in TABLES) or not tags.keys() >= {*MATRIX, *CURVES}:
            return None
        if icc[CONNECTION] != b"XYZ ":
            return None
        columns = [struct.unpack_from(">3i", tags[tag], 8) for tag in MATRIX]
        red, green, blue = (_curve(tags[tag]) for tag in CURVES)
    except (struct.error, ZeroDivisionError):
        raise Refused("the profile is damaged") from None
    return MatrixProfile(np.array(columns).T / FIXED, (red, green, blue))


def tags_of(icc: bytes) -> Iterator[tuple[bytes, bytes]]:
    """# 128 bytes | count | count * (name, offset, length) | contents"""
    (count,) = struct.unpack_from(">I", icc, 128)
    if icc[SIGNATURE] != b"acsp" or count > MOST_TAGS:
        raise Refused("the profile is damaged")
    for number in range(count):
        name, at, length = struct.unpack_from(">4sII", icc, 132 + 12 * number)
        if at + length > len(icc):
            raise Refused(f"the tag {name!r} of the profile lies outside it")
        yield name, icc[at : at + length]


def _curve(tag: bytes) -> Curve:
    if tag[:4] == b"para":
        (kind,) = struct.unpack_from(">H", tag, 8)
        if kind >= len(PARAMETERS):
            raise Refused(f"the profile has a curve of the type {kind}")
        numbers = tuple(
            number / FIXED for number in struct.unpack_from(f">{PARAMETERS[kind]}i", tag, 12)
        )
        curve = Curve(kind, numbers)
        _all_seven(kind, numbers)  # divides by a
    elif tag[:4] == b"curv":
        (count,) = struct.unpack_from(">I", tag, 8)
        if count > MOST_NODES:
            raise Refused(f"the profile has a curve of {count} nodes")
        nodes = struct.unpack_from(f">{count}H", tag, 12)
        if count > 1:
            return Curve(-1, tuple(node / 65535 for node in nodes))
        curve = Curve(0, (nodes[0] / 256 if nodes else 1.0,))
    else:
        raise Refused(f"the profile has a curve of the kind {tag[:4]!r}")
    if curve.numbers[0] <= 0:
        raise Refused(f"the profile has a curve of the exponent {curve.numbers[0]:g}")
    return curve


def srgb() -> bytes:
    """A profile of sRGB, the same bytes always."""

    def fixed(*numbers: float) -> bytes:
        return b"".join(struct.pack(">i", round(number * FIXED)) for number in numbers)

    def text(said: str) -> bytes:
        words = said.encode("utf-16-be")
        return b"mluc" + struct.pack(">III4sII", 0, 1, 12, b"enUS", len(words), 28) + words

    xyz = {
        name: b"XYZ \0\0\0\0" + fixed(*column)
        for name, column in zip((b"wtpt", *MATRIX), (D50, *SRGB_TO_XYZ.T.tolist()), strict=True)
    }
    curve = b"para" + struct.pack(">IHH", 0, 3, 0) + fixed(*SRGB_CURVE)
    contents = {b"desc": text("sRGB"), b"cprt": text("No copyright, use freely"), **xyz}
    contents |= {
        b"chad": b"sf32\0\0\0\0" + b"".join(fixed(*row) for row in D65_TO_D50),
        **dict.fromkeys(CURVES, curve),
    }
    table, body = struct.pack(">I", len(contents)), b""
    placed: dict[bytes, int] = {}  # equal contents once
    for name, content in contents.items():
        if content not in placed:
            placed[content] = 132 + 12 * len(contents) + len(body)
            body += content + b"\0" * (-len(content) % 4)
        table += struct.pack(">4sII", name, placed[content], len(content))
    head = struct.pack(">I4sI4s4s4s", 132 + 12 * len(contents) + len(body), b"", 0x04300000, *KINDS)
    head += struct.pack(">6H4s28x", 2026, 1, 1, 0, 0, 0, b"acsp") + fixed(*D50)
    return head.ljust(128, b"\0") + table + body


KINDS = (b"mntr", b"RGB ", b"XYZ ")
